"""The application: its routes, and what holds for every page."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib.resources import files
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from ..schemas.errors import RecurrentGPTError, StoryInUseError, StoryNotFoundError
from . import (
    actions,
    auth_routes,
    books,
    brought,
    connecting,
    drafts,
    intake,
    keeping,
    language_routes,
    library_routes,
    live,
    pages,
)
from .render import render_page, warm_up
from .security import PasswordAuth, SecurityMiddleware
from .sessions import Sessions
from .words import words_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response

    from ..stories.library import Library

_STORY = "/story/{story_id}"


def make_app(library: Library, auth: PasswordAuth | None = None, names: frozenset[str] = frozenset()) -> Starlette:
    """The page of a shelf, as an ASGI application.

    Args:
        library: the stories.
        auth: the password; by default there is none.
        names: host names it is reached by, besides addresses in figures and ``localhost``.
    """
    library.face = "page"
    sessions, auth = Sessions(library), auth or PasswordAuth()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        warming = asyncio.create_task(asyncio.to_thread(warm_up))
        yield
        await warming
        app.state.intakes.close()
        await sessions.close()
        await library.leave_loop()

    app = Starlette(
        routes=_routes(),
        middleware=[Middleware(SecurityMiddleware, auth=auth, names=names)],
        exception_handlers={RecurrentGPTError: _sentence, HTTPException: _not_found, Exception: _mistake},  # type: ignore[dict-item]
        lifespan=lifespan,
    )
    app.state.sessions, app.state.auth, app.state.intakes = sessions, auth, intake.Intakes()
    return app


def _routes() -> list[Route | Mount | WebSocketRoute]:
    made: list[Route | Mount | WebSocketRoute] = [
        Route("/", library_routes.library),
        Route("/new", library_routes.new),
        Route("/new", library_routes.begin, methods=["POST"]),
        Route("/import", library_routes.take_in, methods=["POST"]),
        Route("/import/{token}", intake.act, methods=["POST"]),
        Route("/drafts", drafts.of_the_shelf, methods=["POST"]),
        Route(f"{_STORY}/drafts", drafts.of_a_story, methods=["POST"]),
        Route("/login", auth_routes.login_form),
        Route("/login", auth_routes.login, methods=["POST"]),
        Route("/logout", auth_routes.logout, methods=["POST"]),
        Route("/trash", keeping.show_trash),
        Route("/trash", keeping.undelete, methods=["POST"]),
        Route("/repair", keeping.show_repair),
        Route("/repair", keeping.act_on_repair, methods=["POST"]),
        Route("/connect", connecting.show),
        Route("/connect", connecting.act, methods=["POST"]),
        Route("/language", language_routes.choose_language, methods=["POST"]),
        Route(_STORY, pages.write),
        Route(f"{_STORY}/loom", pages.loom),
        Route(f"{_STORY}/go", pages.go),
        Route("/play/{story_id}", pages.play),
        Route("/read/{story_id}", pages.read),
        Route(f"{_STORY}/book", books.book),
        Route(f"{_STORY}/book{{ending}}", books.book),
        Route(f"{_STORY}/delete", pages.ask_to_delete),
        Route(f"{_STORY}/brought", brought.show),
        Route(f"{_STORY}/brought", brought.act, methods=["POST"]),
        WebSocketRoute(f"{_STORY}/live", live.live),
        # An editable installation links its files.
        Mount("/static", StaticFiles(directory=str(files(__package__) / "static"), follow_symlink=True)),
    ]
    made.extend(Route(f"{_STORY}/{name}", act, methods=["POST"]) for name, act in actions.ACTIONS.items())
    return made


async def _sentence(request: Request, error: RecurrentGPTError) -> Response:
    """What went wrong, as a page with one sentence."""
    status = HTTPStatus.CONFLICT if isinstance(error, StoryInUseError) else HTTPStatus.BAD_REQUEST
    if isinstance(error, StoryNotFoundError):
        status = HTTPStatus.NOT_FOUND
    sentence, is_damage = words_for(request).problem(error), error.code in keeping.DAMAGE
    return render_page("problem", request, status, sentence=sentence, is_damage=is_damage)


async def _not_found(request: Request, error: HTTPException) -> Response:
    sentence = words_for(request)("no_page") if error.status_code == HTTPStatus.NOT_FOUND else error.detail
    return render_page("problem", request, error.status_code, sentence=sentence)


async def _mistake(request: Request, _: Exception) -> Response:
    """An error of the program: the terminal has it whole."""
    sentence = words_for(request)("mistake")
    return render_page("problem", request, HTTPStatus.INTERNAL_SERVER_ERROR, sentence=sentence)
