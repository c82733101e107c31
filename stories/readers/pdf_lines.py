"""Printed lines as paragraphs: by indents and gaps where pages have them, else by lines that are not full; notes."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from ...schemas.light_markdown import Note, Paragraph, Run, write_paragraph
from .headings import is_title
from .pieces import Block
from .plain import LINE_END, is_scene_break, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...schemas.languages import Language

_FULL: Final = 0.75
_SIGN_BEGINS: Final = "\ufdd2"
_SIGN_ENDS: Final = "\ufdd3"
"""What stands around a raised sign, until it is known whether it is the mark of a note: no character of any text."""
_SIGNED: Final = re.compile(f"{_SIGN_BEGINS}([^{_SIGN_ENDS}]*){_SIGN_ENDS}")
_MARKED: Final = re.compile(f" ?{_SIGN_BEGINS}([^{_SIGN_ENDS}]*){_SIGN_ENDS}(?: (?=[.,;:!?…”’)»]))?")
_NOTED: Final = re.compile(r"\^\[(?:[^\[\]\\]|\\.)*\]$")
_NOTE: Final = re.compile(
    rf"{_SIGN_BEGINS}?(?P<sign>\d{{1,3}}|[*†‡§]{{1,3}}){_SIGN_ENDS}?[.)]?\s*(?P<said>\S.*)", re.DOTALL
)
_SMALL: Final = 0.92
"""Of the text's letters how large those of a note are, at most."""
_LEAST_INDENT: Final = 0.6
_MOST_INDENT: Final = 5.0
"""Of its letters how far a line stands in that begins a paragraph."""
_WIDER: Final = 1.3
_WIDEST: Final = 6.0
"""Of the usual step from line to line how wide one is between paragraphs, and still on one page."""
_SET_OFF: Final = 160
"""Characters of what is set off by being bold as a whole."""
_RAGGED: Final = 0.4
"""Of its letters how much a last line is shorter, at least, where all others are equally long."""
_SAME: Final = 0.7
"""Of its letters how much lower or higher a piece of the same line stands, at most."""
_OFTEN: Final = 0.04
_LEAST: Final = 2


class Place(NamedTuple):
    """Where a line stands on its page: its edges, how high it begins and ends, its raised signs, whether it is bold."""

    left: float
    base: float
    right: float
    foot: float
    raised: list[int]
    bold: bool


NOWHERE: Final = Place(0.0, 0.0, 0.0, 0.0, [], bold=False)


class Line(NamedTuple):
    """A line of the text, whether a page begins with it, its rank, its size and its place."""

    text: str
    begins: bool
    rank: int
    size: float
    place: Place


def goes_on(before: Place, place: Place, size: float) -> bool:
    """Whether what is told as a line stands on the same as the one before it, as behind a raised sign."""
    if not (before.right and place.right and size):
        return False
    return abs(place.base - before.base) < _SAME * size and -1 <= place.left - before.right < size


def with_signs(text: str, places: Sequence[Place]) -> str:
    """A page's text in which raised signs are set off."""
    lines = text.split("\n")
    if len(lines) != len(places):
        return text
    return "\n".join(_with_signs(line, place.raised) for line, place in zip(lines, places, strict=True))


def _with_signs(line: str, raised: Sequence[int]) -> str:
    lead = len(line) - len(line.lstrip())
    for at in reversed(raised):
        place = lead + at
        if place < len(line) and not line[place].isspace():
            line = f"{line[:place]}{_SIGN_BEGINS}{line[place]}{_SIGN_ENDS}{line[place + 1 :]}"
    return line.replace(_SIGN_ENDS + _SIGN_BEGINS, "")


def with_notes(lines: Sequence[Line], body: float) -> tuple[list[Line], list[Block]]:
    """A page's lines with the notes at its foot where their marks are; gives also those that no mark leads to."""
    first = len(lines)
    while first and body and 0 < lines[first - 1].size <= _SMALL * body and not lines[first - 1].rank:
        first -= 1
    notes: dict[str, list[str]] = {}
    at = ""
    for line in lines[first:]:
        hit = _NOTE.fullmatch(line.text)
        if hit:
            at = hit["sign"]
            notes.setdefault(at, []).append(_plain(hit["said"]))
        elif at:
            notes[at].append(_plain(line.text))
        else:
            return [line._replace(text=_plain(line.text)) for line in lines], []  # small letters, and no notes
    said = {sign: joined(found) for sign, found in notes.items()}
    used: set[str] = set()

    def put(hit: re.Match[str]) -> str:
        if hit[1] not in said or hit[1] in used:
            return hit[0].replace(_SIGN_BEGINS, "").replace(_SIGN_ENDS, "")
        used.add(hit[1])
        return write_paragraph(Paragraph((Run("x"), Note((Run(said[hit[1]]),)))))[1:]

    kept = [line._replace(text=_MARKED.sub(put, line.text)) for line in lines[:first]]
    return kept, [Block(f"{sign} {text}", why="note") for sign, text in said.items() if sign not in used]


def _plain(text: str) -> str:
    return _SIGNED.sub(r"\1", text)


