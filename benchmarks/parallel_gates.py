"""What running two gates side by side saves: calls on a step's critical path, and the time they take.

``rewrite_short_term`` and ``append_summary`` need only the new paragraph. With a model of fixed latency, the same
story is written as the graph is, and with its gates one after another (``max_concurrency=1``). The critical path is
counted from when each call began and ended.

    python benchmarks/parallel_gates.py [--quick] [--paragraphs 10] [--seconds 1] [--output FOLDER]
"""

from __future__ import annotations

import argparse
import asyncio
import time
from typing import TYPE_CHECKING, Any

from langgraph.checkpoint.memory import InMemorySaver

from bench import MODEL, Instant, add_output, canvas, data_folder, embed_with, fake_model, save, table
from recurrentgpt.graph import builder
from recurrentgpt.schemas.context import Context

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from langchain_core.runnables import RunnableConfig

CONTEXT = Context(model=MODEL, plan_selection="first", opening_paragraphs=1)
Spans = list[tuple[float, float]]


async def write(paragraphs: int, seconds: float, config: RunnableConfig) -> tuple[float, Spans]:
    """The seconds that so many steps take, and when each call of the model began and ended."""
    model = fake_model()
    embed_with(Instant())
    story: Any = builder.compile(checkpointer=InMemorySaver())
    topic = {"topic": "Two gates side by side"}
    thread: RunnableConfig = {"configurable": {"thread_id": "1"}, **config}
    await story.ainvoke({**topic, "target_paragraphs": 0}, thread, context=CONTEXT)
    model.delay = seconds
    model.spans.clear()
    began = time.perf_counter()
    await story.ainvoke({**topic, "target_paragraphs": paragraphs}, thread, context=CONTEXT)
    return time.perf_counter() - began, model.spans


def critical_path(spans: Spans) -> int:
    """How many calls the longest chain has, in which each begins after the one before it has ended."""
    longest: list[int] = []
    ordered = sorted(spans)
    for number, (begin, _) in enumerate(ordered):
        before = [longest[other] for other in range(number) if ordered[other][1] <= begin]
        longest.append(1 + max(before, default=0))
    return max(longest, default=0)


def draw(folder: Path | None, runs: Sequence[tuple[str, Spans]], calls: int) -> None:
    """The first two steps of each run, a bar a call."""
    if folder is None:
        return
    figure, axes = canvas()
    row, names = 0, []
    for colour, (name, spans) in zip(("#c1662b", "#1f5fa8"), runs, strict=True):
        first = sorted(spans)[: 2 * calls]
        lanes: list[float] = []
        for begin, end in first:
            lane = next((number for number, free in enumerate(lanes) if free <= begin), len(lanes))
            lanes[lane : lane + 1] = [end]
            axes.barh(row + lane, end - begin, left=begin - first[0][0], height=0.8, color=colour, edgecolor="white")
        names += [(row + lane, name if lane == 0 else "") for lane in range(len(lanes))]
        row += len(lanes) + 1
    axes.set_yticks([place for place, _ in names], [name for _, name in names])
    axes.invert_yaxis()
    axes.set_xlabel("seconds (two steps, a bar a call of the model)")
    save(figure, folder, "parallel_gates")


def main() -> None:
    """Measure both ways, print a table, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paragraphs", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=1.0, help="that a call of the model takes")
    parser.add_argument("--quick", action="store_true", help="three paragraphs")
    add_output(parser)
    given = parser.parse_args()
    paragraphs = 3 if given.quick else given.paragraphs
    ways: dict[str, RunnableConfig] = {"one after another": {"max_concurrency": 1}, "side by side": {}}
    runs, rows, serial = [], [], 0.0
    for name, config in ways.items():
        with data_folder():
            took, spans = asyncio.run(write(paragraphs, given.seconds, config))
        serial = serial or took
        runs.append((name, spans))
        path = critical_path(spans)
        rows.append(
            [
                name,
                f"{len(spans) / paragraphs:.1f}",
                f"{path / paragraphs:.1f}",
                f"{took / paragraphs:.2f} s",
                f"{path * given.seconds / paragraphs:.2f} s",
                f"{took / serial:.2f}x",
            ]
        )
    table(["gates", "calls a step", "on the critical path", "a step", "of it waiting", "against serial"], rows)
    draw(given.output, runs, len(runs[0][1]) // paragraphs)


if __name__ == "__main__":
    main()
