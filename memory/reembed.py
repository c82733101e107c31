"""Moving memories to another embedding model: every entry is kept, every vector made anew."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from ..schemas.entries import Entry
from ..schemas.languages import guessed
from ..schemas.places import MEMORY
from .long_term import LongTermMemory
from .memories import finish_a_move
from .moving import put_in_its_place
from .synopses import Synopsis

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..schemas.languages import Language
    from .embeddings import Embedder
    from .memories import Memories
    from .store import Store

_BATCH = 16


def reembed(memories: Memories, languages: Mapping[str, Language], progress: Callable[[int], None]) -> int:
    """Give every story's memory the vectors of a library's embedder.

    An embedded memory is built anew beside the old one and takes its place when it is whole; on a server a new
    collection takes the old one's name. Stopped half-way, what was not moved is as it was: start again.

    Args:
        memories: the library's.
        languages: the stories of the shelf, each with its language.
        progress: told how many entries are encoded so far.

    Returns:
        How many stories were moved; those that already had these vectors are left alone.

    Raises:
        MemoryUnavailableError: a memory cannot be read or written, or is open in another process.
    """
    count = _Counter(memories.embedder, progress)
    if memories.server:
        return _on_a_server(memories, languages, count)
    return sum(_in_a_folder(memories, story_id, language, count) for story_id, language in languages.items())


def made_with_another(memories: Memories, story_id: str) -> bool:
    """Whether a story's embedded memory was made with another embedding model than the library's.

    Raises:
        MemoryUnavailableError: what it says of itself cannot be read.
    """
    from .edge import made_with  # noqa: PLC0415 (each engine is imported where it is used)

    folder = memories.folder(story_id) / MEMORY
    finish_a_move(folder)
    return made_with(folder) not in (None, memories.embedder.name)


class _Counter:
    """Copies entries into a new store, and says how far it is."""

    def __init__(self, embedder: Embedder, progress: Callable[[int], None]) -> None:
        self._embedder = embedder
        self._progress = progress
        self._done = 0

    def copy(self, old: Store, new: Store, language: Language) -> None:
        memory = LongTermMemory(new, self._embedder.embeddings, language)
        single = language.search.by_characters
        entries = (replace(Entry.from_json(kept), by_characters=single) for kept in old.payloads())
        while batch := list(islice(entries, _BATCH)):
            memory.restore(batch)
            self._done += len(batch)
            self._progress(self._done)
        memory.synopses.restore(map(Synopsis.from_json, old.payloads("synopsis")))


def _in_a_folder(memories: Memories, story_id: str, language: Language, count: _Counter) -> bool:
    from .edge import EdgeStore, made_with  # noqa: PLC0415 (each engine is imported where it is used)

    embedder = memories.embedder
    folder = memories.folder(story_id) / MEMORY
    finish_a_move(folder)
    before = made_with(folder)
    if before is None or before == embedder.name:
        return False
    memories.close(story_id)
    beside = folder.with_name(f"{MEMORY}.new")
    shutil.rmtree(beside, ignore_errors=True)
    with ExitStack() as opened:
        old = EdgeStore(folder, story_id, before, embedder.size)
        opened.callback(old.close)
        new = EdgeStore(beside, story_id, embedder.name, embedder.size)
        opened.callback(new.close)
        count.copy(old, new, language)
    put_in_its_place(beside, folder)
    return True


def _on_a_server(memories: Memories, languages: Mapping[str, Language], count: _Counter) -> int:
    from .served import ServedStore, collection_with, made_with, swap_collection  # noqa: PLC0415

    client, embedder = memories.client, memories.embedder
    before = made_with(client)
    if before is None or before == embedder.name:
        return 0
    new = collection_with(client, embedder.name, embedder.size())
    # Every story on the server, not this shelf's alone: they share the collection.
    story_ids = memories.stories_with_points()
    for story_id in story_ids:
        old = ServedStore(client, story_id, before, embedder.size)
        language = languages.get(story_id) or guessed(str(next(old.payloads())["text"]))
        count.copy(old, ServedStore(client, story_id, embedder.name, embedder.size, new), language)
    swap_collection(client, new)
    return len(story_ids)
