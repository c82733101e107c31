"""The beats of an outline in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text as RichText

from ..schemas.beats import DONE, NOW
from .terminal import console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..schemas.beats import Beat

_MARKS = {DONE: ("✓", "dim"), NOW: ("→", "bold cyan")}


def print_beats(beats: Sequence[Beat]) -> None:
    """Where the story is with its outline: which parts are done, which is told now, which are to come."""
    if beats:
        console.print(RichText("Where it is in the outline", style="bold"))
    for number, beat in enumerate(beats, start=1):
        mark, style = _MARKS.get(beat.state, (" ", ""))
        text = " ".join(beat.text.split())
        named = "" if text.startswith(f"{number}.") else f"{number}  "
        line = f"{mark} {named}{text} ({beat.state})"
        console.print(Padding(RichText(line, style=style), (0, 0, 0, 2)))
