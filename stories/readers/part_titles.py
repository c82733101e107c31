"""What a part of a book is called, where that stands in lines under its number: "Part One", "1703.", "The Quay"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ...schemas.light_markdown import SCENE_BREAK, as_text
from .furniture import words_of
from .headings import is_number, is_title, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...schemas.languages import Language
    from .pieces import Block

_MOST: Final = 3
"""Lines of such a title."""
_LONGEST: Final = 90
_PAGE: Final = re.compile(r"[\s.·•…_]+\d{1,4}\s*$")


def with_part_titles(blocks: Sequence[Block], title: str, language: Language) -> list[Block]:
    """The blocks, of which the title of a part is one heading, as the list of contents has it.

    A line is of it if the contents say so, or if it is a heading that no text stands under, above a chapter that is
    counted. The title of the book, said once more behind it, is a title page.

    Args:
        blocks: of the text, with its headings, and with what was left out of it.
        title: of the book.
        language: the text's.
    """
    made: list[Block | None] = list(blocks)
    listed = _listed(blocks)
    story = [at for at, block in enumerate(blocks) if not block.why and block.text != SCENE_BREAK]
    for number, at in enumerate(story):
        if not blocks[at].rank or kind_of(blocks[at].text) != "part":
            continue
        below = list(_below(blocks, story[number + 1 :], language))
        after = number + 1 + len(below)
        # Lines that stand above no heading are its text.
        if not below or after >= len(story) or not blocks[story[after]].rank:
            continue
        if _names(title, _said(blocks[below[-1]])):
            made[below[-1]] = blocks[below[-1]]._replace(why="title_page", rank=0)
            below.pop()
        if below and (_is_listed(blocks, at, below, listed) or _is_headed(blocks, at, below, story[after:])):
            said = [_said(blocks[place]) for place in (at, *below)]
            made[at] = blocks[at]._replace(text=". ".join([*(one.rstrip(".:：、") for one in said[:-1]), said[-1]]))
            for place in range(at + 1, below[-1] + 1):
                is_line = place in below or blocks[place].text == SCENE_BREAK
                made[place] = None if is_line else made[place]
    return [block for block in made if block is not None]


def _said(block: Block) -> str:
    return " ".join(as_text(block.text).split("\n"))


def _below(blocks: Sequence[Block], story: Sequence[int], language: Language) -> Iterator[int]:
    """The lines right under a part's number, as far as they are short, and none is a chapter's or another part's."""
    for number, at in enumerate(story[: _MOST + 1]):
        said = _said(blocks[at])
        if len(said) > _LONGEST or is_title(said, language) or is_number(said):
            return
        is_above = number + 1 < len(story) and blocks[story[number + 1]].rank
        if blocks[at].rank and not is_above:
            return  # it heads a text
        yield at


def _listed(blocks: Sequence[Block]) -> set[str]:
    """What the lists of contents say, a line by itself, and with those under it."""
    told = [line for block in blocks if block.why == "contents" for line in as_text(block.text).split("\n")]
    words = [words_of(_PAGE.sub("", line)) for line in told]
    return {"".join(words[at : at + count]) for at in range(len(words)) for count in range(1, _MOST + 2)} - {""}


def _is_listed(blocks: Sequence[Block], at: int, below: Sequence[int], listed: set[str]) -> bool:
    return words_of("".join(_said(blocks[place]) for place in (at, *below))) in listed


def _is_headed(blocks: Sequence[Block], at: int, below: Sequence[int], story: Sequence[int]) -> bool:
    """Whether all lines are headings, and head nothing by themselves as the parts of a part do."""
    if len(below) > _MOST or not all(blocks[place].rank for place in below):
        return False
    top, own, lower = blocks[at].rank, blocks[below[-1]].rank, blocks[story[0]].rank
    if not top < own < lower:
        return True
    ranks = [blocks[place].rank for place in story if blocks[place].rank]
    end = next((number for number, rank in enumerate(ranks) if rank <= top), len(ranks))
    return own not in ranks[:end]


def _names(title: str, said: str) -> bool:
    """Whether a line is what the book is called, or how that begins."""
    words, own = words_of(title), words_of(said)
    return bool(own) and words.startswith(own) and (words == own or " " in said)
