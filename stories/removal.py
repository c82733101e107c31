"""Removing a story, all sides of it, and what is left where one side was removed alone."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..schemas.errors import StorageError
from ..schemas.files import move
from .checkpoints import open_checkpoints, open_database, storage_errors
from .library import record_of
from .lock import locked

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from .library import Library
    from .record import StoryRecord


@dataclass(frozen=True)
class Leftover:
    """What is left of a story that is no longer in the library.

    Attributes:
        story_id: whose it was.
        where: in which database; a part of a sentence (see :mod:`recurrentgpt.schemas.catalogue`).
    """

    story_id: str
    where: Literal["qdrant_server", "postgresql"]


async def delete(library: Library, record: StoryRecord) -> None:
    """Remove a story: its checkpoints, its memory, its folder.

    Raises:
        StoryInUseError: a process has it open.
        StorageError: something of it cannot be removed; what is left can be removed by trying again.
    """
    folder = library.folder(record)
    gone = folder.with_name(f".deleted-{uuid.uuid4().hex[:8]}")
    memories = library.resources.memories
    try:
        with locked(library, record):
            await asyncio.to_thread(memories.close, record.story_id)
            await forget_threads(library, record_of(folder))
            await asyncio.to_thread(memories.delete_points, record.story_id)
            # Out of sight first, so that half a story is never seen.
            move(folder, gone)
    except OSError as error:
        raise StorageError("story_not_removed", folder=folder, reason=error.strerror or error) from error
    await asyncio.to_thread(shutil.rmtree, gone, ignore_errors=True)


async def forget_threads(library: Library, record: StoryRecord) -> None:
    """Remove a story's checkpoints from the database, if there is one.

    Raises:
        StorageError: it cannot be reached.
    """
    if library.settings.database_url is None:
        return  # The file goes with the folder.
    folder = library.folder(record)
    with storage_errors(folder):
        async with open_checkpoints(library.settings, folder, record.story_id) as checkpoints:
            await checkpoints.delete([branch.name for branch in record.branches])


async def leftovers(library: Library) -> list[Leftover]:
    """What databases still hold of stories that this library does not have (another library may have them)."""
    known = {record.story_id for record in library.records()}
    points = await asyncio.to_thread(library.resources.memories.stories_with_points)
    threads = {_story_of(thread) for thread in await _threads(library) if "/" in thread}
    return [
        *(Leftover(story_id, "qdrant_server") for story_id in points if story_id not in known),
        *(Leftover(story_id, "postgresql") for story_id in sorted(threads) if story_id not in known),
    ]


async def clear(library: Library, found: list[Leftover]) -> None:
    """Remove what is left of these stories."""
    for leftover in found:
        if leftover.where == "qdrant_server":
            await asyncio.to_thread(library.resources.memories.delete_points, leftover.story_id)
    story_ids = {leftover.story_id for leftover in found if leftover.where == "postgresql"}
    address = library.settings.database_url
    if not story_ids or address is None:
        return
    async with open_database(address, library.settings.aes_key) as saver:
        for thread in await _threads_in(saver):
            if _story_of(thread) in story_ids:
                await saver.adelete_thread(thread)


async def _threads(library: Library) -> set[str]:
    """The threads of every library in the database, if there is one."""
    address = library.settings.database_url
    if address is None:
        return set()
    async with open_database(address, library.settings.aes_key) as saver:
        return await _threads_in(saver)


async def _threads_in(saver: BaseCheckpointSaver[str]) -> set[str]:
    return {kept.config["configurable"]["thread_id"] async for kept in saver.alist(None)}


def _story_of(thread: str) -> str:
    return thread.partition("/")[0]
