"""What keeps stories safe, on the page: deleted ones are brought back, damaged ones put right after a look."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from ..schemas.errors import RecurrentGPTError, StoryNotFoundError
from ..schemas.story_folders import folders_of
from ..stories import trash
from ..stories.repair import Report, repair
from .forms import read_form
from .render import render_page
from .words import words_for

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from ..stories.library import Library

DAMAGE = frozenset(
    {"card_unreadable", "memory_lost", "memory_broken", "memory_unusable", "story_unusable", "states_lost"}
)
"""What is wrong with a story where a repair may help."""


async def show_trash(request: Request) -> Response:
    """What was deleted and can be had again."""
    return await _trash(request)


async def undelete(request: Request) -> Response:
    """Bring a story back, and go to the library."""
    library: Library = request.app.state.sessions.library
    name = (await read_form(request)).get("folder", "")
    try:
        for one in await asyncio.to_thread(trash.deleted, library):
            if one.folder.name == name:
                await asyncio.to_thread(trash.put_back, library, one)
                return RedirectResponse("/", HTTPStatus.SEE_OTHER)
        raise StoryNotFoundError("not_in_trash", reference=name[:80])
    except RecurrentGPTError as error:
        return await _trash(request, error)


async def _trash(request: Request, problem: RecurrentGPTError | None = None) -> Response:
    deleted = await asyncio.to_thread(trash.deleted, request.app.state.sessions.library)
    status = HTTPStatus.BAD_REQUEST if problem else HTTPStatus.OK
    return render_page("trash", request, status, deleted=deleted, problem=words_for(request).problem(problem))


async def show_repair(request: Request) -> Response:
    """The stories of the shelf, to be looked at for damage."""
    return _repair(request)


async def act_on_repair(request: Request) -> Response:
    """Say what a repair would do, or do it."""
    form = await read_form(request)
    sessions = request.app.state.sessions
    is_look = form.get("do") != "repair"
    try:
        folder = _folder(sessions.library, form.get("folder", ""))
        async with sessions.left_alone(folder):
            report = await repair(sessions.library, folder, dry_run=is_look)
    except RecurrentGPTError as error:
        return _repair(request, problem=error)
    return _repair(request, report, is_look=is_look)


def _folder(library: Library, name: str) -> Path:
    """The story's folder of that name.

    Raises:
        StoryNotFoundError: there is none.
    """
    for folder in folders_of(library.home):
        if folder.name == name:
            return folder
    raise StoryNotFoundError("no_story_of_id", story_id=name[:80])


def _repair(
    request: Request,
    report: Report | None = None,
    *,
    is_look: bool = True,
    problem: RecurrentGPTError | None = None,
) -> Response:
    library: Library = request.app.state.sessions.library
    words = words_for(request)
    names = {library.folder(record).name: record.name for record in library.records()}
    return render_page(
        "repair",
        request,
        HTTPStatus.BAD_REQUEST if problem else HTTPStatus.OK,
        folders={folder.name: names.get(folder.name, "") for folder in folders_of(library.home)},
        unreadable=[words.problem(one) for one in library.problems()],
        report=report,
        is_look=is_look,
        mended=[words.said(finding) for finding in report.mended] if report else [],
        lost=[words.said(finding) for finding in report.lost] if report else [],
        problem=words.problem(problem),
    )
