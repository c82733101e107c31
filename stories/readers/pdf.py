"""PDF: printed lines, of which some are the page's and not the story's."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ...schemas.characters import readable
from ...schemas.errors import StorageError
from .bounds import MOST_PAGES, PDF_MEGABYTES, bounded
from .furniture import words_of
from .headings import is_title
from .pdf_lines import NOWHERE, Line, Place, goes_on, paragraphs_of, with_notes, with_signs
from .pdf_margins import without_margins
from .pieces import Block, Found

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...schemas.languages import Language

_LOCKED: Final = 3
_TOO_MANY: Final = 4
_SPACE: Final = 0.2
"""Of its letters how far two pieces of a line are from each other that a space divides."""
_EDGE: Final = 2
_OFTEN: Final = 0.2
_LEAST: Final = 3
_HYPHEN: Final = re.compile(r"([^\W\d_]+)(?:[\u00ad\u2010\x02-](\n)|\ufffe(\n?))([^\W\d_]+)")
"""A word divided at the end of a line; PDFium makes one line of two then, with a sign of its own between them."""
_NUMBER: Final = re.compile(
    r"\W*(?:page|seite|p\.)?\s*(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:/|of|von)\s*\d{1,4})?\W*", re.IGNORECASE
)
_DIGITS: Final = re.compile(r"\d+")
_JUNK: Final = re.compile(
    r"about:blank|untitled.*|microsoft word\b.*|.*\.(?:docx?|odt|rtf|tex|indd|html?|pdf|qxd)|https?:.*", re.IGNORECASE
)


_LARGE: Final = 1.15
"""How much larger than the text's the letters of a heading are, at least."""
_MOST_LARGE: Final = 0.2
"""The part of the lines that may be headings; where more are large, size says nothing."""
_MOST_RANKS: Final = 4
_TITLE: Final = 160
_MOST_LINES: Final = 3


class _Printed(NamedTuple):
    """A printed line: what it says, how large, where; once headings are found, its rank (1 the highest, 0: none)."""

    text: str
    size: float
    place: Place
    rank: int = 0


class _Printout(NamedTuple):
    """What a PDF says: its pages' texts, the sizes of their lines, and what it says of itself."""

    texts: list[str]
    sizes: list[list[float]]
    places: list[list[Place]]
    title: str
    author: str
    outline: list[tuple[str, int, int]]


def read_pdf(path: Path, language: Language, encoding: str) -> Found:
    """A PDF.

    Raises:
        StorageError: it is none, is locked, or cannot be read within the bounds.
    """
    del encoding
    told = _pages(path)
    texts = _rejoined([with_signs(text, places) for text, places in zip(told.texts, told.places, strict=True)])
    printed = [_lines(*page) for page in zip(texts, told.sizes, told.places, strict=True)]
    printed, margins = without_margins(printed)
    body = _body(printed)
    pages = _with_ranks(printed, told.outline, body)
    heads = _heads([[line.text for line in page] for page in pages]) | _titles(pages)
    blocks: list[Block] = []
    text: list[Line] = []
    seen: set[str] = set()
    for page, beside in zip(pages, margins, strict=True):
        kept, left = _without_edges(page, heads, seen, language)
        blocks.extend((*beside, *left))
        lines = [Line(line.text, not at, line.rank, line.size, line.place) for at, line in enumerate(kept)]
        lines, unmarked = with_notes(lines, body)
        blocks.extend(unmarked)
        text.extend(lines)
    return Found([*paragraphs_of(text, language), *blocks], told.title, told.author, is_marked=False)


def _lines(text: str, sizes: Sequence[float], places: Sequence[Place]) -> list[_Printed]:
    """A page's lines that say something, each with its size and its place."""
    lines = text.split("\n")
    is_known = len(sizes) == len(places) == len(lines)
    known = zip(sizes, places, strict=True) if is_known else [(0.0, NOWHERE)] * len(lines)
    made: list[_Printed] = []
    for line, (size, place) in zip(lines, known, strict=True):
        if line.strip() and made and goes_on(made[-1].place, place, size):
            before = made[-1]
            whole = before.place._replace(right=place.right, foot=place.foot)
            between = " " if place.left - before.place.right > _SPACE * size else ""
            made[-1] = before._replace(text=before.text + between + line.strip(), place=whole)
        elif line.strip():
            made.append(_Printed(line.strip(), size, place))
    return made


def _body(pages: list[list[_Printed]]) -> float:
    """How large the letters of the text are; 0: that is not known."""
    weights: Counter[float] = Counter()
    for page in pages:
        for line in page:
            weights[line.size] += len(line.text)
    return weights.most_common(1)[0][0] if weights else 0.0


def _with_ranks(
    pages: list[list[_Printed]], outline: Sequence[tuple[str, int, int]], body: float
) -> list[list[_Printed]]:
    """The lines, of which those are headings that the bookmarks name, or else those in larger letters."""
    marked = _by_outline(pages, outline)
    return marked if any(line.rank for page in marked for line in page) else _by_size(pages, body)


