"""The stories of a data folder as their folders say them. One that is damaged never hides the others."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..schemas.errors import RecurrentGPTError, StorageError
from ..schemas.lineage import Lineage
from ..schemas.places import CARD, KEPT_CARD, LAST_STATE
from ..schemas.story_folders import conflicts_in, folders_of, identities, identity_of, is_story, says
from ..schemas.story_input import StoryInput, read_input
from .record import StoryRecord, read_record

if TYPE_CHECKING:
    from pathlib import Path

    from ..schemas.story_folders import Identity


def stories_in(home: Path) -> tuple[list[StoryRecord], list[StorageError]]:
    """The stories of a data folder, and what is wrong with those whose cards cannot be read."""
    try:
        folders = folders_of(home)
    except OSError as error:
        return [], [StorageError("home_unwritable", folder=home, reason=error.strerror or error)]
    read: dict[str, StoryRecord] = {}
    problems: list[StorageError] = []
    for folder in folders:
        try:
            read[folder.name] = card_of(folder)
        except StorageError as error:
            problems.append(error)
    said = {folder.name: read[folder.name].story_id if folder.name in read else says(folder) for folder in folders}
    known = identities(said, home)
    return [_as(record, known[name]) for name, record in read.items()], problems


def conflicts_of(home: Path) -> list[StorageError]:
    """What a program that keeps folders alike has put beside stories' own files."""
    try:
        found = {folder: conflicts_in(folder) for folder in folders_of(home)}
    except OSError:
        return []
    return [StorageError("sync_conflict", folder=folder, files=names) for folder, names in found.items() if names]


def record_of(folder: Path) -> StoryRecord:
    """The card of the story in a folder, made of its head where it was begun elsewhere and has none.

    Raises:
        StorageError: there is neither, or it cannot be read.
    """
    record = card_of(folder)
    return record if record.story_id == folder.name else _as(record, identity_of(folder))


def is_there(folder: Path) -> bool:
    """Whether a story stands in a folder."""
    return folder.is_dir() and not folder.name.startswith(".") and is_story(folder)


def _as(record: StoryRecord, identity: Identity) -> StoryRecord:
    if record.story_id == identity.story_id:
        return record
    return record.model_copy(update={"story_id": identity.story_id, "copy_of": identity.copy_of})


def card_of(folder: Path) -> StoryRecord:
    """The card in a folder, made of its head where it has none, with the id that it says.

    Raises:
        StorageError: there is neither, or it cannot be read.
    """
    try:
        if not (folder / CARD).exists():
            return read_record(folder, KEPT_CARD) if (folder / KEPT_CARD).exists() else _of_head(folder)
        record = read_record(folder)
        return record if record.story_id == says(folder) else read_record(folder, KEPT_CARD)
    except StorageError:
        raise
    except (RecurrentGPTError, OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise StorageError("card_unreadable", folder=folder, reason=reason) from error


def _of_head(folder: Path) -> StoryRecord:
    from ..memory.last_state import read_last_state  # noqa: PLC0415 (heavy, and not needed for a list)

    head = read_last_state(folder)
    if head is None:
        return read_record(folder)
    return StoryRecord(
        story_id=says(folder),
        title=str(head.get("title", "")),
        paragraphs=Lineage.from_json(head.get("lineage")).length,
        begun_from=read_input({name: head.get(name) for name in StoryInput.model_fields}),
        written=datetime.fromtimestamp((folder / LAST_STATE).stat().st_mtime, UTC),
    )
