"""A passage put in, taken out, or moved: on the current branch alone, in one change that one undo takes back.

Nothing is copied and nothing is lost: the branch's path leads past what was taken out and by way of what was put in.
Other branches and older steps keep theirs. Facts go with the passages that state them; an end that now stands before
its fact is void, and told of. Where the book ends otherwise, its memory and plans are those of the passage that is now
its last.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from ..memory import Lineage
from ..nodes.read_manuscript import prompt_to_read
from ..schemas.characters import as_said
from ..schemas.errors import StoryStateError
from . import book_end, branches, looks, steps
from .paragraphs import place_of
from .summaries import follows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..memory import Entry, LongTermMemory
    from ..schemas.facts import Change
    from ..schemas.state import Chapter, StoryState
    from .story import Story


@dataclass(frozen=True)
class VoidChange:
    """What a passage changed of a fact that no longer stands before it.

    Attributes:
        paragraph: the passage's number, from 1, as it is now.
        what: what it did to the fact.
        fact: what the fact says.
        quote: the words of the passage that say so.
    """

    paragraph: int
    what: str
    fact: str
    quote: str


@dataclass(frozen=True)
class Placed:
    """What came of it.

    Attributes:
        paragraph: the number, from 1, that the passage now has; 0: it was taken out.
        void: changes of facts that no longer hold, because the fact stands nowhere before them.
    """

    paragraph: int
    void: tuple[VoidChange, ...] = ()


async def insert(story: Story, after: int, text: str) -> Placed:
    """Put a passage in; it belongs to the chapter of the one that it follows. Its facts can be made afterwards.

    Args:
        story: the open story.
        after: the number, from 1, of the passage that it follows; 0: it is the first.
        text: the passage.

    Raises:
        StoryStateError: there is no such passage, the text is empty, or a step is under way.
    """
    state = await story.state_between_steps()
    lineage = Lineage.from_json(state["lineage"])
    text = as_said(text)
    if not text:
        raise StoryStateError("text_empty")
    if not 0 <= after <= lineage.length:
        raise StoryStateError("no_paragraph", number=after, first=0, last=lineage.length)
    path = await story.remember(lambda memory: memory.insert(lineage, after, text, follows("", "", text)))
    await _go(story, state, path, _Way(None, after))
    return Placed(after + 1)


async def remove(story: Story, paragraph: int) -> Placed:
    """Take a passage out. A chapter that it began begins with the next one.

    Args:
        story: the open story.
        paragraph: its number, from 1.

    Raises:
        StoryStateError: there is no such passage, it is the only one, or a step is under way.
    """
    state = await story.state_between_steps()
    lineage = Lineage.from_json(state["lineage"])
    place = place_of(paragraph, lineage)
    if lineage.length == 1:
        raise StoryStateError("only_paragraph")
    entry = await story.entry(paragraph)
    path = lineage.remove(place)
    await _go(story, state, path, _Way(place, None))
    return Placed(0, await _void(story, entry, lineage, path))


async def move(story: Story, paragraph: int, to: int) -> Placed:
    """Move a passage; it belongs to the chapter of the one that it then follows.

    Args:
        story: the open story.
        paragraph: its number, from 1.
        to: the number that it is to have.

    Raises:
        StoryStateError: there is no such passage or number, or a step is under way.
    """
    state = await story.state_between_steps()
    lineage = Lineage.from_json(state["lineage"])
    place, target = place_of(paragraph, lineage), place_of(to, lineage)
    if place == target:
        return Placed(to)
    entry = await story.entry(paragraph)
    path = lineage.remove(place).insert(target, lineage.at(place))
    await _go(story, state, path, _Way(place, target))
    return Placed(to, await _void(story, entry, lineage, path))


@dataclass(frozen=True)
class _Way:
    """From which place a passage goes, and to which; ``None``: it comes from nowhere, or goes there."""

    source: int | None
    target: int | None

    def chapters(self, chapters: Sequence[Chapter], length: int) -> list[Chapter]:
        """Where chapters begin in a book that is so long afterwards; of two at one place, the later one."""
        begins = {chapter["seq"]: chapter for chapter in chapters}
        if self.source is not None:
            begins = {seq - (seq > self.source): chapter for seq, chapter in sorted(begins.items())}
        if self.target is not None:
            begins = {seq + (seq >= max(self.target, 1)): chapter for seq, chapter in begins.items()}
        found: list[Chapter] = [{**chapter, "seq": seq} for seq, chapter in begins.items() if seq < length]
        return sorted(found, key=itemgetter("seq"))

    def shifts(self, kept: steps.Shifts) -> steps.Shifts:
        """Where passages were put in and taken out."""
        if self.source is not None:
            kept = steps.taken_out(kept, self.source)
        return kept if self.target is None else steps.put_in(kept, self.target)


async def _go(story: Story, state: StoryState, path: Lineage, way: _Way) -> None:
    """Let the current branch have another path, and its state follow."""
    before = Lineage.from_json(state["lineage"])
    changes: dict[str, Any] = {
        "chapters": way.chapters(state.get("chapters", []), path.length),
        "shifts": way.shifts(state.get("shifts", [])),
        **book_end.places_followed(state, before, path),
    }
    if path.at(path.length - 1) != before.at(before.length - 1):
        changes |= await _ends_otherwise(story, state, path, way)
    elif told := await _without_the_newest(story, state, path, way):
        changes |= told
    elif state.get("opening"):
        changes["opening"] = await _opening(story, state, path, way)
    await story.change({**changes, **looks.begun(state, path), "lineage": path.to_json()})
    await story.note_length()


async def _opening(story: Story, state: StoryState, path: Lineage, way: _Way) -> list[str]:
    """The newest passages, of which the step's conversation tells, where the last of them is still the last."""
    length = Lineage.from_json(state["lineage"]).length
    count = len(state["opening"])
    first = length - count
    is_taken = way.source is not None and way.source >= first
    first -= way.source is not None and not is_taken
    is_put = way.target is not None and way.target >= first
    count = max(1, count - is_taken + is_put)
    return [entry.text for entry in await story.entries(path, path.length - count)]


