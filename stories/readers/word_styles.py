"""What the styles of a Word document say of its paragraphs and letters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .word_xml import W, is_on, size, value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree import ElementTree as ET

MARKS: Final = ("i", "b", "smallCaps", "strike", "vanish", "caps", "u")
"""What letters are or are not, by their own properties or by their styles."""
_NO_HEADING: Final = 9
_DEEPEST: Final = 20
_SIZE: Final = 20
"""Of letters of which nothing says how large they are, in half points."""
_HEADING_NAME: Final = re.compile(r"heading\s*([1-9])", re.IGNORECASE)
_CONTENTS_NAME: Final = re.compile(r"toc\s*(?:[1-9]|heading)|table of (?:contents|figures)", re.IGNORECASE)
_TITLE_NAMES: Final = frozenset({"title", "subtitle", "author"})


class Styles:
    """The styles of a document."""

    def __init__(self, root: ET.Element | None) -> None:
        self._names: dict[str, str] = {}
        self._based: dict[str, str] = {}
        self._levels: dict[str, int] = {}
        self._sizes: dict[str, int] = {}
        self._marks: dict[str, dict[str, bool]] = {}
        self._settings: dict[str, dict[str, str]] = {}
        self._usual = ""
        for style in [] if root is None else root.iter(f"{W}style"):
            if style.get(f"{W}type") in {"paragraph", "character"}:
                self._read(style)
        defaults = None if root is None else root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        self._size = size(defaults) or _SIZE

    def _read(self, style: ET.Element) -> None:
        key = style.get(f"{W}styleId", "")
        self._names[key] = value(style.find(f"{W}name"))
        self._based[key] = value(style.find(f"{W}basedOn"))
        letters = style.find(f"{W}rPr")
        self._sizes[key] = size(letters)
        self._marks[key] = marks_of(letters)
        if style.get(f"{W}type") == "character":
            return
        level = value(style.find(f"{W}pPr/{W}outlineLvl"))
        if level.isdecimal():
            self._levels[key] = int(level)
        self._settings[key] = settings_of(style.find(f"{W}pPr"))
        if style.get(f"{W}default") in {"1", "true"}:
            self._usual = key

    def rank(self, key: str) -> int:
        """The rank of a heading (1 the highest) of that style, 0 for text."""
        for name in self._line(key):
            if name in self._levels:
                return 0 if self._levels[name] >= _NO_HEADING else self._levels[name] + 1
            if hit := _HEADING_NAME.fullmatch(self._names.get(name, "")):
                return int(hit[1])
        return 0

    def size(self, key: str) -> int:
        """How large the letters of that style are, in half points; of none: as the document usually has them."""
        return next(
            (found for name in self._line(key or self._usual) if (found := self._sizes.get(name, 0))), self._size
        )

    def letters(self, key: str) -> int:
        """How large a style of letters alone makes them, in half points; 0: it says nothing of that."""
        return next((found for name in self._line(key) if (found := self._sizes.get(name, 0))), 0)

    def mark(self, key: str, mark: str) -> bool:
        """Whether the letters of a style have a mark; of none: whether those of the document usually have."""
        for name in self._line(key or self._usual):
            if mark in self._marks.get(name, {}):
                return self._marks[name][mark]
        return False

    def setting(self, key: str, name: str) -> str:
        """How a paragraph of a style is set ("jc"); empty where nothing says so."""
        for style in self._line(key or self._usual):
            if name in self._settings.get(style, {}):
                return self._settings[style][name]
        return ""

    def is_contents(self, key: str) -> bool:
        """Whether it is the style of a line of a contents page."""
        return bool(_CONTENTS_NAME.match(self._names.get(key, key)) or _CONTENTS_NAME.fullmatch(key))

    def is_of_title(self, key: str) -> bool:
        """Whether it is the style of the book's title, or of who wrote it."""
        return self._names.get(key, "").lower() in _TITLE_NAMES

    def _line(self, key: str) -> Iterator[str]:
        for _ in range(_DEEPEST):
            if not key:
                return
            yield key
            key = self._based.get(key, "")


def marks_of(properties: ET.Element | None) -> dict[str, bool]:
    """The marks that properties of letters set or take away."""
    if properties is None:
        return {}
    return {mark: is_on(found) for mark in MARKS if (found := properties.find(f"{W}{mark}")) is not None}


def settings_of(properties: ET.Element | None) -> dict[str, str]:
    """How properties of a paragraph say that it is set."""
    if properties is None:
        return {}
    middle, room, indent = (properties.find(f"{W}{name}") for name in ("jc", "spacing", "ind"))
    found = {} if middle is None else {"jc": value(middle)}
    sides = [(room, "before"), (room, "after"), (indent, "left"), (indent, "start")]
    for element, side in sides:
        if element is not None and (told := element.get(f"{W}{side}")):
            found["left" if side == "start" else side] = told
    return found


class Looks:
    """How the letters and paragraphs of a document look, by their own properties and by their styles."""

    def __init__(self, styles: Styles) -> None:
        self.styles = styles

    def has(self, run: ET.Element, style: str, mark: str) -> bool:
        """Whether a run in a paragraph of a style has a mark: its own word counts, else two styles undo each other."""
        properties = run.find(f"{W}rPr")
        own = marks_of(properties)
        if mark in own:
            return own[mark]
        character = "" if properties is None else value(properties.find(f"{W}rStyle"))
        return self.styles.mark(style, mark) != (bool(character) and self.styles.mark(character, mark))

    def setting(self, paragraph: ET.Element, style: str, name: str) -> str:
        """How a paragraph is set."""
        own = settings_of(paragraph.find(f"{W}pPr"))
        return own[name] if name in own else self.styles.setting(style, name)

    def size(self, run: ET.Element, style: str) -> int:
        """How large the letters of a run are, in half points."""
        properties = run.find(f"{W}rPr")
        character = "" if properties is None else value(properties.find(f"{W}rStyle"))
        return size(properties) or self.styles.letters(character) or self.styles.size(style)
