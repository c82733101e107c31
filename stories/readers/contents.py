"""Lists of contents in a book's text: what they say stands once more after them, as the headings of its chapters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ...schemas.light_markdown import as_text
from .furniture import AN_ENTRY, LEAST_ENTRIES, is_sentence, words_of
from .headings import is_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .pieces import Block

_CONTENTS: Final = re.compile(
    r"\W*(?:table\s+of\s+contents|list\s+of\s+chapters|contents|inhalt(?:sverzeichnis|sübersicht)?|table\s+des\s+mati[èe]res"
    r"|sommaire|[íi]ndice(?:\s+general)?|sumario|sumário|inhoud(?:sopgave)?|spis\s+treści|obsah|оглавление|содержание|зміст"
    r"|فهرست(?:\s+مطالب)?|المحتويات|目\s*[录錄次]|차례|목차)\W*",
    re.IGNORECASE,
)
_PAGE: Final = re.compile(r"[\s.·•…_]*(?:\b(?:\d{1,4}|[ivxlc]{1,6})\b)?\s*$", re.IGNORECASE)
_HEADED: Final = 3
"""Blocks of such a list of which the last may be the first that has a page's number: two may head it."""
_LAST_NUMBER: Final = re.compile(r"(?<!\d)\d{1,4}\Z")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_PART: Final = re.compile(r"[\s.]")
_LEAST_WORDS: Final = 2
_LEADERS: Final = ("...", "…", "··")
_NUMBERED: Final = 3
"""Entries with the number of a page in a line of its own, from which on such a list is known to have them."""
_LEAST_SENTENCE: Final = 40
_FEW: Final = 1 / 4
"""The part of a list's lines that may be sentences."""
_MOST_HEADINGS: Final = 3
"""Headings one under another that a list may have in one line."""


def is_contents_heading(text: str) -> bool:
    """Whether a line says that a list of contents follows."""
    return _CONTENTS.fullmatch(text) is not None


