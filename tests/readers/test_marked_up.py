"""Markdown, web pages and what word processors write: headings, marks, verse, notes, furniture."""

# ruff: noqa: E501 (examples stand as they are)

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING, Any

import pytest

from book_files import line, odt, style, word
from recurrentgpt.schemas.errors import StorageError
from recurrentgpt.stories.readers import Reading, read_file
from tongues import EN

if TYPE_CHECKING:
    from pathlib import Path

PROSE = "She counted them again, slowly, from the harbour wall."


def read(tmp_path: Path, name: str, content: str | bytes, **how: Any) -> Reading:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_file(path, EN, **how)


def outline(reading: Reading) -> list[tuple[str, str, int]]:
    return [(chapter.title, chapter.kind, chapter.level) for chapter in reading.manuscript.chapters]


def text(reading: Reading) -> str:
    return "\n\n".join(reading.manuscript.paragraphs)


def test_markdown_is_read_with_its_marks_and_without_its_remarks(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "book.md",
        """---
title: "The Shore: a book"
author:
  - A. Writer
  - B. Other
tags: [draft]
---

# The Shore: a book

Part One
========

## Chapter 1 {#one}
*Mara* counted **them**, [the light](http://example.org) --- and
went on.[^1] It cost $5 or $6 @home ~~today~~. <!-- check -->

%% remember the tide %%

***

| The gulls go out,
|     and I remain.

1984. It was cold.

- a lamp

    indented as a typist does

## Chapter 2
A \\*star\\* and [[wiki|a page]], <i>raw</i>. "Straight," she said...

@pov: Mara
% only for me

[^1]: A note with *stress*.
""",
    )
    assert (reading.manuscript.title, reading.manuscript.author) == ("The Shore: a book", "A. Writer, B. Other")
    assert outline(reading) == [("Part One", "part", 1), ("Chapter 1", "chapter", 2), ("Chapter 2", "chapter", 2)]
    assert reading.manuscript.chapters[1].paragraphs == (
        "*Mara* counted **them**, the light --- and went on.^[A note with *stress*.] It cost $5 or $6 @home ~~today~~.",
        "* * *",
        "The gulls go out,\n\u00a0\u00a0\u00a0\u00a0and I remain.",
        "1984. It was cold.",
        "• a lamp",
        "indented as a typist does",
    )
    assert reading.manuscript.chapters[2].paragraphs == ('A \\*star\\* and a page, *raw*. "Straight," she said...',)
    assert {left.why: left.count for left in reading.left_out} == {"title_page": 1, "comment": 4}
    assert "remember the tide" in next(left.text for left in reading.left_out if left.why == "comment")


@pytest.mark.parametrize(
    ("source", "title", "chapters"),
    [
        ("# The Shore\n\nIt began.", "The Shore", [("", ("It began.",))]),
        ("# One\n\nIt began.\n\n# Two\n\nIt ended.", "", [("One", ("It began.",)), ("Two", ("It ended.",))]),
        ("The Shore\n===\n\nOne\n---\n\nA.\n\nTwo\n---\n\nB.", "The Shore", [("One", ("A.",)), ("Two", ("B.",))]),
        ("Before.\n\n# Part I\n\n## One\n\nA.", "", [("", ("Before.",)), ("Part I", ()), ("One", ("A.",))]),
        ("## Chapter 1\n\n### The Cellar\n\nA.\n\n## Chapter 2\n\nB.", "",
         [("Chapter 1. The Cellar", ("A.",)), ("Chapter 2", ("B.",))]),
        ("It began.\n\n# Left over", "", [("", ("It began.", "Left over"))]),
        (f"A.\n\n# {'long ' * 60}\n\nB.", "", [("", ("A.", ("long " * 60).strip(), "B."))]),
        ("# Chapter 3\n\nIt began.", "", [("Chapter 3", ("It began.",))]),
        ("---\ntitle: [broken\n---\n\nIt began.", "[broken", [("", ("It began.",))]),
    ],
)  # fmt: skip
def test_headings_of_markdown_are_chapters(
    tmp_path: Path, source: str, title: str, chapters: list[tuple[str, tuple[str, ...]]]
) -> None:
    manuscript = read(tmp_path, "book.md", source).manuscript
    assert manuscript.title == title
    assert [(chapter.title, chapter.paragraphs) for chapter in manuscript.chapters] == chapters


