"""What is proposed because it leans on what a person changed: listed, accepted, or left as it is.

What is accepted changes in one go, on the current branch alone, and one undo takes it back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..memory import Lineage
from ..nodes import beats
from ..nodes.proof import says, still_said
from ..schemas.errors import StoryStateError
from ..schemas.facts import Knowledge, named_in
from ..schemas.leaning import OF_NO_PASSAGE
from ..schemas.lineage import Slot
from ..schemas.succession import carried_over
from . import book_end
from .continuity import keep
from .looks import Look, kept_of
from .older_texts import with_older_texts
from .passage_history import note_hand

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ..memory import Entry, LongTermMemory
    from ..schemas.facts import Fact
    from ..schemas.languages import Language
    from ..schemas.leaning import Proposal
    from ..schemas.state import StoryState
    from .story import Story


@dataclass(frozen=True)
class Proposed:
    """A proposal as it stands now.

    Attributes:
        proposal: what could be changed.
        place: the place (from 0) of its passage; ``None``: it is of the short-term memory or the outline.
    """

    proposal: Proposal
    place: int | None

    @property
    def id(self) -> str:
        """What it is named by."""
        return self.proposal.id

    def to_json(self) -> dict[str, Any]:
        """For a script: paragraphs are counted from 1."""
        kept = self.proposal
        told = {"id": self.id, "kind": kept.kind, "paragraph": None if self.place is None else self.place + 1}
        return {**told, "was": kept.was, "now": kept.now, "why": kept.why}


async def proposals(story: Story) -> list[Proposed]:
    """What is proposed on the current branch and still stands, in the order of the book, memory and outline last."""
    state = await story.state()
    look = Look.of(state)
    return await _standing(story, state, look) if look else []


async def accept(story: Story, names: Collection[str] | None = None) -> list[Proposed]:
    """Change what is proposed, in one change that one undo takes back.

    Args:
        story: the open story.
        names: which, by their ids; ``None``: all.

    Returns:
        What was changed.

    Raises:
        StoryStateError: there is no such proposal, or a step is under way.
    """
    state = await story.state_between_steps()
    look, standing, chosen = await _chosen(story, state, names)
    lineage = Lineage.from_json(state["lineage"])

    def write(memory: LongTermMemory) -> tuple[Lineage, Look]:
        path, kept = lineage, look
        for place in sorted({one.place for one in chosen if one.place is not None}):
            mine = [one.proposal for one in chosen if one.place == place]
            entry = memory.entry(path, place)
            text, summary, knowledge = _with(entry, mine)
            path = memory.edit(path, place, text=text, summary=summary, knowledge=knowledge)
            kept = kept.following(entry.slot, path.at(place))
        for one in chosen:
            if one.proposal.succeeds and one.place is not None:
                path, kept = _ended_later(memory, path, kept, one.place, one.proposal.succeeds)
        return path, kept

    path, kept = await story.remember(write)
    for place in {one.place for one in chosen if one.place is not None and one.proposal.kind == "text"}:
        note_hand(story, path, place, "look")
    accepted = [one.proposal for one in chosen]
    update = _memory(state, accepted) | _outline(state, accepted, story.record.language)
    for one in chosen:
        if one.proposal.kind == "summary" and one.place is not None:
            now: StoryState = {**state, **update}  # type: ignore[typeddict-item]
            update |= book_end.followed(now, one.place, one.proposal.was, one.proposal.now)
    if path != lineage:
        update |= {"lineage": path.to_json(), **await _last(story, state, path)}
    left = [_moved(one.proposal, lineage, path) for one in standing if one not in chosen]
    state_now: StoryState = {**state, **update}  # type: ignore[typeddict-item]
    left_out = await with_older_texts(story, look, standing, chosen, (lineage, path))
    await story.change({**update, **kept_of(state_now, replace(kept, found=tuple(left)), left_out)})
    return chosen


async def leave(story: Story, names: Collection[str] | None = None) -> None:
    """Leave as it is what is proposed, and tell of it no more.

    Args:
        story: the open story.
        names: which, by their ids; ``None``: all, and what was not looked at yet.

    Raises:
        StoryStateError: there is no such proposal, or a step is under way.
    """
    state = await story.state_between_steps()
    if names is None:
        if state.get("look"):
            await keep(story, state, {"look": {}})
        return
    look, standing, chosen = await _chosen(story, state, names)
    left = tuple(one.proposal for one in standing if one not in chosen)
    await keep(story, state, kept_of(state, replace(look, found=left)))


async def _chosen(
    story: Story, state: StoryState, names: Collection[str] | None
) -> tuple[Look, list[Proposed], list[Proposed]]:
    """The look of a state, what still stands of its proposals, and those of some ids."""
    look = Look.of(state)
    standing = await _standing(story, state, look) if look else []
    unknown = next((name for name in names or () if name not in {one.id for one in standing}), None)
    if look is None or unknown is not None or not standing:
        raise StoryStateError("no_proposal", proposal=(unknown or "")[:80], count=len(standing))
    return look, standing, [one for one in standing if names is None or one.id in names]


async def _standing(story: Story, state: StoryState, look: Look) -> list[Proposed]:
    """What is proposed and still stands there, in the order of the book."""
    path = Lineage.from_json(state.get("lineage"))
    lines = state.get("short_term_memory", "").splitlines()

    def look_up(memory: LongTermMemory) -> list[Proposed]:
        found: list[Proposed] = []
        for one in look.found:
            place = None if one.kind in OF_NO_PASSAGE else path.place_of(Slot(one.branch, one.seq))
            if one.kind in OF_NO_PASSAGE:
                is_there = one.was in (lines if one.kind == "memory" else state.get("outline", ""))
            else:
                is_there = place is not None
            if is_there and (place is None or _stands(one, memory.entry(path, place))):
                found.append(Proposed(one, place))
        return found

    standing = await story.remember(look_up)
    return sorted(standing, key=lambda one: (one.place is None, one.place or 0))


def _stands(one: Proposal, entry: Entry) -> bool:
    """Whether a passage still is as a proposal has it."""
    match one.kind:
        case "summary":
            return entry.summary == one.was
        case "text":
            return one.was in entry.text
        case "fact":
            return any(fact.id == one.fact and fact.text == one.was for fact in entry.facts)
        case _:
            return True


def _with(entry: Entry, chosen: Sequence[Proposal]) -> tuple[str, str, Knowledge | None]:
    """A passage's text, summary and knowledge with what was accepted."""
    text, summary, known = entry.text, entry.summary, entry.knowledge
    for one in chosen:
        if one.kind == "facts" and one.knowledge is not None:
            known = Knowledge.from_json(one.knowledge)
        if one.kind == "summary":
            summary = one.now
        if one.kind == "fact" and known:
            known = _put_right(known, one)
    for one in chosen:
        if one.kind == "text":
            text = text.replace(one.was, one.now, 1)
            known = known and _requoted(known, one, text)
    return text, summary, still_said(known, text) if known and text != entry.text else known


