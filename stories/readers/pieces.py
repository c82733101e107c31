"""What a reader finds in a file (blocks, and why some are no story), and what is made of that (a manuscript)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...schemas.manuscript import Manuscript

Why = Literal[
    "",
    "title_page",
    "contents",
    "copyright",
    "dedication",
    "other_books",
    "licence",
    "cover",
    "picture",
    "running_head",
    "page_number",
    "comment",
    "note_mark",
    "note",
    "hidden",
    "not_compiled",
    "scene_name",
    "log",
    "missing",
    "leads_out",
]
"""Why a block is no story. Empty: it is."""
REASONS: Final[tuple[Why, ...]] = get_args(Why)[1:]


NO_AUTHORS: Final = frozenset(
    {"python-docx", "un-named", "microsoft office user", "user", "windows user", "unknown", "admin"}
)
"""What programs note for an author, in small letters, where nobody told them of one."""


class Block(NamedTuple):
    """A block of text as a file has it.

    Attributes:
        text: in light Markdown; a heading's in plain text.
        rank: of a heading, 1 the highest; 0: it is none.
        why: why it is no story.
        anchors: names by which other places of the file refer to it.
        gap: how many empty lines stand before it, beside what divides any two paragraphs; :data:`DIVIDER` counts as
            many.
    """

    text: str
    rank: int = 0
    why: Why = ""
    anchors: tuple[str, ...] = ()
    gap: int = 0


DIVIDER: Final = "\ufdd5"
"""The text of a block that is an ornament between two scenes: a sign that is no character of any text."""
EMPTY: Final = "\ufdd4"
"""The text of a block that is an empty line, where what reads the file would leave out one that says nothing."""
_MARKS: Final = " \t\n*~"
"""Marks that letters have of which none is left."""
SURE: Final = 100
"""The gap that divides scenes whatever is usual in the text."""


def with_gaps(blocks: Iterable[Block]) -> Iterator[Block]:
    """Blocks of which those that say nothing are a gap before the next."""
    gap = 0
    for block in blocks:
        said = block.text.strip(_MARKS if EMPTY in block.text or DIVIDER in block.text else None)
        if block.why:
            yield block
        elif said == DIVIDER:
            gap += SURE
        elif said in {EMPTY, ""}:
            gap += 1
        else:
            yield block._replace(text=block.text.replace(EMPTY, ""), gap=block.gap + gap)
            gap = 0


@dataclass(frozen=True)
class Found:
    """What a reader found.

    Attributes:
        blocks: in the order of the text.
        title: as the file has it; may be empty.
        author: as the file has it; may be empty.
        language: a BCP 47 tag, where the file has one.
        encoding: what its text was read as, where that was a question.
        is_marked: whether the file itself says what a heading is.
    """

    blocks: list[Block]
    title: str = ""
    author: str = ""
    language: str = ""
    encoding: str = ""
    is_marked: bool = True


@dataclass(frozen=True)
class LeftOut:
    """Something of a file that was not taken for story: why, how it begins, and how many such there are."""

    why: Why
    text: str
    count: int


@dataclass(frozen=True)
class Reading:
    """A file that was read.

    Attributes:
        manuscript: what is story in it.
        left_out: what is not.
        encoding: what its text was read as, where that was a question.
    """

    manuscript: Manuscript
    left_out: tuple[LeftOut, ...] = field(default=())
    encoding: str = ""
