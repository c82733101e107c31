"""The command that serves the page: where it listens, and who may come in."""

from __future__ import annotations

import socket
import sys
from importlib.util import find_spec
from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import SecretStr

from ..schemas.errors import SettingsError
from .options import the_library
from .terminal import console
from .words import t

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from ..stories.library import Library

PORT = 7860
_LEAST = 8
_THREADS = 64
"""Stories that can wait for a blocking model at once."""

ui_app = typer.Typer()


@ui_app.command()
def ui(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes any that is free.")] = PORT,
    auth: Annotated[
        bool, typer.Option("--auth", help="Ask for a password: RECURRENTGPT_UI_PASSWORD, or the one you are asked for.")
    ] = False,
    name: Annotated[
        list[str] | None,
        typer.Option(
            help="A host name the page is reached by, such as a proxy's. May be repeated.", show_default=False
        ),
    ] = None,
) -> None:
    """Serve the page to write and to play in, for a browser."""
    if find_spec("starlette") is None or find_spec("uvicorn") is None or find_spec("jinja2") is None:
        raise SettingsError("page_missing")
    library = the_library()
    password = _password(library) if auth or not _is_local(host) else None
    listening = _listen(host, port)
    from ..web.app import make_app  # noqa: PLC0415 (an extra)
    from ..web.security import PasswordAuth  # noqa: PLC0415

    app = make_app(library, PasswordAuth(password), frozenset(name or ()))
    place = f"[{host}]" if ":" in host else host
    console.print(t("page_is_on", address=f"http://{place}:{listening.getsockname()[1]}"), markup=False, soft_wrap=True)
    _serve(app, listening, is_behind_a_proxy=bool(name))


def _serve(app: Starlette, listening: socket.socket, *, is_behind_a_proxy: bool) -> None:
    import asyncio  # noqa: PLC0415
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    import uvicorn  # noqa: PLC0415

    from ..web.patience import MOST_CONNECTIONS, Patience  # noqa: PLC0415

    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
        # Whose address a header says counts where a proxy is in front; else whoever sends it could say any.
        proxy_headers=is_behind_a_proxy,
        ws="websockets-sansio",
        http=Patience,
        limit_concurrency=MOST_CONNECTIONS,
    )

    async def serve() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS))
        await uvicorn.Server(config).serve(sockets=[listening])

    try:
        asyncio.run(serve())
    except KeyboardInterrupt:
        console.print(t("page_ended"), markup=False)


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _password(library: Library) -> SecretStr:
    """The password of the page, from the environment or from the person; never from the command line."""
    known = library.settings.ui_password
    if known is None:
        if not sys.stdin.isatty():
            raise SettingsError("password_needed")
        known = SecretStr(typer.prompt(t("page_password"), hide_input=True, confirmation_prompt=True))
    if len(known.get_secret_value()) < _LEAST:
        raise SettingsError("password_short", count=len(known.get_secret_value()), least=_LEAST)
    return known


def _listen(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        made = socket.socket(found[0], found[1])
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(found[4])
        made.listen()
    except OSError as error:
        raise SettingsError("port_unusable", host=host, port=port, reason=error.strerror or error) from error
    return made
