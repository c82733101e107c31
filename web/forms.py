"""Reading what a form sent, and finding the story that an address names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..schemas.errors import SettingsError, StoryStateError
from ..schemas.review import MAX_TEXT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import HTTPConnection, Request

    from ..schemas.catalogue import Part
    from ..stories.record import StoryRecord

_FIELDS = 1000
_DIGITS = 9
_EDITABLE = 4 * MAX_TEXT


async def read_form(request: Request) -> dict[str, str]:
    """The text fields of a form, with line ends as the shelf has them."""
    async with request.form(max_files=0, max_fields=_FIELDS) as form:
        return {name: value.replace("\r\n", "\n") for name, value in form.items() if isinstance(value, str)}


def whole_number(text: str, what: Part) -> int:
    """A count from a form.

    Args:
        text: what was typed.
        what: the field, as a part of a sentence.

    Raises:
        SettingsError: it is none.
    """
    if not (text.strip().isascii() and text.strip().isdecimal() and len(text.strip()) <= _DIGITS):
        raise SettingsError("not_a_whole_number", what=what, given=text[:40])
    return int(text)


def edited_text(form: Mapping[str, str]) -> str:
    """The text that a person changed or wrote.

    Raises:
        StoryStateError: it is too long.
    """
    text = form.get("text", "")
    if len(text) > _EDITABLE:
        raise StoryStateError("text_too_long", count=len(text), most=_EDITABLE)
    return text


def record_of_address(connection: HTTPConnection) -> StoryRecord:
    """The story that an address names by its whole id.

    Raises:
        StoryNotFoundError: there is none.
    """
    story_id = connection.path_params["story_id"]
    found: StoryRecord = connection.app.state.sessions.library.record(story_id)
    return found
