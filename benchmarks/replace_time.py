"""How long another name takes everywhere in a book of 3,000 passages: the look at it, the change, the search after it.

A real folder is filled with passages of twenty sentences and three facts; the name stands in every third sentence. The
vectors are random, for they are copied, not made: when the memory is searched next.

    python benchmarks/replace_time.py [--passages 3000]
"""

from __future__ import annotations

import argparse
import asyncio
from contextlib import contextmanager
from random import Random
from time import perf_counter, process_time
from typing import TYPE_CHECKING, NamedTuple

from bench import instant_library, table
from fake_model import WORDS
from recurrentgpt.memory import Lineage
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.entries import Entry
from recurrentgpt.schemas.facts import Fact, Knowledge
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.rename import Wording, preview, rename

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recurrentgpt.stories.story import Story

BRANCH, SENTENCES, FACTS, EACH, BATCH = "main", 20, 3, 3, 200
NAME, OTHER = "Annabel", "Clarissa"
CONTEXT = Context(model="fake", opening_paragraphs=1)


def sentence(chance: Random, number: int) -> str:
    """Nine words; the name is the first of every third."""
    first = NAME if number % EACH == 0 else chance.choice(WORDS).capitalize()
    return f"{first} {' '.join(chance.choices(WORDS, k=8))}."


def entries(first: int, count: int) -> Iterator[Entry]:
    """So many passages."""
    chance = Random(first)  # noqa: S311
    for place in range(first, first + count):
        told = [sentence(chance, number) for number in range(SENTENCES)]
        facts = tuple(
            Fact(f"{BRANCH}:{place}:{number}", told[number], subjects=(NAME,), quote=told[number])
            for number in range(FACTS)
        )
        yield Entry(BRANCH, place, " ".join(told), told[0], knowledge=Knowledge(facts))


async def fill(story: Story, passages: int, **more: object) -> None:
    """Put passages into a story's memory until it has so many, as from an archive; what else is changed with that."""
    start = Lineage.from_json((await story.state())["lineage"]).length
    for first in range(start, passages, BATCH):
        told = list(entries(first, min(BATCH, passages - first)))
        await story.remember(lambda memory, told=told: memory.restore(told))  # type: ignore[misc]
    if passages > start:
        await story.change({"lineage": [[BRANCH, 0, passages - 1]], **more})
        await story.note_length()


class Took(NamedTuple):
    """Seconds by the clock, and of the processor: the second is the same on a machine that is busy otherwise."""

    clock: float
    processor: float


async def measured(story: Story, passages: int) -> dict[str, Took]:
    """How long each takes."""
    async for _ in story.run(CONTEXT):
        pass
    await fill(story, passages)
    took: dict[str, Took] = {}
    with timed(took, "the look"):
        hits, _ = await preview(story, Wording(NAME, OTHER))
    with timed(took, "the change"):
        await rename(story, Wording(NAME, OTHER))
    for what in ("the first search after it, which copies the vectors", "the next search"):
        with timed(took, what):
            await story.search(OTHER, 2)
    return {f"the look, {len(hits):,} places": took.pop("the look"), **took}


@contextmanager
def timed(took: dict[str, Took], what: str) -> Iterator[None]:
    """Note how long something takes."""
    began, worked = perf_counter(), process_time()
    yield
    took[what] = Took(perf_counter() - began, process_time() - worked)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=3000)
    passages = parser.parse_args().passages
    with instant_library() as library:
        record = library.begin(StoryInput(topic=NAME, title="T", outline="O"), CONTEXT)

        async def run() -> dict[str, Took]:
            async with library.open(record) as story:
                return await measured(story, passages)

        took = asyncio.run(run())
    rows = [(name, f"{one.clock:,.2f}", f"{one.processor:,.2f}") for name, one in took.items()]
    table(("what", "seconds", "of the processor"), rows)


if __name__ == "__main__":
    main()
