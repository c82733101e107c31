"""Where a text's sentences end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..schemas.languages import Language

_MAX_SENTENCES = 64
_AFTER_A_SPACE = re.compile(
    r"(?<=[\u0e00-\u0eff] )(?=[\u0e00-\u0eff])"  # Thai and Lao: no mark ends a sentence, no space divides words
    r"|(?<=[\u17d4\u17d5\u0f0d] )"  # Khmer and Tibetan: marks that sentencex does not know
)
_ITS_SIGNS = re.compile("[\u0e00-\u0eff\u0f0d\u17d4\u17d5]")
"""What the pattern above needs: most texts have none of it, and to look for it takes a tenth of the time."""
_INITIAL = re.compile(r"[*_—–\u3400-\u9fff][A-Z]\.\s")
_LAST_INITIAL = re.compile(r"(?<=[*_—–\u3400-\u9fff])[A-Z]\.\s+$")
"""A name's first letter, which no space stands before."""
_CLOSING = r"[^\w\s]*$"
"""What may follow a sentence's end: quotation marks, brackets."""


def pieces(text: str, language: Language) -> list[str]:
    """A text cut at the ends of its sentences, to the letter: joined, the pieces are the text."""
    from sentencex import segment  # noqa: PLC0415

    found: Iterable[str] = map(str, segment(language.splitter, text))
    if _INITIAL.search(text):
        found = _with_initials(found, language)
    if _ITS_SIGNS.search(text) is None:
        return list(found)
    return [piece for part in found for piece in _AFTER_A_SPACE.split(part)]


def _with_initials(found: Iterable[str], language: Language) -> Iterator[str]:
    """The same, but a piece that ends with an initial behind a mark or a Chinese character is none by itself.

    Where a space is before it the library knows an initial from a stop; so it is asked as if one were.
    """
    from sentencex import segment  # noqa: PLC0415

    kept = ""
    for piece in found:
        initial = _LAST_INITIAL.search(kept)
        if kept and not (
            initial
            and len(list(segment(language.splitter, f"The {initial[0]}{piece}")))
            == len(list(segment(language.splitter, piece)))
        ):
            yield kept
            kept = ""
        kept += piece
    if kept:
        yield kept


def sentences(text: str, language: Language) -> list[str]:
    """The sentences of a text, never none and never more than 64 (the rest joins the last)."""
    found = [piece.strip() for piece in pieces(text, language) if piece.strip()]
    if len(found) > _MAX_SENTENCES:
        found = [*found[: _MAX_SENTENCES - 1], " ".join(found[_MAX_SENTENCES - 1 :])]
    return found or [text]


def ends_a_sentence(text: str, language: Language) -> bool:
    """Whether a text, of any length, stops where a sentence does."""
    if re.search(f"{language.sentence_end}{_CLOSING}", text.rstrip()):
        return True
    return _AFTER_A_SPACE.match(f"{text}\u0e01", len(text)) is not None
