"""A story's card: what a list shows of it, in a small file beside its checkpoints.

The card is a convenience. The truth is the checkpoint; whenever a story is run, its card is written anew.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_serializer,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema  # noqa: TC002 (Pydantic reads the annotations)

from ..schemas.before import path_before
from ..schemas.context import Context
from ..schemas.errors import FieldError, StorageError
from ..schemas.files import remove, write_whole
from ..schemas.languages import Language, language_named
from ..schemas.modes import Mode, mode_named
from ..schemas.pack import is_sealed
from ..schemas.places import CARD, KEPT_CARD
from ..schemas.story_input import STORY_ID, StoryInput

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ..schemas.lineage import Lineage

FORMAT = 3
TRUNK = "main"
BRANCH_NAME = r"^[\w-][\w .-]{0,39}$"
"""What a branch may be called."""


class Branch(BaseModel):
    """A branch of a story: a thread of its own, begun from a step of another.

    Attributes:
        name: what a person calls it.
        parent: the branch it left; empty for the first.
        step: the last step it shares with its parent.
        is_save: whether it is a save point: a place that one goes on from, and that is not written on itself.
    """

    model_config = ConfigDict(frozen=True)

    name: str = Field(pattern=BRANCH_NAME)
    parent: str = ""
    step: int = Field(default=0, ge=0)
    is_save: bool = False


class StoryRecord(BaseModel):
    """What a list shows of a story, and the settings it was last run with (no secrets are among them).

    ``copy_of`` names the story of which its folder is a copy that nobody opened yet; it is seen, and not kept.
    """

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    story_id: str = Field(pattern=STORY_ID)
    copy_of: SkipJsonSchema[Annotated[str, BeforeValidator(lambda _: "")]] = Field("", exclude=True)
    title: str = ""
    paragraphs: int = 0
    synopsis: str = ""
    begun_from: StoryInput
    written: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC))
    context: Context = Field(default_factory=Context)
    branch: str = TRUNK
    branches: tuple[Branch, ...] = (Branch(name=TRUNK),)

    @model_validator(mode="after")
    def _has_a_tree_of_branches(self) -> Self:
        known: set[str] = set()
        for branch in self.branches:
            if branch.name in known:
                raise FieldError("branch_twice", name=branch.name)
            if branch.parent and branch.parent not in known:
                raise FieldError("branch_without_parent", name=branch.name, parent=branch.parent[:60])
            known.add(branch.name)
        if self.branch not in known:
            raise FieldError("branch_not_there", name=self.branch[:60])
        return self

    @field_serializer("context")
    def _as_asked_for(self, context: Context) -> dict[str, Any]:
        """The settings that somebody chose: what the others are is their mode's and their model's affair."""
        return context.model_dump(mode="json", exclude_unset=True)

    @property
    def language(self) -> Language:
        """What it is written in."""
        return language_named(self.begun_from.language)

    @property
    def mode(self) -> Mode:
        """Who the person is in it."""
        return mode_named(self.begun_from.mode)

    @property
    def before(self) -> Lineage:
        """The path of the book before this one; empty where there is none."""
        return path_before({"before": self.begun_from.before and self.begun_from.before.model_dump()})

    @property
    def is_sealed(self) -> bool:
        """Whether it is a pack, whose reader does not look behind the scenes."""
        return is_sealed(self.begun_from.model_dump())

    @property
    def shown(self) -> StoryRecord:
        """The card without what a pack keeps from its reader."""
        if not self.is_sealed:
            return self
        begun = self.begun_from
        told = {name: getattr(begun, name) for name in ("title", "genre", "language", "mode", "target_paragraphs")}
        return self.model_copy(update={"synopsis": "", "begun_from": StoryInput(topic=self.name, **told)})

    def numbered(self, number: int) -> str:
        """A paragraph's number as faces show it; 0 and below are of the book before, and marked as such.

        Args:
            number: from 1 in this book.
        """
        from ..prompts import numbered  # noqa: PLC0415 (a list of stories needs no prompts)

        return numbered(number - 1, self.before.length, self.language)

    @property
    def name(self) -> str:
        """Its title, or its topic while it has none."""
        return self.title or self.begun_from.topic


DERIVED = frozenset({"title", "paragraphs", "synopsis", "written"})
"""What a card says that the checkpoints know too."""


def write_record(folder: Path, record: StoryRecord, *, may_be_older: bool = False) -> None:
    """Keep a card in a story's folder, all of it or nothing.

    Args:
        folder: the story's.
        record: the card.
        may_be_older: whether a power cut may bring the card before back.

    Raises:
        StorageError: it cannot be written.
    """
    told = record.model_dump_json(indent=2).encode()
    write_bytes(folder / CARD, told, may_be_older=may_be_older)
    if not may_be_older:
        write_bytes(folder / KEPT_CARD, told)


def knows_more_branches(kept: StoryRecord, card: StoryRecord) -> bool:
    """Whether the card that is kept beside a story's card is of the same story, and names branches that this one lacks.

    The card is written first: then it is of an earlier day, brought back by a program that copies folders.
    """
    names = {branch.name for branch in card.branches}
    return kept.story_id == card.story_id and any(branch.name not in names for branch in kept.branches)


def read_record(folder: Path, name: str = CARD) -> StoryRecord:
    """The card in a story's folder, or the one that is kept beside it.

    Raises:
        StorageError: there is none, or it cannot be read.
    """
    try:
        kept = json.loads((folder / name).read_text(encoding="utf-8"))
        if kept.get("format") not in _MIGRATIONS and kept.get("format") != FORMAT:
            raise StorageError("card_format", folder=folder, format=repr(kept.get("format")), known=FORMAT)
        return StoryRecord.model_validate(upgraded(kept))
    except (OSError, ValueError, AttributeError, ValidationError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise StorageError("card_unreadable", folder=folder, reason=reason) from error


def upgraded(kept: dict[str, Any]) -> dict[str, Any]:
    """A card of an older format in the form of this one; one of a newer format stays as it is."""
    while kept.get("format") in _MIGRATIONS:
        kept = _MIGRATIONS[kept["format"]](kept)
    return kept


def is_older(folder: Path) -> bool:
    """Whether the card in a folder is of an older format, which is read, and written anew in this one."""
    try:
        return json.loads((folder / CARD).read_text(encoding="utf-8")).get("format") in _MIGRATIONS
    except (OSError, ValueError, AttributeError, TypeError):
        return False


def _with_branches(kept: dict[str, Any]) -> dict[str, Any]:
    """Format 1 knew one branch."""
    return {**kept, "format": 2, "branch": TRUNK, "branches": [{"name": TRUNK}]}


def _with_what_was_chosen(kept: dict[str, Any]) -> dict[str, Any]:
    """Format 2 kept every setting, also those that nobody had changed."""
    usual = Context().sized_for(mode_named(kept["begun_from"].get("mode"))).model_dump(mode="json")
    context = {name: value for name, value in kept.get("context", {}).items() if value != usual.get(name)}
    return {**kept, "format": 3, "context": context}


_MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _with_branches, 2: _with_what_was_chosen}
"""From each older format to the next."""


def write_text(path: Path, text: str) -> None:
    """Write a text as :func:`write_bytes` does.

    Raises:
        StorageError: it cannot be written.
    """
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes, *, may_be_older: bool = False) -> None:
    """Write a file by way of a neighbour: no crash, power cut or full disk leaves half of one.

    Raises:
        StorageError: it cannot be written.
    """
    try:
        write_whole(path, content, may_be_older=may_be_older)
    except OSError as error:
        raise StorageError("file_unwritable", path=path, reason=error.strerror or error) from error


def remove_file(path: Path) -> None:
    """Remove a file for good, if it is there.

    Raises:
        StorageError: it cannot be removed.
    """
    try:
        remove(path)
    except OSError as error:
        raise StorageError("file_unwritable", path=path, reason=error.strerror or error) from error
