"""A story's synopsis by one call; in archives, books and on the page; after an edit, on a branch, of a manuscript."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from shutil import copytree
from typing import TYPE_CHECKING, Any

import pytest

from recurrentgpt.cli.main import list_stories
from recurrentgpt.cli.memory import show_synopsis
from recurrentgpt.schemas.errors import MemoryUnavailableError, StoryStateError
from recurrentgpt.schemas.places import CARD
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories import branches, export, writers
from recurrentgpt.stories.archive import pack, read_archive, unpack, write_archive
from recurrentgpt.stories.copying import copy_file
from recurrentgpt.stories.importing import keep_manuscript, read_on
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.manuscript import ToRead
from recurrentgpt.stories.synopsis import MOST, shortened
from resources_at_hand import read_environment
from stories_at_hand import FIRST, TOPIC, at, begun, run, write
from tongues import EN, ZH

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel
    from recurrentgpt.schemas.languages import Language
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


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Any]]:
    """Where a story that was written once is kept, and what its model was asked."""
    return tmp_path_factory.mktemp("kept") / "home", []


@pytest.fixture
def story(home: Path, model: FakeChatModel, kept: tuple[Path, list[Any]]) -> tuple[Library, StoryRecord]:
    """Of 22 passages: a copy of its own."""
    folder, asked = kept
    if not folder.exists():
        library, _ = begun(20)
        library.close()
        copytree(home, folder, copy_function=copy_file)
        asked.extend(model.asked)
        read_environment()
    else:
        copytree(folder, home, copy_function=copy_file)
        model.asked.extend(asked)
    library = Library.of_the_process()
    return library, library.find()


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
    assert library.record(copy.story_id).synopsis == "What 11 to 20 told."
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
    with_it = at(*story, lambda opened: export.book_of(opened, export.Wanted(synopsis=True)))
    assert writers.as_text(with_it).index("Synopsis\n\nWhat 1 to 10 told.") < 200
    assert writers.as_text(with_it).endswith(writers.as_text(book).split("\n\n", 1)[1])


def test_every_format_has_it_and_shows_where_the_book_begins(story: tuple[Library, StoryRecord]) -> None:
    book = at(*story, lambda opened: export.book_of(opened, export.Wanted(synopsis=True)))
    assert not book.begins
    title, begins = book.title, book.paragraphs[0][:30]
    assert "## Synopsis\n\nWhat 1 to 10 told" in writers.as_markdown(book)
    assert f"\n\n## {title}\n\n{begins}" in writers.as_markdown(book)
    assert f"\n\n{title}\n\n{begins}" in writers.as_text(book)
    assert "<h2>Synopsis</h2>\n<p>What 1 to 10 told.</p>" in writers.as_html(book)
    with zipfile.ZipFile(io.BytesIO(export.book_bytes(book, ".epub"))) as epub:
        pages = {name: epub.read(name).decode() for name in epub.namelist()}
    assert "What 1 to 10 told." in next(text for name, text in pages.items() if name.endswith("ch001.xhtml"))
    opf = next(text for name, text in pages.items() if name.endswith(".opf"))
    assert "What 1 to 10 told.\nWhat 11 to 20 told." in opf
    with zipfile.ZipFile(io.BytesIO(export.book_bytes(book, ".docx"))) as word:
        text = word.read("word/document.xml").decode()
    headings = re.findall(r'w:val="Heading1".*?<w:t[^>]*>(.*?)</w:t>', text, re.DOTALL)
    assert headings == ["Synopsis", title]
    untitled = replace(book, title="")
    assert [part.title for part in untitled.manuscript.chapters] == ["Synopsis", "***"]
    chapters = replace(untitled, begins=({"title": "One", "seq": 0},)).manuscript.chapters
    assert [part.title for part in chapters] == ["Synopsis", "One"]


def test_a_chapter_is_told_as_one_when_it_has_ended(model: FakeChatModel) -> None:
    library = Library.of_the_process()
    record = library.begin(TOPIC, context := FIRST.model_copy(update={"chapter_paragraphs": 6}))
    at(library, record, lambda opened: write(opened, 14, context))
    assert condensed(model) == ["1 to 6", "7 to 12"]
    assert told(library, record) == [("1-6", "What 1 to 6 told."), ("7-12", "What 7 to 12 told.")]
    assert told(library, record, at=6) == [("1-6", "What 1 to 6 told.")]
    run(library, record, branches.set_chapter, 7, "")
    assert told(library, record) == []
    at(library, record, lambda opened: write(opened, 1, context))
    assert condensed(model)[2:] == ["1 to 12"]
    run(library, record, branches.set_chapter, 7, "Again")
    assert [numbers for numbers, _ in told(library, record)] == ["1-6", "7-12"], "as it was"


def test_the_card_says_what_was_told_last(story: tuple[Library, StoryRecord]) -> None:
    library, record = story
    assert library.find().synopsis == "What 11 to 20 told."
    run(library, record, branches.new_branch, 15, "other", "2")
    at(library, library.find(), lambda opened: opened.note_length())
    assert library.find().synopsis == "What 1 to 10 told."
    run(library, record, branches.switch, "main")
    at(library, library.find(), lambda opened: opened.note_length())
    assert library.find().synopsis == "What 11 to 20 told."


def test_a_card_without_it_is_as_it_was(model: FakeChatModel, capsys: pytest.CaptureFixture[str]) -> None:
    library, record = begun(2)
    assert not condensed(model)
    assert not library.find().synopsis
    card = library.folder(record) / CARD
    kept = json.loads(card.read_text())
    del kept["synopsis"]
    card.write_text(json.dumps(kept))
    assert not library.find().synopsis
    list_stories()
    assert "What" not in capsys.readouterr().out


def test_the_list_shows_it_and_opens_no_memory(
    story: tuple[Library, StoryRecord], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    library, _ = story
    monkeypatch.setattr(type(library.resources.memories), "open", lambda *_: pytest.fail("a memory was opened"))
    list_stories()
    heads, *rows, synopsis = capsys.readouterr().out.splitlines()
    assert heads.split() == ["Id", "Title", "Genre", "Paragraphs", "Last", "written"]
    assert rows[0].startswith("1  ")
    assert synopsis.strip() == "What 11 to 20 told."
    list_stories(as_json=True)
    assert json.loads(capsys.readouterr().out)[0]["synopsis"] == "What 11 to 20 told."


@pytest.mark.parametrize(
    ("language", "text", "kept"),
    [
        (EN, "Ada  rang\nthe bell.", "Ada rang the bell."),
        (EN, "Ada rang the bell. " * 20, " ".join(["Ada rang the bell."] * 15)),
        (EN, "bell " * 100, f"{('bell ' * 60)[:299]}…"),
        (ZH, "阿达敲响了钟。" * 60, "阿达敲响了钟。" * 42),
        (ZH, "钟" * 400, "钟" * 299 + "…"),
    ],
)
def test_a_card_has_as_many_sentences_as_it_has_room_for(language: Language, text: str, kept: str) -> None:
    assert shortened(text, language) == kept
    assert len(kept) <= MOST


def test_a_memory_that_cannot_be_read_leaves_the_card_and_the_step_as_they_are(
    story: tuple[Library, StoryRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    library, record = story

    async def fail(_: Story) -> str:
        raise MemoryUnavailableError("memory_lost", number=1)

    monkeypatch.setattr("recurrentgpt.stories.synopsis.in_short", fail)
    at(library, record, lambda opened: write(opened, 1))
    assert library.find().paragraphs == 23
    assert library.find().synopsis == "What 11 to 20 told."


def test_a_manuscript_is_condensed_by_its_chapters() -> None:
    library = Library.of_the_process()
    paragraphs = [f"On day {number} it rained on the harbour, and nobody came." for number in range(30)]
    found = ToRead("", paragraphs, [{"title": "One", "seq": 0}, {"title": "Two", "seq": 7}, {"title": "3", "seq": 23}])
    record = library.begin(
        StoryInput(topic="Rain", title="Rain"), FIRST, before=lambda folder: keep_manuscript(folder, found)
    )

    async def read(opened: Story) -> None:
        async for _ in read_on(opened, FIRST):
            pass

    at(library, record, read)
    assert [numbers for numbers, _ in told(library, record)] == ["1-7", "8-23"]
    assert library.find().synopsis == "What 8 to 23 told."
    assert library.find().paragraphs == 30


def test_a_manuscript_is_condensed_as_it_is_read(model: FakeChatModel) -> None:
    library = Library.of_the_process()
    paragraphs = [f"On day {number} it rained on the harbour, and nobody came." for number in range(43)]
    record = library.begin(
        StoryInput(topic="Rain", title="Rain"),
        FIRST,
        before=lambda folder: keep_manuscript(folder, ToRead("", paragraphs, [])),
    )

    async def read(opened: Story) -> None:
        async for _ in read_on(opened, FIRST):
            pass

    at(library, record, read)
    assert condensed(model) == ["1 to 10", "11 to 20", "21 to 30", "31 to 40", "1 to 40"]
    assert told(library, record) == [("1-40", "What 1 to 40 told.")]
    batches = [messages[1].text for messages in model.asked if "This is its next part" in messages[1].text]
    assert any("[1-10] What 1 to 10 told.\n[11-20] What 11 to 20 told." in prompt for prompt in batches)
    assert "[1-40] What 1 to 40 told." in batches[-1]
    at(library, record, lambda opened: write(opened, 1))
    assert "[1-40] What 1 to 40 told." in model.asked[-1][1].text
