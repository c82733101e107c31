"""Which step so many paragraphs of a branch belong to, also where some were put in, taken out or moved since.

A step writes one paragraph, so the two differ by the opening's, until a person puts one in or takes one out. The
state then keeps the shift, as ``[place, by]``: from that place (from 0) on there are so many more paragraphs than
steps wrote. By one more: the paragraph at that place is one that a person put there. By fewer: so many are gone that
stood before it. Both may be so at one place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..memory import Lineage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..schemas.state import StoryState

Shifts = list[list[int]]
"""Each a place and by how much, in the order of the places; it grows with such changes, never with paragraphs."""


def put_in(shifts: Iterable[Sequence[int]], place: int) -> Shifts:
    """The shifts after a paragraph was put in at a place."""
    return _together([*((at + (at >= place), by) for at, by in shifts), (place, 1)])


def taken_out(shifts: Iterable[Sequence[int]], place: int) -> Shifts:
    """The shifts after the paragraph at a place was taken out; where a person had put it there, it never was."""
    found = [(at, by) for at, by in shifts]
    kept = [(at - (at > place), by) for at, by in found if at != place or by < 0]
    return _together(kept if len(kept) < len(found) else [*kept, (place, -1)])


def up_to(shifts: Iterable[Sequence[int]], length: int) -> Shifts:
    """Those that concern the first ``length`` paragraphs."""
    return [[at, by] for at, by in shifts if at < length]


def put_in_last(state: StoryState) -> int:
    """How many of the last paragraphs are such that a person put there."""
    places = {at for at, by in state.get("shifts", []) if by > 0}
    last = Lineage.from_json(state.get("lineage")).length - 1
    return next(count for count in range(last + 2) if last - count not in places)


def _together(shifts: Iterable[tuple[int, int]]) -> Shifts:
    """What is gone before a place together; what was put in there stays apart from it."""
    found: dict[tuple[int, bool], int] = {}
    for at, by in shifts:
        found[at, by > 0] = found.get((at, by > 0), 0) + by
    return [[at, by] for (at, _), by in sorted(found.items())]


@dataclass(frozen=True)
class Steps:
    """The steps of a path.

    Attributes:
        length: how many paragraphs it has.
        step: the last step that wrote one of them.
        shifts: where some were put in or taken out.
    """

    length: int
    step: int
    shifts: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, state: StoryState) -> Steps:
        """Those of a state."""
        shifts = tuple((at, by) for at, by in state.get("shifts", []))
        return cls(Lineage.from_json(state.get("lineage")).length, state.get("step", 0), shifts)

    @property
    def first(self) -> int:
        """The fewest paragraphs that there were after a step; the opening is one."""
        return next((count for count in range(1, self.length + 1) if self.after(count) >= 0), self.length)

    def after(self, count: int) -> int:
        """The step after which the first ``count`` paragraphs stood; one that was put in belongs to the one before it.

        Less than 0: it is within the opening.
        """
        return self.step if count >= self.length else self._wrote(count)

    @property
    def written(self) -> int:
        """The last step of which a paragraph is left; less than 1: none is."""
        return self._wrote(self.length)

    def _wrote(self, count: int) -> int:
        opening = self.length - self.step - sum(by for _, by in self.shifts)
        return min(count - opening - sum(by for at, by in self.shifts if at < count), self.step)

    def own(self, step: int) -> int:
        """The place (from 0) of the first paragraph that a step after this one wrote; the length, where none did."""
        return next((count for count in range(self.length) if self._wrote(count + 1) > step), self.length)
