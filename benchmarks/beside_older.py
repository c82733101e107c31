"""Our own time a step beside an older version's, by turns: the same model, which answers at once, the same embedding.

Each version runs in processes of its own, from a checkout that git makes of it, with the packages that are installed
here; by default the other is the last commit of version 0.1. Each first writes a story to a length with random vectors,
which cost the same to search; then each takes so many real steps, by turns, and the medians are compared: by the clock,
and by the processor's time, which depends less on what else the machine does.

    python benchmarks/beside_older.py [--paragraphs 1000] [--steps 8] [--rounds 4] [--older COMMIT]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from bench import table

HERE = Path(__file__).parent.parent
VERSION_0_1 = "823b7e5"
"""The last commit before 0.2 was begun."""


def in_a_process(checkout: Path, home: Path, *given: str) -> str:
    """What this script prints, run in a checkout with a data folder of its own."""
    roots = [str(checkout.parent), str(checkout / "benchmarks")]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RECURRENTGPT_")}
    environment = kept | {"PYTHONPATH": os.pathsep.join(roots), "RECURRENTGPT_HOME": str(home)}
    command = [sys.executable, str(Path(__file__)), *given]
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


async def write(paragraphs: int) -> None:
    """Begin a story, and write it to a length with vectors for nothing."""
    from bench import MODEL, Switched, embed_with, fake_model  # noqa: PLC0415 (each version's own)
    from recurrentgpt.schemas.context import Context  # noqa: PLC0415
    from recurrentgpt.schemas.story_input import StoryInput  # noqa: PLC0415
    from recurrentgpt.stories.library import Library  # noqa: PLC0415

    model, embedder, context = fake_model(), Switched(), Context(model=MODEL, plan_selection="first")
    embed_with(embedder)
    embedder.real = False
    library = Library.of_the_process()
    async with library.open(library.begin(StoryInput(topic="What a step costs"), context)) as story:
        while story.record.paragraphs < paragraphs:
            async for _ in story.run(context):
                pass
            model.record.clear()


async def take(steps: int) -> dict[str, float]:
    """The medians of so many steps of the story that there is, in seconds; the first is not counted."""
    from bench import MODEL, Switched, embed_with, fake_model  # noqa: PLC0415
    from recurrentgpt.schemas.context import Context  # noqa: PLC0415
    from recurrentgpt.stories.library import Library  # noqa: PLC0415

    model, embedder, context = fake_model(), Switched(), Context(model=MODEL, plan_selection="first")
    embed_with(embedder)
    embedder.embed_query("loaded before anything is measured")
    library = Library.of_the_process()
    clock, processor = [], []
    async with library.open(library.records()[0]) as story:
        for _ in range(steps + 1):
            model.record.clear()
            began, used = perf_counter(), process_time()
            async for _ in story.run(context):
                pass
            clock.append(perf_counter() - began)
            processor.append(process_time() - used)
    return {"clock": statistics.median(clock[1:]), "processor": statistics.median(processor[1:])}


def compare(older: str, paragraphs: int, steps: int, rounds: int) -> None:
    """Check the older version out, let both write and take steps by turns, and print the medians."""
    with TemporaryDirectory() as folder:
        checkout = Path(folder) / "older" / "recurrentgpt"
        git = ["git", "-C", str(HERE), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(checkout), older], check=True)
        try:
            now = Path(folder) / "now" / "recurrentgpt"
            now.parent.mkdir()
            now.symlink_to(HERE)
            versions = {"older": checkout, "now": now}
            homes = {name: Path(folder) / "homes" / name for name in versions}
            for name, at in versions.items():
                print(f"Writing {paragraphs:,} paragraphs: {name} …", flush=True)
                in_a_process(at, homes[name], "--write", str(paragraphs))
            found: dict[str, list[dict[str, float]]] = {name: [] for name in versions}
            for _ in range(rounds):
                for name, at in versions.items():
                    found[name].append(json.loads(in_a_process(at, homes[name], "--take", str(steps))))
        finally:
            subprocess.run([*git, "remove", "--force", str(checkout)], check=True)
    of = {(name, by): [turn[by] for turn in turns] for name, turns in found.items() for by in ("clock", "processor")}
    rows = [
        [
            by,
            *(f"{1000 * statistics.median(of[name, by]):.0f} ms" for name in versions),
            f"{statistics.median(of['now', by]) / statistics.median(of['older', by]):.2f}x",
            f"{1000 * min(of['older', by]):.0f}, {1000 * min(of['now', by]):.0f} ms",
        ]
        for by in ("clock", "processor")
    ]
    table([f"a step at {paragraphs:,}", older, "now", "now / then", "least"], rows)


def main() -> None:
    """Compare, or do one version's part of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paragraphs", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=8, help="steps a turn")
    parser.add_argument("--rounds", type=int, default=4, help="turns of each")
    parser.add_argument("--older", default=VERSION_0_1, help="the commit to compare with")
    parser.add_argument("--write", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--take", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.write:
        asyncio.run(write(given.write))
    elif given.take:
        print(json.dumps(asyncio.run(take(given.take))))
    else:
        compare(given.older, given.paragraphs, given.steps, given.rounds)


if __name__ == "__main__":
    main()
