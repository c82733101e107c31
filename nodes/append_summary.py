"""Input gate of the cell state: sum the new paragraph up and append it to the long-term memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..prompts import PromptSpec
from .answers import Answer, Line
from .asking import AnswerSpec
from .chapters import CHAPTER_TITLE, ChapterTitle, begin_chapter, begins_chapter
from .gate import GateRecord, Update, gate
from .messages import messages_after_paragraph

if TYPE_CHECKING:
    from ..schemas.state import StoryState
    from .turn import Turn

SUMMARY = 480
"""Characters a summary may have."""

PROMPT = PromptSpec("append_summary")


class Summary(Answer):
    """One or two sentences on the new paragraph."""

    summary: Line


@gate(
    GateRecord(
        role="cell state",
        label="Summary",
        busy="Summing up for the long-term memory",
        prompts=(PROMPT, CHAPTER_TITLE),
        answers=(Summary, ChapterTitle),
        settings=("chapter_paragraphs",),
        shows=frozenset({"passage"}),
        shares_the_conversation=True,
    )
)
async def append_summary(state: StoryState, turn: Turn) -> Update:
    """Sum up, then write: what is written was checkpointed before, so a replay writes nothing new.

    A paragraph that a person edited takes the place of the old one on this path.
    """
    messages = messages_after_paragraph(state, turn, turn.prompt(PROMPT).fill())
    answer = await turn.ask(messages, Summary, AnswerSpec({"summary": {"maxLength": SUMMARY}}))
    if state.get("edited"):
        path = await turn.memory.replace_last(state["paragraph"], answer.summary)
        return {"lineage": path.to_json()}
    chapter: Update = {}
    if begins_chapter(state, turn):
        chapter = await begin_chapter(state, turn, turn.memory.length)
    path = await turn.memory.append((state["paragraph"], answer.summary), plan=state["plan"]["text"])
    return {**chapter, "lineage": path.to_json()}
