"""Books out of stories and stories out of books: every format reopened by another parser, and hostile files."""

from __future__ import annotations

import asyncio
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import docx
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reading import spoken
from recurrentgpt.cli.stories import at_story
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import GateError, RecurrentGPTError, SettingsError, StorageError
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

TRICKY = (
    "She wrote *three* lines & <b>one</b> [link](x).\nThen `stopped` — #1!",
    "# Not a heading\n\n1. not a list\n\n- nor this",
    'He said: "2 < 3 && 4 > 3", \\and left_it_at that.',
    "她说：“走吧。”\x0b\x00",
)
BOOK = export.Book("abc", "A *Title* & <More>", "en", TRICKY, (), "Ann O. Nym")
FIRST = Context(model="fake", plan_selection="first", opening_paragraphs=1)


STORY = spoken(" ".join(TRICKY))


def exported(tmp_path: Path, name: str) -> Path:
    path = tmp_path / name
    export.write_book(path, BOOK)
    return path


# Out


def test_markdown_shows_the_text_and_nothing_else(tmp_path: Path) -> None:
    html = MarkdownIt().render(exported(tmp_path, "book.md").read_text(encoding="utf-8"))
    assert set(re.findall(r"<([a-z0-9]+)", html)) == {"h1", "p", "em"}
    root = ET.fromstring(f"<x>{html}</x>")  # noqa: S314 (made just above)
    assert STORY in spoken("".join(root.itertext()))
    assert root.findtext("h1") == BOOK.title


def test_text_is_the_text(tmp_path: Path) -> None:
    text = spoken(exported(tmp_path, "book.txt").read_text(encoding="utf-8"))
    assert text == f"{BOOK.title} {BOOK.author} {STORY}"


def test_html_holds_the_text_and_runs_nothing(tmp_path: Path) -> None:
    page = exported(tmp_path, "book.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<b>" not in page
    body = ET.fromstring(page[page.index("<body>") : page.index("</html>")])  # noqa: S314
    assert STORY in spoken(" ".join(body.itertext()))
    assert '<html lang="en">' in page


def test_epub_is_one_that_a_reader_opens(tmp_path: Path) -> None:
    with zipfile.ZipFile(exported(tmp_path, "book.epub")) as packed:
        first = packed.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert packed.read("mimetype") == b"application/epub+zip"
        container = ET.fromstring(packed.read("META-INF/container.xml"))  # noqa: S314
        place = next(node.get("full-path") for node in container.iter() if node.get("full-path"))
        package = ET.fromstring(packed.read(str(place)))  # noqa: S314
        spaces = {"dc": "http://purl.org/dc/elements/1.1/", "opf": "http://www.idpf.org/2007/opf"}
        assert package.get("version") == "3.0"
        assert package.findtext(".//dc:title", namespaces=spaces) == BOOK.title
        assert package.findtext(".//dc:language", namespaces=spaces) == "en"
        assert package.findtext(".//dc:creator", namespaces=spaces) == BOOK.author
        named = {item.get("href") for item in package.findall(".//opf:item", spaces)}
        folder = str(place).rpartition("/")[0]
        for name in named:
            content = packed.read(f"{folder}/{name}")
            if str(name).endswith((".xhtml", ".ncx")):
                ET.fromstring(content)  # noqa: S314 (well-formed, or this raises)
        text = ET.fromstring(packed.read(f"{folder}/text-1.xhtml"))  # noqa: S314
        assert STORY in spoken(" ".join(text.itertext()))


def test_docx_is_one_that_another_program_opens(tmp_path: Path) -> None:
    path = exported(tmp_path, "book.docx")
    document = docx.Document(str(path))
    assert document.core_properties.title == BOOK.title
    assert document.core_properties.author == BOOK.author
    with zipfile.ZipFile(path) as packed:
        body = ET.fromstring(packed.read("word/document.xml"))  # noqa: S314
    assert STORY in spoken(" ".join(paragraph.text for paragraph in document.paragraphs))
    assert sum(node.tag.endswith("}p") for node in body.iter()) >= len(BOOK.parts[0].blocks)


@pytest.mark.parametrize("name", ["book.md", "book.txt", "book.html", "book.epub", "book.docx"])
def test_a_file_is_replaced_only_on_request(tmp_path: Path, name: str) -> None:
    path = exported(tmp_path, name)
    with pytest.raises(StorageError, match="exists already"):
        export.write_book(path, BOOK)
    export.write_book(path, BOOK, replace=True)
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (".", "is a folder"),
        ("book.pdf", "asks for no format"),
        ("book", "asks for no format"),
        ("no/b.md", "not exist"),
    ],
)
def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path, name: str, problem: str) -> None:
    with pytest.raises(RecurrentGPTError, match=problem):
        export.write_book(tmp_path / name, BOOK)


def test_a_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ebooklib.epub", None)
    with pytest.raises(SettingsError, match=r"pip install 'recurrentgpt\[books\]'"):
        export.write_book(tmp_path / "book.epub", BOOK)


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


@pytest.mark.parametrize("name", ["book.md", "book.txt", "book.epub", "book.docx"])
def test_a_book_comes_back_with_its_chapters(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    export.write_book(path, export.Book("abc", "" if name == "book.txt" else "The Shore", "en", tuple(PROSE), CHAPTERS))
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
    assert [(part.title, len(part.blocks)) for part in book.parts] == [("One", 3), ("Two", 4)]


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
