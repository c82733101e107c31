"""The summary of a passage that a person edited, where no model is asked for another: it says nothing that is gone."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import islice, pairwise

from ..memory.sentences import pieces
from ..schemas.languages import Language, guessed
from ..schemas.wording import in_a_line
from .synopsis import MOST, shortened

_ALIKE = 0.6
"""The part of a text that has to be as it was for its summary to be of it, and for it to be the same text."""


def follows(summary: str, before: str, after: str) -> str:
    """The summary of an edited text: the old one, if it leans on nothing that went; else how the new text begins.

    Args:
        summary: of the text before.
        before: the text.
        after: the text as it is now.
    """
    language = guessed(after)
    was, now = _words(before, language), _words(after, language)
    gone = set(was) - set(now)
    if summary and _are_alike(was, now) and gone.isdisjoint(_words(summary, language)):
        return summary
    return _beginning(after, language)


def _beginning(text: str, language: Language) -> str:
    """The first sentences of a text, two at least, and no more than half: what stands for it is shorter than it is."""
    two = "".join(islice(pieces(in_a_line(text, language), language), 2)).rstrip()
    return shortened(text, language, min(MOST, max(len(two), len(text) // 2)))


def are_alike(before: str, after: str) -> bool:
    """Whether a text is another one edited, and not a new one in its place."""
    language = guessed(after)
    return _are_alike(_words(before, language), _words(after, language))


def _are_alike(was: list[str], now: list[str]) -> bool:
    return SequenceMatcher(None, was, now, autojunk=False).ratio() >= _ALIKE


def _words(text: str, language: Language) -> list[str]:
    """Words; where none are divided, pairs of characters."""
    words = language.words(text)
    return words if language.joint else ["".join(pair) for pair in pairwise(words)]
