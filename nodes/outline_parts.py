"""An outline read into its parts, as it shows them itself: headings, numbers, bullets, paragraphs, lines, sentences.

Each part is a piece of the outline to the letter. What stands before the first heading or number belongs to none.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from ..memory.sentences import ends_a_sentence, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..schemas.languages import Language

_HEADING = re.compile(r"^(#{1,6})[ \t]+\S", re.MULTILINE)
_CHAPTER = re.compile(
    r"^[ \t]*[*_【]*(?:"
    r"(?P<word>act|book|part|chapter|section|episode|scene)[ \t]+(?:\d+|[ivxlc]+|one|two|three|four|five|six|seven|"
    r"eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty)\b"
    r"|第[ \t]*[一二三四五六七八九十百零〇两\d]+[ \t]*(?P<sign>[章幕卷部回节集篇])"
    r"|(?P<edge>prologue\b|epilogue\b|序章|序幕|楔子|尾声|终章))",
    re.IGNORECASE | re.MULTILINE,
)
_NUMBERED = re.compile(
    r"^([ \t]*)[*_]*(?:\d{1,3}(?:[.)](?!\d)|[、．])|[(（]\d{1,3}[)）]|[IVX]{1,5}[.)]"
    r"|[一二三四五六七八九十]{1,3}[、．.]|[(（][一二三四五六七八九十]{1,3}[)）])[*_]*[ \t]*\S",
    re.MULTILINE,
)
_BULLETED = re.compile(r"^([ \t]*)[-*+•·][ \t]+\S", re.MULTILINE)
_NUMBER_WITHIN = re.compile(r"(?:^|(?<=[\s。；;]))[(（]?(\d{1,3})(?:[.)）](?!\d)|[、．])[ \t]*(?=\S)")
_PARAGRAPH = re.compile(r"(?:^|\n[ \t]*\n)\s*(?=\S)")
_LINE = re.compile(r"^[ \t]*(?=\S)", re.MULTILINE)
_CHAPTERS = ("chapter", "章", "回", "节")
"""The words for what has a title of its own in the book."""
_ENDS_A_TITLE = re.compile(r"[.。!！?？;；](?:\s|$)|[.。](?=[^\s\d])|[ \t][—–-]+[ \t]|—+")
_BEGINS_ITS_TEXT = re.compile(r"：|:(?=\s|$|[\u3400-\u9fff])")
_SPACE_OF_HAN = re.compile(r"(?<=[\u3400-\u9fff])[ \t\u3000]+(?=[\u3400-\u9fff])")
_IN_MARKS = re.compile(r"《([^》]+)》|〈([^〉]+)〉|「([^」]+)」|『([^』]+)』|“([^”]+)”(?=\s*(?:$|[:：—–-]))")
_HAN = re.compile(r"[\u3400-\u9fff]")
_AFTER_A_STOP = re.compile(r"([。！？；：，、”」』》]) ")
_MARKDOWN = re.compile(r"^#{1,6}[ \t]+|[ \t]+#+[ \t]*$")
_AROUND = " \t\u3000*_【】"
"""What stands around a title and is none of it."""
_TITLE = 60
"""Characters of a title at most."""
_WRAPPED = 60
"""Characters from which a line that ends no sentence may go on in the next."""


def parts_of(outline: str, language: Language) -> list[str]:
    """The parts of an outline in their order; one alone, where it shows none; none of an empty one."""
    if not re.search(r"\w", outline):
        return []
    for starts in _ways(outline, language):
        if len(starts) > 1:
            return [outline[start:end].strip() for start, end in zip(starts, [*starts[1:], len(outline)], strict=True)]
    return [outline.strip()]


def chapter_in(part: str) -> str | None:
    """The title of the chapter that a part of an outline is: empty where it gives none, ``None`` where it is none.

    A part is a chapter if it begins with a heading, or says so (``Chapter 2: The Letter``, ``第二章 信``); an act, a
    scene or a book is none.
    """
    heading = _HEADING.match(part)
    line, _, under = part[heading.end(1) if heading else 0 :].strip().partition("\n")
    line = line.strip(_AROUND)
    title = partial(_title, under=under.strip(), is_heading=bool(heading))
    said = _CHAPTER.match(line)
    if said is None:
        return title(line) if heading else None
    if said["edge"]:
        return title(line)
    if (said["word"] or said["sign"]).lower() not in _CHAPTERS:
        return None
    return title(line[said.end() :].lstrip(f"{_AROUND}:：.、．—–-"))


def in_a_line(part: str) -> str:
    """A part of an outline in one line: its heading without marks, a colon, and what stands under it."""
    first, _, rest = part.strip().partition("\n")
    head, under = _MARKDOWN.sub("", first).strip(_AROUND), rest.strip()
    is_heading = bool(_HEADING.match(first) or _CHAPTER.match(first)) and not under[:1].islower()
    if under and is_heading and head[-1:].isalnum():
        head += "：" if _HAN.match(head[-1]) else ":"
    return _AFTER_A_STOP.sub(r"\1", " ".join(f"{head} {under}".split()))


def _title(words: str, *, under: str, is_heading: bool) -> str:
    """The title that a line begins with, up to where its sentence or clause, or the text beside it, ends.

    Empty where that is too long to be one. All of a Markdown heading with text under it is its title; elsewhere what
    follows a colon is the text, and in a line that has all of its part, so is what follows a space between Chinese
    words: a heading in the book must not tell what is still to come.
    """
    if found := _IN_MARKS.match(words):
        return str(next(filter(None, found.groups()))).strip()
    title = _ENDS_A_TITLE.split(words, maxsplit=1)[0]
    if not (is_heading and under):
        title = _BEGINS_ITS_TEXT.split(title, maxsplit=1)[0]
    if not under:
        title = _SPACE_OF_HAN.split(title, maxsplit=1)[0]
    title = title.strip(_AROUND)
    return title if len(title) <= _TITLE else ""


def _ways(outline: str, language: Language) -> Iterator[list[int]]:
    """Where parts begin, by each way in which an outline may show them, the clearest first."""
    yield _headings(outline)
    yield _chapters(outline)
    yield _listed(outline)
    yield _counted(outline)
    yield _not_after_lead_in(outline, [hit.end() for hit in _PARAGRAPH.finditer(outline)])
    yield _not_after_lead_in(outline, _lines(outline, language))
    yield _sentences(outline, language)


def _headings(outline: str) -> list[int]:
    """Markdown headings of the highest level that has several."""
    hits = list(_HEADING.finditer(outline))
    for level in sorted({len(hit[1]) for hit in hits}):
        starts = [hit.start() for hit in hits if len(hit[1]) == level]
        if len(starts) > 1:
            return starts
    return []


def _chapters(outline: str) -> list[int]:
    """Lines that begin as a chapter or an act does: of the first kind of which there are several."""
    hits = list(_CHAPTER.finditer(outline))
    kinds = [(hit["word"] or hit["sign"] or "").lower() for hit in hits]
    kind = next((kind for kind in kinds if kind and kinds.count(kind) > 1), None)
    return [hit.start() for hit, own in zip(hits, kinds, strict=True) if own == kind or not own] if kind else []


def _listed(outline: str) -> list[int]:
    """The outermost items of a list with numbers or bullets."""
    found: list[tuple[int, list[int]]] = []
    for items in (_NUMBERED, _BULLETED):
        hits = list(items.finditer(outline))
        outermost = min((len(hit[1]) for hit in hits), default=0)
        starts = [hit.start() for hit in hits if len(hit[1]) == outermost]
        if len(starts) > 1:
            found.append((outermost, starts))
    return min(found, key=lambda one: one[0])[1] if found else []


def _counted(outline: str) -> list[int]:
    """Numbers that go up from 1 within a text."""
    starts: list[int] = []
    for hit in _NUMBER_WITHIN.finditer(outline):
        if int(hit[1]) == len(starts) + 1:
            starts.append(hit.start())
    return starts


def _lines(outline: str, language: Language) -> list[int]:
    """Lines, but not those in which a longer one is only wrapped."""
    starts: list[int] = []
    before = ""
    for hit in _LINE.finditer(outline):
        goes_on = len(before) >= _WRAPPED and not ends_a_sentence(before, language)
        if not (before and (goes_on or outline[hit.end()].islower())):
            starts.append(hit.end())
        before = outline[hit.end() :].split("\n", 1)[0].rstrip()
    return starts


def _sentences(outline: str, language: Language) -> list[int]:
    starts: list[int] = []
    at = 0
    for piece in pieces(outline, language):
        if re.search(r"\w", piece):
            starts.append(at)
        at += len(piece)
    return starts


def _not_after_lead_in(outline: str, starts: list[int]) -> list[int]:
    """Those but what follows a heading or a line that ends in a colon: the two are one."""
    kept: list[int] = []
    for start, end in zip(starts, [*starts[1:], len(outline)], strict=True):
        text = outline[kept[-1] : start].strip() if kept else ""
        leads_in = text.endswith((":", "：")) or (_HEADING.match(text) and "\n" not in text)
        if not leads_in and outline[start:end].strip():
            kept.append(start)
    return kept