def test_a_web_page_is_read_and_nothing_of_it_runs(tmp_path: Path) -> None:
    page = (
        "<html><head><title>x</title><style>p{color:red}</style></head><body><nav><a href='x'>Home</a></nav><h1>One</h1>"
        "<p>Mr.&nbsp;Grey <i>walked</i> <span style='font-variant:small-caps'>out</span>.<br><br>He came back.</p>"
        "<script>alert('x')</script><p>The gulls go out,<br>the gulls come in.</p><hr><p>* * *</p><svg><text>s</text></svg>"
        "<table><tr><td>Ebb</td><td>Flood</td></tr></table><p><img src='file:///etc/passwd' alt='a boat'></p>"
        "<h1>Two</h1><p>Café, 灯<sub>2</sub></p></body></html>"
    )
    for encoding in ("utf-8", "gb18030"):
        reading = read(
            tmp_path, "book.html", page.replace("<head>", f"<head><meta charset={encoding}>").encode(encoding)
        )
        assert [chapter.title for chapter in reading.manuscript.chapters] == ["One", "Two"]
        assert reading.manuscript.paragraphs == (
            "Mr.\u00a0Grey *walked* [out]{.smallcaps}.",
            "He came back.",
            "The gulls go out,\nthe gulls come in.",
            "* * *",
            "Ebb | Flood",
            "Café, 灯2",
        )
        assert [astuple(left) for left in reading.left_out] == [("picture", "a boat", 1)]


STYLES = (
    style("Title")
    + style("Heading1", "heading 1", level=0)
    + style("Nadpis", "Nadpis", level=0)
    + style("Own", "Chapter Title", "Heading1")
    + style("TOC1", "toc 1")
    + style("TOCHeading", "TOC Heading", "Heading1", 9)
)


def test_word_is_read_by_its_outline(tmp_path: Path) -> None:
    body = (
        line("The Shore", "Title")
        + line("Contents", "TOCHeading")
        + line("Das Meer 3", "TOC1")
        + line("Das Meer", "Nadpis")
        + line("Who was it?")
        + line("Das Meer")
        + line("The Lamp", "Own")
        + line("<w:r><w:t>The gulls</w:t><w:br/><w:t>come in.</w:t></w:r>", raw=True)
        + line(
            '<w:r><w:t xml:space="preserve">10\u00a0km </w:t></w:r><w:r><w:rPr><w:i/></w:rPr><w:t>out</w:t></w:r>'
            '<w:del w:id="2" w:author="a" w:date="2024-01-01T00:00:00Z"><w:r><w:delText>gone</w:delText></w:r></w:del><w:ins w:id="1" w:author="a" w:date="2024-01-01T00:00:00Z"><w:r><w:t>!</w:t></w:r></w:ins>',
            raw=True,
        )
        + line("#")
        + line("Down", level=0)
        + line("End.", "Heading1", level=9)
    )  # fmt: skip
    reading = read(tmp_path, "book.docx", word(body, STYLES))
    assert reading.manuscript.title == "The Shore"
    assert [(chapter.title, chapter.paragraphs) for chapter in reading.manuscript.chapters] == [
        ("Das Meer", ("Who was it?", "Das Meer")),
        ("The Lamp", ("The gulls\ncome in.", "10\u00a0km *out*!")),
        ("Down", ("End.",)),
    ]
    assert [left.why for left in reading.left_out] == ["contents"]
    kept = read_file(tmp_path / "book.docx", EN, keep=("contents",))
    assert "Das Meer 3" in text(kept)


