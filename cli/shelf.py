"""The shelf as a terminal shows it: a line for each story, and what it told last under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as RichText

from .words import t
from .wrapping import wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from ..stories.record import StoryRecord

_HEADS = ("", "head_id", "head_title", "head_genre", "head_paragraphs", "head_written")
_TITLE = _HEADS.index("head_title")
_GENRE = _HEADS.index("head_genre")
_WORDS = 60
"""Characters that a title or a genre has at most."""
_LEAST = 12
"""Cells that a title has, however narrow the terminal is."""
_ENOUGH = 24
"""Cells that a title has, if it is so long, before there is room for the genre."""
_LINES = 2
"""Lines that a synopsis has."""
_INDENT, _BETWEEN = 4, 2


def listed(records: Sequence[StoryRecord], terminal: Console) -> Group:
    """The stories, as wide as a terminal."""
    rows = [_row(number, record) for number, record in enumerate(records, start=1)]
    heads = tuple(t(name) if name else "" for name in _HEADS)
    widths = _widths(heads, *rows)
    if _beside_title(widths) + min(widths[_TITLE], _ENOUGH) > terminal.width:
        heads, *rows = (tuple(cell for place, cell in enumerate(row) if place != _GENRE) for row in (heads, *rows))
        widths = _widths(heads, *rows)
    widths[_TITLE] = min(widths[_TITLE], max(_LEAST, terminal.width - _beside_title(widths)))
    parts: list[Table | Padding] = [_line(heads, widths, "bold")]
    for record, row in zip(records, rows, strict=True):
        parts.append(_line(row, widths))
        if record.synopsis:
            parts.append(_told(record.synopsis, terminal))
    return Group(*parts)


def _widths(*rows: Sequence[str]) -> list[int]:
    """The cells that each column needs."""
    return [max(map(cell_len, column)) for column in zip(*rows, strict=True)]


def _beside_title(widths: Sequence[int]) -> int:
    """The cells of all columns but the title, and of what is between and behind them."""
    return sum(widths) - widths[_TITLE] + _BETWEEN * len(widths)


def _row(number: int, record: StoryRecord) -> tuple[str, ...]:
    written = record.written.astimezone().strftime("%Y-%m-%d %H:%M")
    genre = _plain(record.begun_from.genre)
    name = f"{_plain(record.name)} ({t('copy_of', story_id=record.copy_of)})" if record.copy_of else _plain(record.name)
    return str(number), record.story_id, name, genre, str(record.paragraphs), written


def _line(cells: Sequence[str], widths: Sequence[int], style: str = "") -> Table:
    """Cells below those of every other line; a story's words are never read as markup."""
    table = Table.grid(padding=(0, _BETWEEN, 0, 0))
    for width in widths:
        table.add_column(width=width, overflow="fold")
    table.add_row(*(RichText(cell) for cell in cells), style=style)
    return table


def _told(synopsis: str, terminal: Console) -> Padding:
    """A synopsis, as much of it as two lines hold."""
    room = max(1, terminal.width - _INDENT)
    lines = wrapped(RichText(_one_line(synopsis), style="dim"), room)
    if len(lines) > _LINES:
        lines[_LINES - 1].truncate(room - 1)
        lines[_LINES - 1].append("…")
    return Padding(Group(*lines[:_LINES]), (0, 0, 0, _INDENT))


def _plain(text: str) -> str:
    """A story's words on one line, as far as there is room."""
    line = _one_line(text)
    return line if len(line) <= _WORDS else f"{line[: _WORDS - 1]}…"


def _one_line(text: str) -> str:
    """A story's words on one line, without what a terminal would obey."""
    return " ".join("".join(char for char in text if char.isprintable() or char.isspace()).split())
