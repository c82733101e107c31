"""Putting a damaged story right: every pair of its stores is compared, and what can be derived is made again.

The checkpoints are the truth of a branch's states, the memory that of its passages, the card that of its branches and
settings. Where one is gone, the others make of it what they know; what nobody knows any more is said. Nothing is thrown
away: what is taken out lies in ``lost+found`` of the data folder.
"""

from __future__ import annotations

import asyncio
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from ..graph.cycle import is_between_steps
from ..memory.last_state import read_last_state, write_last_state
from ..prompts import phrase
from ..schemas.catalogue import part
from ..schemas.entries import Entry
from ..schemas.errors import MemoryInUseError, MemoryUnavailableError, RecurrentGPTError
from ..schemas.files import make_folders, move
from ..schemas.places import CARD, CHECKPOINTS, KEPT_CARD, LAST_STATE, LOCK, LOST_AND_FOUND, MEMORY, STORIES
from ..schemas.story_folders import conflicts_in, folders_of, says
from . import salvage
from .backups import keep_copy
from .copying import copy_folder
from .lock import in_use
from .opening import opened
from .rebuilding import path_of, rebuild
from .record import knows_more_branches, read_record, write_record
from .shelf import record_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ..memory import LongTermMemory
    from ..schemas.catalogue import Part
    from ..schemas.lineage import Slot
    from .library import Library
    from .record import StoryRecord
    from .story import Story

_LEAVE = frozenset({"memory_other_embedder", "memory_format"})
"""What is wrong with a memory and no damage."""


@dataclass
class Report:
    """What a repair found in a folder.

    Attributes:
        folder: the story's.
        mended: what was put right, or would be; parts of sentences.
        lost: what nobody knows any more.
        moved: the files that were taken out, and where they lie.
    """

    folder: Path
    mended: list[Part] = field(default_factory=list)
    lost: list[Part] = field(default_factory=list)
    moved: list[tuple[str, Path]] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether nothing was wrong."""
        return not (self.mended or self.lost or self.moved)


async def repair(library: Library, folder: Path, *, dry_run: bool = False) -> Report:
    """Put a story right.

    Args:
        library: where it is.
        folder: the story's.
        dry_run: only say what would be done: it is done to a copy.

    Raises:
        StoryInUseError: a process has it open.
        RecurrentGPTError: something else than damage is in the way: a full disk, a server that is not reached.
    """
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise in_use(folder, _name_of(folder), says(folder)) from error
    lock.release()
    with TemporaryDirectory(prefix="recurrentgpt-") as scratch:
        copied = Path(scratch) / STORIES / folder.name
        await asyncio.to_thread(copy_folder, folder, copied, as_it_is=True)
        with library.at(Path(scratch)) as elsewhere:
            would = await _Repair(elsewhere, copied, folder).done()
    if dry_run or would.is_whole:
        return would
    await asyncio.to_thread(keep_copy, library, folder, "repair")
    return await _Repair(library, folder, folder).done()


def _name_of(folder: Path) -> str:
    """What a story is called by its card; where that is damaged, its folder's name."""
    try:
        return record_of(folder).name
    except RecurrentGPTError:
        return folder.name


async def repair_all(library: Library, *, dry_run: bool = False) -> list[Report | RecurrentGPTError]:
    """Put every story of a shelf right; where one cannot be looked at, why stands in its place."""
    found: list[Report | RecurrentGPTError] = []
    for folder in folders_of(library.home):
        try:
            found.append(await repair(library, folder, dry_run=dry_run))
        except RecurrentGPTError as error:
            found.append(error)
    return found