def test_word_without_any_heading_is_read_by_its_words(tmp_path: Path) -> None:
    body = line("Chapter 1") + line(PROSE) + line("Chapter 2: Salt") + line(PROSE)
    assert outline(read(tmp_path, "book.docx", word(body))) == [
        ("Chapter 1", "chapter", 1),
        ("Chapter 2: Salt", "chapter", 1),
    ]


def test_open_document_rich_text_fiction_book_and_latex(tmp_path: Path) -> None:
    heading, par = '<text:h text:outline-level="1">{}</text:h>', "<text:p>{}</text:p>"
    files: dict[str, str | bytes] = {
        "book.odt": odt(
            heading.format("One")
            + par.format("Mr.\u00a0Grey<text:line-break/>walked.")
            + heading.format("Two")
            + par.format(PROSE)
        ),
        "book.rtf": rb"{\rtf1\ansi\ansicpg936 Chapter 1\par \'b5\'da {\i it}\line caf\u233?\par Chapter 2\par "
        + PROSE.encode()
        + rb"\par}",
        "book.fb2": (
            '<?xml version="1.0" encoding="windows-1251"?><FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0">'
            "<description><title-info><author><first-name>А.</first-name><last-name>Автор</last-name></author>"
            "<book-title>Берег</book-title><lang>ru</lang></title-info></description><body><section><title><p>Один</p></title>"
            "<p>Она <emphasis>ушла</emphasis>.</p></section><section><title><p>Два</p></title><p>Всё.</p></section></body></FictionBook>"
        ).encode("cp1251"),
        "book.tex": r"\documentclass{book}\title{The Shore}\author{A. Writer}\begin{document}\chapter{One}She \emph{went}."
        r"\footnote{So.} % no story" + "\n" + r"\chapter{Two}End.\end{document}",
    }
    read_all = {name: read(tmp_path, name, content) for name, content in files.items()}
    told = {
        name: [(chapter.title, chapter.paragraphs) for chapter in found.manuscript.chapters]
        for name, found in read_all.items()
    }
    assert told == {
        "book.odt": [("One", ("Mr.\u00a0Grey\nwalked.",)), ("Two", (PROSE,))],
        "book.rtf": [("Chapter 1", ("第 *it*\ncafé",)), ("Chapter 2", (PROSE,))],
        "book.fb2": [("Один", ("Она *ушла*.",)), ("Два", ("Всё.",))],
        "book.tex": [("One", ("She *went*.^[So.]",)), ("Two", ("End.",))],
    }
    assert (read_all["book.fb2"].manuscript.title, read_all["book.fb2"].manuscript.author) == ("Берег", "А. Автор")
    assert read_all["book.tex"].manuscript.author == "A. Writer"


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.docx", b"this is no Word document", "is no Word document"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "is locked"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "of the time before 2007"),
        ("a.odt", b"no archive", r"cannot be read as \.odt"),
        ("a.rtf", b"no rich text", r"cannot be read as \.rtf"),
        ("a.rtf", rb"{\rtf1 {{{", r'as \.rtf \(Error at "a\.rtf" \(line \d+, column \d+\)\): is it'),
        ("a.tex", rb"\begin{document}\begin{x} a {", r'as \.tex \(Error at "a\.tex" \(line \d+, column \d+\)\): is it'),
        ("a.fb2", b"<FictionBook><body>", r"cannot be read as \.fb2"),
        ("a.html", b"<script>only()</script>", "holds no text"),
        ("a.md", b"<!-- nothing -->", "holds no text"),
    ],
)
def test_what_is_no_such_file_is_one_sentence(tmp_path: Path, name: str, content: bytes, problem: str) -> None:
    with pytest.raises(StorageError, match=problem) as caught:
        read(tmp_path, name, content)
    assert "\n" not in str(caught.value)


