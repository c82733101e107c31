"""The beats of an outline in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text as RichText

from ..schemas.beats import DONE, NOW, TO_COME
from .terminal import console
from .words import t
from .wrapping import Prose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..schemas.beats import Beat

_MARKS = {DONE: ("✓", "dim"), NOW: ("→", "bold cyan")}
_AT_END = {NOW: DONE, TO_COME: "not told"}


def print_beats(beats: Sequence[Beat], *, at_end: bool = False) -> None:
    """Where the story is with its outline: which parts are done, which is told now, which are to come.

    Args:
        beats: the parts.
        at_end: whether the story has come to its end: then none is told now, and none is to come.
    """
    if beats:
        console.print(RichText(t("beats_heading"), style="bold"))
    for number, beat in enumerate(beats, start=1):
        where = _AT_END.get(beat.state, beat.state) if at_end else beat.state
        mark, style = _MARKS.get(where, (" ", ""))
        named = "" if beat.line.startswith(f"{number}.") else f"{number}  "
        state = t(f"beat_{where.replace(' ', '_')}")
        line = f"{mark} {named}{beat.line} ({state})"
        console.print(Prose(RichText(line, style=style), indent=2, hang=2))
