"""Light Markdown: a paragraph of a story as plain text with the few marks that prose has.

::

    *emphasis*   **strong**   ~~struck out~~   [small caps]{.smallcaps}   a word^[and a note to it]
    * * *        (alone: a scene break)

A line break inside a paragraph is kept: it is verse, or a letter's head. A backslash takes a mark its meaning. What is
no pair of marks is text as it stands, so that ``5 * 3`` needs no backslash and prose of any model is a paragraph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

SCENE_BREAK: Final = "* * *"
"""How a scene break is written."""

BLANK_LINE: Final = re.compile(r"\n[ \t]*\n\s*")
"""What divides two paragraphs."""

_BREAK: Final = re.compile(r"[ \t]*(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|\u2042)[ \t]*")
_PUNCTUATION: Final = r"[!-/:-@\[-`{-~]"
_TOKEN: Final = re.compile(
    rf"\\(?P<escaped>{_PUNCTUATION})|(?P<stars>\*+)|(?P<waves>~+)|(?P<note>\^\[)|(?P<open>\[)|(?P<close>\])"
    r"|(?P<caps>\{\.smallcaps\})|(?P<text>[^\\*~^\[\]{]+|.)",
    re.DOTALL,
)
_SPECIAL: Final = re.compile(r"([\\*~\[\]^{-])")
_MARK: Final = re.compile(r"[\\*~^\[]")
"""What a text without any marks has none of."""
_SMALL_CAPS: Final = "{.smallcaps}"
_MOST_STARS: Final = 3
_WAVES: Final = 2

Kind = Literal["prose", "verse", "break"]


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text, all of it with the same marks."""

    text: str
    emphasis: bool = False
    strong: bool = False
    small_caps: bool = False
    strike: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A note to the word before it."""

    runs: tuple[Run, ...]


Inline = Run | Note


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, read. One without anything in it is a scene break.

    Attributes:
        inlines: its text and notes in order, in the one form that the same text always has (see :func:`normalised`).
    """

    inlines: tuple[Inline, ...]

    @property
    def kind(self) -> Kind:
        """``verse`` has line breaks; ``break`` divides two scenes."""
        if not self.inlines:
            return "break"
        return "verse" if any(isinstance(part, Run) and "\n" in part.text for part in self.inlines) else "prose"

    @property
    def lines(self) -> tuple[tuple[Inline, ...], ...]:
        """Its lines: one, if it is no verse."""
        lines: list[list[Inline]] = [[]]
        for part in self.inlines:
            if isinstance(part, Note):
                lines[-1].append(part)
                continue
            first, *others = part.text.split("\n")
            lines[-1].append(with_text(part, first))
            lines.extend([with_text(part, other)] for other in others)
        return tuple(normalised(line) for line in lines)

    @property
    def text(self) -> str:
        """What it says, without marks and notes."""
        return "".join(part.text for part in self.inlines if isinstance(part, Run))


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs of a text in light Markdown, each still in that."""
    return [block for found in BLANK_LINE.split(text) if (block := found.strip(" \t\n"))]


def read_paragraph(text: str) -> Paragraph:
    """A paragraph in light Markdown, read; what is no mark is its text."""
    return Paragraph(()) if _BREAK.fullmatch(text) else Paragraph(_read(text))


def write_paragraph(paragraph: Paragraph) -> str:
    """A paragraph as light Markdown, with a backslash only where its words would be read as marks.

    An empty line would divide it, so none stays in it.
    """
    if not paragraph.inlines:
        return SCENE_BREAK
    inlines = normalised(paragraph.inlines)
    plain = _written(inlines, str)
    escaped = plain if read_paragraph(plain).inlines == inlines else _written(inlines, _escaped)
    return BLANK_LINE.sub("\n", escaped)


def as_text(text: str) -> str:
    """What a text in light Markdown says: without marks and notes, scene breaks as they are."""
    read = ((block, read_paragraph(block)) for block in paragraphs_of(text))
    return "\n\n".join(found.text if found.inlines else block for block, found in read)


def normalised(inlines: Iterable[Inline]) -> tuple[Inline, ...]:
    """The same text in the one form that it always has: no empty runs, neighbours with the same marks joined.

    A space has the marks that both of its neighbours have, so that no mark begins or ends with one.
    """
    return tuple(_joined(_spaces_marked(list(_divided(inlines)))))


def with_mark(run: Run, name: str, *, is_set: bool = True) -> Run:
    """The same text with one mark more, or one less.

    Args:
        run: the text.
        name: ``emphasis``, ``strong``, ``small_caps`` or ``strike``.
        is_set: whether it is to have the mark.
    """
    had = {"emphasis": run.emphasis, "strong": run.strong, "small_caps": run.small_caps, "strike": run.strike}
    return Run(run.text, **{**had, name: is_set})


# Writing


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _written(inlines: Sequence[Inline], literal: Callable[[str], str]) -> str:
    written: list[str] = []
    before = Run("")
    for part in (*inlines, Run("")):
        run = part if isinstance(part, Run) else Run("")
        written.append(_between(before, run))
        written.append(f"^[{_written(part.runs, literal)}]" if isinstance(part, Note) else literal(part.text))
        before = run
    return "".join(written)


def _between(before: Run, after: Run) -> str:
    """The marks between two pieces of text: each is said where it begins, and again where it ends."""
    ends = "]" + _SMALL_CAPS if before.small_caps and not after.small_caps else ""
    begins = "[" if after.small_caps and not before.small_caps else ""
    waves = "~~" if before.strike != after.strike else ""
    stars = (before.emphasis != after.emphasis) + 2 * (before.strong != after.strong)
    return ends + waves + "*" * stars + begins


def _marks(run: Run) -> Run:
    return with_text(run, "")


def with_text(run: Run, text: str) -> Run:
    """Another text with the same marks."""
    return Run(text, run.emphasis, run.strong, run.small_caps, run.strike)


def _divided(inlines: Iterable[Inline]) -> Iterator[Inline]:
    """Every run divided into what is space at its ends, and the rest."""
    for part in inlines:
        if isinstance(part, Note):
            if runs := tuple(run for run in normalised(part.runs) if isinstance(run, Run)):
                yield Note(runs)
            continue
        core = part.text.strip()
        lead, _, tail = part.text.partition(core) if core else (part.text, "", "")
        yield from (with_text(part, text) for text in (lead, core, tail) if text)


def _spaces_marked(parts: list[Inline]) -> Iterator[Inline]:
    after: list[Run] = []
    near = Run("")
    for part in reversed(parts):
        near = near if _is_space(part) else _marks(part) if isinstance(part, Run) else Run("")
        after.append(near)
    before = Run("")
    for part, follows in zip(parts, reversed(after), strict=True):
        if not isinstance(part, Run) or not _is_space(part):
            before = _marks(part) if isinstance(part, Run) else Run("")
            yield part
        else:
            yield Run(
                part.text,
                before.emphasis and follows.emphasis,
                before.strong and follows.strong,
                before.small_caps and follows.small_caps,
                before.strike and follows.strike,
            )


def _is_space(part: Inline) -> bool:
    return isinstance(part, Run) and not part.text.strip()


def _joined(parts: Iterable[Inline]) -> Iterator[Inline]:
    gathered: list[str] = []
    marks = Run("")
    for part in parts:
        if isinstance(part, Run) and gathered and _marks(part) == marks:
            gathered.append(part.text)
            continue
        if gathered:
            yield with_text(marks, "".join(gathered))
        gathered = [part.text] if isinstance(part, Run) else []
        marks = _marks(part) if isinstance(part, Run) else Run("")
        if isinstance(part, Note):
            yield part
    if gathered:
        yield with_text(marks, "".join(gathered))


# Reading


class _Token(NamedTuple):
    kind: str
    text: str
    opens: bool
    """Whether text follows at once, so that a mark may begin here."""
    closes: bool
    """Whether text stands before it, so that a mark may end here."""


def _read(text: str) -> tuple[Inline, ...]:
    if not _MARK.search(text):
        return (Run(text),) if text else ()
    tokens = [
        _Token(
            str(hit.lastgroup),
            str(hit[str(hit.lastgroup)]),
            opens=hit.end() < len(text) and not text[hit.end()].isspace(),
            closes=hit.start() > 0 and not text[hit.start() - 1].isspace(),
        )
        for hit in _TOKEN.finditer(text)
    ]
    return normalised(_inlines(tokens, _pairs(tokens), 0, len(tokens)))


def _pairs(tokens: list[_Token]) -> dict[int, int]:
    """Where the bracket that opens at a place closes: of notes, and of small caps."""
    open_at: list[int] = []
    pairs = {}
    for place, token in enumerate(tokens):
        if token.kind in {"note", "open"}:
            open_at.append(place)
        elif token.kind == "close" and open_at:
            begun = open_at.pop()
            is_caps = place + 1 < len(tokens) and tokens[place + 1].kind == "caps"
            if tokens[begun].kind == "note" or is_caps:
                pairs[begun] = place
    return pairs


class _Pieces:
    """The pieces of a text between its marks, and which marks hold over which of them."""

    def __init__(self) -> None:
        self.parts: list[Inline] = []
        self.spans: dict[str, list[tuple[int, int]]] = {"emphasis": [], "strong": [], "strike": []}
        self.opened: dict[str, int] = {}
        self.literal: dict[int, str] = {}

    def add(self, part: Inline) -> None:
        self.parts.append(part)

    def mark(self, token: _Token, *, small_caps: bool) -> None:
        """A mark where it stands: it ends one that was begun, or begins one; if neither, it is text."""
        here = len(self.parts)
        names = {"stars": (("emphasis", "*", 1), ("strong", "**", 2)), "waves": (("strike", "~~", 2),)}[token.kind]
        size = len(token.text)
        if size > (_MOST_STARS if token.kind == "stars" else _WAVES) or (token.kind == "waves" and size < _WAVES):
            self.add(Run(token.text, small_caps=small_caps))
            return
        left = ""
        for name, said, bit in names:
            if token.kind == "stars" and not size & bit:
                continue
            begun = self.opened.get(name)
            if begun is not None and token.closes:
                self.spans[name].append((begun, here))
                del self.opened[name]
            elif token.opens:
                if begun is not None:
                    self._give_back(begun, said)
                self.opened[name] = here
            else:
                left += said
        self.add(Run(left, small_caps=small_caps))

    def _give_back(self, place: int, said: str) -> None:
        part = self.parts[place]
        if isinstance(part, Run):
            self.parts[place] = with_text(part, part.text + said)

    def marked(self) -> Iterator[Inline]:
        """All of it, with its marks; one that was begun and never ended is text."""
        for name, place in self.opened.items():
            self._give_back(place, {"emphasis": "*", "strong": "**", "strike": "~~"}[name])
        depth = {name: [0] * (len(self.parts) + 1) for name in self.spans}
        for name, spans in self.spans.items():
            for begun, ended in spans:
                depth[name][begun + 1] += 1
                depth[name][ended] -= 1
        at = dict.fromkeys(self.spans, 0)
        for place, part in enumerate(self.parts):
            for name in at:
                at[name] += depth[name][place]
            if isinstance(part, Run):
                yield Run(part.text, at["emphasis"] > 0, at["strong"] > 0, part.small_caps, at["strike"] > 0)
            else:
                yield part


def _inlines(tokens: list[_Token], pairs: dict[int, int], first: int, end: int, *, noted: bool = False) -> list[Inline]:
    pieces = _Pieces()
    caps_until: list[int] = []
    place = first
    while place < end:
        token = tokens[place]
        caps = bool(caps_until)
        if token.kind == "note" and place in pairs and not noted:
            inner = _inlines(tokens, pairs, place + 1, pairs[place], noted=True)
            pieces.add(Note(tuple(part for part in inner if isinstance(part, Run))))
            place = pairs[place]
        elif token.kind == "open" and place in pairs:
            caps_until.append(pairs[place])
        elif caps_until and place == caps_until[-1]:
            caps_until.pop()
            place += 1  # what follows says that it is small caps
        elif token.kind in {"stars", "waves"}:
            pieces.mark(token, small_caps=caps)
        else:
            pieces.add(Run(token.text, small_caps=caps))
        place += 1
    return list(pieces.marked())
