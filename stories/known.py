"""Which settings act in this library, story by story. What a folder or a backup from elsewhere carries is shown first.

A card that this library did not write may be a stranger's: its prompts can say anything, its model can cost money. The
library keeps a record of its own, a file a story, with a digest of each choice of settings that was made here.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from contextlib import suppress
from hashlib import blake2b
from typing import TYPE_CHECKING

from ..schemas.errors import RecurrentGPTError, StorageError, StoryStateError
from ..schemas.files import make_folders, sync_folder, sync_tree
from ..schemas.places import KEPT_CARD, KNOWN, TRASH
from ..schemas.story_folders import folders_of, is_story
from .brought import Brought, joined, read_brought, set_aside
from .record import read_record, write_text
from .shelf import card_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .library import Library
    from .record import StoryRecord
    from .story import Story

_MOST = 100
"""Choices of settings that are remembered of a story, the latest: an old backup has one of them."""


def begin_knowing(home: Path) -> None:
    """Begin the record of a library that has none: what stands there by then, an earlier version put there.

    Raises:
        StorageError: it cannot be written.
    """
    place = home / KNOWN
    if place.is_dir():
        return
    scratch = place.with_name(f".{KNOWN}.{uuid.uuid4().hex}.new")
    try:
        make_folders(scratch)
        for record in _standing(home):
            kept = scratch / record.story_id
            kept.write_text("".join(f"{one}\n" for one in {*_read(kept), _digest(record)}), encoding="ascii")
        sync_tree(scratch)  # At once: a shelf may have thousands.
        with suppress(FileExistsError):
            os.rename(scratch, place)  # noqa: PTH104 (another process may have begun it meanwhile, with the same)
        sync_folder(home)
    except OSError as error:
        if not place.is_dir():
            raise StorageError("home_unwritable", folder=home, reason=error.strerror or error) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _standing(home: Path) -> Iterator[StoryRecord]:
    """The cards of all stories that stand in a library or lie in its trash, those too that are kept beside a card."""
    trash = home / TRASH
    gone = [folder for folder in trash.iterdir() if folder.is_dir() and is_story(folder)] if trash.is_dir() else []
    for folder in (*folders_of(home), *gone):
        with suppress(RecurrentGPTError):
            yield card_of(folder)
        with suppress(RecurrentGPTError):
            yield read_record(folder, KEPT_CARD)


def note(home: Path, record: StoryRecord) -> None:
    """The settings of a card act in this library from now on: somebody chose them here.

    Raises:
        StorageError: it cannot be noted.
    """
    begin_knowing(home)
    path = home / KNOWN / record.story_id
    known, digest = _read(path), _digest(record)
    if digest not in known:
        write_text(path, "".join(f"{one}\n" for one in [*known, digest][-_MOST:]))


def is_known(home: Path, record: StoryRecord) -> bool:
    """Whether a story, or the one that it is a copy of, was begun or written on in this library.

    Raises:
        StorageError: the record cannot be begun.
    """
    begin_knowing(home)
    return any((home / KNOWN / story_id).is_file() for story_id in (record.story_id, record.copy_of) if story_id)


def carried(home: Path, record: StoryRecord) -> Brought | None:
    """What a story's card carries besides text, where nobody let that act in this library; ``None``: nothing.

    Raises:
        StorageError: the record cannot be begun.
    """
    begin_knowing(home)
    found = set_aside(record.context, record.mode, ())
    if found is None:
        return None
    known = (_read(home / KNOWN / story_id) for story_id in (record.story_id, record.copy_of) if story_id)
    digest = _digest(record)
    return None if any(digest in one for one in known) else found


def check_decided(story: Story) -> None:
    """See that nothing which a story's card carries waits for somebody to say what of it is to act.

    Raises:
        StoryStateError: something does.
    """
    if story.carried is not None:
        raise StoryStateError("carries_undecided", title=story.record.name, story_id=story.record.story_id)


def check_may_act(story: Story) -> None:
    """See that a story's settings may act here, before a model is asked; from then on it is one of the library's.

    Raises:
        StoryStateError: it came from elsewhere with settings of its own that nobody decided on.
    """
    check_decided(story)
    if not is_known(story.library.home, story.record):
        note(story.library.home, story.record)


def waiting(library: Library, record: StoryRecord) -> Brought | None:
    """What a story brought besides text that nobody decided on yet, in its file or in its card; ``None``: nothing.

    Raises:
        StorageError: it cannot be read.
    """
    return joined(read_brought(library.folder(record)), carried(library.home, record))


def check_no_links(home: Path, record: StoryRecord, folder: Path) -> None:
    """See that nothing in the folder of a story that is not known here leads out of it.

    Raises:
        StorageError: a link does: what would be written by it stands elsewhere.
    """
    if is_known(home, record):
        return
    inside = folder.resolve()
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() and not path.resolve().is_relative_to(inside):
            raise StorageError("folder_leads_out", folder=folder, link=path.relative_to(folder), to=path.readlink())


def _read(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return []


def _digest(record: StoryRecord) -> str:
    told = record.context.model_dump(mode="json", exclude_unset=True)
    return blake2b(json.dumps(told, sort_keys=True).encode(), digest_size=16).hexdigest()
