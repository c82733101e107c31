"""Checkpoints are data, and take a third of their room: what a state says is packed before it is kept in a file.

A state repeats itself: passages that were recalled stand in the prompt too, and LangGraph names a version a channel and
gate. What earlier versions kept is read as it is. A folder or a backup may be a stranger's: nothing of what it names
is called, as LangGraph would.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from typing import Any

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

_PACKED = ".z"
"""What the kind of a packed value ends with."""
_FROM = 512
"""Bytes from which on a value is packed: of a shorter one little is gained."""
_LEVEL = 6


class DataAlone(JsonPlusSerializer):
    """LangGraph's own serializer, which otherwise imports and calls whatever a checkpoint names."""

    def __init__(self) -> None:
        """Let it make plain values, messages and what LangGraph itself keeps, and nothing else."""
        super().__init__(allowed_msgpack_modules=None)

    def loads_typed(self, data: tuple[str, bytes]) -> Any:  # noqa: ANN401 (as it is there)
        """The value; what names anything else is as it was written down."""
        return json.loads(data[1]) if data[0] == "json" else super().loads_typed(data)


class Packing(DataAlone):
    """The same, and what it makes packed with zlib where that is shorter."""

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:  # noqa: ANN401 (as it is there)
        """The kind and the bytes of a value."""
        kind, plain = super().dumps_typed(obj)
        if len(plain) < _FROM:
            return kind, plain
        packed = zlib.compress(plain, _LEVEL)
        return (f"{kind}{_PACKED}", packed) if len(packed) < len(plain) else (kind, plain)

    def loads_typed(self, data: tuple[str, bytes]) -> Any:  # noqa: ANN401 (as it is there)
        """The value, packed or not.

        Raises:
            sqlite3.DatabaseError: what was packed is damaged.
        """
        kind, kept = data
        if not kind.endswith(_PACKED):
            return super().loads_typed(data)
        try:
            plain = zlib.decompress(kept)
        except zlib.error as error:
            msg = f"a checkpoint in the file is damaged: {error}"
            raise sqlite3.DatabaseError(msg) from error
        return super().loads_typed((kind.removesuffix(_PACKED), plain))


def is_intact(kind: str | None, kept: object) -> bool:
    """Whether a value of a file can be unpacked; of one that is not packed nothing is said."""
    if kind is None or not kind.endswith(_PACKED) or not isinstance(kept, bytes):
        return True
    try:
        zlib.decompress(kept)
    except zlib.error:
        return False
    return True
