"""The characters of a text that somebody wrote: what is kept of them, and what only looks like a space.

No-break, thin and ideographic spaces, joiners (of emoji, of Persian), marks of direction and soft hyphens belong to a
language's spelling: dropping one joins or breaks words. What no reader shows and XML does not allow is dropped.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LINE: Final = re.compile("\r\n|[\r\x0b\x85\u2028]")
_PARAGRAPH: Final = re.compile("[\x0c\u2029]")
_DROPPED: Final = frozenset({"Cc", "Cs"})
_NONCHARACTER: Final = 0xFFFE  # the low bits of two code points of each plane
_BYTE_ORDER_MARK: Final = "\ufeff"

PADDING: Final = " \t\u2003\u3000"
"""Spaces that indent a paragraph, at its head or before its end; inside a text they are kept."""
_INNER: Final = re.compile(r"[ \t]+")


def readable(text: str) -> str:
    """A text without control characters and byte order marks, its lines divided by line feeds.

    A vertical tab and U+2028 end a line, a form feed and U+2029 a paragraph; every space, joiner and mark is kept.
    """
    lines = _PARAGRAPH.sub("\n\n", _LINE.sub("\n", text))
    return lines if lines.isascii() and lines.isprintable() else "".join(filter(_is_kept, lines))


def as_said(text: str) -> str:
    """What a person said: a readable text, and nothing around it."""
    return readable(text).strip()


def _is_kept(char: str) -> bool:
    if char in "\t\n":
        return True
    if char == _BYTE_ORDER_MARK or ord(char) & _NONCHARACTER == _NONCHARACTER:
        return False
    return unicodedata.category(char) not in _DROPPED


def tidy_line(line: str) -> str:
    """A line without indentation, and with one plain space where there were several."""
    return _INNER.sub(" ", line).strip(PADDING)