class _Repair:
    """One repair of one folder."""

    def __init__(self, library: Library, folder: Path, told: Path) -> None:
        self._library = library
        self._folder = folder
        self._report = Report(told)
        self._aside: Path | None = None
        self._is_broken = False
        self._is_other = False

    async def done(self) -> Report:
        self._put_aside_what_is_no_store()
        await asyncio.to_thread(self._mend_checkpoints)
        self._put_aside_what_is_anothers()
        self._mend_card()
        if (self._folder / CARD).exists():
            async with opened(self._library, record_of(self._folder), to_mend=True) as story:
                await self._mend_states(story)
                await self._mend_branches(story)
                await self._mend_memory(story)
                await self._mend_head(story)
                if self._is_other:
                    await self._note_length(story)
        return self._report

    def _mended(self, code: str, **values: object) -> None:
        self._report.mended.append(part(code, **values))

    def _lost(self, code: str, **values: object) -> None:
        self._report.lost.append(part(code, **values))

    def _take_out(self, name: str) -> None:
        """Move a file or a folder of the story out of it."""
        if self._aside is None:
            number = 1
            while True:
                self._aside = self._library.home / LOST_AND_FOUND / f"{self._folder.name}-{number}"
                if not self._aside.exists():
                    break
                number += 1
            make_folders(self._aside)
        move(self._folder / name, self._aside / name)
        self._report.moved.append((name, self._aside / name))

    def _put_aside_what_is_no_store(self) -> None:
        for name in conflicts_in(self._folder):
            self._take_out(name)
        for file in sorted(self._folder.glob(".*.new")):
            self._take_out(file.name)

    def _mend_checkpoints(self) -> None:
        """Take over what can be read of a broken file."""
        path = self._folder / CHECKPOINTS
        if not path.exists() or self._library.settings.database_url is not None or salvage.is_whole(path):
            return
        self._is_broken = True
        beside = path.with_name(f"{CHECKPOINTS}.saved")
        with suppress(FileNotFoundError):
            beside.unlink()
        kept, is_anything = salvage.save(path, beside)
        for name in (CHECKPOINTS, f"{CHECKPOINTS}-wal", f"{CHECKPOINTS}-shm"):
            if (self._folder / name).exists():
                self._take_out(name)
        if is_anything:
            move(beside, path)
        else:
            beside.unlink(missing_ok=True)
        self._mended("repaired_checkpoints", count=kept)

    def _put_aside_what_is_anothers(self) -> None:
        """Where the stores name several stories, those that fewer of them name are another's."""
        said = salvage.ids_in(self._folder)
        votes = [*said.values(), self._folder.name]
        if len(set(said.values())) <= 1:
            return
        own = max(dict.fromkeys(votes), key=lambda one: (votes.count(one), one == self._folder.name))
        for name, whose in said.items():
            if whose != own:
                if name == MEMORY:
                    self._library.resources.memories.close(says(self._folder))
                self._take_out(name)
                self._is_broken |= name == CHECKPOINTS
                self._mended("repaired_anothers", file=name, story_id=whose)

    def _mend_card(self) -> None:
        """Make a card of the one that is kept, or of what the checkpoints and the head say."""
        made: StoryRecord | None = None
        with suppress(RecurrentGPTError):
            made = read_record(self._folder, KEPT_CARD)
        with suppress(RecurrentGPTError):
            record = read_record(self._folder)
            if made is None or not knows_more_branches(made, record):
                return
        if (self._folder / CARD).exists():
            self._take_out(CARD)
        if made is None:
            if (self._folder / KEPT_CARD).exists():
                self._take_out(KEPT_CARD)
            made = salvage.record_from(self._folder)
            if made is None:
                self._lost("lost_all")
                return
            self._lost("lost_settings")
        write_record(self._folder, made)
        self._mended("repaired_card")

    async def _mend_states(self, story: Story) -> None:
        """Let branches whose checkpoints are lost stand again where the head and the memory say."""
        if self._library.settings.database_url is None:
            for branch, number in await salvage.bring_forward(story):
                self._mended("repaired_order", branch=branch, number=number)
        entries, head = await self._remembered(story), read_last_state(self._folder)
        made, unplaced = await rebuild(story, head, entries, is_damaged=self._is_broken)
        for one in made:
            if one.is_made:
                self._mended("rebuilt_whole" if one.is_whole else "rebuilt_branch", branch=one.branch, count=one.count)
                self._lost("lost_past" if one.is_whole else "lost_between", branch=one.branch)
            if one.count < one.had:
                self._lost("lost_end", branch=one.branch, count=one.count, had=one.had)
        if unplaced:
            self._lost("lost_place", count=unplaced)
        self._is_other |= bool(made)

    async def _note_length(self, story: Story) -> None:
        """Let the card say how long the branch is now, and what it tells, where its passages are all there."""
        try:
            await story.note_length()
        except MemoryUnavailableError:
            story.update_record(paragraphs=len(salvage.slots_of(await story.state())))

    async def _remembered(self, story: Story) -> list[Entry]:
        """The story's own passages in its memory; none, where that cannot be read."""
        try:
            there, _ = await story.remember(self._passages)
        except MemoryInUseError:
            raise
        except Exception:  # noqa: BLE001 (what is wrong with it, :meth:`_mend_memory` says)
            return []
        return list(there.values())

    async def _mend_branches(self, story: Story) -> None:
        """Let the card name the branches that there are."""
        threads = await salvage.threads_of(story)
        known = [branch.name for branch in story.record.branches]
        more = [name for name in threads if name not in known and threads[name].get("lineage")]
        gone = [name for name in known if len(known) > 1 and not threads.get(name)]
        if not threads and not (await story.state()):
            if story.record.paragraphs:
                self._lost("lost_states", count=story.record.paragraphs)
            return
        if not more and not gone:
            return
        branches = salvage.branches_of(
            threads, [one for one in story.record.branches if not {one.name, one.parent} & {*gone}]
        )
        saves = {one.name for one in story.record.branches if one.is_save}
        branches = [one.model_copy(update={"is_save": one.name in saves}) for one in branches]
        names = [branch.name for branch in branches]
        here = story.record.branch if story.record.branch in names else names[0]
        story.update_record(branches=tuple(branches), branch=here)
        for name in more:
            self._mended("repaired_branch", branch=name)
        for name in gone:
            self._lost("lost_branch", branch=name)
        self._is_other = True

    async def _mend_memory(self, story: Story) -> None:
        """Write the passages that the checkpoints know and the memory has not."""
        there: dict[Slot, Entry] = {}
        is_own = False
        try:
            there, is_own = await story.remember(self._passages)
        except MemoryInUseError:
            raise
        except Exception as error:
            is_no_damage = isinstance(error, MemoryUnavailableError) and error.code in _LEAVE
            if is_no_damage or self._library.resources.memories.server:
                raise
        anew = []
        if not is_own:
            self._library.resources.memories.close(story.record.story_id)
            if (self._folder / MEMORY).exists():
                self._take_out(MEMORY)
            anew = list(there.values())
        kept = await salvage.kept_states(story)
        wanted = {slot for state in kept for slot in salvage.slots_of(state)}
        missing = wanted.difference(there)
        found = salvage.entries_of(kept, missing, story.record.language, list(there.values())) + anew
        if found:
            await story.remember(lambda memory: memory.restore(found))
            self._mended("repaired_memory", count=len(found))
        unknown = missing.difference(entry.slot for entry in found)
        for branch in story.record.branches:
            lineage = salvage.slots_of(await story.state(branch.name))
            places = [place for place, slot in enumerate(lineage, start=1) if slot in unknown]
            if places:
                self._lost("lost_passages", branch=branch.name, numbers=places)
        await self._mark(story, unknown, list(there.values()) + found)

    @staticmethod
    async def _mark(story: Story, lost: Collection[Slot], there: Sequence[Entry]) -> None:
        """Let a mark stand for each passage that nobody knows any more: the book is read and goes on without it."""
        marks = {}
        said = str(phrase("lost_passage", story.record.language))
        by_characters = there[0].by_characters if there else story.record.language.search.by_characters
        for branch in story.record.branches:
            path = path_of(await story.state(branch.name))
            for place, slot in enumerate(path.slots()):
                if slot in lost:
                    marks[slot] = Entry(
                        *slot, text=said, summary="", path=path.cut(place).digest, by_characters=by_characters
                    )
        if marks:
            await story.remember(lambda memory: memory.restore(list(marks.values())))

    def _passages(self, memory: LongTermMemory) -> tuple[dict[Slot, Entry], bool]:
        """The story's passages in its memory, and whether no other story's are there."""
        kept = [entry for entry, whose in memory.whose() if whose in ("", memory.story_id)]
        return {entry.slot: entry for entry in kept}, len(kept) == memory.count()

    async def _mend_head(self, story: Story) -> None:
        """Let the head be the state of the current branch, where that stands between two steps."""
        snapshot = await story.snapshot()
        if not is_between_steps(snapshot):
            return
        head = read_last_state(self._folder)
        state: Any = snapshot.values
        steps = {(await story.state(branch.name)).get("step") for branch in story.record.branches}
        if head is None or head.get("story_id") != state["story_id"] or head.get("step") not in steps:
            if (self._folder / LAST_STATE).exists():
                shutil.copy2(self._folder / LAST_STATE, self._folder / f".{LAST_STATE}.was.new")
                self._take_out(f".{LAST_STATE}.was.new")
            write_last_state(self._folder, state)
            self._mended("repaired_head")


def folder_meant(library: Library, reference: str) -> Path:
    """The folder of the story a person means: as on the shelf, or by its name, where the story cannot be read.

    Raises:
        StoryNotFoundError: none fits, or several do.
    """
    for folder in folders_of(library.home):
        if reference in (folder.name, says(folder)):
            return folder
    return library.folder(library.find(reference))
