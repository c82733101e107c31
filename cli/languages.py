"""The command that shows the languages there are, and whether their words fit."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 (typer reads the annotations)
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from ..schemas.catalogue import part
from ..schemas.language_check import Misfit, misfits, shares
from ..schemas.language_folders import GATES, folders, folders_in, table
from ..schemas.languages import add_languages, language_named
from .options import AsJson, the_library
from .speech import said
from .terminal import WARNING, console, errors, print_json
from .words import t

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.resources.abc import Traversable

languages = typer.Typer()


@languages.command("languages")
def list_languages(
    folder: Annotated[
        Path | None,
        typer.Argument(help="A folder with languages of your own, each in a folder called by its tag, to check alone."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the languages that there are words in, how many each has of each kind, and which of them do not fit.

    A story may be in any other as well, and so may what is asked for here: English has the words that are missing.
    """
    gates = the_library().gates
    if folder:
        add_languages(folder)
    found = folders_in(folder.absolute()) if folder else folders()
    wrong = {tag: [said(misfit.said) for misfit in _misfits(place, gates)] for tag, place in found.items()}
    if as_json:
        print_json([_facts(tag, place) | {"misfits": wrong[tag]} for tag, place in found.items()])
    else:
        console.print(_table(found))
        for tag, place in found.items():
            for problem in wrong[tag]:
                errors.print(f"{place}: {problem}", style=WARNING, markup=False, soft_wrap=True)
    if any(wrong.values()):
        raise typer.Exit(1)


def _misfits(place: Traversable, gates: Iterable[str]) -> list[Misfit]:
    """What does not fit, gates that there are not among it."""
    unknown = table(place, GATES).keys() - set(gates)
    nobody = [part("words_of_nothing", file=f"{GATES}.toml", name=gate) for gate in sorted(unknown)]
    return [*misfits(place), *(Misfit(problem, cannot_work=False) for problem in nobody)]


def _facts(tag: str, place: Traversable) -> dict[str, Any]:
    language = language_named(tag)
    has = {name: share._asdict() for name, share in shares(place).items()}
    return {"tag": tag, "name": language.name, "own_name": language.own_name, "folder": str(place), "words": has}


def _table(found: Mapping[str, Traversable]) -> Table:
    made = Table(t("head_tag"), t("head_language"), "", box=None, header_style="bold")
    rows = {tag: shares(place) for tag, place in found.items()}
    for name in next(iter(rows.values())):
        made.add_column(name, justify="right")
    for tag, row in rows.items():
        language = language_named(tag)
        made.add_row(tag, language.name, language.own_name, *(f"{share.given}/{share.of}" for share in row.values()))
    return made
