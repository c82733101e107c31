"""What a person typed on a page and has not sent yet: kept beside the story too, so that another browser has it.

A page says what is typed and what was sent or dropped. What was sent stays known for a while as gone, so that a browser
that has it still, and was away meanwhile, does not bring it back.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..schemas.errors import StorageError, StoryStateError
from ..schemas.files import move
from ..schemas.places import DRAFTS, DRAFTS_LOCK
from .checkpoints import unusable
from .record import write_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MOST = 200
"""Drafts of one story, and drafts that are known as gone, at most."""
MOST_TEXT = 1_000_000
"""Characters of all drafts of one story, at most: the oldest go first, and stay in the browser that has them."""

ASIDE = ".damaged"
"""What is put after the name of such a file that cannot be read."""

PATIENCE = 10
"""Seconds that another process may take to write what it keeps; it takes some milliseconds."""

_ONE_AT_A_TIME = threading.Lock()

Name = Annotated[str, Field(max_length=400)]
Text = Annotated[str, Field(max_length=160_000)]
When = Annotated[int, Field(ge=0, le=2**53 - 1)]
"""Milliseconds since 1970, by the browser's clock; at most what a script can count to."""


class Draft(BaseModel):
    """What stands in one field of one page.

    Attributes:
        key: which: the branch, the field and the tab, as the page names them.
        place: which field.
        branch: of which branch; empty: of none.
        text: what is typed.
        base: what stood there when it was begun.
        made: what the field's form said it was made for.
        label: what the field is called.
        address: the page's, on this server.
        tab: the tab that it was typed in.
        load: the page in it.
        was: the keys of drafts of other tabs that it was made of, and when each had been typed.
        when: it was typed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Name = Field(min_length=1)
    place: Name = Field(min_length=1)
    branch: Name = ""
    text: Text
    base: Text = ""
    made: dict[Name, Name | None] = Field(default_factory=dict, max_length=8)
    label: Name = ""
    address: Annotated[str, Field(max_length=2000, pattern=r"^/([^/\\\x00-\x20][^\x00-\x1f]*)?$")]
    """Without line breaks and tabs, which a browser leaves out of an address: behind them ``//`` is another server."""
    tab: Name = ""
    load: Name = ""
    was: dict[Name, When] = Field(default_factory=dict, max_length=50)
    when: When


class Said(BaseModel):
    """What a page says of its fields.

    Attributes:
        keep: what is typed.
        drop: the keys of what was sent or dropped, and when each was typed.
        tell: whether it wants to know what is kept.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    keep: tuple[Draft, ...] = Field(default=(), max_length=MOST)
    drop: dict[Name, When] = Field(default_factory=dict, max_length=MOST)
    tell: bool = False


class Kept(BaseModel):
    """All that is kept of a story.

    Attributes:
        drafts: what is typed, the newest last.
        gone: the keys of what was sent or dropped, and when each had been typed, the newest last.
    """

    model_config = ConfigDict(frozen=True)

    drafts: tuple[Draft, ...] = ()
    gone: dict[str, int] = Field(default_factory=dict)


def heard(text: str) -> Said:
    """What a page says, read.

    Raises:
        StoryStateError: it is not what a page says, or more than is kept.
    """
    try:
        return Said.model_validate_json(text)
    except ValidationError as error:
        raise StoryStateError("drafts_unclear") from error


def keep_drafts(folder: Path, said: Said) -> Kept:
    """Keep what is typed and let go of what was sent; gives all that is kept then. On return it is on the disk.

    Several processes may keep drafts of one story: each adds to what the others kept.

    Args:
        folder: the story's.
        said: by the page.

    Raises:
        StorageError: it cannot be written.
    """
    if not (said.keep or said.drop):
        return _read(folder) or Kept()
    with _alone(folder):
        before = _read(folder) or _put_aside(folder)
        gone = {**{key: when for key, when in before.gone.items() if key not in said.drop}, **said.drop}
        fresh = {one.key: one for one in said.keep}
        typed = [*(one for one in before.drafts if one.key not in fresh), *fresh.values()]
        after = Kept(
            drafts=tuple(_bounded(one for one in typed if one.when > gone.get(one.key, -1))),
            gone=dict(list(gone.items())[-MOST:]),
        )
        if after != before:
            write_text(folder / DRAFTS, after.model_dump_json())
        return after


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let no other thread or process write what is kept meanwhile.

    Raises:
        StorageError: the folder is not there or cannot be written, or another process does not come to its end.
    """
    if not folder.is_dir():  # The lock would make it.
        raise StorageError("folder_moved", folder=folder)
    with _ONE_AT_A_TIME:
        lock = FileLock(folder / DRAFTS_LOCK)
        try:
            lock.acquire(timeout=PATIENCE)
        except OSError as error:
            raise unusable(folder, error) from error
        try:
            yield
        finally:
            lock.release()


def _read(folder: Path) -> Kept | None:
    """What is kept; nothing where it cannot be read."""
    try:
        return Kept.model_validate_json((folder / DRAFTS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Kept()
    except (OSError, ValueError):
        return None


def _put_aside(folder: Path) -> Kept:
    """Put a file that cannot be read aside, for whoever can read it; the browsers have what they typed."""
    with suppress(OSError):
        move(folder / DRAFTS, folder / f"{DRAFTS}{ASIDE}")
    return Kept()


def _bounded(drafts: Iterable[Draft]) -> list[Draft]:
    """The newest, as many as are kept."""
    kept: list[Draft] = []
    size = 0
    for draft in sorted(drafts, key=lambda one: one.when, reverse=True)[:MOST]:
        size += len(draft.text) + len(draft.base)
        if kept and size > MOST_TEXT:
            break
        kept.append(draft)
    return kept[::-1]
