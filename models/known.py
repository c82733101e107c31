"""What was learnt of a model on an endpoint, by evidence; it is forgotten where another answers there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Forms = Literal["schema", "object", "tool", "words"]
"""How a model is asked for something with a form: held to a schema, held to JSON, as a tool's arguments, or told so."""
WAYS: tuple[Forms, ...] = ("schema", "object", "tool", "words")
"""All of them, in the order in which they are tried."""
_IGNORED = 2
"""Answers that ignore a form until it is no longer counted on."""
_MUCH_MORE = 1.1
_CUT_FROM, _CUT_SHARE = 1500, 0.5
"""A prompt of so many tokens, of which the server says to have read less than this part, was cut."""


@dataclass
class Known:
    """What was learnt.

    Attributes:
        forms: how it is asked for something with a form.
        thinks_first: its thoughts come without an opening tag.
        streams: whether it streams at all.
        wants_small: it gave what has a form when it was asked in the small dialect, and not in the full one.
        said: what a person was told of already.
    """

    forms: Forms = "schema"
    thinks_first: bool = False
    streams: bool = True
    wants_small: bool = False
    said: set[str] = field(default_factory=set)
    _ignored: int = 0
    _prints: str = ""
    _read: tuple[int, int] = (0, 0)

    @property
    def in_words(self) -> bool:
        """Whether it can only be told of a form."""
        return self.forms == "words"

    def less(self) -> None:
        """It cannot do what it was asked for something with a form: the next way."""
        self.forms = WAYS[min(WAYS.index(self.forms) + 1, len(WAYS) - 1)]
        self._ignored = 0

    def note_form(self, *, is_one: bool) -> bool:
        """An answer that was to have a form came; whether it is now clear that forms are ignored."""
        self._ignored = 0 if is_one else self._ignored + 1
        if self._ignored < _IGNORED:
            return False
        self.forms, self._ignored = "words", 0
        return True

    def note_server(self, prints: str) -> None:
        """What an answer says of who gave it: another than before, and nothing is known of that one."""
        if prints and self._prints and prints != self._prints:
            self.forms, self.thinks_first, self.streams, self._ignored = "schema", False, True, 0
            self.wants_small = False
            self.said.clear()
        self._prints = prints or self._prints

    def was_cut(self, read: int, sent: int) -> bool:
        """Whether a prompt of about so many tokens seems to have been cut, by how many the server says it read."""
        before, self._read = self._read, (read, sent)
        if sent <= _CUT_FROM or read <= 0:
            return False
        same = read == before[0] and sent > before[1] * _MUCH_MORE and before[1] > _CUT_FROM and sent > read
        return read < sent * _CUT_SHARE or same
