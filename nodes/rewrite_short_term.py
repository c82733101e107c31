"""Forget and input gate of the hidden state: rewrite the short-term memory, and say why (paper, section 3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from .answers import SHORT, Answer, Line, Lines
from .conversation import after_paragraph
from .gate import Gate, Update, Wanted

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from ..schemas.state import StoryState
    from .effects import Steps

_RATIONALE, _RATIONALE_A_SENTENCE = 800, 80
_LEAST = 20


class MemoryAlone(Answer):
    """The whole new memory, a sentence an item."""

    memory: Lines = Field(min_length=1)


class ShortTermMemory(Answer):
    """Why the memory changes, then the whole new memory, a sentence an item."""

    rationale: Line
    memory: Lines = Field(min_length=1)


def rewrite_short_term(state: StoryState, gate: Gate) -> Steps[Update]:
    """Replace h_(t-1) by h_t, unless the person who edited the paragraph gave the memory with it."""
    if state.get("edited") == "no memory":
        return {}
    before = state.get("previous_memory", "") if state.get("edited") else state["short_term_memory"]
    update = yield from new_memory(gate, after_paragraph(state, gate, task(gate)))
    return {**update, "previous_memory": before}


def task(gate: Gate) -> str:
    """The request for a new memory, within the run's bounds."""
    context = gate.context
    return gate.prompt("rewrite_short_term" if context.use_rationale else "rewrite_short_term_alone").fill(
        memory_min_sentences=context.memory_min_sentences, memory_max_sentences=context.memory_max_sentences
    )


def new_memory(gate: Gate, messages: list[BaseMessage]) -> Steps[Update]:
    """Ask for a memory and its rationale. One out of bounds is asked for again, never cut.

    Where the run keeps no short-term memory, nothing is asked and it is empty.
    """
    if not gate.context.use_short_term_memory:
        return {"short_term_memory": "", "rationale": ""}
    low, high = gate.context.memory_min_sentences, gate.context.memory_max_sentences

    def problem_of(answer: ShortTermMemory | MemoryAlone) -> str:
        count = len(answer.memory)
        if low <= count <= high:
            return ""
        return gate.say("problem_memory_length", count=count, minimum=low, maximum=high)

    bounds = {
        "memory": {"minItems": low, "maxItems": high},
        "memory.items": {"minLength": _LEAST, "maxLength": SHORT},
    }
    if not gate.context.use_rationale:
        alone = yield from gate.ask(messages, MemoryAlone, Wanted(bounds, counts={}), problem_of)
        return {"short_term_memory": "\n".join(alone.memory), "rationale": ""}
    wanted = Wanted({"rationale": {"minLength": _LEAST, "maxLength": longest_rationale(high)}, **bounds}, counts={})
    answer = yield from gate.ask(messages, ShortTermMemory, wanted, problem_of)
    return {"short_term_memory": "\n".join(answer.memory), "rationale": answer.rationale}


def longest_rationale(sentences: int) -> int:
    """How many characters may say why a memory of at most so many sentences changes.

    A small memory needs few words about it, and a small model uses up whatever room it is given.
    """
    return min(_RATIONALE, _RATIONALE_A_SENTENCE * (sentences + 1))
