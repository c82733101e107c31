"""What a printer repeats in a book is furniture in every format; notes with signs stand at their places."""

# ruff: noqa: E501 (files stand as programs write them)

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pytest

from book_files import line, odt, read, style, word

if TYPE_CHECKING:
    from pathlib import Path

    from recurrentgpt.stories.readers import Reading

ONE = "The harbour was quiet when Mara came down to the quay, and nobody had lit the lamps yet."
TWO = "By noon the fog had gone. Tomas stood at the rail and said nothing, which was worse."
SIX = "She counted the boats again, slowly, and there was one too few, as there had been the day before."
ENDINGS = (".odt", ".docx", ".html", ".rtf", ".fb2", ".txt", ".md")
Lines = list[tuple[int, str]]
"""A rank (0: none) and a text each."""


def told(reading: Reading) -> list[tuple[str, list[str]]]:
    names = {ONE: "ONE", TWO: "TWO", SIX: "SIX"}
    return [(one.title, [names.get(text, text) for text in one.paragraphs]) for one in reading.manuscript.chapters]


def out(reading: Reading) -> dict[str, tuple[int, str]]:
    return {left.why: (left.count, left.text) for left in reading.left_out}


def book(ending: str, lines: Lines) -> bytes | str:
    """The same lines as a file of a kind."""
    made: dict[str, bytes | str] = {
        ".odt": odt(
            "".join(
                f'<text:h text:outline-level="{rank}">{escape(text)}</text:h>'
                if rank
                else f"<text:p>{escape(text)}</text:p>"
                for rank, text in lines
            )
        ),
        ".docx": word(
            "".join(line(text, f"Heading{rank}" if rank else "") for rank, text in lines),
            "".join(style(f"Heading{rank}", f"heading {rank}", level=rank - 1) for rank in range(1, 7)),
        ),
        ".html": "<html><body>"
        + "".join(f"<h{rank}>{escape(text)}</h{rank}>" if rank else f"<p>{escape(text)}</p>" for rank, text in lines)
        + "</body></html>",
        ".rtf": r"{\rtf1\ansi{\stylesheet{\s1 heading 1;}{\s2 heading 2;}}"
        + "".join(
            r"\pard\plain " + (rf"\s{rank}\outlinelevel{rank - 1} " if rank else "") + text + r"\par"
            for rank, text in lines
        )
        + "}",
        ".md": "\n\n".join("#" * rank + " " * bool(rank) + text for rank, text in lines) + "\n",
        ".txt": "\n\n".join(text for _, text in lines) + "\n",
        ".fb2": '<?xml version="1.0" encoding="utf-8"?><FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0"><body><section>'
        + "".join(
            f"</section><section><title><p>{text}</p></title>" if rank else f"<p>{text}</p>" for rank, text in lines
        )
        + "</section></body></FictionBook>",
    }
    return made[ending]


def chapters(under: str = "", over: str = "") -> Lines:
    lines: Lines = []
    for number in range(1, 7):
        lines += [(1, f"Chapter {number}")] + ([(0, under)] if under else []) + [(0, ONE), (0, SIX)]
        lines += [(0, over)] if over else []
    return lines


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("form", ["Page {}", "[Pg {}]", "{{{}}}"])
def test_pages_that_count_up_are_no_story(tmp_path: Path, ending: str, form: str) -> None:
    if ending == ".rtf" and form.startswith("{"):
        form = r"\{{{}\}}"
    lines: Lines = []
    for number in range(1, 11):
        lines += [(1, f"Chapter {number}")] if number % 5 == 1 else []
        said = form.format(number)
        lines += [(0, said), (0, ONE)] if number % 2 else [(0, f"She counted {said} the boats."), (0, TWO)]
    reading = read(tmp_path / f"a{ending}", book(ending, lines))
    even = ["She counted the boats.", "TWO"]
    assert told(reading) == [
        ("Chapter 1", ["ONE", *even, "ONE", *even, "ONE"]),
        ("Chapter 6", [*even, "ONE", *even, "ONE", *even]),
    ]
    assert out(reading)["page_number"][0] == 10


