"""The book so far: synopses of spans, kept by the slots that they cover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from memories_at_hand import edge_store, memory_over, written
from recurrentgpt.memory import Lineage
from recurrentgpt.memory.store import Seen
from recurrentgpt.schemas.spans import SPANS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from uuid import UUID

    from recurrentgpt.memory import LongTermMemory
    from recurrentgpt.memory.synopses import Due

MANY = 1000


def condensed(memory: LongTermMemory, path: Lineage, chapters: Sequence[int] = ()) -> list[tuple[int, int]]:
    """Make every synopsis that a path has not, and say of which passages."""
    made = []
    while due := memory.synopses.due(path, chapters=chapters):
        memory.synopses.keep(path, due.span, text_of(due))
        made.append((due.span.first, due.span.end))
    return made


def condense_one(memory: LongTermMemory, path: Lineage) -> Due:
    due = memory.synopses.due(path)
    assert due
    memory.synopses.keep(path, due.span, text_of(due))
    return due


def text_of(due: Due) -> str:
    return f"What {due.span.first} to {due.span.end} told."


def spans_told(memory: LongTermMemory, path: Lineage, chapters: Sequence[int] = ()) -> list[tuple[int, int, int]]:
    return [(told.first, told.end, told.level) for told in memory.synopses.so_far(path, chapters)]


def texts(count: int) -> list[str]:
    return [f"Passage {number}." for number in range(count)]


def test_an_empty_path_tells_nothing(memory: LongTermMemory) -> None:
    assert memory.synopses.so_far(Lineage()) == []
    assert memory.synopses.due(Lineage()) is None


def test_a_young_book_is_told_by_its_summaries(memory: LongTermMemory) -> None:
    path = written(memory, texts(3))[-1]
    assert [told.text for told in memory.synopses.so_far(path)] == [f"Summary of: {text}" for text in texts(3)]
    assert memory.synopses.due(path) is None


def test_full_spans_are_condensed_and_then_merged(memory: LongTermMemory) -> None:
    path = written(memory, texts(43))[-1]
    due = memory.synopses.due(path)
    assert due
    assert [told.text for told in due.told] == [f"Summary of: {text}" for text in texts(43)[30:40]]
    assert condensed(memory, path) == [(30, 40), (20, 30), (10, 20), (0, 10), (0, 40)]
    assert spans_told(memory, path) == [(0, 40, 2), (40, 41, 0), (41, 42, 0), (42, 43, 0)]
    assert memory.synopses.so_far(path)[0].text == "What 0 to 40 told."


def test_what_is_merged_is_made_of_the_synopses_below(memory: LongTermMemory) -> None:
    path = written(memory, texts(40))[-1]
    for _ in range(SPANS):
        condense_one(memory, path)
    due = memory.synopses.due(path)
    assert due
    assert [told.text for told in due.told] == [f"What {first} to {first + 10} told." for first in (0, 10, 20, 30)]


def test_what_has_no_synopsis_is_stood_for_by_a_few_summaries(memory: LongTermMemory) -> None:
    path = written(memory, texts(64))[-1]
    assert spans_told(memory, path) == [(place, place + 1, 0) for place in (0, 39, 40, 49, *range(50, 64))]
    condense_one(memory, path)
    assert spans_told(memory, path) == [
        *((place, place + 1, 0) for place in (0, 39, 40, 49)),
        (50, 60, 1),
        *((place, place + 1, 0) for place in range(60, 64)),
    ]


def test_what_could_not_be_condensed_does_not_keep_others_from_it(memory: LongTermMemory) -> None:
    path = written(memory, texts(40))[-1]
    first = memory.synopses.due(path)
    assert first
    other = memory.synopses.due(path, [first.span])
    assert other
    assert (first.span.first, other.span.first) == (30, 20)
    spans = [first.span]
    while due := memory.synopses.due(path, spans):
        memory.synopses.keep(path, due.span, text_of(due))
    assert spans_told(memory, path) == [
        *[(0, 10, 1), (10, 20, 1), (20, 30, 1)],
        *((place, place + 1, 0) for place in range(30, 40)),
    ], "and what stands above it waits"


def test_an_edit_unmakes_what_covers_it_and_nothing_else(memory: LongTermMemory) -> None:
    path = written(memory, texts(165))[-1]
    condensed(memory, path)
    edited = memory.edit(path, 5, text="Something else.")
    assert condensed(memory, edited) == [(0, 10), (0, 40), (0, 160)]
    assert condensed(memory, path) == []
    assert memory.edit(path, 5, summary="Another summary.") != path
    inserted = memory.edit(path, 162, text="A late change.")
    assert condensed(memory, inserted) == []


def test_forks_share_what_they_share(memory: LongTermMemory) -> None:
    path = written(memory, texts(35))[-1]
    condensed(memory, path)
    fork = written(memory, [f"Other {number}." for number in range(10)], path.cut(25))[-1]
    assert condensed(memory, fork) == [(20, 30)]
    assert spans_told(memory, fork)[:3] == [(0, 10, 1), (10, 20, 1), (20, 30, 1)]
    assert condensed(memory, path) == []


def test_a_chapter_that_ended_is_told_as_one(memory: LongTermMemory) -> None:
    path = written(memory, texts(40))[-1]
    chapters = [0, 12, 36]
    assert condensed(memory, path, chapters) == [(22, 36), (12, 22), (12, 36), (0, 12)]
    assert spans_told(memory, path, chapters)[:3] == [(0, 12, 1), (12, 36, 2), (36, 37, 0)]
    assert spans_told(memory, path.cut(12), chapters) == [(0, 12, 1)], "also as of its end"
    assert condensed(memory, path.cut(11), chapters) == [(0, 10)], "and not before"


def test_forks_share_the_chapters_that_they_share(memory: LongTermMemory) -> None:
    path = written(memory, texts(40))[-1]
    condensed(memory, path, [0, 12, 24])
    fork = written(memory, [f"Other {number}." for number in range(10)], path.cut(25))[-1]
    assert condensed(memory, fork, [0, 12, 24, 34]) == [(24, 34)]
    assert condensed(memory, fork, [0, 24, 34]) == [(10, 24), (0, 10), (0, 24)], "and by other chapters, others"
    assert condensed(memory, path, [0, 12, 24]) == []


def test_what_was_condensed_without_chapters_is_of_use_and_the_rest_made_again(memory: LongTermMemory) -> None:
    path = written(memory, texts(43))[-1]
    condensed(memory, path)
    chapters = [0, 25]
    shown = spans_told(memory, path, chapters)
    assert (0, 10, 1) in shown
    assert (25, 35, 1) not in shown
    assert condensed(memory, path, chapters) == [(25, 35), (20, 25), (0, 25)]
    assert spans_told(memory, path, chapters)[:2] == [(0, 25, 2), (25, 35, 1)]
    assert spans_told(memory, path)[0] == (0, 40, 2), "and the others are there as they were"


def test_of_two_writers_the_first_counts(memory: LongTermMemory) -> None:
    path = written(memory, texts(10))[-1]
    due = condense_one(memory, path)
    memory.synopses.keep(path, due.span, "Something else.")
    assert [told.text for told in memory.synopses.so_far(path)] == [text_of(due)]


def test_synopses_are_found_by_no_search_and_counted_as_no_passage(memory: LongTermMemory) -> None:
    path = written(memory, texts(12))[-1]
    condensed(memory, path)
    assert memory.count() == len(memory.entries()) == 12
    assert {hit.entry.text for hit in memory.recall(path, ["What 0 to 10 told."], 12)} <= set(texts(12))
    assert memory.synopses._store.select(Seen(path, "synopsis")) == []  # no search leads to it


def test_a_copy_has_them_under_another_name(memory: LongTermMemory, tmp_path: Path) -> None:
    path = written(memory, texts(43))[-1]
    condensed(memory, path)
    copy = memory_over(store := edge_store(tmp_path / "copy", "another"))
    copy.restore(memory.entries())
    copy.synopses.restore(memory.synopses.every())
    assert copy.synopses.so_far(path) == memory.synopses.so_far(path)
    assert copy.synopses.due(path) is None
    store.close()


@pytest.mark.parametrize("length", [MANY])
def test_a_long_book_is_read_by_a_handful_of_points(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    memory = memory_over(store := edge_store(tmp_path))
    path = written(memory, texts(length))[-1]
    assert len(memory.synopses.so_far(path)) < 30, "also where nothing was condensed yet"
    assert len(condensed(memory, path)) == 100 + 25 + 6 + 1
    asked: list[int] = []
    get = store.get

    def counted(point_ids: Sequence[UUID], keys: Sequence[str] | None = None) -> list[dict[str, Any]]:
        asked.append(len(point_ids))
        return get(point_ids, keys)

    monkeypatch.setattr(store, "get", counted)
    assert [(first, end) for first, end, _ in spans_told(memory, path)] == [
        (0, 640),
        (640, 800),
        (800, 960),
        (960, 1000),
    ]
    assert sum(asked) <= 4, "the coarsest alone"
    store.close()
