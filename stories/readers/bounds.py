"""What a file may cost to be read: bytes, unpacked bytes, parts, seconds."""

from __future__ import annotations

import os
import stat
import subprocess
import time
import zipfile
from typing import IO, TYPE_CHECKING, Final

from ...schemas.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES: Final = 20 * 2**20
MOST_UNPACKED: Final = 100 * 2**20
MOST_PARTS: Final = 5000
SECONDS: Final = 60
MEGABYTES: Final = 400
PDF_MEGABYTES: Final = 2000
"""Of addresses, of which a program of Python with its libraries takes many that it never fills."""
MOST_PAGES: Final = 5000
MOST_OUTPUT: Final = 120 * 2**20
"""What a program that reads a file for us may take, and give."""
_LOOK_EVERY: Final = 0.02


def check_size(path: Path) -> None:
    """Say of a file that it is no file, too large, or would unpack to too much, before anything of it is read.

    Raises:
        StorageError: one of these.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise StorageError("manuscript_no_file", path=path)
        if found.st_size > MOST_BYTES:
            raise StorageError("manuscript_too_large", path=path, size=_mb(found.st_size), most=_mb(MOST_BYTES))
        if zipfile.is_zipfile(path):
            check_packed(path)
    except OSError as error:
        raise StorageError("file_unreadable", path=path, reason=error.strerror or error) from error


def check_packed(path: Path) -> None:
    """Say of an archive that it would unpack to too much, or cannot be read without a password.

    Raises:
        StorageError: one of these.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            items = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise StorageError("manuscript_of_another_kind", path=path, format="ZIP", reason=str(error)) from error
    unpacked = sum(item.file_size for item in items)
    if unpacked > MOST_UNPACKED:
        raise StorageError("manuscript_unpacks_too_large", path=path, size=_mb(unpacked), most=_mb(MOST_UNPACKED))
    if len(items) > MOST_PARTS:
        raise StorageError("manuscript_too_many_parts", path=path, count=len(items), most=MOST_PARTS)
    if any(item.flag_bits & 1 for item in items):
        raise StorageError("manuscript_locked", path=path)


def member(packed: zipfile.ZipFile, name: str) -> bytes | None:
    """A file of an archive, never more of it than its directory says; ``None`` if it is not there or is broken."""
    try:
        item = packed.getinfo(name)
        with packed.open(item) as opened:
            content = opened.read(min(item.file_size, MOST_UNPACKED) + 1)
    except (KeyError, zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError):
        return None
    except Exception as error:  # noqa: BLE001 (zlib's error has no public base)
        del error
        return None
    return content if len(content) <= item.file_size else None


def bounded(command: list[str], out: IO[bytes], complaints: IO[bytes], path: Path) -> int:
    """Run a program that reads a file, to its end or to its bounds; gives its exit code.

    Raises:
        StorageError: it took too long, or gave too much.
    """
    end = time.monotonic() + SECONDS
    with subprocess.Popen(  # noqa: S603 (a program of ours, with arguments that are no shell's)
        command, stdin=subprocess.DEVNULL, stdout=out, stderr=complaints
    ) as process:
        while True:
            try:
                return process.wait(_LOOK_EVERY)
            except subprocess.TimeoutExpired:
                if time.monotonic() > end or os.fstat(out.fileno()).st_size > MOST_OUTPUT:
                    process.kill()
                    process.wait()
                    raise StorageError("manuscript_too_costly", path=path, seconds=SECONDS, size=MEGABYTES) from None


def _mb(size: int) -> int:
    return round(size / 2**20)
