"""The XML of Word: its names, and the few things that are asked of its elements again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PREFIXES: Final = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "wpg": "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup",
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
}
"""The names that pandoc knows these by."""
_STRICT: Final = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": PREFIXES["w"].encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": PREFIXES["r"].encode(),
    b"http://purl.oclc.org/ooxml/drawingml/main": PREFIXES["a"].encode(),
    b"http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing": PREFIXES["wp"].encode(),
    b"http://purl.oclc.org/ooxml/drawingml/picture": PREFIXES["pic"].encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/math": PREFIXES["m"].encode(),
}
"""What a document says that was saved as "Strict Open XML"."""
_OFF: Final = frozenset({"0", "false", "off", "none"})


def as_usual(content: bytes) -> bytes:
    """A part of a document by the names that documents usually have."""
    if b"http://purl.oclc.org/ooxml/" in content:
        for strict, usual in _STRICT.items():
            content = content.replace(strict, usual)
    return content


def value(element: ET.Element | None) -> str:
    """What an element says by its one attribute; empty where it is not there."""
    return "" if element is None else element.get(f"{W}val", "")


def is_on(element: ET.Element) -> bool:
    """Whether a mark is set: it is by being there, unless it says that it is not."""
    return element.get(f"{W}val", "on").lower() not in _OFF


def style_of(paragraph: ET.Element) -> str:
    """The key of a paragraph's style; empty: the usual one."""
    return value(paragraph.find(f"{W}pPr/{W}pStyle"))


def properties_of(element: ET.Element, kind: str) -> ET.Element:
    """The properties of a paragraph (``pPr``) or a run (``rPr``), made where it has none."""
    found = element.find(f"{W}{kind}")
    if found is None:
        found = ET.Element(f"{W}{kind}")
        element.insert(0, found)
    return found


def set_style(paragraph: ET.Element, style: str) -> None:
    """Give a paragraph a style."""
    properties = properties_of(paragraph, "pPr")
    named = properties.find(f"{W}pStyle")
    if named is None:
        named = ET.Element(f"{W}pStyle")
        properties.insert(0, named)
    named.set(f"{W}val", style)


def said(element: ET.Element) -> str:
    """What an element says in one line."""
    return " ".join("".join(_texts(element.iter())).split())


def _texts(elements: Iterable[ET.Element]) -> Iterator[str]:
    for element in elements:
        if element.tag == f"{W}t":
            yield element.text or ""
        elif element.tag in {f"{W}tab", f"{W}br", f"{W}cr", f"{W}p"}:
            yield " "


def size(properties: ET.Element | None) -> int:
    """How large letters are by their properties, in half points; 0 where that is not said."""
    found = "" if properties is None else value(properties.find(f"{W}sz"))
    return int(found) if found.isdecimal() and len(found) < 5 else 0  # noqa: PLR2004 (no letter is larger)


def holders(root: ET.Element, tag: str) -> list[tuple[ET.Element, ET.Element]]:
    """Each element of a tag with what it stands in, in order."""
    return [(parent, child) for parent in root.iter() for child in parent if child.tag == tag]


def marked(properties: ET.Element, mark: str, *, is_set: bool = True) -> None:
    """Say in properties that a mark is set, or that it is not."""
    found = properties.find(f"{W}{mark}")
    if found is None:
        found = ET.SubElement(properties, f"{W}{mark}")
    found.set(f"{W}val", "1" if is_set else "0")


def change_paragraphs(
    root: ET.Element, change: Callable[[ET.Element, ET.Element | None], Sequence[ET.Element]]
) -> None:
    """Put something in the place of each paragraph; of those that stand in each other, in the inner ones first.

    Args:
        root: what they stand in.
        change: gets a paragraph and the one that follows it at once, if one does; gives what is to stand there.
    """
    for parent in reversed(list(root.iter())):
        if any(child.tag == f"{W}p" for child in parent):
            children: list[ET.Element | None] = list(parent)
            made: list[ET.Element] = []
            for child, after in zip(list(parent), [*children[1:], None], strict=True):
                follows = after if after is not None and after.tag == f"{W}p" else None
                made.extend(change(child, follows) if child.tag == f"{W}p" else (child,))
            parent[:] = made
