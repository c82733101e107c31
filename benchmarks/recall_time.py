"""How long a recall takes, and what a memory weighs, at 1,000 and 5,000 paragraphs.

``python benchmarks/recall_time.py`` fills a real folder with paragraphs of 20 sentence vectors on two branches, opens
it anew, and recalls with a plan and three cues. The vectors are random (a search costs the same), the words are drawn
from a vocabulary. The encoding of the texts is measured apart, in ``step_cost.py``. Where ``QDRANT_URL`` names a
server, the same on it, in a collection of its own.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from fake_model import WORDS
from recurrentgpt.memory import Lineage, words
from recurrentgpt.memory.edge import EdgeStore
from recurrentgpt.memory.served import ServedStore, collection_with
from recurrentgpt.memory.store import Entry, NewPoint, Question
from recurrentgpt.memory.stores import served_client
from recurrentgpt.schemas.settings import settings

if TYPE_CHECKING:
    from recurrentgpt.memory.store import Store

SIZE, SENTENCES = 384, 20
QUESTIONS, LIMIT, REPEATS = 4, 5, 20
STORY = "recall-time"


def unit(chance: np.random.Generator, count: int) -> list[list[float]]:
    """Random unit vectors."""
    vectors = chance.normal(size=(count, SIZE))
    found: list[list[float]] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).tolist()
    return found


def text_of(chance: Random) -> str:
    """A paragraph of 20 sentences."""
    return " ".join(" ".join(chance.choices(WORDS, k=12)).capitalize() + "." for _ in range(SENTENCES))


def fill(store: Store, count: int) -> None:
    """Half of the paragraphs on the root, half on a branch that left in its middle."""
    numbers, letters = np.random.default_rng(1), Random(1)  # noqa: S311
    path = Lineage()
    for number in range(count):
        text = text_of(letters)
        slot = path.fork_slot(text) if number == count // 2 else path.next_slot()
        entry = Entry(*slot, text=text, summary="A summary of two lines or so.")
        store.insert([NewPoint(entry, unit(numbers, SENTENCES), words.of_document(text, "en"))])
        path = path.append(slot)


def recall_times(store: Store, path: Lineage) -> list[float]:
    """Seconds of each of so many recalls."""
    numbers, letters = np.random.default_rng(2), Random(2)  # noqa: S311
    times = []
    for _ in range(REPEATS):
        asked = [
            Question(vector, words.of_question(" ".join(letters.choices(WORDS, k=20)), "en"))
            for vector in unit(numbers, QUESTIONS)
        ]
        began = perf_counter()
        hits = store.query(asked, path, LIMIT)
        store.vectors([hit.entry.slot for hit in hits])
        times.append(perf_counter() - began)
    return times


def measure_served(count: int) -> None:
    """The same on the server that the environment names, and print a row; its collection is removed again."""
    client = served_client()
    name = collection_with(client, "random", SIZE)
    began = perf_counter()
    store = ServedStore(client, STORY, "random", lambda: SIZE, collection=name)
    path = path_of(count)
    store.get([path.at(0)])
    opening = perf_counter() - began
    try:
        fill(store, count)
        times = recall_times(store, path)
    finally:
        client.delete_collection(name)
    print(f"{'served':>10} {path.length:>10,} {opening:>12.3f} {statistics.median(times):>12.3f} {max(times):>12.3f}")


def measure(folder: Path, path: Lineage) -> None:
    """Open the folder in this process, recall, and print a row."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = perf_counter()
    store = EdgeStore(folder, STORY, "random", lambda: SIZE)
    store.get([path.at(path.length - 1)])
    opening = perf_counter() - began
    times = recall_times(store, path)
    weight = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    used = sum(file.stat().st_blocks * 512 for file in folder.rglob("*") if file.is_file())
    store.close()
    print(
        f"{'embedded':>10} {path.length:>10,} {opening:>12.3f} {statistics.median(times):>12.3f} {max(times):>12.3f} "
        f"{used / path.length / 1024:>14.0f} {weight / path.length:>16.0f}"
    )


def main() -> None:
    """Print the table; each size is opened in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.folder:
        measure(given.folder, path_of(given.sizes[0]))
        return
    print(f"{'engine':>10} {'paragraphs':>10} {'open (s)':>12} {'recall (s)':>12} {'slowest (s)':>12}", end=" ")
    print(f"{'disk (kB each)':>14} {'memory (kB each)':>16}")
    for size in given.sizes:
        with TemporaryDirectory() as folder:
            place = Path(folder) / "memory"
            store = EdgeStore(place, STORY, "random", lambda: SIZE)
            fill(store, size)
            store.close()
            again = [sys.executable, __file__, "--folder", str(place), "--sizes", str(size)]
            subprocess.run(again, check=True)
        if settings().qdrant_url:
            measure_served(size)
    if not settings().qdrant_url:
        print("(The served engine was left out: QDRANT_URL names no server.)")


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
