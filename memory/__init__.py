"""The long-term memory, the cell state of the LSTM analogy: every paragraph, its summary and its place, in Qdrant.

``lineage`` says what a state sees, ``memories`` opens the engine, ``long_term`` is what the nodes use. What works with
an engine is imported when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..schemas.entries import Entry, Recalled
from ..schemas.lazy_names import at_first_use
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

__getattr__ = at_first_use(__name__, _PLACES)
