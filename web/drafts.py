"""What is typed on a page and not sent yet: the page tells it, quietly, and asks for what another browser has left."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from ..schemas.errors import StorageError, StoryStateError
from ..schemas.files import make_folders
from ..stories.drafts import Said, heard, keep_drafts
from .forms import record_of_address

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response


async def of_a_story(request: Request) -> Response:
    """Keep what a page of a story says, and tell it what is kept that no page which is open just now has typed."""
    session = request.app.state.sessions.of(record_of_address(request))
    return await _kept(request, session.folder, session.pages)


async def of_the_shelf(request: Request) -> Response:
    """The same for what belongs to no story yet: the form that begins one."""
    home: Path = request.app.state.sessions.library.home
    await asyncio.to_thread(_make, home)
    return await _kept(request, home, {})


def _make(home: Path) -> None:
    if not home.exists():
        make_folders(home)


async def _kept(request: Request, folder: Path, open_pages: Mapping[str, int]) -> Response:
    said = heard((await request.body()).decode(errors="replace"))
    try:
        kept = await asyncio.to_thread(keep_drafts, folder, said)
    except StorageError:  # The page has it, and says it again.
        return JSONResponse({}, HTTPStatus.SERVICE_UNAVAILABLE)
    if not said.tell:
        return JSONResponse({})
    drafts = [draft.model_dump() for draft in kept.drafts if not open_pages.get(draft.load)]
    return JSONResponse({"drafts": drafts, "gone": kept.gone}, headers={"cache-control": "no-store"})


def sent_with(form: Mapping[str, str]) -> Said:
    """The drafts that a form says it sends.

    Raises:
        StoryStateError: they are not what a page says.
    """
    if not (given := form.get("drafts")):
        return Said()
    try:
        return heard(json.dumps({"drop": json.loads(given)}))
    except ValueError as error:
        raise StoryStateError("drafts_unclear") from error


async def let_go(folder: Path, sent: Said) -> None:
    """What was sent is no draft any more."""
    if sent.drop:
        with suppress(StorageError):  # The form was taken. The draft comes back, and whoever sees it drops it.
            await asyncio.to_thread(keep_drafts, folder, sent)
