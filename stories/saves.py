"""Save points: a place of a story by a name, to be come back to as often as one likes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..graph.cycle import point_of
from ..schemas.errors import StoryStateError
from .branches import fork, switch

if TYPE_CHECKING:
    from .record import StoryRecord
    from .story import Story


def saves(record: StoryRecord) -> list[str]:
    """The names of a story's save points, in the order in which they were made."""
    return [branch.name for branch in record.branches if branch.is_save]


async def save(story: Story, name: str = "") -> str:
    """Keep where the story stands under a name, and stay there.

    Args:
        story: the open story.
        name: what it is called; empty: a name is made.

    Returns:
        Its name.

    Raises:
        StoryStateError: the story is in the middle of a step, or the name is taken or cannot be one.
    """
    state = await story.state_between_steps()
    number = len(saves(story.record)) + 1
    taken = {branch.name for branch in story.record.branches}
    while not name:
        name, number = ("" if f"save-{number}" in taken else f"save-{number}"), number + 1
    made = await fork(story, state, point_of(state), name.strip())
    branches = tuple(
        branch.model_copy(update={"is_save": True}) if branch.name == made else branch
        for branch in story.record.branches
    )
    story.update_record(branches=branches)
    return made


async def load(story: Story, name: str) -> None:
    """Go on from a save point, which stays as it is.

    Raises:
        StoryStateError: there is none of that name.
    """
    known = saves(story.record)
    if name not in known:
        raise StoryStateError("no_save", name=name[:60], known=known)
    state = await story.state(name)
    await switch(story, await fork(story, state, point_of(state), parent=name))