def _ended_later(
    memory: LongTermMemory, path: Lineage, look: Look, place: int, succeeds: Mapping[str, Sequence[str]]
) -> tuple[Lineage, Look]:
    """The path where later passages end a passage's new facts as they ended those whose places these took."""
    here = memory.entry(path, place)
    facts = {fact.id: fact for fact in here.facts}
    heirs: dict[str, list[Fact]] = {}
    for name, olds in succeeds.items():
        if new := facts.get(named_in(here.slot, name)):
            for old in olds:
                heirs.setdefault(old, [facts[old]] if old in facts else []).append(new)
    for at, entry in enumerate(memory.read(path, place + 1), start=place + 1):
        known = entry.knowledge
        if known and (carried := carried_over(known, heirs)) != known:
            path = memory.edit(path, at, knowledge=carried)
            look = look.following(entry.slot, path.at(at))
    return path, look


def _put_right(known: Knowledge, one: Proposal) -> Knowledge:
    """What a passage makes true with a fact in other words, or without it: a person says so, and no words have to."""
    facts = tuple(
        replace(fact, text=one.now, source="person", quote="") if fact.id == one.fact else fact
        for fact in known.facts
        if one.now or fact.id != one.fact
    )
    return Knowledge(facts, tuple(change for change in known.changes if one.now or change.by != one.fact))


def _requoted(known: Knowledge, one: Proposal, text: str) -> Knowledge:
    """The words that show what a passage makes true, as they now stand in it."""

    def now(quote: str) -> str:
        new = quote.replace(one.was, one.now)
        return new if new != quote and not says(text, quote) and says(text, new) else quote

    return Knowledge(
        tuple(replace(fact, quote=now(fact.quote)) for fact in known.facts),
        tuple(replace(change, quote=now(change.quote)) for change in known.changes),
    )


def _memory(state: StoryState, chosen: Sequence[Proposal]) -> dict[str, Any]:
    """The short-term memory with the sentences that were accepted."""
    becomes = {one.was: one.now for one in chosen if one.kind == "memory"}
    if not becomes:
        return {}
    lines = (becomes.get(line, line) for line in state["short_term_memory"].splitlines())
    return {"short_term_memory": "\n".join(line for line in lines if line), "memory_put_right": True}


def _outline(state: StoryState, chosen: Sequence[Proposal], language: Language) -> dict[str, Any]:
    """The outline with the words that were accepted, and the part of it that is told now."""
    before = outline = state.get("outline", "")
    for one in chosen:
        if one.kind == "outline":
            outline = outline.replace(one.was, one.now, 1)
    outline = outline.strip()
    return {} if outline == before else beats.outlined(state, outline, language)


async def _last(story: Story, state: StoryState, path: Lineage) -> dict[str, Any]:
    """What a state says of its last passages, as they now are."""
    opening = state.get("opening", [])
    entries = await story.entries(path, path.length - max(1, len(opening)))
    told = {"opening": [entry.text for entry in entries]} if opening else {}
    return {**told, **book_end.last_passage(entries[-1])}


def _moved(one: Proposal, before: Lineage, path: Lineage) -> Proposal:
    """A proposal that was not accepted, for its passage as it now is."""
    place = None if one.kind in OF_NO_PASSAGE else before.place_of(Slot(one.branch, one.seq))
    if place is None:
        return one
    slot = path.at(place)
    return replace(one, branch=slot.branch, seq=slot.seq)
