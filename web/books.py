"""A story as a file: a book in any format, or all of the story."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response

from ..schemas.limits import LIMITS
from ..schemas.places import ARCHIVE, SEALED
from ..stories import archive, export
from ..stories.archive_past import without_edited_away
from .forms import record_of_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

BOOKS = (*export.FORMATS, ARCHIVE)
BOOKS_OF_A_PACK = (*export.FORMATS, SEALED)
_NAME = 80
_MANUSCRIPT = "manuscript.docx"
"""The choice of a form that is a format and a layout."""


async def book(request: Request) -> Response:
    """A story as a file; what a book is to have stands in the address, as its form puts it there."""
    asked = request.query_params
    chosen = request.path_params.get("ending") or asked.get("format", "")
    ending = ".docx" if chosen == _MANUSCRIPT else chosen
    if ending not in {*BOOKS, *BOOKS_OF_A_PACK}:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    record = record_of_address(request)
    wanted = _wanted(asked, chosen)
    async with request.app.state.sessions.of(record).story() as story:
        if ending in (ARCHIVE, SEALED):
            made: archive.Archive | export.Book = await archive.pack(story, is_for_sealing=ending == SEALED)
        else:
            made = await export.book_of(story, wanted)
    if isinstance(made, archive.Archive):
        made = without_edited_away(made) if asked.get("as_it_stands") else made
        content = await asyncio.to_thread(archive.archive_bytes, made, ending)
    else:
        content = await asyncio.to_thread(export.book_bytes, made, ending)
    name = quote("".join(char if char.isalnum() or char in " -_" else "-" for char in record.name)[:_NAME].strip())
    plain = f"{record.story_id}{ending}"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{name}{ending}"
    return Response(content, media_type="application/octet-stream", headers={"content-disposition": disposition})


def _wanted(asked: Mapping[str, str], chosen: str) -> export.Wanted:
    """What a book is to have.

    Raises:
        SettingsError: a range is none.
    """
    return export.Wanted(
        author=asked["author"].strip()[: LIMITS["author"]] if "author" in asked else None,
        chapters=export.read_range(asked.get("chapters", "")),
        paragraphs=export.read_range(asked.get("paragraphs", "")),
        synopsis=asked.get("synopsis") == "yes",
        notes=asked.get("notes") == "yes",
        codex=asked.get("codex") == "yes",
        layout="manuscript" if chosen == _MANUSCRIPT else "book",
    )
