"""The command that changes what stands in a story: texts, memories, premise; paragraphs put in, taken out, moved."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from ..schemas.errors import SettingsError, StoryStateError
from .options import AsJson, StoryArgument, with_premise_to_change
from .paragraphs import place, tell_of_looking
from .stories import MadeOn, at_story
from .terminal import agreed, console, errors, in_an_editor, print_json
from .unsaved import kept_if_refused
from .words import field_name, t
from .wrapping import Prose

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ..stories import edits
    from ..stories.edits import Editable
    from ..stories.record import StoryRecord
    from ..stories.story import Story

editing = typer.Typer()


@editing.command()
@with_premise_to_change
def edit(
    fields: list[str],
    story: StoryArgument = "",
    paragraph: Annotated[int | None, typer.Option("--paragraph", "-p", help="Change this paragraph (from 1).")] = None,
    summary: Annotated[int | None, typer.Option("--summary", "-s", help="Change the summary of this one.")] = None,
    memory: Annotated[bool, typer.Option("--memory", "-m", help="Change the short-term memory.")] = False,
    beat: Annotated[int | None, typer.Option("--beat", help="The outline's part that is told now (from 1).")] = None,
    chapter: Annotated[
        int | None, typer.Option("--chapter", "-c", help="Title a chapter that begins here; empty: none does.")
    ] = None,
    insert_after: Annotated[
        int | None, typer.Option("--insert-after", help="Put a paragraph in after this one; 0: as the first.")
    ] = None,
    remove: Annotated[int | None, typer.Option("--remove", help="Take this paragraph out.")] = None,
    move: Annotated[int | None, typer.Option("--move", help="Move this paragraph (--to).")] = None,
    to: Annotated[int | None, typer.Option("--to", help="The number that a moved paragraph is to have.")] = None,
    cut: Annotated[
        int | None, typer.Option("--cut", help="Cut this paragraph in two behind the words of --text.")
    ] = None,
    join: Annotated[int | None, typer.Option("--join", help="Make one of this paragraph and the next.")] = None,
    text: Annotated[
        str | None, typer.Option("--text", help="The new text. Without it, your $EDITOR opens.", show_default=False)
    ] = None,
    made_on: MadeOn = "",
    as_json: AsJson = False,
) -> None:
    """Change a paragraph, a summary, a chapter, memory, the premise or where the outline is, on this branch only.

    Or put a paragraph in, take one out, move one, cut one in two, join two. `recurrentgpt undo` takes any of it back.
    """
    from ..stories import edits  # noqa: PLC0415 (it needs the graph)

    placing = {
        act: number
        for act, number in (("insert", insert_after), ("remove", remove), ("move", move), ("cut", cut), ("join", join))
        if number is not None
    }
    chosen: list[edits.Editable] = [edits.Premise(name) for name in fields]
    chosen += [
        target
        for target, is_meant in (
            (edits.Paragraph(paragraph or 0), paragraph is not None),
            (edits.Summary(summary or 0), summary is not None),
            (edits.Chapter(chapter or 0), chapter is not None),
            (edits.Memory(), memory),
            (edits.Beat(), beat is not None),
        )
        if is_meant
    ]
    if len(chosen) + len(placing) != 1 or (move is None) != (to is None):
        raise SettingsError("edit_unclear")
    if placing:
        ((act, number),) = placing.items()
        place(story, act, number, to, text, made_on=made_on, as_json=as_json)
        return
    (target,) = chosen
    said = text if beat is None else str(beat)
    record = put_in_other_words(story, target, said, partial(_named, target), made_on=made_on, quietly=as_json)
    if as_json:
        print_json({"changed": record is not None})
    elif record and isinstance(target, edits.Paragraph | edits.Summary):
        tell_of_looking(record)


def _replaced(target: Editable, branch: str, before: str, after: str) -> Callable[[Story], Awaitable[str | None]]:
    """What writes a text over the one that it was made of; gives what stands there, where that is another by now."""

    async def act(story: Story) -> str | None:
        now = await target.read(story)
        if story.record.branch != branch or now != before:
            return now
        await target.write(story, after)
        return None

    return act


def _named(target: Editable) -> str:
    """What is changed, as a sentence names it."""
    kind, number = type(target).__name__.lower(), getattr(target, "number", 0)
    name = field_name(str(getattr(target, "name", ""))).lower() if kind == "premise" else ""
    return t(f"what_{kind}", number=number, name=name)


def put_in_other_words(
    reference: str,
    target: Editable,
    given: str | None,
    name: Callable[[], str],
    *,
    made_on: str = "",
    quietly: bool = False,
) -> StoryRecord | None:
    """Change something of a story, and say so; ``None``: it is as it was.

    Where it was changed elsewhere meanwhile (on a page, while the editor was open), the person sees what stands there
    now and is asked. What they wrote is never lost: where it is refused, it is kept in a file.

    Args:
        reference: the story.
        target: what is changed.
        given: how it is to be; ``None``: the person's editor says.
        name: what it is called, in the language that is spoken once the story is known.
        made_on: the version of the story that it is meant for; empty: any.
        quietly: whether nothing is said of it.

    Raises:
        StoryStateError: something else stands there by now, and nobody is there who could say which it is to be.
    """
    record, before = at_story(reference, target.read, made_on=made_on)
    after = given if given is not None else in_an_editor(before)
    if after.strip() == before.strip():
        errors.print(t("nothing_changed"), markup=False)
        return None
    with kept_if_refused(record, after if given is None else ""):
        while (now := at_story(record.story_id, _replaced(target, record.branch, before, after))[1]) is not None:
            errors.print(t("stands_there_now", what=name()), style="bold", markup=False)
            console.print(Prose(now, indent=2))
            if not agreed(t("put_yours")):
                raise StoryStateError("made_on_another", title=record.name)
            record, before = at_story(record.story_id, target.read)
    if not quietly:
        console.print(t("changed", what=name(), title=record.name), markup=False)
    return record
