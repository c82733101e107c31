"""The commands that look into the long-term memory, and move it to another embedding model."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as RichText

from .facts import list_facts
from .options import AsJson, AsOf, StoryArgument, the_library
from .stories import at_story, line
from .terminal import console, print_json, reading_bar

if TYPE_CHECKING:
    from ..schemas.entries import Entry
    from ..schemas.ledger import Thread
    from ..stories.story import Story

memory = typer.Typer(no_args_is_help=True, help="Look into a story's long-term memory, or make its vectors anew.")


@memory.command("list")
def list_entries(story: StoryArgument = "", as_json: AsJson = False) -> None:
    """List what the current branch remembers: each paragraph's summary."""

    async def read(opened: Story) -> list[Entry]:
        return await opened.manuscript()

    _, entries = at_story(story, read)
    if as_json:
        print_json([{"number": number, **asdict(entry)} for number, entry in enumerate(entries, start=1)])
        return
    table = Table("", "Summary", box=None, header_style="bold")
    for number, entry in enumerate(entries, start=1):
        table.add_row(str(number), RichText(entry.summary or line(entry.text)))
    console.print(table)


@memory.command()
def search(
    question: Annotated[str, typer.Argument(help="What to look for, in your own words.")],
    story: Annotated[str, typer.Option("--story", help="Its number, id or title; by default the latest.")] = "",
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=50, help="How many paragraphs.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Search it as the writer's recall does, and show why each paragraph was found."""
    record, found = at_story(story, lambda opened: opened.search(question, limit))
    if as_json:
        print_json([asdict(hit) for hit in found])
        return
    if not found:
        console.print("Nothing is remembered yet.")
    for hit in found:
        body = RichText.assemble((f"paragraph {record.numbered(hit.place + 1)}  ", "bold"), hit.entry.summary)
        body.append(f"\n“{hit.sentence}”", style="italic")
        body.append(f"\nlikeness {hit.similarity:.2f}", style="dim")
        console.print(Padding(body, (0, 0, 1, 2)))


memory.command("facts")(list_facts)


@memory.command("threads")
def list_threads(
    story: StoryArgument = "",
    at: AsOf = None,
    every: Annotated[bool, typer.Option("--all", help="Those too that are settled.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the open questions and promises of the current branch, and the words that opened and settled each."""
    record, threads = at_story(story, lambda opened: opened.threads(at))
    shown = [thread for thread in threads if every or thread.status != "settled"]
    if as_json:
        print_json([asdict(thread) for thread in shown])
        return
    if not shown:
        console.print("Nothing is open." if threads else "No open questions or promises are kept of it.")
        return
    table = Table(box=SIMPLE, header_style="bold", show_edge=False, pad_edge=False)
    for title in ("Opened", "Touched", "Settled"):
        table.add_column(title, justify="right")
    table.add_column("Question or promise", overflow="fold")
    for thread in shown:
        status = {"open": "", "left": "left"}.get(thread.status, str(thread.settled))
        touched = "" if thread.touched in (thread.opened, thread.settled) else record.numbered(thread.touched)
        table.add_row(record.numbered(thread.opened), touched, status, _thread(thread))
    console.print(table)


def _thread(thread: Thread) -> RichText:
    """A thread with the words that settled it, or else those that opened it."""
    body = RichText(thread.text, style="dim" if thread.status == "settled" else "")
    if words := thread.settled_by or thread.opened_by:
        body.append(f"\n“{words}”", style="dim italic")
    return body


@memory.command("synopsis")
def show_synopsis(
    story: StoryArgument = "",
    at: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Tell the current branch so far in few words: its synopses, then the summaries of what comes after them."""
    _, told = at_story(story, lambda opened: opened.synopsis(at))
    if as_json:
        print_json([part._asdict() for part in told])
        return
    if not told:
        console.print("Nothing is remembered yet.")
        return
    table = Table("Paragraphs", "What they tell", box=None, header_style="bold")
    for part in told:
        table.add_row(part.numbers, RichText(part.text))
    console.print(table)


@memory.command()
def reembed() -> None:
    """Make every story's vectors anew, with the embedding model that RECURRENTGPT_EMBEDDING_MODEL now names."""
    from ..stories.reembedding import reembed as make_anew  # noqa: PLC0415

    library = the_library()
    records = library.records()
    with reading_bar(sum(record.paragraphs for record in records), "Encoding") as at:
        moved = make_anew(library, at)
    name = library.resources.memories.embedder.name
    console.print(f"{moved} of {len(records)} stories now have the vectors of '{name}'.", markup=False)
