"""What a step costs besides the model: our time and the bytes it adds, at 10, 100 and 1,000 paragraphs.

The model is the fake one, which answers at once. Embedding (the real all-MiniLM-L6-v2), Qdrant Edge, LangGraph and
SQLite are real and on disk. Beside it, in the same run, what the original does at every step: encode the whole
long-term memory again (here a sample of texts, at the time a text that was measured).

    python benchmarks/step_cost.py [--paragraphs 10 100 1000] [--steps 10]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sqlite3
import statistics
import tempfile
import time
from contextlib import closing
from typing import TYPE_CHECKING

from fake_model import FakeChatModel, compose

if TYPE_CHECKING:
    from pathlib import Path


async def _measure(paragraphs: list[int], steps: int) -> list[dict[str, float]]:
    from recurrentgpt import models  # noqa: PLC0415 (after the data folder is set)
    from recurrentgpt.schemas.context import Context  # noqa: PLC0415
    from recurrentgpt.schemas.story_input import StoryInput  # noqa: PLC0415
    from recurrentgpt.stories.shelf import Shelf  # noqa: PLC0415
    from recurrentgpt.stories.story import open_story  # noqa: PLC0415

    models.register("fake", FakeChatModel)
    context = Context(model="fake", plan_selection="first")
    shelf = Shelf()
    folder = shelf.folder(shelf.begin(StoryInput(topic="What a step costs"), context))
    rows = []
    async with open_story(folder) as story:
        written = 0
        while written < max(paragraphs):
            async for _ in story.run(context):
                pass
            written = story.card.paragraphs
            if written + steps in paragraphs:
                rows.append(await _steps(story, context, folder, steps))
                written = story.card.paragraphs
                row = rows[-1] | {"paragraphs": written}
                rows[-1] = row
                print(f"  {written:5} paragraphs: {row['ms']:.0f} ms a step", flush=True)
    return rows


async def _steps(story: object, context: object, folder: Path, steps: int) -> dict[str, float]:
    """The median of so many steps: milliseconds, of these the embedding, and bytes a step on disk."""
    times, bytes_before = [], _bytes(folder / "checkpoints.sqlite")
    for _ in range(steps):
        began = time.perf_counter()
        async for _ in story.run(context):  # type: ignore[attr-defined]
            pass
        times.append(1000 * (time.perf_counter() - began))
    added = (_bytes(folder / "checkpoints.sqlite") - bytes_before) / steps
    return {"ms": statistics.median(times), "worst": max(times), "kilobytes": added / 1000}


def _bytes(path: Path) -> int:
    """What the checkpoints and the writes beside them hold, whatever SQLite has moved out of its log yet."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        (kept,) = database.execute("SELECT total(length(checkpoint) + length(metadata)) FROM checkpoints").fetchone()
        (writes,) = database.execute("SELECT total(length(value)) FROM writes").fetchone()
    return int(kept + writes)


def _the_originals_way(sample: int) -> float:
    """Seconds a stored text that encoding the long-term memory again takes."""
    from recurrentgpt.memory.embeddings import DEFAULT_MODEL, embedder  # noqa: PLC0415

    texts = [compose(f"text {number}", None) for number in range(sample)]
    began = time.perf_counter()
    embedder(DEFAULT_MODEL).embed_documents(texts)
    return (time.perf_counter() - began) / sample


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paragraphs", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--steps", type=int, default=6, help="steps that each figure is the median of")
    given = parser.parse_args()
    home = tempfile.mkdtemp(prefix="recurrentgpt-bench-")
    os.environ["RECURRENTGPT_HOME"] = home
    try:
        print("Measuring, with the model answering at once …", flush=True)
        rows = asyncio.run(_measure(given.paragraphs, given.steps))
        a_text = _the_originals_way(100)
    finally:
        shutil.rmtree(home)
    first = rows[0]
    print("\n| paragraphs | ours, a step | slowest | against the first row | SQLite, a step | encoding all again |")
    print("|---:|---:|---:|---:|---:|---:|")
    for row in rows:
        again = a_text * row["paragraphs"]
        print(
            f"| {row['paragraphs']:,.0f} | {row['ms']:.0f} ms | {row['worst']:.0f} ms | {row['ms'] / first['ms']:.2f}x "
            f"| {row['kilobytes']:.0f} kB | {again:.2f} s |"
        )


if __name__ == "__main__":
    main()
