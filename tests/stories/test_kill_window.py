"""Killed between a gate's result and the checkpoint that takes it up: nothing is done twice, and nothing skipped."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from recurrentgpt.stories.library import Library
from stories_at_hand import FIRST, TOPIC, at, texts, write

if TYPE_CHECKING:
    from fake_model import FakeChatModel
    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.stories.story import Story

PARAGRAPHS = 3
KEPT = ("paragraph", "short_term_memory", "rationale", "plans", "plan", "retrieved", "lineage", "step")


class KilledError(Exception):
    """Stands for a kill."""


def whole(library: Library, record: StoryRecord) -> tuple[list[str], dict[str, Any]]:
    state: dict[str, Any] = at(library, record, lambda story: story.state())
    return texts(library, record), {name: state[name] for name in KEPT}


@pytest.fixture(scope="module")
def once() -> dict[str, tuple[list[str], dict[str, Any]]]:
    """What the first of these tests keeps for the others."""
    return {}


@pytest.fixture
def uninterrupted(
    fake_model: FakeChatModel, once: dict[str, tuple[list[str], dict[str, Any]]]
) -> tuple[list[str], dict[str, Any]]:
    del fake_model
    if "told" in once:
        return once["told"]
    library = Library.of_the_process()
    record = library.begin(TOPIC, FIRST)
    at(library, record, lambda story: write(story, PARAGRAPHS))
    return once.setdefault("told", whole(library, record))


@pytest.mark.parametrize("killed_at", range(2, 18))
def test_what_was_kept_is_taken_up(
    uninterrupted: tuple[list[str], dict[str, Any]], monkeypatch: pytest.MonkeyPatch, killed_at: int
) -> None:
    put, puts = AsyncSqliteSaver.aput, 0

    async def dies(self: AsyncSqliteSaver, *args: Any) -> Any:
        nonlocal puts
        puts += 1
        if puts == killed_at:
            await asyncio.sleep(0.05)  # the gate's writes are being kept meanwhile
            raise KilledError
        return await put(self, *args)

    library = Library.of_the_process()
    record = library.begin(TOPIC, FIRST)
    monkeypatch.setattr(AsyncSqliteSaver, "aput", dies)
    with suppress(KilledError):
        at(library, record, lambda story: write(story, PARAGRAPHS))
    assert puts == killed_at
    monkeypatch.setattr(AsyncSqliteSaver, "aput", put)

    async def finish(story: Story) -> None:
        await write(story, PARAGRAPHS - (await story.state()).get("step", 0))

    at(library, record, finish)
    assert whole(library, record) == uninterrupted
