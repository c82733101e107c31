"""What pandoc says of a document (its JSON), as blocks: a block at a time, so that a novel takes little memory."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ...schemas.light_markdown import (
    SCENE_BREAK,
    Inline,
    Note,
    Paragraph,
    Run,
    normalised,
    with_mark,
    with_text,
    write_paragraph,
)
from .pieces import DIVIDER, Block, with_gaps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BLOCKS: Final = '"blocks":['
_DEEPEST: Final = 60
_COMMENT: Final = re.compile(r"\s*<!--")
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
_PICTURE: Final = '"t":"Image","c":'
_SPACES: Final = {"Space": " ", "SoftBreak": " ", "LineBreak": "\n"}
CAPS_BEGIN: Final = "\ufdd0"
CAPS_END: Final = "\ufdd1"
"""What stands in a text around small caps that pandoc does not see: signs that are no characters of any text."""
_CAPS: Final = re.compile(f"([{CAPS_BEGIN}{CAPS_END}])")
_TWO_BREAKS: Final = re.compile(r"[ \t]*\n[ \t]*\n\s*")

# A tree of JSON, checked where it is read: pandoc's own, but of somebody else's file.
Node = dict[str, Any]


class Style(NamedTuple):
    """What is said of what stands inside a division: its attributes by their names, and its id."""

    name: str
    values: dict[str, str]
    classes: tuple[str, ...]


@dataclass
class Tree:
    """A document as pandoc read it.

    Attributes:
        text: its JSON.
        title: as its head has it.
        author: as its head has it.
        language: as its head has it.
    """

    text: str
    title: str = ""
    author: str = ""
    language: str = ""
    _styles: list[Style] = field(default_factory=list)

    @classmethod
    def of_json(cls, text: str) -> Tree:
        """The tree of pandoc's JSON; its head is read at once."""
        start = text.find('"meta":')
        meta: Node = json.JSONDecoder().raw_decode(text, start + len('"meta":'))[0] if start >= 0 else {}
        authors = [name for name in _said_each(meta.get("author") or meta.get("creator")) if name]
        return cls(text, _said(meta.get("title")), ", ".join(authors), _said(meta.get("lang") or meta.get("language")))

    def blocks(self, on_division: Callable[[Style], str | None] = lambda _: "") -> Iterator[Block]:
        """Its blocks.

        Args:
            on_division: told of each division that begins, gives why it is no story, or "" where it is; ``None``: what
                is in it counts as nothing.
        """
        yield from with_gaps(self._each(on_division))

    def _each(self, on_division: Callable[[Style], str | None]) -> Iterator[Block]:
        ornaments = self._ornaments()
        decoder = json.JSONDecoder()
        at = self.text.find(_BLOCKS)
        at = at + len(_BLOCKS) if at >= 0 else len(self.text)
        while at < len(self.text) and self.text[at] == "{":
            node, at = decoder.raw_decode(self.text, at)
            at += self.text[at : at + 1] == ","
            yield from _Reader(on_division, ornaments).block(node)

    def _ornaments(self) -> frozenset[str]:
        """The pictures that stand in the text more than once."""
        decoder = json.JSONDecoder()
        parts = self.text.split(_PICTURE)[1:]
        often = Counter(str(decoder.raw_decode(part)[0][2][0]) for part in parts) if len(parts) > 1 else Counter()
        return frozenset(place for place, count in often.items() if count > 1)


def _said_each(meta: Node | None) -> list[str]:
    if not meta:
        return []
    return [_said(item) for item in meta["c"]] if meta.get("t") == "MetaList" else [_said(meta)]


def _said(meta: Node | None) -> str:
    if not meta:
        return ""
    match meta.get("t"):
        case "MetaString":
            return str(meta["c"])
        case "MetaInlines":
            return plain(inlines_of(meta["c"]))
        case "MetaBlocks":
            found = " ".join(block.text for node in meta["c"] for block in _Reader(lambda _: "").block(node))
            return " ".join(found.split(" "))
    return ""


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


