"""What pandoc found in a paragraph, as text with marks and notes; pictures, remarks and ids go beside it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

from ...schemas.light_markdown import Inline, Note, Paragraph, Run, with_mark, with_text
from .pieces import Block

DEEPEST: Final = 60
COMMENT: Final = re.compile(r"\s*<!--")
_TAG: Final = re.compile(r"\s*<\s*(/?)\s*([a-zA-Z]+)[^>]*>\s*")
_RAW_MARKS: Final = {
    "i": "emphasis",
    "em": "emphasis",
    "u": "emphasis",
    "b": "strong",
    "strong": "strong",
    "s": "strike",
}
_MARKS: Final = {
    "Emph": "emphasis",
    "Underline": "emphasis",
    "Strong": "strong",
    "Strikeout": "strike",
    "SmallCaps": "small_caps",
}
SPACES: Final = {"Space": " ", "SoftBreak": " ", "LineBreak": "\n"}
CAPS_BEGIN: Final = "\ufdd0"
CAPS_END: Final = "\ufdd1"
"""What stands in a text around small caps that pandoc does not see: signs that are no characters of any text."""
_CAPS: Final = re.compile(f"([{CAPS_BEGIN}{CAPS_END}])")

# A tree of JSON, checked where it is read: pandoc's own, but of somebody else's file.
Node = dict[str, Any]


def in_small_caps(inlines: list[Inline]) -> list[Inline]:
    """Inlines in which signs say where small caps begin and end, as text with that mark."""
    made: list[Inline] = []
    is_set = False
    for part in inlines:
        if isinstance(part, Note):
            made.append(Note(tuple(run for run in in_small_caps(list(part.runs)) if isinstance(run, Run))))
            continue
        for piece in _CAPS.split(part.text):
            if piece in {CAPS_BEGIN, CAPS_END}:
                is_set = piece == CAPS_BEGIN
            else:
                made.append(with_mark(with_text(part, piece), "small_caps", is_set=is_set or part.small_caps))
    return made


def plain(inlines: list[Inline]) -> str:
    """What inlines say in one line, without marks and notes."""
    return " ".join(Paragraph(tuple(inlines)).text.replace("\n", " ").split(" ")).strip(" \t")


def inlines_of(nodes: list[Node], anchors: list[str] | None = None, beside: list[Block] | None = None) -> list[Inline]:
    """Pandoc's inlines as ours.

    Args:
        nodes: pandoc's.
        anchors: takes the ids of what is in them.
        beside: takes what is in them and is no text: pictures, comments, marks of notes.
    """
    return _Inlines([] if anchors is None else anchors, [] if beside is None else beside).of(nodes, Run(""), 0)


class _Inlines:
    def __init__(self, anchors: list[str], beside: list[Block]) -> None:
        self._anchors = anchors
        self._beside = beside

    def of(self, nodes: list[Node], marks: Run, depth: int) -> list[Inline]:
        parts: list[Inline] = []
        said: list[str] = []

        def end() -> None:
            if said:
                parts.append(with_text(marks, "".join(said)))
                said.clear()

        for node in nodes if depth <= DEEPEST else ():
            kind: str = node["t"]
            content: Any = node.get("c")
            if kind == "Str":
                said.append(content)
            elif kind in SPACES:
                said.append(SPACES[kind])
            else:
                end()
                if kind in _MARKS:
                    parts.extend(self.of(content, with_mark(marks, _MARKS[kind]), depth + 1))
                elif kind == "RawInline":
                    marks = self._raw(content[1], marks, parts)
                else:
                    parts.extend(self._others(kind, content, marks, depth))
        end()
        return parts

    def _others(self, kind: str, content: Any, marks: Run, depth: int) -> list[Inline]:  # noqa: ANN401, PLR0911 (JSON, a table)
        match kind:
            case "Superscript" | "Subscript":
                return [] if self._is_note_mark(content) else self.of(content, marks, depth + 1)
            case "Quoted":
                left, right = "‘’" if content[0]["t"] == "SingleQuote" else "“”"
                inner = self.of(content[1], marks, depth + 1)
                return [with_text(marks, left), *inner, with_text(marks, right)]
            case "Code" | "Math":
                return [with_text(marks, content[1])]
            case "Link":
                return self.of(content[1], marks, depth + 1)
            case "Span":
                self._anchors.extend([content[0][0]] if content[0][0] else [])
                return self.of(content[1], self._styled(content[0], marks), depth + 1)
            case "Cite":
                return self.of(content[1], marks, depth + 1)
            case "Image":
                self._beside.append(Block(plain(self.of(content[1], Run(""), depth + 1)), why="picture"))
            case "Note":
                return self._note(content, depth)
        return []

    def _note(self, blocks: list[Node], depth: int) -> list[Inline]:
        runs: list[Run] = []
        for node in blocks:
            inner = self.of(node["c"], Run(""), depth + 1) if node["t"] in {"Para", "Plain"} else []
            runs.extend([Run("\n")] if runs and inner else [])
            runs.extend(part for part in inner if isinstance(part, Run))
        runs[:1] = [replace(run, text=run.text.lstrip()) for run in runs[:1]]
        return [Note(tuple(runs))] if runs else []

    def _is_note_mark(self, nodes: list[Node]) -> bool:
        """Whether a raised text is nothing but a number that leads to a note, which stands elsewhere."""
        links = [node for node in nodes if node["t"] == "Link"]
        if not links or len(links) != len(nodes) or not all("#" in str(link["c"][2][0]) for link in links):
            return False
        self._beside.append(Block(plain(self.of(nodes, Run(""), 1)), why="note_mark"))
        return True

    @staticmethod
    def _styled(attributes: list[Any], marks: Run) -> Run:
        _, classes, pairs = attributes
        style = " ".join(
            [*map(str, classes), *(str(value) for key, value in pairs if key in {"style", "custom-style"})]
        )
        style = style.lower().replace(" ", "")
        return replace(
            marks,
            emphasis=marks.emphasis or "font-style:italic" in style or "font-style:oblique" in style,
            strong=marks.strong or "font-weight:bold" in style,
            small_caps=marks.small_caps or "small-caps" in style or "smallcaps" in style,
            strike=marks.strike or "line-through" in style,
        )

    def _raw(self, tag: str, marks: Run, parts: list[Inline]) -> Run:
        if COMMENT.match(tag):
            self._beside.append(Block(tag.strip("<>!- \n"), why="comment"))
            return marks
        hit = _TAG.fullmatch(tag)
        if not hit:
            return marks
        name = hit[2].lower()
        if name == "br":
            parts.append(with_text(marks, "\n"))
        return with_mark(marks, _RAW_MARKS[name], is_set=not hit[1]) if name in _RAW_MARKS else marks
