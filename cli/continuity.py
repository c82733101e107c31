"""What clashes in a story: read for it, listed, and marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text as RichText

from ..schemas.errors import ModelUnavailableError, SettingsError
from .brought import settled
from .options import AsJson, Model, Setting, StoryArgument, changed, the_library
from .resumable import agreed_to, go_through
from .speech import said
from .stories import Yes, at_story
from .terminal import console, errors, print_json, warn
from .words import t
from .wrapping import Prose

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ..schemas.context import Context
    from ..stories.continuity import Note
    from ..stories.continuity_reading import PassagesRead
    from ..stories.library import Library
    from ..stories.record import StoryRecord
    from ..stories.story import Story

continuity = typer.Typer()


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
        console.print(t("clash_noted", title=record.name), markup=False)
        return
    if not only_list:
        _read(story, model, setting, again=again, ask=not yes)
    record, found = at_story(story, lambda opened: notes.notes(opened, every=every), only_reads=only_list)
    if as_json:
        print_json([note.to_json() for note in found])
    else:
        _show(record, found)


def _show(record: StoryRecord, found: list[Note]) -> None:
    if not found:
        console.print(t("nothing_clashes"), markup=False)
        return
    for note in found:
        mark = f"  ({t(f'mark_{note.mark}')})" if note.mark else ""
        console.print(RichText.assemble((t(f"clash_{note.clash.kind}"), "bold"), f"  {note.id}{mark}"))
        for side in note.clash.sides:
            where = t("outside_the_text") if side.place is None else t("paragraph_number", number=side.place + 1)
            console.print(Prose(t("named_words", name=where, words=side.quote), indent=2))
        for told in (note.clash.why, t("perhaps", words=note.clash.mend) if note.clash.mend else ""):
            if told:
                console.print(Prose(RichText(told, style="dim"), indent=2))
        if note.mark == "mend":
            to_type = f"recurrentgpt edit {record.story_id} --paragraph {note.paragraph}"
            console.print(RichText(f"  {to_type}", style="dim"), soft_wrap=True)
    console.print(
        t("mark_one", story_id=record.story_id),
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
    record = settled(library, library.find(reference))
    context = changed(record.context, model=model, setting=setting, mode=record.mode)
    _, cost = at_story(record.story_id, lambda opened: reading.cost_of_reading(opened, context, again=again))
    if not cost.passages:
        errors.print(t("all_read_before"), style="dim", markup=False)
        return
    if library.is_demonstration(context, TELLER):
        raise ModelUnavailableError("clashes_need_a_model")
    check_settings(library, context)
    work = {"calls": cost.calls, "model": library.model_for(context, TELLER)}
    if not agreed_to(t("work_reading", count=cost.passages, **work), cost, ask=ask):
        raise typer.Exit(1)
    _work(library, record, context, cost.passages, again=again)


def _work(library: Library, record: StoryRecord, context: Context, total: int, *, again: bool) -> None:
    from ..stories.continuity_reading import read_for_clashes  # noqa: PLC0415

    go_through(
        library,
        record,
        lambda story: read_for_clashes(story, context, again=again),
        title=t("bar_continuity"),
        total=total,
        kept=t("found_is_kept"),
        tell=_tell,
    )


def _tell(made: list[PassagesRead]) -> None:
    """What came of it."""
    for one in made:
        if one.problem:
            numbers = {"first": one.paragraphs[0], "last": one.paragraphs[-1]}
            warn(t("still_unread", said=said(one.problem), **numbers))
    if made:
        found, left_out = (sum(getattr(one, name) for one in made) for name in ("found", "left_out"))
        usage = made[-1].usage
        errors.print(
            t(
                "clashes_found",
                count=made[-1].done,
                found=found,
                left=left_out,
                tokens=usage["input_tokens"] + usage["output_tokens"],
            ),
            style="dim",
            markup=False,
        )
