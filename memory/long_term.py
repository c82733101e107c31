"""What the nodes use of the long-term memory: append along a lineage, recall, read back."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from ..schemas.entries import Entry, Recalled
from ..schemas.errors import MemoryUnavailableError
from . import sparse
from .embeddings import reads
from .sentences import sentences
from .store import NewPoint, Question

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from langchain_core.embeddings import Embeddings
    from numpy.typing import NDArray

    from ..schemas.languages import Language
    from ..schemas.lineage import Lineage, Slot
    from .store import Hit, Store


class LongTermMemory:
    """A story's long-term memory, as one state of it sees it through its lineage."""

    def __init__(self, store: Store, embeddings: Embeddings, language: Language) -> None:
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
        if lineage:
            self._entry(lineage.at(lineage.length - 1))  # A memory that was deleted is noticed, not begun anew.
        for slot in (lineage.next_slot(), lineage.fork_slot(text)):
            if self._settle(slot, text, summary, plan):
                return lineage.append(slot)
        msg = f"two different texts share the digest of branch '{slot.branch}'"
        raise AssertionError(msg)

    def edit(self, lineage: Lineage, seq: int, *, text: str | None = None, summary: str | None = None) -> Lineage:
        """Change a paragraph of the path, its summary, or both, and give the path that sees the change.

        The old entry stays for every other path and every older checkpoint.

        Args:
            lineage: the path.
            seq: the place, from 0.
            text: the paragraph as it is to be; ``None`` leaves it.
            summary: its summary as it is to be; ``None`` leaves it.

        Raises:
            ValueError: the path has no such place.
            MemoryUnavailableError: what stood there is gone.
        """
        kept = self._entry(lineage.at(seq))
        new = replace(
            kept, text=kept.text if text is None else text, summary=kept.summary if summary is None else summary
        )
        if new == kept:
            return lineage
        slot = lineage.edit_slot(seq, new.text, new.summary)
        if not self._store.get([slot]):
            self._insert(replace(new, branch=slot.branch, seq=slot.seq))
        return lineage.replace(slot)

    def _entry(self, slot: Slot) -> Entry:
        """What stands in a slot that a path sees.

        Raises:
            MemoryUnavailableError: nothing does.
        """
        found = self._store.get([slot])
        if not found:
            raise MemoryUnavailableError("memory_lost", number=slot.seq + 1)
        return found[0]

    def _insert(self, entry: Entry) -> None:
        self._store.insert(self._indexed([entry]))

    def _indexed(self, entries: Sequence[Entry]) -> list[NewPoint]:
        """Entries with what they are found by: the sentences and the words of the text and of the summary.

        The summary is among them so that what a person adds to it is found too. All are encoded at once: in batches
        the model is several times as fast.
        """
        found = [self._sentences(entry) for entry in entries]
        vectors = iter(self._embeddings.embed_documents([text for texts in found for text in texts]))
        return [
            NewPoint(
                entry,
                list(islice(vectors, len(texts))),
                sparse.of_document(f"{entry.text}\n{entry.summary}", self._language),
            )
            for entry, texts in zip(entries, found, strict=True)
        ]

    def _sentences(self, entry: Entry) -> list[str]:
        """The sentences of an entry, a vector each: first the text's, then the summary's."""
        summary = sentences(entry.summary, self._language) if entry.summary.strip() else []
        return [*sentences(entry.text, self._language), *summary]

    def _settle(self, slot: Slot, text: str, summary: str, plan: str) -> bool:
        """Whether ``text`` stands in ``slot``, after trying to put it there if the slot was free."""
        if not self._store.get([slot]):
            self._insert(Entry(*slot, text=text, summary=summary, plan=plan))
        return [entry.text for entry in self._store.get([slot])] == [text]

    def recall(
        self,
        lineage: Lineage,
        questions: Sequence[str],
        limit: int,
        leave_out: Collection[int] = (),
        *,
        by_words: bool = True,
    ) -> list[Recalled]:
        """The ``limit`` paragraphs of the path that ``questions`` lead to, best first, and why each was found.

        Args:
            lineage: the path that is searched.
            questions: the plan, and what it would lean on; each is searched by meaning and by its words, or by
                its words alone where the embedding model does not know the language.
            limit: how many paragraphs.
            leave_out: places that are not returned, because the prompt already holds them.
            by_words: whether words count (BM25), and not meaning alone.
        """
        if not (limit and lineage and questions):
            return []
        self._entry(lineage.at(lineage.length - 1))
        asked = self._asked(questions, by_words=by_words)
        if not any(question.vector or question.words.indices for question in asked):
            return []
        hits = self._store.query(asked, lineage, limit, leave_out)
        stored = self._store.vectors([hit.entry.slot for hit in hits])
        return [
            self._why(hit, sentence_vectors, questions, asked)
            for hit, sentence_vectors in zip(hits, stored, strict=True)
        ]

    def _asked(self, questions: Sequence[str], *, by_words: bool) -> list[Question]:
        readable = [text for text in questions if reads(self._embeddings, text)]
        vectors = dict(zip(readable, self._embeddings.embed_documents(readable), strict=True)) if readable else {}
        return [
            Question(vectors.get(text, []), sparse.of_question(text if by_words else "", self._language))
            for text in questions
        ]

    def _why(self, hit: Hit, stored: list[list[float]], questions: Sequence[str], asked: list[Question]) -> Recalled:
        """The question and the sentence of the hit that are nearest to each other."""
        found = self._sentences(hit.entry)
        vectors = np.asarray(stored)
        likeness = np.asarray([self._likeness(question, found, vectors) for question in asked])
        question, place = np.unravel_index(int(likeness.argmax()), likeness.shape)
        return Recalled(
            entry=hit.entry,
            score=hit.score,
            question=questions[int(question)],
            sentence=found[int(place)],
            similarity=float(likeness[question, place]),
        )

    def _likeness(self, question: Question, texts: Sequence[str], vectors: NDArray[np.float64]) -> list[float]:
        """Of a question to each of some sentences, given with their vectors."""
        if not question.vector:
            return [sparse.likeness(question.words, sparse.of_document(text, self._language)) for text in texts]
        lengths = np.linalg.norm(question.vector) * np.linalg.norm(vectors, axis=1)
        cosines: list[float] = (vectors @ np.asarray(question.vector) / np.maximum(lengths, 1e-12)).tolist()
        return cosines

    def read(self, lineage: Lineage, first: int = 0) -> list[Entry]:
        """Every paragraph of the path from the place ``first`` on, in order: the manuscript.

        Raises:
            MemoryUnavailableError: some of it is gone.
        """
        slots = lineage.slots(first)
        found = self._store.get(slots)
        if len(found) != len(slots):
            there = {entry.slot for entry in found}
            self._entry(next(slot for slot in slots if slot not in there))
        return found

    def entries(self) -> list[Entry]:
        """Every entry of every branch, by branch and place."""
        return sorted(self._store.entries(), key=lambda entry: entry.slot)

    def restore(self, entries: Sequence[Entry]) -> None:
        """Write entries of a copy of this memory back to their places; a place that is taken is left as it is."""
        self._store.insert(self._indexed(entries))

    def count(self) -> int:
        """How many paragraphs are stored, over all branches."""
        return self._store.count()
