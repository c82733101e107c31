"""An opening, cut into the passages that the memory keeps: at its paragraphs, or where these are too long, within."""

from __future__ import annotations

import re
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from ..memory.sentences import pieces
from .story_text import sentence_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..schemas.languages import Language

_EMPTY_LINE = re.compile(r"\n\s*\n")


def in_passages(text: str, count: int, size: int, language: Language) -> list[str]:
    """A text as at most so many passages, as even as its paragraphs let them be.

    Args:
        text: the text.
        count: how many passages there are to be.
        size: sentences that one has; a paragraph that has enough for two is cut where a sentence ends.
        language: the text's.
    """
    blocks = [block.strip() for block in _EMPTY_LINE.split(text) if block.strip()]
    if len(blocks) < count:
        blocks = [part for block in blocks for part in _cut(block, count, size, language)]
    return _joined(blocks, count, language)


def _cut(block: str, count: int, size: int, language: Language) -> list[str]:
    """A paragraph in as many parts as passages are in it, to the letter but for the space between."""
    cut = [piece for piece in pieces(block, language) if piece.strip()]
    parts = max(1, min(count, round(len(cut) / size)))
    bounds = [round(number * len(cut) / parts) for number in range(parts + 1)]
    return ["".join(cut[start:end]).strip() for start, end in pairwise(bounds)]


def _joined(blocks: Sequence[str], count: int, language: Language) -> list[str]:
    """Neighbours put together, until there are so many; each gets about as many sentences."""
    counts = [sentence_count(block, language) for block in blocks]
    before = [0, *accumulate(counts)]
    parts: list[str] = []
    start = 0
    for left in range(min(count, len(blocks)), 0, -1):
        ends = range(start + 1, len(blocks) - left + 2)
        goal = before[start] + (before[-1] - before[start]) / left
        end = min(ends, key=lambda place: abs(before[place] - goal))
        parts.append("\n\n".join(blocks[start:end]))
        start = end
    return parts
