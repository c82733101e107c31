"""What of the cell state is long past: ten summaries become a few sentences, and four of these become one again.

So the book so far is short at any length. Nobody waits for it: where an answer is of no use the summaries stand in, and
it is asked for again later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from langchain_core.messages import HumanMessage, SystemMessage

from ..prompts import PromptSpec
from ..schemas.errors import GateError, ModelUnavailableError
from ..schemas.spans import PASSAGES
from .answers import Answer, Line
from .asking import AnswerSpec
from .gate import GateRecord, Update, gate
from .messages import system_text
from .synopsis import render

if TYPE_CHECKING:
    from ..memory.synopses import Due
    from ..schemas.spans import Span
    from ..schemas.state import StoryState
    from .turn import Turn

_LENGTH, _MOST = 400, 700
"""Characters that a synopsis is to have at most, and those that it may have."""
SPANS_A_STEP = 2
"""Spans that are condensed in one step: what a story of an earlier version has not is made as it goes on."""
_TRIES = 2

PROMPT = PromptSpec(
    "condense_summaries", required=("first", "last", "summaries"), optional=("characters",), sizes=("characters",)
)


class Synopsis(Answer):
    """What some passages told, in a few sentences."""

    synopsis: Line


@gate(
    GateRecord(
        role="cell state, long past",
        label="Synopsis",
        busy="Condensing the book so far",
        prompts=(PROMPT,),
        answers=(Synopsis,),
        settings=("synopsis_tokens",),
    )
)
async def condense_summaries(state: StoryState, turn: Turn) -> Update:
    """Condense what is full and has no synopsis yet, of the passages before the new one; most steps have nothing."""
    return await condense(state, turn)


async def condense(state: StoryState, turn: Turn, most: int = SPANS_A_STEP) -> Update:
    """Make the synopses that the path of a state has not yet, as many as a step makes, or ``most``."""
    if not turn.context.synopsis_tokens or turn.memory.length < state.get("condense_from", 0):
        return {}
    failed: list[Span] = []
    for _ in range(most):
        due = await turn.memory.due_synopsis(failed)
        if due is None:
            break
        if text := await _synopsis(state, turn, due):
            await turn.memory.keep_synopsis(due.span, text)
        else:
            failed.append(due.span)
    return {"condense_from": turn.memory.length + PASSAGES} if failed else {}


async def _synopsis(state: StoryState, turn: Turn, due: Due) -> str:
    """What a span tells in a few sentences; empty where the model has no usable answer."""
    task = turn.prompt(PROMPT).fill(
        first=due.span.first + 1, last=due.span.end, summaries=render(turn, due.told), characters=_LENGTH
    )
    messages = [SystemMessage(system_text(state, turn)), HumanMessage(task)]

    def problem_of(answer: Synopsis) -> str:
        count = len(answer.synopsis)
        return "" if count <= _MOST else turn.phrase("problem_synopsis_length", count=count, maximum=_LENGTH)

    spec = AnswerSpec({"synopsis": {"maxLength": _LENGTH}})
    try:
        return (await turn.ask(messages, Synopsis, spec, problem_of, min(_TRIES, turn.context.tries))).synopsis
    except (GateError, ModelUnavailableError) as error:
        turn.emit("synopsis_left_out", reason=str(error))
        return ""
