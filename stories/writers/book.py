"""A book, before it has a format: its chapters, and what a reader is to have besides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from ...prompts import phrase
from ...schemas.characters import readable
from ...schemas.languages import language_named
from ...schemas.light_markdown import Paragraph, Run, write_paragraph
from ...schemas.manuscript import Chapter, Manuscript, of_passages, that_divide

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...schemas.languages import Language
    from ...schemas.state import Chapter as Begins

Layout = Literal["book", "manuscript"]
"""How a Word document is set: as a book, or as publishers ask for a manuscript."""

_NO_TITLE = "***"


@dataclass(frozen=True)
class Topic:
    """What the codex has of somebody or something: its name, and the facts that hold."""

    name: str
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Passage:
    """What a script is told of a passage, besides its text."""

    number: int
    summary: str = ""
    plan: str = ""


@dataclass(frozen=True)
class Book:
    """What a reader gets of a story.

    Attributes:
        story_id: whose book it is.
        title: its title; may be empty.
        language: a BCP 47 tag.
        paragraphs: the story's passages, in order, in light Markdown.
        begins: where its chapters begin (places from 0), in order.
        author: who is named as the author; may be empty.
        synopsis: what the book tells in few words, where its reader is to have that first.
        notes: what clashes in it, where its reader is to have that at its end.
        codex: who and what is in it, where its reader is to have that at its end.
        layout: how a Word document is set.
        contact: lines at the head of a manuscript: name, address, mail.
        told: of each passage what a script is told besides.
    """

    story_id: str
    title: str
    language: str
    paragraphs: tuple[str, ...]
    begins: tuple[Begins, ...] = ()
    author: str = ""
    synopsis: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    codex: tuple[Topic, ...] = ()
    layout: Layout = "book"
    contact: tuple[str, ...] = ()
    told: tuple[Passage, ...] = ()

    @property
    def spoken(self) -> Language:
        """The language it is written in."""
        return language_named(self.language)

    @property
    def story(self) -> Manuscript:
        """The story alone, as a manuscript of characters that every format knows.

        A scene break at the edge of a chapter divides nothing, and is in no book: one that comes back is the same.
        """
        made = of_passages(
            [readable(text) for text in self.paragraphs],
            self.begins,
            title=_one_line(self.title),
            author=_one_line(self.author),
            language=self.language,
        )
        return replace(made, chapters=tuple(map(_divided, made.chapters)))

    @property
    def manuscript(self) -> Manuscript:
        """All of it: a synopsis before the story, notes and codex behind it.

        Beside them the story has a title in any case: one sees where it begins.
        """
        before, after = self._before(), self._after()
        made = self.story
        chapters = list(made.chapters)
        if (before or after) and chapters and not chapters[0].title:
            chapters[0] = replace(chapters[0], title=made.title or _NO_TITLE)
        return replace(made, chapters=(*before, *chapters, *after))

    def _before(self) -> list[Chapter]:
        if not self.synopsis:
            return []
        return [Chapter(phrase("heading_synopsis", self.spoken), _plain(self.synopsis), "front")]

    def _after(self) -> list[Chapter]:
        made = []
        if self.codex:
            made.append(Chapter(phrase("book_codex", self.spoken), (), "back"))
            made.extend(Chapter(_one_line(topic.name), _plain(topic.facts), "back", 2) for topic in self.codex)
        if self.notes:
            made.append(Chapter(phrase("book_notes", self.spoken), _plain(self.notes), "back"))
        return made


def _plain(texts: Sequence[str]) -> tuple[str, ...]:
    """Texts that no one wrote as light Markdown, as paragraphs of it."""
    found = (readable(text).strip() for text in texts)
    return tuple(write_paragraph(Paragraph((Run(text),))) for text in found if text)


def _divided(chapter: Chapter) -> Chapter:
    """A chapter with a title in one line, and with scene breaks only where they divide something."""
    told = chapter.paragraphs
    return replace(chapter, title=_one_line(chapter.title), paragraphs=tuple(told[at] for at in that_divide(told)))


def _one_line(text: str) -> str:
    return " ".join(readable(text).split("\n")).strip()
