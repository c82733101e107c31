"""A step that was stopped in its midst: what was begun is taken back, and the story stands where it was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..graph.cycle import AT_THE_PAUSE, is_between_steps
from ..schemas.errors import StoryStateError
from .checkpoints import storage_errors

if TYPE_CHECKING:
    from .story import Story


async def take_back_step(story: Story) -> None:
    """Take back a step that was stopped: the story is asked again what comes next, with the plans that there were.

    Raises:
        StoryStateError: no step is under way, or it is the first, before which there is nothing.
    """
    snapshot = await story.snapshot()
    if is_between_steps(snapshot):
        raise StoryStateError("nothing_stopped", story_id=story.record.story_id)
    while snapshot.parent_config is not None:
        with storage_errors(story.folder):
            snapshot = await story.graph.aget_state(snapshot.parent_config)
            if is_between_steps(snapshot):
                await story.graph.aupdate_state(snapshot.config, {}, as_node=AT_THE_PAUSE)
                await story.note_length()
                return
    raise StoryStateError("nothing_to_undo", story_id=story.record.story_id)
