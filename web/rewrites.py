"""Forms that have words of a paragraph rewritten, and that take a version or let it go."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ..schemas.errors import SettingsError, part
from ..stories import rewriting
from .forms import whole_number
from .jobs import Job
from .versions import check_version

if TYPE_CHECKING:
    from starlette.requests import Request

    from .sessions import StorySession

    Form = dict[str, str]


async def rewrite(_: Request, session: StorySession, form: Form) -> str:
    """Have the words that are selected, or all of the paragraph, written in another way, so many times."""
    number, count = (whole_number(form.get(name, ""), part(what)) for name, what in _NUMBERS)
    if not 1 <= count <= rewriting.MOST_VERSIONS:
        raise SettingsError("too_many_versions", count=count, most=rewriting.MOST_VERSIONS)
    words = rewriting.Selection(whole_number(form.get("start") or "0", part("paragraph")), form.get("selected", ""))
    async with session.story() as story:
        await check_version(story, form)
        asked = await rewriting.asked_for(story, number, form.get("how", ""), form.get("text", ""), words)
    await session.start(Job(kind="rewrite", rewriting=asked, paragraphs=count), form=form)
    return _beside(session, number, form)


async def take_version(_: Request, session: StorySession, form: Form) -> str:
    """Let a version stand in the book, or let all versions of those words go."""
    async with session.change() as story:
        await check_version(story, form)
        number = whole_number(form.get("paragraph", ""), part("paragraph"))
        if form.get("take"):
            await rewriting.accept(story, form.get("rewriting", ""), whole_number(form["take"], part("paragraph")))
        else:
            rewriting.leave(story, form.get("rewriting", ""))
    return _beside(session, number, form)


_NUMBERS = (("paragraph", "paragraph"), ("count", "paragraphs"))


def _beside(session: StorySession, number: int, form: Form) -> str:
    """The page with the paragraph in sight."""
    query = urlencode({"at": number, "panel": form.get("panel", "")})
    return f"/story/{session.folder.name}?{query}#p{number}"
