"""How long another name takes everywhere in a book of 3,000 passages: the look at it, and the change.

A real folder is filled with passages of twenty sentences and three facts; the name stands in every third sentence. The
vectors are random, for they are copied, not made.

    python benchmarks/replace_time.py [--passages 3000]
"""

from __future__ import annotations

import argparse
import asyncio
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

from bench import Instant, table
from fake_model import WORDS, FakeChatModel
from recurrentgpt.memory import Lineage
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.entries import Entry
from recurrentgpt.schemas.facts import Fact, Knowledge
from recurrentgpt.schemas.settings import Settings
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.library import Library
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


async def measured(story: Story, passages: int) -> dict[str, float]:
    """Seconds of each."""
    async for _ in story.run(CONTEXT):
        pass
    state = await story.state_between_steps()
    lineage = Lineage.from_json(state["lineage"])
    start = lineage.length
    for first in range(start, passages, BATCH):
        told = list(entries(first, min(BATCH, passages - first)))
        await story.remember(lambda memory, told=told: memory.restore(told))  # type: ignore[misc]
    await story.change({"lineage": [[BRANCH, 0, passages - 1]]})
    took: dict[str, float] = {}
    began = perf_counter()
    hits, _ = await preview(story, Wording(NAME, OTHER))
    took["the look"] = perf_counter() - began
    began = perf_counter()
    await rename(story, Wording(NAME, OTHER))
    took["the change"] = perf_counter() - began
    return {f"the look, {len(hits):,} places": took["the look"], "the change": took["the change"]}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=3000)
    passages = parser.parse_args().passages
    with (
        TemporaryDirectory() as folder,
        Library(
            folder,
            settings=Settings(embedding_model="instant"),
            chat_models={"fake": FakeChatModel},
            embeddings={"instant": Instant},
        ) as library,
    ):
        record = library.begin(StoryInput(topic=NAME, title="T", outline="O"), CONTEXT)

        async def run() -> dict[str, float]:
            async with library.open(record) as story:
                return await measured(story, passages)

        took = asyncio.run(run())
    table(("what", "seconds"), [(name, f"{seconds:,.2f}") for name, seconds in took.items()])


if __name__ == "__main__":
    main()
