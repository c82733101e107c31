"""PDF: printed lines, of which some are the page's and not the story's."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections import Counter
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


class _Line(NamedTuple):
    """A printed line, and whether a page begins with it."""

    text: str
    begins: bool


def read_pdf(path: Path, language: Language, encoding: str) -> Found:
    """A PDF.

    Raises:
        StorageError: it is none, is locked, or cannot be read within the bounds.
    """
    del encoding
    pages, title, author = _pages(path)
    lines = [[line.strip() for line in page.split("\n") if line.strip()] for page in _rejoined(pages)]
    heads = _heads(lines)
    blocks: list[Block] = []
    text: list[_Line] = []
    seen: set[str] = set()
    for page in lines:
        kept, left = _without_edges(page, heads, seen, language)
        blocks.extend(left)
        text.extend(_Line(line, begins=not at) for at, line in enumerate(kept))
    return Found([*_paragraphs(text, language), *blocks], title, author, is_marked=False)


def _pages(path: Path) -> tuple[list[str], str, str]:
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
        pages = [json.loads(line) for line in out]
    named = pages[0] if pages else {}
    title, author = (str(named.get(name) or "").strip() for name in ("title", "author"))
    return [page["text"] for page in pages], "" if _JUNK.fullmatch(title) else title, author


def _rejoined(pages: Sequence[str]) -> list[str]:
    """The pages, words divided at a line's end made whole; a hyphen stays that is a word's own elsewhere too."""
    texts = [page.replace("\r\n", "\n").replace("\r", "\n") for page in pages]
    words = Counter(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", "\n".join(texts).casefold()))

    def whole(hit: re.Match[str]) -> str:
        apart, together = f"{hit[1]}-{hit[2]}", hit[1] + hit[2]
        is_own = words[apart.casefold()] > words[together.casefold()] or hit[2][0].isupper()
        return (apart if is_own else together) + "\n"

    return [readable(re.sub(r"\n[ \t]+", "\n", _HYPHEN.sub(whole, text))) for text in texts]


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


def _edges(page: Sequence[str]) -> list[str]:
    return [*page[:_EDGE], *page[_EDGE:][-_EDGE:]]


def _without_edges(
    page: list[str], heads: set[str], seen: set[str], language: Language
) -> tuple[list[str], list[Block]]:
    """A page's lines without its running head and its number; a title that runs on stays where it is first."""
    kept: list[str] = []
    left: list[Block] = []
    for at, line in enumerate(page):
        is_edge = at < _EDGE or at >= len(page) - _EDGE
        titled = is_title(line, language)
        is_head = words_of(line) in seen if titled else _shape(line) in heads
        if is_edge and _NUMBER.fullmatch(line) and (at in {0, len(page) - 1} or _shape(page[at - 1]) in heads):
            left.append(Block(line, why="page_number"))
        elif is_edge and is_head:
            left.append(Block(line, why="running_head"))
        else:
            kept.append(line)
            seen.update({words_of(line)} if titled else ())
    return kept, left


def _paragraphs(lines: Sequence[_Line], language: Language) -> list[Block]:
    """Printed lines as paragraphs: one ends with a sentence on a line that is not full."""
    full = _FULL * _usual([len(line.text) for line in lines])
    blocks: list[Block] = []
    gathered: list[str] = []

    def end() -> None:
        if gathered:
            blocks.append(Block(joined(gathered)))
            gathered.clear()

    for line, begins_page in lines:
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
