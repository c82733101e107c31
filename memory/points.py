"""What is kept of a story as points of Qdrant: passages, facts, synopses.

The payload of a passage's point is the truth. A fact's point only leads to the passage that states it, so that it is
found by its own words: it can be made again from the passage at any time.
"""

from __future__ import annotations

from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, UUID, uuid5

from . import sparse
from .embeddings import reads
from .sentences import sentences
from .store import NewPoint, Question, Sparse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.embeddings import Embeddings

    from ..schemas.entries import Entry
    from ..schemas.facts import Fact
    from ..schemas.languages import Language
    from ..schemas.lineage import Slot

NO_WORDS = Sparse([], [])


def passage_id(story_id: str, slot: Slot) -> UUID:
    """The id of the passage in a slot, the same in every process, for ever."""
    return slot.point_id(story_id)


def fact_point_id(story_id: str, slot: Slot, fact: Fact) -> UUID:
    """The id of the point by which a fact is found that the passage in a slot states."""
    words = blake2b(sought_by(fact).encode(), digest_size=8).hexdigest()
    return uuid5(NAMESPACE_URL, f"recurrentgpt:{story_id}:{slot.branch}:{slot.seq}:fact:{fact.id}:{words}")


def passage_payload(entry: Entry) -> dict[str, Any]:
    """What is kept beside a passage's vectors. By ``changed`` it is found as one that changed something of a fact."""
    changed = sorted({name for change in entry.changes for name in change.concerns})
    return entry.to_json() | ({"changed": changed} if changed else {})


def sought_by(fact: Fact) -> str:
    """The words by which a fact is found."""
    return " ".join((fact.text, *(name for name in fact.subjects if name not in fact.text)))


def _sort(fact: Fact) -> str:
    """What a fact's point can be found by: what is open, joins names, is carried, is of the dead, or any other."""
    if fact.kind != "state":
        return fact.kind
    return "same" if fact.same else "carried" if fact.carried else "dead" if fact.dead else fact.kind


def with_joined(questions: Sequence[str]) -> list[str]:
    """A plan and its cues, and all cues as one question more: what none of them leads to alone, they may together."""
    cues = questions[1:]
    return [*questions, " ".join(cues)] if len(cues) > 1 else list(questions)


class Encoder:
    """Makes vectors and weighted words of texts in one language."""

    def __init__(self, embeddings: Embeddings, language: Language) -> None:
        self._embeddings = embeddings
        self.language = language

    def sentences(self, entry: Entry) -> list[str]:
        """The sentences of an entry, a vector each: first the text's, then the summary's.

        The summary is among them so that what a person adds to it is found too.
        """
        summary = sentences(entry.summary, self.language) if entry.summary.strip() else []
        return [*sentences(entry.text, self.language), *summary]

    def words(self, text: str, entry: Entry) -> Sparse:
        """The words of a text of a stored entry."""
        return sparse.of_document(text, self.language, by_characters=entry.by_characters)

    def points(self, story_id: str, entries: Sequence[Entry], *, passages: bool = True) -> list[NewPoint]:
        """The points of entries: of the passages, and of their facts; with ``passages=False`` of their facts alone.

        All are encoded at once: in batches the model is several times as fast.
        """
        texts: list[list[str]] = []
        for entry in entries:
            if passages:
                texts.append(self.sentences(entry))
            texts.extend([sought_by(fact)] for fact in entry.facts)
        vectors = iter(self._embeddings.embed_documents([text for group in texts for text in group]) if texts else [])
        encoded = iter([list(islice(vectors, len(group))) for group in texts])
        made: list[NewPoint] = []
        for entry in entries:
            if passages:
                made.append(passage_point(story_id, entry, next(encoded), self))
            made.extend(fact_point(story_id, entry, fact, next(encoded), self) for fact in entry.facts)
        return made

    def questions(self, texts: Sequence[str], *, by_words: bool = True, by_characters: bool = False) -> list[Question]:
        """What is to be searched for, by meaning (where the embedding model reads the language) and by words."""
        readable = [text for text in texts if reads(self._embeddings, text)]
        vectors = dict(zip(readable, self._embeddings.embed_documents(readable), strict=True)) if readable else {}
        return [
            Question(
                vectors.get(text, []), self._asked_words(text, by_characters=by_characters) if by_words else NO_WORDS
            )
            for text in texts
        ]

    def parts(self, text: str, count: int) -> list[Question]:
        """A passage as so many questions, by meaning: the mean of some neighbouring sentences' vectors each.

        They are the vectors with which the passage is stored, so nothing more is encoded for them.
        """
        found = sentences(text, self.language)
        if not reads(self._embeddings, text):
            return []
        import numpy as np  # noqa: PLC0415 (not needed before something is searched for)

        vectors = np.asarray(self._embeddings.embed_documents(found))
        groups = np.array_split(vectors, min(count, len(found)))
        return [Question(group.mean(axis=0).tolist(), NO_WORDS) for group in groups]

    def by_words(self, text: str, *, by_characters: bool = False) -> Question:
        """What is to be searched for by its words alone."""
        return Question([], self._asked_words(text, by_characters=by_characters))

    def _asked_words(self, text: str, *, by_characters: bool) -> Sparse:
        return sparse.of_question(text, self.language, by_characters=by_characters)


def passage_point(
    story_id: str, entry: Entry, vectors: list[list[float]], encoder: Encoder, like: UUID | None = None
) -> NewPoint:
    """The point of a passage, with these vectors, or with those of another point."""
    words = encoder.words(f"{entry.text}\n{entry.summary}", entry)
    return NewPoint(passage_id(story_id, entry.slot), passage_payload(entry), vectors, words, like)


def fact_point(  # noqa: PLR0913, PLR0917 (what a point is made of)
    story_id: str, entry: Entry, fact: Fact, vectors: list[list[float]], encoder: Encoder, like: UUID | None = None
) -> NewPoint:
    """The point by which a fact is found that a passage states, with these vectors, or with those of another point."""
    return NewPoint(
        fact_point_id(story_id, entry.slot, fact),
        {"kind": "fact", "sort": _sort(fact), "branch": entry.branch, "seq": entry.seq, "fact": fact.id},
        vectors,
        encoder.words(sought_by(fact), entry),
        like,
    )
