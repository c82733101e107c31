"""Forms that put a paragraph in, take one out or move one. Each is meant for the path that its page showed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ..schemas.errors import StoryStateError, part
from ..schemas.lineage import Lineage
from ..stories import passages
from .forms import edited_text, whole_number

if TYPE_CHECKING:
    from starlette.requests import Request

    from ..stories.passages import Placed
    from ..stories.story import Story
    from .sessions import StorySession

    Form = dict[str, str]


async def put_in(_: Request, session: StorySession, form: Form) -> str:
    """Put a paragraph in before the one of the form, or after it."""
    after = whole_number(form.get("paragraph", ""), part("paragraph")) - (form.get("where") == "before")
    async with session.change() as story:
        await _check_is_path(story, form)
        return _shown(story, form, after + 1, await passages.insert(story, after, edited_text(form)))


async def take_out(_: Request, session: StorySession, form: Form) -> str:
    """Take a paragraph out."""
    number = whole_number(form.get("paragraph", ""), part("paragraph"))
    async with session.change() as story:
        await _check_is_path(story, form)
        return _shown(story, form, max(1, number - 1), await passages.remove(story, number))


async def put_on(_: Request, session: StorySession, form: Form) -> str:
    """Move a paragraph, so that it has another number."""
    number, to = (whole_number(form.get(name, ""), part("paragraph")) for name in ("paragraph", "to"))
    async with session.change() as story:
        await _check_is_path(story, form)
        return _shown(story, form, to, await passages.move(story, number, to))


async def _check_is_path(story: Story, form: Form) -> None:
    """Sent twice, or from a page that showed other paragraphs, a form does nothing."""
    path = Lineage.from_json((await story.state()).get("lineage"))
    if form.get("branch") != story.record.branch or form.get("path") != path.digest:
        raise StoryStateError("page_outdated")


def _shown(story: Story, form: Form, number: int, placed: Placed) -> str:
    """The page with the place that was changed; where a change of a fact is void now, the panel that lists those."""
    query = {"from": max(0, number - 3), "panel": form.get("panel", "")}
    if placed.void:
        query |= {"panel": "facts", "all": 1}
    return f"/story/{story.record.story_id}?{urlencode(query)}#p{number}"