def test_pages_that_somebody_speaks_of_are_story(tmp_path: Path) -> None:
    texts = [f"“See page {number},” she said." for number in (12, 3, 14, 15, 90, 7, 8, 9, 10, 2)]
    reading = read(tmp_path / "a.md", "# One\n\n" + "\n\n".join(texts) + f"\n\n# Two\n\n{ONE}\n")
    assert told(reading)[0] == ("One", texts)
    headed = "\n\n".join(f"# Page {number}\n\n{ONE}" for number in range(1, 10))
    assert len(told(read(tmp_path / "b.md", headed))) == 9


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_line_under_or_over_nearly_each_heading_is_no_story(tmp_path: Path, ending: str) -> None:
    clean = [(f"Chapter {number}", ["ONE", "SIX"]) for number in range(1, 7)]
    for lines, why in ((chapters("ToC"), "contents"), (chapters("", "A Press 1922"), "running_head")):
        reading = read(tmp_path / f"a{ending}", book(ending, lines))
        assert told(reading)[:5] == clean[:5]
        assert out(reading)[why][0] >= 5


def test_what_is_said_under_each_heading_is_story(tmp_path: Path) -> None:
    for said in ("Dear Diary,", "“Mara.”", "It rained."):
        reading = read(tmp_path / "a.md", str(book(".md", chapters(said))))
        assert all(texts[0] == said for _, texts in told(reading))


@pytest.mark.parametrize("ending", [".odt", ".docx", ".txt", ".md", ".html"])
def test_running_heads_in_the_middle_of_sentences_are_no_story(tmp_path: Path, ending: str) -> None:
    lines: Lines = [(1, "Chapter 1")]
    for number in range(1, 7):
        lines += [(0, f"She went {number} times to the harbour, and there were"), (0, str(number + 20))]
        lines += [(0, "The Shore"), (0, "boats in it again, all of them black.")]
    lines += [(1, "Chapter 2"), (0, ONE)]
    reading = read(tmp_path / f"a{ending}", book(ending, lines))
    first, second = told(reading)
    assert first == (
        "Chapter 1",
        [
            f"She went {number} times to the harbour, and there were boats in it again, all of them black."
            for number in range(1, 7)
        ],
    )
    assert second == ("Chapter 2", ["ONE"])
    assert (out(reading)["running_head"][0], out(reading)["page_number"][0]) == (6, 6)


def test_a_refrain_is_story(tmp_path: Path) -> None:
    lines = [text for _ in range(6) for text in (ONE, "Nevermore", TWO)]
    reading = read(tmp_path / "a.md", "# One\n\n" + "\n\n".join(lines) + f"\n\n# Two\n\n{SIX}\n")
    assert len(told(reading)[0][1]) == 18


@pytest.mark.parametrize("ending", [".odt", ".docx", ".html", ".rtf", ".txt", ".md"])
@pytest.mark.parametrize(
    ("heading", "notes"),
    [
        ("FOOTNOTES:", ["[A] So it was.", "[B] And so."]),
        ("Notes", ["[Footnote A: So it was.]", "[Footnote B: And so.]"]),
        ("", ["[A] So it was.", "[B] And so."]),
    ],
)
def test_notes_with_letters_stand_at_their_places(tmp_path: Path, ending: str, heading: str, notes: list[str]) -> None:
    lines: Lines = [(1, "Chapter 1"), (0, "She came.[A] He went.[B]"), (0, SIX)]
    lines += [(3 if ending != ".txt" else 0, heading)] if heading else []
    lines += [*((0, note) for note in notes), (1, "Chapter 2"), (0, ONE)]
    reading = read(tmp_path / f"a{ending}", book(ending, lines))
    assert told(reading) == [
        ("Chapter 1", ["She came.^[So it was.] He went.^[And so.]", "SIX"]),
        ("Chapter 2", ["ONE"]),
    ]


def test_notes_without_marks_in_the_text_stand_behind_it(tmp_path: Path) -> None:
    text = f"# Chapter 1\n\n{ONE}\n\n# Footnotes:\n\n[A] So it was.\n\n# Chapter 2\n\n{TWO}\n"
    reading = read(tmp_path / "a.md", text)
    assert [(one.title, one.kind) for one in reading.manuscript.chapters] == [
        ("Chapter 1", "chapter"),
        ("Footnotes:", "back"),
        ("Chapter 2", "chapter"),
    ]
    assert "[A] So it was." in reading.manuscript.paragraphs
    choice = f"# Chapter 1\n\n{ONE}\n\n[A] Go left.\n\n[B] Go right.\n\n# Chapter 2\n\n{TWO}\n"
    assert told(read(tmp_path / "b.md", choice))[0] == ("Chapter 1", ["ONE", "[A] Go left.", "[B] Go right."])


