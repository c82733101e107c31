"""What the baselines share, and the two that know nothing but the end of the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..models.window import TOKENS_A_SENTENCE, UNKNOWN
from .novel import Page, VisibleContext
from .writers import Book

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..schemas.context import Context
    from .writers import Assignment


class Baseline:
    """What all baselines have: a book that is opened as ours is."""

    def __init__(self, assignment: Assignment) -> None:
        self.book = Book(assignment)
        self.context: Context = assignment.context

    @property
    def title(self) -> str:
        """The novel's title."""
        return self.book.premise.get("title", "")

    def begin(self) -> list[str]:
        """Open the novel."""
        return self.book.begin()

    def threads(self) -> None:
        """It keeps no record of open questions."""

    def close(self) -> None:
        """Nothing is held."""


class Window(Baseline):
    """The next paragraph from the end of the text alone: a rolling window, or all of it while it fits."""

    def __init__(self, assignment: Assignment, limit: Callable[[Assignment], int]) -> None:
        """A writer without memory.

        Args:
            assignment: what is to be written.
            limit: how many tokens its prompts may have.
        """
        super().__init__(assignment)
        self._limit = limit

    def write_next(self) -> Page:
        """One call."""
        return Page(text=self.book.prose(self._prompt(self._text())))

    def sight(self, plan: str) -> VisibleContext:  # noqa: ARG002 (it makes no plans)
        """What is left of the text."""
        return VisibleContext(text=self._text(), prompt=self._text())

    def _text(self) -> str:
        return self.book.end_of_text(self._prompt(""), self._limit(self.book.assignment))

    def _prompt(self, text: str) -> str:
        return self.book.load("continue_text").fill(text=text, paragraph_sentences=self.context.paragraph_sentences)


def budget(assignment: Assignment) -> int:
    """Tokens that every system's prompts may have, but full context's."""
    return assignment.context.prompt_tokens or UNKNOWN


def whole_window(assignment: Assignment) -> int:
    """Tokens that the model's window leaves for a prompt."""
    window = assignment.resources.chat_models.resolve(assignment.context).window() or UNKNOWN
    return window - TOKENS_A_SENTENCE * assignment.context.paragraph_sentences
