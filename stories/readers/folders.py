"""A book that is several files: a folder or a ZIP of chapters, a Scrivener project, a novelWriter project.

A project in a ZIP is read where it lies. Names in an archive are only looked up in it: none becomes a path.
"""

from __future__ import annotations

import os
import tempfile
import time
import zipfile
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from ...schemas.errors import StorageError
from . import bounds
from .bounds import MOST_BYTES, MOST_PARTS, MOST_UNPACKED, check_packed, member, parsed
from .file_names import in_order, is_chapter, leads_out, names_in, title_of
from .headings import is_title
from .novelwriter import PROJECT as NOVELWRITER
from .novelwriter import read_novelwriter
from .pieces import Block, Found
from .scrivener import read_scrivener

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ...schemas.languages import Language

_BINDERS: Final = (".scrivx", "binder.scrivproj")
"""What says which texts a Scrivener project has: of its version 2 and later, and of its first."""
_DEEPEST: Final = 6
_UNSAID: Final = frozenset({"", ".doc", ".text", ".docm", ".ott", ".dotx"})
"""Ends of names that do not say what a file is; where no other says it, what is in it does."""


class Known(NamedTuple):
    """What a file of a folder may be: the ends of the names, and what reads one by its end."""

    kinds: Sequence[str]
    read: Callable[[Path, Language, str], Found]


class Files(Protocol):
    """Files by their names, which have ``/`` between folder and file."""

    def names(self) -> list[str]:
        """Every file's name."""

    def not_of_it(self) -> list[str]:
        """What has a name here and is none of it, and so is never read: links, names that lead out."""

    def read(self, name: str) -> bytes | None:
        """A file's bytes; ``None`` where there is none of that name."""


class _Folder:
    """The files of a folder; what a link leads to is none of it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._names: list[str] = []
        self._links: list[str] = []
        self._taken = 0
        for folder, folders, names in os.walk(path, followlinks=False):
            folders[:] = sorted(
                name for name in folders if not name.startswith(".") and not Path(folder, name).is_symlink()
            )
            place = Path(folder)
            if len(place.relative_to(path).parts) >= _DEEPEST:
                folders.clear()
            for name in sorted(names):
                file = place / name
                if file.is_symlink():
                    self._links.append(file.relative_to(path).as_posix())
                    continue
                if not file.is_file():
                    continue
                self._names.append(file.relative_to(path).as_posix())
                if len(self._names) > MOST_PARTS:
                    raise StorageError("manuscript_too_many_parts", path=path, count=len(self._names), most=MOST_PARTS)

    def names(self) -> list[str]:
        return self._names

    def not_of_it(self) -> list[str]:
        return self._links

    def read(self, name: str) -> bytes | None:
        if name not in set(self._names):
            return None
        file = self._path / PurePosixPath(name)
        size = file.stat().st_size
        if size > MOST_BYTES:
            return None
        # What is not read, such as the pictures and films of a writer's research, may be of any size.
        self._taken += size
        if self._taken > MOST_UNPACKED:
            most = MOST_UNPACKED >> 20
            raise StorageError("manuscript_unpacks_too_large", path=self._path, size=self._taken >> 20, most=most)
        return file.read_bytes()


class _Packed:
    """The files of an archive."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        named = names_in(packed.infolist())
        self._names = {name: asked for name, asked in named.items() if not leads_out(name, packed.getinfo(asked))}
        self._not_of_it = sorted(named.keys() - self._names.keys())

    def names(self) -> list[str]:
        return list(self._names)

    def not_of_it(self) -> list[str]:
        return self._not_of_it

    def read(self, name: str) -> bytes | None:
        return member(self._packed, self._names.get(name, name))


@contextmanager
def files_of(path: Path) -> Iterator[Files]:
    """The files of a folder or an archive.

    Raises:
        StorageError: there are too many, or they unpack to too much.
    """
    if path.is_dir():
        yield _Folder(path)
        return
    check_packed(path)
    with zipfile.ZipFile(path) as packed:
        yield _Packed(packed)


def read_folder(path: Path, language: Language, encoding: str, known: Known) -> Found:
    """A book that is a folder, or an archive of one.

    Args:
        path: of the folder or the archive.
        language: the text's.
        encoding: what its texts are encoded in; empty: it is found out for each.
        known: what its files may be.

    Raises:
        StorageError: nothing in it is a manuscript, or a part cannot be read.
    """
    try:
        with files_of(path) as files:
            names = list(filter(is_chapter, files.names()))
            if project := next((name for name in names if name.lower().endswith(_BINDERS)), ""):
                return read_scrivener(files, project, path)
            if project := next((name for name in names if name.rpartition("/")[2].lower() == NOVELWRITER.lower()), ""):
                return read_novelwriter(files, project, path)
            return _of_chapters(path, files, language, encoding, known)
    except OSError as error:
        raise StorageError("file_unreadable", path=path, reason=error.strerror or error) from error


