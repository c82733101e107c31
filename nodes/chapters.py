"""Chapters: whether the step's paragraph begins one, and what it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..memory import Lineage
from .answers import Answer, Line
from .conversation import after_paragraph
from .gate import Gate, Update, Wanted

if TYPE_CHECKING:
    from ..schemas.state import StoryState
    from .effects import Steps

_TITLE = 60


class ChapterTitle(Answer):
    """What the chapter is called."""

    chapter: Line


def begins_chapter(state: StoryState, gate: Gate) -> bool:
    """Whether the paragraph of this step begins a chapter: somebody said so, or the last chapter has its length."""
    if state.get("next_chapter") is not None:
        return True
    size = gate.context.chapter_paragraphs
    if size is None:
        return False
    last = max((chapter["seq"] for chapter in state.get("chapters", [])), default=0)
    return Lineage.from_json(state["lineage"]).length - last >= size


def begin_chapter(state: StoryState, gate: Gate, seq: int) -> Steps[Update]:
    """Begin a chapter at the place ``seq``, with the title that somebody gave it or else one of the model's."""
    title = state.get("next_chapter") or ""
    if not title:
        wanted = Wanted(bounds={"chapter": {"maxLength": _TITLE}}, counts={})
        messages = after_paragraph(state, gate, gate.prompt("chapter_title").fill())
        title = (yield from gate.ask(messages, ChapterTitle, wanted)).chapter
    return {"chapters": [*state.get("chapters", []), {"title": title, "seq": seq}], "next_chapter": None}
