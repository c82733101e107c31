"""How long a recall takes, and what a memory weighs, at 1,000 and 5,000 paragraphs.

A real folder is filled with paragraphs of 20 sentence vectors on two branches, opened anew in a process of its own, and
recalled from with a plan and four cues, as the writer's recall does it. The vectors are random (a search costs the
same), the words are drawn from a vocabulary. The encoding of the texts is measured apart, in ``step_cost.py``. Where
``QDRANT_URL`` names a server, the same on it, in a collection of its own. *Processor* is what the process itself took
of it: on a machine with other work that depends least on the others.

    python benchmarks/recall_time.py [--sizes 1000 5000 20000] [--output FOLDER]
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import TYPE_CHECKING

from bench import Instant, add_output, plot, table
from fake_model import WORDS
from recurrentgpt.memory import Lineage, LongTermMemory
from recurrentgpt.memory.edge import EdgeStore
from recurrentgpt.memory.points import Encoder, passage_id
from recurrentgpt.memory.served import ServedStore, collection_with
from recurrentgpt.schemas.entries import Entry
from recurrentgpt.schemas.languages import language_named
from resources_at_hand import memories

if TYPE_CHECKING:
    from recurrentgpt.memory.store import Store

SIZE, SENTENCES = 384, 20
QUESTIONS, REPEATS = 5, 20
TOGETHER = 50
"""Paragraphs that are written at once: only what is read is measured."""
WHOLE, IN_SHORT = 3, 3
ENGLISH = language_named("en")
STORY = "recall-time"
HEADINGS = (
    *("engine", "paragraphs", "open", "processor", "first recall", "recall", "processor", "slowest"),
    *("disk, each", "memory, each"),
)


@dataclass(frozen=True)
class Row:
    """What was measured at one size: seconds, and kB a paragraph (0: not known)."""

    engine: str
    paragraphs: int
    opening: float
    opening_processor: float
    first: float
    recall: float
    recall_processor: float
    slowest: float
    disk: float = 0.0
    memory: float = 0.0

    @property
    def cells(self) -> list[str]:
        """A row of the table."""
        times = (self.opening, self.opening_processor, self.first, self.recall, self.recall_processor, self.slowest)
        weights = [f"{kilobytes:.0f} kB" if kilobytes else "" for kilobytes in (self.disk, self.memory)]
        return [self.engine, f"{self.paragraphs:,}", *(f"{seconds:.3f} s" for seconds in times), *weights]


@dataclass(frozen=True)
class Times:
    """Seconds of each of so many recalls, by the clock and of the processor, that of the first apart."""

    clock: list[float]
    processor: list[float]

    @property
    def of_a_row(self) -> tuple[float, float, float, float]:
        """The first; of those after it the median, that of the processor, and the slowest."""
        rest, processor = self.clock[1:], self.processor[1:]
        return self.clock[0], statistics.median(rest), statistics.median(processor), max(rest)


def text_of(chance: Random) -> str:
    """A paragraph of 20 sentences."""
    return " ".join(" ".join(chance.choices(WORDS, k=12)).capitalize() + "." for _ in range(SENTENCES))


def fill(store: Store, count: int) -> None:
    """Half of the paragraphs on the root, half on a branch that left in its middle."""
    letters = Random(1)  # noqa: S311
    encoder = Encoder(Instant(), ENGLISH)
    path = Lineage()
    waiting: list[Entry] = []
    for number in range(count):
        text = text_of(letters)
        slot = path.fork_slot(text) if number == count // 2 else path.next_slot()
        waiting.append(Entry(*slot, text=text, summary="A summary of two lines or so."))
        path = path.append(slot)
        if len(waiting) == TOGETHER or number == count - 1:
            store.insert(encoder.points(STORY, waiting))
            waiting.clear()


def recall_times(store: Store, path: Lineage) -> Times:
    """The times of so many recalls, and of one before them."""
    letters = Random(2)  # noqa: S311
    memory = LongTermMemory(store, Instant(), ENGLISH)
    times = Times([], [])
    for _ in range(1 + REPEATS):
        questions = [" ".join(letters.choices(WORDS, k=20)) for _ in range(QUESTIONS)]
        began, worked = perf_counter(), process_time()
        memory.recall(path, questions, WHOLE, in_short=IN_SHORT)
        times.clock.append(perf_counter() - began)
        times.processor.append(process_time() - worked)
    return times


def measure_served(count: int) -> Row:
    """On the server that the environment names, in a collection that is removed again."""
    client = memories().client
    name = collection_with(client, "random", SIZE)
    began, worked = perf_counter(), process_time()
    store = ServedStore(client, STORY, "random", lambda: SIZE, collection=name)
    path = path_of(count)
    store.get([passage_id(store.story_id, path.at(0))])
    opening = perf_counter() - began, process_time() - worked
    try:
        fill(store, count)
        times = recall_times(store, path)
    finally:
        client.delete_collection(name)
    return Row("served", count, *opening, *times.of_a_row)


def measure_embedded(count: int) -> Row:
    """In a folder that is filled here and opened in a process of its own."""
    with TemporaryDirectory() as folder:
        place = Path(folder) / "memory"
        store = EdgeStore(place, STORY, "random", lambda: SIZE)
        fill(store, count)
        store.close()
        again = [sys.executable, __file__, "--folder", str(place), "--sizes", str(count)]
        return Row(**json.loads(subprocess.run(again, check=True, stdout=subprocess.PIPE).stdout))


def measure(folder: Path, path: Lineage) -> Row:
    """Open the folder in this process, and recall."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, worked = perf_counter(), process_time()
    store = EdgeStore(folder, STORY, "random", lambda: SIZE)
    store.get([passage_id(store.story_id, path.at(path.length - 1))])
    opening = perf_counter() - began, process_time() - worked
    times = recall_times(store, path)
    weight = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    used = sum(file.stat().st_blocks * 512 for file in folder.rglob("*") if file.is_file())
    store.close()
    each = used / path.length / 1024, weight / path.length
    return Row("embedded", path.length, *opening, *times.of_a_row, *each)


def main() -> None:
    """Print a table, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    add_output(parser)
    given = parser.parse_args()
    if given.folder:
        print(json.dumps(asdict(measure(given.folder, path_of(given.sizes[0])))))
        return
    engines = {"embedded": measure_embedded}
    if memories().server:
        engines["served"] = measure_served
    else:
        print("(The served engine is left out: QDRANT_URL names no server.)")
    rows = {engine: [measure_it(size) for size in given.sizes] for engine, measure_it in engines.items()}
    table(HEADINGS, [row.cells for found in rows.values() for row in found])
    lines = {engine: [row.recall for row in found] for engine, found in rows.items()}
    plot(given.output, "recall_time", ("paragraphs", given.sizes), "seconds a recall", lines, logarithmic="x")


def path_of(count: int) -> Lineage:
    """The path that ``fill`` made: the texts are drawn alike."""
    letters = Random(1)  # noqa: S311
    path = Lineage()
    for number in range(count):
        text = text_of(letters)
        path = path.append(path.fork_slot(text) if number == count // 2 else path.next_slot())
    return path


if __name__ == "__main__":
    main()
