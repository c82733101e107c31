"""In what two texts of one passage differ: what is gone, what is new, and what stands around that, unchanged."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from ..memory.sentences import sentences
from ..models.window import count_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..schemas.languages import Language

_AROUND = 500
"""Tokens that what stands around a change in a passage may take, beside what has changed."""


class Apart(NamedTuple):
    """Sentences of two texts: those that are gone, those that are new, and those around them, the same in both."""

    gone: str
    new: str
    around: str


def apart(before: str, after: str, language: Language) -> Apart:
    """In what two texts differ, sentence by sentence; where others stand between those that are told, dots do."""
    was, now = (sentences(text, language) for text in (before, after))
    blocks = [block for block in SequenceMatcher(None, was, now, autojunk=False).get_opcodes() if block[0] != "equal"]
    gone = (language.joint.join(was[start:end]) for _, start, end, _, _ in blocks)
    new = (language.joint.join(now[start:end]) for _, _, _, start, end in blocks)
    dots = f"{language.joint}…{language.joint}"
    around = _around(now, [(start, end) for _, _, _, start, end in blocks], language)
    return Apart(dots.join(filter(None, gone)), dots.join(filter(None, new)), around)


def _around(now: Sequence[str], changed: Sequence[tuple[int, int]], language: Language) -> str:
    """The sentences of a text that stand around changed ones, the nearest that there is room for."""

    def distance(at: int) -> int:
        return min((start - at if at < start else at - end + 1 for start, end in changed), default=0)

    others = [at for at in range(len(now)) if not any(start <= at < end for start, end in changed)]
    kept, left = set[int](), _AROUND
    for at in sorted(others, key=distance):
        left -= count_tokens(now[at])
        if left < 0:
            break
        kept.add(at)
    shown = [now[at] if at in kept else "…" for at in range(len(now))]
    for start in sorted((start for start, end in changed if start == end), reverse=True):
        shown.insert(start, "…")  # There something went.
    told = (one for at, one in enumerate(shown) if one != "…" or shown[at - 1 : at] != ["…"])
    return language.joint.join(told) if kept else ""
