"""Whole stories as files: packed, put back, and all that there is to see of one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from recurrentgpt.memory import Lineage
from recurrentgpt.stories import archive
from recurrentgpt.stories.archive_states import states_of
from recurrentgpt.stories.beginning import take_brought
from recurrentgpt.stories.brought import GROUPS
from recurrentgpt.stories.continuity import notes
from stories_at_hand import at, run

if TYPE_CHECKING:
    from pathlib import Path

    from recurrentgpt.stories.library import Library
    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.stories.story import Story


def packed(library: Library, record: StoryRecord, path: Path) -> Path:
    archive.write_archive(path, run(library, library.latest(record), archive.pack))
    return path


def unpacked(library: Library, path: Path) -> StoryRecord:
    """Put a story back, with all that it brings."""
    record = asyncio.run(archive.unpack(library, archive.read_archive(path), lambda *_: None))
    run(library, record, take_brought, GROUPS)
    return library.latest(record)


async def walk(story: Story) -> dict[str, Any]:
    """All that there is to see of a story."""
    seen: dict[str, Any] = {"card": story.record.model_dump(mode="json")}
    for branch in story.record.branches:
        snapshot = await story.snapshot(branch.name)
        begun_here = bool(snapshot.values.get("lineage"))
        seen[branch.name] = {
            "next": sorted(task.name for task in snapshot.tasks),
            "states": [kept.model_dump() for kept in await states_of(story, branch.name)],
            "passages": [
                entry.to_json() for entry in await story.entries(Lineage.from_json(snapshot.values.get("lineage")))
            ],
            "facts": (await story.facts(branch=branch.name)) if begun_here else None,
            "threads": (await story.threads(branch=branch.name)) if begun_here else None,
            "synopsis": (await story.synopsis(branch=branch.name)) if begun_here else None,
            "notes": [note.to_json() for note in await notes(story, every=True, branch=branch.name)],
        }
    seen["memory"] = await story.remember(lambda memory: [entry.to_json() for entry in memory.entries()])
    return seen


def seen_in(library: Library, record: StoryRecord) -> dict[str, Any]:
    seen: dict[str, Any] = at(library, record, walk)
    return seen


def without_next(seen: object) -> object:
    """What was seen, but for the gates that come next."""
    match seen:
        case dict():
            return {name: without_next(value) for name, value in seen.items() if name != "next"}
        case list():
            return [without_next(value) for value in seen]
    return seen
