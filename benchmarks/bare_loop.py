"""What this project adds to the bare calls of a model: a story beside a loop that makes the same calls, both serial.

A call takes a second. After every step of the story (its gates one after another: ``max_concurrency=1``) a bare loop
makes the calls of that step once more, so that whatever else the machine does, it does to both. Embedding, Qdrant Edge
and SQLite are real and on disk.

    python benchmarks/bare_loop.py [--quick] [--paragraphs 50] [--seconds 1] [--output FOLDER]
"""

from __future__ import annotations

import argparse
import asyncio
import time
from typing import TYPE_CHECKING, Any

from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from bench import MODEL, Switched, add_output, data_folder, embed_with, fake_model, plot, table
from recurrentgpt.graph import builder
from recurrentgpt.schemas.context import Context

if TYPE_CHECKING:
    from pathlib import Path

    from langchain_core.runnables import RunnableConfig

    from fake_model import WatchedChatModel

CONTEXT = Context(model=MODEL, plan_selection="first", opening_paragraphs=1)


async def make_calls_again(model: WatchedChatModel) -> tuple[float, int]:
    """Make the calls on the model's record once more, one after another.

    Returns:
        The seconds it took, and how many calls there were.
    """
    calls = list(model.record)
    began = time.perf_counter()
    for messages, schema in calls:
        runnable = model.with_structured_output(schema, include_raw=True) if schema else model
        await runnable.ainvoke(messages)
    took = time.perf_counter() - began
    model.record.clear()
    return took, len(calls)


async def measure(home: Path, paragraphs: int, seconds: float) -> tuple[list[float], list[float], int]:
    """Seconds of each step of the story and of the bare loop, and how many calls they made."""
    model, embedder = fake_model(), Switched()
    embed_with(embedder)
    embedder.embed_query("loaded before anything is measured")
    thread: RunnableConfig = {"configurable": {"thread_id": "1"}, "max_concurrency": 1}
    given = {"topic": "What is added to a model"}
    ours, bare, count = [], [], 0
    async with AsyncSqliteSaver.from_conn_string(str(home / "checkpoints.sqlite")) as saver:
        story: Any = builder.compile(checkpointer=saver)
        await story.ainvoke({**given, "target_paragraphs": 0}, thread, context=CONTEXT, durability="sync")
        model.delay = seconds
        model.record.clear()
        for number in range(1, paragraphs + 1):
            began = time.perf_counter()
            await story.ainvoke({**given, "target_paragraphs": number}, thread, context=CONTEXT, durability="sync")
            ours.append(time.perf_counter() - began)
            took, calls = await make_calls_again(model)
            bare.append(took)
            count += calls
    return ours, bare, count


def main() -> None:
    """Measure, print a table, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paragraphs", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=1.0, help="that a call of the model takes")
    parser.add_argument("--quick", action="store_true", help="five paragraphs")
    add_output(parser)
    given = parser.parse_args()
    paragraphs = 5 if given.quick else given.paragraphs
    with data_folder() as home:
        ours, bare, calls = asyncio.run(measure(home, paragraphs, given.seconds))
    table(
        ["paragraphs", "calls", "ours, serial", "bare loop", "ours / bare"],
        [[f"{paragraphs}", f"{calls}", f"{sum(ours):.1f} s", f"{sum(bare):.1f} s", f"{sum(ours) / sum(bare):.3f}x"]],
    )
    steps = list(range(1, paragraphs + 1))
    plot(given.output, "bare_loop", ("paragraph", steps), "seconds a step", {"ours, serial": ours, "bare loop": bare})


if __name__ == "__main__":
    main()
