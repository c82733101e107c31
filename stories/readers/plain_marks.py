"""AsciiDoc and Org: marks of a plain text, which pandoc reads, and what it would not leave out or would lose."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ...schemas.wording import one_line
from .encodings import decode, with_line_feeds
from .marked_up import found_in
from .pandoc import read_text_with_pandoc
from .pieces import Block

if TYPE_CHECKING:
    from pathlib import Path

    from ...schemas.languages import Language
    from .pieces import Found, Why

_ASIDE: Final = re.compile(
    r"(?m)^(?P<fence>/{4,})[ \t]*\n(?P<cut>(?:.*\n){0,5000}?)(?P=fence)[ \t]*$|^//(?!/)[ \t]*(?P<said>.*)$"
)
_INCLUDED: Final = re.compile(r"(?m)^include::(?P<name>[^\[\n]{1,500})\[[^\n]*$")
_DOCUMENT: Final = re.compile(r"(?m)^:doctype:.*$")
"""With a book's, the parts of one would be no headings any more."""
_PAGE_BREAK: Final = re.compile(r"(?m)^<{3,}[ \t]*$")
_UNDERLINED: Final = re.compile(
    r"(?m)(?:(?<=\n\n)|\A)(?P<title>[^\W_][^\n]{0,100})\n(?P<line>(?P<sign>[=~^+-])(?P=sign){2,100})[ \t]*$"
)
_RANKS: Final = {"=": 1, "-": 2, "~": 3, "^": 4, "+": 5}
_NEAR: Final = 2
"""How much longer or shorter than its title the line under it may be."""
_MAIL: Final = re.compile(r"\s*\([^()@\s]+@[^()@\s]+\)$")

_HEADLINE: Final = re.compile(r"(?P<stars>\*+)[ \t]+(?P<said>.*)")
_NOT_OUT: Final = re.compile(r"COMMENT\b|.*[ \t]:(?:[\w@#%]+:)*noexport:(?:[\w@#%]+:)*[ \t]*$")
_REMARK: Final = re.compile(r"[ \t]*#(?:[ \t]+(?P<said>.*))?$")
_FENCE: Final = re.compile(r"[ \t]*#\+(?P<edge>begin|end)_comment\b.*", re.IGNORECASE)
_OTHER: Final = re.compile(r"[ \t]*#\+include:[ \t]*(?P<name>.*)", re.IGNORECASE)
_NOTES: Final = re.compile(r"\*+[ \t]+Footnotes[ \t]*")
"""The heading that Org's editor writes over the notes."""
_SETTINGS: Final = "#+OPTIONS: tags:nil todo:nil\n"


def read_ascii_doc(path: Path, language: Language, encoding: str) -> Found:
    """AsciiDoc. What it includes of other files is not in it, and is said to be missing."""
    decoded = decode(path.read_bytes(), language, path, encoding)
    text = with_line_feeds(decoded.text)
    beside: list[Block] = []

    def kept(hit: re.Match[str]) -> str:
        beside.append(Block(one_line(hit["cut"] or hit["said"] or ""), why="comment"))
        return ""

    def named(hit: re.Match[str]) -> str:
        beside.append(Block(hit["name"], why="missing"))
        return ""

    text = _INCLUDED.sub(named, _ASIDE.sub(kept, text))
    text = _UNDERLINED.sub(_with_signs, _PAGE_BREAK.sub("", _DOCUMENT.sub("", text)))
    found = found_in(read_text_with_pandoc(text, "asciidoc", path), decoded.encoding)
    return replace(found, author=_MAIL.sub("", found.author), blocks=[*found.blocks, *beside])


def _with_signs(hit: re.Match[str]) -> str:
    """A heading that is underlined, as one that signs stand before; what only looks so stays."""
    if abs(len(hit["title"].rstrip()) - len(hit["line"])) > _NEAR:
        return hit[0]
    return f"{'=' * _RANKS[hit['sign']]} {hit['title']}"


def read_org(path: Path, language: Language, encoding: str) -> Found:
    """Org: without what is marked to stay out of the book, what is to be done, and remarks."""
    decoded = decode(path.read_bytes(), language, path, encoding)
    lines: list[str] = []
    beside: list[Block] = []
    out_below = 0
    is_remark = False
    for line in with_line_feeds(decoded.text).split("\n"):
        headline = _HEADLINE.fullmatch(line)
        if headline and (not out_below or len(headline["stars"]) <= out_below):
            out_below = len(headline["stars"]) if _NOT_OUT.fullmatch(headline["said"]) else 0
        fence, remark, other = _FENCE.fullmatch(line), _REMARK.fullmatch(line), _OTHER.fullmatch(line)
        why: Why = "not_compiled" if out_below else "missing" if other else "comment"
        if fence:
            is_remark = fence["edge"].lower() == "begin"
        elif out_below or is_remark or remark or other:
            said = (remark["said"] if remark else other["name"] if other else line) or ""
            beside += [Block(said.strip(), why=why)] if said.strip() else []
        elif not _NOTES.fullmatch(line):
            lines.append(line)
    found = found_in(read_text_with_pandoc(_SETTINGS + "\n".join(lines), "org", path), decoded.encoding)
    return replace(found, blocks=[*found.blocks, *beside])
