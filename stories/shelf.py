"""Finding stories in the data folder, and making room for a new one. Imports nothing heavy."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..schemas.errors import StorageError, StoryNotFoundError
from ..schemas.ids import new_story_id
from ..schemas.places import CARD, HEAD
from ..schemas.settings import settings
from ..schemas.story_input import STORY_ID, StoryInput, read_input
from .card import Card, read_card, write_card

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..schemas.context import Context


class Shelf:
    """The stories of one data folder."""

    def __init__(self, home: Path | None = None) -> None:
        """Look at a data folder.

        Args:
            home: where it is; by default what the settings say.
        """
        self._stories = Path(home or settings().home) / "stories"

    def cards(self) -> list[Card]:
        """Every story, the latest written first. One whose card cannot be read is left out (see ``unreadable``)."""
        return sorted(self._readable(), key=lambda card: card.written, reverse=True)

    def unreadable(self) -> list[StorageError]:
        """What is wrong with the stories that ``cards`` leaves out."""
        problems = []
        for folder in self._folders():
            try:
                card_of(folder)
            except StorageError as error:
                problems.append(error)
        return problems

    def find(self, reference: str = "", among: Callable[[Card], bool] = lambda _: True) -> Card:
        """The story a person means.

        Args:
            among: which stories come into question; all of them, if it says nothing.
            reference: its number in the list (from 1), the beginning of its id or of its title, or nothing
                for the latest.

        Raises:
            StoryNotFoundError: none fits, or several do.
        """
        cards = [card for card in self.cards() if among(card)]
        if not cards:
            raise StoryNotFoundError("no_story_yet")
        wanted = reference.strip().casefold()
        if not wanted:
            return cards[0]
        fits = [card for card in cards if wanted == card.story_id]
        if not fits and wanted.isascii() and wanted.isdecimal() and 1 <= int(wanted) <= len(cards):
            # Before the beginning of an id, which is chance: a person who types 1 sees a 1 in the list.
            fits = [cards[int(wanted) - 1]]
        fits = fits or [card for card in cards if card.story_id.startswith(wanted)]
        fits = fits or [card for card in cards if card.name.casefold().startswith(wanted)]
        if len(fits) == 1:
            return fits[0]
        if fits:
            names = [f"{card.story_id} ({card.name[:40]})" for card in fits[:5]]
            raise StoryNotFoundError("several_stories", reference=reference, stories=names)
        raise StoryNotFoundError("no_story_called", reference=reference)

    def card(self, story_id: str) -> Card:
        """The story with an id, whole.

        Raises:
            StoryNotFoundError: there is none.
            StorageError: its card cannot be read.
        """
        folder = self._stories / story_id
        if not re.fullmatch(STORY_ID, story_id) or folder not in self._folders():
            raise StoryNotFoundError("no_story_of_id", story_id=story_id[:80])
        return card_of(folder)

    def begin(self, given: StoryInput, context: Context, before: Callable[[Path], None] = lambda _: None) -> Card:
        """Make room for a new story, and give its card.

        Args:
            given: what it is begun from.
            context: the settings it is first run with.
            before: told the folder before the story is seen on the shelf, to put more into it.

        Raises:
            StorageError: the data folder cannot be written.
        """
        story_id = given.story_id or new_story_id()
        card = Card(story_id=story_id, title=given.title, begun_from=given, context=context)
        folder = self.make_folder(card.story_id)
        before(folder)
        write_card(folder, card)
        return card

    def make_folder(self, story_id: str) -> Path:
        """An empty folder for a story; what an import that was killed left there is removed.

        Raises:
            StorageError: the data folder cannot be written, or a story has that id.
        """
        folder = self._stories / story_id
        try:
            if folder.exists() and folder not in self._folders():
                shutil.rmtree(folder)
            folder.mkdir(parents=True)
        except FileExistsError as error:
            raise StorageError("story_id_taken", story_id=story_id) from error
        except OSError as error:
            home, reason = self._stories.parent, error.strerror or error
            raise StorageError("home_unwritable", folder=home, reason=reason) from error
        return folder

    def folder(self, card: Card) -> Path:
        """Where a story lives."""
        return self._stories / card.story_id

    def _folders(self) -> list[Path]:
        if not self._stories.is_dir():
            return []
        return [
            folder
            for folder in self._stories.iterdir()
            if not folder.name.startswith(".") and ((folder / CARD).exists() or (folder / HEAD).exists())
        ]

    def _readable(self) -> list[Card]:
        cards = []
        for folder in self._folders():
            try:
                cards.append(card_of(folder))
            except StorageError:
                continue
        return cards


def card_of(folder: Path) -> Card:
    """The card of the story in a folder, made of its head where it was begun elsewhere and has none.

    Raises:
        StorageError: there is neither, or it cannot be read.
    """
    if (folder / CARD).exists():
        return read_card(folder)
    from ..memory import Lineage  # noqa: PLC0415 (heavy, and seldom needed)
    from ..memory.head import read_head  # noqa: PLC0415

    head = read_head(folder)
    if head is None:
        return read_card(folder)
    return Card(
        story_id=folder.name,
        title=str(head.get("title", "")),
        paragraphs=Lineage.from_json(head.get("lineage")).length,
        begun_from=read_input({name: head.get(name) for name in StoryInput.model_fields}),
        written=datetime.fromtimestamp((folder / HEAD).stat().st_mtime, UTC),
    )
