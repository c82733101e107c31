"""The page that asks for the password."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from .forms import read_form
from .guard import COOKIE
from .render import language_of, page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


async def ask(request: Request) -> Response:
    """Ask."""
    return page("login", language_of(request), problem="")


async def enter(request: Request) -> Response:
    """Let in whoever knows it; who has tried too often waits."""
    door, client = request.app.state.door, request.client.host if request.client else ""
    if not door.may_try(client):
        return page("login", language_of(request), HTTPStatus.TOO_MANY_REQUESTS, problem="too_many_tries")
    cookie = door.enter((await read_form(request)).get("password", ""), client)
    if cookie is None:
        return page("login", language_of(request), HTTPStatus.FORBIDDEN, problem="wrong_password")
    answer = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    answer.set_cookie(COOKIE, cookie, httponly=True, samesite="strict", secure=request.url.scheme == "https")
    return answer


async def leave(request: Request) -> Response:
    """Go."""
    request.app.state.door.leave(request.cookies.get(COOKIE))
    answer = RedirectResponse("/login", HTTPStatus.SEE_OTHER)
    answer.delete_cookie(COOKIE)
    return answer
