"""Paragraphs as a person counts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..schemas.errors import StoryStateError

if TYPE_CHECKING:
    from ..memory import Lineage


def place_of(paragraph: int, lineage: Lineage) -> int:
    """The place (from 0) of a paragraph that is counted from 1.

    Raises:
        StoryStateError: the path has none of that number.
    """
    if not 1 <= paragraph <= lineage.length:
        raise StoryStateError("no_paragraph", number=paragraph, first=1, last=lineage.length)
    return paragraph - 1


def as_of(lineage: Lineage, at: int | None) -> Lineage:
    """A path after so many passages; ``None``: after all.

    Raises:
        StoryStateError: it has fewer.
    """
    if at:
        place_of(at, lineage)
    return lineage if at is None else lineage.cut(at)
