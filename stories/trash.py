"""What was deleted, until it is emptied: a story's folder, out of sight, with all that it held.

It is emptied by age and by size, the oldest first. A clock that jumped empties nothing but by size: the last few stay,
however old they seem. What a database holds of a story goes when its folder goes from here.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ..schemas.errors import StorageError, StoryNotFoundError
from ..schemas.files import make_folders, move, sync_folder
from ..schemas.places import STORIES, TRASH
from ..schemas.story_folders import says
from .record import remove_file, write_text
from .shelf import card_of, record_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .library import Library
    from .record import StoryRecord

DELETED = "deleted.json"
"""A file in a deleted story's folder: when it was deleted, and what the folder was called."""
KEPT_DAYS = 30
KEPT_BYTES = 2 * 2**30
_AT_LEAST = 5
"""The latest so many stay whatever their age."""


@dataclass(frozen=True)
class Deleted:
    """A story in the trash.

    Attributes:
        story_id: its id.
        name: its title or its topic; where its card cannot be read, its id.
        when: when it was deleted.
        folder: where it is.
        was: what its folder was called on the shelf.
    """

    story_id: str
    name: str
    when: datetime
    folder: Path
    was: str


def throw_away(library: Library, record: StoryRecord, folder: Path) -> Deleted:
    """Move a story's folder into the trash.

    Raises:
        OSError: it cannot be moved.
        StorageError: the data folder cannot be written.
    """
    trash = library.home / TRASH
    if not trash.exists():
        make_folders(trash)
    when = datetime.now(UTC)
    write_text(folder / DELETED, json.dumps({"when": when.isoformat(), "folder": folder.name}))
    gone = _free(trash / folder.name)
    move(folder, gone)
    return Deleted(record.story_id, record.name, when, gone, folder.name)


def deleted(library: Library) -> list[Deleted]:
    """What is in the trash, the latest first."""
    trash = library.home / TRASH
    if not trash.is_dir():
        return []
    found = [_read(folder) for folder in trash.iterdir() if folder.is_dir()]
    return sorted(found, key=lambda one: one.when, reverse=True)


def undelete(library: Library, reference: str = "") -> StoryRecord:
    """Put a story back on the shelf. Where its place is taken, it stands beside, as a copy.

    Args:
        library: where.
        reference: the beginning of its id or of its title, or nothing for the latest.

    Raises:
        StoryNotFoundError: none in the trash fits, or several do.
        StorageError: it cannot be moved.
    """
    return put_back(library, _meant(deleted(library), reference))


def put_back(library: Library, found: Deleted) -> StoryRecord:
    """Put what is in the trash back on the shelf: see :func:`undelete`.

    Raises:
        StorageError: it cannot be moved.
    """
    folder = _free(library.home / STORIES / found.was)
    try:
        if not folder.parent.exists():
            make_folders(folder.parent)
        move(found.folder, folder)
    except OSError as error:
        raise StorageError("story_not_moved", folder=found.folder, reason=error.strerror or error) from error
    remove_file(folder / DELETED)
    return record_of(folder)


async def empty(library: Library, *, everything: bool = False, told: Callable[[Deleted], None] | None = None) -> None:
    """Let go for good of what has been in the trash for long, or is too much; or of all of it.

    Args:
        library: whose trash.
        everything: all of it.
        told: hears of each.
    """
    from .removal import forget  # noqa: PLC0415 (it throws away into the trash)

    kept = 0
    before = datetime.now(UTC) - timedelta(days=KEPT_DAYS)
    for number, one in enumerate(deleted(library)):
        kept += await asyncio.to_thread(size_of, one.folder)
        is_old = number >= _AT_LEAST and one.when < before
        if everything or is_old or (kept > KEPT_BYTES and number):
            await forget(library, one)
            if told:
                told(one)


def _meant(found: list[Deleted], reference: str) -> Deleted:
    wanted = reference.strip().casefold()
    fits = [one for one in found if one.story_id == wanted]
    fits = fits or [one for one in found if one.story_id.startswith(wanted) or one.name.casefold().startswith(wanted)]
    if not fits:
        raise StoryNotFoundError("not_in_trash", reference=reference)
    if len({one.story_id for one in fits}) > 1 and wanted:
        names = [f"{one.story_id} ({one.name[:40]})" for one in fits[:5]]
        raise StoryNotFoundError("several_stories", reference=reference, stories=names)
    return fits[0]


def _read(folder: Path) -> Deleted:
    try:
        kept = json.loads((folder / DELETED).read_text(encoding="utf-8"))
        when, was = datetime.fromisoformat(kept["when"]).astimezone(UTC), str(kept["folder"])
    except (OSError, ValueError, KeyError, TypeError):
        when, was = datetime.fromtimestamp(folder.stat().st_mtime, UTC), folder.name
    if "/" in was or "\\" in was or was.startswith("."):
        was = folder.name
    try:
        record = card_of(folder)
    except StorageError:
        return Deleted(says(folder), says(folder), when, folder, was)
    return Deleted(record.story_id, record.name, when, folder, was)


def _free(folder: Path) -> Path:
    """A folder of that name, or of that name and a number, where there is none."""
    number = 2
    found = folder
    while found.exists():
        found = folder.with_name(f"{folder.name}-{number}")
        number += 1
    return found


def size_of(folder: Path) -> int:
    """What a folder takes of the disk, in bytes: the memory's files have holes."""
    found = [file.stat() for file in folder.rglob("*") if file.is_file()]
    return sum(getattr(stat, "st_blocks", stat.st_size // 512) * 512 for stat in found)


def remove_folder(folder: Path) -> None:
    """Remove a folder of the trash; what is left of it, where that fails, goes with the next emptying."""
    shutil.rmtree(folder, ignore_errors=True)
    sync_folder(folder.parent)
