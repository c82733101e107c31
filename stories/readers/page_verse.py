"""What only the classes of a web page's elements say: lines of verse, each an element of its own, and scene breaks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAG: Final = re.compile(r"(?i)<(?P<end>/?)(?P<tag>p|div|blockquote|section)\b(?P<said>[^<>]*)>")
_CLASS: Final = re.compile(r"""(?i)\s(?:class|epub:type)\s*=\s*(?:(["'])(?P<quoted>[^"'<>]*)\1|(?P<bare>[\w-]+))""")
_VERSE: Final = re.compile(
    r"(?:z3998:)?(?:verse|poem|poetry|stanza|strophe|song|hymn|lyrics?|vers|gedicht|poesia|poes[iy]e?)(?:[-_]?\w*)?",
    re.IGNORECASE,
)
_LEAF: Final = re.compile(r"(?:line|verse|vers|l|v|i)[-_]?\w{0,10}", re.IGNORECASE)
_INLINE: Final = re.compile(r"<[^<>]*>")
_BLOCK_INSIDE: Final = re.compile(r"(?i)<(?:p|div|br|h[1-6]|ul|ol|table|blockquote)\b")
_LONGEST: Final = 120
"""Characters of a line of verse."""
_BREAK: Final = re.compile(
    r"""(?i)<(?P<tag>p|div)\b[^<>]*\s(?:class|epub:type|role)\s*=\s*["'][^"'<>]*(?:\b|_)"""
    r"""(?:(?:scene|section|space|thought|text|context|line|white)[-_]?(?:break|space)|separator|ornament|asterism|divider|dinkus"""
    r"""|z3998:(?:ornament|transition)|doc-pagebreak-none)\w*[^"'<>]*["'][^<>]*>(?:\s|&nbsp;|&#160;|\u00a0|<br\s*/?>)*</(?P=tag)\s*>"""
)

_RULE: Final = r"<hr\b(?![^<>]*\bclass\b)[^<>]*>"
_BEFORE: Final = re.compile(rf"(?i){_RULE}(?=(?:\s|</?(?:div|section|a|p|center|br)\b[^<>]*>){{0,12}}<h[1-6]\b)")
_AFTER: Final = re.compile(rf"(?i)(</h[1-6]\s*>(?:\s|</?(?:div|section|a|p|center|br)\b[^<>]*>){{0,12}}?){_RULE}")
"""A line that sets off a heading."""


class _Line(NamedTuple):
    """A line of verse: where its element begins and ends, where its text does, and how deep it stands."""

    begins: int
    ends: int
    inner: int
    close: int
    depth: int


def with_verse(text: str) -> str:
    """A page in which lines of verse that are elements of their own are lines of one paragraph."""
    made: list[str] = []
    at = 0
    group: list[_Line] = []
    for line in (*_lines(text), None):
        is_next = bool(group) and line is not None and line.depth == group[-1].depth
        if is_next and line is not None and not text[group[-1].ends : line.begins].strip():
            group.append(line)
            continue
        if len(group) > 1:
            inner = "<br/>".join(text[one.inner : one.close].strip() for one in group)
            made += [text[at : group[0].begins], f"<p>{inner}</p>"]
            at = group[-1].ends
        group = [line] if line is not None else []
    return "".join([*made, text[at:]])


def with_breaks(text: str) -> str:
    """A page in which an empty element that divides scenes is a line across, and a line beside a heading is none."""
    return _BREAK.sub("<hr/>", _AFTER.sub(r"\1", _BEFORE.sub("", text)))


def _lines(text: str) -> Iterator[_Line]:
    """The elements that are lines of verse: by their own class, or by that of what they stand in."""
    opened: list[tuple[str, int, int, bool, bool]] = []
    for hit in _TAG.finditer(text):
        tag = hit["tag"].lower()
        if not hit["end"]:
            if hit["said"].endswith("/"):
                continue
            if tag == "p" and opened and opened[-1][0] == "p":
                opened.pop()
            classes = [
                name
                for found in _CLASS.finditer(hit["said"])
                for name in (found["quoted"] or found["bare"] or "").split()
            ]
            is_verse = any(_VERSE.fullmatch(name) for name in classes)
            is_leaf = tag == "p" or any(_LEAF.fullmatch(name) for name in classes)
            inside = bool(opened) and opened[-1][3]
            opened.append((tag, hit.start(), hit.end(), is_verse or inside, (is_verse or inside) and is_leaf))
        elif opened and opened[-1][0] == tag:
            _, begins, inner, _, is_line = opened.pop()
            said = text[inner : hit.start()]
            if is_line and not _BLOCK_INSIDE.search(said) and 0 < len(_INLINE.sub("", said).strip()) <= _LONGEST:
                yield _Line(begins, hit.end(), inner, hit.start(), len(opened))
