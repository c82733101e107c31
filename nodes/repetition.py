"""A guard against repetition while writing: what a paragraph says again that the story has said before.

Polishing afterwards does not mend it, so the writer is told at once, with the phrases. Counted are whole sentences,
runs of six words that stand in earlier paragraphs, and runs of four that the paragraph itself says twice (in Chinese,
of characters).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ..memory.sentences import sentences
from ..schemas.state import Repetition

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..schemas.languages import Language

_WITHIN, _ACROSS = 4, 6
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
    words = language.words(text)
    runs = set(grams(words, _ACROSS))
    seen = {run for earlier in before for run in runs.intersection(grams(language.words(earlier), _ACROSS))}
    twice = {gram for gram, count in Counter(grams(words, _WITHIN)).items() if count > 1}
    marked = _marked(words, seen, _ACROSS) | _marked(words, twice, _WITHIN)
    phrases = [*sentences_again(text, before, language), *_runs(words, marked, language)]
    share = len(marked) / len(words) if words else 0.0
    return Repetition(share=round(share, 4), phrases=list(dict.fromkeys(phrases))[:_SHOWN], tries=1)


def grams(words: Sequence[str], size: int) -> Iterable[Gram]:
    """Every run of so many words, in order."""
    return zip(*(words[start:] for start in range(size)), strict=False)


def _marked(words: Sequence[str], wanted: set[Gram], size: int) -> set[int]:
    """The places of the words that stand in one of these runs."""
    return {
        place for start, gram in enumerate(grams(words, size)) if gram in wanted for place in range(start, start + size)
    }


def _runs(words: Sequence[str], marked: set[int], language: Language) -> list[str]:
    """The repeated stretches, the longest first."""
    runs: list[list[str]] = []
    for place in sorted(marked):
        if place - 1 in marked and runs:
            runs[-1].append(words[place])
        else:
            runs.append([words[place]])
    return [language.joint.join(run) for run in sorted(runs, key=len, reverse=True)]


def sentences_again(text: str, before: Sequence[str], language: Language) -> list[str]:
    """The sentences of five words and more that stand in earlier texts, or stood in this one already."""
    earlier = [(kept.casefold(), kept) for kept in before]
    own: set[str] = set()
    again = []
    for sentence in sentences(text, language):
        if len(language.words(sentence)) < _LONG_SENTENCE:
            continue
        said = sentence.casefold()
        # Few texts hold it at all, and only those are cut into sentences.
        holding = (kept for folded, kept in earlier if said in folded)
        if said in own or any(said in map(str.casefold, sentences(kept, language)) for kept in holding):
            again.append(sentence)
        own.add(said)
    return again
