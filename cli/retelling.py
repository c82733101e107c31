"""The book of a story that was played, told once more by the model, in the terminal."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast, get_args

import typer

from ..schemas.errors import ModelUnavailableError, SettingsError
from ..schemas.modes import Person
from .brought import settled
from .options import changed, the_library
from .resumable import agreed_to, go_through
from .stories import at_story
from .terminal import errors
from .words import t

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Telling:
    """What the options say of a book that is told once more."""

    person: str
    name: str
    author: str | None
    model: str | None


def export_retold(reference: str, output: Path | None, telling: Telling, *, replace: bool, ask: bool) -> None:
    """Have a play told as a book, once the person has seen what it costs, and write that to a file or to the screen.

    Raises:
        SettingsError: the person or the name cannot be, or the story was not played.
        ModelUnavailableError: the model cannot be had, or cannot do it.
        StorageError: the file cannot be written.
    """
    from ..stories import export  # noqa: PLC0415
    from ..stories import retelling as stories_retelling  # noqa: PLC0415

    library = the_library()
    record = settled(library, library.find(reference))
    if telling.person not in get_args(Person) or not record.mode.asks_for_actions:
        raise SettingsError("retell_unclear", title=record.name)
    wanted = stories_retelling.Wanted(cast("Person", telling.person), telling.name)
    wanted.check()
    if output:
        export.check_target(output, replace=replace)
    context = changed(record.context, model=telling.model, mode=record.mode)
    if library.is_demonstration(context):
        raise ModelUnavailableError("retelling_needs_a_model")
    _, cost = at_story(
        record.story_id,
        lambda opened: stories_retelling.cost_of_retelling(opened, context, wanted),
        plays=True,
    )
    work = t("work_retelling", count=cost.passages, model=library.model_for(context))
    if cost.passages and not agreed_to(work, cost, ask=ask):
        raise typer.Exit(1)
    go_through(
        library,
        record,
        lambda story: stories_retelling.retell(story, context, wanted),
        title=t("bar_retelling"),
        total=record.paragraphs,
        kept=t("told_is_kept"),
        tell=lambda _: None,
    )
    made = lambda opened: stories_retelling.retold_book(opened, wanted, telling.author)  # noqa: E731
    _, book = at_story(record.story_id, made, plays=True)
    if output is None:
        sys.stdout.write(export.book_bytes(book, ".md").decode())
        return
    export.write_book(output, book, replace=replace)
    errors.print(t("is_in_file", title=record.name, file=output), markup=False, soft_wrap=True)
