"""The book of a play: told once more in the second or third person, a passage at a time, and never twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commands import run
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import SettingsError
from recurrentgpt.schemas.modes import INTERACTIVE_FICTION
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.events import Reply
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.retelling import Wanted, cost_of_retelling, retell, retold_book
from stories_at_hand import at

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeChatModel
    from recurrentgpt.stories.story import Story

PLAYED = Context(model="fake", opening_paragraphs=1, paragraph_sentences=3)
THIRD = Wanted("third", "Mara")


@pytest.mark.parametrize(("language", "told"), [("en", "they are Mara, in the third person"), ("zh", "玩家是Mara")])
def test_it_is_told_passage_by_passage_and_goes_on_where_it_was_stopped(
    fake_model: FakeChatModel, language: str, told: str
) -> None:
    library = Library.of_the_process()
    given = StoryInput(topic="A lighthouse", mode=INTERACTIVE_FICTION.name, language=language)
    record = library.begin(given, PLAYED)

    async def play(story: Story) -> None:
        async for _ in story.run(PLAYED):
            pass
        pause = await story.pause()
        assert pause
        async for _ in story.run(PLAYED, Reply("I knock {twice}.", pause.interrupt_id)):
            pass
        assert (await cost_of_retelling(story, PLAYED, THIRD)).passages == 2
        asked = len(fake_model.asked)
        pieces = retell(story, PLAYED, THIRD)
        first = await anext(pieces)
        await pieces.aclose()  # type: ignore[attr-defined]
        assert (first.done, first.total) == (1, 2)
        with pytest.raises(SettingsError, match="Not all of it"):
            await retold_book(story, THIRD)
        assert [piece.done async for piece in retell(story, PLAYED, THIRD)] == [1, 2]
        sent = [messages[-1].text for messages in fake_model.asked[asked:]]
        assert len(sent) == 2
        assert all(told in text for text in sent)
        entries = await story.manuscript()
        assert "I knock {twice}." in sent[1]
        assert entries[1].text in sent[1]
        book = await retold_book(story, THIRD)
        assert book.paragraphs[0][-200:] in sent[1]
        assert not any(">" in text for text in book.paragraphs)
        assert (await cost_of_retelling(story, PLAYED, THIRD)).passages == 0
        assert (await cost_of_retelling(story, PLAYED, Wanted("second"))).passages == 2

    at(library, record, play)


def test_the_terminal_says_the_cost_and_makes_the_book(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "mara.md"
    run(home, "play", "--topic", "A lighthouse", "--model", "fake", stdin="1\nq\n")
    for wrong in (("--retell", "fourth"), ("--retell", "third"), ("--retell", "third", "--name", "x" * 81)):
        assert run(home, "export", *wrong).returncode == 2
    assert run(home, "export", "--retell", "second", stdin="n\n").returncode == 1
    done = run(home, "export", "--retell", "third", "--name", "Mara", "--yes", "-o", str(file))
    assert done.returncode == 0, done.stderr
    assert "2 scenes to tell once more" in done.stderr
    assert len(file.read_text().split("\n\n")) == 3
    assert run(home, "export", "--retell", "third", "--name", "Mara").stdout == file.read_text()
    written = run(home, "write", "--topic", "Rain", "--model", "fake", "--plans", "first", "--paragraphs", "1")
    assert written.returncode == 0
    assert run(home, "export", "--retell", "second").returncode == 2