class _Reader:
    """Reads one block, however deep; what is met on the way (ids, pictures, comments) goes with it."""

    def __init__(self, on_division: Callable[[Style], str | None], ornaments: frozenset[str] = frozenset()) -> None:
        self._on_division = on_division
        self._ornaments = ornaments
        self._why = ""
        self._anchors: list[str] = []
        self._beside: list[Block] = []

    def block(self, node: Node, depth: int = 0) -> Iterator[Block]:  # noqa: C901, PLR0912 (a table of pandoc's blocks)
        """What a block of pandoc's is."""
        if depth > _DEEPEST:
            return
        content: Any = node.get("c")
        match node["t"]:
            case "Header":
                rank, (name, _, _), inlines = content
                self._anchors.extend([name] if name else [])
                yield from self._heading(rank, inlines)
            case "Para" | "Plain":
                inlines = self._inlines(content)
                yield from [Block(DIVIDER)] if self._is_ornament(content) else self._paragraphs(inlines)
            case "LineBlock":
                lines = [self._inlines(line) for line in content]
                yield from self._paragraphs([part for line in lines for part in (*line, Run("\n"))][:-1], verse=True)
            case "CodeBlock":
                yield from self._paragraphs([Run(content[1])])
            case "HorizontalRule":
                yield self._made(SCENE_BREAK)
            case "BlockQuote":
                yield from self._all(content, depth)
            case "Div":
                yield from self._division(content, depth)
            case "Figure":
                yield from self._all(content[2], depth)
            case "OrderedList":
                (first, *_), items = content
                yield from self._items(items, depth, [f"{number}. " for number in range(first, first + len(items))])
            case "BulletList":
                yield from self._items(content, depth, ["• "] * len(content))
            case "DefinitionList":
                for term, definitions in content:
                    yield from self._paragraphs(self._inlines(term))
                    for definition in definitions:
                        yield from self._all(definition, depth)
            case "Table":
                yield from self._table(content, depth)
            case "RawBlock" if _COMMENT.match(content[1]):
                yield Block(content[1].strip("<>!- \n"), why="comment")

    def _all(self, nodes: list[Node], depth: int) -> Iterator[Block]:
        for node in nodes:
            yield from self.block(node, depth + 1)

    def _division(self, content: list[Any], depth: int) -> Iterator[Block]:
        (name, classes, pairs), nodes = content
        why = self._on_division(Style(name, {str(key): str(value) for key, value in pairs}, tuple(classes)))
        if why is None:
            return
        before = self._why
        self._why = why or before
        self._anchors.extend([name] if name else [])
        yield from self._all(nodes, depth)
        self._why = before

    def _items(self, items: list[list[Node]], depth: int, signs: list[str]) -> Iterator[Block]:
        for sign, item in zip(signs, items, strict=True):
            for number, block in enumerate(self._all(item, depth)):
                is_first = not number and not block.rank and bool(block.text)
                yield block._replace(text=sign + block.text) if is_first else block

    def _table(self, content: list[Any], depth: int) -> Iterator[Block]:
        """A line a row; the cells of a table that only lays out a text are that text."""
        _, _, _, head, bodies, foot = content
        rows = [*head[1], *(row for body in bodies for row in (*body[2], *body[3])), *foot[1]]
        told = [[list(self._all(cell[4], depth)) for cell in row[1]] for row in rows]
        if any(len(row) == 1 or sum(bool(one.text) for one in cell) > 1 for row in told for cell in row):
            yield from (block for row in told for cell in row for block in cell)
            return
        for row in told:
            cells = [" ".join(block.text.replace("\n", " ") for block in cell if not block.why) for cell in row]
            yield from (block for cell in row for block in cell if block.why)
            if any(cells):
                yield self._made(" | ".join(cells))

    def _heading(self, rank: int, inlines: list[Node]) -> Iterator[Block]:
        told = Paragraph(tuple(part for part in self._inlines(inlines) if isinstance(part, Run))).text
        lines = (" ".join(line.split(" ")).strip(" \t") for line in told.split("\n"))
        if title := "\n".join(filter(None, lines)):
            yield self._made(title, rank)
        yield from self._met()

    def _paragraphs(self, inlines: list[Inline], *, verse: bool = False) -> Iterator[Block]:
        """A paragraph, or several where two line breaks divide them."""
        for paragraph in [normalised(inlines)] if verse else _parted(normalised(inlines)):
            text = write_paragraph(Paragraph(paragraph)) if paragraph else ""
            if text.strip() or not self._beside:  # a picture is no empty line
                yield self._made(text) if text.strip() else Block("")
        yield from self._met()

    def _is_ornament(self, nodes: list[Node]) -> bool:
        """Whether a paragraph is a picture that stands in the text again and again, and nothing else."""
        pictures = [str(node["c"][2][0]) for node in nodes if node["t"] == "Image"]
        others = any(node["t"] not in {"Image", *_SPACES} for node in nodes)
        return bool(pictures) and not others and set(pictures) <= self._ornaments

    def _made(self, text: str, rank: int = 0) -> Block:
        anchors, self._anchors = tuple(self._anchors), []
        return Block(text, rank, self._why, anchors)  # type: ignore[arg-type]

    def _met(self) -> Iterator[Block]:
        met, self._beside = self._beside, []
        yield from met

    def _inlines(self, nodes: list[Node]) -> list[Inline]:
        return in_small_caps(inlines_of(nodes, self._anchors, self._beside))


def _parted(inlines: tuple[Inline, ...]) -> Iterator[tuple[Inline, ...]]:
    gathered: list[Inline] = []
    for part in inlines:
        if isinstance(part, Note) or not _TWO_BREAKS.search(part.text):
            gathered.append(part)
            continue
        first, *others = _TWO_BREAKS.split(part.text)
        gathered.append(with_text(part, first))
        for other in others:
            yield normalised(gathered)
            gathered = [with_text(part, other)]
    yield normalised(gathered)


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

        for node in nodes if depth <= _DEEPEST else ():
            kind: str = node["t"]
            content: Any = node.get("c")
            if kind == "Str":
                said.append(content)
            elif kind in _SPACES:
                said.append(_SPACES[kind])
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
        if _COMMENT.match(tag):
            self._beside.append(Block(tag.strip("<>!- \n"), why="comment"))
            return marks
        hit = _TAG.fullmatch(tag)
        if not hit:
            return marks
        name = hit[2].lower()
        if name == "br":
            parts.append(with_text(marks, "\n"))
        return with_mark(marks, _RAW_MARKS[name], is_set=not hit[1]) if name in _RAW_MARKS else marks
