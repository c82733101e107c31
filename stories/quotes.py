"""The quotation marks of a story's language, in what a person writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..schemas.typography import typographic

if TYPE_CHECKING:
    from .story import Story


def set_in(story: Story, text: str) -> str:
    """A text with its straight quotation marks and apostrophes as the story's language prints them."""
    return typographic(text, story.record.language)
