"""What a person changed in a branch that nobody has looked after yet, as its state keeps it.

Kept is the path before the changes: what was changed follows from it and from the path that there is now. So a fork, an
undo, an archive have what belongs to their own place, and any change of a passage is found, however it was made.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from ..memory import Lineage
from ..schemas.leaning import Edited, Proposal
from ..schemas.looked import LeftOut
from .summaries import are_alike

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..memory import Entry, LongTermMemory
    from ..schemas.lineage import Slot
    from ..schemas.state import StoryState


@dataclass(frozen=True)
class Look:
    """How far a look after some changes is.

    Attributes:
        before: the path before the changes.
        step: the step that had written the last of it.
        read: the passages that were looked at.
        is_memory_read: whether the short-term memory was, and the outline.
        with_texts: whether the texts of the passages were, too.
        found: what is proposed.
    """

    before: Lineage
    step: int
    read: Lineage = field(default_factory=Lineage)
    is_memory_read: bool = False
    with_texts: bool = False
    found: tuple[Proposal, ...] = ()

    @classmethod
    def of(cls, state: StoryState) -> Look | None:
        """That of a state; ``None``: nothing was changed that was not looked after."""
        return cls._from(state.get("look") or {}, state)

    @classmethod
    def at_texts(cls, state: StoryState) -> Look | None:
        """The same, or else the last one that ended without the texts, to look at those too."""
        return cls.of(state) or cls._from(LeftOut.of(state).look, state)

    @classmethod
    def _from(cls, kept: Mapping[str, Any], state: StoryState) -> Look | None:
        if not kept:
            return None
        look = cls(
            before=Lineage.from_json(kept["before"]),
            step=int(kept["step"]),
            read=Lineage.from_json(kept.get("read")),
            is_memory_read=kept.get("memory") is True,
            with_texts=kept.get("texts") is True,
            found=tuple(Proposal.from_json(one) for one in kept.get("found", ())),
        )
        return look._with_what_was_written(state)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON, for the state."""
        return {
            "before": self.before.to_json(),
            "step": self.step,
            "read": self.read.to_json(),
            "memory": self.is_memory_read,
            "texts": self.with_texts,
            "found": [one.to_json() for one in self.found],
        }

    def _with_what_was_written(self, state: StoryState) -> Look:
        """The same with the passages that steps wrote since: they are no changes of a person's."""
        path = Lineage.from_json(state.get("lineage"))
        written = state.get("step", 0) - self.step
        before = self.before
        for slot in path.slots()[path.length - written :] if 0 < written <= path.length else ():
            before = before if before.place_of(slot) is not None else before.append(slot)
        return replace(self, before=before, step=self.step + max(0, written))

    def for_texts(self, edited: Sequence[Edited]) -> Look:
        """The same that ended without the texts, to look at those: what a person wrote was looked at already."""
        read = Lineage()
        for one in edited:
            if one.now and one.is_retold:
                read = read.append(one.now.slot)
        return replace(self, read=read, with_texts=True)

    def following(self, was: Slot, now: Slot) -> Look:
        """The same where a passage was changed because a proposal was accepted: that is no change to look after."""
        return replace(self, before=_followed(self.before, was, now), read=_followed(self.read, was, now))


def _followed(path: Lineage, was: Slot, now: Slot) -> Lineage:
    place = path.place_of(was)
    return path if place is None else path.replace(place, now)


def begun(state: StoryState, path: Lineage) -> dict[str, Any]:
    """What a state is to keep where a person gives its branch another path: what was read has to be looked at anew."""
    before = Lineage.from_json(state.get("lineage"))
    if path == before:
        return {}
    known = Look.of(state)
    look = replace(known, read=Lineage(), is_memory_read=False) if known else Look(before, state.get("step", 0))
    kept = LeftOut.of(state)
    left_out = {"looked": replace(kept, look={}).to_json()} if kept.look else {}
    return {"look": {} if look.before == path else look.to_json(), **left_out}


def changes(look: Look, path: Lineage, memory: LongTermMemory) -> list[Edited]:
    """What a person changed between the path before and this one, in the order of the places."""
    was, now = look.before.slots(), path.slots()
    gone, new = set(was) - set(now), set(now) - set(was)
    found: list[Edited] = []
    for kind, first, end, start, stop in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind != "equal":
            old = [memory.entry(look.before, place) for place in range(first, end) if was[place] in gone]
            there = [(place, memory.entry(path, place)) for place in range(start, stop)]
            found.extend(_edited(old, there, new, start))
    found = [_from(look.before, one) for one in found]
    return sorted(found, key=lambda one: one.place)


def first_change(look: Look, path: Lineage) -> int:
    """The place (from 0) from which a path is another than the one before the changes: all of it is looked at.

    Of a passage that was moved it is the earlier of its two places: it was moved past what stands between them.
    """
    was, now = look.before.slots(), path.slots()
    return next((place for place, (one, other) in enumerate(zip(was, now, strict=False)) if one != other), len(was))


def _from(before: Lineage, one: Edited) -> Edited:
    """The same with where it stood, if it was moved."""
    if one.how != "moved" or one.now is None:
        return one
    return replace(one, came_from=before.place_of(one.now.slot) or 0)


def _edited(old: list[Entry], there: Sequence[tuple[int, Entry]], new: set[Slot], at: int) -> Iterator[Edited]:
    """What was changed in a stretch of a path."""
    left = list(old)
    is_one_by_one = len(left) == sum(entry.slot in new for _, entry in there)
    for place, entry in there:
        if entry.slot not in new:
            yield Edited("moved", place, entry, entry)
            continue
        was = left[0] if is_one_by_one else next((one for one in left if are_alike(one.text, entry.text)), None)
        if was is None:
            yield Edited("put in", place, None, entry)
        else:
            left.remove(was)
            yield Edited("edited", place, was, entry)
    yield from (Edited("taken out", at, one, None) for one in left)


def has_an_end(state: StoryState) -> bool:
    """Whether there is something to look at besides passages: a short-term memory, an outline."""
    return bool(state.get("short_term_memory") or state.get("outline", "").strip())


def kept_of(state: StoryState, look: Look, left_out: LeftOut | None = None) -> dict[str, Any]:
    """What a state keeps of a look: nothing to come, where all was looked at and decided on.

    Args:
        state: the state, with the path that the branch has by now.
        look: the look.
        left_out: what looks left out, where that is another by now.
    """
    known = left_out or LeftOut.of(state)
    is_over = _is_over(state, look)
    if is_over:
        known = replace(known, look={} if look.with_texts else look.to_json())
    kept = {"look": {} if is_over else look.to_json()}
    return kept if known == LeftOut.of(state) else {**kept, "looked": known.to_json()}


def _is_over(state: StoryState, look: Look) -> bool:
    """Whether all was looked at and decided on."""
    if look.found or (has_an_end(state) and not look.is_memory_read):
        return False
    path = Lineage.from_json(state.get("lineage"))
    return all(look.read.place_of(slot) is not None for slot in path.slots(first_change(look, path)))
