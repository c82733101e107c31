"""Make memory of the opening: the first short-term memory, and its paragraphs in the long-term memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..prompts import PromptSpec
from ..schemas.dialects import FULL
from ..schemas.state import SETTLED
from .answers import Answer, Lines
from .append_summary import SUMMARY, remembered
from .asking import AnswerSpec
from .chapters import CHAPTER_TITLE, ChapterTitle, begin_chapter
from .clash_notes import clash_notes
from .fact_answers import TellsFacts
from .gate import GateRecord, Update, gate
from .generate_paragraph import PASSAGE
from .memory_view import NewPassage
from .messages import FACT_RULES, messages_after_paragraph
from .noting import NOTE_FACTS, Noted, Request, note
from .rewrite_short_term import ALONE_PROMPT, MemoryAlone, ShortTermMemory, new_memory
from .rewrite_short_term import PROMPT as MEMORY_PROMPT
from .rewrite_short_term import task as memory_task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..schemas.state import StoryState
    from .turn import Turn

PROMPT = PromptSpec("summarise_opening", required=("passages", "count"))


class Summaries(Answer):
    """A summary of each opening paragraph, in order."""

    numbered = frozenset({"summaries"})

    summaries: Lines


class SummariesAndFacts(TellsFacts, Summaries):
    """The summaries, what the opening makes true, and what it changes of what was true."""


PROMPTS = (MEMORY_PROMPT, ALONE_PROMPT, PROMPT, PASSAGE, NOTE_FACTS, FACT_RULES)
ANSWERS: tuple[type[Answer], ...] = (ShortTermMemory, MemoryAlone, SummariesAndFacts, Summaries)
"""What is sent to remember several paragraphs, and what is asked for."""


@gate(
    GateRecord(
        role="first memories",
        label="Memory of the opening",
        busy="Making memory of the opening",
        prompts=(*PROMPTS, CHAPTER_TITLE),
        answers=(*ANSWERS, ChapterTitle),
        shows=frozenset({"passage", "memory"}),
        shares_the_conversation=True,
    )
)
async def store_opening(state: StoryState, turn: Turn) -> Update:
    """Remember the opening that ``open_story`` left in the state; on a story that has begun, do nothing."""
    if state["lineage"]:
        return dict(SETTLED)
    update = await remember(state, turn)
    if turn.context.chapter_paragraphs is not None:
        update |= await begin_chapter(state, turn, 0)
    return update


async def remember(state: StoryState, turn: Turn) -> Update:
    """Rewrite the short-term memory for the paragraphs in ``opening``, sum them up, and append them."""
    before = state.get("short_term_memory", "")
    memory = await new_memory(turn, messages_after_paragraph(state, turn, memory_task(turn, before)))
    noted = await _summaries(state, turn)
    texts = zip(state["opening"], noted.answer.summaries, noted.knowledge, strict=True)
    kept = await turn.memory.append(*(NewPassage(*text) for text in texts))
    told = remembered(kept, noted.left_out)
    return {**memory, "previous_memory": before, **told, **clash_notes(state, kept, noted.clashes)}


async def _summaries(state: StoryState, turn: Turn) -> Noted[Summaries]:
    """One summary a paragraph of the opening, and their facts."""
    request = asked_for_summaries(turn, state["opening"], turn.memory.length + 1)
    return await note(state, turn, request, state["opening"])


def asked_for_summaries(turn: Turn, texts: Sequence[str], first: int) -> Request[Summaries]:
    """The request for a summary of each paragraph.

    Args:
        turn: the gate's.
        texts: the paragraphs, in order.
        first: the number of the first of them in the book, from 1.
    """
    count = len(texts)
    passage = turn.prompt(PASSAGE)
    numbered = enumerate(texts, start=first)
    # One alone stands just above, in the conversation; a small model is shown it right before it is asked.
    is_shown = count > 1 or turn.has_own(PROMPT) or turn.dialect is not FULL
    shown = "\n\n".join(passage.fill(seq=number, text=text) for number, text in numbered) if is_shown else ""
    spec = AnswerSpec(
        bounds={"summaries": {"minItems": count, "maxItems": count}, "summaries.items": {"maxLength": SUMMARY}},
        counts={"summaries": count},
    )

    def problem_of(answer: Summaries) -> str:
        found = len(answer.summaries)
        return "" if found == count else turn.phrase("problem_summary_count", count=found, wanted=count)

    return Request(
        turn.prompt(PROMPT).fill(passages=shown, count=count), Summaries, SummariesAndFacts, spec, problem_of
    )