def _by_outline(pages: list[list[_Printed]], outline: Sequence[tuple[str, int, int]]) -> list[list[_Printed]]:
    made = [list(page) for page in pages]
    for title, number, depth in outline:
        wanted = words_of(title)
        if not wanted or not 0 <= number < len(made):
            continue
        page = made[number]
        for at in range(len(page)):
            count = next(
                (
                    n
                    for n in range(1, _MOST_LINES + 1)
                    if words_of("".join(one.text for one in page[at : at + n])) == wanted
                ),
                0,
            )
            if count:
                page[at : at + count] = [one._replace(rank=depth + 1) for one in page[at : at + count]]
                break
    return made


def _by_size(pages: list[list[_Printed]], body: float) -> list[list[_Printed]]:
    large = [line for page in pages for line in page if _is_large(line, body)]
    if not body or len(large) > _MOST_LARGE * sum(map(len, pages)):
        return pages
    sizes = sorted({line.size for line in large}, reverse=True)
    ranks = {size: min(number, _MOST_RANKS) for number, size in enumerate(sizes, start=1)}
    return [
        [line._replace(rank=ranks[line.size]) if _is_large(line, body) else line for line in page] for page in pages
    ]


def _is_large(line: _Printed, body: float) -> bool:
    """Whether a line is set in larger letters, and is neither an initial nor a decoration."""
    said = sum(char.isalnum() for char in line.text)
    return line.size >= _LARGE * body and len(line.text) <= _TITLE and (said > 1 or line.text.isdecimal())


def _pages(path: Path) -> _Printout:
    """The text of each page, and what the file says of itself; read by another program, within bounds."""
    script = Path(__file__).with_name("pdf_pages.py")
    command = [sys.executable, "-I", str(script), str(path.resolve()), str(MOST_PAGES), str(PDF_MEGABYTES)]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as complaints:
        code = bounded(command, out, complaints, path)
        if code == _LOCKED:
            raise StorageError("manuscript_locked", path=path)
        if code == _TOO_MANY:
            raise StorageError("manuscript_too_many_parts", path=path, count=MOST_PAGES + 1, most=MOST_PAGES)
        if code:
            complaints.seek(0)
            reason = complaints.read(4000).decode("utf-8", "replace").strip().split("\n")[-1][:200]
            raise StorageError("manuscript_of_another_kind", path=path, format=".pdf", reason=reason)
        out.seek(0)
        named, *pages = (json.loads(line) for line in out)
    title, author = (str(named.get(name) or "").strip() for name in ("title", "author"))
    title = "" if _JUNK.fullmatch(title) else title
    return _Printout(
        [page["text"] for page in pages],
        [page["sizes"] for page in pages],
        [[Place(*place) for place in page["places"]] for page in pages],
        title,
        author,
        named["outline"],
    )


def _rejoined(pages: Sequence[str]) -> list[str]:
    """The pages, words divided at a line's end made whole; a hyphen stays that is a word's own elsewhere too."""
    words = Counter(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", "\n".join(pages).casefold()))

    def whole(hit: re.Match[str]) -> str:
        apart, together = f"{hit[1]}-{hit[4]}", hit[1] + hit[4]
        is_own = words[apart.casefold()] > words[together.casefold()] or hit[4][0].isupper()
        return (apart if is_own else together) + (hit[2] or hit[3] or "")

    return [readable(re.sub(r"\n[ \t]+", "\n", _HYPHEN.sub(whole, text))) for text in pages]


def _shape(line: str) -> str:
    """A line by what it says on every page: numbers are its pages'."""
    return words_of(_DIGITS.sub("#", line)) or line


def _heads(pages: Sequence[Sequence[str]]) -> set[str]:
    """The lines at the edges of pages that come again and again, and hardly ever inside one, as a refrain does."""
    often: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    for page in pages:
        often.update({_shape(line) for line in _edges(page)})
        inside.update({_shape(line) for line in page[_EDGE:-_EDGE]})
    least = max(2 if len(pages) < _LEAST * _EDGE else _LEAST, _OFTEN * len(pages) / 2)
    return {shape for shape, count in often.items() if count >= least and inside[shape] < count / 2}


def _titles(pages: Sequence[Sequence[_Printed]]) -> set[str]:
    """What headings say, which runs on at the heads of their pages in other letters."""
    return {
        _shape(" ".join(line.text for line in lines))
        for page in pages
        for rank, lines in groupby(page, key=lambda line: line.rank)
        if rank
    }


def _edges(page: Sequence[str]) -> list[str]:
    return [*page[:_EDGE], *page[_EDGE:][-_EDGE:]]


def _without_edges(
    page: list[_Printed], heads: set[str], seen: set[str], language: Language
) -> tuple[list[_Printed], list[Block]]:
    """A page's lines without its running head and its number; a title that runs on stays where it is first."""
    kept: list[_Printed] = []
    left: list[Block] = []
    for at, printed in enumerate(page):
        line = printed.text
        is_edge = (at < _EDGE or at >= len(page) - _EDGE) and not printed.rank
        titled = is_title(line, language)
        is_head = words_of(line) in seen if titled else _shape(line) in heads
        if is_edge and _NUMBER.fullmatch(line) and (at in {0, len(page) - 1} or _shape(page[at - 1].text) in heads):
            left.append(Block(line, why="page_number"))
        elif is_edge and is_head:
            left.append(Block(line, why="running_head"))
        else:
            kept.append(printed)
            seen.update({words_of(line)} if titled else ())
    return kept, left
