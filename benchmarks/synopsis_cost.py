"""What the book so far costs a step: tokens sent, tokens that no cache can know, our own time; with it and without.

The model answers at once, its summaries have 220 characters and its synopses 330; what a cache can know is how far a
prompt begins as one before it did. Four characters are a token.

    python benchmarks/synopsis_cost.py [--paragraphs 170] [--last 40]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from itertools import takewhile
from statistics import mean, median
from typing import TYPE_CHECKING, Any, NamedTuple

from bench import MODEL, Instant, data_folder, embed_with, fake_model, table
from fake_model import compose
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.library import Library

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

LENGTHS = {"summary": 220, "synopsis": 330}
A_TOKEN = 4


class Step(NamedTuple):
    """What one step cost."""

    tokens: float
    new: float
    calls: int
    seconds: float


async def measure(paragraphs: int, synopsis_tokens: int) -> list[Step]:
    """Every step of a story, with so many tokens for the book so far."""
    model = fake_model()
    model.interfere = at_length
    embed_with(Instant())
    context = Context(model=MODEL, plan_selection="first", synopsis_tokens=synopsis_tokens)
    library = Library.of_the_process()
    record = library.begin(StoryInput(topic="What the book so far costs"), context)
    steps: list[Step] = []
    known: list[str] = []
    async with library.open(record) as story:
        while story.record.paragraphs < paragraphs:
            began, before = time.process_time(), len(model.record)
            async for _ in story.run(context):
                pass
            seconds = time.process_time() - began
            new = total = 0
            for messages, _ in model.record[before:]:
                sent = "\n".join(message.text for message in messages)
                total += len(sent)
                new += len(sent) - max((shared(sent, other) for other in known), default=0)
                known = [*known[-4:], sent]
            steps.append(Step(total / A_TOKEN, new / A_TOKEN, len(model.record) - before, seconds))
    return steps


def shared(text: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(text, other, strict=False)))


def at_length(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
    """The fake's answer, with a summary and a synopsis of a real one's length."""
    wanted = LENGTHS.keys() & (schema or {}).get("properties", {}).keys()
    if not wanted:
        return None
    asked = "\n".join(message.text for message in messages)
    said: dict[str, Any] = json.loads(compose(asked, schema))
    return json.dumps(said | {name: compose(f"{asked}{name}", None)[: LENGTHS[name]] for name in wanted})


def main() -> None:
    """Measure, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paragraphs", type=int, default=170)
    parser.add_argument("--last", type=int, default=40)
    given = parser.parse_args()
    rows = []
    usual = Context().synopsis_tokens
    with data_folder():
        for tokens in (0, usual):
            steps = asyncio.run(measure(given.paragraphs, tokens))[-given.last :]
            rows.append(
                [
                    f"{tokens}",
                    f"{mean(step.tokens for step in steps):,.0f}",
                    f"{mean(step.new for step in steps):,.0f}",
                    f"{mean(step.calls for step in steps):.2f}",
                    f"{1000 * median(step.seconds for step in steps):.0f} ms",
                ]
            )
    table(["synopsis_tokens", "tokens sent, a step", "not in a cache", "calls", "our processor time"], rows)


if __name__ == "__main__":
    main()
