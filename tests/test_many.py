"""Many stories at once in one process, on embedded memories."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from test_stories import FIRST, texts, write

from recurrentgpt.memory.stores import close_store
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.shelf import Shelf
from recurrentgpt.stories.story import open_story

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeChatModel

STORIES, PARAGRAPHS = 40, 1


def test_forty_stories_at_once_keep_every_point(fake_model: FakeChatModel) -> None:
    del fake_model
    shelf = Shelf()
    cards = [shelf.begin(StoryInput(topic=f"Lighthouse {number}"), FIRST) for number in range(STORIES)]

    async def one(folder: Path) -> None:
        async with open_story(folder) as story:
            await write(story, PARAGRAPHS)

    async def all_of_them() -> None:
        await asyncio.gather(*(one(shelf.folder(card)) for card in cards))

    asyncio.run(all_of_them())
    for card in cards:
        close_store(card.story_id)
    books = [texts(shelf, card) for card in cards]
    assert {len(book) for book in books} == {PARAGRAPHS + 1}
    assert len({text for book in books for text in book}) == STORIES * (PARAGRAPHS + 1)
