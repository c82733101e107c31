"""Read a manuscript that somebody wrote elsewhere into the memories, a batch of paragraphs a step.

A batch is remembered as an opening is: the short-term memory is rewritten, each paragraph summed up and appended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ..models.window import count_tokens
from ..prompts import PromptSpec
from .budget import room_for_prompt
from .condense_summaries import PROMPT as CONDENSE
from .condense_summaries import SPANS_A_STEP, Synopsis, condense
from .gate import Gate, GateRecord, Update, gate
from .messages import system_text
from .reading_at_once import remember_at_once
from .store_opening import ANSWERS, PROMPTS, remember
from .synopsis import book_so_far, render, within
from .turn import Surroundings, Turn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..schemas.context import Context
    from ..schemas.state import StoryState
    from .resources import Resources

PROMPT = PromptSpec("read_manuscript", optional=("short_term_memory", "synopsis", "what_follows"))

READING = "take_batch"
_MOST = 4
"""Paragraphs a part: a model of any size sums up so many at once."""
_PART = 8
"""The part of the room that the book so far may take."""


def prompt_to_read(
    state: StoryState, context: Context, resources: Resources, what: Literal["read_own", "read_end"]
) -> str:
    """What the conversation of passages begins with that no plan led to: they are read, with the memory of before them.

    Args:
        state: the story.
        context: the settings.
        resources: where prompts come from.
        what: which phrase says what they are: one that a person wrote, or the last ones, as they now stand.
    """
    turn = Turn(READING, context, state, Surroundings.beside_a_step(resources))
    memory = state.get("short_term_memory", "")
    return turn.prompt(PROMPT).fill(short_term_memory=memory, what_follows=turn.phrase(what))


def batches_of(paragraphs: Callable[[], Sequence[str]]) -> Gate[StoryState]:
    """The gate that takes the next paragraphs of a manuscript, which is asked for at each batch."""

    @gate(GateRecord(role="a manuscript", label="Reading", busy="Reading the manuscript", prompts=(PROMPT,)))
    async def take_batch(state: StoryState, turn: Turn) -> Update:
        """As many paragraphs as the prompt has room for, but at least one."""
        rest = (await turn.work(paragraphs))[turn.memory.length :]
        room = await _room(state, turn)
        synopsis = render(turn, within(turn, await book_so_far(turn), room // _PART))
        part = turn.phrase("read_next_part")
        memory = state["short_term_memory"]
        prompt = turn.prompt(PROMPT).fill(short_term_memory=memory, synopsis=synopsis, what_follows=part)
        parts = parts_of(rest, room - count_tokens(prompt), await _at_once(turn))
        batch = [text for part in parts for text in part]
        return {"prompt": prompt, "opening": batch, "paragraph": batch[-1], "reading": True}

    return take_batch


async def _room(state: StoryState, turn: Turn) -> int:
    """Tokens that what is read of a manuscript may have, with the memory of what was read before."""
    return room_for_prompt(turn.context, await turn.window()) - count_tokens(system_text(state, turn, of_step=True))


async def _at_once(turn: Turn) -> int:
    """How many parts are read at once: of a model that answers one question at a time, one."""
    return 1 if turn.context.read_at_once == 1 or (await turn.model()).is_embedded else turn.context.read_at_once


def parts_of(texts: Sequence[str], room: int, most: int) -> list[list[str]]:
    """The next paragraphs of a manuscript by the parts that they are summed up in.

    Each paragraph stands twice in the longest prompt of its part, in what was read and in what is to be summed up, and
    once in the prompt for the memory, which is of all parts.

    Args:
        texts: what is still to be read.
        room: tokens that a prompt has for them.
        most: parts at most.

    Returns:
        At least one, of at least one paragraph.
    """
    parts: list[list[str]] = [[]]
    left, left_of_part = room, room // 2
    for text in texts[: _MOST * most]:
        size = count_tokens(text)
        is_full = len(parts[-1]) == _MOST or (parts[-1] and size > left_of_part)
        if (is_full and len(parts) == most) or (parts[0] and size > left):
            break
        if is_full:
            # The paragraph before it is shown to who sums it up.
            left_of_part = (room - count_tokens(parts[-1][-1])) // 2
            parts.append([])
        parts[-1].append(text)
        left -= size
        left_of_part -= size
    return parts


def _every_part(texts: Sequence[str], room: int) -> list[list[str]]:
    """What was taken, by its parts; all of it, also where there is less room since."""
    parts: list[list[str]] = []
    while (taken := sum(map(len, parts))) < len(texts):
        parts.extend(parts_of(texts[taken:], room, 1))
    return parts


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
    parts = [state["opening"]]
    if turn.context.read_at_once > 1 or len(state["opening"]) > _MOST:
        parts = _every_part(state["opening"], await _room(state, turn) - count_tokens(state["prompt"]))
    update = await (remember_at_once(state, turn, parts) if len(parts) > 1 else remember(state, turn))
    read: StoryState = {**state, **update}  # type: ignore[typeddict-item]
    return {**update, **await condense(read, turn.on(read), SPANS_A_STEP * len(parts))}
