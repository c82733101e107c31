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
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

ROOT = "main"


class Segment(NamedTuple):
    """The slots ``first`` to ``last`` (both included, counted over the whole path) of one branch."""

    branch: str
    first: int
    last: int


class Slot(NamedTuple):
    """One place in a branch."""

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
        return self[-1].last + 1 if self else 0

    def next_slot(self) -> Slot:
        """Where the next entry of this path belongs."""
        return Slot(self[-1].branch if self else ROOT, self.length)

    def fork_slot(self, text: str) -> Slot:
        """Where ``text`` belongs if something else already stands in the next slot: a branch of its own.

        Named by the parent branch, the place and the text, so that the same fork taken twice is the same
        branch, and the same text at two places is not.
        """
        parent, seq = self.next_slot()
        digest = blake2b("\x1f".join((parent, str(seq), text)).encode(), digest_size=8)
        return Slot(digest.hexdigest(), seq)

    def edit_slot(self, seq: int, *content: str) -> Slot:
        """Where another ``content`` of the place ``seq`` belongs: a branch of its own, never the old slot.

        Whoever shares the old slot keeps it. The same edit made twice is the same branch.

        Raises:
            ValueError: the path has no such place.
        """
        parent, _ = self.at(seq)
        digest = blake2b("\x1f".join(("edit", parent, str(seq), *content)).encode(), digest_size=8)
        return Slot(digest.hexdigest(), seq)

    def at(self, seq: int) -> Slot:
        """The slot that this path has at a place.

        Raises:
            ValueError: the path has no such place.
        """
        for segment in self:
            if segment.first <= seq <= segment.last:
                return Slot(segment.branch, seq)
        msg = f"place {seq} is not on a path of {self.length}"
        raise ValueError(msg)

    def replace(self, slot: Slot) -> Lineage:
        """This path with another slot at one of its places: the segment there is split around it.

        Raises:
            ValueError: the path has no such place.
        """
        self.at(slot.seq)
        parts: list[Segment] = []
        for segment in self:
            if not segment.first <= slot.seq <= segment.last:
                parts.append(segment)
                continue
            before = segment._replace(last=slot.seq - 1)
            after = segment._replace(first=slot.seq + 1)
            between = Segment(slot.branch, slot.seq, slot.seq)
            parts.extend(part for part in (before, between, after) if part.first <= part.last)
        return Lineage(parts)

    def cut(self, length: int) -> Lineage:
        """The first ``length`` slots of this path."""
        return Lineage(
            segment._replace(last=min(segment.last, length - 1)) for segment in self if segment.first < length
        )

    def append(self, slot: Slot) -> Lineage:
        """This path and one slot more, on its last branch or on a new one."""
        if slot.seq != self.length:
            msg = f"slot {slot.seq} does not follow a path of {self.length}"
            raise ValueError(msg)
        if self and self[-1].branch == slot.branch:
            last = self[-1]
            return Lineage((*self[:-1], last._replace(last=slot.seq)))
        return Lineage((*self, Segment(slot.branch, slot.seq, slot.seq)))

    def slots(self, first: int = 0, last: int | None = None) -> list[Slot]:
        """Every slot of the path from ``first`` to ``last`` (both included), in order."""
        stop = self.length - 1 if last is None else last
        return [
            Slot(segment.branch, seq)
            for segment in self
            for seq in range(max(segment.first, first), min(segment.last, stop) + 1)
        ]
