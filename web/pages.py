"""The views of one story. Looking at a story changes nothing in it; what was under way is taken up again."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from ..schemas.errors import StoryStateError
from ..schemas.lineage import Lineage
from ..stories.branches import state_at, tree
from ..stories.contents import contents
from ..stories.export import FORMATS
from ..stories.known import waiting
from ..stories.notices import notices, notices_of_play
from ..stories.passage_history import history
from ..stories.possessions import possessions
from ..stories.rename import Wording
from ..stories.saves import saves
from ..stories.tastes import tastes
from ..stories.versions import end_of
from .books import BOOKS, BOOKS_OF_A_PACK
from .forms import record_of_address
from .panels import PANELS, Asked, panel
from .refused import Typed, typed_in
from .render import render_page
from .story_view import chapters_of, view_of
from .tree_layout import lay_out
from .versions import beginning_of
from .window import READ, Wanted
from .words import words_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from ..schemas.errors import RecurrentGPTError
    from ..stories.branches import BranchView
    from ..stories.story import Story
    from .sessions import StorySession
    from .settings_form import Sent

_WITH_WORDS = {"paragraph": "edit", "insert": "edit", "rewrite": "edit", "summary": "summary"}
"""What is opened again where a form was refused that a person's words stand in, by what it was sent to."""


async def write(request: Request) -> Response:
    """The write view."""
    return await write_view(request)


async def write_view(
    request: Request, problem: RecurrentGPTError | None = None, status: int = HTTPStatus.OK, sent: Sent | None = None
) -> Response:
    """The write view, with what went wrong with the last request.

    Args:
        request: names the story, the panel, what is edited.
        problem: what went wrong.
        status: HTTP's.
        sent: the form that was refused: it names the panel it came from.
    """
    record = record_of_address(request)
    if record.is_sealed:
        return RedirectResponse(f"/play/{record.story_id}", HTTPStatus.SEE_OTHER)
    session = request.app.state.sessions.of(record)
    await session.resume()
    query, words = {**request.query_params, **_opened_again(request, sent)}, words_for(request)
    asked = replace(_asked(query, sent), spent=session.spent)
    at = next((number for what in ("edit", "insert", "history", "at") if (number := _number(query.get(what)))), None)
    async with session.story() as story:
        view = await view_of(session, story, Wanted(_number(query.get("from")), at))
        shown = await panel(story, view.state, asked, words)
        told = _number(query.get("history"))
        told = told if told is not None and 1 <= told <= view.length else None
        versions = await history(story, told) if told is not None else []
    editing = {what: _number(query.get(what)) for what in ("edit", "summary", "insert")}
    return render_page(
        "write",
        request,
        status,
        view=view,
        panel=asked.panel,
        panels=PANELS,
        shown=shown,
        problem=words.problem(problem or view.problem),
        notices=[words.said(said) for said in notices(session.library, record.language, record.context, record.mode)],
        books=BOOKS,
        brought=waiting(session.library, record),
        typed=_typed(request, sent, session),
        here=at,
        history=told,
        past_versions=versions,
        **editing,
    )


def _typed(request: Request, sent: Sent | None, session: StorySession) -> Typed:
    """What was typed in the form that was refused, or in the answer whose job came to nothing."""
    if sent:
        return Typed(request.url.path.rpartition("/")[2], sent.form)
    left = None if session.is_writing else session.left()
    return typed_in(left.answer) if left else Typed()


def _opened_again(request: Request, sent: Sent | None) -> dict[str, str]:
    """Where the form stands that was refused, if a person's words stand in it."""
    what = _WITH_WORDS.get(request.url.path.rpartition("/")[2]) if sent else None
    number = _number(sent.form.get("paragraph")) if sent and what else None
    return {what: str(number)} if what and number else {}


def _asked(query: Mapping[str, str], sent: Sent | None) -> Asked:
    name = (sent.form if sent else query).get("panel", "")
    page_number, every = _number(query.get("page")) or 0, query.get("all") == "1"
    wording = Wording(query["old"], query.get("new", "")) if query.get("old", "").strip() else None
    name, whole = name if name in PANELS else PANELS[0], query.get("whole") == "1"
    given = sent.form if sent else query
    whose, at = given.get("entry", "") if sent else given.get("name", ""), _number(given.get("as_of")) or None
    return Asked(name, query.get("q", ""), page_number, sent, every, wording, whole, whose, at)


