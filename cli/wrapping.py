"""Lines of running text: broken between words, between characters where there are no spaces, and never before a comma.

Chinese and Japanese have no spaces and rules instead: no line begins with a mark that closes, none ends with one that
opens. Both hold here for text as it streams and for text that is printed at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.measure import Measurement
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, ConsoleOptions, RenderResult

WIDEST = 100
"""Cells of a line of prose, however wide the terminal is."""

_CLOSING = frozenset("，。、；：？！）」』】》〉〕〗”’…—～·％〞ー々,.;:?!)]}%")
"""What begins no line where there are no spaces."""
_OPENING = frozenset("（「『【《〈〔〖“‘〝([{")
"""What ends no line where there are no spaces."""


def joins(before: str, char: str) -> bool:
    """Whether a line may not be broken between what stands there and the next character.

    Args:
        before: what stands there, and has no space in it.
        char: what comes, and is no space.
    """
    if not before:
        return True
    last = before[-1]
    if last in _OPENING or char in _CLOSING:
        return True
    if cell_len(last) > 1 or cell_len(char) > 1:
        return False
    # An opening quotation mark after a closing Chinese one begins a word of its own.
    return not (char in _OPENING and last in _CLOSING and any(cell_len(one) > 1 for one in before))


def pieces(text: str) -> Iterator[str]:
    """A text in pieces that no line break parts: words, characters with the marks that cling to them, spaces."""
    word = ""
    for char in text:
        if char in " \n":
            if word:
                yield word
            yield char
            word = ""
        elif joins(word, char):
            word += char
        else:
            yield word
            word = char
    if word:
        yield word


def breaks(text: str, width: int) -> list[int]:
    """Where the lines of a text begin, but for the first one, so that each has so many cells at the most.

    Args:
        text: its own line breaks stay.
        width: cells of a line.
    """
    found: list[int] = []
    column = at = 0
    for piece in pieces(text):
        size = cell_len(piece)
        if piece == "\n":
            column = 0
        elif piece != " " and column and column + size > width:
            found.append(at)
            column = 0
        if size > width:
            inner, column = _parted(piece, width)
            found.extend(at + place for place in inner)
        elif piece != "\n":
            column += size
        at += len(piece)
    return found


def _parted(piece: str, width: int) -> tuple[list[int], int]:
    """Where a piece that is wider than a line has to be broken all the same, and how wide its end is."""
    found: list[int] = []
    column = 0
    for place, char in enumerate(piece):
        size = cell_len(char)
        if column and column + size > width:
            found.append(place)
            column = 0
        column += size
    return found, column


def wrapped(text: Text, width: int) -> list[Text]:
    """A text in lines of so many cells at the most, each with its styles and without spaces at its end."""
    lines = [line for part in text.divide(breaks(text.plain, width)) for line in part.split("\n", allow_blank=True)]
    for line in lines:
        line.rstrip()
    return lines


class Prose:
    """Running text as Rich prints it: in lines by the rules above, the later ones indented where that is wanted."""

    def __init__(self, text: Text | str, *, indent: int = 0, hang: int = 0) -> None:
        """A text to be printed.

        Args:
            text: it.
            indent: cells before each line.
            hang: cells more before each line but the first.
        """
        self._text = Text(text) if isinstance(text, str) else text
        self._indent, self._hang = indent, hang

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Its lines."""
        del console
        width = max(8, min(WIDEST, options.max_width) - self._indent - self._hang)
        for number, line in enumerate(wrapped(self._text, width)):
            before = self._indent + (self._hang if number else 0)
            yield Text(" " * before) + line if before else line

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """How narrow and how wide it can be."""
        del console
        widest = max((cell_len(line) for line in self._text.plain.splitlines()), default=0)
        before = self._indent + self._hang
        narrowest = max((cell_len(piece) for piece in pieces(self._text.plain)), default=0)
        return Measurement(min(narrowest + before, options.max_width), min(widest + before, options.max_width))
