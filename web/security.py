"""Who may come in: the right address, the right origin and, where one is asked for, the password.

A page that a browser shows from elsewhere can send requests to this machine. A name that its owner points at this
machine (DNS rebinding) is known by the Host it carries, a form or a socket opened from another page by its Origin.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.websockets import WebSocketClose

from ..schemas.errors import RecurrentGPTError
from .words import words_for

if TYPE_CHECKING:
    from pydantic import SecretStr
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "recurrentgpt"
MAX_FORM_BYTES = 2 * 2**20
"""What a form may send."""
MAX_UPLOAD_BYTES = 64 * 2**20
"""What an import may send; the reader of each format has bounds of its own."""

_STAYS = 30 * 24 * 3600.0
MAY_TRY, ALL_MAY_TRY = 5, 60
"""Wrong passwords that are looked at within a minute: from one address, and from all."""
_WINDOW = 60.0
_REFUSED = 1008
_READS = frozenset({"GET", "HEAD"})
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a browser may load and run for a page: nothing but our own files."""
_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cache-control": "no-cache",  # Scripts import one another: all are of one version.
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


_MOST_KNOWN, _MOST_LOGGED_IN = 256, 1000
"""Addresses and cookies that are remembered; the oldest go."""


class TooManyTriesError(Exception):
    """No try of a password is taken just now."""


@dataclass
class PasswordAuth:
    """The password, who is logged in, and who has tried.

    Attributes:
        password: ``None``: whoever reaches the page is logged in.
    """

    password: SecretStr | None = None
    _logged_in: dict[str, float] = field(default_factory=dict)
    _tries: list[tuple[float, str]] = field(default_factory=list)
    _known: dict[str, None] = field(default_factory=dict)
    _went: asyncio.Event = field(default_factory=asyncio.Event)

    def is_logged_in(self, cookie: str | None) -> bool:
        """Whether a browser with this cookie is logged in."""
        if self.password is None:
            return True
        return self._logged_in.get(cookie or "", 0.0) > time.time()

    async def is_left(self, cookie: str | None) -> None:
        """Wait until a browser with this cookie is logged in no longer; for ever where no password is asked for."""
        while self.is_logged_in(cookie):
            rest = self._logged_in[cookie or ""] - time.time() if self.password is not None else None
            with suppress(TimeoutError):
                await asyncio.wait_for(self._went.wait(), rest)

    def may_try(self, client: str) -> bool:
        """Whether another try is taken from an address just now.

        Who was let in from an address before is not kept out by what others try from elsewhere.
        """
        since = time.monotonic() - _WINDOW
        self._tries = [(when, who) for when, who in self._tries if when > since]
        has_room = client in self._known or len(self._tries) < ALL_MAY_TRY
        return has_room and sum(who == client for _, who in self._tries) < MAY_TRY

    def log_in(self, given: str, client: str) -> str | None:
        """A new cookie for the right password; ``None`` for a wrong one.

        The try is counted before the password is looked at, so that of many at once no more are looked at than may.

        Raises:
            TooManyTriesError: no try is taken just now; the password was not looked at.
        """
        if not self.may_try(client):
            raise TooManyTriesError
        counted = (time.monotonic(), client)
        self._tries.append(counted)
        wanted = self.password.get_secret_value() if self.password else ""
        if not hmac.compare_digest(sha256(given.encode()).digest(), sha256(wanted.encode()).digest()):
            return None
        self._tries.remove(counted)
        self._known.pop(client, None)
        self._known = dict.fromkeys([*self._known, client][-_MOST_KNOWN:])
        now = time.time()
        kept = [(cookie, until) for cookie, until in self._logged_in.items() if until > now]
        cookie = secrets.token_urlsafe(32)
        self._logged_in = dict([*kept, (cookie, now + _STAYS)][-_MOST_LOGGED_IN:])
        self._tell()
        return cookie

    def log_out(self, cookie: str | None) -> None:
        """A cookie is no longer good."""
        self._logged_in.pop(cookie or "", None)
        self._tell()

    def _tell(self) -> None:
        """Let those look again who wait for a browser to be logged in no longer."""
        went, self._went = self._went, asyncio.Event()
        went.set()


class SecurityMiddleware:
    """In front of the whole application: lets a request through, asks for the password, or refuses."""

    def __init__(self, app: ASGIApp, auth: PasswordAuth, names: frozenset[str] = frozenset()) -> None:
        """Stand in front of an application.

        Args:
            app: the application.
            auth: the password.
            names: host names that the page is reached by, besides addresses in figures and ``localhost``.
        """
        self._app = app
        self._auth = auth
        self._names = names | {"localhost"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, ask who it is, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        refused = self._refusal(scope, connection.headers)
        if refused is None and not self._is_allowed(connection):
            await self._ask_for_the_password(scope, receive, send)
            return
        if refused is not None:
            await _refuse(scope, receive, send, *refused)
            return
        await self._app(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[HTTPStatus, RecurrentGPTError] | None:
        host = headers.get("host", "")
        name = urlsplit(f"//{host}").hostname or ""
        if name not in self._names and not _is_address(name):
            return HTTPStatus.MISDIRECTED_REQUEST, RecurrentGPTError("host_unknown", name=name[:80])
        changes = scope["type"] == "websocket" or scope["method"] not in _READS
        if changes and urlsplit(headers.get("origin", "")).netloc != host:
            return HTTPStatus.FORBIDDEN, RecurrentGPTError("from_another_page")
        if scope["type"] == "http" and changes:
            most = MAX_UPLOAD_BYTES if scope["path"] == "/import" else MAX_FORM_BYTES
            length = headers.get("content-length", "")
            if not length.isdecimal():
                return HTTPStatus.LENGTH_REQUIRED, RecurrentGPTError("length_unknown")
            if int(length) > most:
                size = round(int(length) / 2**20)
                error = RecurrentGPTError("too_much_sent", size=size, most=most // 2**20)
                return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, error
        return None

    def _is_allowed(self, connection: HTTPConnection) -> bool:
        path = connection.scope["path"]
        if path == "/login" or path.startswith("/static/"):
            return True
        return self._auth.is_logged_in(connection.cookies.get(COOKIE))

    @staticmethod
    async def _ask_for_the_password(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await WebSocketClose(_REFUSED)(scope, receive, send)
        else:
            await RedirectResponse("/login", HTTPStatus.SEE_OTHER)(scope, receive, send)


async def _refuse(scope: Scope, receive: Receive, send: Send, status: HTTPStatus, why: RecurrentGPTError) -> None:
    if scope["type"] == "websocket":
        await WebSocketClose(_REFUSED, why.code)(scope, receive, send)
    else:
        said = words_for(HTTPConnection(scope)).problem(why)
        await PlainTextResponse(f"{said}\n", status)(scope, receive, send)


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = Headers(raw=message.get("headers", []))
            more = [(name.encode(), value.encode()) for name, value in _HEADERS.items() if name not in given]
            message = {**message, "headers": [*message.get("headers", []), *more]}
        await send(message)

    return sending


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
