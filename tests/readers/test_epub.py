"""EPUB: what its lists say, what its pages hold, and what is missing, locked or odd in it."""

from __future__ import annotations

import zipfile
from dataclasses import astuple
from typing import TYPE_CHECKING

import pytest

from book_files import epub, page, zipped
from recurrentgpt.schemas.errors import StorageError
from recurrentgpt.stories.readers import Reading, read_file
from tongues import EN

if TYPE_CHECKING:
    from pathlib import Path

PROSE = "<p>She counted them again, slowly, from the harbour wall, and there was one too few.</p>"
TEXT = "She counted them again, slowly, from the harbour wall, and there was one too few."
DRM = (
    '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData><EncryptionMethod '
    'Algorithm="{}"/></EncryptedData></encryption>'
)


def read(tmp_path: Path, content: bytes, **how: tuple[str, ...]) -> Reading:
    path = tmp_path / "book.epub"
    path.write_bytes(content)
    return read_file(path, EN, **how)  # type: ignore[arg-type]


def told(reading: Reading) -> list[tuple[str, tuple[str, ...]]]:
    return [(chapter.title, chapter.paragraphs) for chapter in reading.manuscript.chapters]


def test_chapters_are_named_by_the_list_and_furniture_is_left_out(tmp_path: Path) -> None:
    pages = {
        "cover.xhtml": "<svg><image/></svg>",
        "title.xhtml": "<p>The Shore</p><p>A. Writer</p>",
        "rights.xhtml": "<p>Copyright 2026.</p><p>All rights reserved. ISBN 000.</p>",
        "toc.xhtml": "<p>Contents</p><p><a href='one.xhtml'>The Jetty</a></p><p><a href='two.xhtml'>The Cellar</a></p>",
        "one.xhtml": f"<p class='c'>The Jetty</p>{PROSE}",
        "one_b.xhtml": PROSE,
        "two.xhtml": f"<p id='here'>{TEXT}</p><p>So.</p><p id='there'>Below</p>{PROSE}",
    }
    names = {
        "title.xhtml": "Title page",
        "rights.xhtml": "Copyright",
        "one.xhtml": "The Jetty",
        "two.xhtml": "The Cellar",
        "two.xhtml#there": "Below",
    }
    book = epub(pages, ncx=names)
    reading = read(tmp_path, book)
    assert (reading.manuscript.title, reading.manuscript.author) == ("The Shore", "A. Writer")
    assert told(reading) == [("The Jetty", (TEXT, TEXT)), ("The Cellar", (TEXT, "So.")), ("Below", (TEXT,))]
    assert [(left.why, left.count) for left in reading.left_out] == [
        ("title_page", 2),
        ("copyright", 2),
        ("contents", 3),
    ]
    kept = read(tmp_path, book, keep=("copyright",))
    assert kept.manuscript.chapters[0].paragraphs == ("Copyright 2026.", "All rights reserved. ISBN 000.")


def test_the_guide_and_the_newer_list_are_believed(tmp_path: Path) -> None:
    pages = {"a.xhtml": "<p>For Mara, who waited.</p>", "b.xhtml": PROSE, "c.xhtml": f"<h2>Two</h2>{PROSE}"}
    nav = '<ol><li><a href="b.xhtml">One</a></li><li><a href="c.xhtml">Two</a></li></ol>'
    reading = read(tmp_path, epub(pages, nav=nav, guide='<reference type="title-page" href="a.xhtml"/>'))
    assert told(reading) == [("One", (TEXT,)), ("Two", (TEXT,))]
    assert {left.why for left in reading.left_out} == {"title_page"}
    plain = read(tmp_path, epub(pages, nav=nav))
    assert {left.why for left in plain.left_out} == {"dedication"}
    kept = read(tmp_path, epub(pages, nav=nav), keep=("dedication",))
    assert told(kept)[0] == ("", ("For Mara, who waited.",))


