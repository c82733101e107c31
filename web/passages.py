"""Forms that put a paragraph in, take one out or move one, and that decide on what leans on such changes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ..schemas.errors import SettingsError, StoryStateError, part
from ..schemas.state import WRITTEN_BY_HAND
from ..stories import branches, own_prose, passages, proposals, quotes, rewriting, splitting
from ..stories.undo import leave_step
from .forms import edited_text, whole_number
from .jobs import Job, put_aside
from .stopped import Stopped, drop_stopped, keep_stopped
from .versions import check_kept, check_place, check_version

if TYPE_CHECKING:
    from starlette.requests import Request

    from ..stories.passages import Placed
    from ..stories.story import Story
    from .sessions import StorySession

    Form = dict[str, str]

_TICKED = "take-"
"""How the names of fields begin that are ticked; the id of a proposal follows."""


async def paragraph(_: Request, session: StorySession, form: Form) -> str | None:
    """Change a paragraph; the last one also so that the memory follows it, any so that the model goes on in it."""
    number, text = whole_number(form.get("paragraph", ""), part("paragraph")), edited_text(form)
    if form.get("follow") == "1":
        await session.start(Job(kind="step"), {"paragraph": text}, form, check=check_version)
        return None
    asked = None
    async with session.change() as story:
        await check_version(story, form)
        if form.get("quotes") == "1":
            text = quotes.set_in(story, text)
        await branches.edit(story, paragraph=number, text=text)
        if (chapter := form.get("chapter")) is not None:
            await branches.set_chapter(story, number, chapter)
        if form.get("on") == "1":
            before = _before_the_caret(text, form.get("beginning", ""))
            asked = await rewriting.asked_for(story, number, "on", words=rewriting.Selection(0, before))
    if asked is None:
        return None
    await session.start(Job(kind="rewrite", rewriting=asked, paragraphs=1), form=form)
    return _at(session, form, number)


def _before_the_caret(text: str, beginning: str) -> str:
    """What stands before the caret in a text as it is saved, without space around it; empty: it is at the end."""
    kept = text.strip()
    before = beginning.lstrip()[: len(kept)]
    return before if before.strip() and kept.startswith(before) else ""


async def put_in(_: Request, session: StorySession, form: Form) -> str:
    """Put a paragraph in before the one of the form, or after it."""
    after = whole_number(form.get("paragraph", ""), part("paragraph")) - (form.get("where") == "before")
    async with session.change() as story:
        await check_version(story, form)
        return _shown(story, form, after + 1, await passages.insert(story, after, edited_text(form)))


async def cut(_: Request, session: StorySession, form: Form) -> str:
    """Cut a paragraph in two where the caret stood, or join it with the next one."""
    number = whole_number(form.get("paragraph", ""), part("paragraph"))
    async with session.change() as story:
        await check_version(story, form)
        if form.get("do") == "join":
            await splitting.merge(story, number)
        else:
            beginning = form.get("beginning", "")
            if not (await story.entry(number)).text.startswith(beginning):
                raise StoryStateError("words_are_gone")
            await splitting.split(story, number, len(beginning))
    return _at(session, form, number)


async def move_chapter(_: Request, session: StorySession, form: Form) -> str:
    """Move the chapter that begins with a paragraph to where another begins, or to the end."""
    number, before = (whole_number(form.get(name, ""), part("paragraph")) for name in ("paragraph", "before"))
    async with session.change() as story:
        await check_version(story, form)
        number = await splitting.move_chapter(story, number, before)
    return _at(session, form, number)


def _at(session: StorySession, form: Form, number: int) -> str:
    """The page with a paragraph in sight."""
    query = urlencode({"at": number, "panel": form.get("panel", "")})
    return f"/story/{session.folder.name}?{query}#p{number}"


async def own(_: Request, session: StorySession, form: Form) -> None:
    """Put what a person wrote at the end, and let the memories follow it; or let a book begin with it."""
    text = edited_text(form)
    async with session.change() as story:
        await check_place(story, form)
        await check_kept(story, form)
        branch, step = story.record.branch, (await story.state()).get("step")
        passages = own_prose.passages_of(text, story.record.language)
        if not await story.state():
            own_prose.begin_with(story, text)
            passages = []
    await session.start(Job(kind="own", prose=tuple(passages)) if passages else Job(kind="read"), form=form)
    drop_stopped(session.folder, branch, step)


async def back(_: Request, session: StorySession, form: Form) -> None:
    """Go back from a step that was stopped to its plans; what is not in the book stays, to be put in or dropped."""
    async with session.change() as story:
        await check_place(story, form)
        job = session.left()
        by_hand = (await story.state()).get("repetition") == WRITTEN_BY_HAND
        text = await leave_step(story)
        if job is not None and job.prose:
            await put_aside(story, job)
        elif text:
            step = (await story.state()).get("step", 0)
            keep_stopped(session.folder, Stopped(branch=story.record.branch, step=step, text=text, by_hand=by_hand))


async def drop(_: Request, session: StorySession, form: Form) -> None:
    """Let go of what was written when a step was stopped."""
    async with session.change() as story:
        await check_place(story, form)
        await check_kept(story, form)
        drop_stopped(session.folder, story.record.branch, (await story.state()).get("step"))


async def take_out(_: Request, session: StorySession, form: Form) -> str:
    """Take a paragraph out."""
    number = whole_number(form.get("paragraph", ""), part("paragraph"))
    async with session.change() as story:
        await check_version(story, form)
        return _shown(story, form, max(1, number - 1), await passages.remove(story, number))


async def put_on(_: Request, session: StorySession, form: Form) -> str:
    """Move a paragraph, so that it has another number."""
    number, to = (whole_number(form.get(name, ""), part("paragraph")) for name in ("paragraph", "to"))
    async with session.change() as story:
        await check_version(story, form)
        return _shown(story, form, to, await passages.move(story, number, to))


async def look(_: Request, session: StorySession, form: Form) -> None:
    """Look at what comes after edits, for what leans on them."""
    async with session.story() as story:
        _check_is_branch(story, form)
    await session.start(Job(kind="look", texts=form.get("texts") == "1"))


async def accept(_: Request, session: StorySession, form: Form) -> None:
    """Change what is ticked of what is proposed, or leave it; or leave all, and look at nothing more."""
    names = [name.removeprefix(_TICKED) for name in form if name.startswith(_TICKED)]
    async with session.change() as story:
        _check_is_branch(story, form)
        match form.get("do"):
            case "accept" if names:
                await proposals.accept(story, names)
            case "leave" if names:
                await proposals.leave(story, names)
            case "end":
                await proposals.leave(story)
            case _:
                raise SettingsError("look_unclear")


def _check_is_branch(story: Story, form: Form) -> None:
    if form.get("branch") != story.record.branch:
        raise StoryStateError("page_outdated")


def _shown(story: Story, form: Form, number: int, placed: Placed) -> str:
    """The page with the place that was changed; where a change of a fact is void now, the panel that lists those."""
    query = {"at": number, "panel": form.get("panel", "")}
    if placed.void:
        query |= {"panel": "facts", "all": 1}
    return f"/story/{story.record.story_id}?{urlencode(query)}#p{number}"
