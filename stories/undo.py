"""Taking the last change of a story back. What is taken back stays in its checkpoints, a paragraph on its branch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..graph.cycle import AT_THE_PAUSE, is_between_steps
from ..schemas.errors import StoryStateError
from ..schemas.story_input import PREMISE
from .branches import before_step, fork, switch
from .checkpoints import storage_errors
from .continuity import what_was_found

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langchain_core.runnables import RunnableConfig

    from ..schemas.state import StoryState
    from .story import Story


async def undo(story: Story) -> None:
    """Take the last change of the current branch back: an edit, or the last paragraph.

    An edit goes back to the checkpoint before it. A paragraph stays on its branch, and the story goes on from before it
    on another, which is the one that waits there already if there is one. Undone again, the change before it goes.
    A paragraph goes together with those that a person put in right behind it.

    Raises:
        StoryStateError: there is nothing to take back, or the story is in the middle of a step.
    """
    state = await story.state_between_steps()
    before = await _before(story, state)
    if before is not None:
        with storage_errors(story.folder):
            await story.graph.aupdate_state(before, what_was_found(state), as_node=AT_THE_PAUSE)
        await story.note_length()
        return
    if not state["step"]:
        raise StoryStateError("nothing_to_undo", story_id=story.record.story_id)
    values = await before_step(story)
    for branch in story.record.branches:
        kept = await story.snapshot(branch.name)
        if is_between_steps(kept) and _same(kept.values, values) and kept.values["plans"] == values["plans"]:
            await switch(story, branch.name)
            return
    await switch(story, await fork(story, values, AT_THE_PAUSE))


async def _before(story: Story, state: StoryState) -> RunnableConfig | None:
    """The checkpoint from which the last edit of this step was made; ``None``: the step was not edited."""
    snapshot = await story.snapshot()
    while snapshot.parent_config is not None:
        with storage_errors(story.folder):
            snapshot = await story.graph.aget_state(snapshot.parent_config)
        if snapshot.values.get("step") != state["step"]:
            return None
        if is_between_steps(snapshot) and not _same(snapshot.values, state):
            return snapshot.config
    return None


def _same(kept: Mapping[str, Any], state: Mapping[str, Any]) -> bool:
    premise = (name for name in PREMISE if name != "title")  # a title is of the shelf
    marks = ("pins", "aliases", "apart", "clash_marks")
    names = ("step", "lineage", "short_term_memory", *premise, "beat", "chapters", *marks)
    # An older state lacks what it had nothing of.
    return all((kept.get(name) or None) == (state.get(name) or None) for name in names)
