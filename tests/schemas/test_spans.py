"""Spans of a path: few at any length, and the same again wherever two paths share their passages."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from recurrentgpt.schemas.lineage import Lineage, Slot
from recurrentgpt.schemas.spans import PASSAGES, SPANS, Span, cover

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def path_of(length: int) -> Lineage:
    return Lineage.from_json([["main", 0, length - 1]] if length else [])


def every(spans: Sequence[Span]) -> Iterator[Span]:
    for span in spans:
        yield span
        yield from every(span.parts)


def digests(lineage: Lineage) -> set[str]:
    return {lineage.part(span.first, span.end).digest for span in every(cover(lineage))}


@pytest.mark.parametrize("length", [0, 1, 9, 10, 11, 39, 40, 41, 159, 160, 399, 1000, 5000])
def test_a_path_is_covered_from_its_beginning_by_few_spans(length: int) -> None:
    spans = cover(path_of(length))
    ends = [0, *(span.end for span in spans)]
    assert [span.first for span in spans] == ends[:-1], "one goes on where the one before it ends"
    assert ends[-1] == length - length % PASSAGES
    levels = [span.level for span in spans]
    assert levels == sorted(levels, reverse=True), "the oldest are the coarsest"
    assert all(levels.count(level) < SPANS for level in levels)


def test_spans_are_of_ten_and_of_four() -> None:
    (whole,) = cover(path_of(160))
    assert (whole.first, whole.end, whole.level) == (0, 160, 3)
    assert [(part.first, part.end) for part in whole.parts] == [(0, 40), (40, 80), (80, 120), (120, 160)]
    assert [(part.first, part.end, part.level) for part in whole.parts[0].parts][:2] == [(0, 10, 1), (10, 20, 1)]


def test_what_was_a_span_stays_one_however_the_path_goes_on() -> None:
    lasting = {(span.first, span.end) for span in every(cover(path_of(137)))}
    assert lasting < {(span.first, span.end) for span in every(cover(path_of(1000)))}


@pytest.mark.parametrize("place", [0, 4, 5, 9, 10, 39, 500, 989])
def test_a_change_of_a_passage_changes_its_spans_and_at_most_one_beside_each(place: int) -> None:
    lineage = path_of(1000)
    before = digests(lineage)
    levels = max(span.level for span in every(cover(lineage)))
    edited = lineage.replace(place, lineage.edit_slot(place, "other"))
    assert len(digests(edited) - before) <= levels
    longer = lineage.insert(place, lineage.edit_slot(place, "more"))
    assert len(digests(longer) - before) <= 2 * levels
    assert len(digests(lineage.remove(place)) - before) <= 2 * levels


def test_forks_share_the_spans_before_them() -> None:
    lineage = path_of(95)
    fork = lineage
    for _ in range(30):
        slot = fork.next_slot() if fork != lineage else fork.fork_slot("other")
        fork = fork.append(slot)
    assert digests(path_of(90)) - digests(fork) == set()


@pytest.mark.parametrize("seed", range(20))
def test_any_path_is_covered_in_spans_of_bounded_size(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 (no secret)
    lineage = path_of(200)
    for number in range(300):
        place = chance.randrange(lineage.length)
        match chance.choice(["insert", "remove", "replace", "fork"]):
            case "insert":
                lineage = lineage.insert(place, Slot(f"{number}", place))
            case "remove":
                lineage = lineage.remove(place)
            case "replace":
                lineage = lineage.replace(place, Slot(f"{number}", place))
            case _:
                lineage = lineage.append(Slot(f"{number}", lineage.length))
    spans = cover(lineage)
    ends = [0, *(span.end for span in spans)]
    assert [span.first for span in spans] == ends[:-1]
    assert 0 <= lineage.length - ends[-1] < 2 * PASSAGES
    for span in every(spans):
        assert not span.parts or SPANS // 2 <= len(span.parts) <= 2 * SPANS
        assert span.parts or PASSAGES // 2 <= span.end - span.first <= 2 * PASSAGES
        assert span.number == lineage.at(span.end - 1).seq
