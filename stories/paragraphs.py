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
