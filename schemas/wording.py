"""Words that are the same however they were typed: in capitals or small letters, with one kind of quotes or another."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .languages import Language

_STOPPED = re.compile(r"[.!?。！？…][\s”’」』\"')）]*$")
_ALIKE = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "\u00a0": " "})


def plain(text: str) -> str:
    """A text without what differs where words do not: case, width of signs, kinds of quotes, spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_ALIKE).casefold().split())


def with_stop(text: str, language: Language) -> str:
    """A sentence with its stop, so that another can follow it."""
    return text if _STOPPED.search(text) else f"{text}{'.' if language.joint else '。'}"


def one_line(text: str) -> str:
    """A text with one space wherever it has any, as words are compared or shown in a line."""
    return " ".join(text.split())


def in_a_line(text: str, language: Language) -> str:
    """A text of several lines in one, joined as its language joins sentences."""
    return language.joint.join(one_line(line) for line in text.splitlines() if line.strip())
