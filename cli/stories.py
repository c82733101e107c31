"""The commands that look at the shelf and change what stands on it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.markup import escape
from rich.panel import Panel
from rich.text import Text as RichText
from rich.tree import Tree

from ..schemas.catalogue import part, say_part
from ..schemas.errors import SettingsError
from . import edits
from .options import AsJson, Model, Setting, ShowMemory, StoryArgument, changed
from .screen import console, errors, in_an_editor, print_json

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ..stories.branches import Limb
    from ..stories.card import Card
    from ..stories.story import Story

T = TypeVar("T")
_SHORT = 70
_ENDS_SHOWN = 3

stories = typer.Typer()

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def at_story(reference: str, action: Callable[[Story], Awaitable[T]]) -> tuple[Card, T]:
    """Open the story a person means, do something with it, and close it; gives its card as it then is."""
    from ..stories.shelf import Shelf  # noqa: PLC0415
    from ..stories.story import open_story  # noqa: PLC0415

    shelf = Shelf()
    folder = shelf.folder(shelf.find(reference))

    async def act() -> tuple[Card, T]:
        async with open_story(folder) as story:
            result = await action(story)
            return story.card, result

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
    from ..stories.branches import moment  # noqa: PLC0415
    from .write import print_memory, print_plans, print_recalled  # noqa: PLC0415

    async def read(opened: Story) -> Any:  # noqa: ANN401 (a state)
        return await opened.state() if paragraph is None else await moment(opened, paragraph)

    card, state = at_story(story, read)
    if as_json:
        print_json({"card": card.model_dump(mode="json"), "state": state})
        return
    console.rule(RichText(card.name, style="bold"))
    facts = {
        "id": card.story_id,
        "branch": f"{card.branch} (of {len(card.branches)})",
        "paragraphs": str(card.paragraphs if paragraph is None else paragraph),
        "genre": card.begun_from.genre,
        "topic": card.begun_from.topic,
        "outline": state.get("outline", ""),
    }
    for name, value in facts.items():
        if value:
            console.print(RichText.assemble((f"{name}: ", "bold"), value))
    if not state.get("paragraph"):
        console.print("Nothing is written yet.")
        return
    console.print(Panel(RichText(state["paragraph"]), title="last paragraph", title_align="left"))
    if state.get("short_term_memory"):
        print_memory(state["short_term_memory"], state["rationale"])
    if state.get("retrieved"):
        console.print(RichText("Recalled for this paragraph", style="bold"))
        print_recalled(state)
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

    card, _ = at_story(story, act)
    console.print(f"{card.story_id} is now called '{card.title}'.", markup=False)


@stories.command()
def delete(story: StoryArgument, yes: Yes = False) -> None:
    """Delete a story: its text, its memory and its checkpoints. There is no way back."""
    from ..stories.removal import delete as remove  # noqa: PLC0415
    from ..stories.shelf import Shelf  # noqa: PLC0415

    shelf = Shelf()
    card = shelf.find(story)
    if not yes and not typer.confirm(f"Delete '{card.name}' ({card.story_id}, {card.paragraphs} paragraphs) for good?"):
        console.print("Nothing was deleted.")
        return
    remove(shelf, card)
    console.print(f"'{card.name}' is deleted.", markup=False)


@stories.command()
def clean(yes: Yes = False) -> None:
    """Remove what a Qdrant server or PostgreSQL still holds of stories that are not on this shelf."""
    from ..stories.removal import clear, leftovers  # noqa: PLC0415
    from ..stories.shelf import Shelf  # noqa: PLC0415

    found = leftovers(Shelf())
    if not found:
        console.print("Nothing is left over.")
        return
    for leftover in found:
        console.print(f"{leftover.story_id}: in the {say_part(part(leftover.where))}", markup=False)
    if not yes and not typer.confirm("Remove all of this (no other shelf shares these servers)?"):
        console.print("Nothing was removed.")
        return
    clear(found)
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

    card, _ = at_story(story, act)
    console.print(f"You are on '{card.branch}', after paragraph {after}.", markup=False)
    console.print(f"Write on: recurrentgpt resume {card.story_id}", style="dim")


@stories.command()
def switch(story: StoryArgument, name: Annotated[str, typer.Argument(help="The branch.")]) -> None:
    """Go to another branch of a story."""
    from ..stories.branches import switch as go_to  # noqa: PLC0415

    async def act(opened: Story) -> None:
        go_to(opened, name)
        await opened.note_length()

    card, _ = at_story(story, act)
    console.print(f"You are on '{card.branch}', {card.paragraphs} paragraphs long.", markup=False)


@stories.command()
def tree(
    story: StoryArgument = "",
    every: Annotated[bool, typer.Option("--all", help="Every paragraph, not only the ends of each branch.")] = False,
    as_json: AsJson = False,
) -> None:
    """Draw a story's branches, where they part, and where you are."""
    from ..stories.branches import tree as limbs_of  # noqa: PLC0415

    card, limbs = at_story(story, limbs_of)
    if as_json:
        print_json([_as_data(limb, card.branch) for limb in limbs])
        return
    if not limbs:
        console.print("Nothing is written yet.")
        return
    drawn = Tree(RichText(card.name, style="bold"), guide_style="dim")
    _draw(drawn, "", limbs, card.branch, every=every)
    console.print(drawn)


