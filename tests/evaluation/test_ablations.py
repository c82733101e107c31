"""A part that is left out is left out: its words reach no prompt, its call is not made, its search is not asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from fake_model import compose
from recurrentgpt.evaluation.systems import ABLATIONS
from recurrentgpt.graph import builder
from recurrentgpt.memory.edge import EdgeStore
from recurrentgpt.memory.long_term import LongTermMemory
from recurrentgpt.schemas.context import Context

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import RunnableConfig

    from fake_model import FakeChatModel
    from recurrentgpt.memory.store import Question, Seen

IN_MEMORY, IN_RATIONALE = "The violet heron keeps watch.", "Because the violet heron came in."
SIZES = {"plan_selection": "first", "paragraph_sentences": 4, "memory_min_sentences": 2, "memory_max_sentences": 3}


def with_marks(_: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
    """Memories and rationales that can be found again in a prompt."""
    properties = (schema or {}).get("properties", {})
    if "memory" not in properties:
        return None
    answer = json.loads(compose("memory", schema))
    answer["memory"][0] = IN_MEMORY
    if "rationale" in properties:
        answer["rationale"] = IN_RATIONALE
    return json.dumps(answer)


def prompts(model: FakeChatModel, **changes: Any) -> list[str]:
    """Every prompt of three paragraphs, from the first of them on."""
    graph = builder.compile()
    given: Any = {"topic": "A bottle.", "target_paragraphs": 3}
    graph.invoke(given, context=Context.model_validate({"model": "fake", **SIZES, **changes}))
    return ["\n".join(message.text for message in asked) for asked in model.asked]


@pytest.fixture
def marked(fake_models: Callable[..., FakeChatModel]) -> FakeChatModel:
    return fake_models(interfere=with_marks)


def test_whole_it_has_all_parts(marked: FakeChatModel) -> None:
    asked = prompts(marked)
    assert any(IN_MEMORY in prompt for prompt in asked)
    assert any("Recalled from earlier" in prompt for prompt in asked)
    assert any("First the rationale" in prompt for prompt in asked)


def test_without_a_short_term_memory_none_is_asked_for_or_shown(marked: FakeChatModel) -> None:
    asked = prompts(marked, **ABLATIONS["no-short-term"])
    assert not any(IN_MEMORY in prompt or "hort-term memory, what matters" in prompt for prompt in asked)
    assert not any("rewrite the short-term memory" in prompt for prompt in asked)
    assert any("Recalled from earlier" in prompt for prompt in asked)


def test_without_a_long_term_memory_nothing_is_recalled(marked: FakeChatModel) -> None:
    asked = prompts(marked, **ABLATIONS["no-long-term"])
    assert not any("Recalled from earlier" in prompt for prompt in asked)
    assert any(IN_MEMORY in prompt for prompt in asked)


def test_without_a_long_term_memory_no_cues_are_asked_for(fake_model: FakeChatModel) -> None:
    story = builder.compile(checkpointer=InMemorySaver())
    thread: RunnableConfig = {"configurable": {"thread_id": "1"}}
    context = Context.model_validate({"model": "fake", **SIZES, "plan_selection": "human", "retrieve_k": 0})
    given: Any = {"topic": "A bottle."}
    for _ in range(3):
        story.invoke(given, thread, context=context)
        given = Command(resume="Somebody swims to the island, whatever it takes.")
    assert not any("recall cues" in asked[-1].text and "Propose" not in asked[-1].text for asked in fake_model.asked)


def test_without_cues_the_plan_alone_is_searched(fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the writer's prompt is made of is searched by one question, not by one a cue besides."""
    asked: list[int] = []
    recall = LongTermMemory.recall

    def watching(self: LongTermMemory, lineage: Any, questions: Sequence[str], *rest: Any, **more: Any) -> Any:
        asked.append(len(questions))
        return recall(self, lineage, questions, *rest, **more)

    monkeypatch.setattr(LongTermMemory, "recall", watching)
    prompts(fake_model)
    assert max(asked) > 1
    asked.clear()
    prompts(fake_model, **ABLATIONS["no-cues"])
    assert set(asked) == {1}


@pytest.mark.parametrize(("system", "notes"), [("facts-only", True), ("no-long-term", False)])
def test_without_recall_facts_are_noted_or_not_and_nothing_else_is_shown(
    marked: FakeChatModel,
    system: str,
    notes: bool,  # noqa: FBT001 (a column of a table)
) -> None:
    forms: list[set[str]] = []

    def watching(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        forms.append(set((schema or {}).get("properties", {})))
        return with_marks(messages, schema)

    marked.interfere = watching
    asked = prompts(marked, **ABLATIONS[system])
    assert any("facts" in form for form in forms) is notes
    assert not any("Recalled from earlier" in prompt or "The book so far" in prompt for prompt in asked)


def test_without_a_rationale_none_is_asked_for(marked: FakeChatModel) -> None:
    schemas: list[set[str]] = []

    def watching(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        schemas.append(set((schema or {}).get("properties", {})))
        return with_marks(messages, schema)

    marked.interfere = watching
    asked = prompts(marked, **ABLATIONS["no-rationale"])
    assert not any("rationale" in prompt for prompt in asked)
    assert {"memory"} in schemas
    assert not any("rationale" in names for names in schemas)
    assert any(IN_MEMORY in prompt for prompt in asked)


@pytest.mark.parametrize("system", ["ours", "dense-only"])
def test_words_are_searched_for_or_not(fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    asked: list[Question] = []
    query = EdgeStore.query

    def watching(self: EdgeStore, questions: Any, seen: Seen, limit: int) -> Any:
        if seen.kind == "passage":
            asked.extend(questions)
        return query(self, questions, seen, limit)

    monkeypatch.setattr(EdgeStore, "query", watching)
    prompts(fake_model, **ABLATIONS[system])
    assert asked
    assert all(question.vector for question in asked)
    assert any(question.words.indices for question in asked) == (system == "ours")
