"""What every engine of the long-term memory can do, and what it keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from ..schemas.entries import Entry
    from ..schemas.lineage import Lineage, Slot

FORMAT = 1
"""Version of what a store keeps, written into every one."""

SENTENCES = "sentences"
"""Name of the dense multivector: one vector a sentence of the paragraph, compared by MAX_SIM."""

WORDS = "words"
"""Name of the sparse vector: the paragraph's words, weighted as BM25 weighs them."""

RRF_K = 2
"""Reciprocal rank fusion's constant. With 60, the usual one, a first place counts hardly more than a tenth."""


def depth(limit: int) -> int:
    """How many hits of each single search take part in the fusion."""
    return max(20, 4 * limit)


@dataclass(frozen=True)
class Sparse:
    """A sparse vector: the places that are not zero, and what stands there."""

    indices: list[int]
    values: list[float]


@dataclass(frozen=True)
class NewPoint:
    """An entry with its sentence vectors (one list of ``size`` floats a sentence) and its words."""

    entry: Entry
    vectors: list[list[float]] = field(repr=False)
    words: Sparse = field(repr=False)


@dataclass(frozen=True)
class Question:
    """One thing to search for, both ways: by meaning (unless its vector is empty) and by its words (unless none is)."""

    vector: list[float] = field(repr=False)
    words: Sparse = field(repr=False)


@dataclass(frozen=True)
class Hit:
    """An entry that a search found, and its score in the fusion (only its order means something)."""

    entry: Entry
    score: float


def best(hits: Iterable[Hit], limit: int) -> list[Hit]:
    """The first ``limit`` hits; of equal ones the later paragraph comes first.

    Reciprocal rank fusion gives equal scores often, and an engine returns equals in any order: asked twice, it may cut
    elsewhere. So engines are asked for more than ``limit``, and the cut is made here.
    """
    return sorted(hits, key=lambda hit: (-round(hit.score, 6), -hit.entry.seq))[:limit]


class Store(Protocol):
    """The long-term memory of one story, in some Qdrant engine. Every call may come from any thread."""

    def insert(self, points: Sequence[NewPoint]) -> None:
        """Write each point whose slot is free; a taken slot is left as it is. Durable on return."""

    def get(self, slots: Sequence[Slot]) -> list[Entry]:
        """What stands in these slots, in their order; free slots are left out."""

    def query(
        self, questions: Sequence[Question], lineage: Lineage, limit: int, leave_out: Collection[int] = ()
    ) -> list[Hit]:
        """The entries that answer ``questions`` best, by meaning and by words, in one fused search.

        Only what ``lineage`` sees takes part, and only that is counted for how rare a word is; the places
        ``leave_out`` are not returned.
        """

    def vectors(self, slots: Sequence[Slot]) -> list[list[list[float]]]:
        """The sentence vectors of what stands in these slots, in their order; free slots are left out."""

    def entries(self) -> Iterator[Entry]:
        """Everything the story has, over all its branches, in no order."""

    def count(self) -> int:
        """How many points the story has, over all its branches."""

    def delete(self) -> None:
        """Remove every point of the story."""
