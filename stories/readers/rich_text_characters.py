"""The characters of Rich Text, which it writes as numbers with something to show in their place, as characters.

Pandoc loses the letter after a number whose replacement is no question mark, loses an emoji (which is two numbers), and
reads no file in which an apostrophe follows the code of a character.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN: Final = re.compile(
    rb"\\uc(?P<count>\d{1,3})[ ]?|\\u(?P<number>-?\d{1,6})[ ]?|(?P<codes>(?:\\'[0-9a-fA-F]{2}(?:\r?\n(?=\\'))?)+)"
    rb"|(?P<word>\\[a-z]{1,32}-?\d{0,10}[ ]?|\\.)|(?P<open>\{)|(?P<close>\})|(?P<raw>[\x80-\xff]+)|[^\\{}\x80-\xff]+",
    re.DOTALL,
)
_CODE_PAGE: Final = re.compile(rb"\\ansicpg(\d{1,5})")
_CODE: Final = re.compile(rb"\\'([0-9a-fA-F]{2})")
_INSTEAD: Final = re.compile(rb"\\'[0-9a-fA-F]{2}|\\[^a-z]|[^\\{}\r\n]", re.DOTALL)
"""What stands for a character where a program does not know its number."""
_LATIN: Final = "cp1252"
_UNITS: Final = 2**16
_MEANT: Final = re.compile(r"[\\{}]")
_LINE: Final = re.compile(r"[\x00-\x1f]")


def as_characters(content: bytes) -> str:
    """Rich Text whose characters are written as themselves."""
    page = _CODE_PAGE.search(content[:4000])
    text = "".join(_pieces(content, _known(page[1].decode()) if page else _LATIN))
    # What was written as two numbers is one character.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _known(page: str) -> str:
    name = "utf-8" if page == "65001" else f"cp{page}"
    try:
        b"".decode(name)
    except LookupError:
        return _LATIN
    return name


def _pieces(content: bytes, page: str) -> Iterator[str]:
    counts = [1]
    at = 0
    is_word = False
    while hit := _TOKEN.match(content, at):
        at = hit.end()
        if hit["number"]:
            text = _meant(chr(int(hit["number"]) % _UNITS))
            at = _behind(content, at, counts[-1])
        elif hit["count"]:
            counts[-1] = int(hit["count"])
            continue
        elif hit["codes"]:
            text = _meant(_decoded(bytes(int(code, 16) for code in _CODE.findall(hit["codes"])), page))
        elif hit["raw"]:
            text = _of_raw(hit["raw"], page)
        else:
            if hit["open"]:
                counts.append(counts[-1])
            elif hit["close"] and len(counts) > 1:
                counts.pop()
            is_word = bool(hit["word"]) and hit[0][-1:].isalnum()
            yield hit[0].decode("ascii", "replace")
            continue
        # A space ends a word that a character would be taken for a part of.
        yield f" {text}" if is_word else text
        is_word = False


def _behind(content: bytes, at: int, count: int) -> int:
    """The place behind what stands in for a character."""
    for _ in range(count):
        hit = _INSTEAD.match(content, at)
        if not hit:
            break
        at = hit.end()
    return at


def _decoded(codes: bytes, page: str) -> str:
    try:
        return codes.decode(page)
    except UnicodeDecodeError:
        return codes.decode(_LATIN, "replace")


def _of_raw(raw: bytes, page: str) -> str:
    """Characters that a program wrote as they are, which the format does not know."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(raw, page)


def _meant(text: str) -> str:
    """Characters that mean nothing else than themselves."""
    return _MEANT.sub(r"\\\g<0>", _LINE.sub(" ", text))