async def _ends_otherwise(story: Story, state: StoryState, path: Lineage, way: _Way) -> dict[str, Any]:
    """What changes in the state where another passage is the book's last."""
    entries = await story.entries(path, max(0, path.length - 2))
    before = Lineage.from_json(state["lineage"])
    changes: dict[str, Any] = {}
    if way.source == before.length - 1:
        changes = await _as_before(story, state, path, way.source)
        if not changes:
            gone = await story.entry(before.length)
            changes = {"short_term_memory": book_end.without(state.get("short_term_memory", ""), gone.summary)}
            changes |= _as_read({**state, **changes}, story, entries)  # type: ignore[typeddict-item]
    elif way.target == path.length - 1:
        changes = _as_read(state, story, entries)
        changes |= book_end.with_more(state, entries[-1].summary)
    return changes | book_end.last_passage(entries[-1])


def _as_read(state: StoryState, story: Story, entries: Sequence[Entry]) -> dict[str, Any]:
    """A conversation that ends with these passages, where no plan led to the last one."""
    prompt = prompt_to_read(state, story.record.context, story.library.resources, "read_end")
    return {"prompt": prompt, "opening": [entry.text for entry in entries], "reading": True}


async def _without_the_newest(story: Story, state: StoryState, path: Lineage, way: _Way) -> dict[str, Any]:
    """What changes where the newest passage that a step wrote goes, and those stay that were put in after it.

    Empty where another one goes, or how it was before is not known.
    """
    place = Lineage.from_json(state["lineage"]).length - 1 - steps.put_in_last(state)
    changes = await _as_before(story, state, path, place) if way.source == place else {}
    if not changes:
        return {}
    entries = await story.entries(path, max(0, path.length - 2))
    for entry in await story.entries(path, place + (way.target is not None and way.target < place)):
        now: StoryState = {**state, **changes}  # type: ignore[typeddict-item]
        changes |= _as_read(now, story, entries)
        if not state.get("memory_put_right"):
            changes |= book_end.with_more(now, entry.summary)
    return changes


async def _as_before(story: Story, state: StoryState, path: Lineage, place: int) -> dict[str, Any]:
    """The memory and the plans of before a step wrote what stands at a place; empty where that is not known."""
    known = steps.Steps.of(state)
    is_put_in = known.length - place <= steps.put_in_last(state)
    if is_put_in or not 0 <= known.after(place) < known.step:
        return {}
    try:
        kept = await branches.state_at(story, place)
    except StoryStateError:
        return {}  # Of a story that came from an archive, older pauses are not kept.
    changes = book_end.of_then(kept) | book_end.places_followed(kept, Lineage.from_json(kept["lineage"]), path)
    if opening := kept.get("opening"):
        changes["opening"] = [entry.text for entry in await story.entries(path, path.length - len(opening))]
    if state.get("memory_put_right"):
        # What a person said of the memory at this pause stays theirs.
        changes = {name: value for name, value in changes.items() if name not in book_end.MEMORY}
    return changes


async def void(story: Story) -> tuple[VoidChange, ...]:
    """All changes of facts on the current branch that hold nothing, because their fact stands nowhere before them."""
    history = await story.facts()
    texts = {state.fact.id: state.fact.text for state in history.facts.values()}
    return tuple(_told(place, change, texts.get) for place, change in history.void)


async def _void(story: Story, entry: Entry, before: Lineage, after: Lineage) -> tuple[VoidChange, ...]:
    """The changes of facts that were none before a passage went, and are void now."""

    def look(memory: LongTermMemory) -> tuple[VoidChange, ...]:
        known = {(before.at(place), change) for place, change in memory.facts.void(before, entry)}
        new = [one for one in memory.facts.void(after, entry) if (after.at(one[0]), one[1]) not in known]
        texts = {fact.id: fact.text for fact in entry.facts}
        texts |= {state.fact.id: state.fact.text for state in memory.facts.named(before, [one.fact for _, one in new])}
        return tuple(_told(place, change, texts.get) for place, change in new)

    return await story.remember(look)


def _told(place: int, change: Change, text_of: Callable[[str, str], str]) -> VoidChange:
    return VoidChange(place + 1, change.what, text_of(change.fact, ""), change.quote)
