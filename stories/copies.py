"""A copied folder becomes a story of its own when it is first opened: its own id, checkpoints, memory.

Each part is done whole or not at all, and the card last: stopped anywhere, the next opening does the rest.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from ..memory.last_state import read_last_state, write_last_state
from ..memory.moving import make_own as make_memory_own
from ..schemas.places import DRAFTS, MEMORY, UNDER_WAY
from ..schemas.story_folders import says
from . import known
from .backups import keep_copy
from .checkpoints import open_checkpoints
from .record import is_older, remove_file, write_record

if TYPE_CHECKING:
    from pathlib import Path

    from aiosqlite import Connection
    from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple
    from langgraph.checkpoint.serde.base import SerializerProtocol

    from .checkpoints import Checkpoints
    from .library import Library
    from .record import StoryRecord

_READING = ":import"


async def made_ready(library: Library, folder: Path, record: StoryRecord) -> StoryRecord:
    """What comes before a story is opened: a copy of one of an older version is kept; a copied folder becomes its own.

    Returns:
        The story's card.

    Raises:
        StorageError: its checkpoints or its card cannot be read or written.
        MemoryUnavailableError: its memory cannot.
    """
    record = library.latest(record)
    if is_older(folder):
        await asyncio.to_thread(keep_copy, library, folder, "migration")
        write_record(folder, record.model_copy(update={"story_id": says(folder)}))
    if record.copy_of:
        await make_own(library, folder, record)
        record = library.latest(record)
    return record


async def make_own(library: Library, folder: Path, record: StoryRecord) -> None:
    """Let a copy say of itself that it is the story that its record is.

    What was under way in the story that it is a copy of is not gone on with.

    Raises:
        StorageError: its checkpoints or its card cannot be read or written.
        MemoryUnavailableError: its memory cannot.
    """
    was = says(folder)
    memories = library.resources.memories
    await asyncio.to_thread(make_memory_own, memories, folder / MEMORY, was, record.story_id, record.language)
    async with open_checkpoints(library.settings, folder, record.story_id) as checkpoints:
        if library.settings.database_url is None:
            await _rewrite(checkpoints, record.story_id)
        else:
            async with open_checkpoints(library.settings, folder, was) as theirs:
                names = [*(branch.name for branch in record.branches), _READING]
                await _copy(theirs, checkpoints, names, record.story_id)
    head = read_last_state(folder)
    if head is not None:
        write_last_state(folder, {**head, "story_id": record.story_id})
    remove_file(folder / UNDER_WAY)
    remove_file(folder / DRAFTS)
    if known.is_known(library.home, record) and known.carried(library.home, record) is None:
        known.note(library.home, record)
    write_record(folder, record.model_copy(update={"copy_of": ""}))


async def _rewrite(checkpoints: Checkpoints, story_id: str) -> None:
    """Let every state in an SQLite file be the story's: in one transaction."""
    saver: Any = checkpoints.saver
    connection: Connection = saver.conn
    serde: SerializerProtocol = saver.serde
    async with saver.lock:
        for row, kind, kept in await connection.execute_fetchall("SELECT rowid, type, checkpoint FROM checkpoints"):
            checkpoint = serde.loads_typed((kind, kept))
            if _own(checkpoint["channel_values"], story_id):
                await connection.execute(
                    "UPDATE checkpoints SET type = ?, checkpoint = ? WHERE rowid = ?",
                    (*serde.dumps_typed(checkpoint), row),
                )
        for row, channel, kind, kept in await connection.execute_fetchall(
            "SELECT rowid, channel, type, value FROM writes WHERE channel IN ('story_id', '__start__', '__interrupt__')"
        ):
            value = {channel: serde.loads_typed((kind, kept))}
            if _own(value, story_id):
                await connection.execute(
                    "UPDATE writes SET type = ?, value = ? WHERE rowid = ?", (*serde.dumps_typed(value[channel]), row)
                )
        await connection.commit()


async def _copy(theirs: Checkpoints, ours: Checkpoints, names: list[str], story_id: str) -> None:
    """The threads of a story in a database, once more as those of another."""
    await ours.delete(names)
    for name in names:
        # Read to its end first: a saver holds a lock while it is iterated.
        kept = [one async for one in theirs.saver.alist(theirs.thread(name))]
        for one in reversed(kept):
            await _put(ours.saver, ours.thread(name)["configurable"]["thread_id"], one, story_id)


async def _put(saver: BaseCheckpointSaver[str], thread: str, kept: CheckpointTuple, story_id: str) -> None:
    _own(kept.checkpoint["channel_values"], story_id)
    parent = kept.parent_config["configurable"]["checkpoint_id"] if kept.parent_config else None
    place = {"thread_id": thread, "checkpoint_ns": ""} | ({"checkpoint_id": parent} if parent else {})
    versions = kept.checkpoint["channel_versions"]
    config = await saver.aput({"configurable": place}, kept.checkpoint, kept.metadata, versions)
    by_task: dict[str, list[tuple[str, Any]]] = {}
    for task, channel, value in kept.pending_writes or []:
        written = {channel: value}
        _own(written, story_id)
        by_task.setdefault(task, []).append((channel, written[channel]))
    for task, writes in by_task.items():
        await saver.aput_writes(config, writes, task)


def _own(values: dict[str, Any], story_id: str) -> bool:
    """Let values of a state's channels be those of a story; gives whether any was another's."""
    changed = False
    if values.get("story_id", story_id) != story_id:
        values["story_id"] = story_id
        changed = True
    given = values.get("__start__")
    if isinstance(given, dict) and given.get("story_id", story_id) != story_id:
        values["__start__"] = {**given, "story_id": story_id}
        changed = True
    for asked in values.get("__interrupt__", ()):
        if isinstance(asked.value, dict) and asked.value.get("story_id", story_id) != story_id:
            asked.value["story_id"] = story_id
            changed = True
    return changed
