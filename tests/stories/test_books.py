"""Stories out of books: what is read comes in whole, and is read on where that was stopped."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from reading import spoken
from recurrentgpt.cli.stories import at_story
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import GateError, StorageError
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories import branches, export
from recurrentgpt.stories.events import Done
from recurrentgpt.stories.importing import keep_manuscript, read_on, unread
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.manuscript import ToRead, regrouped, to_read
from recurrentgpt.stories.readers import read_file
from stories_at_hand import at, run, texts, write
from tongues import EN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from fake_model import FakeChatModel
    from recurrentgpt.schemas.state import Chapter
    from recurrentgpt.stories.record import StoryRecord

FIRST = Context(model="fake", plan_selection="first", opening_paragraphs=1)


# In


PROSE = [
    f"Paragraph {number} begins. {'Ada walked along the shore and thought. ' * 24}It ended." for number in range(6)
]


def manuscript(tmp_path: Path, name: str) -> Path:
    path = tmp_path / name
    export.write_book(path, export.Book("abc", "The Shore", "en", tuple(PROSE)))
    return path


@pytest.mark.parametrize("name", ["book.md", "book.txt", "book.epub", "book.docx"])
def test_a_manuscript_is_read_whole_and_in_order(tmp_path: Path, name: str) -> None:
    found = to_read(read_file(manuscript(tmp_path, name), EN).manuscript, EN)
    assert spoken(" ".join(PROSE)) in spoken(" ".join(found.paragraphs))
    assert found.title == ("" if name == "book.txt" else "The Shore")
    assert found.chapters == []


CHAPTERS = (("Chapter 1: The Cellar", 0), ("Chapter 2", 2), ("Epilogue", 5))
BEGINS: tuple[Chapter, ...] = tuple({"title": title, "seq": seq} for title, seq in CHAPTERS)


@pytest.mark.parametrize("name", ["book.md", "book.txt", "book.epub", "book.docx"])
def test_a_book_comes_back_with_its_chapters(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    export.write_book(path, export.Book("abc", "" if name == "book.txt" else "The Shore", "en", tuple(PROSE), BEGINS))
    found = to_read(read_file(path, EN).manuscript, EN)
    assert spoken(" ".join(found.paragraphs)) == spoken(" ".join(PROSE))
    begins = [(chapter["title"], spoken(found.paragraphs[chapter["seq"]])) for chapter in found.chapters]
    assert [title for title, _ in begins] == [title for title, _ in CHAPTERS]
    assert all(text.startswith(PROSE[seq]) for (_, text), (_, seq) in zip(begins, CHAPTERS, strict=True))


@given(st.lists(st.text(alphabet="ab .!?\n。", max_size=3000), max_size=12))
@hypothesis_settings(deadline=None, database=None, max_examples=60)
def test_regrouping_loses_nothing(blocks: list[str]) -> None:
    given_blocks = [block.strip() for block in blocks if block.strip()]
    found = regrouped(given_blocks, EN)
    assert "".join("".join(found).split()) == "".join("".join(given_blocks).split())
    assert all(0 < len(paragraph) <= 8100 for paragraph in found)


def imported(
    library: Library, paragraphs: list[str], context: Context = FIRST, chapters: Sequence[Chapter] = ()
) -> StoryRecord:
    given_input = StoryInput(topic="The Shore", title="The Shore")
    record = library.begin(
        given_input, context, before=lambda folder: keep_manuscript(folder, ToRead("", paragraphs, list(chapters)))
    )
    read_all(library, record, context)
    return record


def read_all(library: Library, record: StoryRecord, context: Context = FIRST) -> list[int]:
    """Read the manuscript on; gives how many paragraphs were remembered after each batch."""

    async def act() -> list[int]:
        seen: list[int] = []
        async with library.open(record) as story:
            async for event in read_on(story, context):
                seen += (
                    [event.update["lineage"][-1][2] + 1]
                    if isinstance(event, Done) and "lineage" in event.update
                    else []
                )
        return seen

    return asyncio.run(act())


def test_an_imported_manuscript_is_remembered_and_continued(fake_model: FakeChatModel) -> None:
    library = Library.of_the_process()
    record = imported(library, PROSE)
    assert unread(library.folder(record)) == 0
    assert texts(library, record) == PROSE
    entries = at(library, record, lambda story: story.manuscript())
    assert all(entry.summary for entry in entries)
    at(library, record, lambda story: write(story, 1))
    writing = next(asked for asked in reversed(fake_model.asked) if "Plan for the next paragraph" in asked[-1].text)
    assert PROSE[-1] in writing[-1].text
    assert "The Shore" in writing[0].text
    assert texts(library, record)[:-1] == PROSE
    assert library.find().paragraphs == 7
    # And its end can be gone back to.
    run(library, record, branches.new_branch, 6, "other", "2")


def test_the_chapters_of_a_manuscript_are_the_chapters_of_the_story(fake_model: FakeChatModel) -> None:
    assert not fake_model.asked
    library = Library.of_the_process()
    record = imported(library, PROSE, chapters=[{"title": "One", "seq": 0}, {"title": "Two", "seq": 3}])
    at(library, record, lambda story: write(story, 1))
    state = at(library, record, lambda story: story.state())
    book = export.bind(record, state, texts(library, record))
    assert [(part.title, len(part.paragraphs)) for part in book.manuscript.chapters] == [("One", 3), ("Two", 4)]


def test_a_manuscript_kept_before_there_were_chapters_is_read_on(fake_model: FakeChatModel) -> None:
    assert not fake_model.asked
    library = Library.of_the_process()

    def keep(folder: Path) -> None:
        (folder / "manuscript.json").write_text(json.dumps(PROSE))

    record = library.begin(StoryInput(topic="The Shore", title="The Shore"), FIRST, before=keep)
    assert unread(library.folder(record)) == 6
    read_all(library, record)
    assert texts(library, record) == PROSE


def test_an_import_that_is_stopped_goes_on_where_it_was(fake_models: Callable[..., FakeChatModel]) -> None:
    left = {"calls": 3}

    def stops(_: Any, schema: dict[str, Any] | None) -> str | None:
        left["calls"] -= 1
        return "nonsense" if schema and left["calls"] < 0 else None

    fake_models(interfere=stops)
    library = Library.of_the_process()
    with pytest.raises(GateError):
        imported(library, PROSE)
    record = library.find()
    assert unread(library.folder(record)) == 6
    model = fake_models()
    seen = read_all(library, record)
    assert seen[-1] == 6
    assert len(model.asked) < 8
    assert texts(library, record) == PROSE


def test_an_unfinished_story_has_no_book() -> None:
    from recurrentgpt.cli.books import export_story  # noqa: PLC0415

    library = Library.of_the_process()
    library.begin(StoryInput(topic="x"), FIRST)
    with pytest.raises(StorageError, match="Nothing of 'x' is written yet"):
        export_story("", None)
    assert at_story("", lambda story: story.is_finished())[1] is False
