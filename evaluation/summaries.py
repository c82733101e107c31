"""Summaries only: what a long-running chat does that sums up as it goes. Every summary is shown while there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..models.window import count_tokens
from ..nodes.answers import Answer, Line
from ..nodes.asking import AnswerSpec
from ..schemas.errors import SettingsError
from .asking import ask
from .baselines import Baseline, budget
from .novel import Page, VisibleContext

if TYPE_CHECKING:
    from .writers import Assignment, Book

_SUMMARY = 500
"""Characters of a summary."""


class Summary(Answer):
    """What a paragraph told."""

    summary: Line


class Summaries(Baseline):
    """The summary of every paragraph, the newest first to be kept where the budget ends, and the last paragraph."""

    def __init__(self, assignment: Assignment) -> None:
        super().__init__(assignment)
        self._summaries: list[str] = []

    def begin(self) -> list[str]:
        """Open the novel, and sum up what stands before its last paragraph."""
        opening = super().begin()
        self._summaries = [summed_up(self.book, text) for text in opening]
        return opening

    def write_next(self) -> Page:
        """One call for the paragraph, one for its summary."""
        text = self.book.prose(self._prompt(self._shown()))
        self._summaries.append(summed_up(self.book, text))
        return Page(text=text)

    def sight(self, plan: str) -> VisibleContext:  # noqa: ARG002 (it makes no plans)
        """The summaries and the last paragraph."""
        shown, last = self._shown(), self.book.texts[-1]
        stored = "\n".join(self._summaries)
        return VisibleContext(recalled=shown, text=last, stored=stored, prompt=f"{shown}\n\n{last}")

    def _shown(self) -> str:
        """As many of the latest summaries as fit; that of the last paragraph, which stands there itself, is not one."""
        limit = budget(self.book.assignment)
        messages = self.book.messages(self._prompt(""))
        room = limit - count_tokens("\n".join(message.text for message in messages))
        if room < 0:
            raise SettingsError("window_too_small", tokens=limit)
        kept: list[str] = []
        for summary in reversed(self._summaries[:-1]):
            room -= count_tokens(f"{summary}\n")
            if room < 0:
                break
            kept.insert(0, summary)
        return "\n".join(kept)

    def _prompt(self, summaries: str) -> str:
        return self.book.load("with_summaries").fill(
            summaries=summaries,
            last_paragraph=self.book.texts[-1],
            paragraph_sentences=self.context.paragraph_sentences,
        )


def summed_up(book: Book, text: str) -> str:
    """A paragraph's summary, by a call of its own."""
    turn = book.assignment.turn("sum_up")
    spec = AnswerSpec({"summary": {"maxLength": _SUMMARY}})
    return ask(turn, book.messages(book.load("sum_up").fill(text=text)), Summary, spec).summary
