"""Continuity: what clashes in a book, noticed while it is written or found by reading it, and what a person says of it.

What was found, what was said of it and which passages were read are records in the state, as pins are: a fork, an undo,
an archive have those of their own place. A note whose words no longer stand in their passage is not shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..graph.cycle import point_of
from ..memory import Lineage
from ..nodes.proof import says
from ..schemas.clashes import Clash, Side, found_in, with_new
from ..schemas.errors import StoryStateError
from ..schemas.ledger import threads_of
from ..schemas.lineage import Slot
from . import branches

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..memory import LongTermMemory
    from ..schemas.clashes import ClashMark
    from ..schemas.ledger import Thread
    from ..schemas.state import StoryState
    from .story import Story

DROPPED = 20
"""Passages after which a thread that nothing took up is taken for dropped, where the story goes on."""


@dataclass(frozen=True)
class Note:
    """A clash as it stands now.

    Attributes:
        clash: what clashes; the places of its sides are those of now.
        mark: what a person said of it; empty: nothing yet.
    """

    clash: Clash
    mark: str = ""

    @property
    def id(self) -> str:
        """What it is named by."""
        return self.clash.id

    @property
    def paragraph(self) -> int:
        """The passage (from 1) that it stands beside: the later of the two."""
        return 1 + max(side.place for side in self.clash.sides if side.place is not None)

    def to_json(self) -> dict[str, Any]:
        """For a script: passages are counted from 1."""
        sides = [
            {"quote": side.quote, "paragraph": None if side.place is None else side.place + 1}
            for side in self.clash.sides
        ]
        told = {"id": self.id, "kind": self.clash.kind, "paragraph": self.paragraph, "sides": sides}
        return {**told, "why": self.clash.why, "mend": self.clash.mend, "mark": self.mark}


def what_was_found(before: Mapping[str, Any], after: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """What an undo of an edit leaves: what was found since was paid for, and vanishes by itself where its words do.

    What was known before the edit has the words of then, by which it is marked: an edit may have changed them.

    Args:
        before: the state before the edit.
        after: the state that the edit made.
        now: the state that is left.
    """
    new = [Clash.from_json(one) for one in now.get("clashes", []) if one not in after.get("clashes", [])]
    read = {"clashes_read": now["clashes_read"]} if "clashes_read" in now else {}
    return {**read, "clashes": with_new(before.get("clashes", []), new)} if new else read


async def notes(story: Story, *, every: bool = False, threads: bool = True, branch: str = "") -> list[Note]:
    """What clashes in a branch, in the order of its passages; what is meant so or does not matter is left out.

    Args:
        story: the open story.
        every: those too that a person marked so.
        threads: whether threads that were dropped are among them; without them, only a few passages are looked at.
        branch: which branch; the current one, if none is named.
    """
    standing = await story.standing(branch)
    state = standing.state
    lineage = Lineage.from_json(state.get("lineage"))
    if not lineage or not (threads or state.get("clashes")):
        return []
    kept = [Clash.from_json(one) for one in state.get("clashes", [])]

    def stand(memory: LongTermMemory) -> list[Clash]:
        ledger = threads_of(memory.facts.threads(lineage), is_finished=standing.is_finished) if threads else []
        return _standing([*kept, *_dropped(ledger, lineage)], lineage, memory, state.get("shifts", []))

    marks = state.get("clash_marks", {})
    found = [Note(clash, marks.get(clash.id, "")) for clash in await story.remember(stand)]
    shown = [note for note in found if every or note.mark not in ("meant", "ignore")]
    return sorted(shown, key=lambda note: (note.paragraph, note.id))


async def mark(story: Story, note: str, said: ClashMark | None) -> None:
    """Say of a note that it is to be mended, that it is meant so, that it does not matter; ``None``: nothing any more.

    Raises:
        StoryStateError: there is no such note, or a step is under way.
    """
    state = await story.state_between_steps()
    await _found(story, note)
    marks = {name: kept for name, kept in state.get("clash_marks", {}).items() if name != note}
    await keep(story, state, {"clash_marks": {**marks, note: said} if said else marks})


async def mend(story: Story, note: str, words: str) -> int:
    """Put other words where the later side of a note stands; gives the number of the passage that was changed.

    Raises:
        StoryStateError: there is no such note, its words are gone, or a step is under way.
    """
    await story.state_between_steps()
    found = await _found(story, note)
    side = max((side for side in found.clash.sides if side.place is not None), key=lambda side: side.place or 0)
    text = (await story.entry(found.paragraph)).text
    where = found_in(text, side.quote)
    if where is None:
        raise StoryStateError("clash_gone", clash=note, number=found.paragraph)
    start, end = where
    await branches.edit(story, paragraph=found.paragraph, text=f"{text[:start]}{words.strip()}{text[end:]}")
    return found.paragraph


async def keep(story: Story, state: StoryState, values: Mapping[str, Any]) -> None:
    """Change records of the state; a story that has come to its end stays there."""
    await story.change(values, as_node=point_of(state))


async def _found(story: Story, note: str) -> Note:
    found = next((one for one in await notes(story, every=True) if one.id == note), None)
    if found is None:
        raise StoryStateError("no_clash", clash=note[:80])
    return found


def _dropped(threads: Sequence[Thread], lineage: Lineage) -> list[Clash]:
    """The threads that the story left open, or has long not taken up: each by the words that opened it."""
    return [
        Clash(
            "thread",
            (Side(thread.opened_by, thread.opened - 1, *lineage.at(thread.opened - 1)),),
            thread.text,
        )
        for thread in threads
        if thread.opened_by
        and (thread.status == "left" or (thread.status == "open" and lineage.length - thread.touched >= DROPPED))
    ]


def _standing(
    clashes: Sequence[Clash], lineage: Lineage, memory: LongTermMemory, shifts: Sequence[Sequence[int]]
) -> list[Clash]:
    """Those whose words still stand on a path, with the places that they have there."""
    found: list[Clash] = []
    texts: dict[int, str] = {}
    for clash in clashes:
        sides = [_now(side, lineage, memory, texts, shifts) for side in clash.sides]
        there = tuple(side for side in sides if side)
        is_somewhere = any(side.place is not None for side in there)
        if is_somewhere and len(there) == len(clash.sides):
            found.append(replace(clash, sides=there))
    return found


def _now(
    side: Side, lineage: Lineage, memory: LongTermMemory, texts: dict[int, str], shifts: Sequence[Sequence[int]]
) -> Side | None:
    """A side where its words now stand; ``None``: nowhere."""
    if side.place is None:
        return side
    was = side.place
    moved = lineage.place_of(Slot(side.branch, side.seq))
    # One that was edited since has another slot: it is where it was, or as far from there as others were put in.
    places = {was, was + sum(by for at, by in shifts if at <= was)} if moved is None else {moved}
    for place in sorted(place for place in places if 0 <= place < lineage.length):
        if place not in texts:
            texts[place] = memory.entry(lineage, place).text
        if says(texts[place], side.quote):
            return replace(side, place=place)
    return None
