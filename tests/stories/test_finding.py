"""Words in a book: where they stand, with what is around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from page_at_hand import book, shelf
from recurrentgpt.schemas.errors import StoryStateError
from recurrentgpt.stories import branches
from recurrentgpt.stories.finding import find
from stories_at_hand import at

if TYPE_CHECKING:
    from pathlib import Path

    from recurrentgpt.stories.story import Story


def test_words_are_found_in_text_chapters_memory_premise_and_facts(tmp_path: Path) -> None:
    with shelf(tmp_path) as library:
        record = book(library, 12, chapter=6)

        async def looked(story: Story) -> None:
            found = await find(story, "DOOR 7")
            told = [(place.where, place.paragraph, place.found) for place in found.places]
            assert told == [("chapters", 7, "door 7"), ("text", 7, "door 7"), ("summary", 7, "door 7")]
            assert found.places[1].before == "Mara came to "
            assert found.places[1].after.startswith(". “It is late,” she said.")
            assert (await find(story, "has key")).counts == {"fact": 1}
            assert (await find(story, "lighthouse")).places[0].where == "premise"
            await branches.edit(story, short_term_memory="Mara's lamp is\nout.")
            assert [place.where for place in (await find(story, "mara’s  lamp is out")).places] == ["memory"]
            assert (await find(story, "door 1")).counts["text"] == 3  # 10, 11 and 12 begin with it
            assert "text" not in (await find(story, "door 1", whole=True)).counts
            everywhere = await find(story, "door")
            some = await find(story, "door", first=5, most=3)
            assert some.count == everywhere.count
            assert some.places == everywhere.places[5:8]
            assert (await find(story, "door 7", at=6)).count == 0
            assert (await find(story, "nowhere (.*")).count == 0
            for wrong in (" ", "x" * 201):
                with pytest.raises(StoryStateError):
                    await find(story, wrong)

        at(library, record, looked)
