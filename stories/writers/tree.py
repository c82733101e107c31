"""A book as the tree that pandoc writes its formats from: nothing in it is read again, so no sign means anything."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ...schemas.light_markdown import Note, read_paragraph

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ...schemas.light_markdown import Inline, Kind, Run
    from ...schemas.manuscript import Chapter

_VERSION: Final = [1, 23, 1]
_MARKS: Final = (("small_caps", "SmallCaps"), ("strike", "Strikeout"), ("strong", "Strong"), ("emphasis", "Emph"))
_TYPES: Final = {"part": "part", "chapter": "chapter", "front": "preface", "back": "appendix"}
"""What a chapter is for an EPUB reader."""

OPENING: Final = "opening-without-title"
"""The class of a heading that only the format asked for."""
Node = dict[str, Any]


@dataclass(frozen=True)
class Styles:
    """How some things are said in a format.

    Attributes:
        scene: the text of a scene break; empty: a line is drawn.
        first: the style of a paragraph that begins a chapter or a scene; empty: it has the format's own.
        verse: the style of verse; empty: it has the format's own.
    """

    scene: str = ""
    first: str = ""
    verse: str = ""


def document(blocks: Sequence[Node], meta: Mapping[str, str]) -> str:
    """The whole tree as pandoc's JSON."""
    told = {name: {"t": "MetaInlines", "c": text_of(value)} for name, value in meta.items() if value}
    return json.dumps({"pandoc-api-version": _VERSION, "meta": told, "blocks": list(blocks)}, ensure_ascii=False)


def text_of(text: str) -> list[Node]:
    """A text as it is, without marks."""
    return [{"t": "Str", "c": text}] if text else []


def styled(style: str, text: str) -> Node:
    """A paragraph of a style of Word's or OpenDocument's."""
    return division(style, [{"t": "Para", "c": text_of(text)}])


def division(style: str, blocks: Sequence[Node]) -> Node:
    """Blocks of a style; a page that is read on a screen has it as a class."""
    name = style.lower().replace(" ", "-")
    return {"t": "Div", "c": [["", [name], [["custom-style", style]]], list(blocks)]}


def blocks_of(chapters: Iterable[Chapter], styles: Styles, *, is_named: bool = True) -> list[Node]:
    """The headings and paragraphs of chapters.

    Args:
        chapters: in order.
        styles: how some things are said.
        is_named: whether the first chapter has its title of the story, and not of the format, which needs one.
    """
    made: list[Node] = []
    for number, chapter in enumerate(chapters, start=1):
        if chapter.title:
            made.append(_heading(chapter, number, () if is_named or number > 1 else (OPENING,)))
        is_first = True
        for text in chapter.paragraphs:
            kind, block = _paragraph(text, styles)
            made.append(division(styles.first, [block]) if is_first and styles.first and kind == "prose" else block)
            is_first = kind == "break"
    return made


def _heading(chapter: Chapter, number: int, more: tuple[str, ...] = ()) -> Node:
    attributes = [f"chapter-{number}", [chapter.kind, *more], [["epub:type", _TYPES[chapter.kind]]]]
    return {"t": "Header", "c": [chapter.level, attributes, text_of(chapter.title)]}


def _paragraph(text: str, styles: Styles) -> tuple[Kind, Node]:
    paragraph = read_paragraph(text)
    match paragraph.kind:
        case "break":
            return "break", styled("Scene Break", styles.scene) if styles.scene else {"t": "HorizontalRule"}
        case "verse":
            verse: Node = {"t": "LineBlock", "c": [inlines_of(line) for line in paragraph.lines]}
            return "verse", division(styles.verse, [verse]) if styles.verse else verse
        case kind:
            return kind, {"t": "Para", "c": inlines_of(paragraph.inlines)}


def inlines_of(inlines: Iterable[Inline]) -> list[Node]:
    """Text with its marks and notes."""
    made: list[Node] = []
    for part in inlines:
        if isinstance(part, Note):
            made.append({"t": "Note", "c": [{"t": "Para", "c": inlines_of(part.runs)}]})
        else:
            made.extend(_run(part))
    return made


def _run(run: Run) -> list[Node]:
    lines = [text_of(line) for line in run.text.split("\n")]
    nodes = [node for line in lines for node in ({"t": "LineBreak"}, *line)][1:]
    for name, kind in _MARKS:
        if getattr(run, name) and nodes:
            nodes = [{"t": kind, "c": nodes}]
    return nodes
