"""What leans on a person's changes of a story: looked for, listed as what was and what could be, accepted or left."""

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
    from ..schemas.context import Context
    from ..stories.library import Library
    from ..stories.looking import Looked
    from ..stories.proposals import Proposed
    from ..stories.record import StoryRecord

looking = typer.Typer()

ALL = "all"


@looking.command("look")
def look(
    story: StoryArgument = "",
    texts: Annotated[
        bool, typer.Option("--texts", help="Look at the texts too, not at summaries, facts and memory alone.")
    ] = False,
    only_list: Annotated[bool, typer.Option("--list", help="Ask nothing: show what is proposed.")] = False,
    accept: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Change this; again for more; all: everything.")
    ] = None,
    leave: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Leave this as it is; again for more; all: everything.")
    ] = None,
    as_json: AsJson = False,
    yes: Yes = False,
    model: Model = None,
    setting: Setting = None,
) -> None:
    """After edits: let the model say which later summaries, facts, memories lean on them; accept that, or leave it."""
    from ..stories import proposals  # noqa: PLC0415 (LangGraph, the model, the memory)

    if sum((only_list, bool(accept), bool(leave))) > 1:
        raise SettingsError("look_unclear")
    if accept:
        record, done = at_story(story, lambda opened: proposals.accept(opened, _names(accept)))
        console.print(t("look_changed", title=record.name, count=len(done)), markup=False)
        return
    if leave:
        record, _ = at_story(story, lambda opened: proposals.leave(opened, _names(leave)))
        console.print(t("look_left", title=record.name), markup=False)
        return
    if not only_list:
        _look(story, model, setting, texts=texts, ask=not yes)
    record, found = at_story(story, proposals.proposals, only_reads=only_list)
    if as_json:
        print_json([one.to_json() for one in found])
    else:
        _show(record, found)


def _names(given: list[str]) -> list[str] | None:
    """The ids that were given; ``None``: all."""
    return None if given == [ALL] else given


def _show(record: StoryRecord, found: list[Proposed]) -> None:
    if not found:
        console.print(t("nothing_proposed"), markup=False)
        return
    for one in found:
        kind = t(f"proposed_{one.proposal.kind}")
        where = kind if one.place is None else t("proposed_at", number=one.place + 1, what=kind)
        console.print(RichText.assemble((where, "bold"), f"  {one.id}"))
        was, now = one.proposal.was.splitlines(), one.proposal.now.splitlines()
        for line in (line for line in was if line not in now):
            console.print(Prose(RichText(f"- {line}", style="dim"), indent=2, hang=2))
        for line in (line for line in now if line not in was):
            console.print(Prose(f"+ {line}", indent=2, hang=2))
        if one.proposal.why:
            console.print(Prose(RichText(one.proposal.why, style="dim"), indent=2))
    console.print(
        t("look_how", story_id=record.story_id),
        style="dim",
        markup=False,
        soft_wrap=True,
    )


def _look(reference: str, model: str | None, setting: list[str] | None, *, texts: bool, ask: bool) -> None:
    """Look at what was not looked at yet, once the person has seen what it costs.

    Raises:
        ModelUnavailableError: the model cannot be had, or cannot do it.
    """
    from ..stories import looking as stories_looking  # noqa: PLC0415
    from ..stories.beginning import check_settings  # noqa: PLC0415
    from ..stories.late_facts import TELLER  # noqa: PLC0415

    library = the_library()
    record = settled(library, library.find(reference))
    context = changed(record.context, model=model, setting=setting, mode=record.mode)
    _, edited = at_story(record.story_id, lambda opened: stories_looking.changed(opened, texts=texts))
    if not edited:
        errors.print(t("nothing_to_look_after"), style="dim", markup=False)
        return
    if library.is_demonstration(context, TELLER):
        raise ModelUnavailableError("look_needs_a_model")
    check_settings(library, context)
    _, cost = at_story(record.story_id, lambda opened: stories_looking.cost_of_look(opened, context, texts=texts))
    if not cost.calls:
        errors.print(t("all_looked_at"), style="dim", markup=False)
        return
    if not texts:
        errors.print(t("look_without_texts"), style="dim", markup=False)
    work = {"calls": cost.calls, "model": library.model_for(context, TELLER)}
    if not agreed_to(t("work_looking", count=cost.passages, **work), cost, ask=ask):
        raise typer.Exit(1)
    _work(library, record, context, cost.calls, texts=texts)


def _work(library: Library, record: StoryRecord, context: Context, total: int, *, texts: bool) -> None:
    from ..stories.looking import look as look_at  # noqa: PLC0415

    go_through(
        library,
        record,
        lambda story: look_at(story, context, texts=texts),
        title=t("bar_look"),
        total=total,
        kept=t("found_is_kept"),
        tell=_tell,
    )


def _tell(made: list[Looked]) -> None:
    """What came of it."""
    for one in made:
        if one.problem:
            where = t("looked_from", number=one.paragraphs[0]) if one.paragraphs else t("memory_and_outline")
            warn(t("not_looked_at", where=where, said=said(one.problem)))
    if made:
        found, left_out = (sum(getattr(one, name) for one in made) for name in ("found", "left_out"))
        usage = made[-1].usage
        errors.print(
            t("looked", found=found, left=left_out, tokens=usage["input_tokens"] + usage["output_tokens"]),
            style="dim",
            markup=False,
        )
