"""A whole story as JSON: its card, where every branch stood, its long-term memory. Reading it back gives the story.

Vectors are not among it: they are made again by the embedding model of the library that reads it. A file that is
refused, or whose import fails, leaves a library as it was.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from filelock import FileLock, Timeout
from pydantic import ValidationError

from ..graph.cycle import is_step_finished
from ..memory import Lineage
from ..memory.last_state import write_last_state
from ..memory.synopses import Synopsis
from ..schemas.errors import MemoryUnavailableError, SettingsError, StorageError, StoryStateError
from ..schemas.field_problems import describe
from ..schemas.ids import new_story_id
from ..schemas.places import ARCHIVE, ARRIVING, CARD, LAST_STATE, SEALED
from . import known
from .archive_beside import PutStates, beside_of, put_beside, put_states
from .archive_check import check, check_values
from .archive_format import Archive, KeptEntry, KeptState, KeptSynopsis, of_this_format
from .archive_states import put_reading, reading_of, way_of
from .brought import keep_brought, set_aside, usual
from .prompt_log import keep_prompt_log, read_prompt_log
from .record import FORMAT, StoryRecord, write_bytes, write_record
from .removal import forget_threads
from .sealed_file import is_sealed_file, sealed, unsealed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ..memory import Entry, LongTermMemory
    from .library import Library
    from .story import Story

__all__ = ["Archive", "archive_bytes", "pack", "read_archive", "unpack", "write_archive"]

_BATCH = 16
_MOST_BYTES = 500 * 2**20
"""A story of 3,000 passages has less than a quarter of it."""


async def pack(story: Story, *, is_for_sealing: bool = False) -> Archive:
    """All of an open story.

    Args:
        story: it.
        is_for_sealing: whether it becomes a file that nobody reads by opening it.

    Raises:
        StoryStateError: it is a pack that is played: the file would tell its secrets.
        MemoryUnavailableError: some of a branch's passages are gone.
        StorageError: the checkpoints cannot be read.
    """
    if story.record.is_sealed and not is_for_sealing:
        raise StoryStateError("sealed_no_file", title=story.record.name)
    ways = {branch.name: await way_of(story, branch.name) for branch in story.record.branches}
    branches = {name: list(way.values()) for name, way in ways.items()}
    kept, condensed = await story.remember(lambda memory: (memory.entries(), memory.synopses.every()))
    _see_that_it_is_whole(branches, kept)
    return Archive(
        record=story.record,
        branches=branches,
        entries=[KeptEntry.model_validate(entry.to_json()) for entry in kept],
        synopses=[KeptSynopsis.model_validate(asdict(synopsis)) for synopsis in condensed],
        reading=await reading_of(story),
        sent=read_prompt_log(story.folder),
        beside=await beside_of(story, ways, {entry.slot for entry in kept}),
    )


def _see_that_it_is_whole(branches: dict[str, list[KeptState]], kept: list[Entry]) -> None:
    there = {entry.slot for entry in kept}
    for states in branches.values():
        slots = Lineage.from_json(states[-1].state.get("lineage")).slots() if states else []
        missing = next((number for number, slot in enumerate(slots, start=1) if slot not in there), None)
        if missing:
            raise MemoryUnavailableError("memory_lost", number=missing)


def archive_bytes(archive: Archive, ending: str = ARCHIVE) -> bytes:
    """What the file holds: JSON, sealed where its name ends so."""
    content = archive.model_dump_json(indent=1).encode()
    return sealed(content) if ending.lower() == SEALED else content


def write_archive(path: Path, archive: Archive) -> None:
    """Write a story to a file, whole or not at all: as JSON, or sealed, where its name ends so.

    Raises:
        StorageError: it cannot be written.
    """
    write_bytes(path, archive_bytes(archive, path.suffix))


def read_archive(path: Path) -> Archive:
    """Check the file of a story, sealed or not: that it has the form that is published, and hangs together.

    Raises:
        StorageError: the file cannot be read, or is no such story.
    """
    try:
        size = path.stat().st_size
        if size > _MOST_BYTES:
            raise StorageError("archive_too_large", path=path, size=size >> 20, most=_MOST_BYTES >> 20)
        content = path.read_bytes()
        if is_sealed_file(content):
            content = unsealed(path, content, _MOST_BYTES)
        kept = json.loads(content.decode("utf-8-sig"), parse_constant=_no_number)
    except OSError as error:
        raise StorageError("file_unreadable", path=path, reason=error.strerror or error) from error
    except (ValueError, RecursionError) as error:
        raise StorageError("archive_no_json", path=path, reason=error) from error
    try:
        check_values(kept)
        if isinstance(kept, dict):
            kept = of_this_format(kept)
        archive = Archive.model_validate(kept)
        if archive.record.format != FORMAT:
            raise StorageError("card_format", folder=path, format=archive.record.format, known=FORMAT)
        check(archive)
    except ValidationError as error:
        raise StorageError("archive_of_another_kind", path=path, problems=describe(error)[:_MOST_PROBLEMS]) from error
    except SettingsError as error:
        raise StorageError("archive_of_another_kind", path=path, problems=error.values["problems"]) from error
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        # What a fact, a clash, an older format is made of is read by code that expects to have written it.
        reason = f"{type(error).__name__}: {str(error)[:200]}"
        raise StorageError("archive_of_another_kind", path=path, problems=[reason]) from error
    return archive


_MOST_PROBLEMS = 3


def _no_number(name: str) -> NoReturn:
    msg = f"{name} is no number"
    raise ValueError(msg)


async def unpack(library: Library, archive: Archive, progress: Callable[[int, int], None]) -> StoryRecord:
    """Put a story into a library; under another id where something of its own is there already.

    What it brings besides text is set aside, and acts only when somebody says so: see :mod:`.brought`.

    Args:
        library: where to.
        archive: the story.
        progress: told how many entries are encoded, and of how many.

    Raises:
        StorageError: the data folder cannot be written.
        MemoryUnavailableError: the memory cannot be written.
    """
    record = archive.record.model_copy(update={"context": usual(archive.record.context, archive.record.mode)})
    while True:
        folder = await asyncio.to_thread(_room, library, record.story_id)
        if folder is not None:
            try:
                if await _put_back(library, record, archive, progress):
                    break
            except BaseException:
                await _discard(library, record, folder)
                raise
            await asyncio.to_thread(shutil.rmtree, folder)
        record = record.model_copy(update={"story_id": new_story_id()})
    # Its record comes last: until then a library does not see it.
    known.note(library.home, record)
    write_record(folder, record)
    (folder / ARRIVING).unlink()
    _keep_head(folder, archive, record)
    return record


def _room(library: Library, story_id: str) -> Path | None:
    """A new folder for a story that arrives; ``None``: something stands there that is not ours to remove."""
    folder = library.folder_of(story_id)
    if folder.exists() and not _clear(folder):
        return None
    made = library.make_folder(story_id)
    (made / ARRIVING).touch()
    return made


def _clear(folder: Path) -> bool:
    """Whether a folder was what an import left that was killed, and is gone now."""
    if not (folder / ARRIVING).exists() or (folder / CARD).exists() or (folder / LAST_STATE).exists():
        return False
    try:
        with FileLock(folder / "lock", timeout=0):
            pass
    except Timeout:
        return False
    shutil.rmtree(folder)
    return True


async def _put_back(
    library: Library, record: StoryRecord, archive: Archive, progress: Callable[[int, int], None]
) -> bool:
    """Write all of a story; gives whether a database did not hold another of its id."""
    async with library.open(record) as story:
        is_held = await story.remember(lambda memory: memory.count()) or (await story.snapshot()).values
        if is_held:
            return False
        entries = [kept.entry() for kept in archive.entries]
        for start in range(0, len(entries), _BATCH):
            batch = entries[start : start + _BATCH]
            await story.remember(partial(_restore_entries, batch=batch))
            progress(start + len(batch), len(entries))
        condensed = [Synopsis(**synopsis.model_dump()) for synopsis in archive.synopses]
        await story.remember(lambda memory: memory.synopses.restore(condensed))
        put: dict[str, PutStates] = {}
        for branch, states in archive.branches.items():
            asides = {
                number: aside.model_copy(update={"kept": _of(record, aside.kept)})
                for number, aside in enumerate(archive.beside.asides)
                if aside.branch == branch
            }
            put[branch] = await put_states(story, branch, [_of(record, state) for state in states], asides)
        if archive.reading:
            at = archive.reading.at and _of(record, archive.reading.at)
            await put_reading(story, archive.reading.model_copy(update={"at": at}))
        unknown = {name for states in archive.branches.values() for kept in states for name in kept.state}
        brought = set_aside(archive.record.context, record.mode, unknown - {*story.graph.channels, "remaining_steps"})
    keep_prompt_log(library.folder(record), archive.sent)
    put_beside(library.folder(record), archive.beside, put)
    if brought:
        keep_brought(library.folder(record), brought)
    return True


def _of(record: StoryRecord, kept: KeptState) -> KeptState:
    """A state as that of a story of that id."""
    return kept.model_copy(update={"state": {**kept.state, "story_id": record.story_id}})


def _keep_head(folder: Path, archive: Archive, record: StoryRecord) -> None:
    finished = [kept for kept in archive.branches[record.branch] if is_step_finished(kept.state)]
    if finished:
        write_last_state(folder, {**finished[-1].state, "story_id": record.story_id})


async def _discard(library: Library, record: StoryRecord, folder: Path) -> None:
    """Remove what was written of a story that could not be put back; what cannot be removed does not hide why."""
    memories = library.resources.memories
    with suppress(StorageError, MemoryUnavailableError):
        await forget_threads(library, record)
    with suppress(MemoryUnavailableError):
        await asyncio.to_thread(memories.close, record.story_id)
        await asyncio.to_thread(memories.delete_points, record.story_id)
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _restore_entries(memory: LongTermMemory, batch: list[Entry]) -> None:
    memory.restore(batch)
