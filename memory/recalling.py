"""Which passages a plan and its recall cues lead to, and why each of them.

The fusion of all searches says what is best on the whole. It may pass over what one cue alone leads to, so the best
passage of each cue is always among those that are given. Where the embedding model cannot read a question, it is
compared with single sentences by its words, as vectors are: a passage that has its words here and there, and the names
of its people many times, comes behind one that says it in one sentence.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from math import log
from typing import TYPE_CHECKING

from ..schemas.entries import Entry, Recalled
from . import sparse
from .points import passage_id, with_joined
from .store import RRF_FIRST, RRF_K

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from .points import Encoder
    from .store import Question, Seen, Sparse, Store

_SAME = 6
"""Decimals of a score that count."""


class _Found:
    """A passage that the searches found, whether one of them may have it first, and how near its sentences are."""

    def __init__(self, entry: Entry, place: int, score: float, encoder: Encoder) -> None:
        self.entry = entry
        self.place = place
        self.score = round(score, _SAME)
        self.is_first = self.score >= round(RRF_FIRST, _SAME) - 10**-_SAME
        self._encoder = encoder
        self.vectors: list[list[float]] = []
        self.likeness: list[NDArray[np.float64]] = []

    @cached_property
    def sentences(self) -> list[str]:
        return self._encoder.sentences(self.entry)

    @cached_property
    def words(self) -> list[Sparse]:
        """The weighted words of each sentence."""
        return [self._encoder.words(text, self.entry) for text in self.sentences]

    def weigh(self, asked: Sequence[Question]) -> None:
        """Say how near each sentence is to each question: by vectors, or by words where a question has no vector."""
        import numpy as np  # noqa: PLC0415 (not needed before something is searched for)

        vectors = np.asarray(self.vectors, dtype=np.float64)
        meant = np.asarray([question.vector for question in asked if question.vector], dtype=np.float64)
        cosines = iter(_directions(meant) @ _directions(vectors).T if len(meant) else ())
        self.likeness = [
            next(cosines)
            if question.vector
            else np.asarray([sparse.likeness(question.words, words) for words in self.words])
            for question in asked
        ]

    def because_of(self, questions: Sequence[str]) -> Recalled:
        """The question and the sentence that are nearest to each other."""
        import numpy as np  # noqa: PLC0415 (not needed before something is searched for)

        likeness = np.asarray(self.likeness)
        question, sentence = np.unravel_index(int(likeness.argmax()), likeness.shape)
        return Recalled(
            entry=self.entry,
            place=self.place,
            score=self.score,
            question=questions[int(question)],
            sentence=self.sentences[min(int(sentence), len(self.sentences) - 1)],
            similarity=float(likeness[question, sentence]),
        )


def _directions(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Vectors of length one."""
    import numpy as np  # noqa: PLC0415 (not needed before something is searched for)

    lengths: NDArray[np.float64] = np.maximum(np.sqrt((vectors * vectors).sum(axis=1, keepdims=True)), 1e-12)
    return vectors / lengths


class Recalling:
    """Recall from one memory."""

    def __init__(self, store: Store, encoder: Encoder) -> None:
        self._store = store
        self._encoder = encoder

    def passages(  # noqa: PLR0913 (what a recall is made of)
        self,
        questions: Sequence[str],
        seen: Seen,
        limit: int,
        in_short: int,
        *,
        by_words: bool,
        by_characters: bool,
    ) -> list[Recalled]:
        """The best ``limit`` passages, best first, and behind them ``in_short`` more.

        Why each was found is said by the plan or the cue that is nearest to it; that all cues together may have led
        there hides none of them.
        """
        asked = self._encoder.questions(with_joined(questions), by_words=by_words, by_characters=by_characters)
        found = self._search(asked, seen, limit + in_short)
        for hit in found:
            hit.weigh(asked[: len(questions)])
        chosen = _with_the_best(found, _best_of_each(found, range(1, len(questions))), limit, in_short)
        return [hit.because_of(questions) for hit in chosen]

    def _search(self, asked: Sequence[Question], seen: Seen, count: int) -> list[_Found]:
        """The first ``count`` of the fusion, and behind them all that any search has first."""
        found = [
            _Found(entry, seen.lineage.place_of(entry.slot) or 0, score, self._encoder)
            for entry, score in (
                (Entry.from_json(hit.payload), hit.score) for hit in self._store.query(asked, seen, count)
            )
        ]
        _fuse_sentences(found, [question for question in asked if not question.vector])
        # Reciprocal rank fusion gives equal scores often, and an engine returns equals in any order. So it gives more,
        # and the cut is made here: of equal ones the later passage comes first.
        found.sort(key=lambda hit: (-hit.score, -hit.place))
        found = [hit for number, hit in enumerate(found) if number < count or hit.is_first]
        ids = [passage_id(self._store.story_id, hit.entry.slot) for hit in found]
        for hit, vectors in zip(found, self._store.vectors(ids), strict=True):
            hit.vectors = vectors
        return found


def _fuse_sentences(found: Sequence[_Found], asked: Sequence[Question]) -> None:
    """Add to the fusion, for each question, which passages have a sentence that says most of it; by words.

    A word counts the more, the fewer of all their sentences have it.
    """
    said = [[frozenset(words.indices) for words in hit.words] for hit in found] if asked else []
    sentences = [sentence for of_passage in said for sentence in of_passage]
    having = Counter(word for sentence in sentences for word in sentence)
    rarity = {word: log(1 + (len(sentences) - many + 0.5) / (many + 0.5)) for word, many in having.items()}
    for question in asked:
        words = rarity.keys() & set(question.words.indices)
        most = [max((sum(rarity[word] for word in words & one) for one in of), default=0.0) for of in said]
        told = [number for number, much in enumerate(most) if much]
        told.sort(key=lambda number: (-round(most[number], _SAME), -found[number].place))
        for rank, number in enumerate(told):
            found[number].score = round(found[number].score + 1 / (RRF_K + rank), _SAME)
            found[number].is_first |= not rank


def _best_of_each(found: Sequence[_Found], cues: Iterable[int]) -> set[int]:
    """Where among the found ones the nearest passage of each cue is; a cue that nothing is like has none."""
    best = set()
    for cue in cues:
        nearest = [float(hit.likeness[cue].max()) for hit in found]
        if nearest and max(nearest) > 0:
            best.add(nearest.index(max(nearest)))
    return best


def _with_the_best(found: Sequence[_Found], best: set[int], limit: int, in_short: int) -> list[_Found]:
    """The first ``limit`` as the fusion has them, then ``in_short`` more, with the best of each cue among them all.

    What a cue leads to beyond the first ones takes a place of those in short. Where these are too few, the least
    fitting of the first ones that no cue leads to give way. Where all places together are fewer, the fusion says whose
    best are shown.
    """
    whole = list(range(min(limit, len(found))))
    beyond = sorted(best.difference(whole))
    squeezed = beyond[: max(0, len(beyond) - in_short)]
    give_way = [place for place in reversed(whole) if place not in best][: len(squeezed)]
    whole = sorted({*whole, *squeezed[: len(give_way)]}.difference(give_way))
    rest = sorted(set(range(len(found))).difference(whole), key=lambda place: (place not in best, place))
    return [found[place] for place in (*whole, *sorted(rest[:in_short]))]
