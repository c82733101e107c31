"""What of a player's line stands in quotation marks, and so is said aloud; the rest of it is done."""

from __future__ import annotations

import re
from typing import NamedTuple

_PAIRS = (
    ("“", "”"),
    ("”", "”"),
    ("„", "”“"),
    ("「", "」"),
    ("『", "』"),
    ("«", "»"),
    ("»", "«"),
    ("‹", "›"),
    ('"', '"”“'),
    ("＂", "＂"),
)
"""A mark that opens speech, and those that close it."""
_SPEECH = re.compile("|".join(f"{opens}[^{closes}]*(?:[{closes}]|$)" for opens, closes in _PAIRS))
_SINGLE = re.compile(r"(?:(?<=\s)|^)(?:‘(?:[^’]|’(?=\w))+’(?!\w)|'(?:[^']|'(?=\w))+'(?!\w))")
"""Between single marks, of which the closing one is an apostrophe too: it stands at no word's beginning or middle."""
_CLOSE = frozenset("\"”“」』»«›＂’'")


class Line(NamedTuple):
    """How a line of a player's is meant.

    Attributes:
        said: the words, without their marks, where the whole line is one speech; else empty.
        has_speech: whether some of it is speech.
    """

    said: str
    has_speech: bool


def read(line: str) -> Line:
    """What of a line is speech; a mark that nothing closes opens speech at the line's beginning alone."""
    words = line.strip()
    found = [hit[0] for pattern in (_SPEECH, _SINGLE) for hit in pattern.finditer(words)]
    spoken = [speech for speech in found if _words(speech) and (_is_closed(speech) or speech == words)]
    return Line(_words(words) if words in spoken else "", bool(spoken))


def _words(speech: str) -> str:
    """What stands between the marks."""
    return speech[1 : -1 if _is_closed(speech) else None].strip()


def _is_closed(speech: str) -> bool:
    return len(speech) > 1 and speech[-1] in _CLOSE
