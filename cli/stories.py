"""The commands that look at the shelf and change what stands on it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.markup import escape
from rich.panel import Panel
from rich.text import Text as RichText
from rich.tree import Tree

from ..schemas.catalogue import part
from ..schemas.errors import SettingsError
from ..schemas.story_input import PREMISE_FIELDS
from .beats import print_beats
from .options import AsJson, Model, Setting, ShowMemory, StoryArgument, changed, the_library
from .speech import said
from .terminal import agreed, console, print_json

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ..stories.branches import BranchView
    from ..stories.record import StoryRecord
    from ..stories.story import Story

T = TypeVar("T")
_SHORT = 70
_ENDS_SHOWN = 3

stories = typer.Typer()

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def at_story(reference: str, action: Callable[[Story], Awaitable[T]]) -> tuple[StoryRecord, T]:
    """Open the story a person means, do something with it, and close it; gives its card as it then is."""
    library = the_library()
    record = library.find(reference)

    async def act() -> tuple[StoryRecord, T]:
        async with library.open(record) as story:
            result = await action(story)
            return story.record, result

    return asyncio.run(act())


@stories.command()
def show(
    story: StoryArgument = "",
    paragraph: Annotated[
        int | None, typer.Option("--paragraph", "-p", help="As it stood when this paragraph was the last.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show where a story stands: outline, memory, what was recalled and why, the plans."""
    from ..stories.beats import shown  # noqa: PLC0415
    from ..stories.branches import state_at  # noqa: PLC0415
    from .write import print_memory, print_plans, print_recalled  # noqa: PLC0415

    async def read(opened: Story) -> Any:  # noqa: ANN401 (a state)
        return await opened.state() if paragraph is None else await state_at(opened, paragraph)

    record, state = at_story(story, read)
    if as_json:
        print_json({"card": record.model_dump(mode="json"), "state": state})
        return
    console.rule(RichText(record.name, style="bold"))
    facts = {
        "id": record.story_id,
        "branch": f"{record.branch} (of {len(record.branches)})",
        "paragraphs": str(record.paragraphs if paragraph is None else paragraph),
    }
    if record.begun_from.before:
        facts["after"] = record.begun_from.before.title
    begun_from = record.begun_from.model_dump()
    facts |= {
        field.title.lower(): state.get(field.name) or begun_from[field.name] for field in PREMISE_FIELDS if field.lines
    }
    for name, value in facts.items():
        if value:
            console.print(RichText.assemble((f"{name}: ", "bold"), value))
    print_beats(shown(state, record.language))
    if not state.get("paragraph"):
        console.print("Nothing is written yet.")
        return
    console.print(Panel(RichText(state["paragraph"]), title="last paragraph", title_align="left"))
    if state.get("short_term_memory"):
        print_memory(state)
    if state.get("retrieved"):
        console.print(RichText("Recalled for this paragraph", style="bold"))
        print_recalled(state, record.numbered)
    if state.get("plans"):
        console.print(RichText("Plans for the next", style="bold"))
        print_plans(state["plans"])


@stories.command()
def rename(story: StoryArgument, title: Annotated[str, typer.Argument(help="The new title.")]) -> None:
    """Give a story another title, in its book and in the prompts to come."""
    if not title.strip():
        raise SettingsError("title_empty")

    async def act(opened: Story) -> None:
        await opened.rename(title.strip())

    record, _ = at_story(story, act)
    console.print(f"{record.story_id} is now called '{record.title}'.", markup=False)


@stories.command()
def delete(story: StoryArgument, yes: Yes = False) -> None:
    """Delete a story: its text, its memory and its checkpoints. There is no way back."""
    from ..stories.removal import delete as remove  # noqa: PLC0415

    library = the_library()
    record = library.find(story)
    if not yes and not agreed(f"Delete '{record.name}' ({record.story_id}, {record.paragraphs} paragraphs) for good?"):
        console.print("Nothing was deleted.")
        return
    asyncio.run(remove(library, record))
    console.print(f"'{record.name}' is deleted.", markup=False)


@stories.command()
def clean(yes: Yes = False) -> None:
    """Remove what a Qdrant server or PostgreSQL still holds of stories that are not on this shelf."""
    from ..stories.removal import clear, leftovers  # noqa: PLC0415

    library = the_library()
    found = asyncio.run(leftovers(library))
    if not found:
        console.print("Nothing is left over.")
        return
    for leftover in found:
        console.print(f"{leftover.story_id}: in the {said(part(leftover.where))}", markup=False)
    if not yes and not agreed("Remove all of this (no other shelf shares these servers)?"):
        console.print("Nothing was removed.")
        return
    asyncio.run(clear(library, found))
    console.print("Removed.")


