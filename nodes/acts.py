"""How a player means what they give: done, said, or told from outside the story; what the storyteller is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..schemas import spoken

if TYPE_CHECKING:
    from ..schemas.state import StoryState
    from .turn import Turn

_STORY = "story"
"""The act of telling what happens: no attempt, and nothing that "you" do inside the story."""


def heading(state: StoryState, turn: Turn) -> str:
    """What stands over what the player gave; empty where nobody plays."""
    if not turn.mode.asks_for_actions:
        return ""
    return turn.phrase("act_told" if _of(state) == _STORY else "act_done")


def attempt(state: StoryState, turn: Turn) -> str:
    """That what the player does is an attempt; empty where they tell what happens, and where nobody plays."""
    return turn.phrase("act_attempt") if turn.mode.asks_for_actions and _of(state) != _STORY else ""


def hint(state: StoryState, turn: Turn) -> str:
    """How the player means it, where they do not simply do it: said, told, or done with some of it said."""
    act = _of(state)
    if not act and turn.mode.asks_for_actions and state["plan"].get("chosen_by") == "human":
        act = "speech" if spoken.read(state["plan"]["text"]).has_speech else ""
    return turn.phrase(f"act_{act}") if act else ""


def _of(state: StoryState) -> str:
    return state["plan"].get("act", "")
