"""Notes that only signs tell of: "[A]" in the text, and "[A] So it was." or "[Footnote A: So it was.]" behind it.

They stand at their places where the text has their marks; what is left of a list of notes is back matter.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from ...schemas.light_markdown import (
    SCENE_BREAK,
    Note,
    Paragraph,
    Run,
    as_text,
    read_paragraph,
    with_text,
    write_paragraph,
)
from .headings import NOTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...schemas.light_markdown import Inline
    from .pieces import Block

_LISTED: Final = re.compile(rf"\W*(?:{NOTES})\W*", re.IGNORECASE)
_SIGN: Final = r"\d{1,3}|[A-Za-z]|[*†‡§¶]{1,3}"
_BRACKETED: Final = re.compile(
    rf"[\[［【〔](?:(?:foot|end)?note\s*)?(?P<sign>{_SIGN})[\]］】〕]\s*(?P<said>\S.*)", re.DOTALL
)
_WHOLE: Final = re.compile(
    rf"\[(?:foot|end)?note\s*(?P<sign>{_SIGN})\s*[:.]\s*(?P<said>.*\S)\s*\]", re.DOTALL | re.IGNORECASE
)
_NUMBERED: Final = re.compile(r"(?P<sign>\d{1,3})(?:[.):：、]\s*|\s+)(?P<said>\S.*)", re.DOTALL)
_MARK: Final = re.compile(rf"[\[［【〔](?:(?:foot|end)?note\s*)?(?P<sign>{_SIGN})[\]］】〕]", re.IGNORECASE)
_OPENS: Final = re.compile(r"[*_\\]*[\[［【〔]")
_MOST: Final = 4000
"""Characters of a note."""


class _Told(NamedTuple):
    """A note: where it stands, its sign, and what it says, as the text has it."""

    at: int
    sign: str
    said: tuple[Run, ...]


def with_marked_notes(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with each note where its mark is."""
    made: list[Block | None] = list(blocks)
    story = [at for at, block in enumerate(blocks) if not block.why and block.text != SCENE_BREAK]
    begins = 0
    for top, notes, end in _lists(blocks, story):
        if top < 0:
            # Without a heading, only what the same chapter marks are notes.
            begins = next((at for at in range(notes[0].at - 1, begins - 1, -1) if blocks[at].rank), begins)
        marks = _marks(made, begins, top if top >= 0 else notes[0].at)
        taken = 0
        for note in notes:
            places = marks.get(note.sign, [])
            if len(places) == 1 and (block := made[places[0]]) is not None:
                made[places[0]] = _with_note(block, note)
                made[note.at] = None
                taken += 1
        if top >= 0 and taken == len(notes):
            made[top] = None
        begins = end
    return [block for block in made if block is not None]


def _marks(blocks: Sequence[Block | None], begins: int, ends: int) -> dict[str, list[int]]:
    """Where the text between two places has each mark, as often as it has it."""
    found: dict[str, list[int]] = {}
    for at in range(begins, ends):
        block = blocks[at]
        if block is not None and not block.why and _OPENS.search(block.text):
            for hit in _MARK.finditer(as_text(block.text)):
                found.setdefault(hit["sign"], []).append(at)
    return found


def _lists(blocks: Sequence[Block], story: Sequence[int]) -> Iterator[tuple[int, list[_Told], int]]:
    """The lists of notes: where the heading of each is (-1: it has none), its notes, and the place behind it."""
    number = 0
    while number < len(story):
        at = story[number]
        is_headed = _LISTED.fullmatch(as_text(blocks[at].text)) is not None
        place = number + is_headed
        notes: list[_Told] = []
        while place < len(story) and not blocks[story[place]].rank:
            note = _told(blocks[story[place]], story[place], is_headed=is_headed)
            if note is None:
                break
            notes.append(note)
            place += 1
        if notes:
            yield (at if is_headed else -1, notes, story[place - 1] + 1)
        number = max(place, number + 1)


def _told(block: Block, at: int, *, is_headed: bool) -> _Told | None:
    if len(block.text) > _MOST or not (is_headed or _OPENS.match(block.text)):
        return None
    plain = as_text(block.text)
    hit = _WHOLE.fullmatch(plain) or _BRACKETED.fullmatch(plain) or (_NUMBERED.fullmatch(plain) if is_headed else None)
    if hit and not is_headed and hit["said"][:1].islower():
        return None
    return _Told(at, hit["sign"], tuple(_cut(block.text, *hit.span("said")))) if hit else None


def _cut(text: str, begins: int, ends: int) -> Iterator[Run]:
    """What a paragraph says between two places of its plain text, in one line, with its marks."""
    at = 0
    for part in read_paragraph(text).inlines:
        if isinstance(part, Run):
            said = part.text[max(begins - at, 0) : max(ends - at, 0)]
            at += len(part.text)
            if said:
                yield with_text(part, " ".join(said.split("\n")))


def _with_note(block: Block, note: _Told) -> Block:
    made: list[Inline] = []
    for part in read_paragraph(block.text).inlines:
        hits = _MARK.finditer(part.text) if isinstance(part, Run) else ()
        hit = next((hit for hit in hits if hit["sign"] == note.sign), None)
        if hit and isinstance(part, Run):
            made += [with_text(part, part.text[: hit.start()].rstrip(" ")), Note(note.said)]
            made.append(with_text(part, part.text[hit.end() :]))
        else:
            made.append(part)
    return block._replace(text=write_paragraph(Paragraph(tuple(made))))
