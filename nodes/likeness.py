"""Whether plans say nearly the same, and which of those that came are the best to lay on the table."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..schemas.languages import Language

_ALIKE_LONG, _ALIKE_SHORT = 0.65, 0.9
"""The part of their words beyond which two long plans, and two short ones, are nearly the same."""
_EDITED = 0.6
"""The part of a text that has to be as it was for its summary to be of it, and for it to be the same text."""
_LONG, _SHORT = 40, 15
"""Words of a plan that is long, and of one that is short: an action of one sentence is another by two words."""


class HasText(Protocol):
    """Something that says what it is."""

    text: str


P = TypeVar("P", bound=HasText)


def alike(texts: list[str], language: Language) -> tuple[int, int] | None:
    """The numbers (from 1) of the first two plans that say nearly the same, word by word, if any do."""
    words = [language.words(text) for text in texts]
    for (i, first), (j, second) in combinations(enumerate(words, start=1), 2):
        if _excess(first, second) > 0:
            return i, j
    return None


def _excess(first: Sequence[str], second: Sequence[str]) -> float:
    """By how much two plans are more alike than they may be; 0 and less: they are not nearly the same."""
    length = min(max(min(len(first), len(second)), _SHORT), _LONG)
    limit = _ALIKE_SHORT - (length - _SHORT) / (_LONG - _SHORT) * (_ALIKE_SHORT - _ALIKE_LONG)
    return likeness(first, second) - limit


def is_edited(before: str, after: str, language: Language) -> bool:
    """Whether a text is another one edited, and not a new one in its place."""
    return likeness(*(words_compared(text, language) for text in (before, after))) >= _EDITED


def words_compared(text: str, language: Language) -> list[str]:
    """The words of a text; where none are divided, pairs of characters."""
    words = language.words(text)
    return words if language.joint else ["".join(pair) for pair in pairwise(words)]


def likeness(first: Sequence[str], second: Sequence[str]) -> float:
    """The part of their words that two plans have in common, in the same order."""
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


class Table(Generic[P]):
    """The plans that came so far, by whatever number of answers, and the best of them."""

    def __init__(self, wanted: int, language: Language, refused: Sequence[str] = ()) -> None:
        """Nothing came yet.

        Args:
            wanted: how many there are to be.
            language: the story's.
            refused: plans that a person would not have.
        """
        self._wanted = wanted
        self._language = language
        self._refused = [language.words(text) for text in refused]
        self._came: list[tuple[P, list[str]]] = []

    def add(self, plans: Sequence[P]) -> None:
        """Some more came. Where they alone are as many as wanted and differ, they are taken as they are."""
        new = [(plan, self._language.words(plan.text)) for plan in plans]
        self._came = new if self._is_enough(new) else [*self._came, *new]

    @property
    def is_full(self) -> bool:
        """Whether there are as many as wanted that differ."""
        return self._is_enough(self._came)

    def refused_again(self, plans: Sequence[P]) -> int:
        """The number (from 1) of the first plan that is nearly one of those refused; 0: none is."""
        for number, plan in enumerate(plans, start=1):
            if self._likest(self._language.words(plan.text), self._refused) > 0:
                return number
        return 0

    def best(self) -> list[P]:
        """Those that go ways of their own, and where they are too few, the ones least like them; none of them twice."""
        kept = self._different(self._came)
        taken = {id(plan) for plan, _ in kept}
        rest = [(plan, words) for plan, words in self._came if id(plan) not in taken]
        while rest and len(kept) < self._wanted:
            there = [*self._refused, *(words for _, words in kept)]
            nearest = min(rest, key=lambda one: self._likest(one[1], there))
            rest.remove(nearest)
            if nearest[1] not in there or not kept:
                kept.append(nearest)
        return [plan for plan, _ in kept[: self._wanted]]

    def _is_enough(self, came: Sequence[tuple[P, list[str]]]) -> bool:
        return len(self._different(came)) >= self._wanted

    def _different(self, came: Sequence[tuple[P, list[str]]]) -> list[tuple[P, list[str]]]:
        kept: list[tuple[P, list[str]]] = []
        for plan, words in came:
            if self._likest(words, [*self._refused, *(there for _, there in kept)]) <= 0:
                kept.append((plan, words))
        return kept

    @staticmethod
    def _likest(words: Sequence[str], others: Sequence[Sequence[str]]) -> float:
        return max((_excess(words, other) for other in others), default=-1.0)
