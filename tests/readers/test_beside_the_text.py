"""What stands beside a text, and what only signs, room and size say: page numbers, links, feet, lists, scene breaks."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from book_files import epub, odt, read
from recurrentgpt.schemas.languages import language_named
from tongues import ZH

if TYPE_CHECKING:
    from pathlib import Path

    from recurrentgpt.stories.readers import Reading


ONE = "The harbour was quiet when Mara came down to the quay, and nobody had lit the lamps yet."
TWO = "By noon the fog had gone. Tomas stood at the rail and said nothing, which was worse."
SIX = "She counted the boats again, slowly, and there was one too few, as there had been the day before."


def titles(reading: Reading) -> list[str]:
    return [chapter.title for chapter in reading.manuscript.chapters]


def short(reading: Reading) -> list[str]:
    names = {ONE: "ONE", TWO: "TWO", SIX: "SIX"}
    return [names.get(text, text) for text in reading.manuscript.paragraphs]


def out(reading: Reading) -> dict[str, str]:
    return {left.why: left.text for left in reading.left_out}


def page(body: str, head: str = "") -> str:
    return f"<html><head><title>The Shore</title>{head}</head><body>{body}</body></html>"


@pytest.mark.parametrize(
    "number",
    [
        '<span class="pagenum">Page 12</span><a id="Page_12"></a>',
        '<span class="pagenum"><a id="p12">[Pg 12]</a></span>',
        '<span epub:type="pagebreak" role="doc-pagebreak" id="p12">12</span>',
        "<a class=pageno>xii</a>",
        '<small class="page-number">{12}</small>',
    ],
)
def test_the_number_of_a_printed_page_is_no_story(tmp_path: Path, number: str) -> None:
    body = f"<h1>The Jetty</h1><p>{ONE}</p><p>{number}{TWO}</p><h1>Salt</h1><p>{SIX}</p>"
    reading = read(tmp_path / "a.html", page(body))
    assert (titles(reading), short(reading)) == (["The Jetty", "Salt"], ["ONE", "TWO", "SIX"])
    assert "page_number" in out(reading)
    book = epub({"one.xhtml": body}, ncx={})
    assert short(read(tmp_path / "a.epub", book)) == ["ONE", "TWO", "SIX"]


def test_what_only_looks_like_the_number_of_a_page_stays(tmp_path: Path) -> None:
    body = "<h1>One</h1><p><span class='pageno'>The twelfth.</span></p><div class='page-break'><p>12 boats.</p></div>"
    assert short(read(tmp_path / "a.html", page(body))) == ["The twelfth.", "12 boats."]


def test_links_that_lead_about_and_the_foot_of_a_site_are_no_story(tmp_path: Path) -> None:
    body = (
        f"<header><h1>The Jetty</h1></header><p>{ONE}</p><p><a href='#toc'>ToC</a></p>"
        "<p><a href='1.html'>Previous</a> | <a href='index.html'>Table of Contents</a></p>"
        f"<p><a href='#x'>Home</a>, he said.</p><p>{TWO}</p>"
        "<footer><p>© 2020 Ann Writer. Powered by a program.</p></footer>"
    )
    reading = read(tmp_path / "a.html", page(body))
    assert short(reading) == ["ONE", "Home, he said.", "TWO"]
    assert out(reading)["contents"] == "ToC / Previous Table of Contents"
    assert "Powered" in out(reading)["copyright"]
    motto = "<h1>One</h1><blockquote><p>The sea.</p><footer>Ann Writer</footer></blockquote>" + f"<p>{ONE}</p>"
    assert short(read(tmp_path / "a.html", page(motto))) == ["The sea.", "Ann Writer", "ONE"]


@pytest.mark.parametrize(
    ("sheet", "attributes"),
    [
        ("p{margin:0;text-indent:1em} p.space{margin-top:2em}", "class='space'"),
        (".tx{margin:0 0 .2em} .txs{margin:1.5em 0 .2em;text-indent:0}", "class='txs'"),
        ("", "style='margin-top: 24px'"),
    ],
)
def test_more_room_above_a_paragraph_divides_scenes(tmp_path: Path, sheet: str, attributes: str) -> None:
    head = f"<style>{sheet}</style>"
    text = f"<p class='tx'>{ONE}</p><p class='tx'>{TWO}</p><p class='tx'>{SIX}</p>"
    body = f"<h1>One</h1>{text}<p {attributes}>{TWO}</p>{text}<h1>Two</h1><p {attributes}>{ONE}</p>{text}"
    scenes = ["ONE", "TWO", "SIX", "* * *", "TWO", "ONE", "TWO", "SIX", "ONE", "ONE", "TWO", "SIX"]
    assert short(read(tmp_path / "a.html", page(body, head))) == scenes
    letter = f"<h1>One</h1>{text}<p style='margin:2em'>{TWO}</p>{text}"
    assert "* * *" not in short(read(tmp_path / "a.html", page(letter, head)))


def test_lines_beside_headings_divide_nothing(tmp_path: Path) -> None:
    body = f"<h2>One</h2><hr/><p>{ONE}</p><hr><p>{TWO}</p><hr/><div><h2>Two</h2></div><p>{SIX}</p>"
    assert short(read(tmp_path / "a.html", page(body))) == ["ONE", "* * *", "TWO", "SIX"]


STYLES = (
    "<office:automatic-styles>"
    + "".join(
        f'<style:style style:name="{name}" style:family="paragraph"><style:paragraph-properties {says}/></style:style>'
        for name, says in (
            ("P1", 'fo:margin-top="0cm"'),
            ("P2", 'fo:margin-top="0.6cm"'),
            ("P3", 'fo:border-bottom="0.5pt solid #000000"'),
        )
    )
    + '<style:style style:name="P4" style:family="paragraph"><style:text-properties fo:font-size="18pt"/></style:style>'
    '<style:style style:name="T1" style:family="text"><style:text-properties fo:font-size="16pt"/></style:style>'
    "</office:automatic-styles>"
)


def p(text: str, style: str = "P1") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


@pytest.mark.parametrize(
    "divided",
    [p("", "P3") + p(SIX), '<text:p text:style-name="Horizontal_20_Line"/>' + p(SIX), p(SIX, "P2")],
    ids=["a border", "a horizontal line", "room"],
)
def test_scenes_of_an_open_document_are_divided_by_lines_and_room(tmp_path: Path, divided: str) -> None:
    body = p(ONE) + p(TWO) + p(ONE) + divided + p(TWO) + p(ONE)
    assert short(read(tmp_path / "a.odt", odt(body, STYLES))) == ["ONE", "TWO", "ONE", "* * *", "SIX", "TWO", "ONE"]


@pytest.mark.parametrize(
    "heading",
    ['<text:p text:style-name="P4">{}</text:p>', '<text:p><text:span text:style-name="T1">{}</text:span></text:p>'],
)
def test_large_letters_head_chapters_of_an_open_document(tmp_path: Path, heading: str) -> None:
    body = heading.format("the jetty") + p(ONE) + p(TWO) + heading.format("salt") + p(SIX) + p(TWO)
    reading = read(tmp_path / "a.odt", odt(body, STYLES))
    assert (titles(reading), short(reading)) == (["the jetty", "salt"], ["ONE", "TWO", "SIX", "TWO"])


def test_large_letters_head_chapters_of_rich_text(tmp_path: Path) -> None:
    head = r"\pard\qc {\fs36 %s}\par\pard\ql "
    lines = [head % "the jetty", ONE, TWO, head % "salt", SIX, TWO]
    text = "".join(line if line.startswith("\\") else rf"{line}\par " for line in lines)
    content = rf"{{\rtf1\ansi{{\fonttbl{{\f0\fs48 Times;}}}}{{\info{{\title The Shore}}}}\fs24 {text}}}"
    reading = read(tmp_path / "a.rtf", content)
    assert (titles(reading), short(reading)) == (["the jetty", "salt"], ["ONE", "TWO", "SIX", "TWO"])


@pytest.mark.parametrize("begins", [r"{\footnote ", r"{\*\footnote ", r"{ \*\footnote\pard\plain "])
def test_notes_of_rich_text_however_a_program_begins_them(tmp_path: Path, begins: str) -> None:
    content = rf"{{\rtf1\ansi \pard She came{{\super \chftn{begins}{{\super\chftn}} A note.}}}}.\par She went.\par}}"
    assert short(read(tmp_path / "a.rtf", content)) == ["She came^[A note.].", "She went."]


def test_the_title_and_a_byline_over_chapters_of_the_same_rank(tmp_path: Path) -> None:
    text = f"<h1>The Shore</h1><p>by Ann Writer</p><h1>One</h1><p>{ONE}</p><h1>Two</h1><p>{TWO}</p>"
    reading = read(tmp_path / "a.html", page(text))
    assert (reading.manuscript.title, reading.manuscript.author) == ("The Shore", "Ann Writer")
    assert titles(reading) == ["One", "Two"]
    own = f"<h1>The Shore</h1><p>{ONE}</p><h1>One</h1><p>{TWO}</p>"
    assert titles(read(tmp_path / "a.html", page(own))) == ["The Shore", "One"]


def test_an_open_document_names_its_title_and_who_wrote_it(tmp_path: Path) -> None:
    meta = (
        "<office:document-meta><office:meta><dc:title>The Shore</dc:title><meta:initial-creator>Ann Writer"
        "</meta:initial-creator><dc:creator>An Editor</dc:creator></office:meta></office:document-meta>"
    )
    content = io.BytesIO(odt(p(ONE), STYLES))
    with zipfile.ZipFile(content, "a") as packed:
        packed.writestr("meta.xml", meta)
    told = read(tmp_path / "a.odt", content.getvalue()).manuscript
    assert (told.title, told.author) == ("The Shore", "Ann Writer")


def test_a_title_page_of_headings_and_a_printed_list_of_contents_are_no_story(tmp_path: Path) -> None:
    rows = "".join(
        f"<p>{number}</p><p>{name}</p><p>{at}</p>"
        for number, name, at in (
            ("I.", "The Jetty", 1),
            ("II.", "The Salt Store", 9),
            ("III.", "Fog", 23),
            ("IV.", "Ebb", 31),
        )
    )
    chapters = "".join(
        f"<h2>CHAPTER {number}</h2><h3>{name}.</h3><p>{ONE}</p><p>{TWO}</p>"
        for number, name in (("I.", "The Jetty"), ("II.", "The Store"), ("III.", "Fog"), ("IV.", "Ebb"))
    )
    body = (
        "<h3>English Library</h3><h4>VOL. XII</h4><h1>THE SHORE</h1><h2>BY A. Writer</h2><h6>A Press, London</h6>"
        "<h6>1922</h6>"
        f"<h2>CONTENTS.</h2>{rows}{chapters}"
    )
    reading = read(tmp_path / "a.html", page(body))
    assert (reading.manuscript.title, reading.manuscript.author) == ("The Shore", "A. Writer")
    assert titles(reading) == [
        "CHAPTER I. The Jetty.",
        "CHAPTER II. The Store.",
        "CHAPTER III. Fog.",
        "CHAPTER IV. Ebb.",
    ]
    assert out(reading)["contents"].startswith("CONTENTS. / I. / The Jetty / 1 / II. / The Salt Store")
    assert (
        out(reading)["title_page"] == "English Library / VOL. XII / THE SHORE / BY A. Writer / A Press, London / 1922"
    )


@pytest.mark.parametrize("ending", [".md", ".html", ".odt"])
def test_a_line_that_only_says_the_name_of_a_chapter_is_text_where_headings_are_marked(
    tmp_path: Path, ending: str
) -> None:
    parts = [("The Jetty", [ONE, "She opened the book.", "Chapter 1", TWO]), ("Salt", [SIX]), ("Fog", [ONE])]
    texts: dict[str, str | bytes] = {
        ".md": "\n\n".join(f"# {name}\n\n" + "\n\n".join(told) for name, told in parts),
        ".html": page("".join(f"<h1>{name}</h1>" + "".join(f"<p>{one}</p>" for one in told) for name, told in parts)),
        ".odt": odt(
            "".join(
                f'<text:h text:outline-level="1">{name}</text:h>' + "".join(f"<text:p>{one}</text:p>" for one in told)
                for name, told in parts
            )
        ),
    }
    reading = read(tmp_path / f"a{ending}", texts[ending])
    assert titles(reading) == ["The Jetty", "Salt", "Fog"]
    assert short(reading)[2] == "Chapter 1"


def test_a_heading_that_somebody_forgot_to_mark_still_is_one(tmp_path: Path) -> None:
    text = f"# Chapter 1\n\n{ONE}\n\nChapter 2\n\n{TWO}\n\n# Chapter 3\n\n{SIX}\n\nEpilogue\n\n{ONE}\n"
    assert titles(read(tmp_path / "a.md", text)) == ["Chapter 1", "Chapter 2", "Chapter 3", "Epilogue"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("The Jetty\n=========", "Salt\n===="),
        ("The Jetty\n---------", "Salt\n----"),
        ("== The Jetty ==", "== Salt =="),
        ("--- The Jetty ---", "--- Salt ---"),
        ("<<< The Jetty >>>", "<<< Salt >>>"),
        ("~~ The Jetty ~~", "~~ Salt ~~"),
    ],
)
def test_signs_set_off_the_headings_of_a_plain_text(tmp_path: Path, first: str, second: str) -> None:
    reading = read(tmp_path / "a.txt", f"{first}\n\n{ONE}\n\n-----\n\n{TWO}\n\n{second}\n\n{SIX}\n")
    assert (titles(reading), short(reading)) == (["The Jetty", "Salt"], ["ONE", "* * *", "TWO", "SIX"])


def test_a_line_of_signs_under_a_sentence_divides_scenes(tmp_path: Path) -> None:
    text = f"{ONE}\n\nShe left.\n-----\n{TWO}\n\nHe left.\n-----\n{SIX}\n"
    reading = read(tmp_path / "a.txt", text)
    assert titles(reading) == [""]
    assert [one for one in short(reading) if one == "* * *"] == ["* * *"] * 2


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("zh", "〈一〉", "〈二〉"),
        ("zh", "【3】", "【4】"),
        ("sv", "Första kapitlet", "Andra kapitlet"),
        ("da", "Første kapitel", "Andet kapitel"),
        ("nb", "Første kapittel", "Andre kapittel"),
        ("el", "Κεφάλαιο Α΄", "Κεφάλαιο Β΄"),
        ("en", "[1]", "[2]"),
        ("en", "ONE", "TWO"),
        ("de", "Eins", "Zwei"),
        ("tr", "BİRİNCİ BÖLÜM", "İKİNCİ BÖLÜM"),
    ],
)
def test_chapters_are_counted_in_more_ways(tmp_path: Path, language: str, first: str, second: str) -> None:
    told = (
        [ONE, SIX]
        if language != "zh"
        else ["江城的雨下了整整三天，街上的石板泛着青光。", "他推开门，雨声大了起来，灯灭了。"]
    )
    text = f"{first}\n\n{told[0]}\n\n{told[1]}\n\n{second}\n\n{told[1]}\n\n{told[0]}\n"
    reading = read(tmp_path / "a.txt", text, ZH if language == "zh" else language_named(language))
    assert len(titles(reading)) == 2
    assert len(reading.manuscript.paragraphs) == 4


def test_a_number_in_words_that_counts_nothing_is_somebody_s(tmp_path: Path) -> None:
    text = f"Chapter 1\n\n{ONE}\n\nTen\n\n{TWO}\n\nChapter 2\n\n{SIX}\n"
    assert titles(read(tmp_path / "a.txt", text)) == ["Chapter 1", "Chapter 2"]


def test_a_story_that_speaks_of_contents_copyright_and_books_is_a_story(tmp_path: Path) -> None:
    """A page is what it lists, not what a chapter is called."""
    pages = {
        "one.xhtml": f"<h1>Contents</h1><p>{ONE}</p><p>{TWO}</p>",
        "two.xhtml": f"<h1>The Clerk</h1><p>“The copyright is hers,” he said. {SIX * 8}</p>",
        "three.xhtml": f"<h1>Also by Mara</h1><p>{TWO}</p>",
    }
    reading = read(tmp_path / "a.epub", epub(pages, ncx={}))
    assert titles(reading) == ["Contents", "The Clerk", "Also by Mara"]
    text = (
        f"# Copyright\n\n{ONE}\n\n# Contents\n\nNo.\n\n{TWO}\n\n# Also by Mara\n\n{SIX}\n\nNo.\n\n# End Game\n\n{ONE}\n"
    )
    assert titles(read(tmp_path / "a.md", text)) == ["Copyright", "Contents", "Also by Mara", "End Game"]


def test_what_stands_beside_the_chapters_of_a_folder(tmp_path: Path) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        for name, text in {
            "1 - Jetty.txt": ONE,
            "2 - Salt.md": TWO,
            "README.md": "About.",
            "LICENSE.txt": "MIT",
        }.items():
            packed.writestr(name, text)
    assert titles(read(tmp_path / "a.zip", written.getvalue())) == ["Jetty", "Salt"]


def test_the_first_version_of_scrivener(tmp_path: Path) -> None:
    binder = (
        "<ScrivenerProject Version='1.0'><Binder><BinderItem ID='0' Type='DraftFolder'><Title>Draft</Title><Children>"
        "<BinderItem ID='3' Type='Text'><Title>The Jetty</Title></BinderItem>"
        "<BinderItem ID='4' Type='Text'><Title>Salt</Title></BinderItem></Children></BinderItem></Binder>"
        "</ScrivenerProject>"
    )
    files = {
        "binder.scrivproj": binder,
        "Files/Docs/3.rtf": ONE,
        "Files/Docs/4.rtf": TWO,
        "Files/Docs/3_notes.rtf": "No.",
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        for name, text in files.items():
            packed.writestr(f"Shore.scriv/{name}", text if text == binder else rf"{{\rtf1\ansi {text}\par}}")
    reading = read(tmp_path / "a.zip", written.getvalue())
    assert (titles(reading), short(reading)) == (["The Jetty", "Salt"], ["ONE", "TWO"])
