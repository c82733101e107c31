"""Words that are the same however they were typed: in capitals or small letters, with one kind of quotes or another."""

from __future__ import annotations

import unicodedata

_ALIKE = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "\u00a0": " "})


def plain(text: str) -> str:
    """A text without what differs where words do not: case, width of signs, kinds of quotes, spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_ALIKE).casefold().split())
