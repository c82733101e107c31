"""The library: every story as a card, and the ways to get one: begin it, or take one in from a file."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse

from ..schemas.context import Context
from ..schemas.errors import RecurrentGPTError, SettingsError, StorageError
from ..schemas.modes import AUTHOR, INTERACTIVE_FICTION, MODES, mode_named
from ..schemas.places import ARCHIVE, SEALED
from ..schemas.story_input import PREMISE, premise_for, read_input
from ..stories import beginning, known, trash
from ..stories.notices import recalls_others_by_words
from ..stories.pack import ENDING as PACK
from ..stories.pack import begin_pack, check_open
from ..stories.readers import KNOWN
from ..stories.readers.log import is_log
from ..stories.sequel import begin_after
from .drafts import let_go, sent_with
from .forms import read_form
from .intake import show
from .jobs import Job
from .render import render_page
from .security import MAX_UPLOAD_BYTES
from .settings_form import AT_BEGINNING, Offered, Sent, defaults_of, read_settings, settings_form
from .words import words_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from ..stories.library import Library
    from ..stories.record import StoryRecord
    from .words import Words

TAKEN_IN = (*KNOWN, ARCHIVE, SEALED, PACK)
_EXAMPLES = 3
_FIELDS = (*PREMISE, "mode")
_FIRST = ("topic", "genre")
"""What of a premise a book is begun with, beside its language; all else is folded away."""


async def library(request: Request) -> Response:
    """Every story."""
    return _library(request)


def _library(request: Request, problem: RecurrentGPTError | None = None, status: int = HTTPStatus.OK) -> Response:
    library: Library = request.app.state.sessions.library
    words = words_for(request)
    return render_page(
        "library",
        request,
        status,
        records=[record.shown for record in library.records()],
        unreadable=[words.problem(one) for one in library.problems()],
        has_trash=bool(trash.deleted(library)),
        problem=words.problem(problem),
        endings=",".join(TAKEN_IN),
        has_password=request.app.state.auth.password is not None,
    )


async def new(request: Request) -> Response:
    """The form to begin a story."""
    words = words_for(request)
    given = {"language": words.language, "mode": request.query_params.get("mode", "author")}
    example = request.query_params.get("example", "")
    if after := request.query_params.get("after", ""):
        given |= _as_after(request, after)
    if example.isdecimal() and int(example) < _EXAMPLES:
        given |= {name: words.or_else(f"example_{example}_{name}", "") for name in PREMISE}
    return _new(request, given)


def _as_after(request: Request, story_id: str) -> dict[str, str]:
    """What the form of a book after another begins with: its language and its mode.

    Raises:
        StoryNotFoundError: there is no such book.
    """
    earlier = request.app.state.sessions.library.record(story_id)
    check_open(earlier)
    return {"after": story_id, "language": earlier.language.tag, "mode": earlier.mode.name}


def _new(request: Request, given: dict[str, str], error: RecurrentGPTError | None = None) -> Response:
    library: Library = request.app.state.sessions.library
    words, mode = words_for(request), MODES.get(given.get("mode", ""), AUTHOR)
    defaults = defaults_of(mode, library.dialect_of(Context()))
    sent = Sent(given, error) if error else None
    return render_page(
        "new",
        request,
        HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
        given=given,
        first=_FIRST,
        is_open=bool(error) or any(given.get(name, "").strip() for name in (*PREMISE, "length") if name not in _FIRST),
        before=library.record(given["after"]) if given.get("after") else None,
        premise=[field for field in premise_for(mode) if field.lines],
        problem=words.problem(error),
        groups=settings_form(words, defaults, defaults, sent, Offered.by(library, AT_BEGINNING)),
        examples=range(_EXAMPLES),
        default_model=library.default_model,
        is_demonstration=library.is_demonstration(Context()),
        recalls_by_words=recalls_others_by_words(library),
    )


async def begin(request: Request) -> Response:
    """Begin a story, and go to its page while it is being written."""
    form = await read_form(request)
    library: Library = request.app.state.sessions.library
    try:
        sent = sent_with(form)
        fields: dict[str, object] = {name: form.get(name, "") for name in _FIELDS}
        fields |= {"language": _language(form), "target_paragraphs": _length(form)}
        if is_blank := form.get("blank") == "1":
            fields |= _untitled(form, words_for(request))
        given = read_input(fields)
        context = read_settings(form, mode_named(given.mode), offered=Offered.by(library))
        if after := form.get("after", ""):
            check_open(library.record(after))
            async with request.app.state.sessions.of(library.record(after)).story() as earlier:
                record = await begin_after(earlier, fields, context)
        else:
            record = await beginning.begin(library, given, context)
    except RecurrentGPTError as error:
        return _new(request, form, error)
    await let_go(library.home, sent)
    if not is_blank:
        await request.app.state.sessions.of(record).start(Job(kind="step"))
    view = "play" if record.mode.asks_for_actions else "story"
    return RedirectResponse(f"/{view}/{record.story_id}", HTTPStatus.SEE_OTHER)


def _untitled(form: Mapping[str, str], words: Words) -> dict[str, object]:
    """What a book is called that begins with a blank page, and what it is about, where nobody said."""
    title = form.get("title", "").strip() or words("untitled")
    return {"title": title, "topic": form.get("topic", "").strip() or title}


async def take_in(request: Request) -> Response:
    """Put a story back from a file, or show the manuscript that is in it."""
    try:
        async with request.form(max_files=1, max_fields=10, max_part_size=MAX_UPLOAD_BYTES) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.filename:
                raise SettingsError("no_file")
            ending = Path(file.filename).suffix.lower()
            if ending not in TAKEN_IN:
                raise SettingsError("upload_format", name=file.filename[-60:], known=TAKEN_IN)
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            token = request.app.state.intakes.add(await file.read(), ending, Path(file.filename).stem[:200], fields)
            waiting = request.app.state.intakes.get(token)
        is_manuscript = ending not in (PACK, SEALED) and (ending != ARCHIVE or is_log(waiting.path))
        if is_manuscript:
            return await show(request, token, _language(fields))
        try:
            record = await _put_in(request, waiting.path)
        except (StorageError, SettingsError) as error:
            raise error.renamed(str(waiting.path), file.filename) from error
        finally:
            request.app.state.intakes.drop(token)
    except RecurrentGPTError as error:
        return _library(request, error, HTTPStatus.BAD_REQUEST)
    brought = known.waiting(request.app.state.sessions.library, record)
    if record.mode.asks_for_actions and not brought:
        return RedirectResponse(f"/play/{record.story_id}", HTTPStatus.SEE_OTHER)
    return RedirectResponse(f"/story/{record.story_id}{'/brought' if brought else ''}", HTTPStatus.SEE_OTHER)


def _length(form: dict[str, str]) -> str | None:
    return form.get("length", "").strip() or None


def _language(form: Mapping[str, str]) -> str:
    """The language of a text: the tag that a person wrote, or else the one that they picked."""
    return form.get("other_language", "").strip() or form.get("language", "")


async def _put_in(request: Request, file: Path) -> StoryRecord:
    """A story that a file is, or one that a pack begins."""
    sessions = request.app.state.sessions
    if file.suffix in (ARCHIVE, SEALED):
        return await beginning.put_back(sessions.library, file)
    record = await begin_pack(sessions.library, file, Context().sized_for(INTERACTIVE_FICTION))
    await sessions.of(record).start(Job(kind="step"))
    return record