def test_marks_notes_verse_and_readings_of_characters(tmp_path: Path) -> None:
    first = (
        "<h2>1</h2><p>The <em>Amelia</em> came in.<sup><a epub:type='noteref' href='notes.xhtml#n'>1</a></sup></p><hr/>"
        "<p><ruby>灯<rp>(</rp><rt>dēng</rt><rp>)</rp></ruby> was lit.<sup><a href='end.xhtml#e'>2</a></sup></p>"
        "<blockquote><p>The gulls go out,<br/>the gulls come in.</p></blockquote>One by one<br/><br/>they left."
    )
    notes = "<aside epub:type='footnote' id='n'><p>A <b>note</b>.</p></aside>"
    reading = read(
        tmp_path, epub({"a.xhtml": first, "b.xhtml": f"<h2>2</h2>{PROSE}", "notes.xhtml": notes}, ncx={"a.xhtml": "1"})
    )
    assert reading.manuscript.chapters[0].paragraphs == (
        "The *Amelia* came in.^[A **note**.]",
        "* * *",
        "灯（dēng） was lit.",
        "The gulls go out,\nthe gulls come in.",
        "One by one",
        "they left.",
    )
    assert [left.why for left in reading.left_out] == ["note_mark"]


def test_notes_are_found_wherever_they_stand_in_a_long_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recurrentgpt.stories.readers.epub._BUNDLE", 300)
    pages = {
        f"{number}.xhtml": f"<h1>{number}</h1><p>Mara came."
        f"<a epub:type='noteref' href='n.xhtml#n{number}'>*</a></p>{PROSE}"
        for number in range(4)
    }
    notes = "".join(f"<aside epub:type='endnote' id='n{number}'><p>Note {number}.</p></aside>" for number in range(4))
    reading = read(tmp_path, epub({**pages, "n.xhtml": f"<h1>Notes</h1><p>Of this book.</p>{notes}"}))
    assert told(reading) == [
        *((str(number), (f"Mara came.^[Note {number}.]", TEXT)) for number in range(4)),
        ("Notes", ("Of this book.",)),
    ]


def test_notes_of_older_books_stand_on_a_page_of_their_own(tmp_path: Path) -> None:
    """As Calibre and Sigil leave them: nothing says what they are but the links there and back."""
    first = f'<h2>One</h2><p>Mara came.<a id="r1" href="n.xhtml#n1"><sup>1</sup></a> {TEXT}</p>'
    second = f'<h2>Two</h2><p>Tom<sup><a id="r2" href="n.xhtml#n2">2</a></sup> came. {TEXT}</p>'
    notes = (
        '<h2>Notes</h2><p class="note" id="n1"><a href="a.xhtml#r1">1</a>. The <i>first</i>.</p>'
        '<p class="note" id="n2"><a href="b.xhtml#r2">2.</a> The second.</p>'
    )
    reading = read(tmp_path, epub({"a.xhtml": first, "b.xhtml": second, "n.xhtml": notes}))
    assert told(reading) == [
        ("One", (f"Mara came.^[The *first*.] {TEXT}",)),
        ("Two", (f"Tom^[The second.] came. {TEXT}",)),
    ]


def test_marks_that_only_a_style_sheet_knows(tmp_path: Path) -> None:
    """As Calibre makes books: every mark is a class, and what the class says stands in another file."""
    css = (
        "@import url('x.css'); @media print { .italic { font-style: italic } }\n/* .plain {font-style: italic} */"
        "span.bold, p.none { font-weight: 700 } .sc {font-variant: small-caps}.gone{text-decoration:line-through}"
        ".letter { font: italic 1em serif } .letter .up { font-style: normal } .bold:first-letter {color: red}"
    )
    body = (
        "<h1 class='bold'>One</h1><p class='plain'>The <span class='x italic'>Amelia</span> <span class='bold'>"
        "came</span>, <span class='sc'>Nato</span> <span class='gone'>not</span>.</p>"
        "<p class='letter'>Dear Mara, come.</p>"
        "<p style='font-style:italic'>Tom.</p>"
    )
    content = page(body).replace("<head>", "<head><link href='../styles/a.css' rel='stylesheet'/>").encode()
    book = epub({"text/a.xhtml": content}, ncx={"text/a.xhtml": "One"}, more={"OEBPS/styles/a.css": css})
    assert told(read(tmp_path, book)) == [
        ("One", ("The *Amelia* **came**, [Nato]{.smallcaps} ~~not~~.", "*Dear Mara, come.*", "*Tom.*"))
    ]


