"""What a file may cost to be read: bytes, unpacked bytes, parts, seconds."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import time
import zipfile
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from ...schemas.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path

try:
    import resource
except ImportError:  # a system that has no such bounds
    resource = None  # type: ignore[assignment]

MOST_BYTES: Final = 20 * 2**20
MOST_UNPACKED: Final = 100 * 2**20
MOST_PARTS: Final = 5000
SECONDS: Final = 60
FOLDER_SECONDS: Final = 300
"""That all files of a folder may take."""
MEGABYTES: Final = 400
PDF_MEGABYTES: Final = 2000
"""Of addresses, of which a program of Python with its libraries takes many that it never fills."""
MOST_PAGES: Final = 5000
MOST_TAGS: Final = 3_000_000
"""Of XML that is read in this process: a long novel of a word processor has a tenth of it."""
MOST_OUTPUT: Final = 120 * 2**20
"""What a program that reads a file for us may take, and give."""
_LOOK_EVERY: Final = 0.02
_MOST_WAITED: Final = 5
"""Times as long as a program may work is it waited for, where the system counts its work."""
_ENDED_BY_BOUND: Final = frozenset(number for name in ("SIGXCPU", "SIGKILL") if (number := getattr(signal, name, None)))
"""What ends a program that works longer than it may, or that the system has no more memory for."""
_DEFINES: Final = re.compile("<!DOCTYPE|<!ENTITY")


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


def parsed(content: str | bytes, path: Path, format_: str) -> ET.Element:
    """XML that defines nothing of its own: what a document's parts never do, an attack does.

    Args:
        content: the XML.
        path: the file that it is of, for errors.
        format_: what that is, for errors.

    Raises:
        StorageError: it is none, defines something, or has more parts than a book.
    """
    marks = (b"<!DOCTYPE", b"<!ENTITY", *(mark.encode("utf-16-le") for mark in ("<!DOCTYPE", "<!ENTITY")))
    is_odd = any(mark in content for mark in marks) if isinstance(content, bytes) else _DEFINES.search(content)
    if is_odd:
        raise StorageError("manuscript_of_another_kind", path=path, format=format_, reason="DOCTYPE")
    if (content.count(b"<") if isinstance(content, bytes) else content.count("<")) > MOST_TAGS:
        raise StorageError("manuscript_too_costly", path=path, seconds=SECONDS, size=MEGABYTES)
    try:
        return ET.fromstring(content)  # noqa: S314 (without a DTD there is nothing to expand)
    except ET.ParseError as error:
        raise StorageError("manuscript_of_another_kind", path=path, format=format_, reason=str(error)) from error


def bounded(command: list[str], out: IO[bytes], complaints: IO[bytes], path: Path) -> int:
    """Run a program that reads a file, to its end or to its bounds; gives its exit code.

    Raises:
        StorageError: it took too long, or gave too much.
    """
    with subprocess.Popen(  # noqa: S603 (a program of ours, with arguments that are no shell's)
        command, stdin=subprocess.DEVNULL, stdout=out, stderr=complaints
    ) as process:
        end = time.monotonic() + (_MOST_WAITED * SECONDS if _bounds_work(process.pid) else SECONDS)
        is_stopped = False
        while process.poll() is None:
            if time.monotonic() > end or os.fstat(out.fileno()).st_size > MOST_OUTPUT:
                is_stopped = True
                process.kill()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_LOOK_EVERY)
        if is_stopped or -process.returncode in _ENDED_BY_BOUND:
            raise StorageError("manuscript_too_costly", path=path, seconds=SECONDS, size=MEGABYTES)
        return process.returncode


def _bounds_work(process: int) -> bool:
    """Let the system end a process that works longer than it may; gives whether it can.

    What counts is the processor's time, not the clock's: a machine with much else to do reads as much of a book.
    """
    limit = getattr(resource, "prlimit", None)
    if limit is None:
        return False
    try:
        limit(process, resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    except (ProcessLookupError, PermissionError, ValueError):
        return False
    return True


def _mb(size: int) -> int:
    return round(size / 2**20)
