"""Scenes of a Word document that only room divides: a paragraph with more of it above than the others have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .gaps import Room, wide
from .word_xml import W, change_paragraphs, said, style_of

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

    from .word_styles import Looks

_MORE: Final = 160
"""Twentieths of a point of room above, more than usual, at least."""


def name_gaps(root: ET.Element, looks: Looks) -> None:
    """Put an empty paragraph before each that has more room above it, and none more below or beside it."""
    rooms = {
        id(paragraph): _room(paragraph, looks)
        for paragraph in root.iter(f"{W}p")
        if said(paragraph) and not looks.styles.rank(style_of(paragraph))
    }
    divided = wide(rooms, _MORE)
    if not divided:
        return

    def change(paragraph: ET.Element, follows: ET.Element | None) -> list[ET.Element]:
        del follows
        return [paragraph.makeelement(f"{W}p", {}), paragraph] if id(paragraph) in divided else [paragraph]

    change_paragraphs(root, change)


def _room(paragraph: ET.Element, looks: Looks) -> Room:
    style = style_of(paragraph)
    above, below, left = (looks.setting(paragraph, style, name) for name in ("before", "after", "left"))
    return Room(*(int(said) if said.isdecimal() and len(said) <= 6 else 0 for said in (above, below, left)))  # noqa: PLR2004
