"""The page that asks for the password."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from .forms import read_form
from .render import render_page
from .security import COOKIE, TooManyTriesError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


async def login_form(request: Request) -> Response:
    """Ask."""
    return render_page("login", request, problem="")


async def login(request: Request) -> Response:
    """Let in whoever knows it; who has tried too often waits."""
    auth, client = request.app.state.auth, request.client.host if request.client else ""
    if not auth.may_try(client):
        return render_page("login", request, HTTPStatus.TOO_MANY_REQUESTS, problem="too_many_tries")
    given = (await read_form(request)).get("password", "")
    try:
        cookie = auth.log_in(given, client)
    except TooManyTriesError:  # Others came in while the form was read.
        return render_page("login", request, HTTPStatus.TOO_MANY_REQUESTS, problem="too_many_tries")
    if cookie is None:
        return render_page("login", request, HTTPStatus.FORBIDDEN, problem="wrong_password")
    answer = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    answer.set_cookie(COOKIE, cookie, httponly=True, samesite="strict", secure=request.url.scheme == "https")
    return answer


async def logout(request: Request) -> Response:
    """Go."""
    request.app.state.auth.log_out(request.cookies.get(COOKIE))
    answer = RedirectResponse("/login", HTTPStatus.SEE_OTHER)
    answer.delete_cookie(COOKIE)
    return answer
