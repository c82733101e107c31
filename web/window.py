"""Which passages of a book a page shows: so many at most, however long the book, so that a page stays small."""

from __future__ import annotations

from dataclasses import dataclass

SHOWN = 30
"""Passages on a page where one writes, at most."""
READ = 120
"""Passages on a page where one reads, at most."""
_BEFORE = 4
"""Passages that are shown before the one that is asked for."""


@dataclass(frozen=True)
class Window:
    """A stretch of a book of ``length`` passages: from the place ``first`` (from 0) to the one before ``end``."""

    first: int
    end: int
    length: int
    size: int = SHOWN

    @property
    def is_at_end(self) -> bool:
        """Whether it goes to the end of the book, where the story goes on."""
        return self.end == self.length

    @property
    def earlier(self) -> int:
        """From where the stretch before this one begins."""
        return max(0, self.first - self.size + 1)

    @property
    def later(self) -> int:
        """From where the stretch after this one begins."""
        return max(0, min(self.end - 1, self.length - self.size))


@dataclass(frozen=True)
class Wanted:
    """What of a book is asked for; with nothing said, its end.

    Attributes:
        first: the place (from 0) that is to come first.
        at: a passage (from 1) that is to be in sight.
        is_whole: whether everything from ``first`` on is shown.
        size: how many passages a page has at most.
    """

    first: int | None = None
    at: int | None = None
    is_whole: bool = False
    size: int = SHOWN

    def of(self, length: int) -> Window:
        """The stretch of a book of so many passages."""
        last = max(0, length - self.size)
        if self.first is not None:
            first = min(max(self.first, 0), length if self.is_whole else max(0, length - 1))
        elif self.at is not None:
            first = last if self.at > last else max(self.at - 1 - _BEFORE, 0)
        else:
            first = last
        return Window(first, length if self.is_whole else min(first + self.size, length), length, self.size)
