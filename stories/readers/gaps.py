"""Room between paragraphs that divides scenes: a paragraph with more of it above than the others have."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

K = TypeVar("K")

_MOST: Final = 1 / 4
"""The part of the paragraphs that may begin a scene."""


class Room(NamedTuple):
    """The room above a paragraph, below it and before its lines, in a unit of the file's kind."""

    above: float
    below: float
    left: float


def wide(rooms: Mapping[K, Room], more: float) -> set[K]:
    """The paragraphs with more room above them than is usual; none, where too many have it.

    What is set in, or has more room below it too, is a letter or a verse.

    Args:
        rooms: the room around each paragraph.
        more: how much more there is above, at least.
    """
    usual = Counter(rooms.values()).most_common(1)[0][0] if rooms else Room(0, 0, 0)
    found = {
        key
        for key, (above, below, left) in rooms.items()
        if above >= usual.above + more and below < usual.below + more and left < usual.left + more
    }
    return found if len(found) <= _MOST * len(rooms) else set()
