"""Forget and input gate of the hidden state: rewrite the short-term memory, and say why (paper, section 3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from ..prompts import PromptSpec
from ..schemas.dialects import FULL
from .answers import SHORT, Answer, Line, Lines
from .asking import AnswerSpec
from .gate import GateRecord, Update, gate
from .messages import messages_after_paragraph

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from ..schemas.state import StoryState
    from .turn import Turn

_RATIONALE, _RATIONALE_A_SENTENCE = 800, 80

_SIZES = ("memory_min_sentences", "memory_max_sentences")
_OPTIONAL, _TURNS = ("put_right", "memory_task"), ("memory_task",)
PROMPT = PromptSpec("rewrite_short_term", required=_SIZES, optional=_OPTIONAL, sizes=_TURNS)
ALONE_PROMPT = PromptSpec("rewrite_short_term_alone", required=_SIZES, optional=_OPTIONAL, sizes=_TURNS)


class MemoryAlone(Answer):
    """The whole new memory, a sentence an item."""

    memory: Lines = Field(min_length=1)


class ShortTermMemory(Answer):
    """Why the memory changes, then the whole new memory, a sentence an item."""

    rationale: Line
    memory: Lines = Field(min_length=1)


@gate(
    GateRecord(
        role="hidden state",
        label="Short-term memory",
        busy="Rewriting the short-term memory",
        prompts=(PROMPT, ALONE_PROMPT),
        answers=(ShortTermMemory, MemoryAlone),
        settings=(*_SIZES, "use_short_term_memory", "use_rationale"),
        shows=frozenset({"memory"}),
        shares_the_conversation=True,
    )
)
async def rewrite_short_term(state: StoryState, turn: Turn) -> Update:
    """Replace h_(t-1) by h_t, unless the person who edited the paragraph gave the memory with it."""
    if state.get("edited") == "no memory":
        return {}
    before = state.get("previous_memory", "") if state.get("edited") else state["short_term_memory"]
    put_right = state["short_term_memory"] if state.get("edited") and state.get("memory_put_right") else ""
    update = await new_memory(turn, messages_after_paragraph(state, turn, task(turn, before, put_right)))
    return {**update, "previous_memory": before, "memory_put_right": False}


def task(turn: Turn, before: str, put_right: str = "") -> str:
    """The request for a new memory, within the run's bounds, and with what a person made of it since the prompt.

    Where there is none before, nothing is said of what goes and what stays.

    Without a rationale, a prompt of one's own for the memory is sent all the same, unless there is one for just that.
    """
    context = turn.context
    is_alone = not context.use_rationale and (turn.has_own(ALONE_PROMPT) or not turn.has_own(PROMPT))
    asked = f"memory_{'goes_on' if before or put_right else 'begins'}{'' if context.use_rationale else '_alone'}"
    return turn.prompt(ALONE_PROMPT if is_alone else PROMPT).fill(
        memory_task=turn.phrase(asked, most=longest_rationale(context.memory_max_sentences)),
        memory_min_sentences=context.memory_min_sentences,
        memory_max_sentences=context.memory_max_sentences,
        put_right=put_right,
    )


async def new_memory(turn: Turn, messages: list[BaseMessage]) -> Update:
    """Ask for a memory and its rationale. One out of bounds is asked for again, never cut.

    Where the run keeps no short-term memory, nothing is asked and it is empty.
    """
    if not turn.context.use_short_term_memory:
        return {"short_term_memory": "", "rationale": ""}
    low, high = turn.context.memory_min_sentences, turn.context.memory_max_sentences

    # A small model is kept from words that are no sentence; any other may say “Mara is at sea.”
    shortest = turn.language.shortest_sentence // (4 if turn.dialect is FULL else 1)

    def problem_of(answer: ShortTermMemory | MemoryAlone) -> str:
        count = len(answer.memory)
        if low <= count <= high:
            return ""
        return turn.phrase("problem_memory_length", count=count, minimum=low, maximum=high)

    bounds = {
        "memory": {"minItems": low, "maxItems": high},
        "memory.items": {"minLength": shortest, "maxLength": SHORT},
    }
    if not turn.context.use_rationale:
        alone = await turn.ask(messages, MemoryAlone, AnswerSpec(bounds), problem_of)
        return {"short_term_memory": "\n".join(alone.memory), "rationale": ""}
    reason = {"minLength": shortest, "maxLength": longest_rationale(high)}
    answer = await turn.ask(messages, ShortTermMemory, AnswerSpec({"rationale": reason, **bounds}), problem_of)
    return {"short_term_memory": "\n".join(answer.memory), "rationale": answer.rationale}


def longest_rationale(sentences: int) -> int:
    """How many characters may say why a memory of at most so many sentences changes.

    A small memory needs few words about it, and a small model uses up whatever room it is given.
    """
    return min(_RATIONALE, _RATIONALE_A_SENTENCE * (sentences + 1))
