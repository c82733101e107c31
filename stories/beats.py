"""The beats of a story's outline: where it is with them, and what a person says of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..nodes import beats
from ..schemas.errors import StoryStateError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..schemas.beats import Beat
    from ..schemas.languages import Language
    from .story import Story


def shown(state: Mapping[str, Any], language: Language) -> list[Beat]:
    """The beats of an outline that has several, each with its state; none of another."""
    found = beats.beats_of(state, language)
    return found if len(found) > 1 else []


async def set_beat(story: Story, number: int) -> None:
    """Let a part of the outline (from 1) be the one that is told now, on this branch, from here on.

    Raises:
        StoryStateError: the outline has no such part, or the story is in the middle of a step.
    """
    state = await story.state_between_steps()
    count = len(beats.beats_of(state, story.record.language))
    if not 1 <= number <= count:
        raise StoryStateError("no_beat", number=number, count=count)
    await story.change(beats.moved(state, story.record.language, number - 1))
