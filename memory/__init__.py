"""The long-term memory, the cell state of the LSTM analogy: every paragraph, its summary and its place, in Qdrant.

``lineage`` says what a state sees, ``memories`` opens the engine, ``long_term`` is what the nodes use.
"""

from ..schemas.entries import Entry, Recalled
from ..schemas.lineage import Lineage
from .embeddings import Embedder
from .long_term import LongTermMemory
from .memories import Memories, QdrantServer

__all__ = ["Embedder", "Entry", "Lineage", "LongTermMemory", "Memories", "QdrantServer", "Recalled"]
