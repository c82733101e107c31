"""The commands and their options."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .. import __version__
from ..schemas.catalogue import part
from ..schemas.context import Context
from ..schemas.errors import RecurrentGPTError, SettingsError
from ..schemas.languages import TAG
from ..schemas.modes import INTERACTIVE_FICTION
from ..schemas.story_input import read_input
from .agents import agents
from .books import begin_after_another, books, export_story
from .brought import brought, settled
from .continuity import continuity
from .doctor import doctor
from .editing import editing
from .evaluation import evaluation
from .facts import facts
from .help import SpokenGroup
from .keeping import keeping
from .languages import languages
from .looking import looking
from .memory import memory
from .models import models
from .options import (
    AsJson,
    Model,
    Paragraphs,
    Plans,
    Seed,
    Sentences,
    Setting,
    ShowMemory,
    StoryArgument,
    changed,
    premise_options,
    the_library,
    with_premise,
)
from .outline import outline
from .packs import packs
from .paragraphs import rewriting
from .replacing import replacing
from .shelf import listed
from .speech import said, speak, speak_as_the_story, told
from .stories import at_story, stories
from .terminal import WARNING, console, errors, print_json, tell
from .ui import ui_app
from .voice import voice
from .words import t
from .wrapping import Prose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..stories.library import Library
    from ..stories.record import StoryRecord

app = typer.Typer(
    name="recurrentgpt",
    cls=SpokenGroup,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help=(
        "Write a story of any length with a language model that keeps a memory of it.\n\n"
        "At each step the model recalls what the plan needs, writes a paragraph, rewrites its short-term memory "
        "and proposes what may come next; you pick a plan or write your own. Every step is on disk before the next "
        "begins: stop whenever you like, and resume.\n\n"
        "With no model named and no key set, a small embedded model is used. It shows how this works, not how well "
        "it can write: for that, give [bold]--model provider:model[/bold]."
    ),
)


_SPEAK = "Language of what is said to you, where there are words in it; your locale's by default. A story has its own."


def _show_version(wanted: bool) -> None:  # noqa: FBT001 (typer's callback)
    if wanted:
        console.print(f"recurrentgpt {__version__}")
        raise typer.Exit


def _speak(tag: str) -> str:
    if tag and not re.fullmatch(TAG, tag):
        raise typer.BadParameter(said(part("no_language")))
    speak(tag)
    speak_as_the_story("")
    return tag


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    language: Annotated[
        str, typer.Option("--speak", metavar="TAG", callback=_speak, help=_SPEAK, show_default=False, is_eager=True)
    ] = "",
) -> None:
    """Options of the program itself."""


@app.command()
@with_premise(*premise_options(), "author", "target_paragraphs")
def write(
    premise: dict[str, object],
    context: typer.Context,
    after: Annotated[
        str | None,
        typer.Option(
            metavar="STORY",
            help="The book before: this one knows what that told, and goes on from its end. Number, id or title.",
            show_default=False,
        ),
    ] = None,
    paragraphs: Paragraphs = None,
    plans: Plans = None,
    model: Model = None,
    sentences: Sentences = None,
    seed: Seed = None,
    setting: Setting = None,
    show_memory: ShowMemory = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Also write the book to this file at the end.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace that file if it exists.")] = False,
) -> None:
    """Begin a story, and write on it."""
    chosen = changed(Context(), plans=plans, model=model, sentences=sentences, seed=seed, setting=setting)
    _check_count(paragraphs)
    from ..stories import beginning  # noqa: PLC0415 (LangGraph, the model, the memory)
    from ..stories.export import check_target  # noqa: PLC0415

    if output:
        check_target(output, replace=force)
    library = the_library()
    if after is None:
        record = asyncio.run(beginning.begin(library, read_input(premise), chosen))
    else:
        source = context.get_parameter_source("language")
        if source is None or source.name == "DEFAULT":
            premise["language"] = None  # that of the book before
        record = begin_after_another(after, premise, chosen)
    wanted = record.begun_from.target_paragraphs if paragraphs is None else paragraphs
    _run(library, record, chosen, wanted, show_memory=show_memory)
    if output:
        export_story(record.story_id, output, replace=force)


@app.command()
def resume(
    story: StoryArgument = "",
    end_in: Annotated[
        int | None, typer.Option(min=1, help="Let the story end after so many more paragraphs.", show_default=False)
    ] = None,
    paragraphs: Paragraphs = None,
    plans: Plans = None,
    model: Model = None,
    sentences: Sentences = None,
    seed: Seed = None,
    setting: Setting = None,
    show_memory: ShowMemory = False,
) -> None:
    """Write on: the latest story, or the one you name. Settings stay as they were unless you give others."""
    library = the_library()
    record = settled(library, library.find(story))
    chosen = changed(
        record.context,
        plans=plans,
        model=model,
        sentences=sentences,
        seed=seed,
        setting=setting,
        mode=record.mode,
    )
    _check_count(paragraphs)
    if end_in is not None:
        at_story(record.story_id, lambda opened: opened.end_in(end_in), plays=True)
    _run(library, record, chosen, end_in if paragraphs is None else paragraphs, show_memory=show_memory)


@app.command()
@with_premise(*premise_options(INTERACTIVE_FICTION), "outline", "target_paragraphs", may_be_missing=True)
def play(
    premise: dict[str, object],
    story: StoryArgument = "",
    pack: Annotated[
        Path | None, typer.Option(help="A pack, as `recurrentgpt pack` makes it: play what its author wrote.")
    ] = None,
    is_open: Annotated[
        bool, typer.Option("--open", help="The pack is yours: look behind its scenes while you play it.")
    ] = False,
    model: Model = None,
    seed: Seed = None,
    setting: Setting = None,
) -> None:
    """Play a story: you are inside it, and do what you like. Without --topic, go on with the one you played last."""
    library = the_library()
    if pack:
        record, context = _begin_pack(library, pack, model, seed, setting, is_open=is_open)
    elif premise["topic"]:
        from ..stories import beginning  # noqa: PLC0415

        given = read_input({**premise, "mode": INTERACTIVE_FICTION.name})
        sized = Context().sized_for(INTERACTIVE_FICTION)
        context = changed(sized, model=model, seed=seed, setting=setting, mode=INTERACTIVE_FICTION)
        record = asyncio.run(beginning.begin(library, given, context))
    else:
        record = settled(library, library.find(story, lambda kept: kept.mode.asks_for_actions))
        context = changed(record.context, model=model, seed=seed, setting=setting, mode=record.mode)
        if isinstance(length := premise["target_paragraphs"], int):
            at_story(record.story_id, lambda opened: opened.end_in(length), plays=True)
    _run(library, record, context, None, show_memory=False)


def _begin_pack(
    library: Library,
    pack: Path,
    model: str | None,
    seed: int | None,
    setting: list[str] | None,
    *,
    is_open: bool,
) -> tuple[StoryRecord, Context]:
    """Begin to play a pack; its reader is told what its author tells them."""
    from ..stories.pack import begin_pack, read_pack  # noqa: PLC0415

    sized = Context().sized_for(INTERACTIVE_FICTION)
    context = changed(sized, model=model, seed=seed, setting=setting, mode=INTERACTIVE_FICTION)
    record = asyncio.run(begin_pack(library, pack, context, is_open=is_open))
    if about := read_pack(pack).about.strip():
        console.print(Prose(about))
    return record, context


app.add_typer(stories)
app.add_typer(packs)
app.add_typer(editing)
app.add_typer(keeping)
app.add_typer(looking)
app.add_typer(books)
app.add_typer(brought)
app.add_typer(memory, name="memory")
app.add_typer(facts)
app.add_typer(replacing)
app.add_typer(continuity)
app.add_typer(voice)
app.add_typer(outline)
app.add_typer(rewriting)
app.add_typer(languages)
app.add_typer(models)
app.add_typer(doctor)
app.add_typer(ui_app)
app.add_typer(agents)
app.add_typer(evaluation, name="eval")


@app.command("list")
def list_stories(as_json: AsJson = False) -> None:
    """Show the stories on the shelf, the latest first; under a long one, what it told last."""
    library = the_library()
    records = library.records()
    if as_json:
        print_json([record.shown.model_dump(mode="json") for record in records])
    elif records:
        console.print(listed([record.shown for record in records], console))
    else:
        console.print(t("no_story_in", folder=library.home), markup=False)
        console.print(t("begin_one"), markup=False)
    for problem in library.problems():
        errors.print(told(problem), style=WARNING, markup=False)


def main() -> None:
    """Run the command line; what a person can put right is a sentence, a hint where there is one, and exit code 2."""
    try:
        _check_texts(sys.argv[1:])
        app(standalone_mode=True)
    except RecurrentGPTError as error:
        tell(error)
        sys.exit(2)


def _check_texts(given: Sequence[str]) -> None:
    """See that what was typed is text; a file that is there may be called as it likes.

    Raises:
        SettingsError: it is bytes that are none.
    """
    for one in given:
        try:
            one.encode()
        except UnicodeEncodeError as error:
            if not Path(one).exists():
                shown = one.encode(errors="replace").decode()
                raise SettingsError("argument_no_text", given=shown[:60]) from error


def _run(library: Library, record: StoryRecord, context: Context, paragraphs: int | None, *, show_memory: bool) -> None:
    from .write import write_on  # noqa: PLC0415 (LangGraph, the model, the memory)

    write_on(library, record, context, paragraphs, show_memory=show_memory)


def _check_count(paragraphs: int | None) -> None:
    if paragraphs is not None and paragraphs < 0:
        raise SettingsError("not_a_count", count=paragraphs)
