"""Figures that need no judge: pure functions on texts.

A chapter, where a definition speaks of one, is what one step writes (the paper's "paragraph" of 200 to 400 words).
Words are counted without case and punctuation; in Chinese a word is a character, so figures of the two languages
cannot be compared.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..memory.sentences import pieces
from ..nodes.repetition import grams, sentences_again

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.embeddings import Embeddings

    from ..schemas.languages import Language

_FIRST_WORDS = 4000
_SCRIPTS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_UNSPACED = re.compile(f"[{_SCRIPTS}]")
_QUOTES = str.maketrans({"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})


class Lengths(NamedTuple):
    """How long a text is."""

    words: int
    sentences: int
    paragraphs: int


class Repetitions(NamedTuple):
    """How repetitive a novel is.

    Attributes:
        distinct_2: different pairs of neighbouring words, as a part of all pairs; more is better.
        rep_4: runs of four words that stood before, as a part of all runs, in the first 4,000 words.
        cross_6: runs of six words of a chapter that stand in earlier chapters, as a part of all from the second on.
        sentences: how many sentences of five words and more were said before.
    """

    distinct_2: float
    rep_4: float
    cross_6: float
    sentences: int


def lengths(chapters: Sequence[str], language: Language) -> Lengths:
    """Words, sentences and paragraphs of a text."""
    words = sum(len(language.words(text)) for text in chapters)
    found = sum(1 for text in chapters for piece in pieces(text, language) if piece.strip())
    return Lengths(words, found, len(chapters))


def repetitions(chapters: Sequence[str], language: Language, first_words: int | None = None) -> Repetitions:
    """How repetitive a novel is.

    Args:
        chapters: its texts, in order.
        language: its language.
        first_words: look at so many words only. All of these figures grow worse with length by themselves, so
            novels are compared over as many words as the shortest has.
    """
    kept = list(chapters) if first_words is None else cut(chapters, first_words, language)
    words = [language.words(text) for text in kept]
    everything = [word for chapter in words for word in chapter]
    again = sum(len(sentences_again(text, kept[:number], language)) for number, text in enumerate(kept))
    return Repetitions(distinct(everything, 2), repeated(everything[:_FIRST_WORDS], 4), crossing(words, 6), again)


def distinct(words: Sequence[str], size: int) -> float:
    """Different runs of so many words, as a part of all runs (distinct-n); 1 where there is none."""
    runs = list(grams(words, size))
    return len(set(runs)) / len(runs) if runs else 1.0


def repeated(words: Sequence[str], size: int) -> float:
    """Runs that stood before, as a part of all runs (rep-n); 0 where there is none."""
    return 1.0 - distinct(words, size)


def crossing(chapters: Sequence[Sequence[str]], size: int) -> float:
    """Runs of a chapter that stand in earlier ones, as a part of all runs of the second chapter and later (cross-n)."""
    seen: set[tuple[str, ...]] = set()
    total = again = 0
    for number, chapter in enumerate(chapters):
        runs = list(grams(chapter, size))
        if number:
            total += len(runs)
            again += sum(run in seen for run in runs)
        seen.update(runs)
    return again / total if total else 0.0


def adherence(plans: Sequence[str], texts: Sequence[str], embeddings: Embeddings) -> list[float]:
    """How near each text is to its plan: the cosine of their embeddings; texts without a plan are left out."""
    pairs = [(plan, text) for plan, text in zip(plans, texts, strict=True) if plan.strip() and text.strip()]
    if not pairs:
        return []
    of_plans = np.asarray(embeddings.embed_documents([plan for plan, _ in pairs]))
    of_texts = np.asarray(embeddings.embed_documents([text for _, text in pairs]))
    of_both = np.linalg.norm(of_plans, axis=1) * np.linalg.norm(of_texts, axis=1)
    return [float(value) for value in (of_plans * of_texts).sum(axis=1) / np.maximum(of_both, 1e-12)]


def holds(text: str, marks: Sequence[str]) -> bool:
    """Whether a text still holds a planted fact: all the words that mark it, whatever the others became."""
    low = text.casefold()
    return all(re.search(f"{_begins(mark)}{re.escape(mark.casefold())}", low) for mark in marks)


def _begins(mark: str) -> str:
    """Where a word may begin: after no letter or figure, but for those of a script that sets no spaces."""
    return "" if _UNSPACED.match(mark) else rf"(?<![^\W{_SCRIPTS}])"


def is_verbatim(quote: str, text: str) -> bool:
    """Whether a quote stands in a text to the letter, but for white space and the kind of quotation marks."""
    wanted = _plain(quote).strip(" \"'.…")
    return bool(wanted) and wanted in _plain(text)


def cut(chapters: Sequence[str], words: int, language: Language) -> list[str]:
    """A novel's beginning of at most so many words, ended at the end of a sentence.

    Where not even one sentence fits, the first one stands: an empty text compares with nothing.
    """
    kept: list[str] = []
    room = words
    for text in chapters:
        parts: list[str] = []
        for piece in pieces(text, language):
            room -= len(language.words(piece))
            if room < 0 and (kept or parts):
                return [*kept, "".join(parts).strip()] if parts else kept
            parts.append(piece)
        kept.append("".join(parts).strip())
    return kept


def spread(plans: Sequence[Sequence[str]], embeddings: Embeddings) -> list[float]:
    """How far apart the plans on one table are: one less the mean cosine of each two; a table of one is left out."""
    found = []
    for table in plans:
        if len(table) > 1:
            vectors = np.asarray(embeddings.embed_documents(list(table)))
            vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
            alike = vectors @ vectors.T
            found.append(float(1 - alike[np.triu_indices(len(table), 1)].mean()))
    return found


def growth(values: Sequence[float]) -> float | None:
    """The last third's mean against the first third's: 1 is flat; ``None`` for fewer than three values."""
    third = len(values) // 3
    if not third or not sum(values[:third]):
        return None
    return float(np.mean(values[-third:]) / np.mean(values[:third]))


def _plain(text: str) -> str:
    return " ".join(text.translate(_QUOTES).split())
