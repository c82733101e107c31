"""The beats of an outline in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text as RichText

from ..schemas.beats import DONE, NOW
from .terminal import console
from .words import t
from .wrapping import Prose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..schemas.beats import Beat

_MARKS = {DONE: ("✓", "dim"), NOW: ("→", "bold cyan")}


def print_beats(beats: Sequence[Beat]) -> None:
    """Where the story is with its outline: which parts are done, which is told now, which are to come."""
    if beats:
        console.print(RichText(t("beats_heading"), style="bold"))
    for number, beat in enumerate(beats, start=1):
        mark, style = _MARKS.get(beat.state, (" ", ""))
        named = "" if beat.line.startswith(f"{number}.") else f"{number}  "
        state = t(f"beat_{beat.state.replace(' ', '_')}")
        line = f"{mark} {named}{beat.line} ({state})"
        console.print(Prose(RichText(line, style=style), indent=2, hang=2))
