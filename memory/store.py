"""What every engine of the long-term memory can do, and what it keeps.

An engine knows points: an id, a payload, vectors. What they mean is said in :mod:`.points`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from uuid import UUID

    from ..schemas.lineage import Lineage, Slot

FORMAT = 1
"""Version of what a store keeps, written into every one."""

SENTENCES = "sentences"
"""Name of the dense multivector: one vector a sentence of the passage, compared by MAX_SIM."""

WORDS = "words"
"""Name of the sparse vector: the passage's words, weighted as BM25 weighs them."""

Kind = Literal["passage", "fact", "synopsis"]
"""What a point is. A passage's payload does not say so: those of version 0.1 were all there was."""

NO_PASSAGES: tuple[Kind, ...] = ("fact", "synopsis")

KEYWORDS = ("branch", "kind", "changed", "fact", "sort")
NUMBERS = ("seq",)
"""What a payload index is kept of. Without, a search along a path of many segments looks at every point for each."""

RRF_K = 2
"""Reciprocal rank fusion's constant. With 60, the usual one, a first place counts hardly more than a tenth."""

RRF_FIRST = 1 / RRF_K
"""What a first place in one search counts: whatever a search has first has at least this score in the fusion."""


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
    """A point to be written.

    Attributes:
        id: what it is named by.
        payload: what is kept beside its vectors.
        vectors: one list of floats a sentence, or none.
        words: its words.
        like: another point, which is there, whose vectors it gets instead of its own. Whoever searches sees it with
            them; when they are copied is the engine's affair, and no kill leaves it without.
    """

    id: UUID
    payload: dict[str, Any]
    vectors: Sequence[list[float]] = field(repr=False)
    words: Sparse = field(repr=False)
    like: UUID | None = None


@dataclass(frozen=True)
class Question:
    """One thing to search for, both ways: by meaning (unless its vector is empty) and by its words (unless none is)."""

    vector: list[float] = field(repr=False)
    words: Sparse = field(repr=False)


def vectors_of(questions: Iterable[Question]) -> list[list[float]]:
    """What is searched for by meaning."""
    return [question.vector for question in questions if question.vector]


def words_of(questions: Iterable[Question]) -> list[Sparse]:
    """What is searched for by words."""
    return [question.words for question in questions if question.words.indices]


@dataclass(frozen=True)
class Seen:
    """Which points take part in a search.

    Attributes:
        lineage: the path that sees them.
        kind: of which kind they are.
        leave_out: slots that do not take part, and still count for how rare a word is.
        changed: only those whose payload's ``changed`` names one of these; ``None``: any.
        facts: only the points of these facts; ``None``: any.
        sorts: only the points of facts of these kinds, of those that say that names are one's (``same``), of those
            that say what the player has with them (``carried``), or who is dead (``dead``); ``None``: any.
    """

    lineage: Lineage
    kind: Kind = "passage"
    leave_out: Collection[Slot] = ()
    changed: Collection[str] | None = None
    facts: Collection[str] | None = None
    sorts: Collection[str] | None = None

    @property
    def named(self) -> dict[str, Collection[str]]:
        """What a payload must name one of, by key."""
        wanted = {"changed": self.changed, "fact": self.facts, "sort": self.sorts}
        return {key: values for key, values in wanted.items() if values is not None}


@dataclass(frozen=True)
class Hit:
    """A payload that a search found, and its score in the fusion (only its order means something)."""

    payload: dict[str, Any]
    score: float


class Store(Protocol):
    """The long-term memory of one story, in some Qdrant engine. Every call may come from any thread."""

    @property
    def story_id(self) -> str:
        """Whose memory it is."""

    def insert(self, points: Sequence[NewPoint]) -> None:
        """Write each point whose id is free, all in one operation; a taken one is left as it is. Durable on return."""

    def amend(self, point_id: UUID, payload: Mapping[str, Any]) -> None:
        """Add to a point's payload what it did not have."""

    def get(self, point_ids: Sequence[UUID], keys: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """The payloads of these points (of them, ``keys``), in their order; those that are not there are left out."""

    def query(self, questions: Sequence[Question], seen: Seen, limit: int) -> list[Hit]:
        """What answers ``questions`` best, by meaning and by words, in one fused search; equals in any order.

        How rare a word is, is counted over what the lineage sees of this kind.
        """

    def vectors(self, point_ids: Sequence[UUID]) -> list[list[list[float]]]:
        """The sentence vectors of these points, in their order; those that are not there are left out."""

    def select(self, seen: Seen, keys: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """The payloads (of them, ``keys``) of all that is seen, in no order."""

    def payloads(self, kind: Kind = "passage") -> Iterator[dict[str, Any]]:
        """All that the story has of a kind, over all its branches, in no order."""

    def count(self, kind: Kind = "passage") -> int:
        """How many points of a kind the story has, over all its branches."""

    def delete(self) -> None:
        """Remove every point of the story."""
