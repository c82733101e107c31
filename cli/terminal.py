"""How things look in a terminal: colours that respect NO_COLOR, and story text wrapped as it streams."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.segment import Segment
from rich.text import Text

from ..schemas.errors import SettingsError
from .speech import hint_for, told
from .words import every, t
from .wrapping import WIDEST, Prose, joins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import ConsoleOptions, RenderableType

    from ..schemas.errors import RecurrentGPTError
    from ..stories.record import StoryRecord


class Terminal(Console):
    """A console that lets no text speak to the terminal itself: a title, a passage may be a stranger's."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """What is shown, without the control characters that stand in it."""
        for segment in super().render(renderable, options):
            yield segment if segment.control or _is_plain(segment.text) else Segment(shown(segment.text), segment.style)


def _is_plain(text: str) -> bool:
    return text.isprintable() or not _CONTROL.search(text)


def shown(text: str) -> str:
    """A text without what a terminal would take for an order."""
    return _CONTROL.sub("", text)


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

_ORDER_IN_JSON = re.compile(r"[\x7f-\x9f]")
"""What JSON leaves as it is, and some terminals take for the beginning of an order."""

console = Terminal(highlight=False)
errors = Terminal(stderr=True, highlight=False)

INTERRUPTED = 130
"""What a command ends with that a person stopped."""

WARNING = "magenta"
"""A colour that can be read on a dark ground and on a light one: yellow cannot."""


def print_json(data: object) -> None:
    """Write data to standard output as JSON, for a script: no colours, no width, and no order to a terminal."""
    told = json.dumps(data, ensure_ascii=False, indent=2, default=str)
    console.file.write(_ORDER_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", told) + "\n")


@contextmanager
def reading_bar(total: int = 0, what: str = "") -> Iterator[Callable[..., None]]:
    """A progress bar on standard error; gives a function that is told how far it is, and of how many if need be."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done, of=total: bar.update(task, completed=done, total=of)


def agreed(question: str, *, err: bool = False) -> bool:
    """Whether the person says yes to a question.

    Args:
        question: the question.
        err: whether it is asked on the standard error.

    Raises:
        SettingsError: nobody is there who could.
    """
    try:
        return _says_yes(question, err=err)
    except typer.Abort:
        if sys.stdin.isatty():
            raise
        raise SettingsError("nobody_to_ask") from None


def _says_yes(question: str, *, err: bool) -> bool:
    """Ask until there is an answer; in a language with words of its own, these are taken beside y and n."""
    while True:
        answer = typer.prompt(f"{shown(question)} [y/N]", default="", show_default=False, err=err).strip().casefold()
        if answer in {"y", "yes", *every("say_yes")}:
            return True
        if answer in {"", "n", "no", *every("say_no")}:
            return False
        errors.print(t("yes_or_no"), markup=False)


def in_an_editor(text: str) -> str:
    """A text as the person leaves it in their editor ($VISUAL, $EDITOR, or the first of nano and vi there is).

    Raises:
        SettingsError: there is no editor, none was chosen and there is no terminal for one, or it failed.
    """
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not chosen and not sys.stdin.isatty():
        raise SettingsError("no_terminal")
    found = chosen or shutil.which("nano") or shutil.which("vi")
    if not found:
        raise SettingsError("no_editor")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "text.md"
        file.write_text(text, encoding="utf-8")
        try:
            subprocess.run([*shlex.split(found), str(file)], check=True)  # noqa: S603 (the person's own editor)
        except (OSError, subprocess.CalledProcessError) as error:
            raise SettingsError("editor_failed", editor=found, reason=error) from error
        return file.read_text(encoding="utf-8")


def title(name: str) -> None:
    """Show whose text follows, apart from it; where nothing can be drawn, as a line of its own."""
    if console.is_dumb_terminal:
        console.print(name, markup=False)
    else:
        console.rule(Text(name, style="bold"))
    console.print()


def tell(error: RecurrentGPTError, style: str = "red", *, hints: bool = True) -> None:
    """Say what went wrong, and what to type where there is more to say.

    Args:
        error: it.
        style: how it looks.
        hints: whether a command is what can be typed.
    """
    errors.print(told(error), style=style, markup=False, highlight=False, soft_wrap=True)
    if hints and (hint := hint_for(error)):
        errors.print(hint, markup=False, highlight=False, soft_wrap=True)


def warn(line: str) -> None:
    """Say what cannot be done, or goes otherwise than it should."""
    errors.print(Prose(Text(line, style=WARNING)))


def undone(was: StoryRecord, record: StoryRecord) -> str:
    """What an undo took back, and where one is now."""
    if record.branch == was.branch:
        return t("undone", title=record.name)
    if record.mode.asks_for_actions:
        return t("undone_play")
    names = {"title": record.name, "was": was.branch, "branch": record.branch}
    return t("undone_paragraph", count=record.paragraphs, **names)


def printable(text: str) -> str:
    """A text without what a terminal would obey."""
    return "".join(char for char in text if char == "\n" or char.isprintable())


def beside(what: str, thought: str, width: int) -> Text:
    """What is being done, and beside it the end of what a model thinks: one line of so many cells, never markup."""
    line, end = Text(what), " ".join(printable(thought).split())
    left = width - line.cell_len - 3
    while end and cell_len(end) > left:
        end = end[1:]
    return line.append(f"  …{end}" if end else "", style="dim")


class Stream:
    """Writes text piece by piece, breaking lines between words (between characters where there are no spaces)."""

    def __init__(self, to: Console) -> None:
        self._console = to
        self._column = 0
        self._word = ""
        self._gap = ""

    @property
    def has_begun(self) -> bool:
        """Whether a line stands there unfinished."""
        return bool(self._column or self._word)

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
            elif joins(self._word, char):
                self._word += char
            else:
                self._flush()
                self._word = char

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
        if self._column and self._column + width > min(WIDEST, self._console.width - 1):
            self._out("\n")
            self._column, self._gap = 0, ""
            width = cell_len(self._word)
        self._out(self._gap + self._word)
        self._column += width
        self._word = self._gap = ""

    def _out(self, text: str) -> None:
        # Straight to the file: a model's text is never markup, nor a control sequence.
        self._console.file.write(printable(text))
        self._console.file.flush()
