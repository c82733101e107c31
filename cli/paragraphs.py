"""Paragraphs put in, taken out, moved, cut and joined by a command; and the command that has one rewritten."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text as RichText

from ..schemas.errors import SettingsError
from .options import AsJson, Model, Setting, StoryArgument, changed, the_library
from .stories import at_story, version
from .terminal import WARNING, console, errors, in_an_editor, print_json
from .unsaved import kept_if_refused
from .words import t

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ..stories.passages import Placed
    from ..stories.record import StoryRecord
    from ..stories.rewriting import Rewriting
    from ..stories.story import Story

rewriting = typer.Typer()


def place(
    story: str, act: str, number: int, to: int | None, text: str | None, *, made_on: str = "", as_json: bool
) -> None:
    """Put a paragraph in, take one out, move it, cut it or join it with the next, and say so.

    Args:
        story: which story.
        act: ``insert``, ``remove``, ``move``, ``cut`` or ``join``.
        number: of the paragraph.
        to: the number that a moved one is to have.
        text: a new one, or the words behind which one is cut; ``None``: the person's editor says what is put in.
        made_on: the version of the story that it is meant for; empty: any.
        as_json: whether a script is told.
    """
    from ..stories import passages, splitting  # noqa: PLC0415 (they need the graph)
    from .placing import cut_behind  # noqa: PLC0415 (it needs it too)

    typed = ""
    if act == "insert" and text is None:
        record, now = at_story(story, version)  # The place is meant as it is while the editor is open.
        story, made_on = record.story_id, made_on or now
        text = typed = in_an_editor("")
    if act == "move" and number == to:
        print_json({"changed": False}) if as_json else errors.print(t("nothing_changed"), markup=False)
        return

    async def do(opened: Story) -> Placed:
        match act:
            case "insert":
                return await passages.insert(opened, number, text or "")
            case "remove":
                return await passages.remove(opened, number)
            case "move":
                return await passages.move(opened, number, to or 0)
            case "cut":
                await cut_behind(opened, number, (text or "").strip())
            case _:
                await splitting.merge(opened, number)
        return passages.Placed(number)

    with kept_if_refused(the_library().find(story), typed):
        record, placed = at_story(story, do, made_on=made_on)
    if as_json:
        print_json(
            {"changed": True, "paragraph": placed.paragraph or None, "void": [asdict(void) for void in placed.void]}
        )
        return
    done = {
        "insert": t("put_in_as", number=placed.paragraph),
        "remove": t("took_out", number=number),
        "move": t("moved", number=number, to=placed.paragraph),
        "cut": t("cut_in_two", number=number),
        "join": t("joined", number=number, next=number + 1),
    }[act]
    _tell(record, done, placed)
    if act == "insert":
        errors.print(t("no_facts_yet", story_id=record.story_id), style="dim", markup=False)


def tell_of_looking(record: StoryRecord) -> None:
    """That what comes after an edit may lean on it."""
    errors.print(t("may_lean_on_it", story_id=record.story_id), style="dim", markup=False, soft_wrap=True)


def _tell(record: StoryRecord, done: str, placed: Placed) -> None:
    """What was done, and what holds no longer because of it."""
    console.print(t("done_undoable", done=done, title=record.name), markup=False)
    for void in placed.void:
        errors.print(
            RichText(t("void_now", number=void.paragraph, what=t(f"change_{void.what}"), fact=void.fact)),
            style=WARNING,
        )
    tell_of_looking(record)


@rewriting.command("rewrite")
def rewrite(
    story: StoryArgument = "",
    paragraph: Annotated[int | None, typer.Option("--paragraph", "-p", help="Rewrite this paragraph (from 1).")] = None,
    how: Annotated[
        str, typer.Option("--how", help="shorter, longer, show, past, present, first_person, third_person, again …")
    ] = "otherwise",
    said: Annotated[str, typer.Option("--said", help="What is wrong with it, or what it is to be.")] = "",
    words: Annotated[str, typer.Option("--words", help="Only these words of it; without any, all of it.")] = "",
    versions: Annotated[int, typer.Option("--versions", min=1, max=6, help="How many versions.")] = 2,
    take: Annotated[int | None, typer.Option("--take", help="Let this version of --of stand in the book.")] = None,
    leave: Annotated[bool, typer.Option("--leave", help="Let the versions of --of go.")] = False,
    of: Annotated[str, typer.Option("--of", help="The name of versions that were written before.")] = "",
    model: Model = None,
    setting: Setting = None,
    as_json: AsJson = False,
) -> None:
    """Have a paragraph, or some words of it, written in other versions; take one, or leave them."""
    from ..stories import rewriting as rewritings  # noqa: PLC0415 (it needs the graph)
    from .placing import print_versions  # noqa: PLC0415 (it needs it too)

    decides = take is not None or leave
    if decides == (paragraph is not None) or decides != bool(of) or (leave and take is not None):
        raise SettingsError("rewrite_unclear")
    if paragraph is not None:
        record, made = at_story(story, _written(paragraph, how, (words, said), versions, model, setting))
        if as_json:
            print_json({"name": made.name, "paragraph": paragraph, "was": made.text, "versions": list(made.versions)})
            return
        print_versions(made.versions)
        errors.print(t("versions_named", name=made.name, story_id=record.story_id), style="dim", markup=False)
        return

    async def decide(opened: Story) -> int | None:
        if take is not None:
            return await rewritings.accept(opened, of, take)
        rewritings.leave(opened, of)
        return None

    record, number = at_story(story, decide)
    if as_json:
        print_json({"changed": number is not None, "paragraph": number})
    elif number is None:
        errors.print(t("nothing_changed"), markup=False)
    else:
        console.print(t("done_undoable", done=t("changed_text", number=number), title=record.name), markup=False)
        tell_of_looking(record)


def _written(
    number: int,
    how: str,
    given: tuple[str, str],
    count: int,
    model: str | None,
    setting: list[str] | None,
) -> Callable[[Story], Awaitable[Rewriting]]:
    """What has versions written: of the words and with what is said, both in ``given``."""
    from ..stories import rewriting as rewritings  # noqa: PLC0415 (it needs the graph)
    from .placing import written  # noqa: PLC0415 (it needs it too)

    words, said = given

    async def write(opened: Story) -> Rewriting:
        context = changed(opened.record.context, model=model, setting=setting, mode=opened.record.mode)
        text = (await opened.entry(number)).text if words else ""
        selection = rewritings.Selection(max(text.find(words), 0), words)
        asked = await rewritings.asked_for(opened, number, how, said, selection)
        return await written(opened, context, asked, count)

    return write
