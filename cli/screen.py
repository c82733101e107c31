"""How things look in a terminal: colours that respect NO_COLOR, and story text wrapped as it streams."""

from __future__ import annotations

from rich.cells import cell_len
from rich.console import Console

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

_WIDEST = 100


class Stream:
    """Writes text piece by piece, breaking lines between words (between characters where there are no spaces)."""

    def __init__(self, to: Console) -> None:
        self._console = to
        self._column = 0
        self._word = ""
        self._gap = ""

    def write(self, piece: str) -> None:
        """Add a piece of text."""
        for char in piece:
            if char in " \n":
                self._flush()
                if char == "\n":
                    self._out("\n")
                    self._column, self._gap = 0, ""
                elif self._column:
                    self._gap = " "
            else:
                self._word += char
                if cell_len(char) > 1:
                    self._flush()

    def end(self) -> None:
        """Finish the last line."""
        self._flush()
        if self._column:
            self._out("\n")
        self._column, self._gap = 0, ""

    def _flush(self) -> None:
        if not self._word:
            return
        width = cell_len(self._gap + self._word)
        if self._column and self._column + width > min(_WIDEST, self._console.width - 1):
            self._out("\n")
            self._column, self._gap = 0, ""
            width = cell_len(self._word)
        self._out(self._gap + self._word)
        self._column += width
        self._word = self._gap = ""

    def _out(self, text: str) -> None:
        # Straight to the file: a model's text is never markup, nor a control sequence.
        safe = "".join(char for char in text if char == "\n" or char.isprintable())
        self._console.file.write(safe)
        self._console.file.flush()