NOTED = {
    "html": """<title>B</title><h1>Chapter 1</h1>
<p>One<sup><a href="#a" id="b">1</a></sup> two<a href=#c class=footnote-ref><sup>2</sup></a>, three<a href="#d">[3]</a>,
four<a href="#e" role="doc-noteref">*</a>. <a href="#ch2">See 2</a>, <a href="#p12">12</a>.</p>
<h1 id=ch2>Chapter 2</h1><p id=p12>12 men came.</p>
<aside id="a">1. A <em>first</em>. <a href="#b">back</a></aside>
<h2>Notes</h2><hr><ol><li id=c><p>A second.<p>With more.</li></ol><div><p><a name="d"></a>[3] A third.</p></div>
<p><a id="e" href="#f">*</a> A fourth.</p>""",
    "tex": r"""\documentclass{book}\begin{document}\chapter{Chapter 1}
\lettrine{O}{ne}\footnote{A first.} ``two''.
\begin{verse}The gulls\\*go out,\\!
they'll\,come\\[1ex] in.\end{verse}\chapter{Chapter 2}
Then.\end{document}""",
    "fb2": """<FictionBook xmlns:l="http://www.w3.org/1999/xlink"><description><title-info><author><first-name>A</first-name><last-name>W</last-name></author>
<book-title>The Shore</book-title><lang>en</lang></title-info></description><body><title><p>A W</p><p>The Shore</p></title>
<section><title><p>Chapter 1</p><p>The Jetty</p></title><p>One<a l:href="#n1" type="note">[1]</a>.</p><subtitle>* * *</subtitle>
<poem><stanza><v>The gulls</v><v>go out,</v></stanza><stanza><v>come in.</v></stanza></poem></section></body>
<body name="notes"><section id="n1"><title><p>1</p></title><p>A first.</p></section></body></FictionBook>""",
    "rtf": r"""{\rtf1\ansi{\stylesheet{\s1 heading 1;}}\pard\s1 Chapter 1\par\pard One{\footnote A first.}{\deleted gone {\i away} }.\par
{\scaps Two}\par\pard The gulls\line go out.\par}""",
}


@pytest.mark.parametrize(
    ("kind", "titles", "told"),
    [
        (
            "html",
            ["Chapter 1", "Chapter 2"],
            "One^[A *first*.] two^[A second.\nWith more.], three^[A third.], four^[A fourth.]. See 2, 12.\n\n12 men came.",
        ),
        (
            "tex",
            ["Chapter 1", "Chapter 2"],
            "One^[A first.] “two”.\n\nThe gulls\ngo out,\n\nthey’ll\u202fcome\nin.\n\nThen.",
        ),
        ("fb2", ["Chapter 1. The Jetty"], "One^[A first.].\n\n* * *\n\nThe gulls\ngo out,\n\ncome in."),
        ("rtf", ["Chapter 1"], "One^[A first.].\n\n[Two]{.smallcaps}\n\nThe gulls\ngo out."),
    ],
)
def test_notes_verse_and_small_caps_of_each_kind(tmp_path: Path, kind: str, titles: list[str], told: str) -> None:
    reading = read(tmp_path, f"book.{kind}", NOTED[kind])
    assert [chapter.title for chapter in reading.manuscript.chapters] == titles
    assert text(reading) == told


def test_open_documents_small_caps_are_a_style_or_based_on_one(tmp_path: Path) -> None:
    styles = (
        '<office:automatic-styles xmlns:style="s" xmlns:fo="f"><style:style style:name="T1" style:family="text">'
        '<style:text-properties fo:font-variant="small-caps"/></style:style>'
        '<style:style style:name="T2" style:family="text" style:parent-style-name="T1"><style:text-properties/>'
        "</style:style></office:automatic-styles>"
    )
    body = (
        '<text:p>The <text:span text:style-name="T1">Nato</text:span> and <text:span text:style-name="T2">so '
        '<text:span text:style-name="T9">on</text:span></text:span>.</text:p>'
    )
    reading = read(tmp_path, "book.odt", odt(body, before=styles))
    assert text(reading) == "The [Nato]{.smallcaps} and [so on]{.smallcaps}."
