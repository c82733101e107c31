"""The paths that passages of a memory were written on, found again by the names of their slots.

Every passage says after which path it was written: by that path's digest. So from the beginning, and from each path
that a state still knows, the passages lead on by themselves; a changed passage is known by the name of its slot. What
was put in, moved, or rewritten all at once is placed by a state alone: such a passage stands on no path here.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ..memory import Lineage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from ..schemas.entries import Entry
    from ..schemas.lineage import Slot

_MOST_CHANGED = 500
"""Changes of passages that are followed."""


class Retraced:
    """The paths of a memory.

    Attributes:
        ends: the paths that lead no further; where passages of one were changed, it is as they were changed last.
        unplaced: passages that stand on no path.
    """

    def __init__(self, entries: Iterable[Entry], known: Collection[Lineage] = ()) -> None:
        """Find the paths.

        Args:
            entries: the passages of a memory.
            known: paths that states know.
        """
        self._after: dict[str, list[Entry]] = defaultdict(list)
        self._by_slot: dict[Slot, Entry] = {}
        for entry in entries:
            self._after[entry.path].append(entry)
            self._by_slot[entry.slot] = entry
        self._paths: dict[str, Lineage] = {}
        self._goes_on: set[str] = set()
        self._changed = 0
        self._certain = {path.digest for path in known}
        self._follow(Lineage())
        for path in known:
            for length in range(1, path.length):
                part = path.cut(length)
                self._goes_on.add(part.digest)
                self._follow(part)
            self._follow(path)
        while self._follow_changes():
            pass
        self.ends = [path for digest, path in self._paths.items() if path and digest not in self._goes_on]
        placed = {slot for path in self.ends for slot in path.slots()}
        self.unplaced = [
            entry for slot, entry in self._by_slot.items() if slot not in placed and not self._is_old(slot)
        ]

    def _is_old(self, slot: Slot) -> bool:
        """Whether a passage stands on a path that was changed since."""
        return self._by_slot[slot].path in self._paths

    def _follow(self, path: Lineage) -> None:
        """Go on from a path by all passages that were written after it."""
        waiting = [path]
        while waiting:
            path = waiting.pop()
            digest = path.digest
            if digest in self._paths:
                continue
            self._paths[digest] = path
            next_slot = path.next_slot()
            old = [entry for entry in self._after.get("", ()) if entry.slot == next_slot]  # of version 0.1
            for entry in (*self._after.get(digest, ()), *old):
                forks = (next_slot, path.fork_slot(entry.text), path.fork_slot_of_0_1(entry.text))
                if entry.slot in forks and path.place_of(entry.slot) is None:
                    self._goes_on.add(digest)
                    waiting.append(path.append(entry.slot))

    def _follow_changes(self) -> bool:
        """Go on by passages that were changed; whether that led anywhere new."""
        wanted = self._after.keys() - self._paths.keys()
        found = False
        for before in list(self._paths.values()):
            beside = self._after.get(before.digest, ())
            for entry in beside:
                for was in beside:
                    if entry.slot != was.slot and self._is_change(before, was, entry):
                        found |= self._change(before.length, was.slot, entry.slot, wanted)
        return found

    @staticmethod
    def _is_change(before: Lineage, was: Entry, now: Entry) -> bool:
        if before.place_of(was.slot) is not None:
            return False
        return before.append(was.slot).edit_slot(before.length, *now.content) == now.slot

    def _change(self, place: int, was: Slot, now: Slot, wanted: Iterable[str]) -> bool:
        """Follow the paths that have a passage, with what it became: those that end, and those that went on so."""
        found = False
        for digest, path in list(self._paths.items()):
            if path.length <= place or path.at(place) != was or path.place_of(now) is not None:
                continue
            changed = path.replace(place, now)
            if changed.digest in self._paths:
                continue
            is_end = digest not in self._goes_on and digest not in self._certain
            if (is_end and self._changed < _MOST_CHANGED) or changed.digest in wanted:
                self._changed += is_end
                if digest not in self._certain:
                    self._goes_on.add(digest)
                self._follow(changed)
                found = True
        return found


def shared(one: Lineage, other: Lineage) -> int:
    """How many passages two paths have in common from the beginning on."""
    pairs = zip(one.slots(), other.slots(), strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(one.length, other.length))


def parting(one: Lineage, other: Lineage) -> int:
    """After how many passages two paths part for good; one of these that was changed may be on one of them only."""
    pairs = list(zip(one.slots(), other.slots(), strict=False))
    return next((place for place in range(len(pairs), 0, -1) if pairs[place - 1][0] == pairs[place - 1][1]), 0)


def begins_with(path: Lineage, first: Lineage) -> bool:
    """Whether a path goes on where another ends."""
    return path.length >= first.length and path.cut(first.length) == first
