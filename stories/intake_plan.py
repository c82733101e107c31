"""What a person says of a file before it is read: what it is called, which chapters are taken, joined and split.

As TOML it can be written, edited and read again (``recurrentgpt import --save-plan``, ``--plan``).
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..schemas.errors import SettingsError, StorageError
from ..schemas.field_problems import describe
from ..schemas.light_markdown import as_text
from ..schemas.limits import LIMITS
from ..schemas.review import MAX_CHAPTER
from .readers import Why  # noqa: TC001 (pydantic reads it)

if TYPE_CHECKING:
    from pathlib import Path

    from ..schemas.manuscript import Chapter, Manuscript
    from .readers import Reading

_STRICT = ConfigDict(extra="forbid", frozen=True)
_FIRST_WORDS = 40


class Split(BaseModel):
    """Where a chapter is divided: the paragraph (from 1) that the new one begins with, and its title."""

    model_config = _STRICT

    at: int = Field(ge=2)
    title: str = Field(default="", max_length=MAX_CHAPTER)


class ChapterPlan(BaseModel):
    """What is to become of a chapter.

    Attributes:
        number: its place in the file, from 1.
        title: another title; ``None``: as it is.
        take: whether it is story.
        join: whether its text goes on the chapter before, without a title of its own.
        split: where others begin in it.
    """

    model_config = _STRICT

    number: int = Field(ge=1)
    title: str | None = Field(default=None, max_length=MAX_CHAPTER)
    take: bool = True
    join: bool = False
    split: tuple[Split, ...] = ()


class IntakePlan(BaseModel):
    """What a person says of a file.

    Attributes:
        title: the book's; ``None``: as the file has it.
        author: who wrote it; ``None``: as the file has it.
        language: a BCP 47 tag; empty: as it seems to be.
        encoding: of its text; empty: it is found out.
        keep: reasons for which nothing is left out, because that is story.
        chapters: those of which something is said; the others are taken as they are.
    """

    model_config = _STRICT

    title: str | None = Field(default=None, max_length=LIMITS["chapter_title"])
    author: str | None = Field(default=None, max_length=LIMITS["author"])
    language: str = ""
    encoding: str = ""
    keep: tuple[Why, ...] = ()
    chapters: tuple[ChapterPlan, ...] = ()


def read_plan(path: Path) -> IntakePlan:
    """A plan from a file of TOML.

    Raises:
        StorageError: the file cannot be read.
        SettingsError: it is no such plan.
    """
    try:
        return IntakePlan.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise StorageError("file_unreadable", path=path, reason=error.strerror or error) from error
    except ValidationError as error:
        raise SettingsError("intake_plan_unusable", path=path, problems=describe(error)) from error
    except ValueError as error:
        raise SettingsError("intake_plan_unusable", path=path, problems=[str(error)]) from error


def plan_text(reading: Reading, language: str) -> str:
    """What was read as a plan that changes nothing, in TOML: to be edited."""
    manuscript = reading.manuscript
    lines = [
        f"title = {_quoted(manuscript.title)}",
        f"author = {_quoted(manuscript.author)}",
        f"language = {_quoted(language)}",
        f"keep = []  # {', '.join(left.why for left in reading.left_out)}" if reading.left_out else "keep = []",
    ]
    for number, chapter in enumerate(manuscript.chapters, start=1):
        first = as_text(chapter.paragraphs[0])[:_FIRST_WORDS] if chapter.paragraphs else ""
        lines += [
            "",
            "[[chapters]]" + (f"  # {' '.join(first.split())}" if first else ""),
            f"number = {number}",
            f"title = {_quoted(chapter.title)}",
            "take = true",
            "join = false",
            "split = []",
        ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def planned(manuscript: Manuscript, plan: IntakePlan) -> Manuscript:
    """A manuscript as a person wants it.

    Raises:
        SettingsError: a chapter or a paragraph that is named is not there, or nothing is taken.
    """
    wanted = {chapter.number: chapter for chapter in plan.chapters}
    if unknown := [number for number in wanted if number > len(manuscript.chapters)]:
        raise SettingsError("intake_no_chapter", number=unknown[0], last=len(manuscript.chapters))
    chapters: list[Chapter] = []
    for number, chapter in enumerate(manuscript.chapters, start=1):
        said = wanted.get(number, ChapterPlan(number=number))
        if not said.take:
            continue
        first, *others = _split(chapter, said)
        if said.join and chapters:
            before = chapters[-1]
            chapters[-1] = replace(before, paragraphs=before.paragraphs + first.paragraphs)
        else:
            chapters.append(first)
        chapters.extend(others)
    if not any(chapter.paragraphs for chapter in chapters):
        raise SettingsError("intake_takes_nothing")
    return replace(
        manuscript,
        title=manuscript.title if plan.title is None else plan.title,
        author=manuscript.author if plan.author is None else plan.author,
        language=plan.language or manuscript.language,
        chapters=tuple(chapters),
    )


def _split(chapter: Chapter, said: ChapterPlan) -> list[Chapter]:
    title = chapter.title if said.title is None else " ".join(said.title.split())
    count = len(chapter.paragraphs)
    splits = sorted(said.split, key=lambda split: split.at)
    for split in splits:
        if split.at > count:
            raise SettingsError("intake_no_paragraph", number=split.at, chapter=said.number, last=count)
    begins = [0, *(split.at - 1 for split in splits)]
    titles = [title, *(split.title or _first_words(chapter.paragraphs[split.at - 1]) for split in splits)]
    pieces = zip(titles, begins, [*begins[1:], count], strict=True)
    return [replace(chapter, title=name, paragraphs=chapter.paragraphs[first:end]) for name, first, end in pieces]


def _first_words(paragraph: str) -> str:
    """What a chapter without a title is called: how it begins."""
    words = " ".join(as_text(paragraph).split())
    return words if len(words) <= _FIRST_WORDS else f"{words[:_FIRST_WORDS].rstrip()}…"
