"""What every engine of the long-term memory can do, and what it keeps."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from .lineage import Slot

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from .lineage import Lineage

FORMAT = 1
"""Version of what a store keeps, written into every one."""

SENTENCES = "sentences"
"""Name of the dense multivector: one vector a sentence of the paragraph, compared by MAX_SIM."""


@dataclass(frozen=True)
class Entry:
    """One paragraph of a story, at its place: the text, its summary, the plan it followed."""

    branch: str
    seq: int
    text: str
    summary: str
    plan: str = ""

    @property
    def slot(self) -> Slot:
        """Its place."""
        return Slot(self.branch, self.seq)

    def payload(self, story_id: str) -> dict[str, Any]:
        """What Qdrant keeps beside the vectors."""
        return {"story_id": story_id, **asdict(self)}

    @classmethod
    def from_payload(cls, payload: dict[str, Any] | None) -> Entry:
        """The entry Qdrant gave back."""
        kept = payload or {}
        return cls(
            branch=str(kept["branch"]),
            seq=int(kept["seq"]),
            text=str(kept["text"]),
            summary=str(kept["summary"]),
            plan=str(kept.get("plan", "")),
        )


@dataclass(frozen=True)
class NewPoint:
    """An entry with its sentence vectors (one list of ``size`` floats a sentence)."""

    entry: Entry
    vectors: list[list[float]] = field(repr=False)


@dataclass(frozen=True)
class Hit:
    """An entry that a query found, and the similarity of its nearest sentence (cosine, -1 to 1)."""

    entry: Entry
    score: float


class Store(Protocol):
    """The long-term memory of one story, in some Qdrant engine. Every call may come from any thread."""

    def insert(self, points: Sequence[NewPoint]) -> None:
        """Write each point whose slot is free; a taken slot is left as it is. Durable on return."""

    def get(self, slots: Sequence[Slot]) -> list[Entry]:
        """What stands in these slots, in their order; free slots are left out."""

    def query(self, vector: list[float], lineage: Lineage, limit: int, leave_out: Collection[int] = ()) -> list[Hit]:
        """The nearest entries that ``lineage`` sees, best first, but for those at the places ``leave_out``."""

    def count(self) -> int:
        """How many points the story has, over all its branches."""

    def delete(self) -> None:
        """Remove every point of the story."""
