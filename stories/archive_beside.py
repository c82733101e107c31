"""What stands beside a story in a file of all of it: whose versions are, what was undone, rewritten, told once more."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ..graph.cycle import is_step_finished
from ..memory import Lineage
from ..nodes.rewriting import AGAIN, ON
from ..nodes.select_plan import select_plan
from ..schemas.lineage import Slot
from .archive_format import Beside, KeptAside, KeptUndone
from .archive_states import put_state, way_to
from .passage_history import Hands, hands_of, keep_hands
from .redo import Place, Undone, keep_undone, undone_in
from .retelling import keep_retold, retold_of
from .rewriting import WAYS, every_rewriting, keep_rewritings

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, Sequence
    from pathlib import Path

    from .archive_format import Archive, KeptState
    from .story import Story


class PutStates(NamedTuple):
    """The names of the checkpoints that a branch's states were put into.

    Attributes:
        head: of where it stands; empty: it has not begun.
        asides: of the states aside, by their numbers.
    """

    head: str
    asides: dict[int, str]


async def beside_of(story: Story, ways: Mapping[str, Mapping[str, KeptState]], slots: Container[Slot]) -> Beside:
    """What stands beside a story.

    Args:
        story: the open story.
        ways: where each branch stood, oldest first, by the names of the checkpoints.
        slots: those of the long-term memory.

    Raises:
        StorageError: the checkpoints cannot be read.
    """
    asides, undone = await _undone(story, ways)
    return Beside(
        hands=hands_of(story.folder),
        rewritings=[one for one in every_rewriting(story.folder) if Slot(one.branch, one.seq) in slots],
        retold=retold_of(story.folder),
        asides=asides,
        undone=undone,
    )


async def _undone(
    story: Story, ways: Mapping[str, Mapping[str, KeptState]]
) -> tuple[list[KeptAside], list[KeptUndone]]:
    """What can be done again, as far back as each hangs together with the next, and the states for it."""
    asides: list[KeptAside] = []
    undone: list[KeptUndone] = []
    heads = {branch: next(reversed(list(way)), "") for branch, way in ways.items()}
    known = {branch: {name: ("branch", at) for at, name in enumerate(way)} for branch, way in ways.items()}
    after: Place | None = None
    for one in reversed(undone_in(story.folder)):
        on, was = one.now.branch, one.was
        if on not in ways or was.branch not in ways:
            break
        if one.now != (after or Place(branch=on, checkpoint=heads[on])):
            break  # Something else was changed since.
        aside = None
        if was.branch == on:
            places = known[on]
            behind, way = await way_to(story, on, was.checkpoint, places)
            for name, kept in way.items():
                of, number = places[behind]
                told = {"branch": on, "of": of, "behind": number, "kept": kept}
                places[name], behind = ("aside", len(asides)), name
                asides.append(KeptAside.model_validate(told))
            of, aside = places.get(was.checkpoint, ("", 0))
            if of != "aside":
                break  # Its checkpoint is gone.
        elif was.checkpoint != heads[was.branch]:
            break
        undone.append(KeptUndone(on=on, branch=was.branch, aside=aside))
        after = was
    return asides, undone[::-1]


async def put_states(
    story: Story, branch: str, states: Sequence[KeptState], asides: Mapping[int, KeptAside]
) -> PutStates:
    """Put where a branch stood into its thread, and what was undone on it beside.

    Raises:
        StorageError: a gate came next that this library does not have, or the checkpoints cannot be written.
    """
    if not states:
        return PutStates("", {})
    way = [await put_state(story, branch, kept) for kept in states[:-1]]
    put: dict[int, str] = {}
    for number, aside in asides.items():
        behind = way[aside.behind] if aside.of == "branch" else put[aside.behind]
        put[number] = await put_state(story, branch, aside.kept, behind)
    # The newest checkpoint is where a thread stands.
    return PutStates(await put_state(story, branch, states[-1], way[-1] if put else ""), put)


def put_beside(folder: Path, beside: Beside, put: Mapping[str, PutStates]) -> None:
    """Put into a story's folder what stands beside its states.

    Raises:
        StorageError: it cannot be written.
    """
    if beside.hands != Hands():
        keep_hands(folder, beside.hands)
    if beside.rewritings:
        keep_rewritings(folder, tuple(beside.rewritings))
    if beside.retold:
        keep_retold(folder, beside.retold)
    if not beside.undone:
        return
    was = [_place(one.branch, one.aside, put) for one in beside.undone]
    now = [*was[1:], _place(beside.undone[-1].on, None, put)]
    keep_undone(folder, tuple(Undone(was=one, now=other) for one, other in zip(was, now, strict=True)))


def _place(branch: str, aside: int | None, put: Mapping[str, PutStates]) -> Place:
    return Place(branch=branch, checkpoint=put[branch].head if aside is None else put[branch].asides[aside])


def check_beside(archive: Archive, see: Callable[[str, KeptState], None]) -> None:
    """See that what stands beside a story belongs to it.

    Args:
        archive: the story.
        see: sees that a state of a branch hangs together.

    Raises:
        ValueError: it does not.
        TypeError: a path is none.
    """
    for path in archive.beside.hands.paths:
        Lineage.from_json(path.was), Lineage.from_json(path.now)
    _check_rewritings(archive)
    for number, aside in enumerate(archive.beside.asides):
        _check_aside(archive, number, aside)
        see(aside.branch, aside.kept)
    _check_undone(archive)


def _check_rewritings(archive: Archive) -> None:
    texts = {(entry.branch, entry.seq): entry.text for entry in archive.entries}
    for one in archive.beside.rewritings:
        if not texts.get((one.branch, one.seq), "").startswith(one.text, one.start):
            msg = "what is rewritten stands in no passage of it"
            raise ValueError(msg)
        if one.how not in (*WAYS, AGAIN, ON):
            msg = f"nothing is rewritten by {one.how[:40]!r}"
            raise ValueError(msg)


def _check_aside(archive: Archive, number: int, aside: KeptAside) -> None:
    states, others = archive.branches.get(aside.branch, []), archive.beside.asides[:number]
    is_behind_one = (
        aside.behind < len(states) - 1
        if aside.of == "branch"
        else aside.behind < len(others) and others[aside.behind].branch == aside.branch
    )
    if not is_behind_one:
        msg = "what was undone comes from no earlier state of its branch"
        raise ValueError(msg)
    if not is_step_finished(aside.kept.state) or aside.kept.next not in ([], [select_plan.name]):
        msg = "what was undone stands in the middle of a step"
        raise ValueError(msg)


def _check_undone(archive: Archive) -> None:
    asides, undone = archive.beside.asides, archive.beside.undone
    for one in undone:
        is_there = (
            one.branch != one.on and bool(archive.branches.get(one.branch))
            if one.aside is None
            else one.branch == one.on and one.aside < len(asides) and asides[one.aside].branch == one.branch
        )
        if not is_there or not archive.branches.get(one.on):
            msg = "what was undone is not there"
            raise ValueError(msg)
    if any(one.on != later.branch for one, later in pairwise(undone)):
        msg = "what was undone does not follow one from the other"
        raise ValueError(msg)
