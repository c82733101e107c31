"""What was undone, done again: as long as nothing else was changed since.

Beside the story stands where it was before each undo, and where it then was; what was undone is in its checkpoints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from ..graph.cycle import AT_THE_PAUSE
from ..schemas.errors import StoryStateError
from .branches import switch
from .checkpoints import storage_errors
from .record import write_text
from .undo import undo as take_back

if TYPE_CHECKING:
    from pathlib import Path

    from langchain_core.runnables import RunnableConfig

    from .story import Story

KEPT = "undone.json"
MOST_UNDONE = 50


class Place(BaseModel):
    """Where a story stands: a branch, and a checkpoint of it."""

    model_config = ConfigDict(frozen=True)

    branch: str
    checkpoint: str


class Undone(BaseModel):
    """Where a story stood before an undo, and behind it."""

    model_config = ConfigDict(frozen=True)

    was: Place
    now: Place


class _Kept(BaseModel):
    undone: tuple[Undone, ...] = ()


async def undo(story: Story) -> None:
    """Take the last change back, as :func:`.undo.undo` does, so that it can be done again.

    Raises:
        StoryStateError: there is nothing to take back, or the story is in the middle of a step.
    """
    was = await _place(story)
    await take_back(story)
    now = await _place(story)
    if now == was:
        return  # a manuscript that was to be read: it is in its file
    undone = undone_in(story.folder)
    undone = undone if undone and undone[-1].now == was else ()
    keep_undone(story.folder, (*undone, Undone(was=was, now=now)))


async def can_redo(story: Story) -> bool:
    """Whether something was undone, and nothing else was changed since."""
    undone = undone_in(story.folder)
    if not undone or undone[-1].now != await _place(story):
        return False
    was, names = undone[-1].was, {branch.name for branch in story.record.branches}
    # Another branch may have been deleted since, also begun anew under its name, or written on.
    return was.branch == story.record.branch or (was.branch in names and await _place(story, was.branch) == was)


async def redo(story: Story) -> None:
    """Do the last change again that was undone.

    Raises:
        StoryStateError: nothing was undone, or something else was changed since.
    """
    if not await can_redo(story):
        raise StoryStateError("nothing_to_redo_again")
    *left, last = undone_in(story.folder)
    if last.was.branch == last.now.branch:
        named = {"checkpoint_ns": "", "checkpoint_id": last.was.checkpoint}
        thread = story.checkpoints.thread(last.was.branch)
        place: RunnableConfig = {**thread, "configurable": {**thread["configurable"], **named}}
        with storage_errors(story.folder):
            kept = await story.graph.aget_state(place)
            if not kept.values:
                raise StoryStateError("nothing_to_redo_again")
            await story.graph.aupdate_state(kept.config, {}, as_node=AT_THE_PAUSE)
        await story.note_length()
    else:
        await switch(story, last.was.branch)
    here = await _place(story)
    if left:
        left[-1] = left[-1].model_copy(update={"now": here})
    keep_undone(story.folder, tuple(left))


async def _place(story: Story, branch: str = "") -> Place:
    config = (await story.snapshot(branch)).config
    return Place(branch=branch or story.record.branch, checkpoint=config["configurable"].get("checkpoint_id", ""))


def undone_in(folder: Path) -> tuple[Undone, ...]:
    """What was undone, the oldest first; nothing where it cannot be read."""
    try:
        return _Kept.model_validate_json((folder / KEPT).read_text(encoding="utf-8")).undone
    except (OSError, ValidationError):
        return ()


def keep_undone(folder: Path, undone: tuple[Undone, ...]) -> None:
    """Keep what was undone, the oldest first.

    Raises:
        StorageError: it cannot be written.
    """
    write_text(folder / KEPT, _Kept(undone=undone[-MOST_UNDONE:]).model_dump_json())
