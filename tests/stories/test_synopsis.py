"""A story's synopsis by one call; in archives, books and on the page; after an edit, on a branch, of a manuscript."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from recurrentgpt.cli.memory import show_synopsis
from recurrentgpt.schemas.errors import StoryStateError
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories import branches, export
from recurrentgpt.stories.archive import pack, read_archive, unpack, write_archive
from recurrentgpt.stories.importing import keep_manuscript, read_on
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.manuscript import Manuscript
from stories_at_hand import FIRST, at, begun, run, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel
    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.stories.story import Story

ASKED = "of the book tell:"


def tell(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
    asked = messages[-1].text
    if ASKED not in asked or schema is None:
        return None
    return json.dumps({"synopsis": f"What {asked.split('paragraphs ')[1].split(' of')[0]} told."})


@pytest.fixture(autouse=True)
def model(fake_models: Callable[..., FakeChatModel]) -> FakeChatModel:
    return fake_models(interfere=tell)


def condensed(model: FakeChatModel) -> list[str]:
    asked = [messages[-1].text for messages in model.asked if ASKED in messages[-1].text]
    return [text.split("paragraphs ")[1].split(" of")[0] for text in asked]


def told(library: Library, record: StoryRecord, **how: Any) -> list[tuple[str, str]]:
    found = at(library, record, lambda story: story.synopsis(**how))
    return [(part.numbers, part.text) for part in found if part.level]


@pytest.fixture
def story() -> tuple[Library, StoryRecord]:
    """Of 22 passages."""
    return begun(20)


def test_it_is_told_by_one_call(story: tuple[Library, StoryRecord]) -> None:
    assert told(*story) == [("1-10", "What 1 to 10 told."), ("11-20", "What 11 to 20 told.")]
    assert told(*story, at=12) == [("1-10", "What 1 to 10 told.")]
    assert told(*story, at=0) == []
    now = at(*story, lambda opened: opened.synopsis())
    assert [(part.first, part.level) for part in now] == [(0, 1), (10, 1), (20, 0), (21, 0)]
    with pytest.raises(StoryStateError, match="90"):
        told(*story, at=90)


def test_an_edit_has_its_span_condensed_anew_and_no_other(
    story: tuple[Library, StoryRecord], model: FakeChatModel
) -> None:
    library, record = story
    assert condensed(model) == ["1 to 10", "11 to 20"]
    run(library, record, branches.edit, paragraph=5, summary="Nothing of the kind.")
    assert told(library, record) == [("11-20", "What 11 to 20 told.")], "its summaries stand in"
    at(library, record, lambda opened: write(opened, 2))
    assert condensed(model) == ["1 to 10", "11 to 20", "1 to 10"]
    assert "[5] Nothing of the kind." in next(
        text for text in (messages[-1].text for messages in reversed(model.asked)) if ASKED in text
    )
    assert [numbers for numbers, _ in told(library, record)] == ["1-10", "11-20"]


def test_a_branch_shares_what_it_shares(story: tuple[Library, StoryRecord], model: FakeChatModel) -> None:
    library, record = story
    run(library, record, branches.new_branch, 15, "other", "2")
    record = library.find()
    model.salt = "other"
    at(library, record, lambda opened: write(opened, 7))
    assert condensed(model) == ["1 to 10", "11 to 20", "11 to 20"]


def test_it_comes_back_from_an_archive(
    story: tuple[Library, StoryRecord], model: FakeChatModel, tmp_path: Path
) -> None:
    library, record = story
    kept = told(library, record)
    write_archive(tmp_path / "story.json", at(library, record, pack))
    archive = read_archive(tmp_path / "story.json")

    async def put_back(_: Story) -> StoryRecord:
        return await unpack(library, archive, lambda *_: None)

    copy = at(library, record, put_back)
    assert copy.story_id != record.story_id
    assert told(library, copy) == kept
    at(library, copy, lambda opened: write(opened, 1))
    assert len(condensed(model)) == 2
    without = json.loads((tmp_path / "story.json").read_text())
    del without["synopses"]
    (tmp_path / "older.json").write_text(json.dumps(without))
    assert read_archive(tmp_path / "older.json").synopses == []


def test_the_command_line_tells_it(story: tuple[Library, StoryRecord], capsys: pytest.CaptureFixture[str]) -> None:
    assert story
    show_synopsis()
    shown = capsys.readouterr().out
    assert "1-10 " in shown
    assert "What 11 to 20 told." in shown
    show_synopsis(at=12, as_json=True)
    first, *rest = json.loads(capsys.readouterr().out)
    assert first == {"first": 0, "end": 10, "level": 1, "text": "What 1 to 10 told."}
    assert [part["level"] for part in rest] == [0, 0]


def test_of_nothing_it_tells_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Library.of_the_process().begin(StoryInput(topic="Rain"), FIRST)
    show_synopsis()
    assert "Nothing is remembered yet." in capsys.readouterr().out


def test_a_book_has_it_at_its_head_where_it_is_asked_for(story: tuple[Library, StoryRecord]) -> None:
    book = at(*story, export.book_of)
    assert not book.synopsis
    with_it = at(*story, lambda opened: export.book_of(opened, synopsis=True))
    assert export.as_text(with_it).index("Synopsis\n\nWhat 1 to 10 told.") < 200
    assert export.as_text(with_it).endswith(export.as_text(book).split("\n\n", 1)[1])


def test_a_manuscript_is_condensed_as_it_is_read(model: FakeChatModel) -> None:
    library = Library.of_the_process()
    paragraphs = [f"On day {number} it rained on the harbour, and nobody came." for number in range(43)]
    record = library.begin(
        StoryInput(topic="Rain", title="Rain"),
        FIRST,
        before=lambda folder: keep_manuscript(folder, Manuscript("", paragraphs, [])),
    )

    async def read(opened: Story) -> None:
        async for _ in read_on(opened, FIRST):
            pass

    at(library, record, read)
    assert condensed(model) == ["1 to 10", "11 to 20", "21 to 30", "31 to 40", "1 to 40"]
    assert told(library, record) == [("1-40", "What 1 to 40 told.")]
    batches = [messages[1].text for messages in model.asked if "Read the next part" in messages[1].text]
    assert any("[1-10] What 1 to 10 told.\n[11-20] What 11 to 20 told." in prompt for prompt in batches)
    assert "[1-40] What 1 to 40 told." in batches[-1]
    at(library, record, lambda opened: write(opened, 1))
    assert "[1-40] What 1 to 40 told." in model.asked[-1][1].text
