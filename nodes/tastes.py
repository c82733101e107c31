"""What who plays likes: what they say of it, and what their choices show; the actions that are offered heed it.

No model judges it: whoever plans is told what was chosen and what was left beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import refusals

if TYPE_CHECKING:
    from ..schemas.state import ChoiceMade, Plan, StoryState
    from .gate import Update
    from .turn import Turn

MOST = 8
"""Choices that are kept, the latest."""
_SHORT = 160
"""Characters that are kept of an action."""


def noted(state: StoryState, update: Update, turn: Turn) -> Update:
    """What is kept of what a player has just chosen to do or say; nothing, where they told the story."""
    plan = update.get("plan")
    is_choice = turn.mode.asks_for_actions and update.get("after_review") == "write"
    if not plan or not is_choice or plan.get("act") == "story":
        return {}
    left = [_short(other) for number, other in enumerate(state["plans"], start=1) if number != plan.get("number")]
    made: ChoiceMade = {"took": _short(plan), "left": left}
    return {"choices": [*state.get("choices", []), made][-MOST:]}


def told(state: StoryState, turn: Turn) -> str:
    """What whoever plans is told of it; empty where it is not to be heeded, or nothing is known."""
    stated, choices = turn.context.tastes.strip(), state.get("choices", [])
    if not turn.mode.asks_for_actions or not turn.context.use_tastes or not (stated or choices):
        return ""
    lines = [turn.phrase("tastes_stated", told=stated)] if stated else []
    if choices:
        shown = [f"+ {made['took']}\n" + "\n".join(f"− {text}" for text in made["left"]) for made in choices]
        lines.append(turn.phrase("tastes_shown", told="\n".join(shown)))
    return "\n".join(map(str, (*lines, turn.phrase("tastes_use"))))


def _short(plan: Plan) -> str:
    return refusals.in_short(plan["text"])[:_SHORT]
