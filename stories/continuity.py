"""Continuity: what clashes in a book, noticed while it is written or found by reading it, and what a person says of it.

What was found, what was said of it and which passages were read are records in the state, as pins are: a fork, an undo,
an archive have those of their own place. A note whose words no longer stand in their passage is not shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from ..graph.cycle import point_of
from ..memory import Lineage
from ..nodes.continuity import Batch, ClashReader
from ..nodes.proof import says
from ..schemas.clashes import Clash, Side, found_in, with_new
from ..schemas.errors import ModelUnavailableError, StoryStateError
from ..schemas.ledger import threads_of
from ..schemas.lineage import Slot
from . import branches

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Mapping, Sequence

    from ..memory import Entry, LongTermMemory
    from ..schemas.catalogue import Part
    from ..schemas.clashes import ClashMark
    from ..schemas.context import Context
    from ..schemas.ledger import Thread
    from ..schemas.state import CallUsage, StoryState
    from .story import Story

DROPPED = 20
"""Passages after which a thread that nothing took up is taken for dropped, where the story goes on."""

_FAILED_IN_A_ROW = 2
"""After so many batches without a usable answer, one after the other, it is the model and not the passages."""


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


class ReadingCost(NamedTuple):
    """About what it takes to read what is new: passages, calls, tokens sent and answered."""

    passages: int
    calls: int
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class PassagesRead:
    """What came of some passages, and how far the reading is.

    Attributes:
        paragraphs: their numbers, from 1.
        done: passages that were looked at so far.
        total: passages that were to be read.
        found: how many new notes they gave.
        left_out: what the model said that no words show.
        problem: what was wrong, where there was no answer that could be used: they are still unread.
        usage: what all of it has cost so far.
    """

    paragraphs: tuple[int, ...]
    done: int
    total: int
    found: int
    left_out: int
    problem: Part | str
    usage: CallUsage


def what_was_found(state: StoryState) -> dict[str, Any]:
    """What of a state an undo leaves: what was found was paid for, and vanishes by itself where its words do."""
    kept: Mapping[str, Any] = state
    return {name: kept[name] for name in ("clashes", "clashes_read") if name in kept}


async def notes(story: Story, *, every: bool = False, branch: str = "") -> list[Note]:
    """What clashes in a branch, in the order of its passages; what is meant so or does not matter is left out.

    Args:
        story: the open story.
        every: those too that a person marked so.
        branch: which branch; the current one, if none is named.
    """
    standing = await story.standing(branch)
    state = standing.state
    lineage = Lineage.from_json(state.get("lineage"))
    if not lineage:
        return []
    kept = [Clash.from_json(one) for one in state.get("clashes", [])]

    def stand(memory: LongTermMemory) -> list[Clash]:
        threads = threads_of(memory.facts.threads(lineage), is_finished=standing.is_finished)
        return _standing([*kept, *_dropped(threads, lineage)], lineage, memory)

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
    await _keep(story, state, {"clash_marks": {**marks, note: said} if said else marks})


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


async def cost_of_reading(story: Story, context: Context, *, again: bool = False) -> ReadingCost:
    """About what it costs to read what is new on the current branch, with the settings of a run.

    Args:
        story: the open story.
        context: the settings.
        again: whether all of it is read, also what was read before.

    Raises:
        MemoryUnavailableError: some of the branch is gone.
    """
    state, path, entries = await _path(story)
    new = _unread(state, path, again=again)
    if not new:
        return ReadingCost(0, 0, 0, 0)
    reader = ClashReader(state, context, story.library.resources)
    room = await reader.room()
    batches = reader.batches(entries, new, room)
    sent = sum(reader.tokens(entries, batch, _others(path, new, batch), room) for batch in batches)
    return ReadingCost(len(new), len(batches), sent, reader.told * len(batches))


async def read_for_clashes(story: Story, context: Context, *, again: bool = False) -> AsyncIterator[PassagesRead]:
    """Read what is new on the current branch, batch by batch: stopped or killed anywhere, it goes on where it was.

    Args:
        story: the open story.
        context: the settings: which model, how many tries.
        again: whether all of it is read, also what was read before.

    Yields:
        What came of each batch, once it is stored.

    Raises:
        ModelUnavailableError: the model cannot be had, did not answer, is no more than a demonstration, or several
            batches in a row came to nothing. What was found is kept.
        MemoryUnavailableError: some of the branch is gone.
        StoryStateError: a step is under way.
    """
    await story.state_between_steps()
    state, path, entries = await _path(story)
    new = _unread(state, path, again=again)
    if new and story.library.is_demonstration(context):
        raise ModelUnavailableError("clashes_need_a_model")
    reader = ClashReader(state, context, story.library.resources)
    room = await reader.room() if new else 0
    batches = reader.batches(entries, new, room)
    left, done, failed = set(new), 0, 0
    for places in batches:
        batch = await reader.beside(entries, Batch(places), _others(path, new, places), room)
        reading = await reader.read(entries, batch)
        done += len(places)
        failed = failed + 1 if reading.problem else 0
        left -= set() if reading.problem else set(places)
        found = await _keep_reading(story, path, left, reading.clashes)
        yield PassagesRead(
            paragraphs=tuple(place + 1 for place in places),
            done=done,
            total=len(new),
            found=found,
            left_out=reading.left_out,
            problem=reading.problem,
            usage=reader.usage,
        )
        if failed == _FAILED_IN_A_ROW or failed == len(batches):
            raise ModelUnavailableError("no_clashes_read", count=failed, problem=reading.problem)


async def _keep_reading(story: Story, path: Lineage, left: Collection[int], clashes: Sequence[Clash]) -> int:
    """Keep what was found, and how far the reading is; gives how many of them are new."""
    state = await story.state_between_steps()
    kept = state.get("clashes", [])
    after = with_new(kept, clashes)
    await _keep(story, state, {"clashes": after, "clashes_read": _without(path, left).to_json()})
    known = {Clash.from_json(one).id for one in kept}
    return sum(Clash.from_json(one).id not in known for one in after)


async def _keep(story: Story, state: StoryState, values: Mapping[str, Any]) -> None:
    """Change records of the state; a story that has come to its end stays there."""
    await story.change(values, as_node=point_of(state))


async def _found(story: Story, note: str) -> Note:
    found = next((one for one in await notes(story, every=True) if one.id == note), None)
    if found is None:
        raise StoryStateError("no_clash", clash=note[:80])
    return found


async def _path(story: Story) -> tuple[StoryState, Lineage, list[Entry]]:
    state = await story.state()
    path = Lineage.from_json(state.get("lineage"))
    return state, path, await story.entries(path)


def _unread(state: StoryState, path: Lineage, *, again: bool) -> list[int]:
    """The places of passages that were never read as they now are."""
    read = Lineage.from_json(None if again else state.get("clashes_read"))
    return [place for place, slot in enumerate(path.slots()) if read.place_of(slot) is None]


def _without(path: Lineage, left: Collection[int]) -> Lineage:
    """A path without some of its places."""
    end = path.length
    while end - 1 in left:
        end -= 1
    read = path.cut(end)
    for place in sorted((place for place in left if place < end), reverse=True):
        read = read.remove(place)
    return read


def _others(path: Lineage, new: Collection[int], batch: Sequence[int]) -> set[int]:
    """The places that may stand beside a batch: what comes before it, and what was read before this reading."""
    unread = set(new)
    return {place for place in range(path.length) if place < batch[0] or place not in unread} - set(batch)


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


def _standing(clashes: Sequence[Clash], lineage: Lineage, memory: LongTermMemory) -> list[Clash]:
    """Those whose words still stand on a path, with the places that they have there."""
    found: list[Clash] = []
    texts: dict[int, str] = {}
    for clash in clashes:
        sides = [_now(side, lineage, memory, texts) for side in clash.sides]
        there = tuple(side for side in sides if side)
        is_somewhere = any(side.place is not None for side in there)
        if is_somewhere and len(there) == len(clash.sides):
            found.append(replace(clash, sides=there))
    return found


def _now(side: Side, lineage: Lineage, memory: LongTermMemory, texts: dict[int, str]) -> Side | None:
    """A side where its words now stand; ``None``: nowhere."""
    if side.place is None:
        return side
    moved = lineage.place_of(Slot(side.branch, side.seq))
    place = side.place if moved is None else moved
    if place >= lineage.length:
        return None
    if place not in texts:
        texts[place] = memory.entry(lineage, place).text
    return replace(side, place=place) if says(texts[place], side.quote) else None
