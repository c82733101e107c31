"""Which part of a memory a state sees: slots, branches, segments."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurrentgpt.schemas.lineage import ROOT, Lineage, Segment, Slot

if TYPE_CHECKING:
    from collections.abc import Callable

UNHURRIED = settings(deadline=None, database=None)
"""Any machine may be slow, and what one run found is not kept for the next."""


def path_of(length: int) -> Lineage:
    """A path that was never forked."""
    lineage = Lineage()
    for _ in range(length):
        lineage = lineage.append(lineage.next_slot())
    return lineage


def forked(at: int, text: str, length: int) -> Lineage:
    """A path of ``length`` that left the root at ``at`` with ``text``."""
    lineage = path_of(at)
    lineage = lineage.append(lineage.fork_slot(text))
    while lineage.length < length:
        lineage = lineage.append(lineage.next_slot())
    return lineage


# Appending


def test_a_path_begins_empty_at_the_root() -> None:
    assert Lineage().length == 0
    assert Lineage().slots() == []
    assert Lineage().next_slot() == Slot(ROOT, 0)


def test_appending_makes_one_segment_longer() -> None:
    assert path_of(1) == (Segment(ROOT, 0, 0),)
    assert path_of(100) == (Segment(ROOT, 0, 99),)
    assert path_of(100).length == 100
    assert path_of(100).next_slot() == Slot(ROOT, 100)


def test_appending_leaves_the_older_path_as_it_was() -> None:
    before = path_of(3)
    before.append(before.next_slot())
    assert before == path_of(3)


@pytest.mark.parametrize("seq", [0, 1])
def test_a_slot_that_a_path_has_is_refused(seq: int) -> None:
    with pytest.raises(ValueError, match=r"cannot be put in at place 2 of a path of 2"):
        path_of(2).append(Slot(ROOT, seq))


# Forking


def test_a_fork_begins_a_segment_at_the_next_place() -> None:
    path = forked(2, "Ada stays.", 5)
    assert [(segment.first, segment.last) for segment in path] == [(0, 1), (2, 4)]
    assert path[0].branch == ROOT
    assert path[1].branch != ROOT


def test_a_fork_may_begin_at_the_very_start() -> None:
    path = forked(0, "Ada stays.", 2)
    assert [(segment.first, segment.last) for segment in path] == [(0, 1)]
    assert path[0].branch != ROOT


def test_the_same_fork_twice_is_the_same_branch() -> None:
    assert forked(2, "Ada stays.", 4) == forked(2, "Ada stays.", 4)


def test_another_text_is_another_branch() -> None:
    assert path_of(2).fork_slot("Ada stays.") != path_of(2).fork_slot("Ada stays!")


def test_the_same_text_at_two_places_is_two_branches() -> None:
    assert path_of(2).fork_slot("Ada stays.").branch != path_of(3).fork_slot("Ada stays.").branch


def test_the_same_text_at_the_same_place_of_two_branches_is_two_branches() -> None:
    one, other = forked(1, "Ada stays.", 3), forked(1, "Ada goes.", 3)
    assert one.fork_slot("Ben waits.").branch != other.fork_slot("Ben waits.").branch


def test_the_same_text_after_an_edit_of_the_past_is_another_branch() -> None:
    path = path_of(5)
    edited = path.replace(1, path.edit_slot(1, "Ada sold the bell."))
    assert edited.next_slot() == path.next_slot()
    assert edited.fork_slot("Ben waits.") != path.fork_slot("Ben waits.")


# JSON


@pytest.mark.parametrize("path", [Lineage(), path_of(1), path_of(7), forked(3, "x", 9), forked(0, "灯", 1)])
def test_a_path_survives_json(path: Lineage) -> None:
    read = Lineage.from_json(json.loads(json.dumps(path.to_json())))
    assert read == path
    assert read.next_slot() == path.next_slot()
    assert read.slots() == path.slots()


@pytest.mark.parametrize("nothing", [None, [], ()])
def test_nothing_is_the_start_of_a_path(nothing: Any) -> None:
    assert Lineage.from_json(nothing) == Lineage()


def test_tuples_are_read_as_lists_are() -> None:
    assert Lineage.from_json([("main", 0, 2), ["b", 3, 3]]) == (Segment("main", 0, 2), Segment("b", 3, 3))


@pytest.mark.parametrize("nonsense", ["main", 7, {"branch": "main"}])
def test_what_is_no_list_is_refused(nonsense: Any) -> None:
    with pytest.raises(TypeError, match=r"a lineage is a list of \[branch, first, last\]"):
        Lineage.from_json(nonsense)


# Slots


def three_segments() -> Lineage:
    return Lineage.from_json([["main", 0, 2], ["b", 3, 4], ["c", 5, 5]])


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (0, None, ["main:0", "main:1", "main:2", "b:3", "b:4", "c:5"]),
        (2, None, ["main:2", "b:3", "b:4", "c:5"]),
        (3, None, ["b:3", "b:4", "c:5"]),
        (0, 3, ["main:0", "main:1", "main:2", "b:3"]),
        (2, 3, ["main:2", "b:3"]),
        (2, 5, ["main:2", "b:3", "b:4", "c:5"]),
        (5, 5, ["c:5"]),
        (1, 1, ["main:1"]),
        (0, 0, ["main:0"]),
        (4, 3, []),
        (6, None, []),
        (0, 99, ["main:0", "main:1", "main:2", "b:3", "b:4", "c:5"]),
    ],
)
def test_slots_run_across_segments(first: int, last: int | None, expected: list[str]) -> None:
    assert [f"{slot.branch}:{slot.seq}" for slot in three_segments().slots(first, last)] == expected


# Ids


def test_the_id_of_a_slot_is_the_same_for_ever() -> None:
    assert Slot("main", 0).point_id("story") == UUID("ea4c7674-9d70-52c7-ae25-5587c6042acf")
    assert path_of(2).fork_slot_of_0_1("Ada stays.") == Slot("760eed31ccb53f8c", 2)
    assert path_of(2).fork_slot("Ada stays.") == Slot("0ec674f38afd6072", 2)


def test_ids_differ_by_owner_branch_and_place() -> None:
    ids = {
        Slot(branch, seq).point_id(owner)
        for owner in ("story", "story-1", "other")
        for branch in ("main", "b", "1")
        for seq in (0, 1, 11)
    }
    assert len(ids) == 27


# Any history at all


@UNHURRIED
@given(st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(["a", "b", "c"])), max_size=40))
def test_every_path_reads_its_own_texts_whatever_was_written_beside_it(steps: list[tuple[int, str]]) -> None:
    """Each step goes back to any state there ever was and writes a text after it.

    The rule of writing is the memory's: the next slot if it is free or holds this text, else a branch.
    """
    written: dict[UUID, str] = {}
    states: list[tuple[Lineage, list[str]]] = [(Lineage(), [])]
    for choice, text in steps:
        lineage, texts = states[choice % len(states)]
        slot = lineage.next_slot()
        if written.setdefault(slot.point_id("story"), text) != text:
            slot = lineage.fork_slot(text)
        assert written.setdefault(slot.point_id("story"), text) == text
        states.append((lineage.append(slot), [*texts, text]))
    for lineage, texts in states:
        slots = lineage.slots()
        assert [written[slot.point_id("story")] for slot in slots] == texts
        assert [slot.seq for slot in slots] == list(range(len(texts)))
        assert lineage.length == len(texts)
        assert Lineage.from_json(json.loads(json.dumps(lineage.to_json()))) == lineage
        middle = len(texts) // 2
        assert lineage.slots(middle) == slots[middle:]
        assert lineage.slots(0, middle) == slots[: middle + 1]


@UNHURRIED
@given(st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(["a", "b", "c"])), max_size=40))
def test_the_same_texts_are_the_same_path_however_often_they_are_written(steps: list[tuple[int, str]]) -> None:
    written: dict[UUID, str] = {}
    states: list[tuple[Lineage, list[str]]] = [(Lineage(), [])]
    for choice, text in steps:
        lineage, texts = states[choice % len(states)]
        slot = lineage.next_slot()
        if written.setdefault(slot.point_id("story"), text) != text:
            slot = lineage.fork_slot(text)
            written.setdefault(slot.point_id("story"), text)
        states.append((lineage.append(slot), [*texts, text]))
    by_texts: dict[tuple[str, ...], Lineage] = {}
    for lineage, texts in states:
        assert by_texts.setdefault(tuple(texts), lineage) == lineage
    assert len(written) == len(by_texts) - 1


@UNHURRIED
@given(st.integers(0, 30), st.integers(1, 30))
def test_a_path_grows_with_forks_never_with_paragraphs(before: int, after: int) -> None:
    path = forked(before, "Ada stays.", before + after)
    assert len(path.to_json()) == (2 if before else 1)
    assert path.length == before + after


# Editing


def test_replacing_splits_the_segment_around_the_place() -> None:
    path = path_of(5)
    slot = path.edit_slot(2, "new text", "summary")
    edited = path.replace(2, slot)
    assert list(edited) == [Segment(ROOT, 0, 1), Segment(slot.branch, 2, 2), Segment(ROOT, 3, 4)]
    assert edited.length == path.length
    assert [place.seq for place in edited.slots()] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("place", "kept"), [(0, [(1, 4)]), (4, [(0, 3)])])
def test_replacing_at_an_end_leaves_no_empty_segment(place: int, kept: list[tuple[int, int]]) -> None:
    edited = path_of(5).replace(place, path_of(5).edit_slot(place, "x"))
    assert [(segment.first, segment.last) for segment in edited if segment.branch == ROOT] == kept


def test_the_same_edit_has_the_same_slot_and_another_has_another() -> None:
    path = path_of(5)
    assert path.edit_slot(2, "x", "y") == path.edit_slot(2, "x", "y")
    different = {
        path.edit_slot(2, "x", "y"),
        path.edit_slot(2, "xy", ""),
        path.edit_slot(3, "x", "y"),
        path.fork_slot("x"),
    }
    assert len(different) == 4


@given(st.integers(1, 12), st.lists(st.integers(0, 11), max_size=8))
@UNHURRIED
def test_edits_change_their_places_only(length: int, places: list[int]) -> None:
    path = path_of(length)
    expected = path.slots()
    for number, place in enumerate(place for place in places if place < length):
        slot = path.edit_slot(place, str(number))
        path = path.replace(place, slot)
        expected[place] = slot
    assert path.slots() == expected


@given(st.integers(0, 12), st.integers(0, 14))
@UNHURRIED
def test_a_cut_path_is_the_beginning_of_the_whole(length: int, cut: int) -> None:
    path = forked(min(4, length), "x", length)
    assert path.cut(cut).slots() == path.slots()[:cut]


# Putting in, taking out, moving


@given(st.lists(st.tuples(st.sampled_from(["put in", "take out", "move", "replace", "append"]), st.integers(0, 10**6))))
@UNHURRIED
def test_a_path_is_what_a_list_of_its_slots_would_be(steps: list[tuple[str, int]]) -> None:
    path = path_of(4)
    expected = path.slots()
    for number, (what, choice) in enumerate(steps):
        place = choice % max(1, len(expected))
        if what == "append":
            slot = Slot(f"new-{number}", place)
            path, expected = path.append(slot), [*expected, slot]
        elif what == "put in":
            slot = Slot(f"new-{number}", place)
            path = path.insert(place, slot)
            expected.insert(place, slot)
        elif not expected:
            continue
        elif what == "take out":
            path = path.remove(place)
            del expected[place]
        elif what == "replace":
            slot = path.edit_slot(place, str(number))
            path = path.replace(place, slot)
            expected[place] = slot
        else:
            slot, to = path.at(place), choice % len(expected)
            path = path.remove(place).insert(to, slot)
            del expected[place]
            expected.insert(to, slot)
    assert path.slots() == expected
    assert path.length == len(expected)
    assert [path.at(place) for place in range(len(expected))] == expected
    assert [path.place_of(slot) for slot in expected] == list(range(len(expected)))
    assert Lineage.from_json(json.loads(json.dumps(path.to_json()))) == path


def test_what_was_taken_out_and_put_back_is_the_path_it_was() -> None:
    path = path_of(5)
    assert path.remove(2).insert(2, path.at(2)) == path
    assert path.remove(2).digest != path.digest


@pytest.mark.parametrize("change", [lambda path: path.remove(3), lambda path: path.replace(3, Slot("x", 3))])
def test_a_place_that_is_not_there_cannot_be_changed(change: Callable[[Lineage], Lineage]) -> None:
    with pytest.raises(ValueError, match="place 3 is not on a path of 3"):
        change(path_of(3))


def test_a_slot_that_is_not_on_the_path_has_no_place() -> None:
    assert path_of(3).place_of(Slot("other", 1)) is None
    assert path_of(3).remove(1).place_of(Slot(ROOT, 1)) is None
