"""Books out of stories and stories out of books: every format reopened by another parser, and hostile files."""

from __future__ import annotations

import asyncio
import io
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
from pypdf import PdfWriter

from reading import spoken
from recurrentgpt.cli.stories import at_story
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import GateError, RecurrentGPTError, SettingsError, StorageError
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories import branches, export
from recurrentgpt.stories.events import Done
from recurrentgpt.stories.importing import keep_manuscript, read_on, unread
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.manuscript import Manuscript, read_file
from stories_at_hand import at, run, texts, write
from tongues import EN, ZH

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
    found = read_file(manuscript(tmp_path, name), EN)
    assert spoken(" ".join(PROSE)) in spoken(" ".join(found.paragraphs))
    assert found.title == ("" if name == "book.txt" else "The Shore")
    assert found.chapters == []


CHAPTERS = (("Chapter 1: The Cellar", 0), ("Chapter 2", 2), ("Epilogue", 5))


@pytest.mark.parametrize("name", ["book.md", "book.txt", "book.epub", "book.docx"])
def test_a_book_comes_back_with_its_chapters(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    export.write_book(path, export.Book("abc", "" if name == "book.txt" else "The Shore", "en", tuple(PROSE), CHAPTERS))
    found = read_file(path, EN)
    assert spoken(" ".join(found.paragraphs)) == spoken(" ".join(PROSE))
    begins = [(chapter["title"], spoken(found.paragraphs[chapter["seq"]])) for chapter in found.chapters]
    assert [title for title, _ in begins] == [title for title, _ in CHAPTERS]
    assert all(text.startswith(PROSE[seq]) for (_, text), (_, seq) in zip(begins, CHAPTERS, strict=True))


@pytest.mark.parametrize(
    ("text", "title", "chapters", "paragraphs"),
    [
        ("# The Shore\n\nIt began.", "The Shore", [], ["It began."]),
        ("# One\n\nIt began.\n\n# Two\n\nIt ended.", "", [("One", 0), ("Two", 1)], ["It began.", "It ended."]),
        ("# S\n\n## One\nIt began.\n\n## Two #\nIt ended.", "S", [("One", 0), ("Two", 1)], ["It began.", "It ended."]),
        ("Before.\n\n# Part I\n\n## One\n\nIt began.", "", [("Part I. One", 1)], ["Before.", "It began."]),
        ("It began.\n\n# Left over", "", [], ["It began.", "Left over"]),
        ("Chapter IV\n\nIt began.\n\nPart two of it was hard.", "", [("Chapter IV", 0)], None),
        ("第十二章 灯塔\n\n夜里起了风。\n\n楔子\n\n玛拉走了。", "", [("第十二章 灯塔", 0), ("楔子", 1)], None),
        (f"# {'long ' * 60}\n\nIt began.", f"{'long ' * 40}"[:200], [], ["It began."]),
        (f"A.\n\n# {'long ' * 60}\n\nIt began.", "", [], ["A.", f"{'long ' * 60}".strip(), "It began."]),
        ("\n\n".join(f"Chapter {n} of a list of contents" for n in range(12)) + "\n\nIt began.", "", None, None),
    ],
    ids=["title", "chapters", "both", "part", "last", "named", "zh", "long title", "long", "contents"],
)
def test_headings_are_chapters(
    tmp_path: Path, text: str, title: str, chapters: list[tuple[str, int]] | None, paragraphs: list[str] | None
) -> None:
    path = tmp_path / "book.md"
    path.write_text(text, encoding="utf-8")
    found = read_file(path, ZH if "章" in text else EN)
    assert found.title == title
    if chapters is not None:
        assert [(chapter["title"], chapter["seq"]) for chapter in found.chapters] == chapters
    if paragraphs is not None:
        assert found.paragraphs == paragraphs
    assert all(len(chapter["title"]) <= 200 and chapter["seq"] < len(found.paragraphs) for chapter in found.chapters)
    said = f"{found.title} {' '.join(chapter['title'] for chapter in found.chapters)} {' '.join(found.paragraphs)}"
    assert all(word in said for word in re.findall(r"\w+", text)[:100])


def test_a_pdf_is_read(tmp_path: Path) -> None:
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject  # noqa: PLC0415

    writer = PdfWriter()
    page = writer.add_blank_page(400, 400)
    stream = DecodedStreamObject()
    lines = ["Ada walked along the shore for a long long time.", "She found a bottle there.", "Then she went home."]
    stream.set_data(("BT /F1 12 Tf 20 350 Td 14 TL " + " ".join(f"({line}) Tj T*" for line in lines) + " ET").encode())
    page[NameObject("/Contents")] = writer._add_object(stream)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
    )
    path = tmp_path / "book.pdf"
    writer.write(str(path))
    assert spoken(" ".join(read_file(path, EN).paragraphs)) == " ".join(lines)


