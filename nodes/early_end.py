"""Whether the story is told already: asked, where a person lets it end early, before plans are made.

When it is, the next paragraph is the last, and the plans are for that one. Nobody is asked where it is the last anyway,
where a plan of a person's own has still to be told, or where that was asked at this pause.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator

from ..prompts import PromptSpec
from ..schemas.errors import GateError
from . import arc
from .answers import SHORT, Answer, Line
from .asking import AnswerSpec
from .fact_answers import yes
from .messages import messages_after_paragraph

if TYPE_CHECKING:
    from ..schemas.state import StoryState
    from .turn import Turn

STORY_TOLD = PromptSpec("story_told", required=(), optional=("threads",))


class StoryTold(Answer):
    """Whether one more paragraph can end the story, and first why."""

    reason: Line
    told: Annotated[bool, BeforeValidator(yes)]


_SPEC = AnswerSpec({"": {"required": ["reason", "told"]}, "reason": {"maxLength": SHORT}})


async def is_told(state: StoryState, turn: Turn, threads: str) -> bool:
    """Whether who plans says that the story is told but for a last paragraph. No usable answer says so of none.

    Args:
        state: the story, after its newest paragraph.
        turn: the gate's.
        threads: the open questions and promises, as a prompt shows them.
    """
    is_open = state.get("target_paragraphs") is None or arc.place_of_next(state) is not None
    asked_before = state.get("after_review") == "plans"
    if not turn.context.early_end or not state["step"] or not is_open or asked_before or arc.is_last(state):
        return False
    task = turn.prompt(STORY_TOLD).fill(threads=threads)
    try:
        answer = await turn.ask(messages_after_paragraph(state, turn, task), StoryTold, _SPEC)
    except GateError:
        return False
    return answer.told
