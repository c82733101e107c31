"""Embeddings that cannot be had are noticed before a model is paid for anything, however the graph is run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding
from langgraph.types import Command

from graph_at_hand import HUMAN, THREAD, TOPIC, compiled
from recurrentgpt.graph.import_graph import import_graph
from recurrentgpt.schemas.errors import MemoryUnavailableError
from recurrentgpt.schemas.state import SETTLED
from recurrentgpt.schemas.story_input import StoryInput
from resources_at_hand import EMBEDDINGS, read_environment

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

    from counting_embeddings import CountingEmbeddings
    from fake_model import FakeChatModel

SAID = "The embedding model 'fake' cannot be loaded (no such file)"


def not_there() -> Embeddings:
    raise MemoryUnavailableError("embedder_unusable", name="fake", reason="no such file")


class Mute(DeterministicFakeEmbedding):
    """Loads, and encodes nothing."""

    def embed_query(self, text: str) -> list[float]:
        msg = f"no such file\nof {text}"
        raise RuntimeError(msg)


@pytest.mark.parametrize("make", [not_there, lambda: Mute(size=16)])
def test_an_opening_is_not_paid_for_without_embeddings(fake_model: FakeChatModel, make: Any) -> None:
    EMBEDDINGS["fake"] = make
    with pytest.raises(MemoryUnavailableError) as failed:
        compiled().invoke(TOPIC, THREAD, context=HUMAN)
    assert str(failed.value).startswith(SAID)
    assert fake_model.asked == []


async def test_nor_where_the_graph_runs_on_a_loop(fake_model: FakeChatModel) -> None:
    EMBEDDINGS["fake"] = not_there
    with pytest.raises(MemoryUnavailableError, match="cannot be loaded"):
        await compiled().ainvoke(TOPIC, THREAD, context=HUMAN)
    assert fake_model.asked == []


def test_nor_is_a_step_of_a_story_that_was_begun_with_them(
    fake_model: FakeChatModel, encoder: CountingEmbeddings
) -> None:
    run = compiled()
    run.invoke(TOPIC, THREAD, context=HUMAN)
    read_environment()
    EMBEDDINGS["fake"] = not_there
    asked = len(fake_model.asked)
    with pytest.raises(MemoryUnavailableError, match="cannot be loaded"):
        run.invoke(Command(resume="She rows out alone."), THREAD, context=HUMAN)
    assert len(fake_model.asked) == asked
    EMBEDDINGS["fake"] = lambda: encoder
    read_environment()
    assert run.invoke(None, THREAD, context=HUMAN)["step"] == 1, "it goes on where they can be had again"


def test_nor_is_a_manuscript_read(fake_model: FakeChatModel) -> None:
    EMBEDDINGS["fake"] = not_there
    reading: Any = import_graph(lambda: ["Rain fell on the roof."], 1).compile()
    premise = StoryInput(topic="Rain", title="Rain", story_id="1").model_dump()
    nothing = {"step": 0, "lineage": [], "short_term_memory": "", "plans": [], "retrieved": [], "chapters": []}
    with pytest.raises(MemoryUnavailableError, match="cannot be loaded"):
        reading.invoke({**premise, **nothing, **SETTLED}, context=HUMAN)
    assert fake_model.asked == []
