"""What clashes in a story: read for it, listed, and marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text as RichText

from ..schemas.errors import ModelUnavailableError, SettingsError
from .options import AsJson, Model, Setting, StoryArgument, changed, the_library
from .resumable import agreed_to, calls, go_through, paragraphs
from .speech import said
from .stories import Yes, at_story
from .terminal import WARNING, console, errors, print_json

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ..schemas.context import Context
    from ..stories.continuity import Note
    from ..stories.continuity_reading import PassagesRead
    from ..stories.library import Library
    from ..stories.record import StoryRecord
    from ..stories.story import Story

continuity = typer.Typer()

_KINDS = {
    "fact": "how things are",
    "knowledge": "who knows it",
    "name": "names",
    "date": "ages, dates, numbers",
    "thread": "left open",
}
_MARKS = {"mend": "to be mended", "meant": "meant so", "ignore": "ignored"}


@continuity.command("continuity")
def check(
    story: StoryArgument = "",
    only_list: Annotated[bool, typer.Option("--list", help="Read nothing: show what is known.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Read all of it, also what was read before.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Show those too that are meant so or ignored.")] = False,
    as_json: AsJson = False,
    yes: Yes = False,
    model: Model = None,
    setting: Setting = None,
    mend: Annotated[
        str, typer.Option(metavar="ID", help="Mend it: put --text in place of its later words; without, mark it.")
    ] = "",
    text: Annotated[str | None, typer.Option(help="The words to put there.", show_default=False)] = None,
    meant: Annotated[str, typer.Option(metavar="ID", help="It is meant so: do not tell of it again.")] = "",
    ignore: Annotated[str, typer.Option(metavar="ID", help="It does not matter: do not tell of it again.")] = "",
    unmark: Annotated[str, typer.Option(metavar="ID", help="Take back what was said of it.")] = "",
) -> None:
    """Read what is new of a story for what clashes in it, and list that with the words of both sides; or mark one."""
    from ..stories import continuity as notes  # noqa: PLC0415 (LangGraph, the model, the memory)

    marks: list[tuple[str, Callable[[Story], Awaitable[object]]]] = [
        (mend, lambda opened: notes.mend(opened, mend, text) if text else notes.mark(opened, mend, "mend")),
        (meant, lambda opened: notes.mark(opened, meant, "meant")),
        (ignore, lambda opened: notes.mark(opened, ignore, "ignore")),
        (unmark, lambda opened: notes.mark(opened, unmark, None)),
    ]
    wanted = [act for given, act in marks if given]
    if len(wanted) > 1 or (text is not None and not mend):
        raise SettingsError("clashes_unclear")
    if wanted:
        record, _ = at_story(story, wanted[0])
        console.print(f"Noted for '{record.name}'.", markup=False)
        return
    if not only_list:
        _read(story, model, setting, again=again, ask=not yes)
    record, found = at_story(story, lambda opened: notes.notes(opened, every=every))
    if as_json:
        print_json([note.to_json() for note in found])
    else:
        _show(record, found)


def _show(record: StoryRecord, found: list[Note]) -> None:
    if not found:
        console.print("Nothing is known to clash.")
        return
    for note in found:
        mark = f"  ({_MARKS[note.mark]})" if note.mark else ""
        console.print(RichText.assemble((_KINDS[note.clash.kind], "bold"), f"  {note.id}{mark}"))
        for side in note.clash.sides:
            where = "from outside the text" if side.place is None else f"paragraph {side.place + 1}"
            console.print(RichText(f"  {where}: “{side.quote}”"))
        for told in (note.clash.why, f"Perhaps: {note.clash.mend}" if note.clash.mend else ""):
            if told:
                console.print(RichText(f"  {told}", style="dim"))
        if note.mark == "mend":
            to_type = f"recurrentgpt edit {record.story_id} --paragraph {note.paragraph}"
            console.print(RichText(f"  {to_type}", style="dim"), soft_wrap=True)
    console.print(
        f"Mark one: recurrentgpt continuity {record.story_id} --mend ID, --meant ID or --ignore ID",
        style="dim",
        markup=False,
        soft_wrap=True,
    )


def _read(reference: str, model: str | None, setting: list[str] | None, *, again: bool, ask: bool) -> None:
    """Read what is new, once the person has seen what it costs.

    Raises:
        ModelUnavailableError: the model cannot be had, or cannot do it.
    """
    from ..stories import continuity_reading as reading  # noqa: PLC0415
    from ..stories.beginning import check_settings  # noqa: PLC0415
    from ..stories.late_facts import TELLER  # noqa: PLC0415

    library = the_library()
    record = library.find(reference)
    context = changed(record.context, model=model, setting=setting, mode=record.mode)
    _, cost = at_story(record.story_id, lambda opened: reading.cost_of_reading(opened, context, again=again))
    if not cost.passages:
        errors.print("Every paragraph of it was read before.", style="dim")
        return
    if library.is_demonstration(context, TELLER):
        raise ModelUnavailableError("clashes_need_a_model")
    check_settings(library, context)
    work = f"{calls(cost.calls)} of '{library.model_for(context, TELLER)}'"
    if not agreed_to(f"{paragraphs(cost.passages)} to read in {work}", cost, ask=ask):
        raise typer.Exit(1)
    _work(library, record, context, cost.passages, again=again)


def _work(library: Library, record: StoryRecord, context: Context, total: int, *, again: bool) -> None:
    from ..stories.continuity_reading import read_for_clashes  # noqa: PLC0415

    go_through(
        library,
        record,
        lambda story: read_for_clashes(story, context, again=again),
        title="Continuity",
        total=total,
        kept="what was found is kept",
        tell=_tell,
    )


def _tell(made: list[PassagesRead]) -> None:
    """What came of it."""
    for one in made:
        if one.problem:
            numbers = f"{one.paragraphs[0]} to {one.paragraphs[-1]}"
            errors.print(f"(Paragraphs {numbers} are still unread. {said(one.problem)})", style=WARNING, markup=False)
    if made:
        found, left_out = (sum(getattr(one, name) for one in made) for name in ("found", "left_out"))
        usage = made[-1].usage
        errors.print(
            f"{paragraphs(made[-1].done)}: {found} new, {left_out} left out because no words show them; "
            f"{usage['input_tokens'] + usage['output_tokens']:,} tokens.",
            style="dim",
            markup=False,
        )
