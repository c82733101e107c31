"""A passage cut in two, two made one, a chapter moved: on the current branch alone, and one undo takes it back.

No word changes, so nothing leans on it: memory and plans stay as they are. Facts go with the words that prove them. A
summary that a person wrote stays a person's: joined to another, and with each part of a passage that has any of it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ..memory import Lineage
from ..nodes.proof import still_said
from ..schemas.errors import StoryStateError
from ..schemas.facts import Knowledge
from . import book_end, steps
from .paragraphs import place_of
from .summaries import parted

if TYPE_CHECKING:
    from ..memory import LongTermMemory
    from ..schemas.state import Chapter, StoryState
    from .story import Story


async def split(story: Story, paragraph: int, at: int) -> None:
    """Cut a passage in two; the second belongs to the same chapter.

    Args:
        story: the open story.
        paragraph: its number, from 1.
        at: how many of its characters stay in the first; space around the cut goes.

    Raises:
        StoryStateError: there is no such passage, nothing would stand on one side, or a step is under way.
    """
    state = await story.state_between_steps()
    lineage = Lineage.from_json(state["lineage"])
    place = place_of(paragraph, lineage)
    entry = await story.entry(paragraph)
    first, second = entry.text[:at].rstrip(), entry.text[at:].lstrip()
    if not 0 < at < len(entry.text) or not (first and second):
        raise StoryStateError("nothing_to_split", number=paragraph)
    known = entry.knowledge or Knowledge()
    stays, goes = still_said(known, first), still_said(known, second)
    ids = {fact.id for fact in stays.facts}
    goes = Knowledge(
        tuple(fact for fact in goes.facts if fact.id not in ids),
        tuple(change for change in goes.changes if change not in stays.changes),
    )

    def cut(memory: LongTermMemory) -> Lineage:
        (one, is_mine), (other, is_other_mine) = parted(entry, first, second)
        path = memory.edit(lineage, place, text=first, summary=one, knowledge=stays, by_hand=is_mine)
        path = memory.insert(path, place + 1, second, other, by_hand=is_other_mine)
        return memory.edit(path, place + 1, knowledge=goes) if goes.facts or goes.changes else path

    path = await story.remember(cut)
    chapters = [_from(chapter, place + 1, 1) for chapter in state.get("chapters", [])]
    await _go(story, state, path, {"chapters": chapters, "shifts": steps.put_in(state.get("shifts", []), place + 1)})


async def merge(story: Story, paragraph: int) -> None:
    """Make one of a passage and the one after it; a chapter that began with that one begins no more.

    Args:
        story: the open story.
        paragraph: the number, from 1, of the first.

    Raises:
        StoryStateError: there is no such passage, none comes after it, or a step is under way.
    """
    state = await story.state_between_steps()
    lineage = Lineage.from_json(state["lineage"])
    place = place_of(paragraph, lineage)
    if place + 1 == lineage.length:
        raise StoryStateError("nothing_to_merge", number=paragraph)
    first, second = await story.entries(lineage.cut(place + 2), place)
    known = [entry.knowledge or Knowledge() for entry in (first, second)]
    both = Knowledge(known[0].facts + known[1].facts, known[0].changes + known[1].changes)
    text, summary = f"{first.text}\n\n{second.text}", f"{first.summary} {second.summary}".strip()
    by_hand = first.is_put_right or second.is_put_right

    def join(memory: LongTermMemory) -> Lineage:
        path = memory.edit(lineage, place, text=text, summary=summary, knowledge=both, by_hand=by_hand)
        return path.remove(place + 1)

    path = await story.remember(join)
    kept = [chapter for chapter in state.get("chapters", []) if chapter["seq"] != place + 1]
    chapters = [_from(chapter, place + 1, -1) for chapter in kept]
    await _go(story, state, path, {"chapters": chapters, "shifts": steps.taken_out(state.get("shifts", []), place + 1)})


async def move_chapter(story: Story, paragraph: int, before: int) -> int:
    """Move a chapter, with all its passages, to where another begins.

    Args:
        story: the open story.
        paragraph: the number, from 1, of the passage that it begins with.
        before: the number of the passage that another chapter begins with, before which it is to stand; one more than
            there are passages: it is the last.

    Returns:
        The number of the passage that it now begins with.

    Raises:
        StoryStateError: no chapter begins there, or a step is under way.
    """
    state = await story.state_between_steps()
    lineage = Lineage.from_json(state["lineage"])
    chapters = state.get("chapters", [])
    begins = [chapter["seq"] for chapter in chapters]
    place, target = paragraph - 1, before - 1
    if place not in begins or target not in (*begins, lineage.length):
        raise StoryStateError("no_chapter_begins", number=paragraph if place not in begins else before)
    number = begins.index(place)
    end = begins[number + 1] if number + 1 < len(begins) else lineage.length
    if place <= target <= end:
        return paragraph
    slots = lineage.slots()
    moved = slots[place:end]
    path, shifts = lineage, state.get("shifts", [])
    for _ in moved:
        path, shifts = path.remove(place), steps.taken_out(shifts, place)
    to = target if target < place else target - len(moved)
    for offset, slot in enumerate(moved):
        path, shifts = path.insert(to + offset, slot), steps.put_in(shifts, to + offset)
    changes = {"chapters": _in_order(chapters, lineage.length, number, target), "shifts": shifts}
    await _go(story, state, path, changes)
    return to + 1


def _in_order(chapters: list[Chapter], length: int, number: int, target: int) -> list[Chapter]:
    """The chapters, where one of them was moved to where another begins."""
    ends = [*(chapter["seq"] for chapter in chapters), length]
    lengths = [end - begin for begin, end in pairwise(ends)]
    order = [at for at in range(len(chapters)) if at != number]
    order.insert(next((at for at, one in enumerate(order) if chapters[one]["seq"] >= target), len(order)), number)
    found: list[Chapter] = []
    place = chapters[0]["seq"]
    for at in order:
        found.append({**chapters[at], "seq": place})
        place += lengths[at]
    return found


def _from(chapter: Chapter, place: int, by: int) -> Chapter:
    """A chapter that begins so many passages later, if it begins at a place or after it."""
    return {**chapter, "seq": chapter["seq"] + (by if chapter["seq"] >= place else 0)}


async def _go(story: Story, state: StoryState, path: Lineage, changes: dict[str, Any]) -> None:
    """Let the current branch have another path, of the same words."""
    before = Lineage.from_json(state["lineage"])
    changes |= book_end.places_followed(state, before, path)
    (last,) = await story.entries(path, path.length - 1)
    if path.at(path.length - 1) != before.at(before.length - 1):
        changes |= book_end.last_passage(last)
    if state.get("opening"):
        count = min(len(state["opening"]), path.length)
        changes["opening"] = [entry.text for entry in await story.entries(path, path.length - count)]
    same = {"changed_since_plans": state.get("changed_since_plans", [])}  # not a word is another
    await story.change({**same, **changes, "lineage": path.to_json()})
    await story.note_length()
