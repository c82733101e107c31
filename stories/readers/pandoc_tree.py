"""What pandoc says of a document (its JSON), as blocks: a block at a time, so that a novel takes little memory."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ...schemas.light_markdown import (
    SCENE_BREAK,
    Inline,
    Note,
    Paragraph,
    Run,
    normalised,
    with_text,
    write_paragraph,
)
from .pandoc_inlines import COMMENT, DEEPEST, SPACES, Node, in_small_caps, inlines_of, plain
from .pieces import DIVIDER, Block, with_gaps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BLOCKS: Final = '"blocks":['
_SAYS: Final = re.compile(
    r"(?!(?:image|img|cover|picture|illustration|ornament)\b)[^\W_].{0,80}(?<!\.png)(?<!\.jpg)", re.IGNORECASE
)
"""What a picture in the place of a heading says, where that is no file's name."""
_PICTURE: Final = '"t":"Image","c":'
_TWO_BREAKS: Final = re.compile(r"[ \t]*\n[ \t]*\n\s*")


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
        beside: what else its head says in words: a subtitle, a date, what it is about.
    """

    text: str
    title: str = ""
    author: str = ""
    language: str = ""
    beside: tuple[str, ...] = ()
    _styles: list[Style] = field(default_factory=list)

    @classmethod
    def of_json(cls, text: str) -> Tree:
        """The tree of pandoc's JSON; its head is read at once."""
        start = text.find('"meta":')
        meta: Node = json.JSONDecoder().raw_decode(text, start + len('"meta":'))[0] if start >= 0 else {}
        authors = [name for name in _said_each(meta.get("author") or meta.get("creator")) if name]
        beside = tuple(filter(None, (_said(meta.get(name)) for name in ("subtitle", "date", "abstract"))))
        language = _said(meta.get("lang") or meta.get("language"))
        return cls(text, _said(meta.get("title")), ", ".join(authors), language, beside)

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
        if depth > DEEPEST:
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
            case "RawBlock" if COMMENT.match(content[1]):
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
        parts = self._inlines(inlines)
        told = Paragraph(tuple(part for part in parts if isinstance(part, Run))).text
        notes = [Block(plain(list(part.runs)), why="comment") for part in parts if isinstance(part, Note)]
        lines = (" ".join(line.split(" ")).strip(" \t") for line in told.split("\n"))
        if title := "\n".join(filter(None, lines)):
            yield self._made(title, rank)
        elif pictured := next((one.text for one in self._beside if _SAYS.fullmatch(one.text)), ""):
            yield self._made(pictured, rank)
        yield from notes
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
        others = any(node["t"] not in {"Image", *SPACES} for node in nodes)
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
