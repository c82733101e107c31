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

    def write(self, piece: str) -> None:
        """Add a piece of text."""
        for char in piece:
            if char in " \n":
                self._flush()
                if char == "\n":
                    self._out("\n")
                    self._column = 0
                elif self._column:
                    self._out(" ")
                    self._column += 1
            else:
                self._word += char
                if cell_len(char) > 1:
                    self._flush()

    def end(self) -> None:
        """Finish the last line."""
        self._flush()
        if self._column:
            self._out("\n")
            self._column = 0

    def _flush(self) -> None:
        if not self._word:
            return
        width = cell_len(self._word)
        if self._column and self._column + width > min(_WIDEST, self._console.width):
            self._out("\n")
            self._column = 0
        self._out(self._word)
        self._column += width
        self._word = ""

    def _out(self, text: str) -> None:
        # Straight to the file: a model's text is never markup, nor a control sequence.
        safe = "".join(char for char in text if char == "\n" or char.isprintable())
        self._console.file.write(safe)
        self._console.file.flush()
