"""Copying a story's folder, whole, whether anybody writes to it or not."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from ..schemas.places import CHECKPOINTS, DRAFTS_LOCK, HOLDER, LOCK

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK = 2**16


def copy_folder(folder: Path, to: Path, *, as_it_is: bool = False) -> None:
    """Copy a story's folder.

    Args:
        folder: the story's.
        to: where to; there must be nothing yet.
        as_it_is: file by file, also what is broken; nobody may write to it meanwhile. Otherwise the checkpoints are
            copied by SQLite's own backup, while another process writes to them, and scratch files are left out.

    Raises:
        OSError: some of it cannot be copied.
        sqlite3.Error: the checkpoints cannot be read.
    """
    left_out = shutil.ignore_patterns(LOCK, HOLDER, DRAFTS_LOCK, *([] if as_it_is else [f"{CHECKPOINTS}*", ".*"]))
    shutil.copytree(folder, to, ignore=left_out, copy_function=_copy_file)
    checkpoints = folder / CHECKPOINTS
    if not as_it_is and checkpoints.exists():
        with (
            closing(sqlite3.connect(f"{checkpoints.absolute().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(to / CHECKPOINTS)) as target,
        ):
            source.backup(target)


def _copy_file(source: str, target: str) -> str:
    """Copy a file without its holes: the memory's engine makes files of many MB with little in them."""
    with open(source, "rb") as read, open(target, "wb") as written:  # noqa: PTH123 (what copytree hands over)
        size = os.fstat(read.fileno()).st_size
        while block := read.read(_BLOCK):
            if block.count(0) == len(block):
                written.seek(len(block), os.SEEK_CUR)
            else:
                written.write(block)
        written.truncate(max(size, written.tell()))
    return target
