"""Many stories at once in one process, and many copies of one, on embedded memories."""

from __future__ import annotations

import asyncio
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from recurrentgpt.graph import builder, graph
from recurrentgpt.memory import Lineage, edge
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.library import Library
from resources_at_hand import close_memory, open_memory
from stories_at_hand import FIRST, texts, write
from tongues import EN

if TYPE_CHECKING:
    from pathlib import Path

    from langchain_core.runnables import RunnableConfig

    from fake_model import FakeChatModel
    from recurrentgpt.stories.record import StoryRecord

PARAGRAPHS, COPIES = 1, 5


@pytest.mark.parametrize("stories", [20, pytest.param(40, marks=pytest.mark.long)])
def test_stories_at_once_keep_every_point(fake_model: FakeChatModel, stories: int) -> None:
    del fake_model
    library = Library.of_the_process()
    records = [library.begin(StoryInput(topic=f"Lighthouse {number}"), FIRST) for number in range(stories)]

    async def one(record: StoryRecord) -> None:
        async with library.open(record) as story:
            await write(story, PARAGRAPHS)

    async def all_of_them() -> None:
        await asyncio.gather(*(one(record) for record in records))

    asyncio.run(all_of_them())
    for record in records:
        close_memory(record.story_id)
    books = [texts(library, record) for record in records]
    assert {len(book) for book in books} == {PARAGRAPHS + 1}
    assert len({text for book in books for text in book}) == stories * (PARAGRAPHS + 1)


@pytest.mark.parametrize("paragraphs", [60, pytest.param(200, marks=pytest.mark.long)])
def test_many_paragraphs_in_one_call_end_cleanly(fake_model: FakeChatModel, paragraphs: int) -> None:
    del fake_model
    context = FIRST.model_copy(update={"paragraph_sentences": 3, "memory_min_sentences": 3})
    run: Any = graph
    state = run.invoke({"topic": "A lighthouse", "target_paragraphs": paragraphs}, context=context)
    assert state["step"] == paragraphs
    with open_memory(state["story_id"], EN) as memory:
        assert len({entry.text for entry in memory.read(Lineage.from_json(state["lineage"]))}) == paragraphs + 1


async def test_copies_of_a_thread_that_write_at_the_same_moment_keep_apart(fake_model: FakeChatModel) -> None:
    del fake_model
    run: Any = builder.compile(checkpointer=InMemorySaver())
    context = Context(model="fake", opening_paragraphs=1)
    threads: list[RunnableConfig] = [{"configurable": {"thread_id": str(number)}} for number in range(COPIES + 1)]
    original, *copies = threads
    begun = await run.ainvoke({"topic": "A lighthouse"}, original, context=context)
    for copy in copies:
        await run.aupdate_state(copy, begun, as_node="propose_plans")

    steps = (run.ainvoke(Command(resume=f"Way {number}."), at, context=context) for number, at in enumerate(threads))
    ends = await asyncio.gather(*steps)
    again = await asyncio.gather(*(run.ainvoke(Command(resume=1), at, context=context) for at in threads))

    with open_memory(begun["story_id"], EN) as memory:
        for first, second in zip(ends, again, strict=True):
            path = [entry.text for entry in memory.read(Lineage.from_json(second["lineage"]))]
            assert path == [begun["paragraph"], first["paragraph"], second["paragraph"]]
        assert memory.count() == 1 + 2 * len(threads)
    assert len({end["paragraph"] for end in ends}) == len(threads)


def test_stories_at_once_do_not_close_each_others_memories(monkeypatch: pytest.MonkeyPatch) -> None:
    # With fewer kept open than there are stories, every step opened its folder anew: 100 stories did 7 % of the ideal.
    opened: list[Path] = []

    class Counted(edge.EdgeStore):
        def __init__(self, folder: Path, *others: Any) -> None:
            opened.append(folder)
            super().__init__(folder, *others)

    monkeypatch.setattr(edge, "EdgeStore", Counted)
    for _ in range(2):
        for number in range(24):
            with open_memory(f"story-{number}", EN) as memory:
                assert memory.count() == 0
    assert len(opened) == 24


def test_threads_that_ask_a_library_at_once_are_handed_the_same_memories(tmp_path: Path) -> None:
    """Each would keep the other out of a story's memory, as another process does."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(20):
            library, start = Library(tmp_path), threading.Barrier(8)

            def ask(library: Library = library, start: threading.Barrier = start) -> int:
                start.wait()
                return id(library.resources.memories)

            with ThreadPoolExecutor(8) as threads:
                asked = [threads.submit(ask) for _ in range(8)]
                assert len({one.result() for one in asked}) == 1
    finally:
        sys.setswitchinterval(before)
