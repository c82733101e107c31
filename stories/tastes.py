"""What who plays likes, as they say it and as their choices show it: seen, changed, forgotten, switched off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..schemas.context import Context
    from ..schemas.state import ChoiceMade, StoryState
    from .story import Story


@dataclass(frozen=True)
class Tastes:
    """What is known of it.

    Attributes:
        stated: what the player says.
        shown: what they chose, and what they left, the latest last.
        is_on: whether the actions that are offered heed it.
    """

    stated: str
    shown: list[ChoiceMade]
    is_on: bool


def tastes(context: Context, state: StoryState) -> Tastes:
    """What is known of the tastes of who plays, by the settings of the run and where the story stands."""
    return Tastes(context.tastes, state.get("choices", []), context.use_tastes)


def state_tastes(story: Story, stated: str) -> Context:
    """Keep what the player says of what they like; empty: nothing. Gives the settings that are now.

    Raises:
        SettingsError: it is too long.
    """
    return _keep(story, {"tastes": stated.strip()})


def heed_tastes(story: Story, *, is_on: bool) -> Context:
    """Let the actions that are offered heed all that, or not. Gives the settings that are now."""
    return _keep(story, {"use_tastes": None if is_on else False})


async def forget_choices(story: Story) -> None:
    """Forget what the player's choices show.

    Raises:
        StoryStateError: the story is in the middle of a step.
    """
    await story.state_between_steps()
    await story.change({"choices": []})


def _keep(story: Story, changes: dict[str, object]) -> Context:
    context = story.record.context.changed(changes, story.record.mode)
    story.update_record(context=context)
    return context
