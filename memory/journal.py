"""What was written to an embedded memory since it was last flushed: a line each, on the disk before the engine has it.

To flush the engine takes some thirty syncs of its files, and a step would wait for them. A line of this file takes one.
The engine's own log saves what is written from a kill, and not from a power cut: what is missing then stands here.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload
from uuid import UUID
from zlib import crc32

import numpy as np

from ..schemas.files import sync_folder
from .store import NewPoint, Sparse

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MOST = 2 * 2**20
"""Bytes from which on the engine is flushed and the file begun anew: some fifty passages."""
_SUM = 8
"""Hexadecimal digits before each line that say whether it is whole."""

Written = list[NewPoint] | tuple[UUID, dict[str, Any]]
"""What one operation wrote: new points, or more payload of one."""


class Journal:
    """The file, open for as long as the memory is."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it.

        Raises:
            OSError: it cannot be read or written.
        """
        is_new = not path.exists()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        self._size = 0
        if is_new:
            sync_folder(path.parent)

    @property
    def is_full(self) -> bool:
        """Whether it is time to flush the engine."""
        return self._size >= MOST

    def read(self) -> list[Written]:
        """What stands in it, the oldest first; a last line that a kill or a power cut tore is taken off."""
        os.lseek(self._file, 0, os.SEEK_SET)
        with os.fdopen(os.dup(self._file), "rb") as file:
            content = file.read()
        found: list[Written] = []
        for line in content.splitlines(keepends=True):
            total, _, told = line.partition(b" ")
            if not line.endswith(b"\n") or len(total) != _SUM or total != _sum(told[:-1]):
                break
            found.append(_from_json(json.loads(told)))
            self._size += len(line)
        if self._size < len(content):
            os.ftruncate(self._file, self._size)
        return found

    def add(self, written: Written) -> None:
        """Put down what is about to be written; on return it is on the disk.

        Raises:
            OSError: it cannot be written; then nothing is.
        """
        told = json.dumps(_to_json(written), ensure_ascii=False).encode()
        line = _sum(told) + b" " + told + b"\n"
        try:
            rest = memoryview(line)
            while rest:
                rest = rest[os.write(self._file, rest) :]
            os.fsync(self._file)
        except OSError:
            os.ftruncate(self._file, self._size)
            raise
        self._size += len(line)

    def clear(self) -> None:
        """Begin anew: the engine has all of it on the disk."""
        os.ftruncate(self._file, 0)
        os.fsync(self._file)
        self._size = 0

    def close(self) -> None:
        """Let go of the file; a second time does nothing."""
        if self._file >= 0:
            os.close(self._file)
        self._file = -1


def _sum(told: bytes) -> bytes:
    return f"{crc32(told):0{_SUM}x}".encode()


def _to_json(written: Written) -> object:
    if isinstance(written, tuple):
        return {"amends": str(written[0]), "payload": written[1]}
    return [
        {
            "id": str(point.id),
            "payload": point.payload,
            "vectors": _packed(point.vectors),
            "words": [point.words.indices, point.words.values],
            "like": point.like and str(point.like),
        }
        for point in written
    ]


def _from_json(kept: dict[str, Any] | list[dict[str, Any]]) -> Written:
    if isinstance(kept, dict):
        return UUID(kept["amends"]), kept["payload"]
    return [
        NewPoint(
            UUID(point["id"]),
            point["payload"],
            _Vectors(point["vectors"]),
            Sparse(*point["words"]),
            UUID(point["like"]) if point["like"] else None,
        )
        for point in kept
    ]


def _packed(vectors: Sequence[Sequence[float]]) -> list[str]:
    """As the engine keeps them: numbers of 32 bits."""
    return [base64.b64encode(np.asarray(vector, dtype="<f4").tobytes()).decode() for vector in vectors]


class _Vectors(Sequence[list[float]]):
    """The vectors of a point of the journal, unpacked when they are asked for: on most openings nothing is lost."""

    def __init__(self, kept: Sequence[str]) -> None:
        self._kept = kept

    def __len__(self) -> int:
        return len(self._kept)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash(tuple(map(tuple, self)))

    @overload
    def __getitem__(self, at: int) -> list[float]: ...
    @overload
    def __getitem__(self, at: slice) -> list[list[float]]: ...
    def __getitem__(self, at: int | slice) -> list[float] | list[list[float]]:
        return _unpacked(self._kept[at]) if isinstance(at, int) else [_unpacked(one) for one in self._kept[at]]


def _unpacked(kept: str) -> list[float]:
    vector: NDArray[np.float32] = np.frombuffer(base64.b64decode(kept), dtype="<f4")
    numbers: list[float] = vector.tolist()
    return numbers
