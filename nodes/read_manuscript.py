"""Read a manuscript that somebody wrote elsewhere into the memories, a batch of paragraphs a step.

A batch is remembered as an opening is: the short-term memory is rewritten, each paragraph summed up and appended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..memory import Lineage
from ..models.window import count_tokens
from .budget import room_for_prompt
from .conversation import premise_of
from .effects import work
from .store_opening import remember

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..schemas.state import StoryState
    from .effects import Steps
    from .gate import Gate, Update

_MOST = 4
"""Paragraphs a batch: a model of any size sums up so many at once."""


def take_batch(state: StoryState, gate: Gate, paragraphs: Callable[[], Sequence[str]]) -> Steps[Update]:
    """The next paragraphs of the manuscript, as many as the prompt has room for, but at least one."""
    rest = (yield from work(paragraphs))[Lineage.from_json(state["lineage"]).length :]
    prompt = gate.prompt("read_manuscript").fill(short_term_memory=state["short_term_memory"])
    window = yield from gate.window()
    system = gate.prompt("system").fill(**premise_of(state))
    # Each paragraph stands twice in the longest prompt: in what was read, and in what is to be summed up.
    room = room_for_prompt(gate.context, window) - count_tokens(system) - count_tokens(prompt)
    batch: list[str] = []
    for text in rest[:_MOST]:
        room -= 2 * count_tokens(text)
        if batch and room < 0:
            break
        batch.append(text)
    return {"prompt": prompt, "opening": batch, "paragraph": batch[-1]}


def remember_batch(state: StoryState, gate: Gate) -> Steps[Update]:
    """Make memory of the batch."""
    return (yield from remember(state, gate))
