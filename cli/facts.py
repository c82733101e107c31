"""What is true in a story: listed, put right, and made afterwards for what was written without."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text as RichText

from ..schemas.aliases import are_joined, proposed
from ..schemas.catalogue import say
from ..schemas.errors import ModelUnavailableError, SettingsError
from .brought import settled
from .options import AsJson, AsOf, Model, Setting, StoryArgument, changed, the_library
from .resumable import agreed_to, go_through
from .showing import quoted
from .speech import said, spoken
from .stories import Yes, at_story
from .terminal import console, errors, print_json, warn
from .words import t
from .wrapping import Prose

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from ..schemas.aliases import Groups
    from ..schemas.context import Context
    from ..schemas.facts import FactHistory, FactState
    from ..stories.late_facts import FactsMade
    from ..stories.library import Library
    from ..stories.record import StoryRecord
    from ..stories.story import Story

facts = typer.Typer()

_Names = Annotated[
    list[str] | None, typer.Option("--about", metavar="NAME", help="Whom or what it is about. May be repeated.")
]
_Knowers = Annotated[
    list[str] | None, typer.Option("--known-by", metavar="NAME", help="Who knows it; else everybody. May be repeated.")
]


@facts.command("facts")
def list_facts(
    story: StoryArgument = "",
    at: AsOf = None,
    every: Annotated[bool, typer.Option("--all", help="Those too that hold no longer.")] = False,
    as_json: AsJson = False,
    build: Annotated[
        bool, typer.Option("--build", help="Make the facts of paragraphs that have none yet; says the cost first.")
    ] = False,
    yes: Yes = False,
    model: Model = None,
    setting: Setting = None,
    add: Annotated[str, typer.Option(metavar="FACT", help="Say what is so since a paragraph (--at).")] = "",
    end: Annotated[str, typer.Option(metavar="ID", help="Let a fact hold no longer from a paragraph (--at) on.")] = "",
    restore: Annotated[
        str, typer.Option(metavar="ID", help="Take the end of a fact back (--all lists it): it holds again.")
    ] = "",
    edit: Annotated[str, typer.Option(metavar="ID", help="Put a fact right (--text; empty: take it out).")] = "",
    pin: Annotated[str, typer.Option(metavar="ID", help="Tell it in every prompt, as long as it holds.")] = "",
    unpin: Annotated[str, typer.Option(metavar="ID", help="Tell it only where a step is about it.")] = "",
    join: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Say that names are one person's or thing's; once for each, twice or more."),
    ] = None,
    separate: Annotated[str, typer.Option(metavar="NAME", help="Take a name out of those it was joined with.")] = "",
    dismiss: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Say that names are not one's, so that it is not proposed again; twice."),
    ] = None,
    text: Annotated[str | None, typer.Option(help="How a fact is to be said.", show_default=False)] = None,
    about: _Names = None,
    known_by: _Knowers = None,
    is_open: Annotated[bool, typer.Option("--open", help="What is added is an open question or a promise.")] = False,
) -> None:
    """List what is true in the current branch: each fact, since which paragraph, and who knows it; or change that."""
    edits: list[tuple[object, Callable[[Story], Awaitable[object]]]] = [
        (add, lambda opened: opened.add_fact(add, about or (), at=at, known_by=known_by or (), is_open=is_open)),
        (end, lambda opened: opened.end_fact(end, at=at)),
        (restore, lambda opened: opened.restore_fact(restore)),
        (edit, lambda opened: opened.edit_fact(edit, text=text, subjects=about, known_by=known_by)),
        (pin, lambda opened: opened.pin_fact(pin)),
        (unpin, lambda opened: opened.unpin_fact(unpin)),
        (join, lambda opened: opened.aliases.join(*(join or ()))),
        (separate, lambda opened: opened.aliases.separate(separate)),
        (dismiss, lambda opened: opened.aliases.dismiss(*(dismiss or ()))),
    ]
    wanted = [change for given, change in edits if given]
    if len(wanted) + build > 1:
        raise SettingsError("facts_unclear")
    if build:
        build_facts(story, model, setting, ask=not yes)
        return
    if wanted:
        record, _ = at_story(story, wanted[0])
        console.print(t("facts_changed", title=record.name), markup=False)
        return
    record, (history, groups, apart) = at_story(story, lambda opened: _read(opened, at), only_reads=True)
    shown = [state for state in history.facts.values() if every or state.holds]
    proposals = proposed(history.holding, groups, apart)
    if as_json:
        print_json([_as_data(state, groups, proposals) for state in shown])
        return
    _show(record, shown)
    if every:
        _show_void(history)
    _show_names(record, groups, proposals)


def _show_void(history: FactHistory) -> None:
    """What changes a fact that stands nowhere before it, as after a paragraph was moved or taken out."""
    for place, change in history.void:
        known = history.facts.get(change.fact)
        said = known.fact.text if known else quoted(change.quote)
        what = t(f"change_{change.what}")
        console.print(Prose(RichText(t("void", number=place + 1, what=what, fact=said), style="dim")))


async def _read(story: Story, at: int | None) -> tuple[FactHistory, Groups, Groups]:
    """What is true after so many passages, which names are joined, and which are said to be two's."""
    return await story.facts(at), await story.aliases.joined(), await story.aliases.apart()


