"""The characters of an answer that belong into no story: control signs, halves of pairs, invisible ones out of place.

Invisible characters that a script or an emoji is written with stay: joiners in Persian and in Hindi, marks of direction
beside Hebrew, the parts of a family of emoji.
"""

from __future__ import annotations

import re

_SUSPECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ud800-\udfff"
    "\U000e0000-\U000e01ef]"
)
_ESCAPE = re.compile("\x1b(?:\\[[0-?]{0,30}[ -/]{0,4}[@-~]|\\][^\x07\x1b]{0,200}(?:\x07|\x1b\\\\)|[@-Z\\\\^_])")
_ESCAPE_BEGUN = re.compile("\x1b(?:\\[[0-?]{0,30}[ -/]{0,4}|\\][^\x07\x1b]{0,200}\x1b?)?")
_JOINING = re.compile("[\u0600-\u08ff\u0900-\u0dff\u1800-\u18af\ufb50-\ufdff\ufe70-\ufefc]")
_WITHOUT_SPACES = re.compile("[\u0e00-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_EMOJI = re.compile("[\u00a9\u00ae\u2190-\u2bff\u3030\u303d\ufe0f\ud800-\udbff\U0001f000-\U0001faff]")
_BLACK_FLAG = "\U0001f3f4"
_OF_A_KEYCAP = "#*0123456789"

_WAIT = -1
"""Where more of the text is needed to say what a character is."""


class Characters:
    """Takes a text a piece at a time, and gives it without what belongs into no story."""

    def __init__(self) -> None:
        self._held = ""
        self._before = ""
        self._is_right_to_left = False

    def feed(self, text: str, *, is_last: bool = False) -> str:
        """The next piece; what cannot be judged yet is held back, unless it is the last."""
        text = self._held + text
        self._held = ""
        place, kept = 0, []
        while hit := _SUSPECT.search(text, place):
            kept.append(self._passed(text[place : hit.start()]))
            end, sign = self._judged(text, hit.start(), is_last=is_last)
            if end == _WAIT:
                self._held = text[hit.start() :]
                return "".join(kept)
            kept.append(self._passed(sign))
            place = end
        kept.append(self._passed(text[place:]))
        return "".join(kept)

    def _passed(self, piece: str) -> str:
        if piece:
            self._before = piece[-1]
            self._is_right_to_left = self._is_right_to_left or bool(_RIGHT_TO_LEFT.search(piece))
        return piece

    def _judged(self, text: str, start: int, *, is_last: bool) -> tuple[int, str]:  # noqa: PLR0911 (a table)
        """Where a suspect character ends, and what stands for it."""
        sign, after = text[start], text[start + 1 : start + 2]
        if sign == "\x1b":
            if whole := _ESCAPE.match(text, start):
                return whole.end(), ""
            is_begun = not is_last and _ESCAPE_BEGUN.fullmatch(text, start)
            return (_WAIT, "") if is_begun else (start + 1, "")
        if (sign < " " and sign != "\r") or "\x7f" <= sign <= "\x9f" or "\udc00" <= sign <= "\udfff":
            return start + 1, ""
        if sign in "\u2028\u2029":
            return start + 1, "\n"
        if not after and not is_last:
            return _WAIT, ""
        if sign == "\r":
            return start + 1, "" if after == "\n" else "\n"
        if "\ud800" <= sign <= "\udbff":
            is_pair = "\udc00" <= after <= "\udfff"
            return (start + 2, _pair(sign, after)) if is_pair else (start + 1, "")
        return start + 1, sign if self._belongs(sign, after) else ""

    def _belongs(self, sign: str, after: str) -> bool:  # noqa: PLR0911 (a table)
        """Whether an invisible character is part of a script or an emoji here."""
        before = self._before
        if sign == "\u200d" and _EMOJI.match(before) and _EMOJI.match(after):
            return True
        if sign in "\u200c\u200d":
            return bool(_JOINING.match(before))
        if sign == "\u200b":
            return bool(_WITHOUT_SPACES.match(before))
        if "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef":
            return bool(before) and (not before.isascii() or before in _OF_A_KEYCAP)
        if "\U000e0020" <= sign <= "\U000e007f":
            return before == _BLACK_FLAG or "\U000e0020" <= before <= "\U000e007e"
        if sign in "\u200e\u200f" or "\u202a" <= sign <= "\u202e" or "\u2066" <= sign <= "\u2069":
            return self._is_right_to_left or bool(_RIGHT_TO_LEFT.match(after))
        return False


def _pair(high: str, low: str) -> str:
    """The character of two halves that came apart."""
    return (high + low).encode("utf-16-le", "surrogatepass").decode("utf-16-le")
