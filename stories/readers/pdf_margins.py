"""What a printed page has in its margins, beside the text: numbers of pages, and what leads about."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from .pieces import Block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .pdf_lines import Place

_LONGEST: Final = 24
"""Characters of such a line."""
_MOST: Final = 1 / 3
"""The part of all lines that may stand in margins: of more, it is another column."""
_LEAST: Final = 3
"""Pages that have some, at least."""
_NUMBER: Final = re.compile(r"\W*(?:page|seite|p|s)?\W*(?:\d{1,4}|[ivxlc]{1,7})\W*", re.IGNORECASE)


class Printed(Protocol):
    """A printed line."""

    @property
    def text(self) -> str:
        """What it says."""

    @property
    def place(self) -> Place:
        """Where it stands."""


L = TypeVar("L", bound=Printed)


def without_margins(pages: Sequence[Sequence[L]]) -> tuple[list[list[L]], list[list[Block]]]:
    """The pages without lines beside the column of their text; gives of each page those lines too."""
    edges = _column(pages)
    beside = [[_is_beside(line, edges) for line in page] for page in pages]
    found = [
        line.text
        for page, marks in zip(pages, beside, strict=True)
        for line, is_out in zip(page, marks, strict=True)
        if is_out
    ]
    often = Counter(found)
    pages_with = sum(map(any, beside))
    kept: list[list[L]] = []
    left: list[list[Block]] = []
    is_margin = pages_with >= _LEAST and len(found) <= _MOST * sum(map(len, pages))
    for page, marks in zip(pages, beside, strict=True):
        out = [
            is_margin and is_out and bool(_NUMBER.fullmatch(line.text) or often[line.text] >= _LEAST)
            for line, is_out in zip(page, marks, strict=True)
        ]
        kept.append([line for line, is_out in zip(page, out, strict=True) if not is_out])
        left.append([_block(line.text) for line, is_out in zip(page, out, strict=True) if is_out])
    return kept, left


def _block(text: str) -> Block:
    return Block(text, why="page_number" if _NUMBER.fullmatch(text) else "running_head")


def _column(pages: Sequence[Sequence[Printed]]) -> tuple[float, float]:
    """The edges of the text on its pages: where most lines begin, and the furthest that one of those goes."""
    lines = [line.place for page in pages for line in page if line.place.right]
    often = Counter(round(place.left) for place in lines)
    if not often:
        return 0.0, 0.0
    left, _ = often.most_common(1)[0]
    ends = sorted(place.right for place in lines if round(place.left) == left)
    return float(left), ends[-1 - len(ends) // 100]


def _is_beside(line: Printed, edges: tuple[float, float]) -> bool:
    left, right = edges
    place = line.place
    return (
        right > left
        and 0 < len(line.text) <= _LONGEST
        and bool(place.right)
        and (place.left > right or place.right < left)
    )
