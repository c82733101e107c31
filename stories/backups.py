"""Copies of stories in one file each: made by hand, and by itself before anything that rewrites much of a story.

A file is a tar, compressed: a list of what is in it, and the stories' folders. It is for one's own: its texts are taken
as they are, and what else it carries acts once a person has said so (see :mod:`.known`). What goes to somebody else is
an archive (see :mod:`.archive`), which is checked.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import tarfile
import uuid
from contextlib import suppress
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from ..schemas.errors import StorageError
from ..schemas.files import make_folders, move, sync_file, sync_folder, sync_tree
from ..schemas.places import BACKUPS, DRAFTS_LOCK, HOLDER, LOCK, STORIES
from ..schemas.story_folders import is_story, says
from .known import begin_knowing
from .reading import picture
from .removal import delete
from .shelf import record_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .library import Library
    from .record import StoryRecord

ENDING = ".tar.gz"
RING = 3
"""Copies of a story that are kept by itself."""
RING_BYTES = 4 * 2**30
"""What they all may take together; the oldest go first."""
_LIST = "recurrentgpt-backup.json"
_FORMAT = 1
_FAST = 1
_MARGIN = 2**26
"""Bytes that are left free where a backup is unpacked."""


async def back_up(library: Library, records: Sequence[StoryRecord], path: Path) -> None:
    """Put stories into one file, each as it is at one moment, also while it is written to.

    Raises:
        StoryInUseError: one is written to so busily that no whole picture of it could be had.
        StorageError: one cannot be read, or the file cannot be written.
        MemoryUnavailableError: a memory lacks passages.
    """
    with TemporaryDirectory(prefix="recurrentgpt-") as scratch:
        folders = [await picture(library, record, Path(scratch) / str(n)) for n, record in enumerate(records)]
        await asyncio.to_thread(_pack, folders, [record.name for record in records], path)


def check_place(path: Path, *, replace: bool) -> None:
    """See that a backup can be written to a file.

    Raises:
        StorageError: there is one already, or no folder for it.
    """
    if path.exists() and not replace:
        raise StorageError("target_exists", path=path)
    if not path.absolute().parent.is_dir():
        raise StorageError("target_without_folder", folder=path.absolute().parent)


def keep_copy(library: Library, folder: Path, why: str) -> Path:
    """Keep a copy of a story that is about to be rewritten; nobody else may have it open. The oldest copies go.

    Args:
        library: where it is.
        folder: the story's.
        why: what is about to be done, a word; a part of the copy's name.

    Returns:
        The copy.

    Raises:
        StorageError: it cannot be written.
    """
    ring = library.home / BACKUPS / folder.name
    try:
        if not ring.exists():
            make_folders(ring)
        last = max((_number(kept) for kept in ring.glob(f"*{ENDING}")), default=0)
        made = ring / f"{last + 1:04}-{why}{ENDING}"
        _pack([folder], [folder.name], made)
        for kept in sorted(ring.glob(f"*{ENDING}"), key=_number)[:-RING]:
            kept.unlink()
        _let_go_of_the_oldest(library.home / BACKUPS, but=made)
    except OSError as error:
        raise StorageError("file_unwritable", path=ring, reason=error.strerror or error) from error
    return made


def _number(kept: Path) -> int:
    number = kept.name.partition("-")[0]
    return int(number) if number.isascii() and number.isdecimal() else 0


def _let_go_of_the_oldest(place: Path, but: Path) -> None:
    kept = sorted(place.rglob(f"*{ENDING}"), key=lambda path: path.stat().st_mtime)
    total = sum(path.stat().st_size for path in kept)
    for path in kept:
        if total > RING_BYTES and path != but:
            total -= path.stat().st_size
            path.unlink()


def _pack(folders: Sequence[Path], names: Sequence[str], path: Path) -> None:
    scratch = path.with_name(f".{path.name}.{uuid.uuid4().hex}.new")
    listed = [
        {"folder": folder.name, "story_id": says(folder), "name": name}
        for folder, name in zip(folders, names, strict=True)
    ]
    try:
        with TemporaryDirectory(prefix="recurrentgpt-") as made:
            told = Path(made) / _LIST
            told.write_text(json.dumps({"format": _FORMAT, "stories": listed}, ensure_ascii=False), encoding="utf-8")
            with tarfile.open(scratch, "w:gz", compresslevel=_FAST) as packed:
                packed.add(told, _LIST)
                for folder in folders:
                    packed.add(folder, f"{STORIES}/{folder.name}", filter=_without_lock)
        sync_file(scratch)
        scratch.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise StorageError("file_unwritable", path=path, reason=error.strerror or error) from error


def _without_lock(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if PurePosixPath(member.name).name in (LOCK, HOLDER, DRAFTS_LOCK) else member


async def restore(
    library: Library,
    path: Path,
    *,
    replace: bool = False,
    skip: bool = False,
    told: Callable[[StoryRecord], None] | None = None,
) -> list[StoryRecord]:
    """Put the stories of a backup on the shelf.

    Args:
        library: which.
        path: the file.
        replace: what stands in a story's place goes to the trash; otherwise the story stands beside it, as a copy.
        skip: a story that stands on the shelf already, wherever it does, is left in the backup.
        told: hears of each.

    Raises:
        StorageError: the file is no backup, or there is no room.
        StoryInUseError: what is to be replaced is open.
    """
    place = library.home / STORIES
    arriving = place / f".restored-{uuid.uuid4().hex[:8]}"
    begin_knowing(library.home)  # Before anything of a stranger's stands there.
    try:
        make_folders(arriving)
        names = await asyncio.to_thread(_unpack, path, arriving)
        await asyncio.to_thread(sync_tree, arriving)
        there = {record.story_id for record in library.records()} if skip else set()
        wanted = [arriving / name for name in names if says(arriving / name) not in there]
        return [await _put(library, folder, replace=replace, told=told) for folder in wanted]
    except (OSError, tarfile.TarError, EOFError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StorageError("no_backup", path=path, reason=reason) from error
    finally:
        await asyncio.to_thread(shutil.rmtree, arriving, ignore_errors=True)


async def _put(
    library: Library, folder: Path, *, replace: bool, told: Callable[[StoryRecord], None] | None
) -> StoryRecord:
    target, there = library.home / STORIES / folder.name, library.folder_of(says(folder))
    if there.exists() and replace:
        await delete(library, record_of(there))
    elif there.exists():
        target = there  # Its folder may have another name now: whoever stands beside it is the copy.
    beside, number = target.name, 2
    while target.exists():
        target = target.with_name(f"{beside}-{number}")
        number += 1
    move(folder, target)
    record = record_of(target)
    if told:
        told(record)
    return record


def _unpack(path: Path, to: Path) -> list[str]:
    """Write what is in a backup into a folder; gives the names of the stories' folders.

    Only plain files and folders below the stories' are taken: a name that leads elsewhere, a link, a device is not.
    """
    with tarfile.open(path, "r:gz") as packed:
        first = packed.next()
        kept = packed.extractfile(first) if first and first.name == _LIST and first.isfile() else None
        listed: Any = None
        with suppress(ValueError):
            listed = json.load(kept) if kept else None
        if not isinstance(listed, dict) or listed.get("format") != _FORMAT:
            raise StorageError("no_backup", path=path, reason=_LIST)
        for member in packed:
            if member is first:
                continue
            inside = _inside(member)
            if inside is None:
                raise StorageError("no_backup", path=path, reason=member.name[:80])
            _write(packed, member, to / inside)
    return sorted(found.name for found in to.iterdir() if is_story(found))


def _inside(member: tarfile.TarInfo) -> PurePosixPath | None:
    """Where below the stories a member belongs; ``None``: nowhere."""
    parts = PurePosixPath(member.name).parts
    is_plain = member.isfile() or member.isdir()
    if not is_plain or len(parts) < 2 or parts[0] != STORIES or parts[1].startswith("."):  # noqa: PLR2004 (stories/<id>)
        return None
    if any(part == ".." or "\\" in part or (":" in part and part[1:2] == ":") for part in parts):
        return None
    return PurePosixPath(*parts[1:])


def _write(packed: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    if member.isdir():
        target.mkdir(parents=True, exist_ok=True)
        return
    if member.size + _MARGIN > shutil.disk_usage(target.parents[1]).free:
        raise OSError(28, "No space left on device")
    target.parent.mkdir(parents=True, exist_ok=True)
    source = packed.extractfile(member)
    assert source  # noqa: S101 (a plain file)
    with source, target.open("wb") as file:
        while block := source.read(2**16):
            if block.count(0) == len(block):
                file.seek(len(block), 1)
            else:
                file.write(block)
        file.truncate(member.size)


def ring_of(library: Library) -> Iterable[Path]:
    """The copies that were kept by itself, by story, the oldest first."""
    return sorted((library.home / BACKUPS).rglob(f"*{ENDING}"), key=lambda path: (path.parent.name, _number(path)))