def paragraphs_of(lines: Sequence[Line], language: Language) -> list[Block]:
    """Printed lines as paragraphs."""
    layout = _Layout(lines)
    blocks: list[Block] = []
    gathered: list[str] = []
    at_rank = gap = 0
    is_bold = True

    def end() -> None:
        if gathered:
            text = "\n".join(gathered) if at_rank else joined(gathered)
            is_set_off = is_bold and not layout.is_bold and not at_rank and len(text) <= _SET_OFF
            blocks.append(Block(_in_bold(text) if is_set_off else text, at_rank, gap=gap))
            gathered.clear()

    for number, line in enumerate(lines):
        before = lines[number - 1] if number else None
        text, rank = line.text, line.rank
        if rank != at_rank or (rank and (line.begins or (gathered and is_title(text, language)))):
            end()
            at_rank = rank
        if rank:
            gathered.append(text)
            continue
        ended = before is not None and not before.rank and bool(LINE_END.search(_NOTED.sub("", before.text)))
        may_begin = line.begins or not gathered or ended or len(gathered[-1]) < layout.full
        if (may_begin and is_title(text, language)) or is_scene_break(text):
            end()
            blocks.append(Block(text))
            gap = 0
            continue
        if gathered and before is not None and layout.begins(before, line, ended=ended):
            end()
        if not gathered:
            gap, is_bold = layout.gap(before, line), True
        is_bold = is_bold and line.place.bold
        gathered.append(text)
    end()
    return blocks


def _in_bold(text: str) -> str:
    return write_paragraph(Paragraph((Run(text, strong=True),)))


class _Layout:
    """How a text is printed: how far lines stand from each other, and whether paragraphs are set in or apart."""

    def __init__(self, lines: Sequence[Line]) -> None:
        text = [line for line in lines if not line.rank]
        self.full = _FULL * _usual([len(line.text) for line in text])
        self.is_bold = sum(line.place.bold for line in text) > len(text) / 2
        steps = Counter(round(_step(above, line), 0) for above, line in pairwise(text) if _step(above, line) > 0)
        self._step = steps.most_common(1)[0][0] if steps else 0.0
        self._edges = _edges(lines)
        self._right = _right_edge(text)
        indented = sum(map(self._is_indented, text))
        self._is_set_in = indented >= _LEAST and _OFTEN * len(text) <= indented <= len(text) / 2
        apart = sum(self._is_apart(above, line) for above, line in pairwise(text))
        self._are_apart = apart >= _LEAST and apart >= _OFTEN * len(text)

    def begins(self, before: Line, line: Line, *, ended: bool) -> bool:
        """Whether a line begins a paragraph behind another."""
        if self._is_apart(before, line) or (self._is_set_in and self._is_indented(line)):
            return True
        is_short = self._is_short(before) and ended
        if self._is_set_in and not self._is_indented(before):
            return False
        return is_short and (line.begins or not (self._is_set_in or self._are_apart))

    def _is_short(self, line: Line) -> bool:
        """Whether a line ends before the others do; where all end at one edge, a little says it."""
        if self._right and line.place.right:
            return line.place.right - line.place.left < self._right - _RAGGED * line.size
        return len(line.text) < self.full

    def gap(self, before: Line | None, line: Line) -> int:
        """How many lines are left out above one."""
        if before is None or not self._is_apart(before, line):
            return 0
        return round(_step(before, line) / self._step) - 1

    def _is_apart(self, before: Line, line: Line) -> bool:
        step = _step(before, line)
        return bool(self._step) and _WIDER * self._step < step < _WIDEST * self._step

    def _is_indented(self, line: Line) -> bool:
        """Whether a line stands further in than the others of its page."""
        edge = self._edges.get(id(line.place))
        if edge is None or not line.size or not line.place.right:
            return False
        return _LEAST_INDENT * line.size < line.place.left - edge < _MOST_INDENT * line.size


def _right_edge(lines: Sequence[Line]) -> float:
    """How wide the lines are, where most end at one edge; 0: they do not."""
    often = Counter(round(line.place.right - line.place.left) for line in lines if line.place.right)
    if not often:
        return 0.0
    width, _ = often.most_common(1)[0]
    near = sum(count for one, count in often.items() if abs(one - width) <= 1)
    return float(width) if near >= len(lines) / 2 else 0.0


def _edges(lines: Sequence[Line]) -> dict[int, float]:
    """The left edge of the page that each line's place is on: the least that two of its lines have."""
    pages: list[list[Line]] = []
    for line in lines:
        if line.begins or not pages:
            pages.append([])
        pages[-1].append(line)
    edges: dict[int, float] = {}
    for page in pages:
        often = Counter(round(line.place.left) for line in page if not line.rank and line.place.right)
        least = min((left for left, count in often.items() if count > 1), default=min(often, default=0))
        edges |= {id(line.place): float(least) for line in page}
    return edges


def _step(above: Line, line: Line) -> float:
    """How far a line stands under another on the same page; 0 where that is not known."""
    if line.begins or not (above.place.right and line.place.right):
        return 0.0
    return above.place.foot - line.place.base


def _usual(lengths: Sequence[int]) -> int:
    """How long a full line is: as long as one in ten is at least."""
    ordered = sorted(lengths)
    return ordered[int(0.9 * (len(ordered) - 1))] if ordered else 0
