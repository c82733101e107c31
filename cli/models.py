"""The command that shows which model servers answer, on this machine and where the settings point."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import typer
from rich.table import Table
from rich.text import Text as RichText

from .options import AsJson, the_library
from .speech import said
from .terminal import console, errors, print_json
from .words import t

if TYPE_CHECKING:
    from ..stories.connections import Connection

models = typer.Typer()

_SHOWN = 12
"""Models of a server that are shown."""


@models.command("models")
def list_models(as_json: AsJson = False) -> None:
    """Show the model servers that answer on this machine's usual ports and at OPENAI_BASE_URL, and their models.

    Only 127.0.0.1 and ::1 are asked, and only now: Ollama, LM Studio, llama.cpp, LocalAI, vLLM, KoboldCpp,
    text-generation-webui and Jan where they listen by default.
    """
    from ..stories.connections import connections  # noqa: PLC0415 (the model's side is slow to import)

    found = asyncio.run(connections(the_library()))
    if as_json:
        print_json([connection.to_json() for connection in found])
        return
    if found:
        console.print(_table(found))
    if not any(not connection.server.problem for connection in found):
        console.print(t("no_server"), markup=False)
        console.print(t("start_a_server"), markup=False)
        return
    _say_what_next(next(connection for connection in found if not connection.server.problem))


def _table(found: list[Connection]) -> Table:
    made = Table(t("head_address"), t("head_kind"), t("head_models"), box=None, header_style="bold")
    for connection in found:
        server = connection.server
        address = f"{server.base_url}\n(OPENAI_BASE_URL)" if connection.is_configured else server.base_url
        made.add_row(RichText(address), RichText(server.kind), RichText(_models_of(connection)))
    return made


def _models_of(connection: Connection) -> str:
    server = connection.server
    if server.problem:
        return t("server_problem", reason=said(server.problem))
    if server.wants_key:
        return t("server_wants_key")
    more = len(server.models) - _SHOWN
    shown = [*server.models[:_SHOWN], *([t("and_more", count=more)] if more > 0 else [])]
    return "\n".join(shown) or t("none_yet")


def _say_what_next(connection: Connection) -> None:
    name = next(iter(connection.server.models), "NAME")
    if not connection.is_configured:
        errors.print(f"export OPENAI_BASE_URL={connection.server.base_url}", style="dim", markup=False, soft_wrap=True)
    errors.print(f"recurrentgpt doctor --model {name}", style="dim", markup=False, soft_wrap=True)
