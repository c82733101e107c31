"""What share of the later gates' prompt tokens comes from the model's cache, gate by gate, with the embedded model.

The gates of a step share one conversation, so each later one repeats the first one's opening to the letter.

    python benchmarks/cached_tokens.py [--paragraphs 2] [--seed 2] [--output FOLDER]
"""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

from langgraph.checkpoint.memory import InMemorySaver

from bench import add_output, canvas, data_folder, save, table
from recurrentgpt.graph import CYCLE, builder
from recurrentgpt.nodes import generate_paragraph, store_opening
from recurrentgpt.schemas.context import Context

if TYPE_CHECKING:
    from pathlib import Path

    from langchain_core.runnables import RunnableConfig

GATES = [
    gate.name
    for gate in CYCLE.gates
    if gate is generate_paragraph or (gate.record.shares_the_conversation and gate is not store_opening)
]
FIELDS = ("calls", "input_tokens", "cached_tokens", "output_tokens")
SMALL = {"memory_min_sentences": 3, "memory_max_sentences": 4, "plan_sentences": 2, "paragraph_sentences": 8}


async def measure(paragraphs: int, seed: int) -> dict[str, Counter[str]]:
    """The account of each gate, summed over the steps."""
    context = Context(
        model="embedded", seed=seed, plan_selection="first", opening_paragraphs=1, tries=5, repetition_limit=1, **SMALL
    )
    story: Any = builder.compile(checkpointer=InMemorySaver())
    thread: RunnableConfig = {"configurable": {"thread_id": "1"}}
    topic = "A lighthouse keeper finds a message in a bottle"
    sums = {gate: Counter[str]() for gate in GATES}
    for number in range(paragraphs + 1):
        state = await story.ainvoke({"topic": topic, "target_paragraphs": number}, thread, context=context)
        if number:
            account: dict[str, dict[str, int]] = state["usage"]
            for gate in GATES:
                sums[gate].update({name: account[gate][name] for name in FIELDS})
    return sums


def draw(folder: Path | None, sums: dict[str, Counter[str]]) -> None:
    """Two bars a gate: what was read, and what of it came from the cache."""
    if folder is None:
        return
    figure, axes = canvas()
    axes.barh(GATES, [sums[gate]["input_tokens"] for gate in GATES], color="#d9dfe8", label="prompt tokens")
    axes.barh(GATES, [sums[gate]["cached_tokens"] for gate in GATES], height=0.5, color="#1f5fa8", label="cached")
    axes.invert_yaxis()
    axes.legend(frameon=False)
    save(figure, folder, "cached_tokens")


def main() -> None:
    """Measure, print a table, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paragraphs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=2)
    add_output(parser)
    given = parser.parse_args()
    with data_folder():
        sums = asyncio.run(measure(given.paragraphs, given.seed))
    later = sum((sums[gate] for gate in GATES[1:]), Counter[str]())
    rows = {**sums, "the later three": later}
    table(
        ["gate", "calls", "prompt tokens", "from the cache", "share", "tokens written"],
        [
            [
                name,
                f"{account['calls']}",
                f"{account['input_tokens']:,}",
                f"{account['cached_tokens']:,}",
                f"{account['cached_tokens'] / account['input_tokens']:.0%}",
                f"{account['output_tokens']:,}",
            ]
            for name, account in rows.items()
        ],
    )
    draw(given.output, sums)


if __name__ == "__main__":
    main()
