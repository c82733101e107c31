"""The commands that make a book of a story, and a story of a book."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path  # noqa: TC003 (typer reads the annotations)
from typing import TYPE_CHECKING, Annotated

import typer

from ..schemas.catalogue import part
from ..schemas.context import Context
from ..schemas.errors import SettingsError
from ..schemas.places import ARCHIVE
from ..stories.export import FORMATS
from .brought import Take, decide_on
from .facts import offer_to_build
from .options import Model, Setting, StoryArgument, changed, premise_options, the_library, with_premise
from .retelling import Telling, export_retold
from .speech import said
from .stories import Yes, at_story
from .terminal import console, errors, reading_bar, warn
from .words import t

if TYPE_CHECKING:
    from ..stories.record import StoryRecord

books = typer.Typer()


@books.command()
def export(
    story: StoryArgument = "",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help=f"A file ending with {', '.join(FORMATS)}, or {ARCHIVE} for the whole story with its memory. "
            "Without it, the book is printed as Markdown.",
        ),
    ] = None,
    author: Annotated[str, typer.Option(help="Who is named as the author.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    synopsis: Annotated[bool, typer.Option("--synopsis", help="What it tells in few words, before the book.")] = False,
    scenes: Annotated[
        bool, typer.Option("--scenes", help="Of a story that was played: the scenes alone, without what you did.")
    ] = False,
    retelling: Annotated[
        str,
        typer.Option(
            "--retell",
            metavar="PERSON",
            help="Of a story that was played: have the model tell it as a book, in the second or third person (second, "
            "third); says the cost first.",
        ),
    ] = "",
    name: Annotated[str, typer.Option(help="With --retell third: what the player is called.")] = "",
    yes: Yes = False,
    model: Model = None,
    as_it_stands: Annotated[
        bool, typer.Option("--as-it-stands", help=f"Of a {ARCHIVE}: without what was edited away, taken out or undone.")
    ] = False,
) -> None:
    """Make a book of a story (its current branch), or a file of all of it."""
    if retelling:
        export_retold(story, output, Telling(retelling, name, author, model), replace=force, ask=not yes)
    elif output and as_it_stands:
        export_archive(story, output, replace=force, as_it_stands=as_it_stands)
    else:
        export_story(story, output, author=author, replace=force, synopsis=synopsis, acts=not scenes)


def export_archive(reference: str, output: Path, *, replace: bool, as_it_stands: bool) -> None:
    """Write all of a story to a file, and say what that holds besides what one reads.

    Raises:
        StorageError: the file cannot be written.
        SettingsError: its name is that of a book.
    """
    from ..stories import archive, export  # noqa: PLC0415
    from ..stories.archive_past import edited_away, without_edited_away  # noqa: PLC0415

    if output.suffix.lower() != ARCHIVE:
        raise SettingsError("target_format", name=output.name, known=(ARCHIVE,))
    export.check_target(output, replace=replace)
    record, packed = at_story(reference, archive.pack, only_reads=True)
    archive.write_archive(output, without_edited_away(packed) if as_it_stands else packed)
    _say_where(record, output)
    gone = edited_away(packed)
    if (gone.passages or gone.states) and not as_it_stands:
        warn(t("holds_edited_away", passages=gone.passages, states=gone.states))


def _say_where(record: StoryRecord, output: Path) -> None:
    """Say what is in a file, and, where checkpoints are encrypted, that the file is not."""
    errors.print(t("is_in_file", title=record.name, file=output), markup=False, highlight=False, soft_wrap=True)
    if the_library().settings.aes_key:
        warn(t("notice", said=said(part("not_encrypted"))))


def export_story(
    reference: str,
    output: Path | None,
    *,
    author: str = "",
    replace: bool = False,
    synopsis: bool = False,
    acts: bool = True,
) -> None:
    """Write a story to a file, as a book or all of it, or as a book to the screen.

    Raises:
        StorageError: nothing of it is written yet, or the file cannot be written.
        SettingsError: the file's name ends with no known format, or that needs the extra ``books``.
    """
    from ..stories import export  # noqa: PLC0415

    if output and output.suffix.lower() == ARCHIVE:
        export_archive(reference, output, replace=replace, as_it_stands=False)
        return
    if output:
        export.check_target(output, replace=replace)
    record, book = at_story(
        reference,
        lambda opened: export.book_of(opened, author, synopsis=synopsis, acts=acts),
        only_reads=True,
        plays=True,
    )
    if output is None:
        sys.stdout.write(export.as_markdown(book))
        return
    export.write_book(output, book, replace=replace)
    _say_where(record, output)


@books.command("import")
@with_premise(
    *premise_options(without="topic"), title="Its title, where the file has none.", outline="Where it is to go."
)
def import_story(
    premise: dict[str, object],
    file: Annotated[Path, typer.Argument(help="A .txt, .md, .docx, .pdf or .epub manuscript, or a story's .json.")],
    model: Model = None,
    setting: Setting = None,
    take: Take = None,
) -> None:
    """Take up a manuscript: it is read, summed up and remembered, and you write on from its end.

    A story's .json is put back as it was; models, prompts and settings that it brings are shown, and act if you say so.
    """
    from ..stories import beginning  # noqa: PLC0415

    library = the_library()
    if file.suffix.lower() == ARCHIVE:
        with reading_bar(what=t("bar_remembering")) as at:
            record = asyncio.run(beginning.put_back(library, file, at))
        console.print(t("put_back", title=record.name, story_id=record.story_id), markup=False)
        decide_on(library, record, take)
        return
    context = changed(Context(), model=model, setting=setting)
    record, found = asyncio.run(beginning.take_up(library, file, premise, context))
    to_read = {"title": record.name, "count": len(found.paragraphs), "chapters": len(found.chapters)}
    console.print(t("to_read_in_chapters" if found.chapters else "to_read", **to_read), markup=False)
    from .write import write_on  # noqa: PLC0415

    write_on(library, record, context, 0)
    offer_to_build(record.story_id)


def begin_after_another(reference: str, premise: dict[str, object], context: Context) -> StoryRecord:
    """Begin a book that goes on from another's end, with a bar while it takes over what that one told.

    Raises:
        RecurrentGPTError: as :func:`.sequel.begin_after`.
    """
    from ..stories.sequel import begin_after  # noqa: PLC0415

    with reading_bar(what=t("bar_remembering")) as at:
        _, record = at_story(reference, lambda earlier: begin_after(earlier, premise, context, progress=at))
    return record