def _as_data(limb: Limb, here: str) -> dict[str, object]:
    """A branch, and its own paragraphs, for a script."""
    own = range(limb.own, len(limb.entries))
    return {
        "branch": limb.branch.name,
        "parent": limb.branch.parent,
        "is_current": limb.branch.name == here,
        "leaves_after": limb.own,
        "paragraphs": [
            {"number": place + 1, "text": limb.entries[place].text, "summary": limb.entries[place].summary}
            for place in own
        ],
    }


def _draw(onto: Tree, parent: str, limbs: list[Limb], here: str, *, every: bool) -> None:
    """The branches that left ``parent``, under a node each."""
    for limb in limbs:
        if limb.branch.parent != parent:
            continue
        label = RichText(limb.branch.name, style="bold")
        if parent:
            label.append(f"  leaves after paragraph {limb.own}", style="dim")
        if limb.branch.name == here:
            label.append("  ← you are here", style="green")
        node = onto.add(label)
        own = range(limb.own, len(limb.entries))
        shown = own if every or len(own) <= 2 * _ENDS_SHOWN else [*own[:_ENDS_SHOWN], None, *own[-_ENDS_SHOWN:]]
        for place in shown:
            if place is None:
                node.add(RichText(f"… {len(own) - 2 * _ENDS_SHOWN} more (--all shows them)", style="dim"))
                continue
            entry = limb.entries[place]
            node.add(f"{place + 1}  {escape(line(entry.summary or entry.text))}")
        _draw(node, limb.branch.name, limbs, here, every=every)


@stories.command()
def redo(
    story: StoryArgument = "", model: Model = None, setting: Setting = None, show_memory: ShowMemory = False
) -> None:
    """Write the last paragraph anew, by the same plan, on a branch of its own; the old one stays."""
    from ..stories.branches import redo as begin_anew  # noqa: PLC0415
    from ..stories.shelf import Shelf  # noqa: PLC0415
    from .write import write_on  # noqa: PLC0415

    shelf = Shelf()
    before = shelf.find(story)
    context = changed(before.context, model=model, setting=setting)
    if context.seed is not None and context.seed == before.context.seed:
        # The same seed would write the same paragraph.
        context = context.model_copy(update={"seed": context.seed + 1})
    card, _ = at_story(before.story_id, begin_anew)
    console.print(f"On '{card.branch}'; '{before.branch}' keeps the old one.", style="dim", markup=False)
    write_on(shelf.folder(card), context, 1, begun_from=card.begun_from, show_memory=show_memory)


@stories.command()
def edit(
    story: StoryArgument = "",
    paragraph: Annotated[int | None, typer.Option("--paragraph", "-p", help="Change this paragraph (from 1).")] = None,
    summary: Annotated[int | None, typer.Option("--summary", "-s", help="Change the summary of this one.")] = None,
    memory: Annotated[bool, typer.Option("--memory", "-m", help="Change the short-term memory.")] = False,
    style: Annotated[bool, typer.Option("--style", help="Change the character and style sheet.")] = False,
    chapter: Annotated[
        int | None, typer.Option("--chapter", "-c", help="Title a chapter that begins here; empty: none does.")
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", help="The new text. Without it, your $EDITOR opens.", show_default=False)
    ] = None,
) -> None:
    """Change a paragraph, a summary, a chapter, the memory or the style sheet, on the current branch only."""
    chosen = [
        target
        for target, is_meant in (
            (edits.Paragraph(paragraph or 0), paragraph is not None),
            (edits.Summary(summary or 0), summary is not None),
            (edits.Chapter(chapter or 0), chapter is not None),
            (edits.Memory(), memory),
            (edits.StyleSheet(), style),
        )
        if is_meant
    ]
    if len(chosen) != 1:
        raise SettingsError("edit_unclear")
    (target,) = chosen
    card, before = at_story(story, target.read)
    after = text if text is not None else in_an_editor(before)
    if after.strip() == before.strip():
        errors.print("Nothing was changed.")
        return
    at_story(card.story_id, lambda opened: target.write(opened, after))
    console.print(f"Changed {target} of '{card.name}'; the next prompts have it so.", markup=False)


def line(text: str) -> str:
    """The beginning of a text, as one line."""
    words = " ".join(text.split())
    return words if len(words) <= _SHORT else f"{words[: _SHORT - 1]}…"