def _as_data(state: FactState, groups: Groups, proposals: list[FactState]) -> dict[str, Any]:
    """A fact; the groups of joined names that it is about; and whether it proposes to join its own."""
    about = [group for group in groups if any(are_joined([group], [name]) for name in state.fact.subjects)]
    return {**asdict(state), "joined": about, "proposes_to_join": state in proposals}


def _show_names(record: StoryRecord, groups: Groups, proposals: list[FactState]) -> None:
    """Which names are one's and which may be, each with what to type."""

    def to_type(option: str, names: Iterable[str]) -> RichText:
        options = (part for name in names for part in (option, name))
        return RichText(f"  {shlex.join(['recurrentgpt', 'facts', record.story_id, *options])}", style="dim")

    for group in groups:
        console.print(Prose(RichText.assemble((f"{t('names_of_one')} ", "bold"), say(list(group), spoken()))))
        console.print(to_type("--separate", group[-1:]), soft_wrap=True)
    for state in proposals:
        said = f"{state.fact.text} ({t('paragraph_number', number=record.numbered(state.since + 1))})"
        console.print(Prose(RichText.assemble((f"{t('perhaps_names_of_one')} ", "bold"), said)))
        for option in ("--join", "--dismiss"):
            console.print(to_type(option, state.fact.subjects), soft_wrap=True)


def _show(record: StoryRecord, shown: list[FactState]) -> None:
    if not shown:
        console.print(t("no_facts"), markup=False)
    for state in shown:
        since, until = record.numbered(state.since + 1), "" if state.until is None else record.numbered(state.until + 1)
        when = t("from_to", first=since, last=until) if until else t("since_paragraph", number=since)
        told = [when, *([t(f"frame_{state.fact.frame}")] if state.fact.frame != "now" else [])]
        if state.fact.kind == "thread":
            told.append(t("is_open" if state.holds else "is_settled"))
        if state.known_by:
            told.append(t("known_to", names=say(state.known_by, spoken())))
        line = RichText(f"· {state.fact.text} ")
        line.append(f"({t('and_then').join(told)})", style="dim")
        console.print(Prose(line.append(f"  {state.fact.id}", style="dim"), hang=2))


def build_facts(reference: str, model: str | None, setting: list[str] | None, *, ask: bool) -> None:
    """Make the facts that are missing, once the person has seen what it costs.

    Raises:
        ModelUnavailableError: the model cannot be had, or cannot do it.
    """
    from ..stories.beginning import check_settings  # noqa: PLC0415
    from ..stories.late_facts import TELLER  # noqa: PLC0415

    library = the_library()
    record = settled(library, library.find(reference))
    context = changed(record.context, model=model, setting=setting, mode=record.mode)
    if library.is_demonstration(context, TELLER):
        raise ModelUnavailableError("facts_need_a_model")
    check_settings(library, context)
    _, cost = at_story(record.story_id, lambda opened: opened.cost_of_facts(context))
    work = t("work_facts", count=cost.passages, model=library.model_for(context, TELLER))
    if cost.passages and not agreed_to(work, cost, ask=ask):
        raise typer.Exit(1)
    _build(library, record, context, cost.passages)  # Also where none is missing: a kill may have left something out.
    if not cost.passages:
        console.print(t("all_have_facts"), markup=False)


def _build(library: Library, record: StoryRecord, context: Context, total: int) -> None:
    go_through(
        library,
        record,
        lambda story: story.build_facts(context),
        title=t("bar_facts"),
        total=total,
        kept=t("made_is_kept"),
        tell=_tell,
    )


def _tell(made: list[FactsMade]) -> None:
    """What came of it."""
    for one in made:
        if one.problem:
            warn(t("still_no_facts", number=one.paragraph, said=said(one.problem)))
    done = [one for one in made if not one.problem]
    if not made:
        return
    new, changes, left_out = (sum(getattr(one, name) for one in done) for name in ("facts", "changes", "left_out"))
    usage = made[-1].usage
    console.print(
        t(
            "facts_made",
            count=len(done),
            facts=new,
            changes=changes,
            left=left_out,
            tokens=usage["input_tokens"] + usage["output_tokens"],
        ),
        style="dim",
        markup=False,
    )


def offer_to_build(reference: str) -> None:
    """Say how facts are made afterwards, where some are missing."""
    from ..stories.late_facts import missing_facts  # noqa: PLC0415

    record, missing = at_story(reference, missing_facts)
    if missing:
        errors.print(
            t("without_facts", count=missing, story_id=record.story_id),
            style="dim",
            markup=False,
        )
