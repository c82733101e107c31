"""The choice of the page's language, kept in a cookie."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.responses import RedirectResponse
from starlette.routing import Match, Route

from .forms import read_form
from .words import COOKIE, spoken

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_A_YEAR = 365 * 24 * 3600


async def choose_language(request: Request) -> Response:
    """Speak the language that was chosen from now on; without one, what the browser asks for."""
    chosen = (await read_form(request)).get("language", "")
    answer = RedirectResponse(_back(request), HTTPStatus.SEE_OTHER)
    if chosen in {language.tag for language in spoken()}:
        is_secure = request.url.scheme == "https"
        answer.set_cookie(COOKIE, chosen, max_age=_A_YEAR, httponly=True, samesite="strict", secure=is_secure)
    else:
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer


def _back(request: Request) -> str:
    """The page that the form was on: never one elsewhere."""
    came_from = urlsplit(request.headers.get("referer", ""))
    if _is_page(request, came_from.path):
        return f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path
    above = came_from.path.rpartition("/")[0]  # Of a form that was refused: the page that it was on.
    return above if _is_page(request, above) else "/"


def _is_page(request: Request, path: str) -> bool:
    scope = {"type": "http", "method": "GET", "path": path, "root_path": ""}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes if isinstance(route, Route))
