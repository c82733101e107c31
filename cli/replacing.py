"""Another name, or other words, everywhere in a story; and the last change taken back."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.cells import cell_len
from rich.text import Text as RichText

from ..schemas.errors import SettingsError
from .options import AsJson, StoryArgument, the_library
from .stories import MadeOn, Yes, at_story
from .terminal import agreed, console, print_json, undone
from .words import t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..stories.rename import Form, Hit

replacing = typer.Typer()

_WHERE = 14
"""Cells for what kind of place it is, and its number."""
_SHOWN = 20
"""Places that are shown, unless all are asked for."""


@replacing.command()
def replace(
    old: Annotated[str, typer.Argument(help="The name, or the words, as they stand there.")],
    new: Annotated[str, typer.Argument(help="What is to stand there instead.")],
    story: StoryArgument = "",
    also: Annotated[
        list[str] | None,
        typer.Option(metavar="FORM=NEW", help="Another form of it, and what takes its place. May be repeated."),
    ] = None,
    anywhere: Annotated[bool, typer.Option("--anywhere", help="Within words too.")] = False,
    leave_out: Annotated[
        list[int] | None, typer.Option(metavar="N", help="A place that stays, by its number. May be repeated.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Show every place.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Give somebody or something another name throughout the current branch; `recurrentgpt undo` takes it back."""
    from ..stories.rename import Wording, preview  # noqa: PLC0415 (it needs the graph)
    from ..stories.rename import rename as change  # noqa: PLC0415

    wording = Wording(old, new, dict(map(_pair, also or ())), anywhere, frozenset(leave_out or ()))
    record, (hits, forms) = at_story(story, lambda opened: preview(opened, wording), only_reads=dry_run)
    if as_json:
        print_json({"hits": [asdict(hit) for hit in hits], "forms": [asdict(form) for form in forms]})
    else:
        _show(hits, forms, wording.leave_out, every=every)
    wanted = sum(hit.number not in wording.leave_out for hit in hits)
    if dry_run or not wanted:
        return
    if not yes and not agreed(t("change_places", count=wanted, title=record.name), err=as_json):
        if not as_json:
            console.print(t("nothing_changed"), markup=False)
        return
    at_story(record.story_id, lambda opened: change(opened, wording))
    if not as_json:
        console.print(t("places_changed", count=wanted, title=record.name), markup=False)


@replacing.command()
def undo(story: StoryArgument = "", made_on: MadeOn = "") -> None:
    """Take the last change of the current branch back: an edit, other words everywhere, or the last paragraph."""
    from ..stories.undo import undo as take_back  # noqa: PLC0415 (it needs the graph)

    was = the_library().find(story)
    record, _ = at_story(was.story_id, take_back, plays=True, made_on=made_on)
    console.print(undone(was, record), markup=False)


def _padded(where: str) -> str:
    """A place, as wide as all others."""
    return where + " " * (_WHERE - cell_len(where))


def _pair(given: str) -> tuple[str, str]:
    form, equals, new = given.partition("=")
    if not (form and equals):
        raise SettingsError("form_malformed", given=given)
    return form, new


def _show(hits: Sequence[Hit], forms: Sequence[Form], left: frozenset[int], *, every: bool) -> None:
    """Each place in its line, how many there are of which kind, and what else may be meant."""
    shown = hits if every else hits[:_SHOWN]
    for hit in shown:
        line = RichText(f"{hit.number:>5}  ", style="dim")
        line.append(_padded(f"{t(f'where_{hit.where}')} {hit.paragraph or ''}"))
        line.append(" ".join(hit.before[-24:].split()).rjust(24) + " ", style="dim")
        line.append(f"[{hit.found}" + (" stays]" if hit.number in left else f" → {hit.becomes}]"), style="bold")
        line.append(" " + " ".join(hit.after[:24].split()), style="dim")
        console.print(line, overflow="ellipsis", no_wrap=True)
    if len(shown) < len(hits):
        console.print(f"       {t('more_shown_by_all', count=len(hits) - len(shown))}", style="dim", markup=False)
    counts = Counter(hit.where for hit in hits)
    told = ", ".join(f"{t(f'where_{where}')} {count}" for where, count in counts.items()) or t("nowhere")
    console.print(t("found_so_many", count=len(hits), where=told), markup=False)
    for form in forms:
        console.print(
            t("also_there", form=form.form, count=form.count, becomes=form.becomes),
            markup=False,
        )
