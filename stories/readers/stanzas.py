"""Numbers of a song's stanzas, which look as those of chapters do."""

from __future__ import annotations

from bisect import bisect
from itertools import groupby
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST: Final = 1500
"""Characters from one stanza's number to the next, at most: somebody may speak between two."""


def stanzas_in(blocks: Sequence[str], numbers: Sequence[int], chapters: Sequence[int]) -> set[int]:
    """The numbers that count the stanzas of a song inside a chapter: little text stands between them, some of it verse.

    Args:
        blocks: of the text, in order.
        numbers: the places of those that are a number alone.
        chapters: the places of the titles of chapters that are more than that, in order.
    """
    found: set[int] = set()
    for _, of_chapter in groupby(numbers, key=lambda place: bisect(chapters, place)):
        row: list[int] = []
        for place in (*of_chapter, -1):
            if row and (place < 0 or sum(map(len, blocks[row[-1] + 1 : place])) > _LONGEST):
                found |= {at for at in row if any("\n" in blocks[one + 1] for one in row if one + 1 < len(blocks))}
                row = []
            row.append(place)
    return found