async def go(request: Request) -> Response:
    """Go to the passage whose number somebody typed; to the last, where there are fewer."""
    record = record_of_address(request)
    panel = request.query_params.get("panel", "")
    query = {"panel": panel} if panel in PANELS else {}
    number = min(_number(request.query_params.get("to")) or record.paragraphs, record.paragraphs)
    return RedirectResponse(f"/story/{record.story_id}?{urlencode({'at': number, **query})}#p{number}")


async def play(request: Request) -> Response:
    """The play view."""
    return await play_view(request)


async def play_view(
    request: Request, problem: RecurrentGPTError | None = None, status: int = HTTPStatus.OK, sent: Sent | None = None
) -> Response:
    """The play view, with what went wrong with the last request."""
    record = record_of_address(request)
    session = request.app.state.sessions.of(record)
    await session.resume()
    async with session.story() as story:
        first = _number(request.query_params.get("from"))
        view = await view_of(session, story, Wanted(first, is_whole=first is not None))
        has = await possessions(story)
    shown = {
        "view": view,
        "notices": [words_for(request).said(said) for said in notices_of_play(session.library, record.context)],
        "has": has,
        "saves": saves(record),
        "likes": tastes(record.context, view.state),
        "books": BOOKS_OF_A_PACK if record.is_sealed else BOOKS,
        "typed": _typed(request, sent, session),
        "brought": waiting(session.library, record),
    }
    return render_page("play", request, status, problem=words_for(request).problem(problem or view.problem), **shown)


async def loom(request: Request) -> Response:
    """The tree of branches, and the paragraph that was clicked."""
    record = record_of_address(request)
    if record.is_sealed:
        return RedirectResponse(f"/play/{record.story_id}", HTTPStatus.SEE_OTHER)
    session = request.app.state.sessions.of(record)
    every = request.query_params.get("all") == "1"
    async with session.story() as story:
        views = await tree(story)
        layout = lay_out(views, story.record.branch, every=every)
        seen = await _seen(story, views, request)
        view = await view_of(session, story)
    return render_page(
        "loom",
        request,
        view=view,
        layout=layout,
        every=every,
        seen=seen,
        books=BOOKS,
        problem="",
    )


async def _seen(story: Story, views: list[BranchView], request: Request) -> dict[str, Any] | None:
    """The paragraph that an address points at, and the plans that were on the table after it."""
    number = _number(request.query_params.get("at"))
    seen = next(
        (seen for seen in views if seen.branch.name == request.query_params.get("branch")),
        None,
    )
    if seen is None or number is None or not 1 <= number <= len(seen.entries):
        return None
    try:
        plans = (await state_at(story, number, seen.branch.name))["plans"]
    except StoryStateError:
        plans = []  # Within the opening, or after a step that is not finished, no branch can begin.
    is_end = number == len(seen.entries)
    return {
        "branch": seen.branch.name,
        "number": number,
        "entry": seen.entries[number - 1],
        "plans": plans,
        "beginning": beginning_of(seen.branch.name, number, seen.entries[number - 1].text, plans),
        "is_end": is_end,
        "end": end_of(await story.state(seen.branch.name)),
        "can_go": seen.branch.name != story.record.branch
        and not any(one.parent == seen.branch.name for one in story.record.branches),
    }


async def read(request: Request) -> Response:
    """The story to read, and nothing else: all of it, or of a long one a stretch at a time."""
    record = record_of_address(request)
    session = request.app.state.sessions.of(record)
    asked = request.query_params
    at = _number(asked.get("at"))
    async with session.story() as story:
        standing = await story.standing()
        state = standing.state
        lineage = Lineage.from_json(state.get("lineage"))
        window = Wanted(_number(asked.get("from")), at or 1, size=READ).of(lineage.length)
        entries = await story.entries(lineage.cut(window.end), window.first)
        told = await contents(story, standing=standing)
    return render_page(
        "read",
        request,
        record=record,
        entries=entries,
        chapters=chapters_of(state),
        window=window,
        contents=told,
        here=at,
        books=tuple(FORMATS),
    )


async def ask_to_delete(request: Request) -> Response:
    """Ask before a story is deleted."""
    return render_page("delete", request, record=record_of_address(request))


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004