def without_contents(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, of which those that list the headings to come are contents.

    A list is one after a line that says so, or where several in a row are what the headings after them say.
    """
    made = list(blocks)
    story = [at for at, block in enumerate(made) if not block.why]
    later = _last_places(made, story)
    place = 0
    while place < len(story):
        named = is_contents_heading(made[story[place]].text)
        begins, place = place, _end_of_list(made, story, place, later, named=named)
        listed = story[begins + named : place]
        if _is_announced(made, listed, later) if named else _is_list(made, listed, later):
            for at in story[begins:place]:
                made[at] = made[at]._replace(why="contents", rank=0)
        place = max(place, begins + 1)
    return made


def _end_of_list(
    blocks: Sequence[Block], story: Sequence[int], begins: int, later: dict[str, int], *, named: bool
) -> int:
    """The place behind the lines from one on that list what is to come, as far as they do."""
    place = begins + named
    numbered = 0
    while place < len(story):
        ahead = [blocks[at] for at in story[place : place + _HEADED]]
        is_entry = _is_entry(ahead[0], story[place], later)
        if not is_entry and named and any(map(_is_paged, ahead)):
            is_entry = True
        elif not is_entry and named:
            # A number by itself, of a chapter or of a page; what the chapter's own heading says a little otherwise.
            is_number_of_it = is_number(as_text(ahead[0].text))
            follows = [at for at in story[place + 1 : place + 2 * _HEADED] if _is_entry(blocks[at], at, later)]
            is_known = numbered >= _NUMBERED or bool(follows)
            is_entry = (is_number_of_it and is_known) or (
                place > begins + LEAST_ENTRIES and bool(follows) and _is_short(ahead[0])
            )
            numbered += is_number_of_it and is_entry
        if not is_entry:
            break
        # The last of a list may be the first heading of the story, which nothing stands between.
        place += 1
    return place


def _is_short(block: Block) -> bool:
    """Whether a block can be a line of a list that the text has otherwise: no heading, and no sentence."""
    text = as_text(block.text)
    return (
        not block.rank
        and len(text) <= AN_ENTRY
        and "\n" not in text
        and not is_sentence(text)
        and any(map(str.isalnum, text))
    )


def _is_announced(blocks: Sequence[Block], listed: Sequence[int], later: dict[str, int]) -> bool:
    """Whether lines under a heading that announces a list are one: any is a heading's, or has a page's number."""
    return any(_is_paged(blocks[at]) or _names_heading(blocks, at, later) for at in listed)


def _names_heading(blocks: Sequence[Block], at: int, later: dict[str, int]) -> bool:
    lines = [line for line in blocks[at].text.split("\n") if line.strip()]
    said = [words for line in lines for words in (words_of(line), words_of(_PAGE.sub("", line))) if words]
    return any(later.get(words, -1) > at and blocks[later[words]].rank for words in said)


def is_contents_page(texts: Sequence[str]) -> bool:
    """Whether a page says that it lists the contents, and is no text."""
    if not texts or not is_contents_heading(texts[0]):
        return False
    told = [text for text in texts[1:] if len(text) > _LEAST_SENTENCE and is_sentence(text)]
    return len(told) <= _FEW * len(texts)


def _last_places(blocks: Sequence[Block], story: Iterable[int]) -> dict[str, int]:
    """Where each short line is said last; a verse's lines each by themselves."""
    short = [at for at in story if len(blocks[at].text) <= AN_ENTRY]
    alone = {words: at for at in short if (words := words_of(blocks[at].text))}
    # A list has in one line what a chapter has in two or three: its number and its name.
    several: dict[str, int] = {}
    for count in range(2, _MOST_HEADINGS + 1):
        for places in zip(*(short[shift:] for shift in range(count)), strict=False):
            if all(blocks[at].rank for at in places[:-1]):
                several[words_of("".join(blocks[at].text for at in places))] = places[0]
    return alone | {words: max(at, alone.get(words, at)) for words, at in several.items()}


def _is_entry(block: Block, at: int, later: dict[str, int]) -> bool:
    """Whether a block says only what stands once more after it, with a page's number or not."""
    lines = [line for line in block.text.split("\n") if line.strip()]
    return bool(lines) and all(
        len(line) <= AN_ENTRY
        and any(later.get(words, -1) > at for words in (words_of(line), words_of(_PAGE.sub("", line))) if words)
        for line in lines
    )


def _is_paged(block: Block) -> bool:
    """Whether each line of a block ends with the number of a page, as those of a printed list of contents do.

    The rest of a name that is too long for its line stands under it, without one.
    """
    lines = [line for line in block.text.split("\n") if line.strip()]
    paged = [_has_page(line) for line in lines]
    rests = [line for line, is_paged in zip(lines, paged, strict=True) if not is_paged]
    is_mostly = 2 * len(rests) < len(lines) and paged[:1] == [True]
    return is_mostly and all(len(line) <= AN_ENTRY and not is_sentence(line) for line in rests)


def _has_page(line: str) -> bool:
    """Whether a line ends with the number of a page: behind leaders, or behind words of which none ends a sentence."""
    if not (number := _LAST_NUMBER.search(line)):
        return False
    before = line[: number.start()]
    named = before.rstrip()
    if named.endswith(_LEADERS):
        return any(map(str.isalpha, named))
    words = list(_WORD.finditer(named))
    if len(words) < _LEAST_WORDS or named == before:
        return False
    ends = max(map(named.rfind, '.!?…"”’'))
    return words[-1].start() > ends and _PART.search(named, words[0].end(), words[-1].start()) is not None


def _is_list(blocks: Sequence[Block], places: Sequence[int], later: dict[str, int]) -> bool:
    """Whether lines that no title announces are a list: each is said only once before it, and most name headings."""
    said = [words_of(_PAGE.sub("", blocks[at].text)) for at in places]
    named = sum(bool(blocks[later.get(words, at)].rank) for words, at in zip(said, places, strict=True))
    return len(places) > LEAST_ENTRIES and len(set(said)) == len(said) and 2 * named >= len(said)
