"""Files by what is in them, whatever their names say; names of files in archives; screenplays."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from book_files import epub, line, odt, page, pdf, style, word, zipped
from recurrentgpt.schemas.errors import RecurrentGPTError
from recurrentgpt.stories.readers import Reading, read_file
from recurrentgpt.stories.readers.file_names import in_order
from tongues import EN

if TYPE_CHECKING:
    from pathlib import Path

ONE = "The harbour was quiet when Mara came down to the quay, and nobody had lit the lamps yet."
TWO = "By noon the fog had gone. Tomas stood at the rail and said nothing, which was worse."
CHAPTERS = [("Chapter One", (ONE,)), ("Chapter Two", (TWO,))]
MARKED = f"<h1>Chapter One</h1><p>{ONE}</p><h1>Chapter Two</h1><p>{TWO}</p>"
RICH = rb"{\rtf1\ansi Chapter One\par " + ONE.encode() + rb"\par Chapter Two\par " + TWO.encode() + rb"\par}"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
LATEX = (
    f"\\documentclass{{book}}\\begin{{document}}\\chapter{{Chapter One}}{ONE}\n"
    f"\\chapter{{Chapter Two}}{TWO}\n\\end{{document}}"
)
PLAIN = f"Chapter One\n\n{ONE}\n\nChapter Two\n\n{TWO}\n"


def _lines(text: str) -> list[str]:
    """A text as it is printed, in two lines."""
    end = text.rindex(" ", 0, 50)
    return [text[:end], text[end + 1 :]]


def told(reading: Reading) -> list[tuple[str, tuple[str, ...]]]:
    return [(chapter.title, chapter.paragraphs) for chapter in reading.manuscript.chapters]


def read(path: Path, content: bytes) -> Reading:
    path.write_bytes(content)
    return read_file(path, EN)


@pytest.mark.parametrize(
    "content",
    [
        RICH,
        page(MARKED).encode(),
        f"<HTML><BODY>{MARKED}</BODY></HTML>".encode(),
        epub({"a.xhtml": MARKED}),
        odt("".join(f"<text:p>{one}</text:p>" for one in ("Chapter One", ONE, "Chapter Two", TWO))),
        word(line("Chapter One", "H") + line(ONE) + line("Chapter Two", "H") + line(TWO), style("H", "heading 1")),
        pdf([["Chapter One", "", *_lines(ONE)], ["Chapter Two", "", *_lines(TWO)]]),
        PLAIN.encode(),
        PLAIN.encode("utf-16"),
        f"# Chapter One\n\n{ONE}\n\n# Chapter Two\n\n{TWO}\n".encode(),
        LATEX.encode(),
    ],
    ids=["rtf", "xhtml", "html", "epub", "odt", "docx", "pdf", "text", "utf-16", "markdown", "latex"],
)
@pytest.mark.parametrize("name", ["book", "book.doc", "book.bak", "book.2024"])
def test_a_file_is_what_is_in_it(tmp_path: Path, name: str, content: bytes) -> None:
    assert told(read(tmp_path / name, content)) == CHAPTERS


@pytest.mark.parametrize("name", ["book.docx", "book.txt", "book.epub", "book.odt", "book.rtf", "book.html"])
def test_a_name_that_says_another_kind_misleads_nobody(tmp_path: Path, name: str) -> None:
    assert told(read(tmp_path / name, RICH)) == CHAPTERS
    assert told(read(tmp_path / name, epub({"a.xhtml": MARKED}))) == CHAPTERS


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("book.doc", OLE, "Word document of the time before 2007: open it and save it as"),
        ("book", OLE, "Word document of the time before 2007"),
        ("book.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "is locked"),
        ("book.mobi", b"A" * 60 + b"BOOKMOBI", "a file of Kindle"),
        ("book.pages", zipped({"Index/Document.iwa": b"x"}), "a file of Pages"),
        ("book.xlsx", zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b""}), "a file of Excel"),
        ("book.fdx", b'<?xml version="1.0"?>\n<FinalDraft DocumentType="Script">', "a file of Final Draft"),
        ("book.png", b"\x89PNG\r\n\x1a\n\0\0", "cannot be imported"),
        ("book", b"\x89PNG\r\n\x1a\n\0\0", "cannot be imported"),
    ],
)
def test_what_is_not_read_here_is_refused_with_what_to_do(
    tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    with pytest.raises(RecurrentGPTError, match=problem):
        read(tmp_path / name, content)


@pytest.mark.parametrize(
    "names",
    [
        [
            "Prologue",
            "Chapter One",
            "Chapter Two",
            "Chapter Ten",
            "Chapter Eleven - Fog",
            "Chapter Twenty-One",
            "Epilogue",
        ],
        ["楔子", "第一章", "第二章 雨", "第3章", "第十章", "第十一章", "第二十章", "后记"],
        ["Chapter I", "Chapter IV", "Chapter V", "Chapter IX", "Chapter X"],
        ["I", "II", "IV", "IX", "X"],
        ["one", "two", "three", "ten"],
        ["Erstes Kapitel", "Zweites Kapitel", "Zehntes Kapitel", "Kapitel Elf"],
        ["一、雨夜", "二、灯", "十、旧友"],
        ["Part One/Chapter Two", "Part One/Chapter Three", "Part Two/Chapter One", "Part Two/Epilogue"],
        ["ch1", "ch2_end", "ch10"],
        ["1 - z", "2 - b", "10 - a"],
    ],
)
def test_files_stand_in_the_order_that_their_names_count(names: list[str]) -> None:
    files = [f"{name}.txt" for name in names]
    backwards = files[::-1]
    assert sorted(backwards, key=in_order) == files


class _Old(zipfile.ZipInfo):
    """An entry of an archive that does not say what its name is encoded in."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 (zipfile's)
        return self.filename.encode("cp437"), self.flag_bits & ~0x800


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("gbk", ["第一章 雨夜", "第二章 旧友"]),
        ("cp932", ["第一章 雨の夜", "第二章 表と裏"]),
        ("big5", ["第一章 雨夜", "第二章 舊友"]),
        ("cp949", ["제1장 부두", "제2장 소금 이야기"]),
        ("cp437", ["1 Café", "2 Größe"]),
        ("cp866", ["Глава первая", "Глава вторая"]),
        ("cp1251", ["Глава первая", "Глава вторая"]),
        ("utf-8", ["第一章 雨夜", "第二章 Café"]),
    ],
)
def test_names_in_an_archive_are_read_as_they_were_written(tmp_path: Path, encoding: str, names: list[str]) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        for name in reversed(names):
            packed.writestr(_Old(f"{name}.txt".encode(encoding).decode("cp437")), ONE)
        packed.writestr("__MACOSX/._1.txt", b"\0\x05\x16\x07")
        packed.writestr(".DS_Store", b"\0\0\0\1Bud1")
        packed.writestr("~$1.docx", b"x")
    reading = read(tmp_path / "book.zip", written.getvalue())
    assert told(reading) == [(name.removeprefix("1 ").removeprefix("2 "), (ONE,)) for name in names]


