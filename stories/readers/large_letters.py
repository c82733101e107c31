"""Headings that only their size shows: paragraphs in larger letters than the text, as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping

K = TypeVar("K")

_LARGE: Final = 1.15
"""How much larger than the text's the letters of a heading are, at least."""
_MOST_LARGE: Final = 0.2
"""The part of the text that may be headings; where more is large, size says nothing."""
_LEAST: Final = 2
_TITLE: Final = 160
_MOST_RANK: Final = 6


class Letters(NamedTuple):
    """The smallest letters of a paragraph, and how many characters it has."""

    size: float
    length: int


def ranks_of_large(paragraphs: Mapping[K, Letters], weights: Counter[float]) -> dict[K, int]:
    """The ranks of the paragraphs that are headings by the size of their letters; the largest have rank 1.

    Args:
        paragraphs: those that may be headings.
        weights: how many characters of the whole text there are of each size.
    """
    body = weights.most_common(1)[0][0] if weights else 0
    large = {
        key: letters
        for key, letters in paragraphs.items()
        if body and letters.size >= _LARGE * body and letters.length <= _TITLE
    }
    told = sum(letters.length for letters in large.values())
    if len(large) < _LEAST or told > _MOST_LARGE * weights.total():
        return {}
    largest_first = sorted({letters.size for letters in large.values()}, reverse=True)
    return {key: min(largest_first.index(letters.size) + 1, _MOST_RANK) for key, letters in large.items()}
