"""Taking the last change of a story back. What is taken back stays in its checkpoints, a paragraph on its branch."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..graph.cycle import AT_THE_PAUSE, is_between_steps
from ..memory import Lineage
from ..schemas.errors import StoryStateError
from ..schemas.state import SETTLED
from ..schemas.story_input import PREMISE
from .branches import before_step, fork, named, state_at, switch
from .checkpoints import storage_errors
from .continuity import what_was_found
from .importing import let_go

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langgraph.types import StateSnapshot

    from ..schemas.state import StoryState
    from .story import Story

_NO_EDIT = frozenset({"title", "choices", "clashes", "clashes_read", "look", "looked"})
"""What is put into the state and is no edit of the branch: a title is of the shelf, the others are what was found."""


async def undo(story: Story) -> None:
    """Take the last change of the current branch back: an edit, the last paragraph, a manuscript that is still read.

    An edit is all that a person puts into the state, and goes back to the checkpoint before it. A paragraph stays on
    its branch, and the story goes on from before it on another, which is the one that waits there already if there is
    one; it goes together with those that a person put in right behind it. Where it was another try, the story goes back
    to the paragraph that was there before. Undone again, the change before it goes.

    Raises:
        StoryStateError: there is nothing to take back, or the story is in the middle of a step.
    """
    if await let_go(story):
        return
    state = await _state_to_undo(story)
    edit = await _last_edit(story, state)
    if edit is not None:
        before, after = edit
        found = what_was_found(before.values, after.values, state)
        with storage_errors(story.folder):
            await story.graph.aupdate_state(before.config, found, as_node=AT_THE_PAUSE)
        await story.note_length()
        return
    if not state["step"]:
        raise StoryStateError("nothing_to_undo", story_id=story.record.story_id)
    earlier = await _tried_again(story, state)
    if earlier:
        await switch(story, earlier)
        return
    values = await before_step(story)
    for branch in story.record.branches:
        if branch.is_save:
            continue
        kept = await story.snapshot(branch.name)
        if is_between_steps(kept) and _same(kept.values, values) and kept.values["plans"] == values["plans"]:
            await switch(story, branch.name)
            return
    await switch(story, await fork(story, values, AT_THE_PAUSE))


async def _state_to_undo(story: Story) -> StoryState:
    """The state between two steps; in the middle of one, the error says from where to go on without it."""
    try:
        return await story.state_between_steps()
    except StoryStateError as error:
        number = await _last_finished(story) if error.code == "story_unsettled" else 0
        if not number:
            raise
        raise StoryStateError("undo_in_a_step", story_id=story.record.story_id, number=number) from error


async def _last_finished(story: Story) -> int:
    """The number of the newest paragraph after which a step was finished, so that a branch may begin there; else 0."""
    length = Lineage.from_json((await story.state()).get("lineage")).length
    for number in range(length, max(0, length - 2), -1):
        with suppress(StoryStateError):
            await state_at(story, number)
            return number
    return 0


async def _tried_again(story: Story, state: StoryState) -> str:
    """The branch with the earlier version of the last paragraph, where this one is another try at it; else nothing."""
    here = named(story, story.record.branch)
    is_own = bool(here.parent) and state["step"] == here.step + 1
    if not is_own or not state["plan"].get("refused"):
        return ""
    before = await story.snapshot(here.parent)
    return here.parent if is_between_steps(before) and before.values["step"] == state["step"] else ""


async def leave_step(story: Story) -> str:
    """Leave a step that was stopped or failed, and go back to the plans from which one was chosen.

    Returns:
        The passage that it had written, which the book does not have; empty, if it had none.

    Raises:
        StoryStateError: no step is under way, or it is the opening.
    """
    head = await story.snapshot()
    if is_between_steps(head) or not head.values.get("plans"):
        raise StoryStateError("no_step_to_leave", story_id=story.record.story_id)
    found = head
    while not is_between_steps(found) and found.parent_config is not None:
        with storage_errors(story.folder):
            before = await story.graph.aget_state(found.parent_config)
        if not before.values.get("plans"):
            break
        found = before
    with storage_errors(story.folder):
        await story.graph.aupdate_state(found.config, dict(SETTLED), as_node=AT_THE_PAUSE)
    return str(head.values["paragraph"]) if head.values["step"] > found.values["step"] else ""


async def _last_edit(story: Story, state: StoryState) -> tuple[StateSnapshot, StateSnapshot] | None:
    """The checkpoints before and after the last edit of this step; ``None``: the step was not edited."""
    after = await story.snapshot()
    while after.parent_config is not None:
        with storage_errors(story.folder):
            before = await story.graph.aget_state(after.parent_config)
        if before.values.get("step") != state["step"]:
            return None
        if is_between_steps(before) and (_is_put_in(before, after) or not _same(before.values, state)):
            return before, after
        after = before
    return None


def _is_put_in(before: StateSnapshot, after: StateSnapshot) -> bool:
    """Whether a person put something into the state, whatever it is; what a run makes is none of theirs."""
    if after.metadata is None or after.metadata.get("source") != "update":
        return False
    names = {*before.values, *after.values} - _NO_EDIT
    return any((before.values.get(name) or None) != (after.values.get(name) or None) for name in names)


def _same(kept: Mapping[str, Any], state: Mapping[str, Any]) -> bool:
    premise = (name for name in PREMISE if name != "title")  # a title is of the shelf
    marks = ("pins", "aliases", "apart", "clash_marks")
    names = ("step", "lineage", "short_term_memory", *premise, "beat", "chapters", *marks)
    # An older state lacks what it had nothing of.
    return all((kept.get(name) or None) == (state.get(name) or None) for name in names)
