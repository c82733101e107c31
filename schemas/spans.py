"""Spans: the passages of a path in groups, and the groups in larger ones, so that a book of any length has few.

Where a span ends is read off the numbers that slots were given once, and not off their places: a passage that is
edited, put in or taken out changes the span that it stands in and those above, and at most one beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .lineage import Lineage

PASSAGES = 10
"""Passages a span has: where some were put in or taken out, half to twice as many."""
SPANS = 4
"""Spans that become one of the next level, so that at most three stay; half to twice as many, as above."""


@dataclass(frozen=True)
class Span:
    """Some neighbouring passages of a path.

    Attributes:
        first: the place of the first, from 0.
        end: the place after the last.
        number: the number that the last one's slot was given.
        parts: the spans that it is made of; none on the first level.
    """

    first: int
    end: int
    number: int
    parts: tuple[Span, ...] = field(default=(), compare=False)

    @property
    def level(self) -> int:
        """1 for a span of passages, 2 for one of such spans, and so on."""
        return 1 + max((part.level for part in self.parts), default=0)


class Told(NamedTuple):
    """What some neighbouring passages told.

    Attributes:
        first: the place of the first, from 0.
        end: the place after the last.
        level: of the span that was condensed; 0: it is a passage's own summary.
        text: what they told.
    """

    first: int
    end: int
    level: int
    text: str

    @property
    def numbers(self) -> str:
        """Which passages these are, counted from 1."""
        return str(self.end) if self.end == self.first + 1 else f"{self.first + 1}-{self.end}"


def cover(lineage: Lineage) -> list[Span]:
    """The fewest full spans of a path, from its beginning on; what comes after them is in no full span yet."""
    found: list[Span] = []
    spans, size = _of_passages(lineage), PASSAGES
    while spans:
        size *= SPANS
        spans, rest = _merged(spans, size)
        found = [*rest, *found]
    return found


def _of_passages(lineage: Lineage) -> list[Span]:
    """The full spans of the first level: each ends with a slot whose number is the last of a ten."""
    spans: list[Span] = []
    begin = before = 0
    for segment in lineage:
        while True:
            least = max(before + 1, begin + PASSAGES // 2)
            number = segment.first + least - before
            end = min(least + -number % PASSAGES, begin + 2 * PASSAGES)
            if end > before + segment.length:
                break
            spans.append(Span(begin, end, segment.first + end - before - 1))
            begin = end
        before += segment.length
    return spans


def _merged(spans: Sequence[Span], size: int) -> tuple[list[Span], list[Span]]:
    """The spans of the next level, of so many passages each, and those that are in none yet."""
    made: list[Span] = []
    parts: list[Span] = []
    for span in spans:
        parts.append(span)
        is_full = len(parts) >= SPANS // 2 and (span.number + 1) % size == 0
        if is_full or len(parts) == 2 * SPANS:
            made.append(Span(parts[0].first, span.end, span.number, tuple(parts)))
            parts = []
    return made, parts
