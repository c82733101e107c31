"""A whole story as JSON: its record, every branch's steps, every entry of its memory. Reading it back gives the story.

Vectors are not among it: they are made again by the embedding model of the library that reads it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Self, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    TypeAdapter,
    ValidationError,
    model_serializer,
    model_validator,
)

from ..graph.cycle import point_of
from ..memory import Entry
from ..memory.synopses import Synopsis
from ..schemas.errors import SettingsError, StorageError
from ..schemas.field_problems import describe
from ..schemas.ids import new_story_id
from ..schemas.state import StoryState
from .branches import finished_steps
from .record import StoryRecord, write_bytes, write_record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ..memory import LongTermMemory
    from .library import Library
    from .story import Story

_BATCH = 16
_STATE: TypeAdapter[StoryState] = TypeAdapter(StoryState)


class _KeptEntry(BaseModel):
    branch: str
    seq: int = Field(ge=0)
    text: str
    summary: str
    plan: str = ""
    path: str = ""
    by_characters: bool | None = None
    facts: list[dict[str, Any]] | None = None
    changes: list[dict[str, Any]] | None = None

    @model_validator(mode="after")
    def _has_facts_that_are_some(self) -> Self:
        self.entry()
        return self

    def entry(self) -> Entry:
        """What it is in the long-term memory."""
        return Entry.from_json(self.model_dump(exclude_none=True))

    @model_serializer(mode="wrap")
    def _without_what_it_has_not(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in dump(self).items() if value is not None}


class _KeptSynopsis(BaseModel):
    slots: str
    level: int = Field(ge=1)
    text: str


class Archive(BaseModel):
    """What the file holds.

    Attributes:
        record: what a list shows, without the id where it is read back under another.
        steps: of each branch, the state after every finished step, oldest first.
        entries: the long-term memory, over all branches.
        synopses: what was condensed of it; versions before these had none.
    """

    model_config = ConfigDict(extra="forbid", validate_by_name=True, serialize_by_alias=True)

    kind: Literal["recurrentgpt story"] = "recurrentgpt story"
    format: Literal[1] = 1
    record: StoryRecord = Field(alias="card")
    steps: dict[str, list[dict[str, Any]]]
    entries: list[_KeptEntry]
    synopses: list[_KeptSynopsis] = []


async def pack(story: Story) -> Archive:
    """All of an open story."""
    steps = {branch.name: await _steps_of(story, branch.name) for branch in story.record.branches}
    kept, condensed = await story.remember(lambda memory: (memory.entries(), memory.synopses.every()))
    entries = [_KeptEntry.model_validate(entry.to_json()) for entry in kept]
    synopses = [_KeptSynopsis.model_validate(asdict(synopsis)) for synopsis in condensed]
    return Archive(record=story.record, steps=steps, entries=entries, synopses=synopses)


async def _steps_of(story: Story, branch: str) -> list[dict[str, Any]]:
    """The newest state of every finished step of a branch, oldest first."""
    found: dict[int, dict[str, Any]] = {}
    async for values in finished_steps(story, story.checkpoints.thread(branch)):
        found.setdefault(values["step"], dict(values))
    return [found[step] for step in sorted(found)]


def write_archive(path: Path, archive: Archive) -> None:
    """Write a story to a JSON file, whole or not at all.

    Raises:
        StorageError: it cannot be written.
    """
    write_bytes(path, archive.model_dump_json(indent=1).encode())


def read_archive(path: Path) -> Archive:
    """Check the JSON of a story.

    Raises:
        StorageError: the file cannot be read, or is no such story.
    """
    try:
        archive = Archive.model_validate(json.loads(path.read_text(encoding="utf-8")))
        for states in archive.steps.values():
            for state in states:
                _STATE.validate_python(state)
    except OSError as error:
        raise StorageError("file_unreadable", path=path, reason=error.strerror or error) from error
    except ValidationError as error:
        raise StorageError("archive_of_another_kind", path=path, problems=describe(error)) from error
    except (ValueError, RecursionError) as error:
        raise StorageError("archive_no_json", path=path, reason=error) from error
    return archive


async def unpack(library: Library, archive: Archive, progress: Callable[[int, int], None]) -> StoryRecord:
    """Put a story into a library; under another id where one of its own stands there already.

    Args:
        library: where to.
        archive: the story.
        progress: told how many entries are encoded, and of how many.

    Raises:
        StorageError: the data folder cannot be written.
        MemoryUnavailableError: the memory cannot be written.
    """
    taken = {record.story_id for record in library.records()}
    story_id = archive.record.story_id
    if story_id in taken:
        story_id = new_story_id()
    record = archive.record.model_copy(update={"story_id": story_id})
    # Its record comes last: until then a library does not see it.
    folder = library.make_folder(story_id)
    async with library.open(record) as story:
        entries = [_checked(entry) for entry in archive.entries]
        for start in range(0, len(entries), _BATCH):
            batch = entries[start : start + _BATCH]
            await story.remember(partial(_restore_entries, batch=batch))
            progress(start + len(batch), len(entries))
        condensed = [Synopsis(**synopsis.model_dump()) for synopsis in archive.synopses]
        await story.remember(lambda memory: memory.synopses.restore(condensed))
        for branch, states in archive.steps.items():
            for state in states:
                await _restore(story, branch, {**state, "story_id": story_id})
    write_record(folder, record)
    return record


def _restore_entries(memory: LongTermMemory, batch: list[Entry]) -> None:
    memory.restore(batch)


async def _restore(story: Story, branch: str, state: Mapping[str, Any]) -> None:
    values = {name: value for name, value in state.items() if name != "remaining_steps"}
    await story.change(values, branch, point_of(cast("StoryState", state)))


def _checked(kept: _KeptEntry) -> Entry:
    if not kept.text.strip():
        raise SettingsError("archive_paragraph_empty", place=kept.seq, branch=kept.branch)
    return kept.entry()
