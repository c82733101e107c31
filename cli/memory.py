"""The commands that look into the long-term memory, and move it to another embedding model."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as RichText

from .facts import list_facts
from .options import AsJson, StoryArgument, the_library
from .stories import at_story, line
from .terminal import console, print_json, reading_bar

if TYPE_CHECKING:
    from ..schemas.entries import Entry
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
    _, found = at_story(story, lambda opened: opened.search(question, limit))
    if as_json:
        print_json([asdict(hit) for hit in found])
        return
    if not found:
        console.print("Nothing is remembered yet.")
    for hit in found:
        body = RichText.assemble((f"paragraph {hit.place + 1}  ", "bold"), hit.entry.summary)
        body.append(f"\n“{hit.sentence}”", style="italic")
        body.append(f"\nlikeness {hit.similarity:.2f}", style="dim")
        console.print(Padding(body, (0, 0, 1, 2)))


memory.command("facts")(list_facts)


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
