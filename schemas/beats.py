"""The beats of an outline: its parts, one after the other, each told, being told, or to come.

The state keeps the place of the one that is now (``beat``, from 0; missing: the first). People and models count from 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

BeatState = Literal["done", "now", "to come"]
"""Where the story is with a beat."""
DONE: Final = "done"
NOW: Final = "now"
TO_COME: Final = "to come"
NO_BEAT = -1
"""What is read where something was given that is no number of a beat."""

_NUMBER = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True)
class Beat:
    """A part of the outline, to the letter and as a line to be shown, and where the story is with it."""

    text: str
    line: str
    state: BeatState


def beats_at(texts: list[str], lines: list[str], now: int) -> list[Beat]:
    """The beats, each with its line, where the one at the place ``now`` (from 0) is being told."""
    return [Beat(text, line, _state(at, now)) for at, (text, line) in enumerate(zip(texts, lines, strict=True))]


def _state(at: int, now: int) -> BeatState:
    if at == now:
        return NOW
    return DONE if at < now else TO_COME


def beat_of(given: object) -> int | None:
    """The beat (from 1) that a person names; ``None``: nothing was said of it; else :data:`NO_BEAT`."""
    if given is None or given == "":
        return None
    text = "" if isinstance(given, bool) else str(given).strip()
    return int(text) or NO_BEAT if _NUMBER.fullmatch(text) else NO_BEAT


def beat_in(given: object) -> int:
    """The beat (from 1) that a model names, in whatever form; 0: none."""
    found = None if given is None or isinstance(given, bool) else _NUMBER.search(str(given))
    return int(found[0]) if found else 0
