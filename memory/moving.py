"""A long-term memory that becomes another story's: every point gets that story's id, and keeps its vectors."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from typing import TYPE_CHECKING

from ..schemas.files import move, sync_tree
from .long_term import LongTermMemory
from .memories import ASIDE, finish_a_move

if TYPE_CHECKING:
    from pathlib import Path

    from ..schemas.languages import Language
    from .memories import Memories
    from .store import Store

_PIECE = 200


def make_own(memories: Memories, folder: Path, was: str, story_id: str, language: Language) -> None:
    """Give a copied memory to the story that its copy is; stopped anywhere, it can be done again.

    Args:
        memories: the library's.
        folder: the copied memory's own, where memories are embedded.
        was: the story that it is a copy of.
        story_id: the story that it is to be of.
        language: that story's.

    Raises:
        MemoryUnavailableError: it cannot be read or written.
    """
    if memories.server:
        from .served import ServedStore  # noqa: PLC0415 (each engine is imported where it is used)

        name, size = memories.embedder.name, memories.embedder.size
        new = ServedStore(memories.client, story_id, name, size)
        _copy(memories, ServedStore(memories.client, was, name, size), new, language)
        return
    from .edge import EdgeStore, made_with  # noqa: PLC0415

    finish_a_move(folder)
    embedder = made_with(folder)
    if embedder is None:
        return
    beside = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    with ExitStack() as opened:
        old = EdgeStore(folder, was, embedder, memories.embedder.size)
        opened.callback(old.close)
        whose = next((str(kept.get("story_id")) for kept in old.payloads()), story_id)
        if whose == story_id:
            return
        old.story_id = whose
        new_store = EdgeStore(beside, story_id, embedder, memories.embedder.size)
        opened.callback(new_store.close)
        _copy(memories, old, new_store, language)
    put_in_its_place(beside, folder)


def put_in_its_place(beside: Path, folder: Path) -> None:
    """Let a memory that was made beside another take its place: see :func:`.memories.finish_a_move`."""
    sync_tree(beside)
    move(folder, folder.with_name(f"{folder.name}{ASIDE}"))
    move(beside, folder)
    finish_a_move(folder)


def _copy(memories: Memories, old: Store, new: Store, language: Language) -> None:
    source = LongTermMemory(old, memories.embedder.embeddings, language)
    target = LongTermMemory(new, memories.embedder.embeddings, language)
    entries = source.entries()
    for start in range(0, len(entries), _PIECE):
        piece = entries[start : start + _PIECE]
        target.take_over(source, piece, piece)
    target.synopses.restore(source.synopses.every())
