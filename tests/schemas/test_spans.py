"""Spans of a path: few at any length, and the same again wherever two paths share their passages."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from recurrentgpt.schemas.lineage import Lineage, Slot
from recurrentgpt.schemas.spans import PASSAGES, SPANS, Span, cover

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def path_of(length: int) -> Lineage:
    return Lineage.from_json([["main", 0, length - 1]] if length else [])


def every(spans: Sequence[Span]) -> Iterator[Span]:
    for span in spans:
        yield span
        yield from every(span.parts)


def digests(lineage: Lineage, chapters: Iterable[int] = ()) -> set[str]:
    return {lineage.part(span.first, span.end).digest for span in every(cover(lineage, chapters))}


@pytest.mark.parametrize("length", [0, 1, 9, 10, 11, 39, 40, 41, 159, 160, 399, 1000, 5000])
def test_a_path_is_covered_from_its_beginning_by_few_spans(length: int) -> None:
    spans = cover(path_of(length))
    bounds = [0, *(span.end for span in spans)]
    assert [span.first for span in spans] == bounds[:-1], "one goes on where the one before it ends"
    assert bounds[-1] == length - length % PASSAGES
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
    bounds = [0, *(span.end for span in spans)]
    assert [span.first for span in spans] == bounds[:-1]
    assert 0 <= lineage.length - bounds[-1] < 2 * PASSAGES
    for span in every(spans):
        assert not span.parts or SPANS // 2 <= len(span.parts) <= 2 * SPANS
        assert span.parts or PASSAGES // 2 <= span.end - span.first <= 2 * PASSAGES
        assert span.number == lineage.at(span.end - 1).seq


@pytest.mark.parametrize("size", [5, 8, 10, 12, 20, 25, 40, 57, 60])
def test_a_chapter_that_ended_is_a_span(size: int) -> None:
    chapters = range(0, 300, size)
    known = {(span.first, span.end) for span in every(cover(path_of(300), chapters))}
    assert known >= {(first, first + size) for first in chapters if first + size < 300}
    for first, end in known:
        is_within_one = first // size == (end - 1) // size
        assert is_within_one or (first % size == 0 and (end % size == 0)), "or it has whole chapters"


def test_a_short_chapter_is_of_its_passages_and_a_long_one_of_spans() -> None:
    spans = cover(path_of(60), [0, 12, 36])
    assert [(span.first, span.end, span.level) for span in spans] == [(0, 12, 1), (12, 36, 2), (36, 46, 1), (46, 56, 1)]
    assert [(part.first, part.end) for part in spans[1].parts] == [(12, 22), (22, 36)]


def test_a_chapter_of_a_few_passages_is_told_with_those_beside_it() -> None:
    assert [(span.first, span.end) for span in cover(path_of(35), range(35))] == [(0, 10), (10, 20), (20, 30)]
    assert [(span.first, span.end) for span in cover(path_of(30), [0, 3, 6, 9, 12, 24])] == [(0, 12), (12, 24)]
    assert [(span.first, span.end) for span in cover(path_of(29), [0, 2, 20])] == [(0, 20)]
    assert [(span.first, span.end) for span in cover(path_of(30), [3, 20])] == [(0, 20), (20, 30)], "or before any"


@pytest.mark.parametrize("size", [1, 3, 5, 8, 12, 25, 60, 300, 5000])
@pytest.mark.parametrize("length", [7, 60, 61, 999, 5000])
def test_few_spans_cover_a_book_of_chapters_of_any_length(size: int, length: int) -> None:
    spans = cover(path_of(length), range(0, length, size))
    bounds = [0, *(span.end for span in spans)]
    assert [span.first for span in spans] == bounds[:-1]
    assert length - bounds[-1] < 2 * PASSAGES
    assert len(spans) <= 20
    assert all(len(span.parts) <= 2 * SPANS for span in every(spans))


@pytest.mark.parametrize("size", [1, 4, 9, 12, 30, 57])
@pytest.mark.parametrize("place", [0, 4, 5, 9, 10, 39, 500, 989])
def test_a_change_in_a_chapter_changes_what_is_told_of_it_and_above(place: int, size: int) -> None:
    lineage, chapters = path_of(1000), range(0, 1000, size)
    before = digests(lineage, chapters)
    levels = max(span.level for span in every(cover(lineage, chapters)))
    edited = lineage.replace(place, lineage.edit_slot(place, "other"))
    assert len(digests(edited, chapters) - before) <= levels
    moved = [begin + (begin > place) for begin in chapters]
    longer = lineage.insert(place, lineage.edit_slot(place, "more"))
    assert len(digests(longer, moved) - before) <= 3 * levels
    one_less = [begin for begin in chapters if begin != place - place % size]
    assert len(digests(lineage, one_less) - before) <= 3 * levels


def test_a_chapter_that_is_put_in_leaves_the_others_as_they_are() -> None:
    chapters = list(range(0, 300, 12))
    before = digests(path_of(300), chapters)
    after = digests(path_of(300), [*chapters, 130])
    assert len(after - before) <= 5


def test_what_comes_after_the_path_begins_no_chapter() -> None:
    assert cover(path_of(50), [0, 20, 60, 90]) == cover(path_of(50), [0, 20])
    assert [span.end for span in cover(path_of(50), [0, 20, 50])][-1] == 50, "but its next passage may"


@pytest.mark.parametrize("seed", range(20))
def test_any_path_with_any_chapters_is_covered_once(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 (no secret)
    lineage = path_of(200)
    for number in range(200):
        place = chance.randrange(lineage.length)
        match chance.choice(["insert", "remove", "replace"]):
            case "insert":
                lineage = lineage.insert(place, Slot(f"{number}", place))
            case "remove":
                lineage = lineage.remove(place)
            case _:
                lineage = lineage.replace(place, Slot(f"{number}", place))
    chapters = [chance.randrange(lineage.length + 20) for _ in range(chance.randrange(60))]
    spans = cover(lineage, chapters)
    bounds = [0, *(span.end for span in spans)]
    assert [span.first for span in spans] == bounds[:-1]
    assert 0 <= lineage.length - bounds[-1] < 2 * PASSAGES
    for span in every(spans):
        assert [part.first for part in span.parts[1:]] == [part.end for part in span.parts[:-1]]
        assert not span.parts or (span.parts[0].first, span.parts[-1].end) == (span.first, span.end)
        assert span.parts or PASSAGES // 2 <= span.end - span.first < 2 * PASSAGES + PASSAGES // 2
        assert span.number == lineage.at(span.end - 1).seq
