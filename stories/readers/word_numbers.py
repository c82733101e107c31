"""The numbers that Word puts before headings by itself: "Chapter 4", "IV.", "第四章"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from .number_words import in_chinese, in_english
from .word_xml import W, said, value

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

_LEVELS: Final = 9
_MOST: Final = 999
_PLACE: Final = re.compile(r"%([1-9])")
_ROMAN: Final = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_CHINESE: Final = ("chinesecounting", "japanesecounting", "ideographdigital", "taiwanesecounting")


class _Level(NamedTuple):
    start: int
    kind: str
    text: str


class Numbers:
    """The lists of a document, and how far each has counted."""

    def __init__(self, root: ET.Element | None, styles: ET.Element | None) -> None:
        self._lists: dict[str, dict[int, _Level]] = {}
        self._of: dict[str, str] = {}
        self._counts: dict[str, list[int]] = {}
        self._by_style: dict[str, tuple[str, int]] = {}
        for one in [] if root is None else root.iter(f"{W}abstractNum"):
            levels = {int(level.get(f"{W}ilvl", "0")): _level(level) for level in one.iter(f"{W}lvl")}
            self._lists[one.get(f"{W}abstractNumId", "")] = levels
        for one in [] if root is None else root.iter(f"{W}num"):
            self._of[one.get(f"{W}numId", "")] = value(one.find(f"{W}abstractNumId"))
        for style in [] if styles is None else styles.iter(f"{W}style"):
            numbered = style.find(f"{W}pPr/{W}numPr")
            if numbered is not None:
                self._by_style[style.get(f"{W}styleId", "")] = _numbered(numbered)

    def count(self, paragraph: ET.Element, style: str, *, shown: bool) -> None:
        """Count a paragraph, if it is one of a list.

        Args:
            paragraph: the paragraph.
            style: its style's key.
            shown: whether its number is to stand in its text, because it is a heading.
        """
        own = paragraph.find(f"{W}pPr/{W}numPr")
        key, depth = ("", 0) if own is None else _numbered(own)
        by_style = self._by_style.get(style, ("", 0))
        key, depth = (key, depth) if key else (by_style[0], depth or by_style[1])
        levels = self._lists.get(self._of.get(key, ""), {})
        if not shown or not levels or not 0 <= depth < _LEVELS:
            return
        counts = self._counts.setdefault(self._of[key], [0] * _LEVELS)
        counts[depth] = counts[depth] + 1 if counts[depth] else levels.get(depth, _Level(1, "", "")).start
        counts[depth + 1 :] = [0] * (_LEVELS - depth - 1)
        if own is not None:
            paragraph[0].remove(own) if paragraph[0].tag == f"{W}pPr" else None
        if label := _label(levels, counts, depth):
            _put(paragraph, label)


def _level(level: ET.Element) -> _Level:
    start = value(level.find(f"{W}start"))
    return _Level(
        int(start) if start.isdecimal() else 1, value(level.find(f"{W}numFmt")), value(level.find(f"{W}lvlText"))
    )


def _numbered(properties: ET.Element) -> tuple[str, int]:
    depth = value(properties.find(f"{W}ilvl"))
    return value(properties.find(f"{W}numId")), int(depth) if depth.isdecimal() else 0


def _label(levels: dict[int, _Level], counts: list[int], depth: int) -> str:
    """What Word shows before a paragraph; empty where that is nothing, or a sign."""

    def figure(hit: re.Match[str]) -> str:
        place = int(hit[1]) - 1
        return _figure(max(counts[place], 1), levels.get(place, _Level(1, "decimal", "")).kind)

    level = levels.get(depth, _Level(1, "", ""))
    if level.kind.lower() in {"", "bullet", "none"} and "%" not in level.text:
        return ""
    return _PLACE.sub(figure, level.text).strip()


def _figure(number: int, kind: str) -> str:
    if number > _MOST:
        return str(number)
    kind = kind.lower()
    if kind.endswith("roman"):
        roman = _roman(number)
        return roman.upper() if kind == "upperroman" else roman
    if kind.endswith("letter"):
        letter = chr(ord("a") + (number - 1) % 26)
        return letter.upper() if kind == "upperletter" else letter
    if kind.startswith(_CHINESE):
        return in_chinese(number)
    if kind in {"cardinaltext", "ordinaltext"}:
        return in_english(number, place=kind == "ordinaltext")
    return "" if kind == "none" else f"{number:02}" if kind == "decimalzero" else str(number)


def _roman(number: int) -> str:
    made = "c" * (number // 100)
    number %= 100
    for worth, said_so in _ROMAN[1:]:
        made += said_so * (number // worth)
        number %= worth
    return made


def _put(paragraph: ET.Element, label: str) -> None:
    """Let a paragraph begin with its number."""
    text = said(paragraph)
    if not text:
        between = ""
    elif label[-1].isalnum() and label[-1].isascii():
        between = ". "
    else:
        between = " "
    run = paragraph.makeelement(f"{W}r", {})
    told = paragraph.makeelement(f"{W}t", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
    told.text = label + between
    run.append(told)
    paragraph.insert(1 if len(paragraph) and paragraph[0].tag == f"{W}pPr" else 0, run)
