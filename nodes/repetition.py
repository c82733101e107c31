"""A guard against repetition while writing: what a paragraph says again that the story has said before.

Polishing afterwards does not mend it, so the writer is told at once, with the phrases. Counted are whole sentences,
runs of six words that stand in earlier paragraphs, and runs of four that the paragraph itself says twice. In Chinese
these are as many characters as such runs have, within a sentence: a long name with its "said" is none.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from ..memory.sentences import sentences
from ..schemas.state import Repetition

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..schemas.languages import Language

_LONG_SENTENCE = 5
_SHOWN = 5

Gram = tuple[str, ...]


def repetition_in(text: str, before: Sequence[str], language: Language) -> Repetition:
    """How much of a paragraph is repeated, and what.

    Args:
        text: the paragraph.
        before: earlier paragraphs.
        language: the story's.

    Returns:
        ``share``: the part of the paragraph's words that stand in something repeated, 0 to 1; ``phrases``: the most
        telling of what is repeated, at most five; ``tries``: 1.
    """
    repeats = language.repeats
    told = _stretches(text, language)
    runs = {run for words in told for run in grams(words, repeats.across)}
    seen = {run for earlier in before for run in runs.intersection(_runs_in(earlier, repeats.across, language))}
    twice = {run for run, count in Counter(_runs_in(text, repeats.within, language)).items() if count > 1}
    marked = [_marked(words, seen, repeats.across) | _marked(words, twice, repeats.within) for words in told]
    shortest = max(_LONG_SENTENCE, repeats.within)
    phrases = [*sentences_again(text, before, language, shortest), *_shown(told, marked, language)]
    count = sum(map(len, told))
    share = sum(map(len, marked)) / count if count else 0.0
    return Repetition(share=round(share, 4), phrases=list(dict.fromkeys(phrases))[:_SHOWN], tries=1)


def grams(words: Sequence[str], size: int) -> Iterable[Gram]:
    """Every run of so many words, in order."""
    return zip(*(words[start:] for start in range(size)), strict=False)


@lru_cache(maxsize=128)
def _stretches(text: str, language: Language) -> tuple[tuple[str, ...], ...]:
    """The words of a text, kept for the latest; where a run of them ends with the sentence, those of each part."""
    stops = language.repeats.stops
    return tuple(tuple(language.words(part)) for part in (re.split(stops, text) if stops else [text]))


def _runs_in(text: str, size: int, language: Language) -> Iterable[Gram]:
    """The runs of so many words of a text, in order."""
    return (run for words in _stretches(text, language) for run in grams(words, size))


def _marked(words: Sequence[str], wanted: set[Gram], size: int) -> set[int]:
    """The places of the words that stand in one of these runs."""
    return {
        place for start, gram in enumerate(grams(words, size)) if gram in wanted for place in range(start, start + size)
    }


def _shown(told: Sequence[Sequence[str]], marked: Sequence[set[int]], language: Language) -> list[str]:
    """What is repeated, the longest first."""
    found: list[list[str]] = []
    for words, places in zip(told, marked, strict=True):
        for place in sorted(places):
            if place - 1 in places:
                found[-1].append(words[place])
            else:
                found.append([words[place]])
    return [language.joint.join(run) for run in sorted(found, key=len, reverse=True)]


def sentences_again(text: str, before: Sequence[str], language: Language, shortest: int = _LONG_SENTENCE) -> list[str]:
    """The sentences of ``shortest`` words and more that stand in earlier texts, or stood in this one already."""
    earlier = [(kept.casefold(), kept) for kept in before]
    own: set[str] = set()
    again = []
    for sentence in sentences(text, language):
        if len(language.words(sentence)) < shortest:
            continue
        said = sentence.casefold()
        # Few texts hold it at all, and only those are cut into sentences.
        holding = (kept for folded, kept in earlier if said in folded)
        if said in own or any(said in map(str.casefold, sentences(kept, language)) for kept in holding):
            again.append(sentence)
        own.add(said)
    return again
