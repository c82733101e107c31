"""Cut the power of a file system under a story that is being written, over and over, and look what is left.

``sudo python benchmarks/power_cut.py`` (Linux, as root; --cuts, --paragraphs, --size). An ext4 of its own, on a loop
device, is shut down at random moments (``EXT4_IOC_SHUTDOWN``, its log not flushed: all that was not synced is gone),
mounted again, and the story is written on. After every cut each passage that was reported must be there once, the
memory must have what the checkpoints count on, and the card and the head must be readable. ``--without-journal`` shows
that the script would see a loss.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import os
import random
import signal
import struct
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

from langchain_core.embeddings import DeterministicFakeEmbedding

from bench import MODEL, fake_model
from recurrentgpt.graph.cycle import is_between_steps
from recurrentgpt.memory.journal import Journal
from recurrentgpt.memory.last_state import read_last_state
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.library import Library
from resources_at_hand import EMBEDDINGS, memories, read_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from recurrentgpt.stories.story import Story

DISK = "disk"
SHUTDOWN, WITHOUT_ITS_LOG = 0x8004587D, 2
CONTEXT = Context(model=MODEL, plan_selection="first", opening_paragraphs=1)
TOPIC = StoryInput(topic="A lighthouse keeper")


def stop(why: str) -> NoReturn:
    """End, and say why."""
    raise SystemExit(why)


@contextmanager
def loop_device(folder: Path, size: int) -> Iterator[Path]:
    """A file of so many MB with an ext4 in it; gives the file."""
    image = folder / "image"
    with image.open("wb") as file:
        file.truncate(size * 2**20)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)
    try:
        yield image
    finally:
        subprocess.run(["umount", "-q", str(folder / DISK)], check=False)


def mount(image: Path, place: Path) -> None:
    """Mount it; what its log holds is taken up."""
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-o", "loop", str(image), str(place)], check=True)


def cut(place: Path) -> None:
    """The power goes."""
    opened = os.open(place, os.O_RDONLY)
    try:
        fcntl.ioctl(opened, SHUTDOWN, struct.pack("I", WITHOUT_ITS_LOG))
    finally:
        os.close(opened)


def unmount(place: Path) -> None:
    """Let go of it; somebody may still be closing a file."""
    for _ in range(100):
        if not subprocess.run(["umount", str(place)], check=False, capture_output=True).returncode:
            return
        time.sleep(0.05)
    stop(f"{place} cannot be unmounted")


def in_a_process(act: Callable[[int], None]) -> tuple[int, int]:
    """Let a fork of this process act; gives its id, and what it writes as a stream of bytes."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    os.close(reading)
    code = 1
    try:
        act(writing)
        code = 0
    except BaseException as error:  # noqa: BLE001 (a fork must not go on as if it were this process)
        os.write(writing, f"!{type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(code)


def open_library(home: Path) -> Library:
    """The library of a data folder, with models that cost nothing."""
    os.environ["RECURRENTGPT_HOME"] = str(home)
    os.environ["RECURRENTGPT_EMBEDDING_MODEL"] = "fake"
    EMBEDDINGS["fake"] = lambda: DeterministicFakeEmbedding(size=16)
    read_environment()
    fake_model(0.002)
    return Library.of_the_process()


def write_on(home: Path, paragraphs: int, tell: int) -> None:
    """Write until there are so many, and say how many after each run."""
    library = open_library(home)

    async def write() -> None:
        record = library.find() if library.records() else library.begin(TOPIC, CONTEXT)
        async with library.open(record) as story:
            while story.record.paragraphs < paragraphs:
                async for _ in story.run(CONTEXT):
                    pass
                os.write(tell, f"{story.record.paragraphs}\n".encode())

    asyncio.run(write())


def look(home: Path, reported: int, tell: int) -> None:
    """Whether all that was reported is there, once, and memory, checkpoints, card and head agree."""
    library = open_library(home)
    if not library.records():
        assert not library.unreadable(), library.unreadable()  # noqa: S101 (a script that checks)
        assert not reported, "the story is gone"  # noqa: S101
        os.write(tell, b"0\n")
        return

    async def check(story: Story) -> int:
        entries = await story.manuscript()
        texts = [entry.text for entry in entries]
        assert len(texts) >= reported, f"{len(texts)} passages of {reported} that were reported"  # noqa: S101
        assert len(set(texts)) == len(texts), "a passage is there twice"  # noqa: S101
        snapshot = await story.snapshot()
        with memories().open(story.record.story_id, story.record.language) as memory:
            more = memory.count() - len(texts)
        # A paragraph may be remembered that no checkpoint knows of yet: the replay finds it and writes nothing.
        assert 0 <= more <= (0 if is_between_steps(snapshot) else 1), f"{more} points too many"  # noqa: S101
        # A head that was torn is written anew where the story stands between two steps, or by the next one.
        if (story.folder / "head.json").exists() and is_between_steps(snapshot):
            assert read_last_state(story.folder) is not None, "the head cannot be read"  # noqa: S101
        return len(texts)

    async def opened() -> int:
        async with library.open(library.find()) as story:
            return await check(story)

    os.write(tell, f"{asyncio.run(opened())}\n".encode())


def said(reading: int) -> list[str]:
    """All that a process says until it ends."""
    with os.fdopen(reading) as stream:
        return stream.read().split("\n")


def last_number(lines: list[str]) -> int:
    """The last number of paragraphs among them."""
    return max((int(line) for line in lines if line.isdecimal()), default=0)


def looked(home: Path, reported: int) -> int:
    """Look in a process of its own; gives how many passages there are."""
    child, reading = in_a_process(lambda tell: look(home, reported, tell))
    lines = said(reading)
    _, status = os.waitpid(child, 0)
    if status:
        stop(" ".join(lines))
    return last_number(lines)


def main() -> None:
    """Cut, look, go on, and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--paragraphs", type=int, default=30, help="of each story; then the next begins")
    parser.add_argument("--size", type=int, default=512, help="MB of the file system")
    parser.add_argument("--longest", type=float, default=1.5, help="seconds before a cut, at the most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--without-journal", action="store_true", help="as if the memory had none")
    given = parser.parse_args()
    if given.without_journal:
        Journal.add = lambda *_: None  # type: ignore[method-assign]
    if sys.platform != "linux" or os.geteuid():
        stop("This mounts a file system: it needs Linux, and root.")
    chance = random.Random(given.seed)  # noqa: S311 (the same moments each time)
    stories = kept = 0
    with TemporaryDirectory() as folder, loop_device(Path(folder), given.size) as image:
        place = Path(folder) / DISK
        for number in range(1, given.cuts + 1):
            home = place / f"home-{stories}"
            mount(image, place)
            before = looked(home, kept) if home.exists() else 0
            if before >= given.paragraphs:
                stories, kept, before = stories + 1, 0, 0
                home = place / f"home-{stories}"
            child, reading = in_a_process(partial(write_on, home, given.paragraphs))
            time.sleep(chance.random() * given.longest)
            cut(place)
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            kept = max(kept, before, last_number(said(reading)))
            unmount(place)
            mount(image, place)
            there = looked(home, kept) if home.exists() else 0
            if not home.exists() and kept:
                stop("the data folder is gone")
            unmount(place)
            print(f"cut {number}: story {stories + 1}, {kept} passages reported, {there} there", flush=True)
    print(
        f"{given.cuts} cuts over {stories + 1} stories: every reported passage there once, memory and checkpoints agree"
    )


if __name__ == "__main__":
    main()
