"""What an OpenDocument's styles say by lines, room and size: where a scene ends, and which paragraphs head chapters."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from typing import TYPE_CHECKING, Final, NamedTuple

from ...schemas.wording import one_line
from .gaps import Room, wide
from .large_letters import Letters, ranks_of_large
from .pieces import DIVIDER, EMPTY
from .plain import is_scene_break

if TYPE_CHECKING:
    from collections.abc import Iterator

_STYLE: Final = re.compile(
    r"<style:(?:default-)?style\b(?P<said>[^<>]*)>"
    r"|<style:(?:text|paragraph)-properties\b(?P<held>[^<>]*)>"
)
_ATTRIBUTE: Final = re.compile(r"""([\w-]+:[\w-]+)\s*=\s*["']([^"'<>]*)["']""")
_PARAGRAPH: Final = re.compile(
    r"<text:p\b(?P<said>[^<>]*?)(?:/>|>(?P<told>(?:(?!<text:p\b|</text:p).)*)</text:p\s*>)", re.DOTALL
)
_HEADING: Final = re.compile(r"<text:h\b")
_STYLE_NAME: Final = re.compile(r"""text:style-name\s*=\s*["']([^"'<>]*)["']""")
_SPAN: Final = re.compile(r"<text:span\b(?P<said>[^<>]*?)(?P<empty>/?)>|(?P<end></text:span\s*>)|<[^<>]*>")
_LENGTH: Final = re.compile(r"(-?\d*\.?\d+)(pt|in|cm|mm|px|pc)?", re.IGNORECASE)
_IN_POINTS: Final = {"": 1.0, "pt": 1.0, "in": 72.0, "cm": 28.35, "mm": 2.835, "px": 0.75, "pc": 12.0}
_RULE: Final = "Horizontal_20_Line"
_EDGES: Final = ("fo:border-bottom", "fo:border-top", "fo:border")
_NO_EDGE: Final = frozenset({"", "none", "hidden"})
_DEEPEST: Final = 20
_MORE: Final = 8.0
"""Points of room above, more than usual, at least."""
_USUAL: Final = 12.0
"""Points of the letters where no style says it."""


class _Style(NamedTuple):
    """A style: what it is based on, and what it says."""

    parent: str
    says: dict[str, str]


class Looks:
    """What the styles of a document say of room, lines and size."""

    def __init__(self, *parts: str) -> None:
        self._styles: dict[str, _Style] = {}
        name = ""
        for hit in (hit for part in parts for hit in _STYLE.finditer(part)):
            if hit["held"] is not None:
                if name in self._styles:
                    self._styles[name].says.update(_ATTRIBUTE.findall(hit["held"]))
                continue
            said = dict(_ATTRIBUTE.findall(hit["said"]))
            # A default style of paragraphs has no name; it is what each of them is based on last.
            is_usual = "style:name" not in said and said.get("style:family") == "paragraph"
            name = "" if is_usual else said.get("style:name", "-")
            self._styles[name] = _Style("-" if not name else said.get("style:parent-style-name", ""), {})

    def value(self, name: str, key: str) -> str:
        """What a style, or one that it is based on, says."""
        for _ in range(_DEEPEST):
            style = self._styles.get(name)
            if style is None:
                return self._styles[""].says.get(key, "") if "" in self._styles else ""
            if key in style.says:
                return style.says[key]
            name = style.parent
        return ""

    def points(self, name: str, key: str) -> float:
        """A length that a style says."""
        hit = _LENGTH.fullmatch(self.value(name, key))
        return float(hit[1]) * _IN_POINTS[(hit[2] or "").lower()] if hit else 0.0

    def is_line(self, name: str) -> bool:
        """Whether an empty paragraph of a style is a line across."""
        for _ in range(_DEEPEST):
            if name == _RULE:
                return True
            style = self._styles.get(name)
            if style is None:
                return False
            if any(style.says.get(edge, "") not in _NO_EDGE for edge in _EDGES):
                return True
            name = style.parent
        return False


def with_looks(content: str, looks: Looks) -> str:
    """A document's text that says where its styles divide scenes, and which of its paragraphs are headings."""
    found = list(_PARAGRAPH.finditer(content))
    divided = wide(_rooms(found, looks), _MORE)
    ranks = {} if _HEADING.search(content) else _ranks(found, looks)
    made: list[str] = []
    at = 0
    for number, hit in enumerate(found):
        name, told = _name(hit["said"]), hit["told"] or ""
        if not told.strip() and looks.is_line(name):
            put = f"<text:p>{DIVIDER}</text:p>"
        elif number in ranks:
            put = f'<text:h text:outline-level="{ranks[number]}">{told}</text:h>'
        elif number in divided:
            put = f"<text:p>{EMPTY}</text:p>{hit[0]}"
        else:
            continue
        made += [content[at : hit.start()], put]
        at = hit.end()
    return "".join([*made, content[at:]])


def _name(attributes: str) -> str:
    hit = _STYLE_NAME.search(attributes)
    return hit[1] if hit else ""


def _rooms(found: list[re.Match[str]], looks: Looks) -> dict[int, Room]:
    """The room around each paragraph that says something, in points."""
    keys = ("fo:margin-top", "fo:margin-bottom", "fo:margin-left")
    return {
        number: Room(*(looks.points(_name(hit["said"]), key) for key in keys))
        for number, hit in enumerate(found)
        if (hit["told"] or "").strip()
    }


def _ranks(found: list[re.Match[str]], looks: Looks) -> dict[int, int]:
    """The ranks of the paragraphs that stand in larger letters as a whole, where the document names no headings."""
    weights: Counter[float] = Counter()
    paragraphs: dict[int, Letters] = {}
    for number, hit in enumerate(found):
        pieces = [(size, text) for size, text in _pieces(hit, looks) if text.strip()]
        for size, text in pieces:
            weights[size] += len(text)
        told = one_line("".join(text for _, text in pieces))
        if told and not is_scene_break(told):
            paragraphs[number] = Letters(min(size for size, _ in pieces), len(told))
    return ranks_of_large(paragraphs, weights)


def _pieces(paragraph: re.Match[str], looks: Looks) -> Iterator[tuple[float, str]]:
    """The pieces of a paragraph, each with the size of its letters in points."""
    told = paragraph["told"] or ""
    sizes = [looks.points(_name(paragraph["said"]), "fo:font-size") or _USUAL]
    at = 0
    for hit in _SPAN.finditer(told):
        if text := unescape(told[at : hit.start()]):
            yield sizes[-1], text
        at = hit.end()
        if hit["end"]:
            sizes = sizes[:-1] if len(sizes) > 1 else sizes
        elif hit["said"] is not None and not hit["empty"]:
            sizes.append(looks.points(_name(hit["said"]), "fo:font-size") or sizes[-1])
    if text := unescape(told[at:]):
        yield sizes[-1], text
