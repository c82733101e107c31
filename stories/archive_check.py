"""Whether what a story's file holds hangs together, so that no page and no command stumbles over it later.

Whoever wrote the file may have meant ill, or a disk may have cut it short: each of its parts may be well formed, and
name what is not there.
"""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

from ..graph.cycle import is_step_finished
from ..memory import Lineage
from ..schemas.before import path_before
from ..schemas.clashes import Clash
from ..schemas.errors import StorageError
from ..schemas.facts import Fact, Knowledge
from ..schemas.story_input import read_input
from .archive_beside import check_beside
from .importing import check_manuscript
from .looks import Look

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ..schemas.state import StoryState
    from .archive_format import Archive, KeptState

_GREATEST = 2**53
"""Whole numbers below this are the same in every program that reads JSON."""
_TOLD = (
    *("topic", "title", "language"),
    *("lineage", "step", "paragraph", "short_term_memory", "rationale", "retrieved", "plans", "prompt", "opening"),
)
"""What every state has after a step; one from before 0.1 has no mode, and is an author's."""


def check_values(value: object) -> None:
    """See that a text can be written, and that a number is one.

    Raises:
        ValueError: it cannot, or is none.
    """
    rest = [value]
    while rest:
        match rest.pop():
            case str() as text:
                text.encode()
            case bool() | None:
                continue
            case int() as number if abs(number) >= _GREATEST:
                msg = f"the number {str(number)[:30]} is too large"
                raise ValueError(msg)
            case float() as number if not math.isfinite(number):
                msg = f"{number} is no number"
                raise ValueError(msg)
            case list() as items:
                rest.extend(items)
            case dict() as items:
                rest.extend(items)
                rest.extend(items.values())


def check(archive: Archive) -> None:
    """See that an archive hangs together.

    Raises:
        StorageError: a passage has no text or stands twice, a path leads to passages that are not there, a state lacks
            what a step makes, or says another language than the story.
        SettingsError: a state has a premise that cannot be.
        ValueError: a fact, a clash, a proposal is none, or what stands beside the story is not of it.
    """
    _check_branches(archive)
    slots = _Slots(archive)
    for path in _paths_of_the_card(archive):
        slots.see(path, "card")
    for name, states in archive.branches.items():
        for kept in states:
            _check_state(archive, name, kept, slots)
    check_beside(archive, lambda name, kept: _check_state(archive, name, kept, slots))
    if archive.reading:
        check_manuscript(archive.reading.manuscript, _lengths(archive))
        if archive.reading.at:
            slots.see(Lineage.from_json(archive.reading.at.state.get("lineage")), "reading")


def _lengths(archive: Archive) -> dict[str, int]:
    ends = {name: states[-1].state for name, states in archive.branches.items() if states}
    return {name: Lineage.from_json(state.get("lineage")).length for name, state in ends.items()}


def _check_branches(archive: Archive) -> None:
    named = {branch.name for branch in archive.record.branches}
    if odd := sorted(named ^ set(archive.branches)):
        raise StorageError("archive_branch_missing", names=[name[:60] for name in odd])


def _paths_of_the_card(archive: Archive) -> Iterator[Lineage]:
    before = archive.record.begun_from.before
    if before:
        yield path_before({"before": before.model_dump()})


class _Slots:
    """The slots that there are, by branch: the numbers in runs, so that a path is seen without a walk over it."""

    def __init__(self, archive: Archive) -> None:
        numbers: dict[str, set[int]] = defaultdict(set)
        for entry in archive.entries:
            if not entry.text.strip():
                raise StorageError("archive_paragraph_empty", place=entry.seq, branch=entry.branch[:60])
            if entry.seq in numbers[entry.branch]:
                raise StorageError("archive_passage_twice", number=entry.seq, branch=entry.branch[:60])
            numbers[entry.branch].add(entry.seq)
        self._end_of = {branch: _ends(sorted(known)) for branch, known in numbers.items()}

    def see(self, path: Lineage, branch: str) -> None:
        """See that a path leads to what is there, and to nothing twice.

        Raises:
            StorageError: it does not.
        """
        for segment in path:
            if not 0 <= segment.first <= segment.last <= self._end_of.get(segment.branch, {}).get(segment.first, -1):
                raise StorageError(
                    "archive_passage_missing",
                    branch=branch[:60],
                    slots=f"{segment.branch[:60]} {segment.first}-{segment.last}",
                )
        spans = sorted(path)
        if any(one.branch == other.branch and other.first <= one.last for one, other in pairwise(spans)):
            raise StorageError("archive_path_twice", branch=branch[:60])


def _ends(numbers: list[int]) -> dict[int, int]:
    """Of each number the end of the run that it is in."""
    ends: dict[int, int] = {}
    for number in reversed(numbers):
        ends[number] = ends.get(number + 1, number)
    return ends


def _check_state(archive: Archive, branch: str, kept: KeptState, slots: _Slots) -> None:
    state = kept.state
    told: Mapping[str, Any] = state
    if is_step_finished(told):
        lacking = [name for name in _TOLD if name not in state]
        if lacking or not state["lineage"]:
            raise StorageError("archive_state_lacks", branch=branch[:60], names=lacking or ["lineage"])
    given = read_input({"topic": "?", **{name: told[name] for name in _OF_THE_STORY if name in told}})
    known = archive.record.begun_from
    if (given.language, given.mode) != (known.language, known.mode):
        raise StorageError("archive_of_two_stories", branch=branch[:60], given=given.language, known=known.language)
    for path in _paths(told):
        slots.see(path, branch)
    _check_parts(told)


_OF_THE_STORY = ("author", "language", "mode", "target_paragraphs", "before", "pack")
"""What is checked of a state as of what a story is begun from: a model's own title or outline may be longer."""


def _paths(state: Mapping[str, Any]) -> Iterator[Lineage]:
    yield Lineage.from_json(state.get("lineage"))
    yield path_before(state)
    yield Lineage.from_json(state.get("clashes_read"))
    look = Look.of(cast("StoryState", state))
    if look:
        yield from (look.before, look.read)


def _check_parts(state: Mapping[str, Any]) -> None:
    for clash in state.get("clashes", []):
        Clash.from_json(clash)
    for fact in _facts(state):
        Fact.from_json(fact)
    if knowledge := state.get("knowledge"):
        Knowledge.from_json(knowledge)
    if not all(isinstance(said.get("name"), str) for said in state.get("codex", [])):
        msg = "what is said of a name in the codex has the name"
        raise ValueError(msg)
    if any(len(shift) != 2 for shift in state.get("shifts", [])):  # noqa: PLR2004 (a place, and by how many)
        msg = "a shift has a place and a number"
        raise ValueError(msg)


def _facts(state: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    return [standing["fact"] for standing in state.get("standing", [])]
