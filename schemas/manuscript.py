"""A manuscript as it is inside: what every file that is taken in becomes, and every book is made of.

Its text is light Markdown (:mod:`.light_markdown`). As a whole it can be written as that, and read again.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, get_args

from .light_markdown import SCENE_BREAK, paragraphs_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .state import Chapter as Begins

Kind = Literal["part", "chapter", "front", "back"]
"""What a chapter is: a part that others stand in, a chapter of the story, or what stands before or after it."""
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
MOST_LEVELS: Final = 6

_HEADING: Final = re.compile(r"(#{1,6})(?: (.*?))??(?: \{\.(part|front|back)\})?")
_ESCAPE: Final = re.compile(r"\\([\\#{])")
_SPECIAL: Final = re.compile(r"([\\#{])")
_HEAD: Final = "---"
_ENTRY: Final = re.compile(r'(title|author|language): ("(?:[^"\\]|\\["\\/bfnrt]|\\u[0-9a-f]{4})*")')
_GUARD: Final = re.compile(r"\\+(?=#)")


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter, or what else has a heading of its own.

    Attributes:
        title: in plain text, one line; empty for what stands before the first heading.
        paragraphs: each in light Markdown; a part often has none.
        kind: what it is.
        level: the rank of its heading, 1 (the highest) to 6.
    """

    title: str
    paragraphs: tuple[str, ...] = ()
    kind: Kind = "chapter"
    level: int = 1


@dataclass(frozen=True, slots=True)
class Manuscript:
    """A whole manuscript.

    Attributes:
        title: may be empty.
        author: may be empty.
        language: a BCP 47 tag; empty where nobody said.
        chapters: in order. One without chapters is one chapter without a title.
    """

    title: str = ""
    author: str = ""
    language: str = ""
    chapters: tuple[Chapter, ...] = ()

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """Every paragraph, in order."""
        return tuple(text for chapter in self.chapters for text in chapter.paragraphs)


def of_passages(
    passages: Sequence[str], begins: Iterable[Begins], *, title: str = "", author: str = "", language: str = ""
) -> Manuscript:
    """The manuscript of a story: its passages as paragraphs, divided where its chapters begin.

    Args:
        passages: of the story, in order, in light Markdown.
        begins: where chapters begin (places from 0, in order), and what else is known of them.
        title: the story's.
        author: who wrote it.
        language: a BCP 47 tag.
    """
    chapters: list[Chapter] = []
    marks = [begin for begin in begins if begin["seq"] < len(passages)]
    first = marks[0]["seq"] if marks else len(passages)
    if first:
        chapters.append(Chapter("", _paragraphs(passages[:first])))
    for number, begin in enumerate(marks):
        end = marks[number + 1]["seq"] if number + 1 < len(marks) else len(passages)
        if part := begin.get("part", ""):
            chapters.append(Chapter(part, kind="part"))
        in_part = any(chapter.kind == "part" for chapter in chapters)
        level = 2 if in_part and "kind" not in begin else 1
        kind: Kind = begin["kind"] if "kind" in begin else "chapter"  # noqa: SIM401 (mypy loses the literal)
        chapters.append(Chapter(begin["title"], _paragraphs(passages[begin["seq"] : end]), kind, level))
    return Manuscript(title, author, language, tuple(chapters))


def _paragraphs(passages: Sequence[str]) -> tuple[str, ...]:
    return tuple(paragraph for text in passages for paragraph in paragraphs_of(text))


def that_divide(paragraphs: Sequence[str]) -> list[int]:
    """The places of a chapter's paragraphs, but of scene breaks that divide nothing: at its edges, the second of two.

    No book has those, neither one that is read nor one that is written.
    """
    told = [at for at, text in enumerate(paragraphs) if text != SCENE_BREAK]
    inside = range(told[0], told[-1] + 1) if told else range(0)
    return [at for at in inside if paragraphs[at] != SCENE_BREAK or paragraphs[at - 1] != SCENE_BREAK]


def write_manuscript(manuscript: Manuscript) -> str:
    """A manuscript as one text in light Markdown: a head, headings, paragraphs."""
    named = {"title": manuscript.title, "author": manuscript.author, "language": manuscript.language}
    head = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in named.items() if value]
    blocks = ["\n".join([_HEAD, *head, _HEAD])]
    for number, chapter in enumerate(manuscript.chapters):
        if number or chapter.title or (chapter.kind, chapter.level) != ("chapter", 1):
            blocks.append(_heading(chapter))
        blocks.extend(map(_guarded, chapter.paragraphs))
    return "\n\n".join(blocks) + "\n"


def _heading(chapter: Chapter) -> str:
    title = _SPECIAL.sub(r"\\\1", chapter.title)
    kind = "" if chapter.kind == "chapter" else f"{{.{chapter.kind}}}"
    return " ".join(filter(None, ["#" * chapter.level, title, kind]))


def _guarded(paragraph: str) -> str:
    """A paragraph that would be read as a heading, as text."""
    return f"\\{paragraph}" if _HEADING.fullmatch(_GUARD.sub("", paragraph, 1)) else paragraph


def _unguarded(block: str) -> str:
    return block[1:] if _GUARD.match(block) and _HEADING.fullmatch(_GUARD.sub("", block, 1)) else block


def read_manuscript(text: str) -> Manuscript:
    """A manuscript of what :func:`write_manuscript` writes; a text without a head or headings is one as well."""
    named, body = _read_head(text)
    chapters: list[Chapter] = []
    gathered: list[str] = []
    at = Chapter("")

    def end_chapter() -> None:
        if gathered or chapters or at != Chapter(""):
            chapters.append(replace(at, paragraphs=tuple(gathered)))
        gathered.clear()

    for block in paragraphs_of(body):
        heading = _HEADING.fullmatch(block)
        if heading:
            end_chapter()
            kind: Kind = next((kind for kind in KINDS if kind == heading[3]), "chapter")
            at = Chapter(_ESCAPE.sub(r"\1", heading[2] or ""), kind=kind, level=len(heading[1]))
        else:
            gathered.append(_unguarded(block))
    end_chapter()
    return Manuscript(named.get("title", ""), named.get("author", ""), named.get("language", ""), tuple(chapters))


def _read_head(text: str) -> tuple[dict[str, str], str]:
    """What the lines between the two at the head say, and the rest; a text that has no such head is all rest."""
    head, found, rest = text.removeprefix(f"{_HEAD}\n").partition(f"{_HEAD}\n")
    lines = head.splitlines()
    entries = [hit for line in lines if (hit := _ENTRY.fullmatch(line))]
    if not text.startswith(f"{_HEAD}\n") or not found or len(entries) != len(lines):
        return {}, text
    return {hit[1]: str(json.loads(hit[2])) for hit in entries}, rest
