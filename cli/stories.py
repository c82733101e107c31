"""The commands that look at the shelf and change what stands on it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.text import Text as RichText
from rich.tree import Tree

from ..schemas.catalogue import part
from ..schemas.errors import SettingsError, StoryStateError
from ..schemas.story_input import PREMISE_FIELDS
from .beats import print_beats
from .brought import settled
from .options import AsJson, Model, Setting, ShowMemory, StoryArgument, changed, the_library
from .speech import said, speak_as_the_story
from .terminal import agreed, console, print_json, title
from .words import field_name, t
from .wrapping import Prose

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ..schemas.state import StoryState
    from ..stories.branches import BranchView
    from ..stories.record import StoryRecord
    from ..stories.story import Story

T = TypeVar("T")
_SHORT = 70
_ENDS_SHOWN = 3

stories = typer.Typer()

MadeOn = Annotated[
    str,
    typer.Option(
        "--made-on",
        metavar="VERSION",
        help="Only if the story still is of this version, which `show --json` tells: else nothing is done.",
        show_default=False,
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def at_story(
    reference: str,
    action: Callable[[Story], Awaitable[T]],
    *,
    only_reads: bool = False,
    plays: bool = False,
    made_on: str = "",
) -> tuple[StoryRecord, T]:
    """Open the story a person means, do something with it, and close it; gives its card as it then is.

    Args:
        reference: which story.
        action: what is done.
        only_reads: whether it changes nothing: then it works while another process has the story open.
        plays: whether who plays a pack may do it too.
        made_on: the version of the story that it is meant for; empty: any.

    Raises:
        StoryStateError: it is a pack, and this looks behind its scenes; or the story is of another version by now.
    """
    from ..stories.pack import check_open  # noqa: PLC0415

    library = the_library()
    record = library.find(reference)
    speak_as_the_story(record.language.tag)
    if not plays:
        check_open(record)

    async def act() -> tuple[StoryRecord, T]:
        async with library.open_to_read(record) if only_reads else library.open(record) as story:
            if made_on and made_on != await version(story):
                raise StoryStateError("made_on_another", title=record.name)
            result = await action(story)
            return story.record, result

    return asyncio.run(act())


async def version(story: Story) -> str:
    """A name of how the current branch of a story stands, which a change can be made for."""
    from ..stories.versions import version_of  # noqa: PLC0415

    return version_of(story.record, await story.state())


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

    async def read(opened: Story) -> tuple[Any, str, bool]:
        if paragraph is not None:
            return await state_at(opened, paragraph), await version(opened), False
        return await opened.state(), await version(opened), await opened.is_finished()

    record, (state, made_on, at_end) = at_story(story, read, only_reads=True)
    if as_json:
        print_json({"card": record.model_dump(mode="json"), "version": made_on, "state": state})
        return
    title(record.name)
    facts = {
        t("show_id"): record.story_id,
        t("show_branch"): t("branch_of", branch=record.branch, count=len(record.branches)),
        t("show_paragraphs"): str(record.paragraphs if paragraph is None else paragraph),
    }
    if record.begun_from.before:
        facts[t("show_after")] = record.begun_from.before.title
    begun_from = record.begun_from.model_dump()
    facts |= {
        field_name(field.name): state.get(field.name) or begun_from[field.name]
        for field in PREMISE_FIELDS
        if field.lines
    }
    for name, value in facts.items():
        if value:
            console.print(Prose(RichText.assemble((t("named", name=name), "bold"), " ", value)))
    print_beats(shown(state, record.language), at_end=at_end)
    _show_state(record, state)


def _show_state(record: StoryRecord, state: StoryState) -> None:
    """The last passage, the memory, what was recalled for it, and the plans for the next."""
    from ..stories.table import beside_the_plans  # noqa: PLC0415
    from .showing import print_memory, print_plans, print_recalled, print_remarks  # noqa: PLC0415

    if not state.get("paragraph"):
        console.print(t("nothing_written"), markup=False)
        return
    console.print(RichText(t("last_paragraph"), style="bold"))
    console.print(Prose(state["paragraph"], indent=2))
    if state.get("short_term_memory"):
        print_memory(state)
    if state.get("retrieved"):
        console.print(RichText(t("recalled_here"), style="bold"))
        print_recalled(state, record.numbered)
    if state.get("plans"):
        console.print(RichText(t("plans_next"), style="bold"))
        print_plans(state["plans"])
        print_remarks(beside_the_plans(record, state))


@stories.command()
def rename(
    story: StoryArgument,
    named: Annotated[str, typer.Argument(metavar="TITLE", help="The new title.")],
) -> None:
    """Give a story another title, in its book and in the prompts to come."""
    if not named.strip():
        raise SettingsError("title_empty")

    async def act(opened: Story) -> None:
        await opened.rename(named.strip())

    record, _ = at_story(story, act)
    console.print(t("renamed", story_id=record.story_id, title=record.title), markup=False)


@stories.command()
def delete(
    story: StoryArgument,
    yes: Yes = False,
    for_good: Annotated[bool, typer.Option("--for-good", help="Not into the trash: there is no way back.")] = False,
) -> None:
    """Delete a story. It is in the trash for 30 days, as far as there is room; `undelete` brings it back."""
    from ..stories.removal import delete as remove  # noqa: PLC0415

    library = the_library()
    record = library.find(story)
    asked = t(
        "delete_for_good" if for_good else "delete_to_trash",
        title=record.name,
        story_id=record.story_id,
        count=record.paragraphs,
    )
    if not yes and not agreed(asked):
        console.print(t("nothing_deleted"), markup=False)
        return
    asyncio.run(remove(library, record, for_good=for_good))
    done = "deleted" if for_good else "in_trash"
    console.print(t(done, title=record.name, story_id=record.story_id), markup=False)


@stories.command()
def undelete(
    story: StoryArgument = "",
    empty: Annotated[bool, typer.Option("--empty", help="Let go of all that is in the trash, for good.")] = False,
    yes: Yes = False,
) -> None:
    """Bring a deleted story back from the trash; without one, show what is there."""
    from ..stories import trash  # noqa: PLC0415

    library = the_library()
    found = trash.deleted(library)
    if not found:
        console.print(t("trash_empty"), markup=False)
    elif empty:
        if yes or agreed(t("empty_trash", count=len(found))):
            asyncio.run(trash.empty(library, everything=True))
            console.print(t("emptied"), markup=False)
    elif story:
        record = trash.undelete(library, story)
        done = "undeleted_as_copy" if record.copy_of else "undeleted"
        console.print(t(done, title=record.name, story_id=record.story_id), markup=False)
    else:
        for one in found:
            when = one.when.astimezone().strftime("%Y-%m-%d %H:%M")
            console.print(t("trashed", story_id=one.story_id, title=one.name, when=when), markup=False)
        console.print(t("how_to_undelete"), markup=False)


@stories.command()
def clean(yes: Yes = False) -> None:
    """Remove what a Qdrant server or PostgreSQL still holds of stories that are not on this shelf."""
    from ..stories.removal import clear, leftovers  # noqa: PLC0415

    library = the_library()
    found = asyncio.run(leftovers(library))
    if not found:
        console.print(t("nothing_left_over"), markup=False)
        return
    for leftover in found:
        console.print(t("left_over", story_id=leftover.story_id, where=said(part(leftover.where))), markup=False)
    if not yes and not agreed(t("remove_left_over")):
        console.print(t("nothing_removed"), markup=False)
        return
    asyncio.run(clear(library, found))
    console.print(t("removed"), markup=False)


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
    console.print(t("on_branch_after", branch=record.branch, number=after), markup=False)
    console.print(t("write_on", story_id=record.story_id), style="dim", markup=False)


@stories.command()
def switch(story: StoryArgument, name: Annotated[str, typer.Argument(help="The branch.")]) -> None:
    """Go to another branch of a story."""
    from ..stories.branches import switch as go_to  # noqa: PLC0415

    record, _ = at_story(story, lambda opened: go_to(opened, name))
    console.print(t("on_branch", branch=record.branch, count=record.paragraphs), markup=False)


@stories.command()
def tree(
    story: StoryArgument = "",
    every: Annotated[bool, typer.Option("--all", help="Every paragraph, not only the ends of each branch.")] = False,
    as_json: AsJson = False,
) -> None:
    """Draw a story's branches, where they part, and where you are."""
    from ..stories.branches import tree as limbs_of  # noqa: PLC0415

    record, views = at_story(story, limbs_of, only_reads=True)
    if as_json:
        print_json([_as_data(seen, record.branch) for seen in views])
        return
    if not views:
        console.print(t("nothing_written"), markup=False)
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
            label.append(f"  {t('leaves_after', number=seen.own)}", style="dim")
        if seen.branch.name == here:
            label.append(f"  ← {t('you_are_here')}", style="green")
        node = onto.add(label)
        own = range(seen.own, len(seen.entries))
        shown = own if every or len(own) <= 2 * _ENDS_SHOWN else [*own[:_ENDS_SHOWN], None, *own[-_ENDS_SHOWN:]]
        for place in shown:
            if place is None:
                node.add(RichText(t("more_shown_by_all", count=len(own) - 2 * _ENDS_SHOWN), style="dim"))
                continue
            entry = seen.entries[place]
            told = f"{place + 1}  {line(entry.summary or entry.text)}"
            node.add(RichText(told, no_wrap=True, overflow="ellipsis"))
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
    before = settled(library, library.find(story))
    chosen = changed(before.context, model=model, setting=setting, mode=before.mode)
    check_words(library, chosen, before.mode)
    record, context = at_story(before.story_id, lambda opened: begin_anew(opened, chosen, because.strip()), plays=True)
    kept = t("redo_branch", branch=record.branch, before=before.branch)
    console.print(kept, style="dim", markup=False)
    write_on(library, record, context, 1, show_memory=show_memory)


def line(text: str) -> str:
    """The beginning of a text, as one line."""
    words = " ".join(text.split())
    return words if len(words) <= _SHORT else f"{words[: _SHORT - 1]}…"
