"""One cleaner of answers: what is stored, what is streamed and what is parsed are the same text.

A text that comes in pieces gives what it gives as a whole, however it is cut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .characters import Characters
from .remarks import Lines
from .tags import Tags

if TYPE_CHECKING:
    import re


class Cleaner:
    """Takes an answer a piece at a time, and gives what of it may be shown.

    Attributes:
        text: all that was given, without what turned out to be thought.
        is_late: something was given that turned out to be thought: a closing tag came without an opening one.
    """

    def __init__(self, opening: re.Pattern[str] | None = None, *, is_prose: bool = True, waits: bool = False) -> None:
        """A cleaner for one answer.

        Args:
            opening: how a line begins that says that the story follows.
            is_prose: whether remarks around the text are taken off.
            waits: give nothing before a closing tag, or the end: the model thinks first without saying so.
        """
        self.is_late = False
        self._opening = opening
        self._is_prose = is_prose
        self._waits = waits
        self._characters = Characters()
        self._tags = Tags(reads_entities=is_prose)
        self._lines = Lines(opening)
        self._given: list[str] = []
        self._kept_back: list[str] = []
        self._told = 0

    @property
    def text(self) -> str:
        """All that was given, without what turned out to be thought."""
        return "".join(self._given)

    @property
    def taken_off(self) -> list[str]:
        """The remarks around the text that were taken off."""
        return self._lines.taken_off

    def take_thoughts(self) -> str:
        """What was thought since this was last asked: in tags, or before the text of a model that thinks first."""
        is_thinking_first = self._waits and self._is_prose
        if not self._tags.thoughts and not is_thinking_first:
            return ""
        thought = "".join(self._tags.thoughts)
        self._tags.thoughts.clear()
        if is_thinking_first:
            thought += "".join(self._kept_back[self._told :])
            self._told = len(self._kept_back)
        return thought

    def feed(self, text: str) -> str:
        """The next piece of the answer; what may still become a tag or a remark is held back."""
        return self._given_of(self._tags.feed(self._characters.feed(text)), is_last=False)

    def close(self) -> str:
        """The answer is whole: what was held back."""
        pieces = self._tags.feed(self._characters.feed("", is_last=True), is_last=True)
        return self._given_of(pieces, is_last=True)

    def _given_of(self, pieces: list[str], *, is_last: bool) -> str:
        given = []
        for piece in pieces:
            if piece:
                given.append(self._shaped(piece))
                continue
            self.is_late = self.is_late or (not self._waits and any([*self._given, *given]))
            self._waits = False
            self._lines = Lines(self._opening)
            self._given, self._kept_back, given = [], [], []
        if is_last:
            given.append(self._shaped("", is_last=True))
        text = "".join(given)
        if self._waits and not is_last:
            self._kept_back.append(text)
            return ""
        text = "".join(self._kept_back) + text
        self._kept_back = []
        self._given.append(text)
        return text

    def _shaped(self, piece: str, *, is_last: bool = False) -> str:
        return self._lines.feed(piece, is_last=is_last) if self._is_prose else piece


def clean(text: str, opening: re.Pattern[str] | None = None, *, is_prose: bool = True) -> str:
    """A whole answer, cleaned as its pieces are."""
    cleaner = Cleaner(opening, is_prose=is_prose)
    cleaner.feed(text)
    cleaner.close()
    return cleaner.text if is_prose else cleaner.text.strip()


def clean_values(value: Any) -> Any:  # noqa: ANN401 (JSON)
    """What was read of a form, with every text in it cleaned: JSON can spell what its own text does not hold."""
    match value:
        case str():
            return "".join([*Tags().feed(Characters().feed(value, is_last=True), is_last=True)])
        case list():
            return [clean_values(item) for item in value]
        case dict():
            return {clean_values(name): clean_values(item) for name, item in value.items()}
    return value
