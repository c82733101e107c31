"""How long a recall takes, and what a memory weighs, at 1,000 and 5,000 paragraphs.

``python benchmarks/recall_time.py`` fills a real folder with paragraphs of 20 sentence vectors on two branches, opens
it anew, and recalls with a plan and three cues. The vectors are random (a search costs the same), the words are drawn
from a vocabulary. The encoding of the texts is measured apart, in ``step_cost.py``.
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

import numpy as np

from fake_model import WORDS
from recurrentgpt.memory import Lineage, words
from recurrentgpt.memory.edge import EdgeStore
from recurrentgpt.memory.store import Entry, NewPoint, Question

SIZE, SENTENCES = 384, 20
QUESTIONS, LIMIT, REPEATS = 4, 5, 20


def unit(chance: np.random.Generator, count: int) -> list[list[float]]:
    """Random unit vectors."""
    vectors = chance.normal(size=(count, SIZE))
    found: list[list[float]] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).tolist()
    return found


def text_of(chance: Random) -> str:
    """A paragraph of 20 sentences."""
    return " ".join(" ".join(chance.choices(WORDS, k=12)).capitalize() + "." for _ in range(SENTENCES))


def fill(folder: Path, count: int) -> None:
    """Half of the paragraphs on the root, half on a branch that left in its middle."""
    numbers, letters = np.random.default_rng(1), Random(1)  # noqa: S311
    store = EdgeStore(folder, "story", "random", lambda: SIZE)
    path = Lineage()
    for number in range(count):
        text = text_of(letters)
        slot = path.fork_slot(text) if number == count // 2 else path.next_slot()
        entry = Entry(*slot, text=text, summary="A summary of two lines or so.")
        store.insert([NewPoint(entry, unit(numbers, SENTENCES), words.of_document(text, "en"))])
        path = path.append(slot)
    store.close()


def measure(folder: Path, path: Lineage) -> None:
    """Open the folder in this process, recall, and print a row."""
    numbers, letters = np.random.default_rng(2), Random(2)  # noqa: S311
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = perf_counter()
    store = EdgeStore(folder, "story", "random", lambda: SIZE)
    store.get([path.at(path.length - 1)])
    opening = perf_counter() - began
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
    weight = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    used = sum(file.stat().st_blocks * 512 for file in folder.rglob("*") if file.is_file())
    store.close()
    print(
        f"{path.length:>10,} {opening:>12.3f} {statistics.median(times):>12.3f} {max(times):>12.3f} "
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
    print(f"{'paragraphs':>10} {'open (s)':>12} {'recall (s)':>12} {'slowest (s)':>12} {'disk (kB each)':>14}", end="")
    print(f" {'memory (kB each)':>16}")
    for size in given.sizes:
        with TemporaryDirectory() as folder:
            place = Path(folder) / "memory"
            fill(place, size)
            again = [sys.executable, __file__, "--folder", str(place), "--sizes", str(size)]
            subprocess.run(again, check=True)


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
