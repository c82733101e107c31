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
from .pieces import Block, Found
from .plain import LINE_END, is_scene_break, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...schemas.languages import Language

_LOCKED: Final = 3
_TOO_MANY: Final = 4
_EDGE: Final = 2
_OFTEN: Final = 0.2
_LEAST: Final = 3
_FULL: Final = 0.75
_HYPHEN: Final = re.compile(r"([^\W\d_]+)[\u00ad\u2010\x02\ufffe-]\n([^\W\d_]+)")
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
    """A printed line: what it says, and how large; once headings are found, its rank (1 the highest, 0: none)."""

    text: str
    size: float
    rank: int = 0


class _Line(NamedTuple):
    """A line of the text, whether a page begins with it, and its rank."""

    text: str
    begins: bool
    rank: int


class _Printout(NamedTuple):
    """What a PDF says: its pages' texts, the sizes of their lines, and what it says of itself."""

    texts: list[str]
    sizes: list[list[float]]
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
    pages = _with_ranks([_lines(*page) for page in zip(_rejoined(told.texts), told.sizes, strict=True)], told.outline)
    heads = _heads([[line.text for line in page] for page in pages]) | _titles(pages)
    blocks: list[Block] = []
    text: list[_Line] = []
    seen: set[str] = set()
    for page in pages:
        kept, left = _without_edges(page, heads, seen, language)
        blocks.extend(left)
        text.extend(_Line(line.text, not at, line.rank) for at, line in enumerate(kept))
    return Found([*_paragraphs(text, language), *blocks], told.title, told.author, is_marked=False)


def _lines(text: str, sizes: Sequence[float]) -> list[_Printed]:
    """A page's lines that say something, each with its size."""
    lines = text.split("\n")
    known = sizes if len(sizes) == len(lines) else [0.0] * len(lines)
    return [_Printed(line.strip(), size) for line, size in zip(lines, known, strict=True) if line.strip()]


def _with_ranks(pages: list[list[_Printed]], outline: Sequence[tuple[str, int, int]]) -> list[list[_Printed]]:
    """The lines, of which those are headings that the bookmarks name, or else those in larger letters."""
    marked = _by_outline(pages, outline)
    return marked if any(line.rank for page in marked for line in page) else _by_size(pages)


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


def _by_size(pages: list[list[_Printed]]) -> list[list[_Printed]]:
    weights: Counter[float] = Counter()
    for page in pages:
        for line in page:
            weights[line.size] += len(line.text)
    body = weights.most_common(1)[0][0] if weights else 0.0
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
        [page["text"] for page in pages], [page["sizes"] for page in pages], title, author, named["outline"]
    )


def _rejoined(pages: Sequence[str]) -> list[str]:
    """The pages, words divided at a line's end made whole; a hyphen stays that is a word's own elsewhere too."""
    words = Counter(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", "\n".join(pages).casefold()))

    def whole(hit: re.Match[str]) -> str:
        apart, together = f"{hit[1]}-{hit[2]}", hit[1] + hit[2]
        is_own = words[apart.casefold()] > words[together.casefold()] or hit[2][0].isupper()
        return (apart if is_own else together) + "\n"

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


def _paragraphs(lines: Sequence[_Line], language: Language) -> list[Block]:
    """Printed lines as paragraphs: one ends with a sentence on a line that is not full."""
    full = _FULL * _usual([len(line.text) for line in lines])
    blocks: list[Block] = []
    gathered: list[str] = []
    at_rank = 0

    def end() -> None:
        if gathered:
            blocks.append(Block("\n".join(gathered) if at_rank else joined(gathered), at_rank))
            gathered.clear()

    for line, begins_page, rank in lines:
        if rank != at_rank or (rank and begins_page):
            end()
            at_rank = rank
        if rank:
            gathered.append(line)
            continue
        may_begin = begins_page or not gathered or LINE_END.search(gathered[-1]) or len(gathered[-1]) < full
        if (may_begin and is_title(line, language)) or is_scene_break(line):
            end()
            blocks.append(Block(line))
            continue
        gathered.append(line)
        if len(line) < full and LINE_END.search(line):
            end()
    end()
    return blocks


def _usual(lengths: Sequence[int]) -> int:
    """How long a full line is: as long as one in ten is at least."""
    ordered = sorted(lengths)
    return ordered[int(0.9 * (len(ordered) - 1))] if ordered else 0
