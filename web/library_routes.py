"""The library: every story as a card, and the ways to get one: begin it, or take one in from a file."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse

from ..models import is_embedded, resolve
from ..schemas.context import Context
from ..schemas.errors import RecurrentGPTError, SettingsError, StorageError
from ..schemas.settings import settings
from ..schemas.story_input import read_input
from ..stories.archive import read_archive, unpack
from ..stories.importing import keep_manuscript
from ..stories.manuscript import read_file
from .forms import read_form
from .jobs import Job
from .render import Words, language_of, render_page
from .security import MAX_UPLOAD_BYTES
from .settings_form import AT_BEGINNING, Sent, defaults_of, problems_of, read_settings, settings_form

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from ..stories.card import Card
    from ..stories.shelf import Shelf

TAKEN_IN = (".txt", ".md", ".docx", ".pdf", ".epub", ".json")
_EXAMPLES = 3
_FIELDS = ("topic", "genre", "background", "outline", "style_sheet", "title", "language", "mode")


async def library(request: Request) -> Response:
    """Every story."""
    return _library(request)


def _library(request: Request, problem: str = "", status: int = HTTPStatus.OK) -> Response:
    shelf: Shelf = request.app.state.sessions.shelf
    return render_page(
        "library",
        language_of(request),
        status,
        cards=shelf.cards(),
        unreadable=shelf.unreadable(),
        problem=problem,
        endings=",".join(TAKEN_IN),
        has_password=request.app.state.auth.password is not None,
    )


async def new(request: Request) -> Response:
    """The form to begin a story."""
    language = language_of(request)
    given = {"language": language, "mode": request.query_params.get("mode", "author")}
    example = request.query_params.get("example", "")
    if example.isdecimal() and int(example) < _EXAMPLES:
        words = Words(language)
        given |= {name: words(f"example_{example}_{name}") for name in ("topic", "genre", "background")}
    return _new(request, given)


def _new(request: Request, given: dict[str, str], error: RecurrentGPTError | None = None) -> Response:
    language, defaults = language_of(request), defaults_of(given.get("mode", ""))
    sent = Sent(given, problems_of(error)) if error else None
    return render_page(
        "new",
        language,
        HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
        given=given,
        problem=str(error or ""),
        groups=settings_form(Words(language), defaults, defaults, sent, AT_BEGINNING),
        examples=range(_EXAMPLES),
        default_model=settings().model or "",
        is_demonstration=is_embedded(Context()),
    )


async def begin(request: Request) -> Response:
    """Begin a story, and go to its page while it is being written."""
    form = await read_form(request)
    try:
        length = form.get("length", "").strip()
        given = read_input(
            {**{name: form.get(name, "") for name in _FIELDS}, "target_paragraphs": length or None},
        )
        context = read_settings(form, defaults_of(given.mode))
        # A model that cannot be had is said before there is a story.
        await asyncio.to_thread(resolve, context)
        card = request.app.state.sessions.shelf.begin(given, context)
    except RecurrentGPTError as error:
        return _new(request, form, error)
    await request.app.state.sessions.of(card).start(Job(kind="step"))
    view = "play" if given.mode == "interactive_fiction" else "story"
    return RedirectResponse(f"/{view}/{card.story_id}", HTTPStatus.SEE_OTHER)


async def take_in(request: Request) -> Response:
    """Take a story or a manuscript in from a file."""
    try:
        async with request.form(max_files=1, max_fields=10, max_part_size=MAX_UPLOAD_BYTES) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.filename:
                msg = "No file was chosen."
                raise SettingsError(msg)
            ending = Path(file.filename).suffix.lower()
            if ending not in TAKEN_IN:
                msg = f"'{file.filename[-60:]}' cannot be taken in: its name ends with {', '.join(TAKEN_IN)}."
                raise SettingsError(msg)
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            with TemporaryDirectory() as folder:
                # The name a browser sent is no path: only its ending is used.
                kept = Path(folder) / f"upload{ending}"
                kept.write_bytes(await file.read())
                try:
                    card = await _taken_in(request, kept, Path(file.filename).stem[:200], fields)
                except StorageError as error:
                    raise StorageError(str(error).replace(str(kept), file.filename)) from error
    except RecurrentGPTError as error:
        return _library(request, str(error), HTTPStatus.BAD_REQUEST)
    return RedirectResponse(f"/story/{card.story_id}", HTTPStatus.SEE_OTHER)


async def _taken_in(request: Request, file: Path, name: str, fields: dict[str, Any]) -> Card:
    sessions = request.app.state.sessions
    if file.suffix == ".json":
        return await unpack(sessions.shelf, await asyncio.to_thread(read_archive, file), lambda _done, _all: None)
    language = read_input({"topic": "x", "language": fields.get("language", "en")}).language
    context = read_settings(fields, Context())
    await asyncio.to_thread(resolve, context)
    found = await asyncio.to_thread(read_file, file, language)
    title = found.title or name
    given = read_input({"topic": title, "title": title, "language": language})
    card: Card = sessions.shelf.begin(given, context, before=lambda folder: keep_manuscript(folder, found))
    await sessions.of(card).start(Job(kind="read"))
    return card
