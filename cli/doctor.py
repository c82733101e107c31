"""The command that tries all that a story needs, and says what holds, what does not, and what to do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table
from rich.text import Text as RichText

from ..schemas.context import Context
from ..schemas.errors import RecurrentGPTError
from .options import AsJson, Model, Setting, changed, the_library
from .speech import said, told
from .terminal import console, errors, print_json

if TYPE_CHECKING:
    from ..stories.doctor import Finding

doctor = typer.Typer()

_TITLE, _VERDICT = 22, 9
"""Cells that a check's name and its verdict have."""
_COLOURS = {"holds": "green", "limited": "magenta", "fails": "red"}


@doctor.command("doctor")
def examine(model: Model = None, setting: Setting = None, as_json: AsJson = False) -> None:
    """Try all that a story needs: data folder, databases, embedding model, and every kind of call of the model.

    A passage of a few sentences is written, and its memory asked for in each way that there is; nothing is kept. Ends
    with 1 where something fails.
    """
    context = changed(Context(), model=model, setting=setting)
    found = asyncio.run(_findings(context, as_json=as_json))
    if as_json:
        print_json([_as_json(finding) for finding in found])
    if any(finding.verdict == "fails" for finding in found):
        raise typer.Exit(1)


async def _findings(context: Context, *, as_json: bool) -> list[Finding]:
    """What there is to say, shown as it comes unless a script reads it."""
    from ..stories.doctor import examine as look_at  # noqa: PLC0415 (LangGraph, the model, the memory)

    library, found = the_library(), []
    with errors.status("…", spinner="dots"):
        async for finding in look_at(library, context):
            found.append(finding)
            if not as_json:
                console.print(_row(finding))
    await library.leave_loop()
    return found


def _row(finding: Finding) -> Table:
    """A finding as a row of a table; a server's words are never read as markup."""
    row = Table.grid(padding=(0, 1, 0, 0))
    row.add_column(width=_TITLE)
    row.add_column(width=_VERDICT)
    row.add_column(overflow="fold")
    seen = RichText(_seen(finding))
    if finding.advice:
        seen.append(f"\n→ {said(finding.advice)}", style="bold")
    verdict = RichText(said(finding.said), style=_COLOURS[finding.verdict])
    row.add_row(RichText(said(finding.title)), verdict, seen)
    return row


def _seen(finding: Finding) -> str:
    return told(finding.seen) if isinstance(finding.seen, RecurrentGPTError) else said(finding.seen)


def _as_json(finding: Finding) -> dict[str, Any]:
    code = finding.seen.code if isinstance(finding.seen, RecurrentGPTError) else ""
    return {
        "check": finding.check,
        "verdict": finding.verdict,
        "seen": _seen(finding),
        "advice": said(finding.advice),
        "error": code,
    }
