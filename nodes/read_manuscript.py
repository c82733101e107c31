"""Read a manuscript that somebody wrote elsewhere into the memories, a batch of paragraphs a step.

A batch is remembered as an opening is: the short-term memory is rewritten, each paragraph summed up and appended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..models.window import count_tokens
from ..prompts import PromptSpec
from .budget import room_for_prompt
from .condense_summaries import PROMPT as CONDENSE
from .condense_summaries import Synopsis, condense
from .gate import Gate, GateRecord, Update, gate
from .messages import system_text
from .store_opening import ANSWERS, PROMPTS, remember
from .synopsis import book_so_far, within
from .turn import Surroundings, Turn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..schemas.context import Context
    from ..schemas.state import StoryState
    from .resources import Resources

PROMPT = PromptSpec("read_manuscript", optional=("short_term_memory", "synopsis"))

READING = "take_batch"
_MOST = 4
"""Paragraphs a batch: a model of any size sums up so many at once."""
_PART = 8
"""The part of the room that the book so far may take."""


def prompt_to_read(state: StoryState, context: Context, resources: Resources) -> str:
    """What the conversation of a passage begins with that no plan led to: it is read, with the memory of before it."""
    turn = Turn(READING, context, state, Surroundings.beside_a_step(resources))
    return turn.prompt(PROMPT).fill(short_term_memory=state.get("short_term_memory", ""))


def batches_of(paragraphs: Callable[[], Sequence[str]]) -> Gate[StoryState]:
    """The gate that takes the next paragraphs of a manuscript, which is asked for at each batch."""

    @gate(GateRecord(role="a manuscript", label="Reading", busy="Reading the manuscript", prompts=(PROMPT,)))
    async def take_batch(state: StoryState, turn: Turn) -> Update:
        """As many paragraphs as the prompt has room for, but at least one."""
        rest = (await turn.work(paragraphs))[turn.memory.length :]
        # Each paragraph stands twice in the longest prompt: in what was read, and in what is to be summed up.
        room = room_for_prompt(turn.context, await turn.window()) - count_tokens(system_text(state, turn, of_step=True))
        synopsis = within(turn, await book_so_far(turn), room // _PART)
        prompt = turn.prompt(PROMPT).fill(short_term_memory=state["short_term_memory"], synopsis=synopsis)
        room -= count_tokens(prompt)
        batch: list[str] = []
        for text in rest[:_MOST]:
            room -= 2 * count_tokens(text)
            if batch and room < 0:
                break
            batch.append(text)
        return {"prompt": prompt, "opening": batch, "paragraph": batch[-1], "reading": True}

    return take_batch


@gate(
    GateRecord(
        role="first memories",
        label="Reading",
        busy="Remembering what was read",
        prompts=(*PROMPTS, CONDENSE),
        answers=(*ANSWERS, Synopsis),
        shows=frozenset({"passage", "memory"}),
    )
)
async def remember_batch(state: StoryState, turn: Turn) -> Update:
    """Make memory of the batch, and condense what is full of what was read."""
    update = await remember(state, turn)
    read: StoryState = {**state, **update}  # type: ignore[typeddict-item]
    return {**update, **await condense(read, turn.on(read))}
