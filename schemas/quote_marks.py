"""The quotation marks of languages, by their BCP 47 tags: what stands around speech, and around speech within it."""

from __future__ import annotations

from typing import Final, NamedTuple

from .cldr import script_of


class QuoteMarks(NamedTuple):
    """What a language sets around speech.

    Attributes:
        outer: before and after it.
        inner: before and after speech within it.
    """

    outer: tuple[str, str]
    inner: tuple[str, str]


_HIGH: Final = QuoteMarks(("“", "”"), ("‘", "’"))
_LOW: Final = QuoteMarks(("„", "“"), ("‚", "‘"))
_ANGLES: Final = QuoteMarks(("«", "»"), ("“", "”"))
_SPACED_ANGLES: Final = QuoteMarks(("«\u00a0", "\u00a0»"), ("“", "”"))
_ANGLES_AND_LOW: Final = QuoteMarks(("«", "»"), ("„", "“"))
_SAME: Final = QuoteMarks(("”", "”"), ("’", "’"))
_CORNERS: Final = QuoteMarks(("「", "」"), ("『", "』"))

_BY_LANGUAGE: Final = {
    **dict.fromkeys(("bg", "cs", "de", "et", "is", "lt", "mk", "sk", "sl"), _LOW),
    **dict.fromkeys(("ca", "el", "es", "fa", "it"), _ANGLES),
    **dict.fromkeys(("be", "ru", "uk"), _ANGLES_AND_LOW),
    **dict.fromkeys(("fi", "sv"), _SAME),
    **dict.fromkeys(("nb", "nn", "no"), QuoteMarks(("«", "»"), ("‘", "’"))),
    **dict.fromkeys(("pl", "ro"), QuoteMarks(("„", "”"), ("«", "»"))),
    "de-CH": QuoteMarks(("«", "»"), ("‹", "›")),
    "fr": _SPACED_ANGLES,
    "fr-CH": QuoteMarks(("«", "»"), ("‹", "›")),
    "hu": QuoteMarks(("„", "”"), ("»", "«")),
    "ja": _CORNERS,
}
_BY_SCRIPT: Final = {"Hant": _CORNERS}


def quote_marks_of(tag: str) -> QuoteMarks:
    """The quotation marks of a language; the English ones, where nothing else is known of it."""
    known = _BY_LANGUAGE.get(tag) or _BY_LANGUAGE.get(tag.partition("-")[0].lower())
    return known or _BY_SCRIPT.get(script_of(tag), _HIGH)
