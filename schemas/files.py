"""How a file gets onto the disk so that neither a kill nor a power cut leaves half of it, or none.

A file is written beside its place, synced, and moved there; then its folder is synced, in which the move stands. A
rename alone is in the system's memory for seconds.
"""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_HAS_FOLDERS_TO_SYNC = os.name != "nt"
"""Windows opens no folders; its file system keeps renames in a log."""


def write_whole(path: Path, content: bytes, *, may_be_older: bool = False, is_derived: bool = False) -> None:
    """Write a file, all of it or nothing; on return it is on the disk.

    Args:
        path: the file. Several may write it at once: each has a scratch file of its own.
        content: what it is to hold.
        may_be_older: after a power cut it may be as it was before, but is whole: one sync instead of two.
        is_derived: all of it can be made again from elsewhere, so nothing is synced.

    Raises:
        OSError: it cannot be written.
    """
    scratch = path.with_name(f".{path.name}.{uuid.uuid4().hex}.new")
    try:
        with scratch.open("wb") as file:
            file.write(content)
            file.flush()
            if not is_derived:
                os.fsync(file.fileno())
        scratch.replace(path)
    except OSError:
        scratch.unlink(missing_ok=True)
        raise
    if not (may_be_older or is_derived):
        sync_folder(path.parent)


def move(source: Path, target: Path) -> None:
    """Rename a file or folder; on return the new name is on the disk.

    Raises:
        OSError: it cannot be renamed.
    """
    source.rename(target)
    sync_folder(target.parent)
    if source.parent != target.parent:
        sync_folder(source.parent)


def remove(path: Path) -> None:
    """Remove a file, if it is there; on return it stays removed, whatever happens.

    Raises:
        OSError: it cannot be removed.
    """
    if path.exists():
        path.unlink(missing_ok=True)
        sync_folder(path.parent)


def make_folders(folder: Path) -> None:
    """Make a folder, and those above it that are missing; on return they are on the disk.

    Raises:
        FileExistsError: it is there already.
        OSError: it cannot be made.
    """
    missing = [parent for parent in folder.parents if not parent.exists()]
    folder.mkdir(parents=True)
    for parent in {folder.parent, *(parent.parent for parent in missing)}:
        sync_folder(parent)


def sync_tree(folder: Path) -> None:
    """Let all that is in a folder be on the disk, however it was written.

    Raises:
        OSError: some of it cannot be read or synced.
    """
    for place, _, names in os.walk(folder):
        for name in names:
            _sync(os.path.join(place, name), os.O_RDWR if os.name == "nt" else os.O_RDONLY)  # noqa: PTH118 (as os.walk)
        if _HAS_FOLDERS_TO_SYNC:
            _sync(place, os.O_RDONLY)


def sync_file(path: Path) -> None:
    """Let a file be on the disk, however it was written.

    Raises:
        OSError: it cannot be opened or synced.
    """
    _sync(str(path), os.O_RDWR)


def sync_folder(folder: Path) -> None:
    """Let the names in a folder be on the disk.

    Raises:
        OSError: the folder cannot be opened or synced.
    """
    if _HAS_FOLDERS_TO_SYNC:
        _sync(str(folder), os.O_RDONLY)


def _sync(path: str, flags: int) -> None:
    opened = os.open(path, flags)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
