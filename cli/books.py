"""The commands that make a book of a story, and a story of a book."""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from pathlib import Path  # noqa: TC003 (typer reads the annotations)
from typing import TYPE_CHECKING, Annotated

import typer

from ..schemas.catalogue import part
from ..schemas.context import Context
from ..schemas.errors import SettingsError
from ..schemas.places import ARCHIVE, SEALED
from ..stories.export import FORMATS
from . import intake
from .brought import Take, decide_on, settled
from .facts import offer_to_build
from .options import Model, Setting, StoryArgument, changed, premise_options, the_library, with_premise
from .outline import offer_to_draw
from .retelling import Telling, export_retold
from .speech import said
from .stories import Yes, at_story
from .terminal import console, errors, reading_bar, warn
from .words import t

if TYPE_CHECKING:
    from ..stories.export import Wanted
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
            help=f"A file ending with {', '.join(FORMATS)}, or {ARCHIVE} for the whole story with its memory, "
            f"or {SEALED} for a play that somebody else plays on without reading its secrets. "
            "Without it, the book is printed as Markdown.",
        ),
    ] = None,
    author: Annotated[
        str | None, typer.Option(help="Who is named as the author; by default whom the story has.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    branch: Annotated[str, typer.Option(help="Of which branch; by default where you are.")] = "",
    chapters: Annotated[str, typer.Option(help="Of which chapters, from 1: 3, or 3-7.")] = "",
    paragraphs: Annotated[str, typer.Option(help="Of which paragraphs, from 1: 3, or 3-7.")] = "",
    synopsis: Annotated[bool, typer.Option("--synopsis", help="What it tells in few words, before the book.")] = False,
    notes: Annotated[bool, typer.Option("--notes", help="What clashes in it, behind the book.")] = False,
    codex: Annotated[bool, typer.Option("--codex", help="Who and what is in it, behind the book.")] = False,
    manuscript: Annotated[
        bool, typer.Option("--manuscript", help="Of a .docx: set as publishers ask for a manuscript.")
    ] = False,
    contact: Annotated[
        list[str] | None,
        typer.Option(
            help="A line at the head of a manuscript: name, address, mail. May be repeated.", show_default=False
        ),
    ] = None,
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
        return
    if output and as_it_stands:
        export_archive(story, output, replace=force, as_it_stands=as_it_stands)
        return
    from ..stories.export import Wanted, read_range  # noqa: PLC0415

    wanted = Wanted(
        author,
        branch,
        read_range(chapters),
        read_range(paragraphs),
        synopsis=synopsis,
        notes=notes,
        codex=codex,
        acts=not scenes,
        layout="manuscript" if manuscript else "book",
        contact=tuple(contact or ()),
    )
    export_story(story, output, wanted, replace=force)


def export_archive(reference: str, output: Path, *, replace: bool, as_it_stands: bool) -> None:
    """Write all of a story to a file, and say what that holds besides what one reads.

    Raises:
        StorageError: the file cannot be written.
        SettingsError: its name is that of a book.
    """
    from ..stories import archive, export  # noqa: PLC0415
    from ..stories.archive_past import edited_away, without_edited_away  # noqa: PLC0415

    ending = output.suffix.lower()
    if ending not in (ARCHIVE, SEALED):
        raise SettingsError("target_format", name=output.name, known=(ARCHIVE, SEALED))
    export.check_target(output, replace=replace)
    pack = partial(archive.pack, is_for_sealing=ending == SEALED)
    record, packed = at_story(reference, pack, only_reads=True, plays=ending == SEALED)
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


def export_story(reference: str, output: Path | None, wanted: Wanted | None = None, *, replace: bool = False) -> None:
    """Write a story to a file, as a book or all of it, or as a book to the screen.

    Raises:
        StorageError: nothing of it is written yet, or the file cannot be written.
        SettingsError: the file's name ends with no known format, or that needs the extra ``books``.
    """
    from ..stories import export  # noqa: PLC0415

    if output and output.suffix.lower() in (ARCHIVE, SEALED):
        export_archive(reference, output, replace=replace, as_it_stands=False)
        return
    if output:
        export.check_target(output, replace=replace)
    record, book = at_story(
        reference,
        lambda opened: export.book_of(opened, wanted or export.Wanted()),
        only_reads=True,
        plays=True,
    )
    if output is None:
        sys.stdout.write(export.book_bytes(book, ".md").decode())
        return
    export.write_book(output, book, replace=replace)
    _say_where(record, output)


@books.command("import")
@with_premise(
    *premise_options(without="topic"),
    "author",
    found_out="language",
    title="Its title, where the file has none.",
    author="Who is named as the author of its books; else whom the file names.",
    outline="Where it is to go.",
)
def import_story(
    premise: dict[str, object],
    file: Annotated[
        Path,
        typer.Argument(
            help="A manuscript: .txt, .md, .docx, .odt, .rtf, .epub, .fb2, .html, .tex, .pdf, a folder or ZIP of "
            "chapters, a Scrivener or novelWriter project; or a story's .json or .play."
        ),
    ],
    model: Model = None,
    setting: Setting = None,
    encoding: Annotated[
        str, typer.Option(help="What its text is encoded in, such as gb18030; else it is found out.")
    ] = "",
    keep: Annotated[
        list[str] | None,
        typer.Option(
            metavar="REASON", help="What was left out for this reason is story. May be repeated.", show_default=False
        ),
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option(
            help="A file of TOML that says which chapters are taken, renamed, joined, split.", show_default=False
        ),
    ] = None,
    save_plan: Annotated[
        Path | None, typer.Option(help="Write such a file of what is there, and read nothing.", show_default=False)
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Read it without being asked.")] = False,
    into: Annotated[
        str,
        typer.Option(metavar="STORY", help="Into this story, not a new one: behind its end, or as --chapter says."),
    ] = "",
    chapter: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="With --into: in the place of this chapter of the story, of which it is another version.",
            show_default=False,
        ),
    ] = None,
    take: Take = None,
) -> None:
    """Take up a manuscript: it is shown, then read, summed up and remembered, and you write on from its end.

    A story's .json is put back as it was; models, prompts and settings that it brings are shown, and act if you say so.
    """
    from ..stories import beginning, taking_in  # noqa: PLC0415
    from ..stories.readers.log import is_log  # noqa: PLC0415

    library = the_library()
    if file.suffix.lower() == SEALED or (file.suffix.lower() == ARCHIVE and not is_log(file)):
        with reading_bar(what=t("bar_remembering")) as at:
            record = asyncio.run(beginning.put_back(library, file, at))
        told = "put_back_play" if record.mode.asks_for_actions else "put_back"
        console.print(t(told, title=record.name, story_id=record.story_id), markup=False)
        decide_on(library, record, take)
        return
    if chapter and not into:
        raise SettingsError("intake_chapter_of_what", number=chapter)
    context = changed(Context(), model=model, setting=setting)
    wanted = intake.plan_of(plan, encoding, keep or [])
    looked = intake.looked_at(library, file, context, wanted, str(premise.get("language") or ""))
    intake.show(looked, file.stem, wanted, is_read=not chapter)
    if save_plan:
        intake.save_plan(save_plan, looked)
        return
    if chapter:
        intake.put_in_place(into, chapter, looked, yes=yes)
        return
    if not intake.is_wanted(yes=yes):
        console.print(t("intake_refused"), markup=False)
        return
    if into:
        _, (record, found) = at_story(into, lambda story: taking_in.follow(story, looked))
        record = settled(library, record)
        context = changed(record.context, model=model, setting=setting)
    else:
        record, found = asyncio.run(taking_in.take_in(library, looked, premise, context, name=file.stem))
    to_read = {"title": record.name, "count": len(found.paragraphs), "chapters": len(found.chapters)}
    console.print(t("to_read_in_chapters" if found.chapters else "to_read", **to_read), markup=False)
    from .write import write_on  # noqa: PLC0415

    write_on(library, record, context, 0)
    offer_to_build(record.story_id)
    offer_to_draw(record.story_id)


def begin_after_another(reference: str, premise: dict[str, object], context: Context) -> StoryRecord:
    """Begin a book that goes on from another's end, with a bar while it takes over what that one told.

    Raises:
        RecurrentGPTError: as :func:`.sequel.begin_after`.
    """
    from ..stories.sequel import begin_after  # noqa: PLC0415

    with reading_bar(what=t("bar_remembering")) as at:
        _, record = at_story(reference, lambda earlier: begin_after(earlier, premise, context, progress=at))
    return record
