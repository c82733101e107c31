"""Web pages and EPUBs as programs write them: verse a line an element, scene breaks by class, notes with numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from book_files import epub
from recurrentgpt.stories.readers import Reading, read_file
from tongues import EN

if TYPE_CHECKING:
    from pathlib import Path

ONE = "The harbour was quiet when Mara came down to the quay, and nobody had lit the lamps yet."
TWO = "By noon the fog had gone. Tomas stood at the rail and said nothing, which was worse."
PROSE = f"<p>{ONE}</p><p>{TWO}</p>"


def read(tmp_path: Path, *pages: str, **how: object) -> Reading:
    path = tmp_path / "book.epub"
    path.write_bytes(epub({f"p{number}.xhtml": page for number, page in enumerate(pages)}, **how))  # type: ignore[arg-type]
    return read_file(path, EN)


def told(reading: Reading) -> list[tuple[str, list[str]]]:
    """The chapters, their two usual sentences said in short."""
    return [
        (chapter.title, [text.replace(ONE, "ONE").replace(TWO, "TWO") for text in chapter.paragraphs])
        for chapter in reading.manuscript.chapters
    ]


GO, COME = "The gulls go out,", "the gulls come in."
POEM = (
    f'<div class="poem"><div class="stanza"><p>{GO}</p><p>{COME}</p></div>'
    "<div class='stanza'><p>and I</p><p>remain.</p></div></div>"
)
LINES = (
    f"<div class='poetry-container'><div class='poetry'><div class='stanza'><div class='verse indent0'>{GO}</div>"
    f"<div class='verse indent2'>{COME}</div></div></div></div>"
)


@pytest.mark.parametrize(
    ("verse", "said"),
    [
        (f'<p class="verse">{GO}</p> <p class="verse">the gulls <i>come in</i>.</p>', [f"{GO}\nthe gulls *come in*."]),
        (POEM, [f"{GO}\n{COME}", "and I\nremain."]),
        (LINES, [f"{GO}\n{COME}"]),
        (f'<blockquote epub:type="z3998:poem"><p>{GO}</p><p>{COME}</p></blockquote>', [f"{GO}\n{COME}"]),
        (f'<div class="poem"><p>{GO}<br/>{COME}</p><p>So<br/>be it.</p></div>', [f"{GO}\n{COME}", "So\nbe it."]),
        (f'<div class="verse"><p>{ONE} {ONE}</p><p>{TWO} {TWO}</p></div>', ["ONE ONE", "TWO TWO"]),
        ('<p class="headline">The gulls.</p><p class="headline">They go.</p>', ["The gulls.", "They go."]),
    ],
    ids=["paragraphs", "stanzas", "elements", "a kind", "stanzas of lines", "long ones", "another class"],
)
def test_lines_of_verse_that_are_elements_are_one_paragraph(tmp_path: Path, verse: str, said: list[str]) -> None:
    assert told(read(tmp_path, f"<h1>One</h1>{PROSE}{verse}{PROSE}", f"<h1>Two</h1>{PROSE}"))[0] == (
        "One",
        ["ONE", "TWO", *said, "ONE", "TWO"],
    )


@pytest.mark.parametrize(
    ("between", "divides"),
    [
        ("<p>&#160;</p>", True),
        ("<p><br/></p>", True),
        ('<p class="scenebreak"></p>', True),
        ('<div class="section-break"> </div>', True),
        ('<hr class="x"/>', True),
        ("<p>❧</p>", True),
        ('<p><img src="o.png" alt=""/></p>', True),
        ("<p></p>", False),
        ('<div class="page-break"></div>', False),
        ('<p><img src="another.png" alt="A map"/></p>', False),
    ],
)
def test_what_divides_scenes_of_a_page(tmp_path: Path, between: str, *, divides: bool) -> None:
    again = '<p><img src="o.png" alt=""/></p>'
    reading = read(tmp_path, f"<h1>One</h1>{PROSE}{between}{PROSE}{PROSE}", f"<h1>Two</h1>{again}{PROSE}")
    scene = ["* * *"] if divides else []
    assert told(reading) == [("One", ["ONE", "TWO", *scene, "ONE", "TWO", "ONE", "TWO"]), ("Two", ["ONE", "TWO"])]


LISTED = '<ol><li id="a"><p>{}</p></li><li id="b"><p>{}</p></li></ol>'
ASIDE = '<aside epub:type="footnote" id="a"><p>{}</p></aside><aside epub:type="footnote" id="b"><p>{}</p></aside>'


@pytest.mark.parametrize("notes", [LISTED, ASIDE], ids=["listed", "aside"])
@pytest.mark.parametrize(
    ("said", "told_so"),
    [
        (("1 Corinthians 13.", "So."), ("1 Corinthians 13.", "So.")),
        (("1. First.", "2. Second."), ("First.", "Second.")),
        (("1 First.", "2 Second."), ("First.", "Second.")),
        (("<a href='#x'>1</a> First.", "So."), ("First.", "So.")),
        (("<sup>1</sup> First.", "<sup>2</sup> 2 or 3."), ("First.", "2 or 3.")),
    ],
)
def test_a_note_that_begins_with_a_number_keeps_it_unless_all_are_numbered(
    tmp_path: Path, notes: str, said: tuple[str, str], told_so: tuple[str, str]
) -> None:
    mark = '<a epub:type="noteref" id="x" href="#{}"><sup>{}</sup></a>'
    text = f"<h1>One</h1><p>She went{mark.format('a', 1)} home{mark.format('b', 2)}.</p>{notes.format(*said)}"
    first, second = told_so
    assert told(read(tmp_path, text, f"<h1>Two</h1>{PROSE}"))[0] == (
        "One",
        [f"She went^[{first}] home^[{second}]."],
    )


def test_other_books_dedications_and_mottos_are_no_story(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "<p>Also by A. Writer</p><p>The Lamp</p><p>The Fog</p>",
        "<p>For Anna, who waited.</p>",
        "<p>The sea is everything.</p><p>— Jules Verne</p>",
        f"<h1>One</h1>{PROSE}",
        f"<h1>Two</h1>{PROSE}<p>THE END</p>",
        "<h1>About the Author</h1><p>She lives by the sea.</p>",
        "<h1>Books by A. Writer</h1><p>The Lamp</p><p>The Fog</p>",
        ncx={"p3.xhtml": "One", "p4.xhtml": "Two"},
    )
    assert told(reading) == [
        ("One", ["ONE", "TWO"]),
        ("Two", ["ONE", "TWO", "THE END"]),
        ("About the Author", ["She lives by the sea."]),
    ]
    assert {left.why: left.count for left in reading.left_out} == {"other_books": 6, "dedication": 3}


def test_a_story_that_speaks_of_books_or_for_somebody_is_one(tmp_path: Path) -> None:
    text = f"<h1>One</h1><p>For Anna, who waited.</p><p>Books by A. Writer</p>{PROSE}"
    assert told(read(tmp_path, text, f"<h1>Two</h1>{PROSE}"))[0] == (
        "One",
        ["For Anna, who waited.", "Books by A. Writer", "ONE", "TWO"],
    )


def test_lines_that_are_bold_or_capitals_as_a_whole_head_chapters_where_nothing_else_does(tmp_path: Path) -> None:
    bold = f"<p><b>The Jetty</b></p>{PROSE}{PROSE}<p><b>Salt</b></p>{PROSE}"
    assert told(read(tmp_path, bold)) == [("The Jetty", ["ONE", "TWO", "ONE", "TWO"]), ("Salt", ["ONE", "TWO"])]
    (tmp_path / "a.txt").write_text(
        f"THE JETTY\n\n{ONE}\n\n{TWO}\n\nSALT AND FOG\n\n{TWO}\n\n{ONE}\n", encoding="utf-8"
    )
    assert told(read_file(tmp_path / "a.txt", EN)) == [("THE JETTY", ["ONE", "TWO"]), ("SALT AND FOG", ["TWO", "ONE"])]
    (tmp_path / "b.txt").write_text(f"{ONE}\n\nCLOSED\n\n{TWO}\n\nSOLD OUT\n\n{ONE}\n", encoding="utf-8")
    assert [title for title, _ in told(read_file(tmp_path / "b.txt", EN))] == [""]


def test_a_picture_in_the_place_of_a_heading_says_it(tmp_path: Path) -> None:
    pictured = '<h1><img src="c.png" alt="{}"/></h1>'
    reading = read(tmp_path, pictured.format("Chapter One") + PROSE, pictured.format("Chapter Two") + PROSE)
    assert told(reading) == [("Chapter One", ["ONE", "TWO"]), ("Chapter Two", ["ONE", "TWO"])]
