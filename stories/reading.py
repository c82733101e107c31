"""A story to be read while another process has it open: a picture of its folder as it is at that moment.

One process at a time can have a story's embedded memory open, also to read it. So a copy is opened, in a folder of its
own that goes when it was read: the checkpoints by SQLite's own backup, the memory file by file. A copy that was taken
in the middle of a write does not open, or lacks a passage that the state has; then another is taken.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ..schemas.errors import MemoryUnavailableError, StorageError, StoryInUseError
from ..schemas.places import STORIES
from .copying import copy_folder
from .lock import in_use

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from .library import Library
    from .record import StoryRecord
    from .story import Story

_TRIES = 5
_BETWEEN = 0.2
"""Seconds between two tries."""
_HALF_TAKEN = (MemoryUnavailableError, StorageError, OSError, sqlite3.Error)
"""What opening a copy ends with that was taken in the middle of a write."""


@asynccontextmanager
async def opened_to_read(library: Library, record: StoryRecord) -> AsyncIterator[Story]:
    """A story, open to be read: see :meth:`.Library.open_to_read`."""
    try:
        opening = library.open(record)
        story = await opening.__aenter__()
    except StoryInUseError:
        async with _picture(library, record) as seen:
            yield seen
        return
    try:
        yield story
    finally:
        await opening.__aexit__(None, None, None)


@asynccontextmanager
async def _picture(library: Library, record: StoryRecord) -> AsyncIterator[Story]:
    with TemporaryDirectory(prefix="recurrentgpt-") as folder:
        async with AsyncExitStack() as stack:
            try:
                story = await _opened_whole(library, record, Path(folder), stack)
            except _HALF_TAKEN as error:
                raise in_use(library.folder(record), record.name, record.story_id) from error
            yield story


async def _opened_whole(library: Library, record: StoryRecord, home: Path, stack: AsyncExitStack) -> Story:
    """A story opened from a whole copy below a folder: where one was taken in the middle of a write, from another."""
    for attempt in range(_TRIES):
        try:
            return await _opened_copy(library, record, home / str(attempt), stack)
        except _HALF_TAKEN:
            await stack.aclose()
            if attempt == _TRIES - 1:
                raise
            await asyncio.sleep(_BETWEEN)
    raise AssertionError(_TRIES)


async def _opened_copy(library: Library, record: StoryRecord, home: Path, stack: AsyncExitStack) -> Story:
    """A story opened from a copy, which has every passage that its state has."""
    await asyncio.to_thread(copy_folder, library.folder(record), home / STORIES / record.story_id)
    elsewhere = stack.enter_context(library.at(home))
    story = await stack.enter_async_context(elsewhere.open(record))
    await story.manuscript()
    return story


async def picture(library: Library, record: StoryRecord, home: Path) -> Path:
    """A whole copy of a story's folder in a data folder of its own, closed, also while another process writes to it.

    Raises:
        StoryInUseError: it is written to so busily that no whole picture of it could be had.
        StorageError: its checkpoints cannot be read.
        MemoryUnavailableError: its memory lacks passages.
    """
    async with AsyncExitStack() as stack:
        story = await _opened_whole(library, record, home, stack)
    return story.folder
