"""Scenes that only a style sheet divides: a paragraph with more room above it than the others have.

Such a paragraph has an empty line put before it; whether that divides scenes is decided where empty lines are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .gaps import Room, wide
from .page_styles import rules_of
from .pieces import EMPTY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Margins = dict[tuple[str, str], dict[str, float]]
"""By tag (empty: any) and class (empty: any): the room on each side, in the height of a letter."""

_PARAGRAPH: Final = re.compile(r"(?i)<p\b(?P<said>[^<>]*)>")
_CLASS: Final = re.compile(r"""(?i)\sclass\s*=\s*(?:(["'])(?P<quoted>[^"'<>]*)\1|(?P<bare>[\w-]+))""")
_OWN: Final = re.compile(r"""(?i)\sstyle\s*=\s*(["'])(?P<said>[^"<>]*?)\1""")
_DECLARED: Final = re.compile(
    r"(?P<name>margin(?:-(?:top|bottom|left|block-start))?|padding-top)\s*:\s*(?P<value>[^;]{1,100})", re.IGNORECASE
)
_LENGTH: Final = re.compile(r"(?P<number>\d*\.?\d+)(?P<unit>[a-z%]*)", re.IGNORECASE)
_IN_LETTERS: Final = {
    "em": 1,
    "rem": 1,
    "lh": 1.2,
    "ex": 0.5,
    "px": 1 / 16,
    "pt": 1 / 12,
    "%": 0.25,
    "in": 6,
    "cm": 2.4,
}
_SIDES: Final = {1: (0, 0, 0, 0), 2: (0, 1, 0, 1), 3: (0, 1, 2, 1), 4: (0, 1, 2, 3)}
_MORE: Final = 0.7
"""How much more room there is above, at least, in the height of a letter."""
_NAMES: Final = {"margin-top": "top", "margin-block-start": "top", "padding-top": "padding"}


def margins_of(sheet: str) -> Margins:
    """What a style sheet says of the room around paragraphs."""
    found: Margins = {}
    for tag, name, within in rules_of(sheet):
        if said := _said(within):
            found.setdefault((tag, name), {}).update(said)
    return found


def with_gaps_of_styles(text: str, margins: Sequence[Margins]) -> str:
    """A page with an empty line before each paragraph that has more room above it than is usual.

    Args:
        text: the page.
        margins: what its style sheets say; the later wins.
    """
    places = list(_PARAGRAPH.finditer(text))
    rooms = {number: _room(hit["said"], margins) for number, hit in enumerate(places)}
    made: list[str] = []
    at = 0
    for place in (places[number].start() for number in sorted(wide(rooms, _MORE))):
        made += [text[at:place], f"<p>{EMPTY}</p>"]
        at = place
    return "".join([*made, text[at:]])


def _room(attributes: str, margins: Sequence[Margins]) -> Room:
    names = (hit["quoted"] or hit["bare"] or "").split() if (hit := _CLASS.search(attributes)) else []
    said: dict[str, float] = {}
    for key in (("", ""), ("p", ""), *(key for name in names for key in (("", name), ("p", name)))):
        for sheet in margins:
            said |= sheet.get(key, {})
    if own := _OWN.search(attributes):
        said |= _said(own["said"])
    return Room(said.get("top", 0) + said.get("padding", 0), said.get("bottom", 0), said.get("left", 0))


def _said(text: str) -> dict[str, float]:
    said: dict[str, float] = {}
    for hit in _DECLARED.finditer(text):
        name, values = hit["name"].lower(), list(_lengths(hit["value"]))
        if name == "margin" and len(values) in _SIDES:
            top, _, bottom, left = (values[side] for side in _SIDES[len(values)])
            said |= {"top": top, "bottom": bottom, "left": left}
        elif name != "margin" and values:
            said[_NAMES.get(name, name.rpartition("-")[2])] = values[0]
    return said


def _lengths(text: str) -> Iterator[float]:
    for word in text.split():
        hit = _LENGTH.match(word)
        unit = hit["unit"].lower() if hit else ""
        yield float(hit["number"]) * _IN_LETTERS.get(unit, 0) if hit and float(hit["number"]) else 0.0
