"""Where a story with a length is: opening, middle, climax or ending, and which paragraph is the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..schemas.state import StoryState
    from .turn import Turn

_PARTS = ((0.25, "place_opening"), (0.7, "place_middle"), (0.85, "place_climax"))
"""Up to which part of the length a story is in which part of itself."""


def is_ending(state: StoryState) -> bool:
    """Whether the next paragraph belongs to the story's ending."""
    target = state.get("target_paragraphs")
    return target is not None and state["step"] + 1 > _PARTS[-1][0] * target


def hint(state: StoryState, turn: Turn) -> str:
    """What the writer of the next paragraph is told of its place; empty for a story without a length."""
    target = state.get("target_paragraphs")
    if target is None:
        return ""
    number = state["step"] + 1
    if number >= target:
        phrase = "place_last"
    else:
        phrase = next((name for end, name in _PARTS if number <= end * target), "place_ending")
    return turn.phrase(phrase, number=number, target=target)