@pytest.mark.parametrize("ending", [".odt", ".docx", ".html", ".md"])
def test_a_motto_before_the_contents_is_no_chapter(tmp_path: Path, ending: str) -> None:
    lines: Lines = [
        (0, "The sea has no doors."),
        (0, "Ann Other, Letters"),
        (2, "Contents"),
        (0, "Chapter 1"),
        (0, "Chapter 2"),
    ]
    lines += [(2, "Chapter 1"), (0, ONE), (2, "Chapter 2"), (0, TWO)]
    reading = read(tmp_path / f"a{ending}", book(ending, lines))
    assert told(reading) == [("Chapter 1", ["ONE"]), ("Chapter 2", ["TWO"])]
    assert out(reading)["dedication"] == (2, "The sea has no doors. / Ann Other, Letters")
    assert out(reading)["contents"][0] == 3


RULES = {
    ".html": ("<hr/>", "<p>{}</p>", "<h2>{}</h2>", "<html><body>{}</body></html>"),
    ".md": ("\n\n---\n\n", "\n\n{}\n\n", "\n\n## {}\n\n", "{}"),
    ".rtf": (
        r"\pard\plain \s22\sb0\brdrt\brdrnone\brdrb\brdrdb\brdrw1\brdrcf15\fs12\ql" + "\n\\par ",
        r"\pard\plain {}\par ",
        r"\pard\plain \s2\outlinelevel1 {}\par ",
        r"{{\rtf1\ansi{{\stylesheet{{\s2 heading 2;}}{{\s22 Line;}}}}{}}}",
    ),
    ".odt": (
        '<text:p text:style-name="Horizontal_20_Line"/>',
        "<text:p>{}</text:p>",
        '<text:h text:outline-level="2">{}</text:h>',
        "{}",
    ),
    ".docx": (
        '<w:p><w:pPr><w:pBdr><w:bottom w:val="double" w:sz="2" w:space="0" w:color="808080"/></w:pBdr></w:pPr></w:p>',
        "<w:p><w:r><w:t>{}</w:t></w:r></w:p>",
        '<w:p><w:pPr><w:pStyle w:val="Heading2"/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>',
        "{}",
    ),
}


@pytest.mark.parametrize("ending", list(RULES))
def test_lines_across_divide_scenes_in_every_format_alike(tmp_path: Path, ending: str) -> None:
    """At the edge of a chapter, or twice, they divide nothing more."""
    rule, paragraph, heading, whole = RULES[ending]
    body = "".join(
        rule if text == "-" else heading.format(text) if len(text) < 5 else paragraph.format(text)
        for text in (
            "-",
            "One",
            "-",
            ONE,
            "-",
            "-",
            TWO,
            SIX,
            "-",
            "Two",
            ONE,
            TWO,
            "-",
            SIX,
            "-",
            "Six",
            "-",
            SIX,
            ONE,
            "-",
        )
    )
    text = whole.format(body)
    styles = style("Heading2", "heading 2", level=1)
    made: dict[str, bytes] = {".odt": odt(text), ".docx": word(text, styles)}
    reading = read(tmp_path / f"a{ending}", made.get(ending, text))
    assert told(reading) == [
        ("One", ["ONE", "* * *", "TWO", "SIX"]),
        ("Two", ["ONE", "TWO", "* * *", "SIX"]),
        ("Six", ["SIX", "ONE"]),
    ]


