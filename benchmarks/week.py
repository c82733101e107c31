"""What a story weighs after a week's use, before and after ``compact``: its files, and the process that opens it.

    python benchmarks/week.py [--passages 3000] [--edits 50] [--branches 20] [--by-itself]

Seven days: each day the story is opened, written on, edited here and there, branched, and closed. The model and the
embedder answer at once; passages of 20 sentences, Qdrant Edge, LangGraph and SQLite are real. Nothing is compacted
until the last evening; with ``--by-itself`` each day's closing does it where it pays, as it is without this script. A
process of its own opens the story, recalls and goes back to a passage, before and after.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from random import Random
from time import process_time
from typing import TYPE_CHECKING

from bench import Instant, instant_library, table
from fake_model import FakeChatModel
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.settings import Settings
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories import branches, compact
from recurrentgpt.stories.library import Library

if TYPE_CHECKING:
    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.stories.story import Story

CONTEXT = Context(model="fake", plan_selection="first", paragraph_sentences=20)
DAYS = 7
ON_A_BRANCH = 3
"""Passages that a branch gets before the story goes on where it was."""
MEGABYTE = 2**20


async def write(story: Story, passages: int) -> None:
    """So many passages more."""
    for _ in range(passages):
        async for _ in story.run(CONTEXT):
            pass


async def begin(library: Library, record: StoryRecord) -> None:
    """The opening, and a passage."""
    async with library.open(record) as story:
        while story.record.paragraphs < 3:  # noqa: PLR2004 (the opening has two)
            await write(story, 1)


async def day(story: Story, passages: int, edits: int, forks: int, chance: Random) -> None:
    """One day: passages are written, and between them some are edited, and others left by a branch."""
    for share in _shares(passages, edits + forks + 1):
        await write(story, share)
        length = story.record.paragraphs
        if edits:
            edits -= 1
            number = chance.randint(2, length)
            told = (await story.entry(number)).text
            await branches.edit(story, paragraph=number, text=f"{told} And so it was.")
        elif forks:
            forks -= 1
            here = story.record.branch
            await branches.new_branch(story, chance.randint(2, length), answer=1)
            await write(story, ON_A_BRANCH)
            await branches.switch(story, here)


def _shares(total: int, count: int) -> list[int]:
    """A total in so many whole parts."""
    return [total * (number + 1) // count - total * number // count for number in range(count)]


def sizes(folder: Path) -> dict[str, int]:
    """Bytes on the disk: of the checkpoints, of the memory, of the rest."""
    found = {"checkpoints": 0, "memory": 0, "rest": 0}
    for file in folder.rglob("*"):
        if file.is_file():
            first = file.relative_to(folder).parts[0]
            kind = "memory" if first == "memory" else "checkpoints" if first.startswith("checkpoints") else "rest"
            found[kind] += file.stat().st_blocks * 512
    return found


def opened_anew(home: Path) -> dict[str, float]:
    """What a process weighs that opens the story, recalls, and goes back to a passage; and what that took it."""
    command = [sys.executable, __file__, "--home", str(home)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


async def use(library: Library) -> None:
    """Open the one story, recall, go back to its middle."""
    async with library.open(library.find()) as story:
        await story.search("Who keeps the lamp?", 3)
        await branches.state_at(story, story.record.paragraphs // 2)


def measure_use(home: Path) -> None:
    """In a process of its own: print what it weighs, and how long the processor took."""
    settings = Settings(embedding_model="instant")
    with Library(
        home, settings=settings, chat_models={"fake": FakeChatModel}, embeddings={"instant": Instant}
    ) as library:
        _ = library.builder  # what every process loads
        empty, began = resident(), process_time()
        asyncio.run(use(library))
        took, whole = process_time() - began, resident()
    print(json.dumps({"process": whole, "story": whole - empty, "seconds": took}))


def resident() -> float:
    """Megabytes of this process that are in the machine's memory."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() / MEGABYTE


def row(when: str, folder: Path, used: dict[str, float]) -> list[str]:
    """A row of the table."""
    found = sizes(folder)
    weights = [f"{found[kind] / MEGABYTE:.1f} MB" for kind in ("checkpoints", "memory", "rest")]
    return [when, *weights, f"{used['process']:.0f} MB", f"{used['story']:.0f} MB", f"{used['seconds']:.2f} s"]


def live(library: Library, given: argparse.Namespace) -> StoryRecord:
    """The week."""
    record = library.begin(StoryInput(topic="A lighthouse keeper"), CONTEXT)
    asyncio.run(begin(library, record))
    chance = Random(1)  # noqa: S311
    plan = zip(*(_shares(total, DAYS) for total in (given.passages, given.edits, given.branches)), strict=True)

    async def one(passages: int, edits: int, forks: int) -> None:
        async with library.open(library.latest(record)) as story:
            await day(story, passages, edits, forks, chance)

    for number, (passages, edits, forks) in enumerate(plan, start=1):
        asyncio.run(one(passages, edits, forks))
        kept = sizes(library.folder(record))["checkpoints"] / MEGABYTE
        told = f"day {number}: {library.latest(record).paragraphs} passages, checkpoints {kept:.1f} MB"
        print(told, f"(load {os.getloadavg()[0]:.0f})", flush=True)
    return library.latest(record)


def main() -> None:
    """Live through it, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=3000)
    parser.add_argument("--edits", type=int, default=50)
    parser.add_argument("--branches", type=int, default=20)
    parser.add_argument("--by-itself", action="store_true", help="compact as stories are closed, where it pays")
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    pays = compact._PAYS_FROM  # noqa: SLF001 (what is to be kept from being done)
    if given.home or not given.by_itself:
        compact._PAYS_FROM = sys.maxsize  # noqa: SLF001
    if given.home:
        measure_use(given.home)
        return
    with instant_library() as library:
        record = live(library, given)
        folder = library.folder(record)
        rows = [row("by itself" if given.by_itself else "before", folder, opened_anew(library.home))]

        async def let_go() -> compact.Compacted:
            async with library.open(record) as story:
                return await compact.compact(story)

        began = process_time()
        done = asyncio.run(let_go())
        took = process_time() - began
        rows.append(row("after compact", folder, opened_anew(library.home)))
    compact._PAYS_FROM = pays  # noqa: SLF001
    table(("", "checkpoints", "memory", "rest", "process", "of it the story", "opened and used, processor"), rows)
    print(f"compact: {done.before:,} checkpoints became {done.after:,}, {took:.1f} s of the processor")


if __name__ == "__main__":
    main()
