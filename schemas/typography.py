"""Straight quotation marks and apostrophes of a text as its language prints them.

What a mark is follows from what stands around it, in its paragraph: an apostrophe is within a word, before what is left
of one, or after one that nothing was opened for; feet, inches and minutes follow a figure and stay. Marks of light
Markdown are looked through; a mark behind a backslash stays, and so do all that are no straight ones.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .light_markdown import BLANK_LINE

if TYPE_CHECKING:
    from .languages import Language

_APOSTROPHE: Final = "’"
_LOOKED_THROUGH: Final = "*~"
_OPENING: Final = "([{<¿¡/“‘«‹„‚「『（《〈【-–—"
_CLOSING: Final = ")]}>/.,;:!?…”’»›」』）》〉】。，、；：！？-–—"
_DASHES: Final = "-–—"
_ENDING: Final = ".,;:!?…-–—。，！？"
"""What stands before a mark that surely closes."""

_FEET_AND_INCHES: Final = re.compile(r"\d+(?:'[ \u00a0]?\d+(?:[.,½¼¾⁄/]\d*)?\"?|(?:''))")
"""Figures with their primes: 6' 2", 5'10", 12''."""
_STAY: Final = re.compile(r"\\[\"']|\"\"|''|(?<=[\u05d0-\u05ea])\"(?=[\u05d0-\u05ea])")
"""Marks behind a backslash, two with nothing between, and the sign in a Hebrew abbreviation."""

_ANDED: Final = re.compile(r"(?i)(?<!\w)'n'(?!\w)")
_CUT: Final = re.compile(r"(?i)'(?:\d\ds?(?!\w)|[nst](?!\w))")
"""What is left of a word or a year in many languages: '90s, 'n, 's Abends, 't."""
_DECADE: Final = re.compile(r"'\d\ds(?!\w)")


def typographic(text: str, language: Language) -> str:
    """A text with its straight quotation marks and apostrophes as the language prints them.

    Args:
        text: paragraphs of light Markdown.
        language: whose marks they are.
    """
    if '"' not in text and "'" not in text:
        return text
    made, at = [], 0
    for blank in BLANK_LINE.finditer(text):
        made += [_Paragraph(text[at : blank.start()], language).told(), blank[0]]
        at = blank.end()
    return "".join([*made, _Paragraph(text[at:], language).told()])


class _Paragraph:
    """A paragraph while its marks are read, from the first to the last.

    Attributes:
        _signs: its characters; a straight mark that was read is what it was found to be.
        _is_open: whether speech is open, by the straight mark that opened it.
    """

    def __init__(self, text: str, language: Language) -> None:
        self._text = text
        self._signs = list(text)
        self._marks = {'"': language.quotes, "'": language.inner_quotes}
        self._elided = re.compile(rf"(?i)'(?:{language.elided})(?!\w)") if language.elided else None
        self._is_open = {'"': False, "'": False}
        self._left = set(self._left_alone())
        """Places of marks that stay."""
        self._apostrophes = {place for found in _ANDED.finditer(text) for place in (found.start(), found.end() - 1)}

    def told(self) -> str:
        """The paragraph with its marks."""
        for at, sign in enumerate(self._text):
            if sign in self._marks and at not in self._left:
                self._read(at, sign)
            else:
                self._follow(sign)
        return "".join(self._signs)

    def _left_alone(self) -> list[int]:
        places = [place for found in _STAY.finditer(self._text) for place in range(*found.span())]
        for found in _FEET_AND_INCHES.finditer(self._text):
            places += [found.start() + place for place, sign in enumerate(found[0]) if sign in "\"'"]
        return places

    def _follow(self, sign: str) -> None:
        """Know of speech that typographic marks open and close."""
        for mark, (opening, closing) in self._marks.items():
            if sign == opening.strip() and sign != closing.strip():
                self._is_open[mark] = True
            elif sign == closing.strip() and sign != _APOSTROPHE:
                self._is_open[mark] = False

    def _read(self, at: int, mark: str) -> None:
        before, after = self._before(at), self._after(at)
        if mark == "'" and self._is_apostrophe(at, before, after):
            self._signs[at] = _APOSTROPHE
        elif (is_opening := self._opens(at, mark, before, after)) is not None:
            self._is_open[mark] = is_opening
            self._signs[at] = self._marks[mark][not is_opening]
        elif mark == "'" and not before.isdigit() and (before or _is_letter(after)):
            self._signs[at] = _APOSTROPHE

    def _before(self, at: int) -> str:
        """The sign before a place that is no mark of Markdown, as it was read; empty: none, or space."""
        while at and self._text[at - 1] in _LOOKED_THROUGH:
            at -= 1
        sign = self._signs[at - 1] if at else ""
        return sign if sign[-1:] == "\u00a0" else sign.strip()

    def _after(self, at: int) -> str:
        """The sign behind a place, beyond marks of Markdown and other straight marks; empty: none, or space."""
        at += 1
        while at < len(self._text) and self._text[at] in f"{_LOOKED_THROUGH}\"'":
            at += 1
        return self._text[at : at + 1].strip()

    def _is_apostrophe(self, at: int, before: str, after: str) -> bool:
        if at in self._apostrophes or (_is_letter(before) and _is_letter(after) and self._text[at + 1] not in "\"'"):
            return True
        if before and not self._is_beginning(before):
            return False
        if _DECADE.match(self._text, at):
            return True
        is_cut = _CUT.match(self._text, at) or (self._elided and self._elided.match(self._text, at))
        return bool(is_cut) and (self._is_open["'"] or not self._is_closed_later(at, surely=True))

    def _opens(self, at: int, mark: str, before: str, after: str) -> bool | None:
        """Whether a mark opens speech; ``None``: it neither opens nor closes any."""
        is_open = self._is_open[mark]
        if before.isdigit() and not _is_letter(after) and (not is_open or self._is_closed_later(at)):
            return None
        may_open = not before or self._is_beginning(before)
        may_close = not after or after in _CLOSING
        if may_open == may_close:
            if not before and not after and not is_open:
                return None
            opens = not is_open
        else:
            opens = may_open and not (is_open and before and before in _DASHES)
        if mark == "'" and not (self._is_closed_later(at) if opens else is_open):
            return None
        return opens

    def _is_beginning(self, before: str) -> bool:
        """Whether a sign stands before what begins: a bracket, a dash, a mark that opens."""
        opening = {marks[0] for marks in self._marks.values()}
        closing = {marks[1] for marks in self._marks.values()}
        return before in opening - closing or (before in _OPENING and before not in closing)

    def _is_closed_later(self, at: int, *, surely: bool = False) -> bool:
        """Whether the next mark of its kind that opens or closes closes; ``surely``: behind a sentence's sign."""
        opening, closing = (sign.strip() for sign in self._marks[self._text[at]])
        for place in range(at + 1, len(self._text)):
            if (sign := self._text[place]) in (opening, closing) and sign != _APOSTROPHE:
                return sign == closing
            if sign != self._text[at] or place in self._left or place in self._apostrophes:
                continue
            before = self._text[:place].rstrip(_LOOKED_THROUGH)[-1:].strip()
            after = self._after(place)
            if _is_letter(before) and _is_letter(after):
                continue
            if before and not (before in _OPENING and before not in _DASHES):
                if not surely or before in _ENDING:
                    return True
            elif after:
                return False
        return False


def _is_letter(sign: str) -> bool:
    """Whether a sign is of a word that an apostrophe may be in: a letter or a figure of a script with words."""
    return sign.isalnum() and sign < "\u2e80"
