"""Spans: the passages of a path in groups, and the groups in larger ones, so that a book of any length has few.

Where a span ends is read off the numbers that slots were given once, and not off their places: a passage that is
edited, put in or taken out changes the span that it stands in and those above, and at most one beside it.

Where a chapter ends, so does a span: each is one, whatever it is made of. Those of a few passages are told together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .lineage import Lineage, Segment

PASSAGES = 10
"""Passages a span has: where some were put in or taken out, or a chapter ended, half to twice as many."""
_LEAST = PASSAGES // 2
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


def cover(lineage: Lineage, chapters: Iterable[int] = ()) -> list[Span]:
    """The fewest full spans of a path, from its beginning on; what comes after them is in no full span yet.

    Args:
        lineage: the path.
        chapters: the places (from 0) at which its chapters begin. Up to the last of them each is full.
    """
    whole: list[Span] = []
    begin = 0
    *ended, going_on = _split(lineage, list(_ends(lineage, chapters)))
    for segments in ended:
        whole.append(_chapter(segments, begin))
        begin = whole[-1].end
    start = _start(going_on, begin)
    return [*_merged_upwards(whole), *_merged_upwards(_of_passages(going_on, begin, start), start)]


def _ends(lineage: Lineage, chapters: Iterable[int]) -> Iterator[int]:
    """The places before which a chapter ended, or several short ones, after about as many passages as a span has."""
    length = lineage.length
    begin = before = 0
    for place in sorted({place for place in chapters if 0 < place <= length}):
        number = lineage.at(place - 1).seq + 1
        is_full = place - before >= _LEAST or number % PASSAGES < place - begin
        before = place
        if is_full and place - begin >= _LEAST:
            yield place
            begin = place


def _split(lineage: Lineage, ends: Sequence[int]) -> list[list[Segment]]:
    """The segments up to each of these places, and those after the last."""
    parts: list[list[Segment]] = [[]]
    place = 0
    for segment in lineage:
        rest = segment
        while len(parts) <= len(ends) and ends[len(parts) - 1] <= place + rest.length:
            cut = rest.first + ends[len(parts) - 1] - place
            parts[-1].append(rest._replace(last=cut - 1))
            place += cut - rest.first
            rest = rest._replace(first=cut)
            parts.append([])
        if rest.length:
            parts[-1].append(rest)
            place += rest.length
    return parts


def _chapter(segments: Sequence[Segment], begin: int) -> Span:
    """The span of a chapter that ended: of its passages, or, where it is long, of spans of these."""
    end = begin + sum(segment.length for segment in segments)
    number = segments[-1].last
    if end - begin <= 2 * PASSAGES:
        return Span(begin, end, number)
    start = _start(segments, begin)
    spans = _of_passages(segments, begin, start)
    if 0 < end - spans[-1].end < _LEAST:
        spans[-1] = Span(spans[-1].first, end, number)
    elif spans[-1].end < end:
        spans.append(Span(spans[-1].end, end, number))
    parts = _merged_upwards(spans, start)
    return parts[0] if len(parts) == 1 else Span(begin, end, number, tuple(parts))


def _start(segments: Sequence[Segment], begin: int) -> int:
    """The number that a chapter's are counted from."""
    return segments[0].first if begin and segments else 0


def _of_passages(segments: Sequence[Segment], begin: int, start: int) -> list[Span]:
    """The full spans of the first level: each ends with a slot whose number, from ``start``, is the last of a ten."""
    spans: list[Span] = []
    before = begin
    for segment in segments:
        while True:
            least = max(before + 1, begin + _LEAST)
            number = segment.first + least - before - start
            end = min(least + -number % PASSAGES, begin + 2 * PASSAGES)
            if end > before + segment.length:
                break
            spans.append(Span(begin, end, segment.first + end - before - 1))
            begin = end
        before += segment.length
    return spans


def _merged_upwards(spans: list[Span], start: int = 0) -> list[Span]:
    """Spans, as many of them as there are enough of merged into larger ones, and these again."""
    found: list[Span] = []
    size = PASSAGES
    while spans:
        size *= SPANS
        spans, rest = _merged(spans, size, start)
        found = [*rest, *found]
    return found


def _merged(spans: Sequence[Span], size: int, start: int) -> tuple[list[Span], list[Span]]:
    """The spans of the next level, of so many passages each, and those that are in none yet.

    A chapter that is as long as that is one of them as it stands.
    """
    made: list[Span] = []
    parts: list[Span] = []
    before = 0
    for span in spans:
        number = (span.number + 1 - start) // size
        is_over, before = number > before, number
        if span.end - span.first >= size:
            made.extend([*_one(parts), span])
            parts = []
            continue
        parts.append(span)
        if (is_over and len(parts) >= SPANS // 2) or len(parts) == 2 * SPANS:
            made.extend(_one(parts))
            parts = []
    return made, parts


def _one(parts: Sequence[Span]) -> list[Span]:
    """Some neighbouring spans as one."""
    return [Span(parts[0].first, parts[-1].end, parts[-1].number, tuple(parts))] if len(parts) > 1 else list(parts)
