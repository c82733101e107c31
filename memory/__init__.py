"""The long-term memory, the cell state of the LSTM analogy: every paragraph, its summary and its place, in Qdrant.

``lineage`` says what a state sees, ``memories`` opens the engine, ``long_term`` is what the nodes use. What works with
an engine is imported when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ..schemas.entries import Entry, Recalled
from ..schemas.lineage import Lineage

if TYPE_CHECKING:
    from .embeddings import Embedder
    from .long_term import LongTermMemory
    from .memories import Memories, QdrantServer

__all__ = ["Embedder", "Entry", "Lineage", "LongTermMemory", "Memories", "QdrantServer", "Recalled"]

_PLACES = {
    "Embedder": ".embeddings",
    "LongTermMemory": ".long_term",
    "Memories": ".memories",
    "QdrantServer": ".memories",
}


def __getattr__(name: str) -> object:
    """A name of an engine's, imported when it is first asked for."""
    if name not in _PLACES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_PLACES[name], __name__), name)
