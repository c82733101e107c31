"""Books out of stories: each format reopened by another parser, read in again, and checked by who checks such files."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pypdfium2
import pytest
from markdown_it import MarkdownIt

from reading import spoken
from recurrentgpt.cli.books import export_story
from recurrentgpt.schemas.errors import RecurrentGPTError, SettingsError, StorageError
from recurrentgpt.schemas.languages import language_named
from recurrentgpt.schemas.light_markdown import Note, Paragraph, Run, as_text, write_paragraph
from recurrentgpt.stories import branches, export, writers
from recurrentgpt.stories.export import Book, Wanted, book_bytes, book_of, read_range
from recurrentgpt.stories.readers import read_file
from recurrentgpt.stories.writers.book import Topic
from recurrentgpt.stories.writers.pdf import BROWSERS
from stories_at_hand import at, begun, run, write

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fake_model import FakeChatModel
    from recurrentgpt.schemas.light_markdown import Inline
    from recurrentgpt.schemas.manuscript import Chapter, Manuscript
    from recurrentgpt.schemas.state import Chapter as Begins

EPUBCHECK = shutil.which("epubcheck")
BROWSER = next((found for name in BROWSERS if (found := shutil.which(name))), None)
TRICKY = (
    "She wrote *three lines* & <b>one</b> [link](x).\nThen `stopped` — #1!",
    "# Not a heading\n\n1. not a list\n\n- nor this, @me: $5 or %6% = ==7==",
    'He said: "2 < 3 && 4 > 3", \\\\and left_it_at that.',
    "她说：“走吧。”\x0b\x00",
)
BOOK = Book("abc", "A *Title* & <More>", "en", TRICKY, (), "Ann O. Nym")
STORY = spoken(" ".join(as_text(text) for text in BOOK.story.paragraphs))


def exported(tmp_path: Path, name: str, book: Book = BOOK) -> Path:
    path = tmp_path / name
    export.write_book(path, book)
    return path


# By other parsers


def test_markdown_shows_the_text_and_nothing_else(tmp_path: Path) -> None:
    html = MarkdownIt().render(exported(tmp_path, "book.md").read_text(encoding="utf-8"))
    assert set(re.findall(r"<([a-z0-9]+)", html)) == {"h1", "p", "em", "br"}
    root = ET.fromstring(f"<x>{html}</x>")  # noqa: S314 (made just above)
    assert STORY in spoken("".join(root.itertext()))
    assert root.findtext("h1") == BOOK.title


def test_text_is_the_text(tmp_path: Path) -> None:
    text = exported(tmp_path, "book.txt").read_text(encoding="utf-8")
    assert spoken(text.replace("_three lines_", "three lines")) == f"{BOOK.title} by {BOOK.author} {STORY}"


def test_html_holds_the_text_and_runs_nothing(tmp_path: Path) -> None:
    page = exported(tmp_path, "book.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<b>" not in page
    body = ET.fromstring(page[page.index("<body>") : page.index("</html>")])  # noqa: S314
    assert STORY in spoken(" ".join("".join(part.itertext()) for part in body.iter("p")).replace("\n", " "))
    assert '<html lang="en">' in page


def test_epub_has_language_landmarks_and_a_title_on_every_page(tmp_path: Path) -> None:
    with zipfile.ZipFile(exported(tmp_path, "book.epub")) as packed:
        first = packed.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        pages = {name: packed.read(name) for name in packed.namelist()}
    package = ET.fromstring(pages["EPUB/content.opf"])  # noqa: S314
    spaces = {"dc": "http://purl.org/dc/elements/1.1/", "opf": "http://www.idpf.org/2007/opf"}
    assert package.get("version") == "3.0"
    named = {name: package.findtext(f".//dc:{name}", namespaces=spaces) for name in ("title", "language", "creator")}
    assert named == {"title": BOOK.title, "language": "en", "creator": BOOK.author}
    assert b"schema:accessMode" in pages["EPUB/content.opf"]
    landmarks = pages["EPUB/nav.xhtml"].decode().partition("landmarks")[2]
    assert 'epub:type="bodymatter"' in landmarks
    assert 'epub:type="toc"' in landmarks
    texts = [ET.fromstring(page) for name, page in pages.items() if "/text/ch" in name]  # noqa: S314
    html = "{http://www.w3.org/1999/xhtml}"
    assert all(page.findtext(f"{html}head/{html}title", "").strip() for page in texts)
    assert not any("ch001" in page.findtext(f"{html}head/{html}title", "") for page in texts)
    assert {page.get("lang") for page in texts} == {"en"}
    assert STORY in spoken(" ".join("".join(part.itertext()) for page in texts for part in page.iter()))


def document_of(book: Book) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """The paragraphs of a Word document with their styles, and its parts by name."""
    with zipfile.ZipFile(io.BytesIO(book_bytes(book, ".docx"))) as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist()}
    for text in parts.values():
        ET.fromstring(text.encode())  # noqa: S314 (well-formed, or this raises)
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    found = []
    for paragraph in ET.fromstring(parts["word/document.xml"].encode()).iter(f"{space}p"):  # noqa: S314
        style = paragraph.find(f"{space}pPr/{space}pStyle")
        text = "".join(
            "\n" if one.tag.endswith("}br") else one.text or "" for one in paragraph.iter() if one.tag in TOLD
        )
        found.append(("" if style is None else str(style.get(f"{space}val")), text))
    return found, parts


TOLD = {f"{{http://schemas.openxmlformats.org/wordprocessingml/2006/main}}{name}" for name in ("t", "br")}


def test_a_word_document_has_styles_of_a_book() -> None:
    paragraphs, parts = document_of(replace(BOOK, begins=({"title": "One", "seq": 0},)))
    assert [one for one in paragraphs if one[0] in ("Title", "Author", "Heading1")] == [
        ("Title", BOOK.title),
        ("Author", BOOK.author),
        ("Heading1", "One"),
    ]
    assert STORY in spoken(" ".join(text for _, text in paragraphs).replace("\n", " "))
    assert "PAGE" in parts["word/footer1.xml"]
    assert "<dc:creator>Ann O. Nym</dc:creator>" in parts["docProps/core.xml"]


def test_a_manuscript_is_set_as_publishers_ask_for_it() -> None:
    text = ("It began. " * 700, "* * *\n\nIt ended.", "Roses are red,\nviolets blue.")
    contact = ("Ann O. Nym", "12 Larch Row")
    book = Book("abc", "The Shore", "en", text, (), "Ann O. Nym", layout="manuscript", contact=contact)
    paragraphs, parts = document_of(book)
    assert paragraphs[:4] == [
        ("Contact", "Ann O. Nymabout 1,400 words"),
        ("Contact", "12 Larch Row"),
        ("Title", "The Shore"),
        ("Author", "by Ann O. Nym"),
    ]
    assert ("SceneBreak", "#") in paragraphs
    assert paragraphs[-1] == ("SceneBreak", "END")
    styles, page = parts["word/styles.xml"], parts["word/document.xml"]
    assert 'w:ascii="Times New Roman"' in styles
    assert '<w:sz w:val="24" />' in styles  # 12 points, in halves
    assert 'w:line="480"' in styles
    assert 'w:firstLine="720"' in styles
    margins = re.findall(r'<w:pgMar [^>]*w:(?:top|right|bottom|left)="(\d+)"', page)
    assert set(margins) == {"1440"}
    assert "<w:titlePg" in page  # the first page has no header
    assert "Nym / THE SHORE / " in parts["word/header1.xml"]
    assert "PAGE" in parts["word/header1.xml"]


def test_only_a_word_document_is_set_as_a_manuscript(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"Only a \.docx is set as a manuscript"):
        exported(tmp_path, "book.epub", replace(BOOK, layout="manuscript"))


@pytest.mark.skipif(BROWSER is None, reason="no browser is here that prints")
def test_a_pdf_is_printed_by_a_browser_and_its_chapters_come_back(tmp_path: Path) -> None:
    begins: tuple[Begins, ...] = ({"title": "A Lamp", "seq": 0, "part": "Part One"}, {"title": "Salt", "seq": 2})
    path = exported(tmp_path, "book.pdf", replace(BOOK, begins=begins))
    found = read_file(path, language_named("en")).manuscript
    assert [chapter.title for chapter in found.chapters] == ["Part One", "A Lamp", "Salt"]
    assert (found.title, found.author) == (BOOK.title, BOOK.author)
    pdf = pypdfium2.PdfDocument(path)
    assert [entry.get_title() for entry in pdf.get_toc()][-2:] == ["A Lamp", "Salt"]
    text = " ".join(page.get_textpage().get_text_bounded() for page in pdf)
    assert "left_it_at that" in text
    assert BOOK.title in text
    pdf.close()


def test_where_nothing_prints_a_pdf_one_sentence_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recurrentgpt.stories.writers.pdf.BROWSERS", ("no-such-browser", "nor-this", "none"))
    monkeypatch.setitem(__import__("sys").modules, "weasyprint", None)
    with pytest.raises(SettingsError, match=r"printed by a browser, and none is on this machine"):
        exported(tmp_path, "book.pdf")
    assert list(tmp_path.glob("*.pdf")) == []


def test_json_lines_have_a_line_a_passage(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(1)
    book = at(library, record, lambda story: book_of(story, Wanted(paragraphs=(2, 3))))
    head, *lines = map(json.loads, book_bytes(book, ".jsonl").decode().splitlines())
    assert head["story_id"] == record.story_id
    entries = at(library, record, lambda story: story.manuscript())[1:]
    told = [
        {"number": number, "text": one.text, "summary": one.summary, "plan": one.plan}
        for number, one in enumerate(entries, 2)
    ]
    assert lines == told


def test_a_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pypandoc", None)
    for name in ("book.epub", "book.docx", "book.odt", "book.tex"):
        with pytest.raises(SettingsError, match=r"pip install 'recurrentgpt\[books\]'"):
            exported(tmp_path, name)
    for name in ("book.md", "book.txt", "book.html", "book.jsonl", "book.zip"):
        assert exported(tmp_path, name).exists()


# Files


@pytest.mark.parametrize("name", ["book.md", "book.docx"])
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
        ("book.xyz", "asks for no format"),
        ("book", "asks for no format"),
        ("no/b.md", "not exist"),
    ],
)
def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path, name: str, problem: str) -> None:
    with pytest.raises(RecurrentGPTError, match=problem):
        export.write_book(tmp_path / name, BOOK)


# A part of it, and more than it


def test_chapters_paragraphs_and_branches_can_be_had_alone(fake_model: FakeChatModel, tmp_path: Path) -> None:
    del fake_model
    library, record = begun(3)
    run(library, record, branches.set_chapter, 1, "One")
    run(library, record, branches.set_chapter, 3, "Two")
    run(library, record, branches.set_chapter, 5, "Three")
    run(library, record, branches.new_branch, 2, "cellar", "2")
    at(library, record, lambda story: write(story, 1))

    def had(wanted: Wanted) -> Book:
        made: Book = at(library, record, lambda story: book_of(story, wanted))
        return made

    whole = had(Wanted(branch="main"))
    assert len(whole.paragraphs) == 5
    assert len(had(Wanted()).paragraphs) == 3  # of the branch where one is
    second = had(Wanted(branch="main", chapters=(2, 2)))
    assert second.paragraphs == whole.paragraphs[2:4]
    assert second.begins == ({"title": "Two", "seq": 0},)
    both = had(Wanted(branch="main", chapters=(2, 3)))
    assert [begin["seq"] for begin in both.begins] == [0, 2]
    some = had(Wanted(branch="main", paragraphs=(2, 3)))
    assert some.paragraphs == whole.paragraphs[1:3]
    assert some.begins == ({"title": "One", "seq": 0}, {"title": "Two", "seq": 1})
    for wanted, problem in (
        (Wanted(branch="main", chapters=(2, 4)), "has no chapters 2-4: it has 3"),
        (Wanted(branch="main", paragraphs=(6, 6)), "has no paragraphs 6: it has 5"),
        (Wanted(branch="nowhere"), "nowhere"),
    ):
        with pytest.raises(RecurrentGPTError, match=problem):
            had(wanted)
    export_story("", tmp_path / "part.md", Wanted(branch="main", chapters=read_range("2")))
    assert whole.paragraphs[2] in (tmp_path / "part.md").read_text(encoding="utf-8")
    assert whole.paragraphs[4] not in (tmp_path / "part.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("given", "said"), [("", None), ("3", (3, 3)), (" 3 - 7 ", (3, 7)), ("3–7", (3, 7))])
def test_a_range_is_a_number_or_two(given: str, said: tuple[int, int] | None) -> None:
    assert read_range(given) == said


@pytest.mark.parametrize("given", ["0", "x", "3-", "-3", "1,2"])
def test_what_is_no_range_is_one_sentence(given: str) -> None:
    with pytest.raises(SettingsError, match="is no range"):
        read_range(given)


def test_codex_and_notes_stand_behind_the_story(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(0)
    at(library, record, lambda story: story.add_fact("Mara cannot swim.", ["Mara"]))
    book = at(library, record, lambda story: book_of(story, Wanted(codex=True, notes=True)))
    assert Topic("Mara", ("Mara cannot swim.",)) in book.codex
    with_notes = replace(book, notes=("“left” (1) / “right” (2) Both hands.",), title="T")
    titles = [chapter.title for chapter in with_notes.manuscript.chapters]
    assert titles[0] == "T"
    assert titles.index("Who and what is in it") < titles.index("Mara") < titles.index("What clashes")
    assert "Both hands\\." not in writers.as_text(with_notes)
    assert writers.as_text(with_notes).rstrip().endswith("“left” (1) / “right” (2) Both hands.")


# Out, and in again

WORDS = {
    "en": (
        "Ada",
        "walked",
        "along",
        "the",
        "shore",
        "café",
        "10\u00a0km",
        "“slowly”",
        "don’t",
        "snake_case",
        "a*b",
        "😀👩‍👩‍👧",
    ),
    "de": (
        "Größe",
        "Straße",
        "über",
        "„ja“",
        "Öl",
        "fünf",
        "z.\u202fB.",
        "Mädchen",
        "heißt",
        "Ufer",
        "1\u00a0000",
        "🇩🇪",
    ),
    "zh": ("夜里", "起了风", "玛拉", "灯塔", "“走吧”", "海上", "三年", "　远处", "钟声", "她说", "回来", "🌊"),
    "fa": ("می‌خواهم", "بروم", "شب", "باد", "چراغ", "دریا", "خانه‌ها", "نمی‌دانم", "او", "گفت", "کتاب", "🌙"),
}
"""Words with what a language needs: no-break and thin spaces, joiners, signs that Markdown knows, emoji."""
ENDS = {"en": ".", "de": ".", "zh": "。", "fa": "."}
MARKS: tuple[dict[str, bool], ...] = (
    {},
    {},
    {},
    {"emphasis": True},
    {"strong": True},
    {"emphasis": True, "strong": True},
    {"strike": True},
    {"small_caps": True},
)


def generated(language: str, chance: Random, marks: Sequence[dict[str, bool]] = MARKS) -> Book:
    """A book of a few chapters in prose, verse and scenes, with marks and notes."""
    gap = "" if language == "zh" else " "

    def note() -> list[Inline]:
        words = [Run(f"{chance.choice(WORDS[language]).strip()} "), Run("so", **chance.choice(marks)), Run(".")]
        return [Note(tuple(words))] if chance.random() < 0.2 else []

    def line(least: int) -> list[Inline]:
        made: list[Inline] = []
        for _ in range(chance.randint(1, 4)):
            words = gap.join(chance.choice(WORDS[language]).strip() for _ in range(chance.randint(least, 9)))
            made += [Run(words, **chance.choice(marks)), Run(gap or "，")]
        return [*made[:-1], Run(ENDS[language]), *note()]

    def paragraph() -> str:
        match chance.randrange(6):
            case 0:
                lines = [line(2) for _ in range(chance.randint(2, 4))]
                runs: list[Inline] = [run for one in lines for run in (*one, Run("\n"))][:-1]
                return write_paragraph(Paragraph(tuple(runs)))
            case _:
                return write_paragraph(Paragraph((*line(5), Run(gap), *line(5))))

    passages: list[str] = []
    begins: list[Begins] = []
    for number in range(1, 4):
        begins.append({"title": f"{number}: {chance.choice(WORDS[language]).strip()}!?", "seq": len(passages)})
        for _ in range(2):
            made = [paragraph() for _ in range(chance.randint(2, 4))]
            made.insert(1, "* * *")
            passages.append("\n\n".join(made))
    title = {"en": "The Shore", "de": "Das Ufer", "zh": "江城夜雨", "fa": "کتاب شب"}[language]
    return Book("abc", title, language, tuple(passages), tuple(begins), "Ann O. Nym")


def told(manuscript: Manuscript) -> list[tuple[str, tuple[str, ...]]]:
    def of(chapter: Chapter) -> tuple[str, tuple[str, ...]]:
        return chapter.title, chapter.paragraphs

    return list(map(of, manuscript.chapters))


def comes_back(book: Book, path: Path) -> None:
    path.write_bytes(book_bytes(book, path.suffix))
    found = read_file(path, language_named(book.language)).manuscript
    assert told(found) == told(book.story)
    assert (found.title, found.author) == (book.title, book.author)


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("ending", [".md", ".html", ".epub", ".docx", ".odt", ".tex", ".zip"])
def test_what_goes_out_comes_in_as_it_was(tmp_path: Path, language: str, ending: str) -> None:
    """Chapters, paragraphs, marks, verse, scene breaks, every space and joiner."""
    chance = Random(f"{language}{ending}")  # noqa: S311 (a test repeats what it drew)
    comes_back(generated(language, chance), tmp_path / f"book{ending}")


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 40))])
def test_markdown_comes_in_as_it_was_many_times(tmp_path: Path, seed: int) -> None:
    chance = Random(seed)  # noqa: S311
    comes_back(generated(chance.choice(list(WORDS)), chance), tmp_path / "book.md")


@pytest.mark.parametrize("ending", [".md", ".html", ".epub", ".docx", ".odt", ".tex", ".zip"])
@pytest.mark.parametrize(
    "after",
    [Run("Nato", small_caps=True), Run("Nato", small_caps=True, emphasis=True), Run("(so)"), Run("[so]"), Run("*so*")],
)
def test_what_follows_a_note_at_once_leaves_it_a_note(tmp_path: Path, ending: str, after: Run) -> None:
    text = write_paragraph(Paragraph((Run("She went"), Note((Run("So she said."),)), after, Run(", and was gone."))))
    comes_back(
        Book("abc", "The Shore", "en", (text, text), ({"title": "A", "seq": 0},), "O'N"), tmp_path / f"b{ending}"
    )


@pytest.mark.parametrize("ending", [".md", ".html", ".tex"])
def test_signs_that_a_format_would_bend_come_back(tmp_path: Path, ending: str) -> None:
    said = "It's 'so' -- \"she\" said --- `then`... <<no>>, 100 % & more_or_less #1, \\\\, $5~6 {or} x^2\u2006y\u202fz."
    text = write_paragraph(Paragraph((Run(said),)))
    comes_back(
        Book("abc", "The 'Shore'", "en", (text,), ({"title": "It's `A`", "seq": 0},), "O'N"), tmp_path / f"b{ending}"
    )


def test_of_plain_text_chapters_and_words_come_back(tmp_path: Path) -> None:
    text = "She wrote *three lines* that evening, and a fourth one in the night, and then she slept until noon."
    begins: tuple[Begins, ...] = ({"title": "Chapter 1: The Cellar", "seq": 0}, {"title": "Chapter 2", "seq": 1})
    comes_back(Book("abc", "The Shore", "en", (text, text), begins, "Ann O. Nym"), tmp_path / "book.txt")


# By those who check such files


@pytest.mark.skipif(EPUBCHECK is None, reason="no epubcheck is here (apt-get install epubcheck)")
@pytest.mark.parametrize(
    "language",
    [
        "en",
        pytest.param("zh", marks=pytest.mark.long),
        pytest.param("fa", marks=pytest.mark.long),
        pytest.param("de", marks=pytest.mark.long),
    ],
)
def test_epubcheck_finds_nothing(tmp_path: Path, language: str) -> None:
    book = generated(language, Random(language))  # noqa: S311
    parted: list[Begins] = [
        {**book.begins[0], "part": "I"},
        *book.begins[1:],
        {"title": "After", "seq": 5, "kind": "back"},
    ]
    noted = f"{book.paragraphs[0]}\n\nA word^[and a *note*] more."
    book = replace(
        book,
        begins=tuple(parted),
        paragraphs=(noted, *book.paragraphs[1:]),
        synopsis=("It tells.",),
        notes=("“a” (1) / “b” (2)",),
        codex=(Topic("Mara", ("She cannot swim.",)),),
    )
    path = exported(tmp_path, "book.epub", book)
    command = [
        "java",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-jar",
        str(EPUBCHECK),
        str(path),
    ]  # Debian's is a jar, which not every kernel starts
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 fatals / 0 errors / 0 warnings" in done.stdout + done.stderr


def test_characters_that_no_xml_has_are_in_no_part_of_an_epub() -> None:
    told = replace(BOOK, title="A\x0b", author="B\x00", synopsis=("She\x1b[31m came.\ufffe",))
    with zipfile.ZipFile(io.BytesIO(book_bytes(told, ".epub"))) as packed:
        for name in packed.namelist():
            if name.endswith((".opf", ".xhtml", ".ncx", ".xml")):
                ET.fromstring(packed.read(name))  # noqa: S314 (a file of our own)
