"""What the long-term memory holds, and what it gives back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from .lineage import Slot


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
class Recalled:
    """A paragraph that was recalled, and why.

    Attributes:
        entry: the paragraph.
        score: in the fusion; only its order means something.
        question: the question that its nearest sentence answers.
        sentence: that sentence.
        similarity: of the two (cosine, -1 to 1; of their words where the embedding model cannot read the question).
    """

    entry: Entry
    score: float
    question: str
    sentence: str
    similarity: float
