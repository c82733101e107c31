"""Chapters: whether the step's paragraph begins one, and what it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..prompts import PromptSpec
from . import arc
from .answers import Answer, Line
from .asking import AnswerSpec
from .messages import messages_after_paragraph

if TYPE_CHECKING:
    from ..schemas.state import StoryState
    from .gate import Update
    from .turn import Turn

_TITLE = 60
_TITLES = 12
"""Titles of chapters, the last ones, that whoever plans is told."""

CHAPTER_TITLE = PromptSpec("chapter_title")


class ChapterTitle(Answer):
    """What the chapter is called."""

    chapter: Line


def begins_chapter(state: StoryState, turn: Turn) -> bool:
    """Whether the next paragraph begins a chapter: somebody said so, or the last chapter has its length.

    A chapter that nobody asked for does not begin with the last paragraph of the book.
    """
    return begins_next(state, turn.context.chapter_paragraphs, turn.memory.length)


def begins_next(state: StoryState, size: int | None, length: int) -> bool:
    """The same of a story of so many paragraphs, whose chapters have a size or none."""
    if state.get("next_chapter") is not None:
        return True
    if size is None or arc.is_last(state):
        return False
    last = max((chapter["seq"] for chapter in state.get("chapters", [])), default=0)
    return length - last >= size


def hint_for_plans(state: StoryState, turn: Turn) -> str:
    """What whoever plans is told of chapters: what the last ones are called, and that the next paragraph begins one."""
    titles = " · ".join(chapter["title"] for chapter in state.get("chapters", [])[-_TITLES:])
    hints = [turn.phrase("chapters_so_far", titles=titles)] if titles else []
    if begins_chapter(state, turn):
        title = state.get("next_chapter")
        hints.append(
            turn.phrase("plans_open_chapter_titled", title=title) if title else turn.phrase("plans_open_chapter")
        )
    return "\n".join(hints)


async def begin_chapter(state: StoryState, turn: Turn, seq: int) -> Update:
    """Begin a chapter at the place ``seq``, with the title that somebody gave it or else one of the model's."""
    title = state.get("next_chapter") or ""
    if not title:
        messages = messages_after_paragraph(state, turn, turn.prompt(CHAPTER_TITLE).fill())
        title = (await turn.ask(messages, ChapterTitle, AnswerSpec({"chapter": {"maxLength": _TITLE}}))).chapter
    return {"chapters": [*state.get("chapters", []), {"title": title, "seq": seq}], "next_chapter": None}
