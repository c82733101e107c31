"""Stories that an older version wrote: a stored library of card format 1, from before branches and token budgets.

One story is paused at a review, the other was killed after a paragraph was written and before it was remembered.
"""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

import pytest

from archives_at_hand import packed, seen_in, unpacked, without_next
from folders import DATA
from recurrentgpt.schemas.context import Context
from recurrentgpt.stories.events import Reply
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.record import FORMAT, read_record
from resources_at_hand import read_environment
from stories_at_hand import at, texts

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeChatModel
    from recurrentgpt.stories.story import Story

LIBRARY = DATA / "library-of-format-1.tar.xz"
PAUSED, KILLED = "b3fa4790", "9dca42f5"
CONTEXT = Context(model="fake", paragraph_sentences=3)


@pytest.fixture
def library(home: Path, fake_model: FakeChatModel) -> Library:
    del fake_model
    with tarfile.open(LIBRARY) as stored:
        stored.extractall(home, filter="data")
    return Library.of_the_process()


async def finish_a_step(story: Story, reply: Reply | None, context: Context) -> None:
    async for _ in story.run(context, reply):
        pass


def test_the_shelf_shows_them(library: Library) -> None:
    assert {record.story_id: record.paragraphs for record in library.records()} == {PAUSED: 3, KILLED: 2}
    assert library.unreadable() == []


def test_a_paused_story_takes_its_answer(library: Library) -> None:
    record = library.find(PAUSED)
    before = texts(library, record)

    async def answer(story: Story) -> None:
        pause = await story.pause()
        assert pause is not None
        await finish_a_step(story, Reply(2, pause.interrupt_id), CONTEXT)

    at(library, record, answer)
    after = texts(library, record)
    assert after[: len(before)] == before
    assert len(after) == len(before) + 1
    assert at(library, record, lambda story: story.state())["plan"]["number"] == 2
    kept = read_record(library.folder(record))
    assert (kept.format, kept.branch, kept.paragraphs) == (FORMAT, "main", len(after))


def test_a_killed_story_goes_on_at_the_gate_it_died_in(library: Library) -> None:
    record = library.find(KILLED)
    before = texts(library, record)
    written = at(library, record, lambda story: story.state())["paragraph"]
    assert written not in before
    at(
        library,
        record,
        lambda story: finish_a_step(story, None, CONTEXT.model_copy(update={"plan_selection": "first"})),
    )
    assert texts(library, record) == [*before, written]


@pytest.mark.parametrize("story_id", [PAUSED, KILLED])
def test_all_of_one_is_packed_and_comes_back(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, story_id: str
) -> None:
    record = library.find(story_id)
    before = seen_in(library, record)
    path = packed(library, record, tmp_path / "story.json")
    monkeypatch.setenv("RECURRENTGPT_HOME", str(tmp_path / "other"))
    read_environment()
    other = Library.of_the_process()
    # What the killed one had done of a step is done again, by the graph of now.
    assert without_next(seen_in(other, unpacked(other, path))) == without_next(before)
