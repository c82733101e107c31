"""Forms that have words of a paragraph rewritten, and that take a version or let it go."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ..schemas.errors import SettingsError, part
from ..schemas.lineage import Lineage
from ..stories import rewriting
from .forms import whole_number
from .jobs import Job
from .versions import check_version

if TYPE_CHECKING:
    from pydantic import JsonValue
    from starlette.requests import Request

    from ..stories.story import Story
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
    """Let a version stand in the book, also so that the memory follows it; or let all versions of those words go."""
    job, answer, taken = None, None, form.get("follow") or form.get("take")
    async with session.change() as story:
        await check_version(story, form)
        number = whole_number(form.get("paragraph", ""), part("paragraph"))
        if not taken:
            rewriting.leave(story, form.get("rewriting", ""))
        else:
            number = await rewriting.accept(story, form.get("rewriting", ""), whole_number(taken, part("paragraph")))
            if form.get("follow"):
                job, answer = await _following(story, number)
    if job is not None:
        await session.start(job, answer, form)
    return _beside(session, number, form)


async def _following(story: Story, number: int) -> tuple[Job, JsonValue]:
    """What lets the memory follow a change: the memory anew, or, before the last one, a look at what comes after."""
    state = await story.state()
    if state.get("step") and number == Lineage.from_json(state["lineage"]).length:
        return Job(kind="step"), {"paragraph": (await story.entry(number)).text}
    return Job(kind="look"), None


_NUMBERS = (("paragraph", "paragraph"), ("count", "paragraphs"))


def _beside(session: StorySession, number: int, form: Form) -> str:
    """The page with the paragraph in sight."""
    query = urlencode({"at": number, "panel": form.get("panel", "")})
    return f"/story/{session.folder.name}?{query}#p{number}"
