"""The engine's own folder of a story's memory: made whole or not at all, and opened by one process at a time."""

from __future__ import annotations

import shutil
from time import monotonic, sleep
from typing import TYPE_CHECKING

import qdrant_edge as edge

from ..schemas.errors import MemoryInUseError, MemoryUnavailableError
from ..schemas.files import move, sync_tree
from .store import SENTENCES, WORDS

if TYPE_CHECKING:
    from pathlib import Path

_PATIENCE = 3.0
"""Seconds that a folder is waited for which another process has open. What one that was killed held, the system lets go
of a moment after it is gone, longer where the machine is busy: the engine's files are in the kernel's hands as well."""
_BETWEEN = 0.05


def open_shard(path: Path, size: int) -> edge.EdgeShard:
    """The engine with its folder open; a new one where there is none.

    Args:
        path: the folder.
        size: how many figures a vector has.

    Raises:
        MemoryInUseError: another process has the folder open.
        MemoryUnavailableError: it cannot be read.
    """
    try:
        if not path.exists():
            _make(path, size)
        return _loaded(path)
    except Exception as error:  # the engine raises nothing narrower
        if _is_open_elsewhere(error):
            raise MemoryInUseError("memory_in_use", folder=path.parent) from error
        raise MemoryUnavailableError("memory_unusable", folder=path.parent, reason=error) from error


def _make(path: Path, size: int) -> None:
    """Make a folder beside its place and move it there, so that what has its name is always whole."""
    config = edge.EdgeConfig(
        vectors={
            SENTENCES: edge.EdgeVectorParams(
                size=size,
                distance=edge.Distance.Cosine,
                multivector_config=edge.MultiVectorConfig(comparator=edge.MultiVectorComparator.MaxSim),
            )
        },
        sparse_vectors={WORDS: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf)},
        wal_enabled=True,
        # By default each open folder holds eight threads; a folder has few segments, and many stories are open at once.
        max_search_threads=1,
    )
    half_made = path.with_name(f"{path.name}.new")
    shutil.rmtree(half_made, ignore_errors=True)
    edge.EdgeShard.create(str(half_made), config).close()
    sync_tree(half_made)
    move(half_made, path)


def _loaded(path: Path) -> edge.EdgeShard:
    until = monotonic() + _PATIENCE
    while True:
        try:
            return edge.EdgeShard.load(str(path))
        except Exception as error:
            if not _is_open_elsewhere(error) or monotonic() > until:
                raise
        sleep(_BETWEEN)


def _is_open_elsewhere(error: Exception) -> bool:
    return "WouldBlock" in str(error)
