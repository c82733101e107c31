"""The summary of a passage that a person edited, where no model is asked for another: it says nothing that is gone."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import islice, pairwise

from ..memory.sentences import pieces
from ..schemas.languages import Language, guessed
from ..schemas.wording import in_a_line
from .synopsis import MOST, shortened

_ALIKE = 0.6
"""The part of a text that has to be as it was for its summary to be of it, and for it to be the same text."""
_PART_OF_A_SENTENCE = re.compile(r"[^;；，]+(?:[;；，]+\s*|$)")
_OPEN_ENDS = tuple(";；，")
_PAIRS = (("(", ")"), ("（", "）"), ("“", "”"), ("《", "》"))


def follows(summary: str, before: str, after: str) -> str:
    """The summary of an edited text: the old one, if it leans on nothing that went.

    Else what of the old one leans on nothing that went, and the sentences that the text has now; where nothing of it is
    left, or the text is another one, how that begins.

    Args:
        summary: of the text before.
        before: the text.
        after: the text as it is now.
    """
    language = guessed(after)
    was, now = _words(before, language), _words(after, language)
    gone = set(was) - set(now)
    if not summary or not _are_alike(was, now):
        return _beginning(after, language)
    if gone.isdisjoint(_words(summary, language)):
        return summary
    kept = _without(gone, summary, language)
    if not kept or any(kept.count(one) != kept.count(other) for one, other in _PAIRS):
        return _beginning(after, language)
    return shortened(language.joint.join((kept, _new_in(before, after, language))), language, MOST).strip()


def _without(gone: set[str], summary: str, language: Language) -> str:
    """What of a summary has none of some words: parts of its sentences, between marks for half a stop."""
    kept: list[str] = []
    for sentence in pieces(summary, language):
        parts = _PART_OF_A_SENTENCE.findall(sentence)
        left = "".join(part for part in parts if gone.isdisjoint(_words(part, language))).strip()
        kept.append(left[:-1] + ("." if language.joint else "。") if left.endswith(_OPEN_ENDS) else left)
    return language.joint.join(filter(None, kept))


def _new_in(before: str, after: str, language: Language) -> str:
    """The sentences of a text that it did not have before."""
    was = {piece.strip() for piece in pieces(in_a_line(before, language), language)}
    now = (piece.strip() for piece in pieces(in_a_line(after, language), language))
    return language.joint.join(piece for piece in now if piece not in was)


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
