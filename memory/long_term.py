"""What the nodes use of the long-term memory: append along a lineage, recall, read back."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from .embeddings import embedder, embedding_model, sentences
from .store import Entry, NewPoint
from .stores import open_store

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from langchain_core.embeddings import Embeddings

    from .lineage import Lineage, Slot
    from .store import Hit, Store


class LongTermMemory:
    """A story's long-term memory, as one state of it sees it through its lineage."""

    def __init__(self, store: Store, embeddings: Embeddings, language: str) -> None:
        """A memory over an open store.

        Args:
            store: the engine.
            embeddings: what makes its vectors.
            language: the story's, for where its sentences end.
        """
        self._store = store
        self._embeddings = embeddings
        self._language = language

    def append(self, lineage: Lineage, text: str, summary: str, plan: str = "") -> Lineage:
        """Write one paragraph at the end of a path, and give the path that sees it.

        The same paragraph at the same place is a replay: nothing is written, nothing encoded. Another one
        opens a branch. An insert that leaves a taken slot alone, and a look at what then stands there,
        decide between two writers of one slot.
        """
        for slot in (lineage.next_slot(), lineage.fork_slot(text)):
            if self._settle(slot, text, summary, plan):
                return lineage.append(slot)
        msg = f"two different texts share the digest of branch '{slot.branch}'"
        raise AssertionError(msg)

    def _settle(self, slot: Slot, text: str, summary: str, plan: str) -> bool:
        """Whether ``text`` stands in ``slot``, after trying to put it there if the slot was free."""
        if not self._store.get([slot]):
            vectors = self._embeddings.embed_documents(sentences(text, self._language))
            self._store.insert([NewPoint(Entry(*slot, text=text, summary=summary, plan=plan), vectors)])
        return [entry.text for entry in self._store.get([slot])] == [text]

    def recall(self, lineage: Lineage, query: str, limit: int, leave_out: Collection[int] = ()) -> list[Hit]:
        """The ``limit`` paragraphs of the path that ``query`` is nearest to, best first."""
        if not limit or not lineage:
            return []
        return self._store.query(self._embeddings.embed_query(query), lineage, limit, leave_out)

    def read(self, lineage: Lineage) -> list[Entry]:
        """Every paragraph of the path, in order: the manuscript."""
        return self._store.get(lineage.slots())

    def count(self) -> int:
        """How many paragraphs are stored, over all branches."""
        return self._store.count()


@contextmanager
def open_memory(story_id: str, language: str) -> Iterator[LongTermMemory]:
    """A story's memory for the length of a ``with`` block.

    Raises:
        MemoryUnavailableError: it cannot be opened.
    """
    with open_store(story_id) as store:
        yield LongTermMemory(store, embedder(embedding_model()), language)
