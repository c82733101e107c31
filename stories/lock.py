"""One process a story: a lock in its folder for as long as it is open."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from pydantic import BaseModel, ValidationError

from ..schemas.errors import StorageError, StoryInUseError
from ..schemas.places import HOLDER, LOCK
from .checkpoints import unusable
from .faces import Face  # noqa: TC001 (a model's field)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .library import Library
    from .record import StoryRecord


@contextmanager
def locked(library: Library, record: StoryRecord) -> Iterator[None]:
    """Keep other processes out of a story, and say what keeps them out; at the end its embedded memory is let go of.

    Raises:
        StoryInUseError: another process has it open.
        StorageError: its folder cannot be written.
    """
    folder = library.folder(record)
    if not folder.is_dir():  # The lock would make it.
        raise StorageError("folder_moved", folder=folder)
    lock, holder = FileLock(folder / LOCK), folder / HOLDER
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise in_use(folder, record.name, record.story_id) from error
    except OSError as error:
        raise unusable(folder, error) from error
    try:
        with suppress(OSError):  # It is for others to read: without it they are told less.
            holder.write_text(_Holder(kind=library.face, pid=os.getpid()).model_dump_json(), encoding="utf-8")
        with library.resources.memories.hold(record.story_id, folder):
            yield
    finally:
        with suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def in_use(folder: Path, title: str, story_id: str) -> StoryInUseError:
    """That another process has a story open: which, and how one comes to it, where that is known."""
    try:
        holder = _Holder.model_validate_json((folder / HOLDER).read_text(encoding="utf-8"))
        os.kill(holder.pid, 0)
    except (OSError, ValidationError):
        return StoryInUseError("story_in_use", title=title, story_id=story_id)
    match holder.kind:
        case "page":
            return StoryInUseError("story_in_use_page", title=title, story_id=story_id, pid=holder.pid)
        case "terminal":
            return StoryInUseError("story_in_use_terminal", title=title, story_id=story_id, pid=holder.pid)
        case "agents":
            return StoryInUseError("story_in_use_agents", title=title, story_id=story_id, pid=holder.pid)
        case _:
            return StoryInUseError("story_in_use", title=title, story_id=story_id)


class _Holder(BaseModel):
    """The process that has a story open."""

    kind: Face
    pid: int
