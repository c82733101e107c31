"""One process a story: a lock in its folder for as long as it is open."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from ..schemas.errors import StoryInUseError
from .checkpoints import unusable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .library import Library
    from .record import StoryRecord


@contextmanager
def locked(library: Library, record: StoryRecord) -> Iterator[None]:
    """Keep other processes out of a story; at the end its embedded memory is let go of.

    Raises:
        StoryInUseError: another process has it open.
        StorageError: its folder cannot be written.
    """
    folder = library.folder(record)
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise StoryInUseError("story_in_use", title=record.name, story_id=record.story_id) from error
    except OSError as error:
        raise unusable(folder, error) from error
    try:
        yield
    finally:
        library.resources.memories.close(record.story_id)
        lock.release()