def test_text_with_lines_of_fixed_width_is_joined(tmp_path: Path) -> None:
    path = tmp_path / "book.txt"
    wrapped = (
        "Ada walked along the shore for a long, long time and thought of\n"
        "what the bottle had said to her the day before.\n"
    )
    path.write_text(f"{wrapped}\nRoses are red,\nviolets blue.\n", encoding="utf-8")
    assert read_file(path, EN).paragraphs == [f"{' '.join(wrapped.split())}\n\nRoses are red,\nviolets blue."]


@given(st.lists(st.text(alphabet="ab .!?\n。", max_size=3000), max_size=12))
@hypothesis_settings(deadline=None, database=None, max_examples=60)
def test_regrouping_loses_nothing(blocks: list[str]) -> None:
    from recurrentgpt.stories.manuscript import _regrouped  # noqa: PLC0415

    given_blocks = [block.strip() for block in blocks if block.strip()]
    found = _regrouped(given_blocks, EN)
    assert "".join("".join(found).split()) == "".join("".join(given_blocks).split())
    assert all(0 < len(paragraph) <= 8100 for paragraph in found)


def zipped(names: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in names.items():
            packed.writestr(name, content)
    return written.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.docx", b"this is no Word document", "is no Word document"),
        ("a.docx", zipped({"x": b"y"}), "cannot be read as .docx"),
        ("a.epub", b"this is no book", "cannot be read as .epub"),
        ("a.epub", zipped({"../../../tmp/evil": b"y", "mimetype": b"application/epub+zip"}), "cannot be read as .epub"),
        ("a.pdf", b"this is no PDF", "cannot be read as .pdf"),
        ("a.txt", b"\xff\xfe\xfa latin", "is not UTF-8"),
        ("a.txt", b"  \n \n", "holds no text"),
        ("a.xyz", b"text", "cannot be imported"),
        ("a.txt", b"x" * (50 * 2**20), r"has 50 MB; a manuscript has at most 20 MB"),
        ("a.docx", zipped({"word/document.xml": b" " * (101 * 2**20)}), "unpacks to 101 MB"),
    ],
    ids=["docx", "empty docx", "epub", "hostile epub", "pdf", "Latin", "blank", "unknown", "50 MB", "bomb"],
)
def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path, name: str, content: bytes, problem: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(RecurrentGPTError, match=problem) as caught:
        read_file(path, EN)
    assert "\n" not in str(caught.value)
    assert [file.name for file in tmp_path.iterdir() if file.name != "home"] == [name]


@pytest.mark.parametrize("name", ["none.txt", "."])
def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(RecurrentGPTError, match=r"cannot be (read|imported)"):
        read_file(tmp_path / name, EN)


def test_an_epub_with_paths_out_of_itself_writes_nowhere(tmp_path: Path) -> None:
    good = manuscript(tmp_path, "good.epub")
    with zipfile.ZipFile(good) as packed:
        names = {item.filename: packed.read(item.filename) for item in packed.infolist()}
    package = next(name for name in names if name.endswith(".opf"))
    names[package] = names[package].replace(b'href="text-1.xhtml"', b'href="../../../../../../tmp/evil.xhtml"')
    hostile = tmp_path / "hostile.epub"
    hostile.write_bytes(zipped(names))
    before = {path for path in tmp_path.parent.rglob("*") if "evil" in path.name}
    with pytest.raises(StorageError, match=r"cannot be read as \.epub"):
        read_file(hostile, EN)
    assert {path for path in tmp_path.parent.rglob("*") if "evil" in path.name} == before


def imported(
    library: Library, paragraphs: list[str], context: Context = FIRST, chapters: Sequence[Chapter] = ()
) -> StoryRecord:
    given_input = StoryInput(topic="The Shore", title="The Shore")
    record = library.begin(
        given_input, context, before=lambda folder: keep_manuscript(folder, Manuscript("", paragraphs, list(chapters)))
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
