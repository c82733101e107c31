"""Deleting a branch of a story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..schemas.errors import StoryStateError
from .branches import named
from .checkpoints import storage_errors
from .importing import is_to_follow

if TYPE_CHECKING:
    from .story import Story


async def remove_branch(story: Story, name: str) -> None:
    """Delete a branch that the story does not stand on, and that no other left: what it alone had is gone for good.

    Raises:
        StoryStateError: there is none of that name, or it is needed.
    """
    named(story, name)
    others = [branch.name for branch in story.record.branches if branch.parent == name]
    if others or name == story.record.branch or is_to_follow(story.folder, name):
        raise StoryStateError("branch_in_use", name=name, others=others)
    story.update_record(branches=tuple(branch for branch in story.record.branches if branch.name != name))
    with storage_errors(story.folder):
        await story.checkpoints.delete([name])
