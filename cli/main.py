"""The commands and their options."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003 (typer reads the annotations)
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from .. import __version__
from ..schemas.context import Context
from ..schemas.errors import RecurrentGPTError, SettingsError
from ..schemas.modes import INTERACTIVE_FICTION
from ..schemas.settings import settings
from ..schemas.story_input import read_input
from .books import books, export_story
from .evaluation import evaluation
from .hints import hint_for
from .memory import memory
from .options import AsJson, Model, Paragraphs, Plans, Seed, Sentences, Setting, ShowMemory, StoryArgument, changed
from .screen import WARNING, console, errors, print_json
from .stories import at_story, stories
from .ui import ui_app

if TYPE_CHECKING:
    from ..stories.card import Card

app = typer.Typer(
    name="recurrentgpt",
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


def _show_version(wanted: bool) -> None:  # noqa: FBT001 (typer's callback)
    if wanted:
        console.print(f"recurrentgpt {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Options of the program itself."""


@app.command()
def write(
    topic: Annotated[str, typer.Option(help="What the story is about, in a line or two.")],
    genre: Annotated[str, typer.Option(help="Any words you like.")] = "",
    background: Annotated[str, typer.Option(help="The world, the people, what came before.")] = "",
    outline: Annotated[str, typer.Option(help="Where it goes; the model drafts one if you don't.")] = "",
    style: Annotated[str, typer.Option(help="A character and style sheet, always before the writer's eyes.")] = "",
    title: Annotated[str, typer.Option(help="The model finds one if you don't.")] = "",
    language: Annotated[str, typer.Option(help="en or zh.")] = "en",
    length: Annotated[
        int | None,
        typer.Option(min=1, help="Paragraphs after the opening at which the story ends.", show_default=False),
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
    given = read_input(
        {
            "topic": topic,
            "genre": genre,
            "background": background,
            "outline": outline,
            "style_sheet": style,
            "title": title,
            "language": language,
            "target_paragraphs": length,
        }
    )
    chosen = changed(Context(), plans=plans, model=model, sentences=sentences, seed=seed, setting=setting)
    _check_count(paragraphs)
    from ..models import resolve  # noqa: PLC0415
    from ..stories.export import check_target  # noqa: PLC0415
    from ..stories.shelf import Shelf  # noqa: PLC0415

    if output:
        check_target(output, replace=force)
    # A model that cannot be had is said before there is a story.
    resolve(chosen)
    shelf = Shelf()
    card = shelf.begin(given, chosen)
    _run(shelf, card, chosen, length if paragraphs is None else paragraphs, show_memory=show_memory)
    if output:
        export_story(card.story_id, output, replace=force)


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
    from ..stories.shelf import Shelf  # noqa: PLC0415

    shelf = Shelf()
    card = shelf.find(story)
    chosen = changed(card.context, plans=plans, model=model, sentences=sentences, seed=seed, setting=setting)
    _check_count(paragraphs)
    if end_in is not None:
        at_story(card.story_id, lambda opened: opened.end_in(end_in))
    _run(shelf, card, chosen, end_in if paragraphs is None else paragraphs, show_memory=show_memory)


@app.command()
def play(
    story: StoryArgument = "",
    topic: Annotated[str, typer.Option(help="Begin a new one: what it is about.", show_default=False)] = "",
    genre: Annotated[str, typer.Option(help="Any words you like.")] = "",
    background: Annotated[str, typer.Option(help="The world, and who you are in it.")] = "",
    language: Annotated[str, typer.Option(help="en or zh.")] = "en",
    model: Model = None,
    seed: Seed = None,
    setting: Setting = None,
) -> None:
    """Play a story: you are inside it, and do what you like. Without --topic, go on with the one you played last."""
    from ..models import resolve  # noqa: PLC0415
    from ..stories.shelf import Shelf  # noqa: PLC0415

    shelf = Shelf()
    if topic:
        fields = {"topic": topic, "genre": genre, "background": background, "language": language}
        given = read_input({**fields, "mode": INTERACTIVE_FICTION.name})
        context = changed(Context().sized_for(INTERACTIVE_FICTION), model=model, seed=seed, setting=setting)
        resolve(context)
        card = shelf.begin(given, context)
    else:
        card = shelf.find(story, lambda kept: kept.mode.asks_for_actions)
        context = changed(card.context, model=model, seed=seed, setting=setting)
    _run(shelf, card, context, None, show_memory=False)


app.add_typer(stories)
app.add_typer(books)
app.add_typer(memory, name="memory")
app.add_typer(ui_app)
app.add_typer(evaluation)


@app.command("list")
def list_stories(as_json: AsJson = False) -> None:
    """Show the stories on the shelf, the latest first."""
    from ..stories.shelf import Shelf  # noqa: PLC0415

    shelf = Shelf()
    cards = shelf.cards()
    if as_json:
        print_json([card.model_dump(mode="json") for card in cards])
    elif cards:
        table = Table("", "Id", "Title", "Genre", "Paragraphs", "Last written", box=None, header_style="bold")
        for number, card in enumerate(cards, start=1):
            written = card.written.astimezone().strftime("%Y-%m-%d %H:%M")
            table.add_row(
                str(number),
                card.story_id,
                _plain(card.name),
                _plain(card.begun_from.genre),
                str(card.paragraphs),
                written,
            )
        console.print(table)
    else:
        console.print(f"There is no story yet in {settings().home}.", markup=False)
        console.print("Begin one: recurrentgpt write --topic 'a lighthouse keeper…'")
    for problem in shelf.unreadable():
        errors.print(str(problem), style=WARNING, markup=False)


def main() -> None:
    """Run the command line; what a person can put right is a sentence, a hint where there is one, and exit code 2."""
    try:
        app(standalone_mode=True)
    except RecurrentGPTError as error:
        errors.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        if hint := hint_for(error):
            errors.print(hint, markup=False, highlight=False, soft_wrap=True)
        sys.exit(2)


def _run(shelf: Any, card: Card, context: Context, paragraphs: int | None, *, show_memory: bool) -> None:  # noqa: ANN401
    from .write import write_on  # noqa: PLC0415 (LangGraph, the model, the memory)

    write_on(shelf.folder(card), context, paragraphs, begun_from=card.begun_from, show_memory=show_memory)


def _check_count(paragraphs: int | None) -> None:
    if paragraphs is not None and paragraphs < 0:
        raise SettingsError("not_a_count", count=paragraphs)


def _plain(text: str) -> str:
    """A story's words on one line of a table, never read as markup."""
    from rich.markup import escape  # noqa: PLC0415

    line = " ".join(text.split())
    return escape(line if len(line) <= 60 else f"{line[:59]}…")  # noqa: PLR2004 (a column's width)