@pytest.mark.parametrize("encoding", ["windows-1252", "utf-16", "iso-8859-1", "gb18030"])
def test_pages_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    text = "灯亮了。" if encoding == "gb18030" else "Café, she said."
    content = page(f"<h1>One</h1><p>{text}</p>").replace("utf-8", encoding).encode(encoding)
    reading = read(tmp_path, epub({"a.xhtml": content}, ncx={"a.xhtml": "One"}))
    assert told(reading) == [("One", (text,))]


def test_what_is_missing_costs_nothing_else(tmp_path: Path) -> None:
    manifest = '<item id="x" href="cover.jpg" media-type="image/jpeg"/>'
    content = epub(
        {"a.xhtml": f"<h1>One</h1>{PROSE}<img src='no.png' alt='a boat'/>", "lost.xhtml": ""},
        ncx=None,
        manifest=manifest,
    )
    reading = read(tmp_path, content)
    assert told(reading) == [("One", (TEXT,))]
    assert [astuple(left) for left in reading.left_out] == [
        ("picture", "a boat", 1),
        ("missing", "OEBPS/lost.xhtml", 1),
    ]


def test_a_locked_book_is_refused_and_obfuscated_fonts_are_no_lock(tmp_path: Path) -> None:
    pages = {"a.xhtml": f"<h1>One</h1>{PROSE}"}
    for algorithm in ("http://www.w3.org/2001/04/xmlenc#aes128-cbc", "http://ns.adobe.com/adept"):
        with pytest.raises(StorageError, match="is locked"):
            read(tmp_path, epub(pages, more={"META-INF/encryption.xml": DRM.format(algorithm)}))
    with pytest.raises(StorageError, match="is locked"):
        read(tmp_path, epub(pages, more={"META-INF/rights.xml": "<rights/>"}))
    fonts = DRM.format("http://www.idpf.org/2008/embedding")
    assert told(read(tmp_path, epub(pages, more={"META-INF/encryption.xml": fonts}))) == [("One", (TEXT,))]


@pytest.mark.parametrize(
    "content",
    [
        b"this is no book",
        zipped({"../../../tmp/evil": b"y", "mimetype": b"application/epub+zip"}),
        epub({"a.xhtml": PROSE}).replace(b"book.opf", b"none.opf", 1),
        zipped({"META-INF/container.xml": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'}),
    ],
    ids=["no archive", "hostile names", "no package", "entity"],
)
def test_what_is_no_epub_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(StorageError, match=r"cannot be read as \.epub"):
        read(tmp_path, content)


def test_entities_of_a_page_s_own_lead_nowhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the secret", encoding="utf-8")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    hostile = f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY l0 "ha">{laughs}]>'
    content = page(f"<h1>One</h1><p>a&x;&l11;b</p>{PROSE}<script src='http://127.0.0.1:1/x'></script>").replace(
        "<!DOCTYPE html>", hostile
    )
    reading = read(tmp_path, epub({"a.xhtml": content.encode()}, ncx={"a.xhtml": "One"}))
    said = "".join(reading.manuscript.paragraphs)
    assert "secret" not in said
    assert "hahaha" not in said
    assert TEXT in said


def test_a_spine_out_of_the_archive_is_only_missing(tmp_path: Path) -> None:
    content = epub({"a.xhtml": f"<h1>One</h1>{PROSE}"})
    path = tmp_path / "book.epub"
    path.write_bytes(content)
    with zipfile.ZipFile(path) as packed:
        names = {item.filename: packed.read(item.filename) for item in packed.infolist()}
    names["OEBPS/book.opf"] = names["OEBPS/book.opf"].replace(b'href="a.xhtml"', b'href="../../../../etc/passwd"')
    with pytest.raises(StorageError, match="holds no text"):
        read(tmp_path, zipped(names))