@stories.command()
def branch(
    story: StoryArgument,
    after: Annotated[int, typer.Option("--after", "-a", help="The paragraph it goes on from, counted from 1.")],
    plan: Annotated[str, typer.Option(help="The plan it follows: a number of those proposed there, or your own.")] = "",
    name: Annotated[str, typer.Option(help="What the branch is called.")] = "",
) -> None:
    """Begin a branch after any paragraph, and go there. What is written stays where it is."""
    from ..stories.branches import new_branch  # noqa: PLC0415

    async def act(opened: Story) -> None:
        await new_branch(opened, after, name, plan or None)

    record, _ = at_story(story, act)
    console.print(f"You are on '{record.branch}', after paragraph {after}.", markup=False)
    console.print(f"Write on: recurrentgpt resume {record.story_id}", style="dim")


@stories.command()
def switch(story: StoryArgument, name: Annotated[str, typer.Argument(help="The branch.")]) -> None:
    """Go to another branch of a story."""
    from ..stories.branches import switch as go_to  # noqa: PLC0415

    async def act(opened: Story) -> None:
        go_to(opened, name)
        await opened.note_length()

    record, _ = at_story(story, act)
    console.print(f"You are on '{record.branch}', {record.paragraphs} paragraphs long.", markup=False)


@stories.command()
def tree(
    story: StoryArgument = "",
    every: Annotated[bool, typer.Option("--all", help="Every paragraph, not only the ends of each branch.")] = False,
    as_json: AsJson = False,
) -> None:
    """Draw a story's branches, where they part, and where you are."""
    from ..stories.branches import tree as limbs_of  # noqa: PLC0415

    record, views = at_story(story, limbs_of)
    if as_json:
        print_json([_as_data(seen, record.branch) for seen in views])
        return
    if not views:
        console.print("Nothing is written yet.")
        return
    drawn = Tree(RichText(record.name, style="bold"), guide_style="dim")
    _draw(drawn, "", views, record.branch, every=every)
    console.print(drawn)


def _as_data(seen: BranchView, here: str) -> dict[str, object]:
    """A branch, and its own paragraphs, for a script."""
    own = range(seen.own, len(seen.entries))
    return {
        "branch": seen.branch.name,
        "parent": seen.branch.parent,
        "is_current": seen.branch.name == here,
        "leaves_after": seen.own,
        "paragraphs": [
            {
                "number": place + 1,
                "text": seen.entries[place].text,
                "summary": seen.entries[place].summary,
            }
            for place in own
        ],
    }


def _draw(onto: Tree, parent: str, views: list[BranchView], here: str, *, every: bool) -> None:
    """The branches that left ``parent``, under a node each."""
    for seen in views:
        if seen.branch.parent != parent:
            continue
        label = RichText(seen.branch.name, style="bold")
        if parent:
            label.append(f"  leaves after paragraph {seen.own}", style="dim")
        if seen.branch.name == here:
            label.append("  ← you are here", style="green")
        node = onto.add(label)
        own = range(seen.own, len(seen.entries))
        shown = own if every or len(own) <= 2 * _ENDS_SHOWN else [*own[:_ENDS_SHOWN], None, *own[-_ENDS_SHOWN:]]
        for place in shown:
            if place is None:
                node.add(RichText(f"… {len(own) - 2 * _ENDS_SHOWN} more (--all shows them)", style="dim"))
                continue
            entry = seen.entries[place]
            node.add(f"{place + 1}  {escape(line(entry.summary or entry.text))}")
        _draw(node, seen.branch.name, views, here, every=every)


@stories.command()
def redo(
    story: StoryArgument = "",
    because: Annotated[str, typer.Option(help="What was wrong with it: its writer heeds that.")] = "",
    model: Model = None,
    setting: Setting = None,
    show_memory: ShowMemory = False,
) -> None:
    """Write the last paragraph anew, by the same plan, on a branch of its own; the old one stays."""
    from ..stories.beginning import check_words  # noqa: PLC0415
    from ..stories.branches import redo as begin_anew  # noqa: PLC0415
    from .write import write_on  # noqa: PLC0415

    library = the_library()
    before = library.find(story)
    chosen = changed(before.context, model=model, setting=setting, mode=before.mode)
    check_words(library, chosen, before.mode)
    record, context = at_story(before.story_id, lambda opened: begin_anew(opened, chosen, because.strip()))
    console.print(f"On '{record.branch}'; '{before.branch}' keeps the old one.", style="dim", markup=False)
    write_on(library, record, context, 1, show_memory=show_memory)


def line(text: str) -> str:
    """The beginning of a text, as one line."""
    words = " ".join(text.split())
    return words if len(words) <= _SHORT else f"{words[: _SHORT - 1]}…"
