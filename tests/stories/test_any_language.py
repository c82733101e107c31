"""A story in a language that has no folder: English instructions that name it, and the rules of its script."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from recurrentgpt.memory.sentences import sentences
from recurrentgpt.schemas.languages import language_named
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories import beginning
from recurrentgpt.stories.library import Library
from stories_at_hand import FIRST, at, texts, write

if TYPE_CHECKING:
    from fake_model import FakeChatModel

SWEDISH = "Prof. Berg hittade en flaska. Hon öppnade den. Där låg ett brev i hennes egen handstil."
JAPANESE = "灯台守は瓶を見つけた。中には手紙が入っていた。それは彼女自身の筆跡で書かれていた。"


@pytest.mark.parametrize(
    ("tag", "named", "text", "count"),
    [
        ("sv", "Swedish", SWEDISH, 3),
        ("ja", "Japanese", JAPANESE, 3),
        ("zh-Hant", "", JAPANESE, 3),
        ("en-GB", "", "", 0),
    ],
)
def test_a_story_in_any_language_is_written_and_read_back(
    fake_model: FakeChatModel, tag: str, named: str, text: str, count: int
) -> None:
    fake_model.interfere = lambda _, schema: text or None if schema is None else None
    library = Library.of_the_process()
    record = asyncio.run(beginning.begin(library, StoryInput(topic="X", language=tag), FIRST))
    at(library, record, lambda story: write(story, 0))
    system = fake_model.asked[0][0].text
    assert (f"Write everything in {named}:" in system) is bool(named)
    if text:
        assert text in texts(library, record)
        assert len(sentences(text, record.language)) == count
        word = record.language.words(text)[0]
        assert at(library, record, lambda story: story.search(word, 3))


def test_a_kind_of_a_language_that_has_a_folder_is_named_in_that_folders_words(fake_model: FakeChatModel) -> None:
    library = Library.of_the_process()
    record = asyncio.run(beginning.begin(library, StoryInput(topic="X", language="zh-Hant"), FIRST))
    at(library, record, lambda story: write(story, 0))
    system = fake_model.asked[0][0].text
    assert "繁体中文" in system.splitlines()[-1]
    assert language_named("zh-Hant").folder == "zh"
