"""Where a text's sentences end."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..schemas.languages import Language

_MAX_SENTENCES = 64


def pieces(text: str, language: Language) -> list[str]:
    """A text cut at the ends of its sentences, to the letter: joined, the pieces are the text."""
    from sentencex import segment  # noqa: PLC0415

    return [str(piece) for piece in segment(language.splitter, text)]


def sentences(text: str, language: Language) -> list[str]:
    """The sentences of a text, never none and never more than 64 (the rest joins the last)."""
    found = [piece.strip() for piece in pieces(text, language) if piece.strip()]
    if len(found) > _MAX_SENTENCES:
        found = [*found[: _MAX_SENTENCES - 1], " ".join(found[_MAX_SENTENCES - 1 :])]
    return found or [text]
