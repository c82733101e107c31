"""What a person changes of a story's facts: one said, one ended, one put right or taken out, one pinned.

A fact that is said, ended or put right is an edit of the passage that it belongs to, as that of a summary is: other
branches and older steps keep theirs. A pin is a record in the state.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ..memory import Lineage
from ..schemas.errors import StoryStateError
from ..schemas.facts import DRAFT, Fact, Knowledge, end_of, known_to, without_end
from . import looks
from .paragraphs import place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..memory import LongTermMemory
    from ..schemas.facts import FactState
    from .story import Story

LONGEST = 500
"""Characters that a fact of a person's may have."""


async def add_fact(  # noqa: PLR0913 (what a fact is)
    story: Story,
    text: str,
    subjects: Sequence[str] = (),
    *,
    at: int | None = None,
    known_by: Sequence[str] = (),
    is_open: bool = False,
) -> str:
    """Say what is so; gives the fact's id.

    Args:
        story: the open story.
        text: one sentence that stands by itself.
        subjects: whom or what it is about.
        at: the paragraph (from 1) that it holds from; by default the last.
        known_by: who knows it; empty: everybody.
        is_open: whether it is a question or a promise that is open.

    Raises:
        StoryStateError: there is no such paragraph, the text is empty or too long, or a step is under way.
    """
    fact = Fact(
        id=f"{DRAFT}0",
        text=_checked(text),
        subjects=_names(subjects),
        kind="thread" if is_open else "state",
        known_by=known_to(_names(known_by)),
        source="person",
    )
    lineage = Lineage.from_json((await story.state_between_steps())["lineage"])
    place = place_of(lineage.length if at is None else at, lineage)
    path = await _edited(story, lineage, place, lambda known: replace(known, facts=(*known.facts, fact)))
    return fact_id_at(path, place)


def fact_id_at(path: Lineage, place: int) -> str:
    """The id of the fact that a person said of a passage in the edit that a path sees there."""
    slot = path.at(place)
    return f"{slot.branch}:{slot.seq}:0"


async def end_fact(story: Story, fact: str, *, at: int | None = None) -> None:
    """Let a fact hold no longer from a paragraph on; an open question is settled there.

    Args:
        story: the open story.
        fact: its id.
        at: the paragraph (from 1) that ends it; by default the last.

    Raises:
        StoryStateError: there is no such fact or paragraph, it does not hold before it, or a step is under way.
    """
    lineage = Lineage.from_json((await story.state_between_steps())["lineage"])
    place = place_of(lineage.length if at is None else at, lineage)
    state = await _found(story, fact)
    if state.since >= place or (state.until is not None and state.until <= place):
        raise StoryStateError("fact_holds_not", fact=fact, number=place + 1, since=state.since + 1)
    end = end_of(state.fact)
    await _edited(story, lineage, place, lambda known: replace(known, changes=(*known.changes, end)))


async def restore_fact(story: Story, fact: str) -> None:
    """Take the end of a fact back: it holds again, and what took its place stands by itself.

    Args:
        story: the open story.
        fact: its id.

    Raises:
        StoryStateError: there is no such fact, it holds, it ended in the book before, or a step is under way.
    """
    await story.state_between_steps()
    state = await _found(story, fact)
    if state.holds:
        raise StoryStateError("fact_holds", fact=fact)
    while state.until is not None:
        if state.until < 0:
            raise StoryStateError("fact_of_the_book_before", fact=fact, title=story.title_before)
        lineage = Lineage.from_json((await story.state())["lineage"])
        chains = {name: one.fact.chain for name, one in (await story.facts()).facts.items()}
        await _edited(story, lineage, state.until, partial(without_end, fact=state.fact, chains=chains))
        state = await _found(story, fact)


async def edit_fact(
    story: Story,
    fact: str,
    *,
    text: str | None = None,
    subjects: Sequence[str] | None = None,
    known_by: Sequence[str] | None = None,
) -> None:
    """Put a fact right where it was first stated; it keeps its id. With an empty text it is taken out.

    Args:
        story: the open story.
        fact: its id.
        text: the sentence as it is to be; ``None`` leaves it.
        subjects: whom or what it is about; ``None`` leaves it.
        known_by: who knows it; empty: everybody; ``None`` leaves it.

    Raises:
        StoryStateError: there is no such fact, the text is too long, or a step is under way.
    """
    lineage = Lineage.from_json((await story.state_between_steps())["lineage"])
    state = await _found(story, fact)
    if state.since < 0:
        raise StoryStateError("fact_of_the_book_before", fact=fact, title=story.title_before)
    changes: dict[str, Any] = {}
    if text is not None and text.strip():
        changes["text"] = _checked(text)
    if subjects is not None:
        changes["subjects"] = _names(subjects)
    if known_by is not None:
        changes["known_by"] = known_to(_names(known_by))
    right = replace(state.fact, **changes, source="person", quote="") if changes else state.fact
    is_out = text is not None and not text.strip()

    def put_right(known: Knowledge) -> Knowledge:
        facts = (right if kept.id == fact else kept for kept in known.facts if not (is_out and kept.id == fact))
        return Knowledge(tuple(facts), tuple(kept for kept in known.changes if not (is_out and kept.by == fact)))

    await _edited(story, lineage, state.since, put_right)


async def pin_fact(story: Story, fact: str) -> None:
    """Let every prompt to come tell a fact, as long as it holds, before what else there is room for.

    Raises:
        StoryStateError: there is no such fact, or a step is under way.
    """
    state = await story.state_between_steps()
    await _found(story, fact)
    await story.change({"pins": list(dict.fromkeys((*state.get("pins", []), fact)))})


async def unpin_fact(story: Story, fact: str) -> None:
    """Let a fact be told where a step is about it, as any other.

    Raises:
        StoryStateError: a step is under way.
    """
    state = await story.state_between_steps()
    await story.change({"pins": [pinned for pinned in state.get("pins", []) if pinned != fact]})


async def _found(story: Story, fact: str) -> FactState:
    """A fact as it stands at the end of the current branch."""
    found = (await story.facts()).facts
    if fact not in found:
        raise StoryStateError("no_fact", fact=fact[:80])
    return found[fact]


async def _edited(story: Story, lineage: Lineage, place: int, alter: Callable[[Knowledge], Knowledge]) -> Lineage:
    """Change what the passage at a place makes true; gives the path that sees it, on which the branch now is."""

    def change(memory: LongTermMemory) -> Lineage:
        known = memory.entry(lineage, place).knowledge or Knowledge()
        return memory.edit(lineage, place, knowledge=alter(known))

    path = await story.remember(change)
    await story.change({"lineage": path.to_json(), **looks.begun(await story.state(), path)})
    return path


def _checked(text: str) -> str:
    said = " ".join(text.split())
    if not said:
        raise StoryStateError("text_empty")
    if len(said) > LONGEST:
        raise StoryStateError("text_too_long", count=len(said), most=LONGEST)
    return said


def _names(given: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in given if name.strip()))
