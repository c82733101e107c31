"""The contents of a book: its chapters, where each begins and ends, how long it is, and what is to be seen to in it."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..memory import Lineage
from ..schemas.errors import StorageError
from ..schemas.lineage import Slot
from . import continuity
from .paragraphs import as_of
from .record import write_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from .story import Standing, Story


KEPT = "lengths.json"
_NEWEST = 20
"""The last passages of a path are counted by each process: what a power cut takes back may be written otherwise."""
_WORTH_KEEPING = 50
"""Passages that were counted, from which on the lengths are kept: few are counted as quickly as they are read."""


class Lengths:
    """How long the passages of an open story are, as its language counts. What a slot holds is counted once.

    The lengths are kept beside the story: so a long book opens without all of it being read.
    """

    def __init__(self, story: Story) -> None:
        self._story = story
        self._known: dict[Slot, int] = {}
        self._is_read = False

    async def along(self, lineage: Lineage) -> list[int]:
        """The lengths of a path's passages, in order; 0 where one is gone."""
        slots = lineage.slots()
        if not self._is_read and len(slots) > _WORTH_KEEPING:
            self._known = await asyncio.to_thread(_read, self._story.folder) | self._known
            self._is_read = True
        unknown = [slot for slot in slots if slot not in self._known]
        if unknown:
            count = self._story.record.language.count
            texts = await self._story.remember(lambda memory: memory.texts(unknown))
            self._known |= {slot: count(text) for slot, text in texts.items()}
            if len(unknown) > _WORTH_KEEPING:
                old = {slot: length for slot, length in self._known.items() if slot not in slots[-_NEWEST:]}
                await asyncio.to_thread(_keep, self._story.folder, old)
        return [self._known.get(slot, 0) for slot in slots]


def _read(folder: Path) -> dict[Slot, int]:
    """The lengths that are kept; none, where they cannot be read: they are counted again."""
    try:
        kept = json.loads((folder / KEPT).read_text(encoding="utf-8"))
        return {
            Slot(branch, int(seq)): int(length) for branch, lengths in kept.items() for seq, length in lengths.items()
        }
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _keep(folder: Path, lengths: Mapping[Slot, int]) -> None:
    kept: dict[str, dict[int, int]] = {}
    for (branch, seq), length in lengths.items():
        kept.setdefault(branch, {})[seq] = length
    with suppress(StorageError):
        write_text(folder / KEPT, json.dumps(kept))


@dataclass(frozen=True)
class Chapter:
    """A chapter; what stands before the first is one without a number. Passages are counted from 1.

    Attributes:
        number: its number; 0: what stands before the first chapter, or a book without chapters.
        title: its title; empty where it has none.
        first: its first passage.
        last: its last one.
        words: how long it is, as the language counts.
        noted: the passages in it that a note stands beside.
        is_open: whether what is written next belongs to it.
    """

    number: int
    title: str
    first: int
    last: int
    words: int
    noted: tuple[int, ...]
    is_open: bool

    @property
    def length(self) -> int:
        """How many passages it has."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class Contents:
    """A book's chapters, and the lengths of its passages.

    Attributes:
        chapters: in order; one without a title where the book has none.
        lengths: of each passage, as the language counts.
    """

    chapters: tuple[Chapter, ...]
    lengths: tuple[int, ...]

    @property
    def words(self) -> int:
        """How long the book is."""
        return sum(self.lengths)

    def chapter_at(self, number: int) -> Chapter | None:
        """The chapter that a passage (from 1) is in; ``None``: there is no such passage."""
        return next((one for one in self.chapters if one.first <= number <= one.last), None)


async def contents(
    story: Story,
    at: int | None = None,
    branch: str = "",
    *,
    noted: Collection[int] | None = None,
    standing: Standing | None = None,
) -> Contents:
    """The contents of a branch as of a passage.

    Args:
        story: the open story.
        at: after how many passages; ``None``: after all that there are.
        branch: which branch; the current one, if none is named.
        noted: the passages that a note stands beside, where they are known; by default they are looked up.
        standing: how the branch stands, where it was looked at already: it may stand otherwise by now.

    Raises:
        StoryStateError: the branch has fewer passages.
    """
    standing = standing or await story.standing(branch)
    state = standing.state
    lineage = as_of(Lineage.from_json(state.get("lineage")), at)
    if noted is None:
        noted = {note.paragraph for note in await continuity.notes(story, threads=False, branch=branch)}
    lengths = await story.lengths.along(lineage)
    begins = {chapter["seq"]: chapter["title"] for chapter in state.get("chapters", [])}
    places = sorted(place for place in begins if place < len(lengths))
    starts = places if places[:1] == [0] else [0, *places]
    chapters = []
    for start, end in zip(starts, [*starts[1:], len(lengths)], strict=True):
        if start == end:
            continue
        inside = sorted(number for number in noted if start < number <= end)
        number = places.index(start) + 1 if start in begins else 0
        is_open = end == len(lengths) and not standing.is_finished
        chapters.append(
            Chapter(number, begins.get(start, ""), start + 1, end, sum(lengths[start:end]), tuple(inside), is_open)
        )
    return Contents(tuple(chapters), tuple(lengths))
