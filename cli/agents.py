"""The command that serves the stories to agents, by the Model Context Protocol."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from ..schemas.errors import SettingsError
from .options import the_library
from .speech import spoken
from .terminal import errors

if TYPE_CHECKING:
    from ..mcp_server.server import StoryServer

_HOST = "127.0.0.1"
_PORT = 7861

agents = typer.Typer()


@agents.command()
def mcp(
    http: Annotated[
        bool, typer.Option("--http", help="Over HTTP, on this machine alone, instead of standard input and output.")
    ] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port, with --http.")] = _PORT,
    wait: Annotated[
        float, typer.Option(min=1, help="Seconds after which a call returns although a story is still being written.")
    ] = 45,
) -> None:
    """Serve the stories to agents: tools, resources and prompts of the Model Context Protocol (MCP)."""
    if find_spec("mcp") is None:
        raise SettingsError("mcp_missing")
    from ..mcp_server.server import make_server  # noqa: PLC0415 (an extra)

    server = make_server(the_library(), wait=wait, language=spoken())
    try:
        asyncio.run(_served(server, port) if http else server.run_stdio_async())
    except KeyboardInterrupt:
        errors.print("Ended; what was under way goes on from its last finished gate when it is asked for again.")


async def _served(server: StoryServer, port: int) -> None:
    # The standard output is the protocol's, where it is not HTTP: what is said to a person goes beside it.
    errors.print(f"The server is on http://{_HOST}:{port}/mcp (Ctrl-C ends it).", markup=False)
    await server.run_streamable_http_async(host=_HOST, port=port)
