"""Removing a story, all sides of it, and what is left where one side was removed alone."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..memory.stores import close_store, delete_points, stories_with_points
from ..schemas.errors import StorageError
from ..schemas.settings import settings
from .checkpoints import in_a_database, open_checkpoints, open_database, storage_errors
from .shelf import card_of
from .story import locked

if TYPE_CHECKING:
    from pathlib import Path

    from .card import Card
    from .shelf import Shelf


@dataclass(frozen=True)
class Leftover:
    """What is left of a story that is no longer on the shelf.

    Attributes:
        story_id: whose it was.
        where: in which database; a part of a sentence (see :mod:`recurrentgpt.schemas.catalogue`).
    """

    story_id: str
    where: Literal["qdrant_server", "postgresql"]


def delete(shelf: Shelf, card: Card) -> None:
    """Remove a story: its checkpoints, its memory, its folder.

    Raises:
        StoryInUseError: a process has it open.
        StorageError: something of it cannot be removed; what is left can be removed by trying again.
    """
    folder = shelf.folder(card)
    gone = folder.with_name(f".deleted-{uuid.uuid4().hex[:8]}")
    try:
        with locked(folder, card):
            close_store(card.story_id)
            asyncio.run(_delete_threads(folder, card_of(folder)))
            delete_points(card.story_id)
            # Out of sight first, so that half a story is never seen.
            folder.rename(gone)
    except OSError as error:
        raise StorageError("story_not_removed", folder=folder, reason=error.strerror or error) from error
    shutil.rmtree(gone, ignore_errors=True)


async def _delete_threads(folder: Path, card: Card) -> None:
    if not in_a_database():
        return  # The file goes with the folder.
    with storage_errors(folder):
        async with open_checkpoints(folder, card.story_id) as checkpoints:
            await checkpoints.delete([branch.name for branch in card.branches])


def leftovers(shelf: Shelf) -> list[Leftover]:
    """What databases still hold of stories that this shelf does not have (another shelf may have them)."""
    known = {card.story_id for card in shelf.cards()}
    found = [Leftover(story_id, "qdrant_server") for story_id in stories_with_points() if story_id not in known]
    found.extend(
        Leftover(story_id, "postgresql") for story_id in asyncio.run(_stories_with_threads()) if story_id not in known
    )
    return found


def clear(found: list[Leftover]) -> None:
    """Remove what is left of these stories."""
    for leftover in found:
        if leftover.where == "qdrant_server":
            delete_points(leftover.story_id)
    story_ids = {leftover.story_id for leftover in found if leftover.where == "postgresql"}
    if story_ids:
        asyncio.run(_clear_threads(story_ids))


async def _stories_with_threads() -> list[str]:
    address = settings().database_url
    if address is None:
        return []
    async with open_database(address.get_secret_value()) as saver:
        threads = {kept.config["configurable"]["thread_id"] async for kept in saver.alist(None)}
    return sorted({thread.partition("/")[0] for thread in threads if "/" in thread})


async def _clear_threads(story_ids: set[str]) -> None:
    address = settings().database_url
    if address is None:
        return
    async with open_database(address.get_secret_value()) as saver:
        threads = {kept.config["configurable"]["thread_id"] async for kept in saver.alist(None)}
        for thread in threads:
            if thread.partition("/")[0] in story_ids:
                await saver.adelete_thread(thread)
