"""Input gate of the cell state: sum the new paragraph up and append it to the long-term memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..prompts import PromptSpec
from ..schemas.state import StepKnowledge
from .answers import Answer, Line
from .asking import AnswerSpec
from .chapters import CHAPTER_TITLE, ChapterTitle, begin_chapter
from .clash_notes import clash_notes
from .fact_answers import TellsFacts
from .gate import GateRecord, Update, gate
from .likeness import is_edited
from .memory_view import NewPassage, Remembered
from .messages import FACT_RULES
from .noting import NOTE_FACTS, Request, note

if TYPE_CHECKING:
    from ..schemas.state import StoryState
    from .turn import Turn

SUMMARY = 480
"""Characters a summary may have."""

PROMPT = PromptSpec("append_summary")


class Summary(Answer):
    """One or two sentences on the new paragraph."""

    summary: Line


class SummaryAndFacts(TellsFacts, Summary):
    """The summary, what the new paragraph makes true, and what it changes of what was true."""


@gate(
    GateRecord(
        role="cell state",
        label="Summary",
        busy="Summing up for the long-term memory",
        prompts=(PROMPT, NOTE_FACTS, FACT_RULES, CHAPTER_TITLE),
        answers=(SummaryAndFacts, Summary, ChapterTitle),
        settings=("use_facts",),
        shows=frozenset({"passage"}),
        shares_the_conversation=True,
    )
)
async def append_summary(state: StoryState, turn: Turn) -> Update:
    """Sum up, then write: what is written was checkpointed before, so a replay writes nothing new.

    A paragraph that a person edited takes the place of the old one on this path. A summary that a person wrote stays,
    unless the text is another one.
    """
    text = state["paragraph"]
    before = (await turn.memory.read(turn.memory.length - 1))[0] if state.get("edited") else None
    spec = AnswerSpec({"summary": {"maxLength": SUMMARY}})
    task = turn.prompt(PROMPT).fill()
    if len(state.get("opening", [])) > 1:  # The conversation shows all of it.
        task = f"{turn.phrase('only_this', text=text)}\n\n{task}"
    request = Request(task, Summary, SummaryAndFacts, spec)
    noted = await note(state, turn, request, [text], before.knowledge if before else None)
    summary = noted.answer.summary
    if before and before.is_put_right and is_edited(before.text, text, turn.language):
        summary = before.summary  # A person wrote it.
    new = NewPassage(text, summary, noted.knowledge[0])
    chapter: Update = {}
    if before:
        kept = await turn.memory.replace_last(new)
    else:
        if state.get("next_chapter") is not None:
            chapter = await begin_chapter(state, turn, turn.memory.length)
        kept = await turn.memory.append(new, plan=state["plan"]["text"])
    return {**chapter, **remembered(kept, noted.left_out), **clash_notes(state, kept, noted.clashes)}


def remembered(kept: Remembered, left_out: int) -> Update:
    """The state after passages were remembered: what stands in the memory counts, also where it stood before."""
    known = [entry.knowledge for entry in kept.entries if entry.knowledge]
    return {
        "lineage": kept.path.to_json(),
        "summary": kept.entries[-1].summary,
        "knowledge": StepKnowledge(
            facts=[fact.to_json() for knowledge in known for fact in knowledge.facts],
            changes=[change.to_json() for knowledge in known for change in knowledge.changes],
            left_out=left_out,
        ),
    }
