"""What a person changed in a book, and what is proposed because something else leans on it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .entries import Entry

How = Literal["edited", "put in", "taken out", "moved"]
"""What became of a passage: other words, another summary, other facts; or it is new, gone, or in another place."""

LeaningKind = Literal["summary", "fact", "facts", "text", "memory", "outline"]
"""What a proposal is for: a passage's summary; a fact of it; all its facts, made anew; words in its text; a sentence of
the short-term memory; words in the outline."""

OF_NO_PASSAGE: frozenset[LeaningKind] = frozenset({"memory", "outline"})
IN_WORDS: frozenset[LeaningKind] = frozenset({"text", "outline"})
"""Of these, some words change and the rest stays."""


MOST_PROPOSED = 100
"""Proposals that a state keeps: with so many a person has to decide before more are looked for."""

_DIGITS = 8


@dataclass(frozen=True)
class Edited:
    """What a person changed of one passage.

    Attributes:
        how: what.
        place: where it now stands, from 0; of one that was taken out, what follows it.
        was: as it was; ``None``: it is new.
        now: as it is; ``None``: it is gone.
        came_from: where it stood before it was moved, from 0.
    """

    how: How
    place: int
    was: Entry | None = None
    now: Entry | None = None
    came_from: int = 0

    @property
    def is_retold(self) -> bool:
        """Whether it has other words now, so that its facts have to be looked for anew."""
        return self.now is not None and (self.was is None or self.was.text != self.now.text)


@dataclass(frozen=True)
class Proposal:
    """Something that leans on what was changed, and what could stand in its place.

    Attributes:
        kind: what it is.
        was: the words as they are: of the summary, the fact, the memory's sentence, or those of the text.
        now: the words that could take their place; empty: it goes.
        why: why.
        branch: the branch of the passage's slot; of what is of no passage, none.
        seq: its number there.
        fact: the id of the fact.
        knowledge: of all facts made anew, what the passage then makes true and changes.
        succeeds: of them, by their ids, the place of which earlier ones they took: what ended those ends them.
    """

    kind: LeaningKind
    was: str
    now: str
    why: str = ""
    branch: str = ""
    seq: int = 0
    fact: str = ""
    knowledge: Mapping[str, Any] | None = None
    succeeds: Mapping[str, Sequence[str]] | None = None

    @property
    def id(self) -> str:
        """What names it: for what it is, and what could take its place."""
        told = "\x1f".join((self.kind, self.was, self.now, self.branch, str(self.seq), self.fact))
        return sha256(told.encode()).hexdigest()[:_DIGITS]

    def is_of(self, other: Proposal) -> bool:
        """Whether it is for the same words of the same thing."""
        return all(getattr(self, name) == getattr(other, name) for name in ("kind", "was", "branch", "seq", "fact"))

    def to_json(self) -> dict[str, Any]:
        """As plain JSON, without what is empty."""
        return {name: value for name, value in asdict(self).items() if value or name in ("was", "now")}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Proposal:
        """Back from JSON."""
        return cls(**kept)
