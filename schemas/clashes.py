"""Places of a book that cannot both be true, with the words of both, and what a person said of each."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal, get_args

from .wording import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ClashKind = Literal["fact", "knowledge", "name", "date", "thread"]
"""What clashes: how things are; who knows what they cannot know; names; ages, dates and numbers; or a thread that was
dropped."""

ClashMark = Literal["mend", "meant", "ignore"]
"""What a person says of a clash: it is to be mended, it is meant so, it does not matter."""

CLASH_KINDS: tuple[ClashKind, ...] = get_args(ClashKind)
CLASH_MARKS: tuple[ClashMark, ...] = get_args(ClashMark)

MOST_KEPT = 200
"""Clashes that a state keeps: the oldest go first."""

_DIGITS = 10
_ALIKE = {"'": "['’‘]", '"': '["“”„]', "-": "[-–—]"}


@dataclass(frozen=True)
class Side:
    """One of the two: the words, and where they stand.

    Attributes:
        quote: the words.
        place: the place (from 0) of their passage when they were found; ``None``: no passage says them, the premise or
            a person does.
        branch: the branch of the passage's slot.
        seq: its number there.
    """

    quote: str
    place: int | None = None
    branch: str = ""
    seq: int = 0

    def is_like(self, other: Side) -> bool:
        """Whether it is the same place and much the same words."""
        mine, others = plain(self.quote), plain(other.quote)
        is_there = (self.branch, self.seq) == (other.branch, other.seq) or self.place == other.place
        return is_there and (mine in others or others in mine)


@dataclass(frozen=True)
class Clash:
    """Two places that cannot both be true; of a thread that was dropped, the one that opened it.

    Attributes:
        kind: what clashes.
        sides: the earlier and the later.
        why: why they clash.
        mend: how it could be mended.
    """

    kind: ClashKind
    sides: tuple[Side, ...]
    why: str = ""
    mend: str = ""

    @property
    def id(self) -> str:
        """What names it: the words of its sides."""
        told = "\n".join(sorted(plain(side.quote) for side in self.sides))
        return sha256(told.encode()).hexdigest()[:_DIGITS]

    def is_like(self, other: Clash) -> bool:
        """Whether it says of the same places the same."""
        if len(self.sides) != len(other.sides):
            return False
        return any(
            all(mine.is_like(others) for mine, others in zip(self.sides, order, strict=True))
            for order in (other.sides, other.sides[::-1])
        )

    def to_json(self) -> dict[str, Any]:
        """As plain JSON."""
        return {**asdict(self), "sides": [asdict(side) for side in self.sides]}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Clash:
        """Back from JSON."""
        return cls(
            kind=kept["kind"],
            sides=tuple(Side(**side) for side in kept["sides"]),
            why=str(kept.get("why", "")),
            mend=str(kept.get("mend", "")),
        )


def with_new(kept: Iterable[Mapping[str, Any]], new: Iterable[Clash]) -> list[dict[str, Any]]:
    """What a state keeps after more clashes were found: each once, the oldest of too many left out."""
    clashes = [Clash.from_json(one) for one in kept]
    for clash in new:
        if not any(clash.is_like(known) for known in clashes):
            clashes.append(clash)
    return [clash.to_json() for clash in clashes[-MOST_KEPT:]]


def found_in(text: str, quote: str) -> tuple[int, int] | None:
    """Where a quote stands in a text, whatever its case, spaces and quotes; ``None``: it does not."""
    words = (
        "".join(_ALIKE.get(sign, re.escape(sign)) for sign in re.sub("[’‘]", "'", re.sub("[“”„]", '"', word)))
        for word in re.sub("[–—]", "-", quote).split()
    )
    hit = re.search(r"\s+".join(words), text, re.IGNORECASE) if quote.strip() else None
    return (hit.start(), hit.end()) if hit else None