@pytest.mark.parametrize(
    ("said", "means"),
    [
        (r"Of course\u8212-of course", "Of course—of course"),
        (r"says,\u8212\'97'Put a.", "says,—'Put a."),
        (r"a\u-10179?\u-8704?b", "a😀b"),
        (r"\uc0 a\u8212 bc", "a—bc"),
        (r"{\uc2 a\u8212\'97\'98bc}", "a—bc"),
        (r"caf\u233?s \u233?t\u233 ? {\i\u233?x}", "cafés été *éx*"),
        (r"a\tab\u233?b", "a éb"),
        ("cr\u00e8me", "crème"),
        (r"\u92?\u123?x", r"\\\{x"),
    ],
)
def test_no_letter_of_rich_text_is_lost(tmp_path: Path, said: str, means: str) -> None:
    reading = read(tmp_path / "a.rtf", rf"{{\rtf1\ansi\ansicpg1252\uc1 {{\pard {said}\par}}}}")
    assert list(reading.manuscript.paragraphs) == [means]


def test_a_style_of_letters_marks_nothing_by_itself(tmp_path: Path) -> None:
    """As LibreOffice writes it, with a table of pages behind."""
    styles = r"{\stylesheet{\s0\snext0\f3\fs24 Normal;}{\*\cs15\snext15\loch\cf9\ul\ulc0 Internet Link;}{\s17\sbasedon0 Text Body;}}"
    text = rf"{{\rtf1\ansi\deff3{styles}{{\*\generator LibreOffice}}\deftab709\pard\plain \s17 {ONE}\par}}"
    assert told(read(tmp_path / "a.rtf", text)) == [("", ["ONE"])]


def test_what_stands_beside_the_paragraphs_of_a_fiction_book_is_read(tmp_path: Path) -> None:
    body = (
        f"<section><title><p>One</p></title><p>{ONE}</p>A song.\nThe gulls <emphasis>go</emphasis> out,\n\nthe gulls come in.\n"
        f"<p>{TWO}</p><table><tr><th>Boat</th><td align='left'>Black</td></tr><tr><td/><td>Red</td></tr></table></section>"
    )
    head = (
        '<?xml version="1.0" encoding="utf-8"?><FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0"><body>'
    )
    reading = read(
        tmp_path / "a.fb2", f"{head}{body}<section><title><p>Two</p></title><p>{SIX}</p></section></body></FictionBook>"
    )
    song = "A song.\nThe gulls *go* out,\nthe gulls come in."
    assert told(reading) == [("One", ["ONE", song, "TWO", "Boat | Black", "Red"]), ("Two", ["SIX"])]


LIBRARY = """Title: The Shore

*** START OF THIS PROJECT GUTENBERG EBOOK ***

Produced by A Volunteer

Throughout this text you will see words with _ (underscore) on either side. These were in italics in the original.

      *       *       *       *       *

English Library

THE SHORE

BY A. Writer

A Press, London

"What a robber I should make."

_Life and Actions._

CONTENTS.

CHAPTER I. The Jetty                                     1
       II. How the Salt was brought back from            9
              the Harbour
      III. Fog                                          23
       IV. The Iron Bar                                 31


CHAPTER I.

The Jetty.


{one}

{two}


CHAPTER II.

How the Salt was brought back from the Harbour.


{six}

I.

The gulls go out,
  the gulls come in.

II.

And I remain,
  and I remain.

{one}


CHAPTER III.

Fog.


{two}


CHAPTER IV.

The Iron Bar.


{six}

{one}

{two}

*** END OF THIS PROJECT GUTENBERG EBOOK ***
"""


def test_a_library_s_plain_text_has_its_chapters_and_nothing_else(tmp_path: Path) -> None:
    reading = read(tmp_path / "a.txt", LIBRARY.format(one=ONE, two=TWO, six=SIX))
    assert told(reading) == [
        ("CHAPTER I. The Jetty.", ["ONE", "TWO"]),
        (
            "CHAPTER II. How the Salt was brought back from the Harbour.",
            [
                "SIX",
                "I.",
                "The gulls go out,\n\u00a0\u00a0the gulls come in.",
                "II.",
                "And I remain,\n\u00a0\u00a0and I remain.",
                "ONE",
            ],
        ),
        ("CHAPTER III. Fog.", ["TWO"]),
        ("CHAPTER IV. The Iron Bar.", ["SIX", "ONE", "TWO"]),
    ]
    assert out(reading)["title_page"][1] == "English Library / THE SHORE / BY A. Writer / A Press, London"
    assert out(reading)["dedication"][1] == '"What a robber I should make." / *Life and Actions.*'
    assert (reading.manuscript.title, reading.manuscript.author) == ("The Shore", "A. Writer")
