"""What the long-term memory holds, and what it gives back."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .facts import Change, Fact, Knowledge
from .lineage import Slot

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Entry:
    """One passage of a story, with what it made true and what it changed.

    Attributes:
        branch: the branch of its slot.
        seq: the slot's number there.
        text: its text.
        summary: its summary.
        plan: the plan it followed.
        knowledge: what it made true and what it changed; ``None`` where that was not looked for.
        path: the digest of the path it was written on; empty where version 0.1 wrote it.
        by_characters: whether it is found by single characters too; a path's passages are alike in it.
        is_put_right: whether a person wrote its summary: then it stands in prompts where its text does too.
    """

    branch: str
    seq: int
    text: str
    summary: str
    plan: str = ""
    knowledge: Knowledge | None = None
    path: str = ""
    by_characters: bool = False
    is_put_right: bool = False

    @property
    def slot(self) -> Slot:
        """Where it is kept."""
        return Slot(self.branch, self.seq)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What it states first."""
        return self.knowledge.facts if self.knowledge else ()

    @property
    def changes(self) -> tuple[Change, ...]:
        """What it changes of facts stated before."""
        return self.knowledge.changes if self.knowledge else ()

    @property
    def content(self) -> tuple[str, ...]:
        """All that an edit may change: what names its slot."""
        told = () if self.knowledge is None else (json.dumps(self.knowledge.to_json(), ensure_ascii=False),)
        return (self.text, self.summary, *told)

    def at(self, slot: Slot, path: str) -> Entry:
        """The same in a slot, on a path of that digest: its new facts get their ids."""
        knowledge = self.knowledge and self.knowledge.at(slot)
        return replace(self, branch=slot.branch, seq=slot.seq, knowledge=knowledge, path=path)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON, without what it has not."""
        kept: dict[str, Any] = {
            "branch": self.branch,
            "seq": self.seq,
            "text": self.text,
            "summary": self.summary,
            "plan": self.plan,
        }
        if self.path:
            kept["path"] = self.path
        if self.by_characters:
            kept["by_characters"] = True
        if self.is_put_right:
            kept["is_put_right"] = True
        return kept if self.knowledge is None else kept | self.knowledge.to_json()

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Entry:
        """Back from JSON, also that of version 0.1, which knew no facts.

        Raises:
            ValueError: its facts or changes are none.
        """
        return cls(
            branch=str(kept["branch"]),
            seq=int(kept["seq"]),
            text=str(kept["text"]),
            summary=str(kept["summary"]),
            plan=str(kept.get("plan", "")),
            knowledge=Knowledge.from_json(kept) if "facts" in kept else None,
            path=str(kept.get("path", "")),
            by_characters=kept.get("by_characters") is True,
            is_put_right=kept.get("is_put_right") is True,
        )


@dataclass(frozen=True)
class Recalled:
    """A passage that was recalled, and why.

    Attributes:
        entry: the passage.
        place: its place on the path, from 0.
        score: in the fusion; only its order means something.
        question: the question that its nearest sentence answers.
        sentence: that sentence.
        similarity: of the two (cosine, -1 to 1; of their words where the embedding model cannot read the question).
    """

    entry: Entry
    place: int
    score: float
    question: str
    sentence: str
    similarity: float
