"""The long-term memory, the cell state of the LSTM analogy: every paragraph, its summary and its place, in Qdrant.

``lineage`` says what a state sees, ``memories`` opens the engine, ``long_term`` is what the nodes use.
"""

from .embeddings import Embedder
from ..schemas.lineage import Lineage
from .long_term import LongTermMemory, Recalled
from .memories import Memories, QdrantServer
from .store import Entry

__all__ = ["Embedder", "Entry", "Lineage", "LongTermMemory", "Memories", "QdrantServer", "Recalled"]
