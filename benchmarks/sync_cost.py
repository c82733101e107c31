"""What it costs that a step is on the disk before it is reported: steps with and without, by turns.

    python benchmarks/sync_cost.py [--paragraphs 30] [--turns 20]

The model answers at once; embedding, Qdrant Edge, LangGraph and SQLite are real, in the system's folder for temporary
files. *Not synced*: the memory has no journal, and files and folders are not synced; SQLite syncs either way, as it did
before.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench import MODEL, Switched, data_folder, embed_with, fake_model, table
from recurrentgpt.memory.journal import Journal
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.library import Library

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recurrentgpt.stories.story import Story

CONTEXT = Context(model=MODEL, plan_selection="first")


@contextmanager
def nothing_synced() -> Iterator[None]:
    """As it was before: for the length of a ``with`` block."""
    sync, add = os.fsync, Journal.add
    os.fsync, Journal.add = (lambda _: None), (lambda *_: None)  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        os.fsync, Journal.add = sync, add  # type: ignore[method-assign]


async def step(story: Story) -> float:
    """Seconds of a step."""
    began = time.perf_counter()
    async for _ in story.run(CONTEXT):
        pass
    return time.perf_counter() - began


async def measure(paragraphs: int, turns: int) -> tuple[list[float], list[float]]:
    """Seconds of the steps with everything synced, and of those with nothing."""
    fake_model()
    embedder = Switched()
    embed_with(embedder)
    embedder.embed_query("loaded before anything is measured")
    library = Library.of_the_process()
    synced: list[float] = []
    without: list[float] = []
    async with library.open(library.begin(StoryInput(topic="What a step costs"), CONTEXT)) as story:
        embedder.real = False
        while story.record.paragraphs < paragraphs:
            await step(story)
        embedder.real = True
        await step(story)
        for _ in range(turns):
            synced.append(await step(story))
            with nothing_synced():
                without.append(await step(story))
    return synced, without


def main() -> None:
    """Measure, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paragraphs", type=int, default=30)
    parser.add_argument("--turns", type=int, default=20)
    given = parser.parse_args()
    with data_folder():
        synced, without = asyncio.run(measure(given.paragraphs, given.turns))
    share = statistics.median(one / other for one, other in zip(synced, without, strict=True)) - 1
    times = [f"{1000 * statistics.median(found):.0f} ms" for found in (synced, without)]
    table(("synced, a step", "not synced", "more"), [[*times, f"{100 * share:.1f} %"]])


if __name__ == "__main__":
    main()
