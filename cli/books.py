"""The commands that make a book of a story, and a story of a book."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path  # noqa: TC003 (typer reads the annotations)
from typing import TYPE_CHECKING, Annotated

import typer

from ..schemas.context import Context
from ..schemas.languages import DEFAULT
from ..schemas.places import ARCHIVE
from ..schemas.story_input import StoryInput
from .options import Model, Setting, StoryArgument, changed, the_library
from .stories import at_story
from .terminal import console, errors, reading_bar

if TYPE_CHECKING:
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
            help="A file ending with .md, .txt, .html, .epub, .docx, or .json for the whole story with its memory. "
            "Without it, the book is printed as Markdown.",
        ),
    ] = None,
    author: Annotated[str, typer.Option(help="Who is named as the author.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Make a book of a story (its current branch), or a file of all of it."""
    export_story(story, output, author=author, replace=force)


def export_story(reference: str, output: Path | None, *, author: str = "", replace: bool = False) -> None:
    """Write a story to a file, or to the screen.

    Raises:
        StorageError: nothing of it is written yet, or the file cannot be written.
        SettingsError: the file's name ends with no known format, or that needs the extra ``books``.
    """
    from ..stories import archive, export  # noqa: PLC0415

    if output:
        export.check_target(output, replace=replace)

    async def read(opened: Story) -> export.Book | archive.Archive:
        book = await export.book_of(opened, author)
        return await archive.pack(opened) if output and output.suffix.lower() == ARCHIVE else book

    record, book = at_story(reference, read)
    if isinstance(book, archive.Archive):
        if output:
            archive.write_archive(output, book)
    elif output is None:
        sys.stdout.write(export.as_markdown(book))
        return
    else:
        export.write_book(output, book, replace=replace)
    errors.print(f"'{record.name}' is in {output}.", markup=False, highlight=False)


@books.command("import")
def import_story(
    file: Annotated[Path, typer.Argument(help="A .txt, .md, .docx, .pdf or .epub manuscript, or a story's .json.")],
    title: Annotated[str, typer.Option(help="Its title, where the file has none.")] = "",
    genre: Annotated[str, typer.Option(help="Any words you like.")] = "",
    outline: Annotated[str, typer.Option(help="Where it is to go.")] = "",
    language: Annotated[str, typer.Option(help=StoryInput.model_fields["language"].description)] = DEFAULT,
    model: Model = None,
    setting: Setting = None,
) -> None:
    """Take up a manuscript: it is read, summed up and remembered, and you write on from its end."""
    from ..stories import beginning  # noqa: PLC0415

    library = the_library()
    if file.suffix.lower() == ARCHIVE:
        with reading_bar(what="Remembering") as at:
            record = asyncio.run(beginning.put_back(library, file, at))
        console.print(f"'{record.name}' is on the shelf as {record.story_id}.", markup=False)
        return
    context = changed(Context(), model=model, setting=setting)
    given = {"title": title, "genre": genre, "outline": outline, "language": language}
    record, found = asyncio.run(beginning.take_up(library, file, given, context))
    chapters = f" in {len(found.chapters)} chapters" if found.chapters else ""
    console.print(f"'{record.name}': {len(found.paragraphs)} paragraphs{chapters} to read.", markup=False)
    from .write import write_on  # noqa: PLC0415

    write_on(library, record, context, 0)
