"""Taking in a manuscript: it is looked at first, as a whole, and read into a story only when a person says so.

Looking writes nothing: of a file that is refused nothing stays.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from ..nodes.not_a_story import likely_language
from ..schemas.languages import guessed, language_named
from ..schemas.light_markdown import as_text
from ..schemas.limits import LIMITS
from ..schemas.modes import AUTHOR
from ..schemas.story_input import read_input, read_language
from .beginning import check_settings
from .importing import append, keep_manuscript
from .intake_plan import IntakePlan, planned
from .manuscript import ToRead, to_read
from .readers import read_file
from .reading_cost import cost_of_reading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ..schemas.context import Context
    from ..schemas.languages import Language
    from ..schemas.manuscript import Chapter, Kind, Manuscript
    from .library import Library
    from .readers import Reading
    from .reading_cost import ReadingCost
    from .record import StoryRecord
    from .story import Story

_WORDS = 60
_SAMPLE = 20_000


class TakenUp(NamedTuple):
    """A manuscript that was taken up: its story, which has still to read it, and what it is."""

    record: StoryRecord
    manuscript: ToRead


class ShownChapter(NamedTuple):
    """A chapter as it is shown.

    Attributes:
        number: from 1.
        title: of the chapter; may be empty.
        kind: what it is.
        level: of its heading, 1 the highest.
        first_words: how it begins.
        length: in words, or in characters where the language counts so.
        paragraphs: how many.
    """

    number: int
    title: str
    kind: Kind
    level: int
    first_words: str
    length: int
    paragraphs: int


@dataclass(frozen=True)
class Looked:
    """A file that was looked at.

    Attributes:
        reading: what is in it, and what was left out.
        manuscript: what would be taken, as the plan says.
        language: what it is in.
        chapters: of the file, as they are shown.
        cost: about what reading what would be taken takes.
    """

    reading: Reading
    manuscript: Manuscript
    language: Language
    chapters: tuple[ShownChapter, ...]
    cost: ReadingCost

    @property
    def as_chapter(self) -> Manuscript:
        """What would be taken, where the file is a chapter of a book: its only heading is what that is called.

        Of a book by itself, such a heading is the title.
        """
        heading = [out.text for out in self.reading.left_out if out.why == "title_page" and out.count == 1]
        chapters = self.manuscript.chapters
        if len(chapters) != 1 or chapters[0].title or heading != [self.manuscript.title]:
            return self.manuscript
        return replace(self.manuscript, title="", chapters=(replace(chapters[0], title=heading[0]),))


async def look(library: Library, path: Path, context: Context, plan: IntakePlan, *, language: str = "") -> Looked:
    """Look at a manuscript: what would be read of it, and what that takes.

    Args:
        library: where it would go.
        path: the file or folder.
        context: the settings it would be read with.
        plan: what a person says of it.
        language: what it is in, where a person says that; else it is found out.

    Raises:
        SettingsError: the plan names what is not there, or the file's name ends with no known format.
        StorageError: the file cannot be read.
    """
    return await asyncio.to_thread(_look, library, path, context, plan, language)


def _look(library: Library, path: Path, context: Context, plan: IntakePlan, language: str) -> Looked:
    named = plan.language or language
    known = language_named(read_language({"language": named}))
    reading = read_file(path, known, encoding=plan.encoding, keep=plan.keep)
    told = known if named else _language_of(reading.manuscript)
    manuscript = planned(reading.manuscript, plan)
    chapters = tuple(
        _shown(number, chapter, told) for number, chapter in enumerate(reading.manuscript.chapters, start=1)
    )
    passages = to_read(manuscript, told).paragraphs
    return Looked(reading, manuscript, told, chapters, cost_of_reading(library, passages, context))


def replanned(looked: Looked, plan: IntakePlan, library: Library, context: Context) -> Looked:
    """A file that was looked at already, with what another plan would take of it and what that costs.

    Raises:
        SettingsError: the plan names what is not there.
    """
    manuscript = planned(looked.reading.manuscript, plan)
    passages = to_read(manuscript, looked.language).paragraphs
    return replace(looked, manuscript=manuscript, cost=cost_of_reading(library, passages, context))


def _language_of(manuscript: Manuscript) -> Language:
    """What a manuscript is in: by its script, its small words, or what its file says."""
    text = as_text("\n\n".join(manuscript.paragraphs[:400]))[:_SAMPLE]
    by_script = guessed(text)
    if by_script.script:
        return by_script
    return language_named(read_language({"language": likely_language(text) or _tag(manuscript.language)}))


def _tag(language: str) -> str:
    """A tag that a file gives, if it is one."""
    tag = language.strip().replace("_", "-")
    return tag if tag.replace("-", "").isalnum() and tag.isascii() and len(tag) <= 20 and tag != "und" else ""  # noqa: PLR2004


def _shown(number: int, chapter: Chapter, language: Language) -> ShownChapter:
    first = " ".join(as_text(chapter.paragraphs[0]).split()) if chapter.paragraphs else ""
    length = sum(language.count(as_text(paragraph)) for paragraph in chapter.paragraphs)
    words = first if len(first) <= _WORDS else f"{first[:_WORDS].rstrip()}…"
    return ShownChapter(number, chapter.title, chapter.kind, chapter.level, words, length, len(chapter.paragraphs))


async def take_in(
    library: Library, looked: Looked, given: Mapping[str, object], context: Context, *, name: str
) -> TakenUp:
    """Begin a story that reads a manuscript when it is next run, and is written on from its end.

    Args:
        library: where to.
        looked: the manuscript, as it was looked at.
        given: what a person says of it besides: a title, a genre, an outline.
        context: the settings.
        name: its title where neither the person nor the file has one.

    Raises:
        RecurrentGPTError: a setting cannot work, or the data folder cannot be written.
    """
    found = to_read(looked.manuscript, looked.language)
    title = str(given.get("title") or found.title or name)
    author = str(given.get("author") or looked.manuscript.author)[: LIMITS["author"]]
    tag = looked.language.tag
    story = read_input({**given, "topic": title, "title": title, "author": author, "language": tag})
    await asyncio.to_thread(check_settings, library, context, AUTHOR, tag)
    record = library.begin(story, context, before=lambda folder: keep_manuscript(folder, found))
    return TakenUp(record, found)


async def follow(story: Story, looked: Looked) -> TakenUp:
    """Let a manuscript follow the last passage of a story, which reads it when it is next run.

    Args:
        story: the open story.
        looked: the manuscript, as it was looked at.

    Raises:
        StoryStateError: a step is under way, or another manuscript is still being read.
        StorageError: the data folder cannot be written.
    """
    found = to_read(looked.manuscript, story.record.language)
    await append(story, found)
    return TakenUp(story.record, found)


async def take_up(
    library: Library, path: Path, given: Mapping[str, object], context: Context, *, name: str = ""
) -> TakenUp:
    """Take up a manuscript as it is: a story is begun that reads it when it is next run.

    Args:
        library: where to.
        path: the file or folder.
        given: what a person says of it: its language, and a title, a genre, an outline.
        context: the settings.
        name: its title where neither the person nor the file has one.

    Raises:
        RecurrentGPTError: the file cannot be read, a setting cannot work, or the data folder cannot be written.
    """
    looked = await look(library, path, context, IntakePlan(), language=str(given.get("language") or ""))
    return await take_in(library, looked, given, context, name=name or path.stem)
