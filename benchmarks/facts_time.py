"""How long it takes to look up what holds, at 1,000 and 5,000 passages with three facts each.

A real folder is filled: a third of the facts take the place of an older one, and a question is opened in each tenth
passage. The look-ups that a step makes are timed: what a plan with its two cues and the last passage lead to
(*As things stand*), the same where somebody in them has another name, what a new passage may change, and every open
question. The vectors are random (a search costs the same); the encoding of the texts is measured apart, in
``step_cost.py``. Beside other work on the machine the smallest time says most, and the processor's more than the
clock's.

    python benchmarks/facts_time.py [--sizes 1000 5000] [--repeats 20] [--output FOLDER]
"""

from __future__ import annotations

import argparse
import statistics
from contextlib import closing
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import TYPE_CHECKING, NamedTuple

from bench import Instant, add_output, plot, table
from fake_model import WORDS
from recurrentgpt.memory import Lineage, LongTermMemory
from recurrentgpt.memory.edge import EdgeStore
from recurrentgpt.schemas.entries import Entry
from recurrentgpt.schemas.facts import Change, Fact, Knowledge
from recurrentgpt.schemas.languages import language_named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FACTS, BATCH = 3, 250
SIZE = 384
ENGLISH = language_named("en")
BRANCH, BACK, THREAD_EACH = "main", 3, 10
WANTED = 40
"""Facts that are looked for, as in a step."""


class Took(NamedTuple):
    """Seconds of one look-up, by the clock and of the processor."""

    clock: float
    processor: float


def sentence(chance: Random) -> str:
    """Eight words."""
    return " ".join(chance.choices(WORDS, k=8)).capitalize() + "."


def entries(count: int) -> Iterator[Entry]:
    """So many passages; every second one replaces a fact of the third before it."""
    chance = Random(1)  # noqa: S311
    for place in range(count):
        replaces = f"{BRANCH}:{place - BACK}:0" if place % 2 and place > BACK else ""
        facts = tuple(
            Fact(
                f"{BRANCH}:{place}:{number}",
                sentence(chance),
                subjects=(chance.choice(WORDS),),
                kind="thread" if number == FACTS - 1 and place % THREAD_EACH == 0 else "state",
                roots=(replaces,) if replaces and number == 0 else (),
            )
            for number in range(FACTS)
        )
        change = Change("replaced", replaces, (replaces,), by=facts[0].id)
        text = " ".join(sentence(chance) for _ in range(5))
        yield Entry(BRANCH, place, text, "", knowledge=Knowledge(facts, (change,) if replaces else ()))


def look_ups(memory: LongTermMemory, path: Lineage, chance: Random) -> dict[str, Callable[[], object]]:
    """What a step looks up."""
    asked = [sentence(chance) for _ in range(3)]
    passage = " ".join(sentence(chance) for _ in range(5))
    return {
        "as things stand": lambda: memory.facts.about(path, asked, WANTED, [passage]),
        "the same, a name joined": lambda: memory.facts.about(path, asked, WANTED, [passage, chance.choice(WORDS)]),
        "in reach of a passage": lambda: memory.facts.about(path, [], 12, passages=[passage]),
        "every open question": lambda: memory.facts.open_threads(path),
    }


def measure(count: int, repeats: int) -> dict[str, list[Took]]:
    """What each look-up took, by what it looks up."""
    times: dict[str, list[Took]] = {}
    chance = Random(2)  # noqa: S311
    with (
        TemporaryDirectory() as folder,
        closing(EdgeStore(Path(folder) / "memory", "facts-time", "random", lambda: SIZE)) as store,
    ):
        memory = LongTermMemory(store, Instant(), ENGLISH)
        made = entries(count)
        while some := list(islice(made, BATCH)):
            memory.restore(some)
        path = Lineage.from_json([[BRANCH, 0, count - 1]])
        for _ in range(repeats):
            for name, look_up in look_ups(memory, path, chance).items():
                began, busy = perf_counter(), process_time()
                look_up()
                times.setdefault(name, []).append(Took(perf_counter() - began, process_time() - busy))
    return times


def main() -> None:
    """Print a table, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--repeats", type=int, default=20)
    add_output(parser)
    given = parser.parse_args()
    found = {size: measure(size, given.repeats) for size in given.sizes}
    rows = [
        [
            what,
            f"{size:,}",
            f"{FACTS * size:,}",
            f"{1000 * min(took.clock for took in times):.0f} ms",
            f"{1000 * statistics.median(took.clock for took in times):.0f} ms",
            f"{1000 * max(took.clock for took in times):.0f} ms",
            f"{1000 * min(took.processor for took in times):.0f} ms",
            f"{1000 * statistics.median(took.processor for took in times):.0f} ms",
        ]
        for size, of_it in found.items()
        for what, times in of_it.items()
    ]
    headings = ["fastest", "median", "slowest", "processor, least", "processor, median"]
    table(["look-up", "passages", "facts", *headings], rows)
    kinds = next(iter(found.values()))
    lines = {
        what: [statistics.median(took.clock for took in of_it[what]) for of_it in found.values()] for what in kinds
    }
    plot(given.output, "facts_time", ("passages", given.sizes), "seconds a look-up", lines, logarithmic="x")


if __name__ == "__main__":
    main()
