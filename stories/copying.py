"""Copying a story's folder, whole, whether anybody writes to it or not."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from ..schemas.places import CHECKPOINTS, DRAFTS_LOCK, HOLDER, LOCK

if TYPE_CHECKING:
    from collections.abc import Iterator
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
    shutil.copytree(folder, to, ignore=left_out, copy_function=copy_file)
    checkpoints = folder / CHECKPOINTS
    if not as_it_is and checkpoints.exists():
        with (
            closing(sqlite3.connect(f"{checkpoints.absolute().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(to / CHECKPOINTS)) as target,
        ):
            source.backup(target)


def copy_file(source: str, target: str) -> str:
    """Copy a file without its holes: the memory's engine makes files of many MB with little in them.

    Args:
        source: the file.
        target: where to; what was there is lost.

    Returns:
        The target, as :func:`shutil.copytree` would have it.

    Raises:
        OSError: it cannot be read, or not be written.
    """
    # Read past Python's buffer, which does not know that the place in the file is asked for and moved.
    with open(source, "rb", buffering=0) as read, open(target, "wb") as written:  # noqa: PTH123 (copytree's names)
        size = os.fstat(read.fileno()).st_size
        for begin, end in _with_something_in_it(read.fileno(), size):
            read.seek(begin)
            written.seek(begin)
            while block := read.read(min(_BLOCK, end - read.tell())):
                if block.count(0) == len(block):
                    written.seek(len(block), os.SEEK_CUR)
                else:
                    written.write(block)
        written.truncate(max(size, written.tell()))
    return target


def _with_something_in_it(file: int, size: int) -> Iterator[tuple[int, int]]:
    """The parts of a file that are no holes, from and to; where the system does not say, and at the end, all the rest.

    What is written to the file meanwhile may be in it or not.
    """
    end = 0
    while end < size:
        try:
            begin = os.lseek(file, end, os.SEEK_DATA)
            end = os.lseek(file, begin, os.SEEK_HOLE)
        except (AttributeError, OSError) as error:
            if isinstance(error, OSError) and error.errno == errno.ENXIO:  # Nothing but a hole is left.
                return
            begin, end = end, size
        yield begin, end
