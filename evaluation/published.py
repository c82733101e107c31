"""RecurrentGPT as its paper describes it (arXiv 2305.13304, section 3), written from the paper alone.

A step is one call: from the short-term memory, the last paragraph, the plan and a few memories it makes the next
paragraph, the new short-term memory with its rationale, and the next plans. What is kept for the long term are
summaries of all paragraphs, searched by the likeness of the plan. The published code does otherwise: see ``original``.
"""

from __future__ import annotations

from typing import ClassVar, cast

from ..nodes.answers import Line  # noqa: TC001 (Pydantic reads the annotations)
from .original import OneCall, Original
from .summaries import summed_up


class PublishedStep(OneCall):
    """Everything of a step in one answer, with the summary that the long-term memory keeps."""

    summary: Line


class Published(Original):
    """RecurrentGPT as published: one call a step; the memory is a summary of every paragraph, top 3 by cosine."""

    step: ClassVar[str] = "published_step"
    answer: ClassVar[type[OneCall]] = PublishedStep
    most_recalled: ClassVar[int] = 3

    def memories_of_opening(self, opening: list[str]) -> list[str]:
        """A summary of each paragraph, a call each."""
        return [summed_up(self.book, text) for text in opening]

    def memory_of(self, answer: OneCall, text: str) -> str:  # noqa: ARG002 (its parent keeps it)
        """The summary that came with the paragraph."""
        return cast("PublishedStep", answer).summary
