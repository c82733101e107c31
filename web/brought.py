"""What a story's file or folder brought besides text, shown before any of it acts."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from ..schemas.errors import RecurrentGPTError
from ..stories.beginning import take_brought
from ..stories.brought import GROUPS
from ..stories.known import waiting
from .forms import read_form, record_of_address
from .render import render_page
from .words import words_for

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


async def show(request: Request) -> Response:
    """What it is, and what of it is to act."""
    return _page(request)


async def act(request: Request) -> Response:
    """Let act what was ticked, forget the rest, and go to the story."""
    record, form = record_of_address(request), await read_form(request)
    try:
        async with request.app.state.sessions.of(record).change() as story:
            take_brought(story, [group for group in GROUPS if form.get(group) == "yes"])
    except RecurrentGPTError as error:
        return _page(request, error)
    return RedirectResponse(f"/story/{record.story_id}", HTTPStatus.SEE_OTHER)


def _page(request: Request, problem: RecurrentGPTError | None = None) -> Response:
    record = record_of_address(request)
    return render_page(
        "brought",
        request,
        HTTPStatus.BAD_REQUEST if problem else HTTPStatus.OK,
        record=record,
        brought=waiting(request.app.state.sessions.library, record),
        problem=words_for(request).problem(problem),
    )