def test_chapters_without_an_ending_or_with_an_old_one(tmp_path: Path) -> None:
    files = {"Book\\Chapter One": ONE, "Book\\Chapter Two": TWO}
    assert told(read(tmp_path / "book.zip", zipped(files))) == CHAPTERS
    assert told(read(tmp_path / "docs.zip", zipped({"a.doc": RICH}))) == CHAPTERS


SCREENPLAY = """Title: The Shore
Author: A. Writer
Draft date: 1/1/2024

# Act One

= They meet.

EXT. QUAY - NIGHT #1#

Fog. A lamp goes out. [[too dark?]]

MARA (O.S.)
(softly)
Who is *there*?

@tomas ^
Me.

/* cut this */

> CUT TO:

# Act Two

INT. CELLAR - DAY

> THE END <
"""


def test_a_screenplay_is_read_as_it_is_played(tmp_path: Path) -> None:
    reading = read(tmp_path / "shore.fountain", SCREENPLAY.encode())
    assert (reading.manuscript.title, reading.manuscript.author) == ("The Shore", "A. Writer")
    assert told(reading) == [
        (
            "Act One",
            (
                "EXT. QUAY - NIGHT",
                "Fog. A lamp goes out.",
                "MARA (O.S.)\n(softly)\nWho is *there*?",
                "tomas\nMe.",
                "CUT TO:",
            ),
        ),
        ("Act Two", ("INT. CELLAR - DAY", "THE END")),
    ]
    assert {left.why: left.count for left in reading.left_out} == {"comment": 3}
    scenes = read(tmp_path / "scenes.fountain", b"INT. CELLAR - DAY\n\nDust.\n\nEXT. QUAY - NIGHT\n\nFog.\n")
    assert told(scenes) == [("INT. CELLAR - DAY", ("Dust.",)), ("EXT. QUAY - NIGHT", ("Fog.",))]


_NAMES = "urn:oasis:names:tc:opendocument:xmlns"
FLAT = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document xmlns:office="{_NAMES}:office:1.0" '
    f'xmlns:text="{_NAMES}:text:1.0" xmlns:style="{_NAMES}:style:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<office:meta><dc:title>The Shore</dc:title></office:meta><office:styles/><office:automatic-styles/>"
    f"<office:body><office:text><text:h text:outline-level='1'>Chapter One</text:h><text:p>{ONE}</text:p>"
    f"<text:h text:outline-level='1'>Chapter Two</text:h><text:p>{TWO}</text:p></office:text></office:body>"
    "</office:document>"
)


@pytest.mark.parametrize("name", ["shore.fodt", "shore.xml", "shore.txt"])
def test_an_open_document_may_be_one_file(tmp_path: Path, name: str) -> None:
    reading = read(tmp_path / name, FLAT.encode())
    assert (reading.manuscript.title, told(reading)) == ("The Shore", CHAPTERS)


@pytest.mark.parametrize("name", ["shore.xml", "shore.txt", "shore"])
@pytest.mark.parametrize(
    "begins", ["<w:wordDocument>", "<pkg:package xmlns:pkg='a'>", "<!DOCTYPE book>\n<book>", "<a/>"]
)
def test_what_is_said_in_unknown_elements_is_refused_and_never_read_as_noise(
    tmp_path: Path, name: str, begins: str
) -> None:
    with pytest.raises(RecurrentGPTError, match="is a file of XML"):
        read(tmp_path / name, f'<?xml version="1.0"?>\n<?mso-application progid="x"?>\n{begins}<t>{ONE}</t>'.encode())
