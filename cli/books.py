"""The commands that make a book of a story, and a story of a book."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path  # noqa: TC003 (typer reads the annotations)
from typing import TYPE_CHECKING, Annotated

import typer

from ..schemas.context import Context
from ..schemas.places import ARCHIVE
from ..stories.export import FORMATS
from .facts import offer_to_build
from .options import Model, Setting, StoryArgument, changed, premise_options, the_library, with_premise
from .stories import at_story
from .terminal import console, errors, reading_bar
from .words import t

if TYPE_CHECKING:
    from ..stories.record import StoryRecord
    from ..stories.story import Story

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
) -> None:
    """Make a book of a story (its current branch), or a file of all of it."""
    export_story(story, output, author=author, replace=force, synopsis=synopsis, acts=not scenes)


def export_story(
    reference: str,
    output: Path | None,
    *,
    author: str = "",
    replace: bool = False,
    synopsis: bool = False,
    acts: bool = True,
) -> None:
    """Write a story to a file, or to the screen.

    Raises:
        StorageError: nothing of it is written yet, or the file cannot be written.
        SettingsError: the file's name ends with no known format, or that needs the extra ``books``.
    """
    from ..stories import archive, export  # noqa: PLC0415

    if output:
        export.check_target(output, replace=replace)

    async def read(opened: Story) -> export.Book | archive.Archive:
        if output and output.suffix.lower() == ARCHIVE:
            return await archive.pack(opened)
        return await export.book_of(opened, author, synopsis=synopsis, acts=acts)

    record, book = at_story(reference, read, only_reads=True, plays=True)
    if isinstance(book, archive.Archive):
        if output:
            archive.write_archive(output, book)
    elif output is None:
        sys.stdout.write(export.as_markdown(book))
        return
    else:
        export.write_book(output, book, replace=replace)
    errors.print(t("is_in_file", title=record.name, file=output), markup=False, highlight=False, soft_wrap=True)


@books.command("import")
@with_premise(
    *premise_options(without="topic"), title="Its title, where the file has none.", outline="Where it is to go."
)
def import_story(
    premise: dict[str, object],
    file: Annotated[Path, typer.Argument(help="A .txt, .md, .docx, .pdf or .epub manuscript, or a story's .json.")],
    model: Model = None,
    setting: Setting = None,
) -> None:
    """Take up a manuscript: it is read, summed up and remembered, and you write on from its end."""
    from ..stories import beginning  # noqa: PLC0415

    library = the_library()
    if file.suffix.lower() == ARCHIVE:
        with reading_bar(what=t("bar_remembering")) as at:
            record = asyncio.run(beginning.put_back(library, file, at))
        console.print(t("put_back", title=record.name, story_id=record.story_id), markup=False)
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
