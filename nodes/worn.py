"""Worn phrases: what this book says in one paragraph after another, so that the writer is told before it writes.

Counted are runs of words in a bounded number of the latest paragraphs, each once a paragraph, and how paragraphs begin.
Sayings that every text is full of are short: only longer runs with a longer word in them count (in Chinese, runs of
characters). Runs with a name or a number in them are left out.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from .names import bare, capitals
from .repetition import grams

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..schemas.languages import Language

    Gram = tuple[str, ...]

LOOKED_BACK = 50
"""Paragraphs back that are counted: the work of a step does not grow with the book."""
_RUN = 4
_OPENING = 3
_OFTEN = 4
"""Paragraphs that hold a phrase before it is worn."""
_LONG_WORD = 5
_SMALL_WORD = 3
_SHOWN = 4
_ONE, _UNITS = "一", frozenset("点分秒时日月年号岁")
"""Signs of Chinese: with a number before it such a one is an hour, a date or an age; but "one" is in many a saying."""


def worn_phrases(paragraphs: Sequence[str], names: Iterable[str], language: Language) -> list[str]:
    """The phrases that the latest paragraphs overuse, the most used first; at most four, none within another.

    Args:
        paragraphs: the latest ones; of more than fifty, the last fifty.
        names: of people and things in the book; words that have a capital letter inside a sentence are some as well.
        language: the story's.
    """
    named = _parts_of(names, language) | {(word,) for word in capitals(paragraphs[-LOOKED_BACK:], language)}
    told = [_runs_of(text, language) for text in paragraphs[-LOOKED_BACK:]]
    held = Counter(gram for runs, _ in told for gram in runs)
    held += Counter(opening for _, opening in told if opening)
    often = [gram for gram, count in held.most_common() if count >= _OFTEN]
    worn: list[str] = []
    for gram in often:
        phrase = language.joint.join(gram)
        if not _says_much(gram, language) or any(_same(phrase, kept, language) for kept in worn):
            continue
        if named.isdisjoint(_may_be_names(gram)):
            worn.append(phrase)
        if len(worn) == _SHOWN:
            break
    return worn


@lru_cache(maxsize=128)
def _runs_of(text: str, language: Language) -> tuple[frozenset[Gram], Gram]:
    """The runs of words in a paragraph and how it begins, kept for the latest: each step counts them again."""
    words = language.words(text)
    return frozenset(grams(words, _RUN)), tuple(words[:_OPENING]) if len(words) >= _OPENING else ()


def _says_much(gram: Gram, language: Language) -> bool:
    """Whether it is more than a number, and than the small words that every text is full of."""
    if _has_a_number(gram):
        return False
    return language.counts == "characters" or any(len(word) >= _LONG_WORD for word in gram)


def _has_a_number(gram: Gram) -> bool:
    """Whether a run has a number in it, in figures or in a script's own signs of several; one such sign is a word."""
    signs = [sign for word in gram for sign in word]
    if any(sign.isdigit() for sign in signs):
        return True
    return any(
        first.isnumeric() and (second.isnumeric() or (second in _UNITS and first != _ONE))
        for first, second in pairwise(signs)
    )


def _parts_of(names: Iterable[str], language: Language) -> set[Gram]:
    """What of names shows that a run has one in it: their words, or where characters are counted, two together."""
    parts: set[Gram] = set()
    for name in names:
        words = language.words(name)
        if all(len(word) == 1 for word in words):
            parts.update(grams(words, 2))
        else:
            # "The" of a name such as "the ferry" is no name.
            parts.update((word,) for word in words if len(words) == 1 or len(word) > _SMALL_WORD)
    return parts


def _may_be_names(gram: Gram) -> set[Gram]:
    """The words of a run, without the 's of an owner too, and two neighbours each."""
    return {(word,) for word in gram} | {(bare(word),) for word in gram} | set(grams(gram, 2))


def _same(phrase: str, kept: str, language: Language) -> bool:
    """Whether two runs are of one longer phrase: all but a word of one stands in the other."""
    words = language.words(phrase)
    return any(language.joint.join(part) in kept for part in (words[1:], words[:-1]))
