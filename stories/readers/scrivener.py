"""A Scrivener project: the binder says what is a chapter and what a scene, each text is a file of RTF."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from ...schemas.errors import StorageError
from ...schemas.light_markdown import SCENE_BREAK
from .bounds import parsed
from .marked_up import found_in_rtf
from .pieces import Block, Found

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree import ElementTree as ET

    from .folders import Files

_FOLDERS: Final = frozenset({"Folder", "DraftFolder"})
_COMMENT: Final = re.compile(rb"\{\\Scrv_(?:annot|fn)\b[^{}]{0,20000}\}|\\?<\$Scr[^>]{0,200}>")


class _Item(NamedTuple):
    """Something of the binder."""

    title: str
    key: str
    is_folder: bool
    is_compiled: bool
    inner: tuple[_Item, ...]


def read_scrivener(files: Files, project: str, path: Path) -> Found:
    """A Scrivener project.

    Args:
        files: its files.
        project: the name of its ``.scrivx``.
        path: the project, for errors.

    Raises:
        StorageError: the binder cannot be read, or has no draft.
    """
    root = parsed(files.read(project) or b"", path, ".scriv")
    draft = next((node for node in root.iter("BinderItem") if node.get("Type") == "DraftFolder"), None)
    if draft is None:
        raise StorageError("manuscript_of_another_kind", path=path, format=".scriv", reason="DraftFolder")
    folder = project.rpartition("/")[0]
    texts = _Texts(files, f"{folder}/" if folder else "", path)
    blocks = list(_told(_item(draft, 0).inner, texts, 1))
    title = root.findtext(".//ProjectTitle") or (folder or path.name).rpartition("/")[2].removesuffix(".scriv")
    author = root.findtext(".//Author") or root.findtext(".//FullName") or ""
    return Found(blocks, title.strip(), author.strip())


def _item(node: ET.Element, depth: int) -> _Item:
    children = node.find("Children")
    inner = () if children is None or depth > 20 else tuple(_item(child, depth + 1) for child in children)  # noqa: PLR2004
    return _Item(
        " ".join((node.findtext("Title") or "").split()),
        node.get("UUID") or node.get("ID") or "",
        node.get("Type") in _FOLDERS,
        (node.findtext("MetaData/IncludeInCompile") or "Yes").strip() != "No",
        inner,
    )


class _Texts:
    """The texts of a project by their keys, in either of its two layouts."""

    def __init__(self, files: Files, folder: str, path: Path) -> None:
        self._files, self._path = files, path
        names = {name.lower(): name for name in files.names()}
        self._names = names
        self._folder = folder.lower()

    def of(self, key: str) -> list[Block]:
        for place in (f"files/data/{key}/content.rtf", f"files/docs/{key}.rtf"):
            name = self._names.get(self._folder + place.lower())
            content = self._files.read(name) if name else None
            if content and content.strip():
                return [block for block in found_in_rtf(_COMMENT.sub(b"", content), self._path).blocks if block.text]
        return []


def _told(items: tuple[_Item, ...], texts: _Texts, rank: int) -> Iterator[Block]:
    """The blocks of what stands in the draft: folders are chapters or parts, texts in a chapter its scenes."""
    for item in items:
        own = texts.of(item.key)
        if not item.is_compiled and not item.is_folder:
            yield from (block._replace(why="not_compiled", rank=0) for block in own or [Block(item.title)])
            continue
        yield Block(item.title, rank)
        has_folders = any(inner.is_folder for inner in item.inner)
        yield from _lower(own, rank)
        if has_folders:
            yield from _told(item.inner, texts, rank + 1)
        else:
            yield from _scenes(item.inner, texts, rank, bool(own))


def _scenes(items: tuple[_Item, ...], texts: _Texts, rank: int, begun: bool) -> Iterator[Block]:  # noqa: FBT001
    for item in items:
        own = texts.of(item.key)
        if not item.is_compiled:
            yield from (block._replace(why="not_compiled", rank=0) for block in own or [Block(item.title)])
            continue
        if own and begun:
            yield Block(SCENE_BREAK)
        begun = begun or bool(own)
        yield from _lower(own, rank)
        yield from _scenes(item.inner, texts, rank, begun)


def _lower(blocks: list[Block], rank: int) -> Iterator[Block]:
    """Headings that a text has of its own stand under its chapter's."""
    for block in blocks:
        yield block._replace(rank=block.rank + rank) if block.rank else block
