"""Kill a writing process at random moments, over and over, and compare what it leaves with an uninterrupted run.

``python benchmarks/kill.py`` (about ten minutes; --kills and --paragraphs make it shorter). Each process is ended with
SIGKILL after a random time, then the story is resumed, until it has its length. After every kill the book must be a
beginning of the one that was never interrupted, the state after each finished step the same, no point twice, none lost.
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
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from time import perf_counter
from typing import Any

from resources_at_hand import EMBEDDINGS, open_memory, read_environment
from surroundings import bare_environment

HERE = Path(__file__).parent
PROGRAM = HERE.parent / "tests" / "helpers" / "cli_with_fakes.py"
STEPS = 4
"""A process is killed somewhere in its first steps."""


def environment(home: Path) -> dict[str, str]:
    """A data folder of its own, a fake model that takes its time, and nothing else from outside."""
    paths = os.pathsep.join((str(HERE), str(PROGRAM.parent)))
    ours = {"RECURRENTGPT_HOME": str(home), "RECURRENTGPT_EMBEDDING_MODEL": "fake", "PYTHONPATH": paths}
    return bare_environment(**ours, FAKE_DELAY="0.01")


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


@dataclass
class Found:
    """What is on disk: the book's entries, the number of points, and the state after each finished step, by step."""

    entries: list[tuple[str, str, str]] = field(default_factory=list)
    points: int = 0
    states: dict[int, dict[str, Any]] = field(default_factory=dict)
    is_settled: bool = False

    @property
    def step(self) -> int:
        """The last finished step."""
        return max(self.states, default=0)


def left(home: Path) -> Found:
    """Read it, as the program would."""
    os.environ.update(environment(home))
    from langchain_core.embeddings import DeterministicFakeEmbedding  # noqa: PLC0415 (after the environment is set)

    from recurrentgpt.graph.cycle import is_between_steps  # noqa: PLC0415
    from recurrentgpt.stories.library import Library  # noqa: PLC0415

    read_environment()
    EMBEDDINGS["fake"] = lambda: DeterministicFakeEmbedding(size=16)
    library = Library(home)

    async def read() -> Found:
        async with library.open(library.find()) as story:
            found = Found(is_settled=is_between_steps(await story.snapshot()))
            if not (await story.state()).get("lineage"):
                return found
            found.entries = [(entry.text, entry.summary, entry.plan) for entry in await story.manuscript()]
            with open_memory(story.record.story_id, story.record.language) as memory:
                found.points = memory.count()
            async for snapshot in story.graph.aget_state_history(story.config):
                if is_between_steps(snapshot):
                    found.states.setdefault(snapshot.values["step"], comparable(snapshot.values))
            return found

    return asyncio.run(read())


def comparable(state: dict[str, Any]) -> dict[str, Any]:
    """A state without what may differ from run to run: its id, what its calls took, the plan that is chosen next."""
    return {name: value for name, value in state.items() if name not in ("story_id", "usage", "plan", "after_review")}


def check(found: Found, whole: Found) -> None:
    """Whether what is on disk is a beginning of the story that was never interrupted, with nothing twice or lost."""
    count = len(found.entries)
    assert found.entries == whole.entries[:count], "the books differ"  # noqa: S101 (a script that checks)
    # A paragraph may be written that no checkpoint knows of yet: the replay finds it and writes nothing.
    most = count if found.is_settled else count + 1
    assert count <= found.points <= most, f"{found.points} points for {count} paragraphs"  # noqa: S101
    for step, state in found.states.items():
        assert state == whole.states[step], f"the states after step {step} differ"  # noqa: S101


def main() -> None:
    """Run the comparison, and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--paragraphs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    chance = random.Random(given.seed)  # noqa: S311 (the same moments each time)

    with TemporaryDirectory() as folder:
        uninterrupted, broken = Path(folder) / "whole", Path(folder) / "broken"
        process = start(uninterrupted, given.paragraphs + 2)
        writes(process)
        began = perf_counter()
        assert process.wait() == 0  # noqa: S101
        a_step = (perf_counter() - began) / (given.paragraphs + 2)
        whole = left(uninterrupted)
        print(f"uninterrupted: {len(whole.entries)} paragraphs, {whole.points} points")

        kills = mended = 0
        while kills < given.kills or mended == 0 or (broken / "stories").exists():
            found = left(broken) if (broken / "stories").exists() else Found()
            check(found, whole)
            if found.step >= given.paragraphs and found.is_settled:
                # The killing outlasts one story: the next begins where nothing is.
                mended += 1
                broken = broken.with_name(f"broken-{mended}")
                continue
            process = start(broken, max(1, given.paragraphs - found.step))
            writes(process)
            if kills < given.kills:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(chance.random() * STEPS * a_step)
            else:
                process.wait()
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
                print(f"kill {kills}: story {mended + 1}, {len(found.entries)} paragraphs before", flush=True)
        print(
            f"{kills} kills over {mended} stories of {given.paragraphs} paragraphs: "
            "every book, memory and state equal to the uninterrupted one's"
        )


if __name__ == "__main__":
    main()
