"""Reading what a form sent, and finding the story that an address names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..schemas.errors import SettingsError

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection, Request

    from ..stories.card import Card

_FIELDS = 200


async def read_form(request: Request) -> dict[str, str]:
    """The text fields of a form, with line ends as the shelf has them."""
    async with request.form(max_files=0, max_fields=_FIELDS) as form:
        return {name: value.replace("\r\n", "\n") for name, value in form.items() if isinstance(value, str)}


def whole_number(text: str, what: str) -> int:
    """A count from a form.

    Raises:
        SettingsError: it is none.
    """
    if not (text.strip().isascii() and text.strip().isdecimal()):
        msg = f"{what}: '{text[:40]}' is no whole number."
        raise SettingsError(msg)
    return int(text)


def card_of_address(connection: HTTPConnection) -> Card:
    """The story that an address names by its whole id.

    Raises:
        StoryNotFoundError: there is none.
    """
    story_id = connection.path_params["story_id"]
    found: Card = connection.app.state.sessions.shelf.card(story_id)
    return found
