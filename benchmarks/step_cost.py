"""What a step costs besides the model, against the number of paragraphs: our time, bytes, disk and memory.

The model answers at once. Embedding (all-MiniLM-L6-v2), Qdrant Edge, LangGraph and SQLite are real and on disk. Beside
it, in the same run: a bare loop that makes the same calls of the model and does nothing else; and what the original
does at every step, which is to encode its whole memory again and take the two texts nearest to the plan.

    python benchmarks/step_cost.py [--quick] [--paragraphs 10 100 1000 5000] [--steps 6] [--restored] [--output FOLDER]

Up to a size the memory is filled by real steps whose vectors are random, which cost the same to search. With
``--restored`` it is filled as a book is that comes back from an archive, 200 passages a write: minutes for 10,000 where
steps take hours; checkpoints of those passages are then not there, so *disk in all* is the memory's.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import statistics
import time
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import psutil

from bare_loop import make_calls_again
from bench import MODEL, Switched, add_output, data_folder, embed_with, fake_model, plot, table
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.library import Library
from replace_time import fill

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import WatchedChatModel
    from recurrentgpt.stories.story import Story

CONTEXT = Context(model=MODEL, plan_selection="first")
HEADINGS = (
    *("paragraphs", "ours, a step", "slowest", "a bare loop's calls", "encoding all again", "again / ours"),
    *("SQLite, a step", "disk in all", "process"),
)
NEAREST = 2
"""Texts the original recalls."""


@dataclass(frozen=True)
class Row:
    """What was measured at one length. Times in seconds a step, sizes in bytes."""

    paragraphs: int
    ours: float
    slowest: float
    bare: float
    again: float
    encoded: int
    checkpoints: float
    disk: int
    memory: int


async def measure(sizes: list[int], steps: int, encode: int, *, restored: bool) -> list[Row]:
    """Grow one story, and measure at each size.

    Args:
        sizes: numbers of paragraphs.
        steps: how many steps each figure is the median of.
        encode: texts that are really encoded again at the most; beyond, the time is scaled.
        restored: whether the passages up to a size are put into the memory, not told.
    """
    model, embedder = fake_model(), Switched()
    embed_with(embedder)
    embedder.embed_query("loaded before anything is measured")
    library = Library.of_the_process()
    record = library.begin(StoryInput(topic="What a step costs"), CONTEXT)
    rows = []
    async with library.open(record) as story:
        for size in sorted(sizes):
            embedder.real = False
            if restored:
                await _step(story)
                await fill(story, size - steps)
            while story.record.paragraphs < size - steps:
                await _step(story)
                model.record.clear()
            embedder.real = True
            rows.append(await _row(story, model, embedder, steps, encode))
            row = rows[-1]
            print(f"  {row.paragraphs:,} paragraphs: ours {row.ours:.3f} s, again {row.again:.2f} s", flush=True)
    return rows


async def _step(story: Story) -> float:
    began = time.perf_counter()
    async for _ in story.run(CONTEXT):
        pass
    return time.perf_counter() - began


async def _row(story: Story, model: WatchedChatModel, embedder: Switched, steps: int, encode: int) -> Row:
    before = _bytes(story.folder / "checkpoints.sqlite")
    ours, bare = [], []
    for _ in range(steps):
        model.record.clear()
        ours.append(await _step(story))
        bare.append((await make_calls_again(model))[0])
    texts = [entry.text for entry in await story.manuscript()]
    sample = texts[:encode]
    began = time.perf_counter()
    the_originals_recall(embedder, sample, (await story.state())["plans"][0]["text"])
    again = (time.perf_counter() - began) * len(texts) / len(sample)
    return Row(
        paragraphs=len(texts),
        ours=statistics.median(ours),
        slowest=max(ours),
        bare=statistics.median(bare),
        again=again,
        encoded=len(sample),
        checkpoints=(_bytes(story.folder / "checkpoints.sqlite") - before) / steps,
        disk=sum(file.stat().st_blocks * 512 for file in story.folder.rglob("*") if file.is_file()),
        memory=psutil.Process().memory_info().rss,
    )


def the_originals_recall(embedder: Switched, texts: list[str], plan: str) -> list[str]:
    """Encode the plan and every stored text, and take the nearest by cosine: nothing is kept for the next step."""
    vectors = np.asarray(embedder.embed_documents([plan, *texts]))
    nearest = np.argsort(vectors[1:] @ vectors[0])[-NEAREST:]
    return [texts[place] for place in nearest]


def _bytes(path: Path) -> int:
    """What the checkpoints and the writes beside them hold, whatever SQLite has moved out of its log yet."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        (kept,) = database.execute("SELECT total(length(checkpoint) + length(metadata)) FROM checkpoints").fetchone()
        (writes,) = database.execute("SELECT total(length(value)) FROM writes").fetchone()
    return int(kept + writes)


def main() -> None:
    """Measure, print a table, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paragraphs", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--steps", type=int, default=6, help="steps that each figure is the median of")
    parser.add_argument("--encode", type=int, default=1000, help="texts really encoded again, at the most; then scaled")
    parser.add_argument("--restored", action="store_true", help="fill the memory as from an archive, not by steps")
    parser.add_argument("--quick", action="store_true", help="10 and 50 paragraphs, three steps")
    add_output(parser)
    given = parser.parse_args()
    sizes, steps = ([10, 50], 3) if given.quick else (given.paragraphs, given.steps)
    with data_folder():
        print("Measuring, with the model answering at once …", flush=True)
        rows = asyncio.run(measure(sizes, steps, given.encode, restored=given.restored))
    table(
        HEADINGS,
        [
            [
                f"{row.paragraphs:,}",
                f"{1000 * row.ours:.0f} ms",
                f"{1000 * row.slowest:.0f} ms",
                f"{1000 * row.bare:.0f} ms",
                f"{row.again:.2f} s{'' if row.encoded == row.paragraphs else ' (scaled)'}",
                f"{row.again / row.ours:.1f}x",
                f"{row.checkpoints / 1000:.0f} kB",
                f"{row.disk / 1e6:.1f} MB",
                f"{row.memory / 1e6:.0f} MB",
            ]
            for row in rows
        ],
    )
    lines = {
        "encoding the whole memory again": [row.again for row in rows],
        "ours": [row.ours for row in rows],
        "a bare loop's calls": [row.bare for row in rows],
    }
    plot(
        given.output,
        "step_cost",
        ("paragraphs", [row.paragraphs for row in rows]),
        "seconds a step, without the model",
        lines,
        logarithmic="xy",
    )


if __name__ == "__main__":
    main()
