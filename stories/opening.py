"""Opening a story: its lock, its checkpoints, and what is taken up where it was begun elsewhere."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from ..memory import Lineage
from ..memory.last_state import read_last_state, write_last_state
from ..schemas.errors import RecurrentGPTError, StorageError
from ..schemas.places import KEPT_CARD, LAST_STATE
from . import known
from .checkpoints import open_checkpoints, storage_errors
from .compact import compact_where_it_pays
from .copies import made_ready
from .lock import locked
from .record import knows_more_branches, read_record, write_record
from .story import Story

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from typing import Any

    from .library import Library
    from .record import StoryRecord


@asynccontextmanager
async def opened(library: Library, record: StoryRecord, *, to_mend: bool = False) -> AsyncIterator[Story]:
    """A story, open for the length of an ``async with`` block: see :meth:`Library.open`.

    Args:
        library: where it is.
        record: its card.
        to_mend: open it also where its states are lost and another branch's is all that is left of them.
    """
    folder = library.folder(record)
    with locked(library, record), storage_errors(folder):
        known.check_no_links(library.home, record, folder)
        record = await made_ready(library, folder, record)
        async with open_checkpoints(library.settings, folder, record.story_id) as checkpoints:
            story = Story(library, record, checkpoints)
            await _adopt(story, to_mend=to_mend)
            yield story
            if not to_mend:
                await compact_where_it_pays(story)


async def _adopt(story: Story, *, to_mend: bool) -> None:
    """Take up a story that was begun elsewhere (in Studio, on a server) from the state it left.

    Raises:
        StorageError: it has branches, or more passages than that state, so it was not begun elsewhere: its states are
            lost, and whose that one is that is left, only a repair finds out.
    """
    kept = read_last_state(story.folder)
    if state := await story.state():
        if kept is None and (story.folder / LAST_STATE).exists() and (await story.standing()).is_between_steps:
            write_last_state(story.folder, state)  # A power cut tore it.
        return
    if kept is not None:
        if len(story.record.branches) > 1 or _is_shorter(kept, story) or _has_lost_branches(story):
            if to_mend:
                return
            raise StorageError("states_lost", branch=story.record.branch)
        await story.change(kept)
        write_record(story.folder, story.record)


def _is_shorter(head: Mapping[str, Any], story: Story) -> bool:
    """Whether a head has fewer passages than the card says, so that it is another branch's or of an earlier day."""
    return Lineage.from_json(head.get("lineage")).length < story.record.paragraphs


def _has_lost_branches(story: Story) -> bool:
    """Whether the card is of an earlier day, and the one that is kept beside it knows of branches."""
    with suppress(RecurrentGPTError):
        return knows_more_branches(read_record(story.folder, KEPT_CARD), story.record)
    return False
