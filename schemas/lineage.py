"""Lineage: which part of a memory beside the checkpoint a state sees.

A vector database knows nothing of checkpoints, so a graph that is forked, replayed, copied or edited would
read what its sibling wrote. Here the state itself carries the answer: a list of segments
``[branch, first, last]``. Each slot of a branch is written once and never changed; going back and writing
something else opens a new branch. The list grows with forks, never with paragraphs, and it is plain JSON,
so it travels with every checkpoint, whoever copies it.

Nothing here knows of Qdrant or of stories.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = "main"


class Segment(NamedTuple):
    """The slots ``first`` to ``last`` (both included) of one branch, in the order in which they stand on a path."""

    branch: str
    first: int
    last: int

    @property
    def length(self) -> int:
        """How many slots it has."""
        return self.last - self.first + 1


class Slot(NamedTuple):
    """Where one thing is kept: a branch, and a number in it that is given once.

    A slot's number is the place on the path where it was first written. Where passages were put in, taken out or moved
    since, a path has it at another place: :meth:`Lineage.place_of` says at which.
    """

    branch: str
    seq: int

    def point_id(self, owner: str) -> UUID:
        """The id of what stands here, the same in every process, for ever."""
        return uuid5(NAMESPACE_URL, f"recurrentgpt:{owner}:{self.branch}:{self.seq}")


class Lineage(tuple[Segment, ...]):
    """The path of a state through the branches, oldest segment first. Immutable."""

    __slots__ = ()

    @classmethod
    def from_json(cls, segments: object) -> Lineage:
        """Read the list a state carries; ``None`` or an empty one is the start of a path."""
        if not segments:
            return cls()
        if not isinstance(segments, list | tuple):
            msg = f"a lineage is a list of [branch, first, last], not {segments!r}"
            raise TypeError(msg)
        return cls(Segment(str(branch), int(first), int(last)) for branch, first, last in segments)

    def to_json(self) -> list[list[str | int]]:
        """The list for the state."""
        return [[segment.branch, segment.first, segment.last] for segment in self]

    @property
    def length(self) -> int:
        """How many slots the path has."""
        return sum(segment.length for segment in self)

    @property
    def digest(self) -> str:
        """A name of this path: two paths that differ anywhere have different ones."""
        told = "\x1f".join(f"{segment.branch}:{segment.first}:{segment.last}" for segment in self)
        return _digest(told)

    def next_slot(self) -> Slot:
        """Where the next entry of this path belongs."""
        return Slot(self[-1].branch, self[-1].last + 1) if self else Slot(ROOT, 0)

    def fork_slot(self, text: str) -> Slot:
        """Where ``text`` belongs if something else already stands in the next slot: a branch of its own.

        Named by the whole path before it and the text, so that the same fork taken twice is the same branch, the same
        text at two places is not, and neither is the same text after two pasts.
        """
        return Slot(_digest("fork", self.digest, text), self.length)

    def fork_slot_of_0_1(self, text: str) -> Slot:
        """The same as version 0.1 named it: by the parent branch, the place and the text."""
        parent, seq = self.next_slot()
        return Slot(_digest(parent, str(seq), text), seq)

    def edit_slot(self, place: int, *content: str) -> Slot:
        """Where another ``content`` of a place belongs: a branch of its own, never the old slot.

        Whoever shares the old slot keeps it. The same edit made twice is the same branch.

        Raises:
            ValueError: the path has no such place.
        """
        return edited_slot(self.cut(place).digest, place, self.at(place), *content)

    def insert_slot(self, place: int, *content: str) -> Slot:
        """Where a ``content`` belongs that is put in before what stands at a place: a branch of its own.

        The same put in twice on the same path is the same branch.
        """
        return Slot(_digest("insert", self.digest, str(place), *content), place)

    def at(self, place: int) -> Slot:
        """The slot that this path has at a place, counted from 0.

        Raises:
            ValueError: the path has no such place.
        """
        before = 0
        for segment in self:
            if 0 <= place - before < segment.length:
                return Slot(segment.branch, segment.first + place - before)
            before += segment.length
        msg = f"place {place} is not on a path of {before}"
        raise ValueError(msg)

    def place_of(self, slot: Slot) -> int | None:
        """The place at which this path has a slot; ``None``: it has it nowhere."""
        before = 0
        for segment in self:
            if segment.branch == slot.branch and segment.first <= slot.seq <= segment.last:
                return before + slot.seq - segment.first
            before += segment.length
        return None

    def after(self, earlier: Lineage) -> Lineage:
        """Another path, and this one behind it: the places of this one begin at the other's length."""
        return _joined((*earlier, *self))

    def cut(self, length: int) -> Lineage:
        """The first ``length`` slots of this path."""
        return self.part(0, length)

    def part(self, first: int, end: int) -> Lineage:
        """The slots from the place ``first`` to the one before ``end``."""
        parts: list[Segment] = []
        before = 0
        for segment in self:
            skipped = max(0, first - before)
            taken = min(segment.length, end - before)
            if skipped < taken:
                parts.append(segment._replace(first=segment.first + skipped, last=segment.first + taken - 1))
            before += segment.length
        return _joined(parts)

    def replace(self, place: int, slot: Slot) -> Lineage:
        """This path with another slot at one of its places.

        Raises:
            ValueError: the path has no such place.
        """
        self.at(place)
        return _joined((*self.cut(place), Segment(*slot, slot.seq), *self.part(place + 1, self.length)))

    def insert(self, place: int, slot: Slot) -> Lineage:
        """This path with a slot more, before what stands at a place; at its length: at its end.

        Raises:
            ValueError: the path has no such place, or has the slot already.
        """
        if not 0 <= place <= self.length or self.place_of(slot) is not None:
            msg = f"{slot} cannot be put in at place {place} of a path of {self.length}"
            raise ValueError(msg)
        return _joined((*self.cut(place), Segment(*slot, slot.seq), *self.part(place, self.length)))

    def rewritten(self, first: int, end: int, *content: str) -> Lineage:
        """This path with a branch of its own from the place ``first`` to the one before ``end``, named by its content.

        Raises:
            ValueError: the path has no such places.
        """
        self.at(first)
        self.at(end - 1)
        branch = _digest("rewritten", self.digest, str(first), *content)
        return _joined((*self.cut(first), Segment(branch, first, end - 1), *self.part(end, self.length)))

    def remove(self, place: int) -> Lineage:
        """This path without what stands at a place.

        Raises:
            ValueError: the path has no such place.
        """
        self.at(place)
        return _joined((*self.cut(place), *self.part(place + 1, self.length)))

    def append(self, slot: Slot) -> Lineage:
        """This path and one slot more, on its last branch or on a new one.

        Raises:
            ValueError: the path has the slot already.
        """
        return self.insert(self.length, slot)

    def slots(self, first: int = 0, last: int | None = None) -> list[Slot]:
        """Every slot of the path from the place ``first`` to ``last`` (both included), in order."""
        stop = self.length if last is None else last + 1
        return [
            Slot(segment.branch, seq)
            for segment in self.part(first, stop)
            for seq in range(segment.first, segment.last + 1)
        ]


def edited_slot(path: str, place: int, was: Slot, *content: str) -> Slot:
    """Where a ``content`` belongs that takes the place of what a slot holds: so an edit tells what it was made of.

    Args:
        path: the digest of the path before the place.
        place: from 0.
        was: the slot whose content is changed.
        content: what is to stand there.
    """
    return Slot(_digest("edit", path, was.branch, str(was.seq), *content), place)


def _joined(parts: Iterable[Segment]) -> Lineage:
    """A path of these segments: where one goes on where the one before it ends, they are one."""
    joined: list[Segment] = []
    for part in parts:
        if joined and joined[-1].branch == part.branch and joined[-1].last + 1 == part.first:
            joined[-1] = joined[-1]._replace(last=part.last)
        else:
            joined.append(part)
    return Lineage(joined)


def _digest(*parts: str) -> str:
    return blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()