def _of_chapters(path: Path, files: Files, language: Language, encoding: str, known: Known) -> Found:
    names = sorted(filter(is_chapter, files.names()), key=in_order)
    chapters = [name for name in names if PurePosixPath(name).suffix.lower() in known.kinds]
    chapters = chapters or [name for name in names if PurePosixPath(name).suffix.lower() in _UNSAID]
    if not chapters:
        raise StorageError("manuscript_folder_empty", path=path, known=known.kinds)
    common = _common(chapters)
    outline = _outline(path, files, names)
    found: list[Found] = []
    kinds = {*known.kinds, *_UNSAID}
    beside = [name for name in files.not_of_it() if is_chapter(PurePosixPath(name).name)]
    blocks = [Block(name, why="leads_out") for name in beside if PurePosixPath(name).suffix.lower() in kinds]
    part = ""
    taken = 0
    end = time.monotonic() + bounds.FOLDER_SECONDS
    for name in chapters:
        if time.monotonic() > end:
            raise StorageError("manuscript_too_costly", path=path, seconds=bounds.FOLDER_SECONDS, size=bounds.MEGABYTES)
        content = files.read(name)
        taken += len(content or b"")
        if taken > MOST_UNPACKED:
            raise StorageError("manuscript_unpacks_too_large", path=path, size=taken >> 20, most=MOST_UNPACKED >> 20)
        if content is None:
            blocks.append(Block(name, why="missing"))
            continue
        folder = "/".join(PurePosixPath(name).parts[len(common) : -1])
        if folder != part:
            part = folder
            blocks.append(Block(title_of(PurePosixPath(folder).name), 1))
        one = _read_one(content, PurePosixPath(name), language, encoding, known)
        found.append(one)
        is_untitled = outline is not None and outline.titles.get(PurePosixPath(name).name) == outline.title
        called = "" if is_untitled else title_of(PurePosixPath(name).stem)
        blocks.extend(_chapter(one, called, language, rank=2 if part else 1))
    title = outline.title if outline else path.stem if path.is_file() else path.name
    named = title_of(common[-1]) if common and not outline else title
    return Found(
        blocks,
        next((one.title for one in found if len(found) == 1 and one.title and not outline), named),
        (outline.author if outline else "") or next((one.author for one in found if one.author), ""),
        next((one.language for one in found if one.language), ""),
        ", ".join(sorted({one.encoding for one in found} - {""})),
    )


class _Outline(NamedTuple):
    """What the outline that our own folders have says: title, author, and what each file is called."""

    title: str
    author: str
    titles: dict[str, str]


def _outline(path: Path, files: Files, names: Sequence[str]) -> _Outline | None:
    name = next((name for name in names if PurePosixPath(name).name == "outline.opml"), "")
    content = files.read(name) if name else None
    if not content:
        return None
    try:
        root = parsed(content, path, ".opml")
    except StorageError:
        return None  # it only names what is there without it
    told = {one.get("file", ""): one.get("text", "") for one in root.iter("outline") if one.get("file")}
    title = " ".join((root.findtext("head/title") or "").split())
    author = " ".join((root.findtext("head/ownerName") or "").split())
    return _Outline(title, author, told) if told and title else None


def _read_one(
    content: bytes,
    name: PurePosixPath,
    language: Language,
    encoding: str,
    known: Known,
) -> Found:
    """One file of it, read by itself under a name of ours, so that none of the archive's becomes a path."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / f"chapter{name.suffix.lower()}"
        kept.write_bytes(content)
        try:
            return known.read(kept, language, encoding)
        except StorageError as error:
            raise error.renamed(str(kept), str(name)) from error


def _chapter(found: Found, title: str, language: Language, *, rank: int) -> list[Block]:
    """A file's blocks under one heading: its own, or what the file is called."""
    blocks = found.blocks
    story = [at for at, block in enumerate(blocks) if not block.why]
    first = blocks[story[0]] if story else Block("")
    own = sorted({block.rank for block in blocks if block.rank and not block.why})
    lower = {old: rank + number for number, old in enumerate(own)}
    moved = [block._replace(rank=lower.get(block.rank, 0)) for block in blocks]
    if first.rank or (first.text and is_title(first.text, language)):
        return moved
    named = found.title if found.title and found.is_marked else title
    heading = [Block(named, rank)] if named else []
    return [*heading, *(block._replace(rank=block.rank and block.rank + 1) for block in moved)]


def _common(names: list[str]) -> tuple[str, ...]:
    """The folders that all of them are in."""
    parts = [PurePosixPath(name).parts[:-1] for name in names]
    shared: list[str] = []
    for pieces in zip(*parts, strict=False):
        if len(set(pieces)) > 1:
            break
        shared.append(pieces[0])
    return tuple(shared)
