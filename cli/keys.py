"""What a person types: a line when they are asked, and nothing while the story is written."""

from __future__ import annotations

import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ECHO_AND_LINES = 3
"""Where a terminal's local modes stand among its attributes."""


def typed(prompt: str) -> str:
    """A line from the person, with the terminal's line editing, and without what is no text.

    What they typed before they were asked is no answer, and is dropped.

    Raises:
        EOFError: there is no more to read.
    """
    # On import it lends its editing to input().
    with suppress(ImportError):
        import readline  # noqa: F401, PLC0415
    _drop_what_was_typed()
    return "".join(char for char in input(prompt).replace("\n", " ") if char.isprintable()).strip()


@contextmanager
def keys_hidden() -> Iterator[None]:
    """While this lasts, keys do not show among the text that is written; Ctrl-C goes on working."""
    try:
        import termios  # noqa: PLC0415 (not on every system)

        place = sys.stdin.fileno()
        before = termios.tcgetattr(place)
    except (ImportError, OSError, ValueError, termios.error):  # no terminal
        yield
        return
    quiet = [*before]
    quiet[_ECHO_AND_LINES] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(place, termios.TCSADRAIN, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(place, termios.TCSADRAIN, before)


def _drop_what_was_typed() -> None:
    with suppress(ImportError, OSError, ValueError):
        import termios  # noqa: PLC0415

        if sys.stdin.isatty():
            termios.tcflush(sys.stdin, termios.TCIFLUSH)
