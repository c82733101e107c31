"""The long-term memory, the cell state of the LSTM analogy: every paragraph, its summary and its place, in Qdrant.

``lineage`` says what a state sees, ``stores`` opens the engine, ``long_term`` is what the nodes use.
"""

from .lineage import Lineage
from .long_term import LongTermMemory, Recalled, open_memory
from .store import Entry

__all__ = ["Entry", "Lineage", "LongTermMemory", "Recalled", "open_memory"]
