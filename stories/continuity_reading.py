"""Reading a book for what clashes in it: what is new of it, batch by batch, each stored when it was read.

So it can be stopped or killed anywhere, and goes on with what is still unread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ..memory import Lineage
from ..nodes.continuity import Batch, ClashReader
from ..schemas.clashes import Clash, with_new
from ..schemas.errors import ModelUnavailableError
from .continuity import keep
from .late_facts import TELLER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Mapping, Sequence

    from ..memory import Entry
    from ..schemas.catalogue import Part
    from ..schemas.context import Context
    from ..schemas.state import CallUsage, StoryState
    from .story import Story

_FAILED_IN_A_ROW = 2
"""After so many batches without a usable answer, one after the other, it is the model and not the passages."""


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


async def unread(story: Story) -> int:
    """How many passages of the current branch were never read as they now are."""
    state = await story.state()
    return len(_unread(state, Lineage.from_json(state.get("lineage")), again=False))


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
    entries = await _with_the_book_before(story, entries)
    reader = ClashReader(state, context, story.library.resources)
    room = await reader.room()
    batches = reader.batches(entries, new, room)
    sent = sum(reader.tokens(entries, batch, _others(entries, new, batch), room) for batch in batches)
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
    story.check_may_act()
    await story.state_between_steps()
    state, path, entries = await _path(story)
    new = _unread(state, path, again=again)
    if new and story.library.is_demonstration(context, TELLER):
        raise ModelUnavailableError("clashes_need_a_model")
    entries = await _with_the_book_before(story, entries) if new else {}
    reader = ClashReader(state, context, story.library.resources)
    room = await reader.room() if new else 0
    batches = reader.batches(entries, new, room)
    left, done, failed = set(new), 0, 0
    for places in batches:
        batch = await reader.beside(entries, Batch(places), _others(entries, new, places), room)
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
    await keep(story, state, {"clashes": after, "clashes_read": _without(path, left).to_json()})
    known = {Clash.from_json(one).id for one in kept}
    return sum(Clash.from_json(one).id not in known for one in after)


async def _path(story: Story) -> tuple[StoryState, Lineage, dict[int, Entry]]:
    state = await story.state()
    path = Lineage.from_json(state.get("lineage"))
    return state, path, dict(enumerate(await story.entries(path)))


async def _with_the_book_before(story: Story, entries: Mapping[int, Entry]) -> dict[int, Entry]:
    """Passages by their places, and those of the book before, at places below 0."""
    before = await story.entries(story.before)
    return {**dict(enumerate(before, start=-len(before))), **entries}


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


def _others(entries: Collection[int], new: Collection[int], batch: Sequence[int]) -> set[int]:
    """The places that may stand beside a batch: what comes before it, and what was read before this reading."""
    unread = set(new)
    return {place for place in entries if place < batch[0] or place not in unread} - set(batch)
