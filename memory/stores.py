"""Opening a story's memory: the embedded engine by default, a server where ``QDRANT_URL`` names one.

Embedded memories stay open in a small cache, because opening one takes a while and a folder can be open
only once. One that is in use is never closed.
"""

from __future__ import annotations

import atexit
import re
import shutil
import threading
from collections import OrderedDict
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..schemas.errors import MemoryUnavailableError
from ..schemas.places import MEMORY
from ..schemas.settings import settings
from ..schemas.story_input import STORY_ID
from .embeddings import embedder, embedding_model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qdrant_client import QdrantClient

    from .edge import EdgeStore
    from .store import Store

ASIDE = ".old"
"""What a memory's folder is called while another takes its place."""
_KEPT_OPEN = 128
"""Memories that stay open: each holds a file handle, a thread and half a MB, and is slow to open."""
_PATIENCE = 30
"""Seconds that closing a memory waits for a read or write under way."""


def story_folder(story_id: str) -> Path:
    """Where everything of a story lives.

    Raises:
        MemoryUnavailableError: the id is not one that this project gives, and so no name of a folder.
    """
    if not re.fullmatch(STORY_ID, story_id):
        raise MemoryUnavailableError("no_story_id", story_id=story_id[:80])
    return Path(settings().home) / "stories" / story_id


@contextmanager
def open_store(story_id: str) -> Iterator[Store]:
    """A story's store for the length of a ``with`` block.

    Raises:
        MemoryUnavailableError: it cannot be opened.
    """
    if settings().qdrant_url:
        from .served import ServedStore  # noqa: PLC0415 (each engine is imported where it is used)

        yield ServedStore(served_client(), story_id, embedding_model(), vector_size)
        return
    with _OPEN.lease(story_folder(story_id) / MEMORY, story_id) as store:
        yield store


def close_store(story_id: str) -> None:
    """Let go of a story's embedded folder, so that it can be copied, removed or opened elsewhere."""
    _OPEN.close(story_folder(story_id) / MEMORY)


def delete_points(story_id: str) -> None:
    """Remove a story's points from the server; an embedded memory goes with its folder.

    Raises:
        MemoryUnavailableError: the server cannot be reached.
    """
    if settings().qdrant_url:
        from .served import delete_story  # noqa: PLC0415

        delete_story(served_client(), story_id)


def stories_with_points() -> list[str]:
    """The ids of the stories whose points the server has; none for embedded memories, which go with their folders.

    Raises:
        MemoryUnavailableError: the server cannot be reached.
    """
    if not settings().qdrant_url:
        return []
    from .served import story_ids  # noqa: PLC0415

    return story_ids(served_client())


def finish_a_move(folder: Path) -> None:
    """Put right what a kill left of a memory's move to another embedding model.

    Killed between the two renames, the old memory comes back; after them, what is left of it goes.
    """
    aside = folder.with_name(f"{folder.name}{ASIDE}")
    if not aside.exists():
        return
    if folder.exists():
        shutil.rmtree(aside)
    else:
        aside.rename(folder)


class _OpenFolders:
    """The embedded memories this process has open, the least recently used closed first."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._stores: OrderedDict[Path, EdgeStore] = OrderedDict()
        self._leases: dict[Path, int] = {}

    @contextmanager
    def lease(self, folder: Path, story_id: str) -> Iterator[EdgeStore]:
        from .edge import EdgeStore  # noqa: PLC0415

        with self._lock:
            store = self._stores.get(folder)
            if store is None:
                finish_a_move(folder)
                self._close_idle(_KEPT_OPEN - 1)
                store = self._stores[folder] = EdgeStore(folder, story_id, embedding_model(), vector_size)
            self._stores.move_to_end(folder)
            self._leases[folder] = self._leases.get(folder, 0) + 1
        try:
            yield store
        finally:
            with self._lock:
                self._leases[folder] -= 1
                self._lock.notify_all()

    def close(self, folder: Path) -> None:
        with self._lock:
            # A run that was just stopped may still be reading or writing in a thread of its own.
            if not self._lock.wait_for(lambda: not self._leases.get(folder), _PATIENCE):
                raise MemoryUnavailableError("memory_at_work", folder=folder)
            if store := self._stores.pop(folder, None):
                store.close()

    def close_all(self) -> None:
        with self._lock:
            self._close_idle(0)

    def _close_idle(self, keep: int) -> None:
        for folder in list(self._stores):
            if len(self._stores) <= keep:
                return
            if not self._leases.get(folder):
                self._stores.pop(folder).close()


_OPEN = _OpenFolders()
atexit.register(_OPEN.close_all)


@lru_cache(maxsize=1)
def served_client() -> QdrantClient:
    """The client to the Qdrant server that the environment names, one a process."""
    from qdrant_client import QdrantClient  # noqa: PLC0415

    key = settings().qdrant_api_key
    if settings().qdrant_url == ":memory:":
        return QdrantClient(":memory:")
    return QdrantClient(url=settings().qdrant_url, api_key=key.get_secret_value() if key else None)


def vector_size() -> int:
    """How many numbers a vector of the embedding model has."""
    return len(embedder(embedding_model()).embed_query("size"))
