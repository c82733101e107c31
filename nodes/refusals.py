"""What a person would not have, with what they said of it: told to whoever tries again, newest whole, within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..schemas.state import Refusal
from ..schemas.wording import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .turn import Turn

_KEPT = 12
"""Refusals that are remembered."""
_SHORT = 160
"""Characters of what is told in short."""
_ROOM = 2400
"""Characters of refused plans, and of what was said, that are told whole, the newest first; older ones in short."""


def one_more(before: Sequence[Refusal], refused: Sequence[str], said: str) -> list[Refusal]:
    """The refusals with one more; the oldest give way."""
    return [*before, Refusal(refused=list(refused), said=said.strip())][-_KEPT:]


def every_text(refusals: Sequence[Refusal]) -> list[str]:
    """All that was refused."""
    return [text for refusal in refusals for text in refusal["refused"]]


def listed(texts: Sequence[str]) -> str:
    """Texts as a list for a prompt, a line each, none of them twice."""
    return "\n".join(f"- {text}" for text in _within(list(dict.fromkeys(one_line(text) for text in texts))))


def all_said(refusals: Sequence[Refusal]) -> list[str]:
    """What was said, where anything was."""
    return [refusal["said"] for refusal in refusals if refusal["said"]]


def told_to_writer(refusals: Sequence[Refusal], turn: Turn) -> list[str]:
    """What is told to the writer of a passage whose earlier versions were refused; nothing where none was."""
    if not refusals:
        return []
    refused = " / ".join(_within(every_text(refusals)))
    lines = [turn.phrase("passage_refused", refused=refused)]
    if said := all_said(refusals):
        lines.append(turn.phrase("passage_refused_why", said=listed(said)))
    return [*map(str, lines), str(turn.phrase("passage_anew"))]


def in_short(text: str) -> str:
    """The beginning of a text, as one line."""
    line = one_line(text)
    return line if len(line) <= _SHORT else f"{line[: _SHORT - 1].rstrip()}…"


def _within(texts: Sequence[str]) -> list[str]:
    """The texts, the newest (the last) whole, and the others as long as there is room for them; the rest in short."""
    told: list[str] = []
    room = _ROOM
    for text in reversed(texts):
        room -= len(text)
        told.append(text if room >= 0 or not told else in_short(text))
    return told[::-1]
