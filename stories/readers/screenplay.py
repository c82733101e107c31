"""Screenplays as Fountain: what is done and said is the story, a speech a paragraph under its speaker's name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .encodings import decode, with_line_feeds
from .pieces import Block, Found

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ...schemas.languages import Language

_HEAD: Final = re.compile(r"\A(?:[A-Za-z][A-Za-z ]{0,30}:.*\n(?:(?:[ \t]{3,}|\t).*\n)*)+(?=\n|\Z)")
_FIELD: Final = re.compile(
    r"(?m)^(?P<name>title|author|authors):[ \t]*(?P<said>.*(?:\n(?:[ \t]{3,}|\t).*)*)", re.IGNORECASE
)
_ASIDE: Final = re.compile(r"/\*(?P<cut>.{0,100000}?)\*/|\[\[(?P<note>.{0,20000}?)\]\]", re.DOTALL)
_SCENE: Final = re.compile(r"(?:(?:INT|EXT|EST|INT\./EXT|INT/EXT|I/E)[. ]\s*\S|\.(?=[^.\s])).*", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\s*#[\w.-]{1,10}#\s*$")
_TRANSITION: Final = re.compile(r"(?:>(?!.*<\s*$).*|[A-Z .]+TO:)")
_SPEAKER: Final = re.compile(r"@.+|(?=.*[^\W\d_])[^a-z]+(?:\([^)]*\))?\s*\^?")
_SECTION: Final = re.compile(r"(#{1,6})\s*(\S.*)")
_MIDDLE: Final = re.compile(r">\s*(.*?)\s*<")
_PAGE: Final = re.compile(r"={3,}")


def read_screenplay(path: Path, language: Language, encoding: str) -> Found:
    """A screenplay. Its sections are chapters; where it has none, its scenes are."""
    decoded = decode(path.read_bytes(), language, path, encoding)
    text = with_line_feeds(decoded.text)
    head = _HEAD.match(text)
    named = {
        hit["name"].lower().removesuffix("s"): " ".join(hit["said"].replace("*", "").replace("_", "").split())
        for hit in _FIELD.finditer(head[0] if head else "")
    }
    asides: list[Block] = []

    def kept(hit: re.Match[str]) -> str:
        asides.append(Block(" ".join((hit["cut"] or hit["note"] or "").split()), why="comment"))
        return ""

    text = _ASIDE.sub(kept, text[head.end() if head else 0 :])
    paragraphs = [[line.rstrip() for line in one.split("\n")] for one in re.split(r"\n[ \t]*\n", text) if one.strip()]
    has_sections = any(_SECTION.fullmatch(line) for lines in paragraphs for line in lines)
    blocks = [block for lines in paragraphs for block in _blocks(lines, has_sections=has_sections)]
    return Found([*blocks, *(block for block in asides if block.text)], named.get("title", ""), named.get("author", ""))


def _blocks(lines: list[str], *, has_sections: bool) -> Iterator[Block]:
    """What a paragraph of a screenplay is; a heading may stand directly above it."""
    lines = [line for line in lines if line.strip()]
    while lines:
        first = lines[0].strip()
        if hit := _SECTION.fullmatch(first):
            yield Block(hit[2], len(hit[1]))
        elif first.startswith("=") and not _PAGE.fullmatch(first):
            yield Block(first.lstrip("= "), why="comment")
        elif _SCENE.fullmatch(first):
            said = _NUMBER.sub("", first).removeprefix(".").strip()
            yield Block(said, 0 if has_sections else 1)
        elif not _PAGE.fullmatch(first):
            break
        lines = lines[1:]
    if not lines:
        return
    first = lines[0].strip()
    if len(lines) == 1 and (_TRANSITION.fullmatch(first) or _MIDDLE.fullmatch(first)):
        middle = _MIDDLE.fullmatch(first)
        yield Block(_said(middle[1] if middle else first.lstrip("> ")))
        return
    if len(lines) > 1 and _SPEAKER.fullmatch(first) and not first.startswith("!"):
        lines[0] = first.removeprefix("@").rstrip("^ ")
    yield Block("\n".join(_said(line.strip().removeprefix("!").removeprefix("~")) for line in lines))


def _said(line: str) -> str:
    """A line in light Markdown: what is underlined is emphasis."""
    return re.sub(r"(?<![\w\\_])_(?=\S)([^_\n]{1,300}?)(?<=\S)_(?![\w_])", r"*\1*", line)
