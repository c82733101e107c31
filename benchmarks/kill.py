"""Kill a writing process at random moments, over and over, and compare what it leaves with an uninterrupted run.

``python benchmarks/kill.py`` (about ten minutes; --kills and --paragraphs make it shorter). Each process is ended with
SIGKILL after a random time, then the story is resumed, until it has its length. At the end the book, the memory and the
state must equal those of a story that was never interrupted; after every kill, the book must be a beginning of it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from time import perf_counter
from typing import Any

HERE = Path(__file__).parent
PROGRAM = HERE.parent / "tests" / "cli_with_fakes.py"
STEPS = 4
"""A process is killed somewhere in its first steps."""


def environment(home: Path) -> dict[str, str]:
    """A data folder of its own, a fake model that takes its time, and nothing else from outside."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    paths = os.pathsep.join((str(HERE), str(PROGRAM.parent)))
    ours = {"RECURRENTGPT_HOME": str(home), "RECURRENTGPT_EMBEDDING_MODEL": "fake", "PYTHONPATH": paths}
    return {**kept, **ours, "FAKE_DELAY": "0.01"}


def start(home: Path, paragraphs: int) -> subprocess.Popen[bytes]:
    """Begin the story, or resume it."""
    has_begun = (home / "stories").is_dir() and any((home / "stories").iterdir())
    what = (
        ["resume"] if has_begun else ["write", "--topic", "A lighthouse keeper", "--model", "fake", "--plans", "first"]
    )
    command = [sys.executable, str(PROGRAM), *what, "--paragraphs", str(paragraphs)]
    return subprocess.Popen(command, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def writes(process: subprocess.Popen[bytes]) -> None:
    """Wait for its first words (a process that is still starting has nothing to lose), and let go of the rest."""
    assert process.stdout  # noqa: S101
    process.stdout.read(1)
    Thread(target=process.stdout.read, daemon=True).start()


def left(home: Path) -> tuple[list[tuple[str, str, str]], dict[str, Any], int]:
    """What is on disk: the book's entries, the state, and the number of points."""
    os.environ.update(environment(home))
    from langchain_core.embeddings import DeterministicFakeEmbedding  # noqa: PLC0415 (after the environment is set)

    from recurrentgpt.memory import embeddings, open_memory  # noqa: PLC0415
    from recurrentgpt.schemas.settings import settings  # noqa: PLC0415
    from recurrentgpt.stories.shelf import Shelf  # noqa: PLC0415
    from recurrentgpt.stories.story import open_story  # noqa: PLC0415

    settings.cache_clear()
    embeddings.register("fake", lambda: DeterministicFakeEmbedding(size=16))
    shelf = Shelf(home)

    async def read() -> tuple[list[tuple[str, str, str]], dict[str, Any], int]:
        async with open_story(shelf.folder(shelf.find())) as story:
            state: dict[str, Any] = dict(await story.state())
            if not state.get("lineage"):
                return [], state, 0
            entries = [(entry.text, entry.summary, entry.plan) for entry in await story.manuscript()]
            with open_memory(story.card.story_id, "en") as memory:
                return entries, state, memory.count()

    return asyncio.run(read())


def comparable(state: dict[str, Any]) -> dict[str, Any]:
    """A state without what may differ from run to run: its id and what its calls took."""
    return {name: value for name, value in state.items() if name not in ("story_id", "usage")}


def main() -> None:
    """Run the comparison, and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--paragraphs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    chance = random.Random(given.seed)  # noqa: S311 (the same moments each time)

    with TemporaryDirectory() as folder:
        whole, broken = Path(folder) / "whole", Path(folder) / "broken"
        uninterrupted = start(whole, given.paragraphs)
        writes(uninterrupted)
        began = perf_counter()
        assert uninterrupted.wait() == 0  # noqa: S101 (a script that checks)
        a_step = (perf_counter() - began) / given.paragraphs
        expected, state, points = left(whole)
        print(f"uninterrupted: {len(expected)} paragraphs, {points} points")

        kills = mended = 0
        while True:
            found = left(broken) if (broken / "stories").exists() else ([], {}, 0)
            have = found[0]
            assert have == expected[: len(have)], f"after kill {kills} the book is another"  # noqa: S101
            done = found[1].get("step", 0)
            if done >= given.paragraphs:
                # The killing outlasts one story: the next begins where nothing is.
                mended += 1
                compare(found, (expected, state, points))
                if kills >= given.kills:
                    break
                broken = broken.with_name(f"broken-{mended}")
                done = 0
            process = start(broken, given.paragraphs - done)
            writes(process)
            if kills >= given.kills:
                process.wait()
                continue
            with suppress(subprocess.TimeoutExpired):
                process.wait(chance.random() * STEPS * a_step)
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
                print(f"kill {kills}: story {mended + 1}, {len(have)} paragraphs before", flush=True)
        print(
            f"{kills} kills over {mended} stories of {given.paragraphs} paragraphs: every book, memory and state equal"
        )


def compare(found: tuple[Any, dict[str, Any], int], expected: tuple[Any, dict[str, Any], int]) -> None:
    """Whether a story that was killed is the one that was not."""
    assert found[0] == expected[0], "the books differ"  # noqa: S101
    assert found[2] == expected[2], f"{found[2]} points, not {expected[2]}"  # noqa: S101
    assert comparable(found[1]) == comparable(expected[1]), "the states differ"  # noqa: S101


if __name__ == "__main__":
    main()
