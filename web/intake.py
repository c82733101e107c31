"""A manuscript on the page before it is read: a table of its chapters to tick, rename, join and split.

An upload waits in a folder of its own until it is read or refused, an hour at most; of what is refused nothing stays.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from starlette.responses import RedirectResponse

from ..schemas.errors import RecurrentGPTError, SettingsError, StoryStateError
from ..schemas.field_problems import describe
from ..schemas.limits import LIMITS
from ..stories.chapter_replacing import compare, replace_chapter
from ..stories.export import read_range
from ..stories.intake_plan import ChapterPlan, IntakePlan, Split
from ..stories.readers.pieces import REASONS
from ..stories.taking_in import follow, look, replanned, take_in
from .jobs import Job
from .render import render_page
from .settings_form import read_settings
from .words import words_for

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from ..schemas.context import Context
    from ..stories.chapter_replacing import Replacement
    from ..stories.taking_in import Looked
    from .sessions import StorySession

_MOST_WAITING = 8
_STAYS = 3600.0
_FIELDS = 40_000
_MOST_STORIES = 200
_SPLIT = re.compile(r"\s*(\d{1,6})\s*(.*)", re.DOTALL)


@dataclass
class Waiting:
    """An upload that was looked at and not read yet.

    Attributes:
        path: where it is.
        name: what it was called, without the end of its name.
        fields: what came with it.
        folder: holds it, and goes with it.
        since: when it came, by the clock of the process.
    """

    path: Path
    name: str
    fields: dict[str, str]
    folder: TemporaryDirectory[str]
    since: float = field(default_factory=time.monotonic)


class Intakes:
    """The uploads that wait, by secret names."""

    def __init__(self) -> None:
        self._waiting: dict[str, Waiting] = {}

    def add(self, content: bytes, ending: str, name: str, fields: dict[str, str]) -> str:
        """Keep an upload; gives its secret name. The name that a browser sent is no path: only its ending is used."""
        self._forget_old()
        while len(self._waiting) >= _MOST_WAITING:
            self.drop(next(iter(self._waiting)))
        folder = TemporaryDirectory(prefix="recurrentgpt-")
        path = Path(folder.name) / f"upload{ending}"
        path.write_bytes(content)
        token = secrets.token_urlsafe(16)
        self._waiting[token] = Waiting(path, name, fields, folder)
        return token

    def get(self, token: str) -> Waiting:
        """An upload that waits.

        Raises:
            StoryStateError: there is none of that name any more.
        """
        self._forget_old()
        if token not in self._waiting:
            raise StoryStateError("intake_gone")
        return self._waiting[token]

    def drop(self, token: str) -> None:
        """Forget an upload, and remove it from the disk."""
        if waiting := self._waiting.pop(token, None):
            waiting.folder.cleanup()

    def close(self) -> None:
        """Forget all."""
        for token in list(self._waiting):
            self.drop(token)

    def _forget_old(self) -> None:
        now = time.monotonic()
        old = [token for token, waiting in self._waiting.items() if now - waiting.since > _STAYS]
        for token in old:
            self.drop(token)


async def show(request: Request, token: str, language: str = "") -> Response:
    """Show an upload for the first time; one that cannot be read is forgotten at once.

    Raises:
        RecurrentGPTError: it cannot be read.
    """
    intakes: Intakes = request.app.state.intakes
    try:
        return await _shown(request, token, IntakePlan(language=language))
    except RecurrentGPTError:
        intakes.drop(token)
        raise


async def act(request: Request) -> Response:
    """Look at an upload again, read it, or refuse it."""
    intakes: Intakes = request.app.state.intakes
    token = request.path_params["token"]
    waiting = intakes.get(token)
    async with request.form(max_files=0, max_fields=_FIELDS) as sent:
        form = {name: value for name, value in sent.items() if isinstance(value, str)}
        kept = [value for value in sent.getlist("keep") if isinstance(value, str)]
    if form.get("do") == "refuse":
        intakes.drop(token)
        return RedirectResponse("/", HTTPStatus.SEE_OTHER)
    try:
        plan = _plan(form, kept)
        context = read_settings(waiting.fields)
        if form.get("do") != "read":
            return await _shown_again(request, token, plan, form)
        looked = await _look(request, waiting, context, plan)
        sessions = request.app.state.sessions
        if into := form.get("into", ""):
            session = sessions.of(sessions.library.record(into))
            if form.get("chapter", "").strip():
                number = _number(form["chapter"])
                compared = await _put_in_place(session, number, looked, form.get("compared", ""))
                if compared:
                    return await _shown(request, token, _standing(form, kept), form, compared=compared)
                intakes.drop(token)
                return RedirectResponse(f"/story/{into}", HTTPStatus.SEE_OTHER)
            async with session.change() as story:
                record = (await follow(story, looked)).record
        else:
            record = (await take_in(sessions.library, looked, {}, context, name=waiting.name)).record
    except RecurrentGPTError as error:
        return await _shown(request, token, _standing(form, kept), form, error)
    intakes.drop(token)
    await request.app.state.sessions.of(record).start(Job(kind="read"))
    return RedirectResponse(f"/story/{record.story_id}", HTTPStatus.SEE_OTHER)


async def _shown_again(request: Request, token: str, plan: IntakePlan, form: Mapping[str, str]) -> Response:
    """The table once more, with what was typed in it; where the chapters are others by now, they are shown anew.

    Another encoding, or what is story after all, may be other chapters.

    Raises:
        RecurrentGPTError: the plan cannot be carried out.
    """
    waiting = request.app.state.intakes.get(token)
    context = read_settings(waiting.fields)
    looked = await _look(request, waiting, context, plan.model_copy(update={"chapters": ()}))
    if form.get("seen", "") != _chapters_as_seen(looked):
        return await _shown(request, token, plan.model_copy(update={"chapters": ()}), looked=looked)
    return await _shown(
        request, token, plan, form, looked=replanned(looked, plan, request.app.state.sessions.library, context)
    )


def _chapters_as_seen(looked: Looked) -> str:
    """What stands in the form for the chapters that it shows."""
    told = json.dumps([(one.title, one.first_words, one.length, one.paragraphs) for one in looked.chapters])
    return sha256(told.encode()).hexdigest()[:16]


def _standing(form: Mapping[str, str], kept: Collection[str]) -> IntakePlan:
    """What of a plan stands when the table is shown again with what was typed in it."""
    return IntakePlan(language=_language(form), keep=tuple(why for why in REASONS if why in kept))


def _number(given: str) -> int:
    """The number of a chapter.

    Raises:
        SettingsError: it is none.
    """
    found = read_range(given)
    if found is None or found[0] != found[1]:
        raise SettingsError("no_range", given=given[:40])
    return found[0]


async def _put_in_place(session: StorySession, number: int, looked: Looked, compared: str) -> Replacement | None:
    """Let a chapter of a story be what the file says, if a person saw what would change; else say what would.

    Raises:
        StoryStateError: there is no such chapter, it is not clear which of the file's is meant, or a step is under way.
    """
    async with session.change() as story:
        replacement = await compare(story, number, looked.as_chapter)
        if replacement.is_the_same or compared != seen_as(replacement):
            return replacement
        await replace_chapter(story, replacement)
    return None


def seen_as(replacement: Replacement) -> str:
    """What stands in the form for a comparison that a person saw."""
    told = json.dumps([replacement.number, replacement.title, replacement.before, replacement.passages])
    return sha256(told.encode()).hexdigest()[:16]


async def _look(request: Request, waiting: Waiting, context: Context, plan: IntakePlan) -> Looked:
    library = request.app.state.sessions.library
    try:
        return await look(library, waiting.path, context, plan)
    except RecurrentGPTError as error:
        raise error.renamed(str(waiting.path), f"{waiting.name}{waiting.path.suffix}") from error


async def _shown(  # noqa: PLR0913 (what a table is shown with)
    request: Request,
    token: str,
    plan: IntakePlan,
    typed: Mapping[str, str] | None = None,
    error: RecurrentGPTError | None = None,
    *,
    compared: Replacement | None = None,
    looked: Looked | None = None,
) -> Response:
    """The table; with what a person typed in it, where that could not be used."""
    waiting = request.app.state.intakes.get(token)
    looked = looked or await _look(request, waiting, read_settings(waiting.fields), plan)
    words = words_for(request)
    return render_page(
        "intake",
        request,
        HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
        token=token,
        looked=looked,
        plan=plan,
        called=waiting.name,
        typed=typed or {},
        given={"language": looked.language.tag},
        stories=[record for record in request.app.state.sessions.library.records() if not record.is_sealed][
            :_MOST_STORIES
        ],
        compared=compared,
        seen=_chapters_as_seen(looked),
        compared_as=seen_as(compared) if compared else "",
        problem=words.problem(error),
    )


def _plan(form: Mapping[str, str], kept: list[str]) -> IntakePlan:
    """What the table says.

    Raises:
        SettingsError: a title is too long, or a place to split is no number.
    """
    numbers = sorted(int(number) for number in form.get("chapters", "").split() if number.isdecimal())
    chapters: list[dict[str, Any]] = [
        {
            "number": number,
            "title": form.get(f"title_{number}"),
            "take": f"take_{number}" in form,
            "join": f"join_{number}" in form,
            "split": _splits(form.get(f"split_{number}", "")),
        }
        for number in numbers
    ]
    said = {
        "title": form.get("title"),
        "author": form.get("author"),
        "language": _language(form),
        "encoding": form.get("encoding", "").strip(),
        "keep": [why for why in REASONS if why in kept],
    }
    try:
        return IntakePlan(**said, chapters=tuple(ChapterPlan.model_validate(chapter) for chapter in chapters))
    except ValidationError as error:
        raise SettingsError("intake_table_unusable", problems=describe(error)) from error


def _language(form: Mapping[str, str]) -> str:
    return form.get("other_language", "").strip() or form.get("language", "")


def _splits(text: str) -> list[Split]:
    """Where a chapter is split: "5 The Lamp; 9" is at paragraphs 5 and 9, the first with a title.

    Raises:
        SettingsError: a place is no number.
    """
    found = []
    for piece in filter(str.strip, re.split("[;；]", text)):
        hit = _SPLIT.fullmatch(piece)
        if not hit or int(hit[1]) < 2:  # noqa: PLR2004 (a chapter begins with its first paragraph anyway)
            raise SettingsError("intake_split_unclear", given=piece.strip()[:40])
        found.append(Split(at=int(hit[1]), title=hit[2].strip()[: LIMITS["chapter_title"]]))
    return found
