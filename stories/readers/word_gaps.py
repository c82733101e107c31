"""Scenes of a Word document that only room divides: a paragraph with more of it above than the others have."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from .word_xml import W, change_paragraphs, said, style_of

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

    from .word_styles import Looks

_MORE: Final = 160
"""Twentieths of a point of room above, more than usual, at least."""
_MOST: Final = 1 / 4
"""The part of the paragraphs that may begin a scene."""


class _Room(NamedTuple):
    """The room above a paragraph, below it and before its lines, in twentieths of a point."""

    above: int
    below: int
    left: int


def name_gaps(root: ET.Element, looks: Looks) -> None:
    """Put an empty paragraph before each that has more room above it, and none more below or beside it."""
    rooms = {
        id(paragraph): _room(paragraph, looks)
        for paragraph in root.iter(f"{W}p")
        if said(paragraph) and not looks.styles.rank(style_of(paragraph))
    }
    usual = Counter(rooms.values()).most_common(1)[0][0] if rooms else _Room(0, 0, 0)
    wide = {key for key, room in rooms.items() if _is_wide(room, usual)}
    if not wide or len(wide) > _MOST * len(rooms):
        return

    def change(paragraph: ET.Element, follows: ET.Element | None) -> list[ET.Element]:
        del follows
        return [paragraph.makeelement(f"{W}p", {}), paragraph] if id(paragraph) in wide else [paragraph]

    change_paragraphs(root, change)


def _room(paragraph: ET.Element, looks: Looks) -> _Room:
    style = style_of(paragraph)
    above, below, left = (looks.setting(paragraph, style, name) for name in ("before", "after", "left"))
    return _Room(*(int(said) if said.isdecimal() and len(said) <= 6 else 0 for said in (above, below, left)))  # noqa: PLR2004


def _is_wide(room: _Room, usual: _Room) -> bool:
    return room.above >= usual.above + _MORE and room.below < usual.below + _MORE and room.left < usual.left + _MORE
