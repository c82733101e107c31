"""Which story stands in which folder: known by what is inside *and* by where it stands.

A story's folder is called by its id. One that was renamed or moved is still that story. A folder beside the story's own
that says the same id is a copy of it, and a story of its own: with an id made of both, until it is first opened and
says so itself.
"""

from __future__ import annotations

import json
import re
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from .places import ARRIVING, CARD, CHECKPOINTS, KEPT_CARD, LAST_STATE, MEMORY, STORIES
from .story_input import STORY_ID

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_KNOWN = (CARD, KEPT_CARD, LAST_STATE, CHECKPOINTS, MEMORY)
_SYNCED = re.compile(
    r"(?i)conflict|conflicted|sync-conflict|"  # Dropbox, Nextcloud, Syncthing, Google Drive
    r"^(?:story|head|checkpoints|memory)[ _-]?(?:\(\d+\)|\d+|[\w-]+-[\w-]*\d)(?=\.)"  # iCloud's 2, OneDrive's computer
)


class Identity(NamedTuple):
    """Which story a folder is: its id, and of which story it is a copy that was not opened yet (empty: of none)."""

    story_id: str
    copy_of: str = ""


def folders_of(home: Path) -> list[Path]:
    """The folders of a data folder that are stories, whole or damaged, by name.

    Raises:
        OSError: the folder cannot be read.
    """
    place = home / STORIES
    if not place.is_dir():
        return []
    found = [folder for folder in place.iterdir() if not folder.name.startswith(".") and folder.is_dir()]
    return sorted(folder for folder in found if is_story(folder))


def is_story(folder: Path) -> bool:
    """Whether a folder holds something of a story, and none that is still being put there."""
    if (folder / CARD).exists() or (folder / LAST_STATE).exists():
        return True
    return not (folder / ARRIVING).exists() and any((folder / name).exists() for name in _KNOWN)


def says(folder: Path) -> str:
    """The id that a folder says it has; where it says none that can be one, its name.

    Where its card is another story's, the one that is kept beside it says so.
    """
    if _id_in(folder, KEPT_CARD, "story_id") == folder.name:
        return folder.name
    for name, of in ((CARD, "story_id"), (KEPT_CARD, "story_id"), (LAST_STATE, "state")):
        if found := _id_in(folder, name, of):
            return found
    return folder.name


def _id_in(folder: Path, name: str, of: str) -> str:
    """The id that a file of a folder says; nothing, where it says none that can be one."""
    try:
        kept = json.loads((folder / name).read_text(encoding="utf-8"))
        found = kept[of] if of == "story_id" else kept[of]["story_id"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""
    return found if isinstance(found, str) and re.fullmatch(STORY_ID, found) else ""


def identities(said: Mapping[str, str], home: Path | None = None) -> dict[str, Identity]:
    """Which story each folder is. Where none of several is called by their id, it is the one that was it here before.

    Args:
        said: the id that each says it has, by the folder's name.
        home: the data folder.
    """
    before = {(place.name, story_id) for (of, story_id), place in _FOUND.items() if of == home}
    by_id: dict[str, list[str]] = {}
    for name in sorted(said, key=lambda name: (said[name] != name, (name, said[name]) not in before, len(name), name)):
        by_id.setdefault(said[name], []).append(name)
    taken = {*said, *by_id}
    found: dict[str, Identity] = {}
    for story_id, (first, *copies) in by_id.items():
        found[first] = Identity(story_id)
        for name in copies:
            own = _own_id(story_id, name, taken)
            taken.add(own)
            found[name] = Identity(own, story_id)
    return found


def identity_of(folder: Path) -> Identity:
    """Which story a folder is, among those beside it."""
    said = {beside.name: says(beside) for beside in folders_of(folder.parent.parent)}
    return identities(said, folder.parent.parent).get(folder.name, Identity(folder.name))


def folder_of(home: Path, story_id: str) -> Path:
    """Where a story stands, or would stand if there were one of that id."""
    usual = home / STORIES / story_id
    if usual.exists():
        return usual
    kept = _FOUND.get((home, story_id))
    if kept is not None and kept.exists() and says(kept) == story_id:
        return kept
    try:
        said = {folder.name: says(folder) for folder in folders_of(home)}
    except OSError:
        return usual
    for name, identity in identities(said, home).items():
        if identity.story_id == story_id:
            _FOUND[home, story_id] = home / STORIES / name
            return home / STORIES / name
    return usual


_FOUND: dict[tuple[Path, str], Path] = {}
"""Where stories were found whose folders are not called by their ids; each is looked at again before it is believed."""


def conflicts_in(folder: Path) -> list[str]:
    """The names of files in a story's folder that a program which keeps folders alike has put beside the story's own.

    It does so where two machines wrote: each has a part of the story that the other has not.
    """
    try:
        return sorted(file.name for file in folder.iterdir() if _SYNCED.search(file.name))
    except OSError:
        return []


def _own_id(story_id: str, name: str, taken: set[str]) -> str:
    number = 0
    while True:
        told = f"{story_id}/{name}/{number}" if number else f"{story_id}/{name}"
        own = blake2b(told.encode(), digest_size=6).hexdigest()
        if own not in taken:
            return own
        number += 1
