"""What differs between two texts, word by word; where a language divides no words, character by character."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

_TOKEN = re.compile(r"\s+|[^\W\d_]+|\d+|.", re.DOTALL)
_UNDIVIDED = re.compile(r"[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\u0e00-\u0eff]")
_SENTENCE = re.compile(r".*?(?:[.!?。！？…]+[\"”’」』»)]*\s*|\n+|$)", re.DOTALL)
_MOST = 1500
"""So many tokens are compared with as many; where more differ, sentences are."""


class Piece(NamedTuple):
    """A stretch of text, and whether both texts have it."""

    kind: Literal["same", "gone", "new"]
    text: str


def word_diff(before: str, after: str) -> list[Piece]:
    """The pieces of two texts, in order: what both have, what is gone, what is new."""
    was, now = _tokens(before), _tokens(after)
    if max(len(was), len(now)) > _MOST:
        was, now = _SENTENCE.findall(before), _SENTENCE.findall(after)
    found: list[Piece] = []
    for kind, first, end, start, stop in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Piece("same", "".join(was[first:end])))
            continue
        if end > first:
            found.append(Piece("gone", "".join(was[first:end])))
        if stop > start:
            found.append(Piece("new", "".join(now[start:stop])))
    return [piece for piece in found if piece.text]


def _tokens(text: str) -> list[str]:
    """Words, spaces and marks; each character of a script that divides no words by itself."""
    return [part for token in _TOKEN.findall(text) for part in (list(token) if _UNDIVIDED.search(token) else [token])]
