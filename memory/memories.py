"""The long-term memories of a library: the embedded engine by default, a Qdrant server where one is named.

Embedded memories stay open in a small cache, because opening one takes a while and a folder can be open
only once. One that is in use is never closed.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ..schemas.errors import MemoryUnavailableError, StorageError
from ..schemas.files import move
from ..schemas.places import MEMORY
from ..schemas.story_folders import folder_of
from ..schemas.story_input import STORY_ID
from .long_term import LongTermMemory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic import SecretStr
    from qdrant_client import QdrantClient

    from ..schemas.languages import Language
    from .edge import EdgeStore
    from .embeddings import Embedder
    from .store import Store

ASIDE = ".old"
"""What a memory's folder is called while another takes its place."""
_KEPT_OPEN = 128
"""Memories that stay open: each holds a file handle, a thread and half a MB, and is slow to open."""
_PATIENCE = 30
"""Seconds that closing a memory waits for a read or write under way."""
IN_THIS_PROCESS = ":memory:"
"""The address of an engine of the client's own, for tests."""


@dataclass(frozen=True)
class QdrantServer:
    """A Qdrant server: its address, and its key if it wants one."""

    url: str
    api_key: SecretStr | None = None

    def connect(self) -> QdrantClient:
        """A client to it."""
        from qdrant_client import QdrantClient  # noqa: PLC0415 (each engine is imported where it is used)

        if self.url == IN_THIS_PROCESS:
            return QdrantClient(self.url)
        key = self.api_key.get_secret_value() if self.api_key else None
        # Its own check of versions is a warning from a thread; what the server cannot do is an error where it is asked.
        return QdrantClient(url=self.url, api_key=key, check_compatibility=False)


class Memories:
    """The long-term memories of the stories of one data folder.

    Attributes:
        home: the data folder.
        embedder: what makes their vectors.
        server: where they are, unless each is in its story's folder.
    """

    def __init__(self, home: Path, embedder: Embedder, server: QdrantServer | None = None) -> None:
        self.home = home
        self.embedder = embedder
        self.server = server
        self._open = _OpenFolders(embedder)
        self._held: dict[str, tuple[Path, tuple[int, int]]] = {}

    def folder(self, story_id: str) -> Path:
        """Where everything of a story lives.

        Raises:
            MemoryUnavailableError: the id is not one that this project gives, and so no name of a folder.
            StorageError: the folder is held, and was moved or removed meanwhile.
        """
        if not re.fullmatch(STORY_ID, story_id):
            raise MemoryUnavailableError("no_story_id", story_id=story_id[:80])
        if story_id not in self._held:
            return folder_of(self.home, story_id)
        folder, known = self._held[story_id]
        if _identity(folder) != known:
            raise StorageError("folder_moved", folder=folder)
        return folder

    @contextmanager
    def hold(self, story_id: str, folder: Path) -> Iterator[None]:
        """Keep to the folder of a story for the length of a ``with`` block; at its end its memory is let go of.

        Whoever asks for the folder meanwhile is told where it was moved or removed: no other is made in its place.

        Raises:
            StorageError: it is not there.
        """
        known = _identity(folder)
        if known is None:
            raise StorageError("folder_moved", folder=folder)
        self._held[story_id] = folder, known
        try:
            yield
        finally:
            del self._held[story_id]
            self._open.close(folder / MEMORY)

    @contextmanager
    def open(self, story_id: str, language: Language) -> Iterator[LongTermMemory]:
        """A story's memory for the length of a ``with`` block.

        Raises:
            MemoryUnavailableError: it cannot be opened.
        """
        with self.open_store(story_id) as store:
            yield LongTermMemory(store, self.embedder.embeddings, language)

    @contextmanager
    def open_store(self, story_id: str) -> Iterator[Store]:
        """A story's store for the length of a ``with`` block.

        Raises:
            MemoryUnavailableError: it cannot be opened.
        """
        if self.server:
            from .served import ServedStore  # noqa: PLC0415

            yield ServedStore(self.client, story_id, self.embedder.name, self.embedder.size)
            return
        with self._open.lease(self.folder(story_id) / MEMORY, story_id) as store:
            yield store

    @cached_property
    def client(self) -> QdrantClient:
        """The client to the server."""
        assert self.server  # noqa: S101 (asked for only where there is one)
        return self.server.connect()

    def close(self, story_id: str) -> None:
        """Let go of a story's embedded folder, so that it can be copied, removed or opened elsewhere."""
        self._open.close(self.folder(story_id) / MEMORY)

    def close_all(self) -> None:
        """Let go of every embedded folder that is not in use, and of the client to the server."""
        self._open.close_all()
        client: QdrantClient | None = self.__dict__.pop("client", None)
        if client is not None:
            client.close()

    def delete_points(self, story_id: str) -> None:
        """Remove a story's points from the server; an embedded memory goes with its folder.

        Raises:
            MemoryUnavailableError: the server cannot be reached.
        """
        if self.server:
            from .served import delete_story  # noqa: PLC0415

            delete_story(self.client, story_id)

    def stories_with_points(self) -> list[str]:
        """The ids of the stories whose points the server has; none for embedded memories, which go with their folders.

        Raises:
            MemoryUnavailableError: the server cannot be reached.
        """
        if not self.server:
            return []
        from .served import story_ids  # noqa: PLC0415

        return story_ids(self.client)


def _identity(folder: Path) -> tuple[int, int] | None:
    """What tells a folder from another that is put in its place; ``None``: there is none."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


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
        move(aside, folder)


class _OpenFolders:
    """The embedded memories this process has open, the least recently used closed first."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
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
                store = self._stores[folder] = EdgeStore(folder, story_id, self._embedder.name, self._embedder.size)
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
