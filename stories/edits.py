"""What a person can change of a story: how each is read, so that an editor opens on it, and written back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ..schemas.errors import StoryStateError
from ..schemas.review import CHANGES
from .beats import set_beat
from .branches import edit, set_chapter, set_premise

if TYPE_CHECKING:
    from .story import Story


class Editable(Protocol):
    """Something of a story that a person can change; its text names it."""

    async def read(self, story: Story) -> str:
        """As it is."""

    async def write(self, story: Story, text: str) -> None:
        """As it is to be."""


@dataclass(frozen=True)
class Paragraph:
    """The text of a paragraph, counted from 1."""

    number: int

    def __str__(self) -> str:
        return f"paragraph {self.number}"

    async def read(self, story: Story) -> str:
        """As it is."""
        return (await story.entry(self.number)).text

    async def write(self, story: Story, text: str) -> None:
        """As it is to be."""
        await edit(story, paragraph=self.number, text=text)


@dataclass(frozen=True)
class Summary:
    """The summary of a paragraph, counted from 1."""

    number: int

    def __str__(self) -> str:
        return f"summary {self.number}"

    async def read(self, story: Story) -> str:
        """As it is."""
        return (await story.entry(self.number)).summary

    async def write(self, story: Story, text: str) -> None:
        """As it is to be."""
        await edit(story, paragraph=self.number, summary=text)


@dataclass(frozen=True)
class Chapter:
    """The title of the chapter that begins with a paragraph, counted from 1; empty where none does."""

    number: int

    def __str__(self) -> str:
        return f"the chapter at paragraph {self.number}"

    async def read(self, story: Story) -> str:
        """As it is."""
        chapters = (await story.state()).get("chapters", [])
        return next((chapter["title"] for chapter in chapters if chapter["seq"] == self.number - 1), "")

    async def write(self, story: Story, text: str) -> None:
        """As it is to be."""
        await set_chapter(story, self.number, text)


class Memory:
    """The short-term memory."""

    def __str__(self) -> str:
        return "the short-term memory"

    async def read(self, story: Story) -> str:
        """As it is."""
        return (await story.state()).get("short_term_memory", "")

    async def write(self, story: Story, text: str) -> None:
        """As it is to be."""
        await edit(story, short_term_memory=text)


@dataclass(frozen=True)
class Premise:
    """A field of the premise, from here on."""

    name: str

    def __str__(self) -> str:
        return f"the {self.name.replace('_', ' ')}"

    async def read(self, story: Story) -> str:
        """As it is."""
        return str((await story.state()).get(self.name, ""))

    async def write(self, story: Story, text: str) -> None:
        """As it is to be.

        Raises:
            StoryStateError: it is empty, and the story cannot be without it.
        """
        if not text.strip() and not CHANGES[self.name].may_be_empty:
            raise StoryStateError("text_empty")
        await set_premise(story, self.name, text)


class Beat:
    """The part of the outline, counted from 1, that is told now."""

    def __str__(self) -> str:
        return "which part of the outline is told now"

    async def read(self, story: Story) -> str:
        """As it is."""
        return str((await story.state()).get("beat", 0) + 1)

    async def write(self, story: Story, text: str) -> None:
        """As it is to be: a number."""
        await set_beat(story, int(text))
