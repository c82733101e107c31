"""Many stories at once: what share of the ideal throughput 1 to 100 stories reach in one process.

The model takes a second a call and holds nobody's thread. A step has three calls on its critical path, so the ideal is
a paragraph every three seconds a story, however many there are. Each story has its own thread, its own embedded memory,
and is written by a plain asyncio program (``builder`` with an ``InMemorySaver``). First with vectors that cost nothing,
which shows what the loop costs; then with all-MiniLM-L6-v2, which shows what encoding costs. With ``--server``, on
``langgraph dev`` as well.

    python benchmarks/stories_at_once.py [--quick] [--stories 1 10 100] [--paragraphs 10] [--server] [--output FOLDER]
"""

from __future__ import annotations

import argparse
import asyncio
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from langgraph.checkpoint.memory import InMemorySaver

from agent_server import AgentServer, running
from bench import MODEL, Instant, add_output, data_folder, embed_with, fake_model, plot, table
from recurrentgpt.graph import builder
from recurrentgpt.memory.embeddings import DEFAULT_MODEL, SentenceTransformerEmbeddings
from recurrentgpt.schemas.context import Context

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from langchain_core.embeddings import Embeddings

HERE = Path(__file__).parent
CONTEXT = Context(model=MODEL, plan_selection="first", opening_paragraphs=1)
CRITICAL = 3
"""Calls on a step's critical path (``parallel_gates.py`` counts them)."""


@dataclass(frozen=True)
class Run:
    """What so many stories at once gave.

    Attributes:
        where: the program and its embedder.
        stories: how many at once.
        rate: paragraphs a second, all together.
        ideal: the same, if nothing but the model took time.
        processor: seconds of processor time a paragraph (0: not known).
    """

    where: str
    stories: int
    rate: float
    ideal: float
    processor: float = 0.0


async def in_a_program(where: str, embedder: Embeddings, stories: int, paragraphs: int, seconds: float) -> Run:
    """Write that many stories at once in this process."""
    model = fake_model()
    embed_with(embedder)
    embedder.embed_query("loaded before anything is measured")
    graph: Any = builder.compile(checkpointer=InMemorySaver())

    async def write(number: int, target: int) -> None:
        given = {"topic": f"Story {number}", "story_id": f"{stories}-{number}", "target_paragraphs": target}
        await graph.ainvoke(given, {"configurable": {"thread_id": str(number)}}, context=CONTEXT)
        model.record.clear()

    await _together(write, stories, 0)
    model.delay = seconds
    processor = time.process_time()
    took = await _together(write, stories, paragraphs)
    processor = time.process_time() - processor
    written = stories * paragraphs
    return Run(where, stories, written / took, stories / (CRITICAL * seconds), processor / written)


async def _together(write: Callable[[int, int], Awaitable[None]], stories: int, target: int) -> float:
    began = time.perf_counter()
    await asyncio.gather(*(write(number, target) for number in range(stories)))
    return time.perf_counter() - began


async def on_the_server(url: str, where: str, stories: int, paragraphs: int, seconds: float) -> Run:
    """Write that many stories at once on a server; the clients only wait."""
    from langgraph_sdk import get_client  # noqa: PLC0415 (an extra)

    async with get_client(url=url, timeout=None) as client:
        threads = [(await client.threads.create())["thread_id"] for _ in range(stories)]

        async def write(number: int, target: int) -> None:
            given: dict[str, Any] = {"topic": f"Story {number}", "target_paragraphs": target}
            context = CONTEXT.model_dump(exclude_defaults=True)
            await client.runs.wait(threads[number], "recurrentgpt", input=given, context=context)

        await _together(write, stories, 0)
        took = await _together(write, stories, paragraphs)
    return Run(where, stories, stories * paragraphs / took, stories / (CRITICAL * seconds))


@contextmanager
def dev_server(jobs: int, seconds: float) -> Iterator[str]:
    """The address of ``langgraph dev`` with this many runs at a time, on a folder and a port of its own."""
    config = {"dependencies": ["."], "graphs": {"recurrentgpt": "served_graph:graph"}}
    environment = {"PYTHONPATH": str(HERE), "BENCH_SECONDS": str(seconds), "LOG_LEVEL": "ERROR"}
    with TemporaryDirectory() as folder, running(AgentServer(Path(folder), config, environment, jobs)) as server:
        yield server.url


def runs_of(given: argparse.Namespace) -> Iterator[Run]:
    """Every run that was asked for, one after another."""
    seconds = given.seconds
    kinds: dict[str, Callable[[], Embeddings]] = {"vectors for nothing": Instant}
    if not given.instant_only:
        kinds["all-MiniLM-L6-v2"] = lambda: SentenceTransformerEmbeddings(DEFAULT_MODEL)
    for name, make in kinds.items():
        for stories in given.stories:
            with data_folder():
                yield asyncio.run(in_a_program(f"asyncio, {name}", make(), stories, given.paragraphs, seconds))
    if given.server:
        for jobs in given.jobs:
            with data_folder(), dev_server(jobs, seconds) as url:
                for stories in given.stories:
                    where = f"dev server, {jobs} at a time"
                    yield asyncio.run(on_the_server(url, where, stories, given.paragraphs, seconds))


def main() -> None:
    """Run them, print a table, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--paragraphs", type=int, default=10, help="of each story")
    parser.add_argument("--seconds", type=float, default=1.0, help="that a call of the model takes")
    parser.add_argument("--server", action="store_true", help="on langgraph dev too (extra studio)")
    parser.add_argument("--jobs", type=int, nargs="+", default=[100], help="runs at a time on the server")
    parser.add_argument("--instant-only", action="store_true", help="without all-MiniLM-L6-v2")
    parser.add_argument("--quick", action="store_true", help="1 and 10 stories of 3 paragraphs")
    add_output(parser)
    given = parser.parse_args()
    if given.quick:
        given.stories, given.paragraphs = [1, 10], 3
    runs = []
    for run in runs_of(given):
        runs.append(run)
        print(f"  {run.where}, {run.stories}: {run.rate / run.ideal:.0%} of the ideal", flush=True)
    table(
        ["where", "stories", "paragraphs/s", "ideal", "share", "processor, a paragraph"],
        [
            [
                run.where,
                f"{run.stories}",
                f"{run.rate:.2f}",
                f"{run.ideal:.2f}",
                f"{run.rate / run.ideal:.0%}",
                f"{1000 * run.processor:.0f} ms" if run.processor else "",
            ]
            for run in runs
        ],
    )
    lines = {"ideal": [count / (CRITICAL * given.seconds) for count in given.stories]}
    for where in dict.fromkeys(run.where for run in runs):
        lines[where] = [run.rate for run in runs if run.where == where]
    x = ("stories at once", given.stories)
    plot(given.output, "stories_at_once", x, "paragraphs a second", lines, logarithmic="xy")


if __name__ == "__main__":
    main()
