"""The commands that look into the long-term memory, and move it to another embedding model."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text as RichText

from ..schemas.catalogue import say
from ..schemas.errors import StoryStateError
from .facts import list_facts
from .options import AsJson, AsOf, StoryArgument, the_library
from .showing import print_found, quoted
from .speech import spoken
from .stories import at_story, line
from .terminal import console, print_json, reading_bar
from .words import t
from .wrapping import Prose

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..schemas.entries import Entry
    from ..schemas.ledger import Thread
    from ..stories.story import Story

memory = typer.Typer(no_args_is_help=True, help="Look into a story's long-term memory, or make its vectors anew.")


@memory.command("list")
def list_entries(story: StoryArgument = "", as_json: AsJson = False) -> None:
    """List what the current branch remembers: each paragraph's summary."""

    async def read(opened: Story) -> list[Entry]:
        return await opened.manuscript()

    _, entries = at_story(story, read, only_reads=True)
    if as_json:
        print_json([{"number": number, **asdict(entry)} for number, entry in enumerate(entries, start=1)])
        return
    for number, entry in enumerate(entries, start=1):
        said = RichText.assemble((f"{number}  ", "bold"), entry.summary or line(entry.text))
        console.print(Prose(said, hang=4))


@memory.command()
def search(
    question: Annotated[str, typer.Argument(help="What to look for, in your own words.")],
    story: Annotated[str, typer.Option("--story", help="Its number, id or title; by default the latest.")] = "",
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=50, help="How many paragraphs.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Search it as the writer's recall does, and show why each paragraph was found."""
    record, found = at_story(story, lambda opened: opened.search(question, limit), only_reads=True)
    if as_json:
        print_json([asdict(hit) for hit in found])
        return
    if not found:
        console.print(t("nothing_remembered"), markup=False)
    for hit in found:
        print_found(t("paragraph_number", number=record.numbered(hit.place + 1)), hit.entry.summary, hit.sentence)
        likeness = RichText(t("likeness", value=f"{hit.similarity:.2f}"), style="dim")
        console.print(Prose(likeness, indent=2))
        console.print()


memory.command("facts")(list_facts)


@memory.command("threads")
def list_threads(
    story: StoryArgument = "",
    at: AsOf = None,
    every: Annotated[bool, typer.Option("--all", help="Those too that are settled.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the open questions and promises of the current branch, and the words that opened and settled each."""
    record, threads = at_story(story, lambda opened: opened.threads(at), only_reads=True)
    shown = [thread for thread in threads if every or thread.status != "settled"]
    if as_json:
        print_json([asdict(thread) for thread in shown])
        return
    if not shown:
        console.print(t("nothing_open" if threads else "no_threads"), markup=False)
    for thread in shown:
        _print_thread(thread, record.numbered)


def _print_thread(thread: Thread, numbered: Callable[[int], str]) -> None:
    """A thread, where it was opened, taken up and settled, and the words that settled it, or else opened it."""
    told = [t("thread_opened", number=numbered(thread.opened))]
    if thread.touched not in (thread.opened, thread.settled):
        told.append(t("thread_touched", number=numbered(thread.touched)))
    if thread.status == "left":
        told.append(t("thread_left"))
    elif thread.status == "settled":
        told.append(t("thread_settled", number=thread.settled))
    body = RichText(f"· {thread.text} ", style="dim" if thread.status == "settled" else "")
    console.print(Prose(body.append(f"({'; '.join(told)})", style="dim"), hang=2))
    if words := thread.settled_by or thread.opened_by:
        console.print(Prose(RichText(quoted(words), style="dim italic"), indent=2))


@memory.command("codex")
def show_codex(
    story: StoryArgument = "",
    name: Annotated[str, typer.Option("--name", help="Whose entry alone.")] = "",
    at: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """List who and what is in the current branch: what is true of each and since which paragraph."""
    record, view = at_story(story, lambda opened: opened.codex.read(at), only_reads=True)
    found = view.entry(name) if name else None
    entries = [entry for entry in ((found,) if found else () if name else view.entries) if not entry.is_hidden]
    if as_json:
        print_json([entry.to_json() for entry in entries] if name else view.to_json())
        return
    if not entries and name:
        raise StoryStateError("codex_nobody", name=name[:80])
    if not entries:
        console.print(t("no_facts"), markup=False)
    for entry in entries:
        console.print(Prose(RichText(say([entry.name, *entry.names], spoken()), style="bold")))
        if entry.note:
            console.print(Prose(entry.note, indent=2))
        for state in entry.now if name else entry.now[:1]:
            body = RichText(f"· {state.fact.text} ").append(f"({record.numbered(state.since + 1)})", style="dim")
            console.print(Prose(body, indent=2, hang=2))


@memory.command("synopsis")
def show_synopsis(
    story: StoryArgument = "",
    at: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Tell the current branch so far in few words: its synopses, then the summaries of what comes after them."""
    _, told = at_story(story, lambda opened: opened.synopsis(at), only_reads=True)
    if as_json:
        print_json([part._asdict() for part in told])
        return
    if not told:
        console.print(t("nothing_remembered"), markup=False)
    for part in told:
        console.print(Prose(RichText.assemble((f"{part.numbers}  ", "bold"), part.text), hang=4))


@memory.command()
def reembed() -> None:
    """Make every story's vectors anew, with the embedding model that RECURRENTGPT_EMBEDDING_MODEL now names."""
    from ..stories.reembedding import reembed as make_anew  # noqa: PLC0415

    library = the_library()
    records = library.records()
    with reading_bar(sum(record.paragraphs for record in records), t("bar_encoding")) as at:
        moved = make_anew(library, at)
    name = library.resources.memories.embedder.name
    console.print(t("reembedded", moved=moved, count=len(records), model=name), markup=False)
