# mypy: ignore-errors
"""What version 0.1 says of the stories that ``make_0_1.py`` made: this becomes ``0.1.json``."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

from langchain_core.embeddings import DeterministicFakeEmbedding
from older.fakes_0_1 import use_words

from fake_model import FakeChatModel
from recurrentgpt import models
from recurrentgpt.memory import Lineage, embeddings, open_memory
from recurrentgpt.schemas.settings import settings
from recurrentgpt.stories.branches import tree
from recurrentgpt.stories.export import as_markdown, book_of
from recurrentgpt.stories.shelf import Shelf
from recurrentgpt.stories.story import open_story

if TYPE_CHECKING:
    from pathlib import Path

    from recurrentgpt.stories.story import Story

KEPT = (
    "story_id", "title", "topic", "genre", "background", "outline", "style_sheet", "language", "mode",
    "target_paragraphs", "step", "chapters", "paragraph", "short_term_memory", "rationale", "plans", "plan", "lineage",
    "stop",
)  # fmt: skip


def use(home: Path, embedder: str = "fake", key: str = "") -> None:
    """Have this process use a data folder."""
    os.environ.update(RECURRENTGPT_HOME=str(home), RECURRENTGPT_EMBEDDING_MODEL=embedder, LANGGRAPH_AES_KEY=key)
    settings.cache_clear()
    use_words("en")
    models.register("fake", FakeChatModel)
    embeddings.register("fake", lambda: DeterministicFakeEmbedding(size=16))


def at(story_id: str, act: Any) -> Any:
    """Do something with an open story in this process."""

    async def run() -> Any:
        shelf = Shelf()
        async with open_story(shelf.folder(shelf.card(story_id))) as story:
            return await act(story)

    return asyncio.run(run())


def stands(snapshot: Any) -> dict[str, Any]:
    """Where a thread stands."""
    return {
        "next": list(snapshot.next),
        "interrupts": [question.id for question in snapshot.interrupts],
        "state": {name: snapshot.values[name] for name in KEPT if name in snapshot.values},
    }


async def says(story: Story) -> dict[str, Any]:
    """The card, and of each branch every passage and where it stands."""
    branches = {}
    for branch in story.card.branches:
        snapshot = await story.snapshot(branch.name)
        passages = await story.entries(Lineage.from_json(snapshot.values.get("lineage")))
        kept = [[passage.text, passage.summary, passage.plan] for passage in passages]
        branches[branch.name] = {**stands(snapshot), "passages": kept}
    with open_memory(story.card.story_id, story.card.begun_from.language) as memory:
        stored = memory.count()
    here = branches[story.card.branch]["passages"]
    return {
        "card": story.card.model_dump(mode="json", exclude={"written"}),
        "branches": branches,
        "leaves_after": {limb.branch.name: limb.own for limb in await tree(story)},
        "stored": stored,
        "book": as_markdown(await book_of(story)) if here else "",
    }


def found(story_id: str, question: str) -> list[Any]:
    """What a search finds: the place of each passage, the sentence, and the likeness."""

    async def search(story: Story) -> list[Any]:
        lineage = Lineage.from_json((await story.state())["lineage"])
        with open_memory(story_id, "en") as memory:
            hits = await asyncio.to_thread(memory.recall, lineage, [question], 3)
        return [[hit.entry.seq, hit.sentence, round(hit.similarity, 4)] for hit in hits]

    return at(story_id, search)
