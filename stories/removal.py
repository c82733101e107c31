"""Removing a story, all sides of it, and what is left where one side was removed alone."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..schemas.errors import StorageError
from .checkpoints import open_checkpoints, open_database, storage_errors
from .lock import locked
from .shelf import card_of
from .trash import deleted, empty, remove_folder, throw_away

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from .library import Library
    from .record import StoryRecord
    from .trash import Deleted


@dataclass(frozen=True)
class Leftover:
    """What is left of a story that is no longer in the library.

    Attributes:
        story_id: whose it was.
        where: in which database; a part of a sentence (see :mod:`recurrentgpt.schemas.catalogue`).
    """

    story_id: str
    where: Literal["qdrant_server", "postgresql"]


async def delete(library: Library, record: StoryRecord, *, for_good: bool = False) -> None:
    """Take a story off the shelf, into the trash; or remove all of it: its checkpoints, its memory, its folder.

    A copy of another story's folder goes alone: nothing of the other is touched.

    Raises:
        StoryInUseError: a process has it open.
        StorageError: something of it cannot be removed; what is left can be removed by trying again.
    """
    folder = library.folder(record)
    try:
        with locked(library, record):
            await asyncio.to_thread(library.resources.memories.close, record.story_id)
            gone = throw_away(library, library.latest(record), folder)
    except OSError as error:
        raise StorageError("story_not_removed", folder=folder, reason=error.strerror or error) from error
    if for_good:
        await forget(library, gone)
    else:
        await empty(library)


async def forget(library: Library, gone: Deleted) -> None:
    """Let go of a story in the trash for good; of what databases hold of it too, unless it stands on the shelf again.

    Raises:
        StorageError: a database cannot be reached.
    """
    if gone.story_id not in _known(library, without=gone):
        with suppress(StorageError):  # Without its card nobody knows its branches; `leftovers` finds them.
            await forget_threads(library, card_of(gone.folder))
        await asyncio.to_thread(library.resources.memories.delete_points, gone.story_id)
    await asyncio.to_thread(remove_folder, gone.folder)


def _known(library: Library, without: Deleted | None = None) -> set[str]:
    """The ids of what is on the shelf or in the trash."""
    thrown = {one.story_id for one in deleted(library) if without is None or one.folder != without.folder}
    return thrown | {record.story_id for record in library.records()}


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
    known = _known(library)
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
