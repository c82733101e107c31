"""PDF: running heads, page numbers, divided words, paragraphs across pages."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from book_files import pdf, read
from recurrentgpt.schemas.errors import StorageError
from recurrentgpt.stories.readers import read_file
from recurrentgpt.stories.readers.pdf_pages import sizes_of
from tongues import EN

if TYPE_CHECKING:
    from pathlib import Path

WORDS = [
    "She",
    "walked",
    "along",
    "the",
    "quay",
    "and",
    "counted",
    "every",
    "boat",
    "that",
    "had",
    "come",
    "home,",
    "and",
    "every",
    "one",
    "that",
    "had",
    "not",
    "come,",
    "and",
    "she",
    "wrote",
    "the",
    "numbers",
    "down",
    "in",
    "the",
    "log",
    "that",
    "nobody",
    "but",
    "the",
    "harbourmaster",
    "would",
    "ever",
    "read",
    "in",
    "all",
    "the",
    "years",
    "of",
    "that",
    "war.",
]


def lines(number: int) -> list[str]:
    """A paragraph as it is printed, each different, with a word divided at a line's end."""
    words = [*WORDS[:12], f"seen-{number}-times", *WORDS[12:]]
    made = [" ".join(words[at : at + 9]) for at in range(0, len(words), 9)]
    made[1] = f"{made[1]} lan-"
    made[2] = f"terns {made[2]}"
    return [*made[:-1], f"{made[-1]} End {number}."]


def test_a_printed_book_is_read_as_prose(tmp_path: Path) -> None:
    pages = []
    for number in range(8):
        head = "A. WRITER / THE SHORE" if number % 2 else "Chapter 1: The Jetty" if number < 4 else "Chapter 2: Salt"
        title = [["The Shore", "Chapter 1: The Jetty"], [], [], [], ["Chapter 2: Salt"], [], [], []][number]
        top = [] if title else [head]
        pages.append(
            [*top, *title, *lines(number), '"Who is there?" she asked.', *lines(number + 20)[:3], str(number + 1)]
        )
    path = tmp_path / "book.pdf"
    path.write_bytes(pdf(pages))
    reading = read_file(path, EN)
    manuscript = reading.manuscript
    assert manuscript.title == "The Shore"
    assert [chapter.title for chapter in manuscript.chapters] == ["Chapter 1: The Jetty", "Chapter 2: Salt"]
    said = "\n\n".join(manuscript.paragraphs)
    assert "A. WRITER" not in said
    assert "Jetty" not in said
    assert "lanterns" in said
    assert all(f"seen-{number}-times" in said for number in range(8))
    assert 'End 3.\n\n"Who is there?" she asked.\n\n' in said
    assert {left.why: left.count for left in reading.left_out} == {"title_page": 1, "running_head": 6, "page_number": 8}


def test_headings_are_known_by_their_size(tmp_path: Path) -> None:
    pages = [
        ["# The Shore", "by A. Writer"],
        ["# Part the Sea", "## A Lamp in the", "## Fog", *lines(1), "1"],
        ["A LAMP IN THE FOG", *lines(2), *lines(3), "2"],
        ["## Salt", *lines(4), "3"],
        ["A LAMP IN THE FOG", *lines(5), "4"],
        ["A Lamp in the Fog", *lines(6), "5"],
    ]
    path = tmp_path / "book.pdf"
    path.write_bytes(pdf(pages))
    manuscript = read_file(path, EN).manuscript
    assert [(chapter.title, chapter.kind) for chapter in manuscript.chapters][-3:] == [
        ("Part the Sea", "part"),
        ("A Lamp in the Fog", "chapter"),
        ("Salt", "chapter"),
    ]
    said = "\n\n".join(manuscript.paragraphs)
    assert all(f"seen-{number}-times" in said for number in range(1, 7))
    assert "LAMP" not in said


def test_sizes_belong_to_the_lines_that_the_parser_tells() -> None:
    said = " \r\n\u3000\r\nThe Shore\r\n\r\nShe\u2028came.\f\x0b \n"
    raw = SimpleNamespace(
        FPDFText_GetUnicode=lambda _, at: ord(said[at]), FPDFText_GetFontSize=lambda _, at: 20.04 if at < 12 else 0.01
    )
    told = "\n".join(said.splitlines()).strip().split("\n")
    assert list(zip(told, sizes_of(None, len(said), raw), strict=True)) == [
        ("The Shore", 20.0),
        ("", 0.0),
        ("She", 0.1),
        ("came.", 0.1),
    ]
    assert sizes_of(None, 2, raw) == [0.0]


FULL = "nobody had lit the lamps and the harbour lay as quiet as it had"
"""A line that is full, and ends no sentence; with a point it does, and is full all the same."""


def printed(tmp_path: Path, pages: list[list[str]]) -> list[str]:
    path = tmp_path / "book.pdf"
    path.write_bytes(pdf(pages))
    return [text for chapter in read_file(path, EN).manuscript.chapters for text in chapter.paragraphs]


def test_paragraphs_are_told_by_their_indents(tmp_path: Path) -> None:
    """Also where the one before ends with a full line, and over the turn of a page."""
    page = [FULL, f"{FULL}.", f"    {FULL}", "and so on.", f"    {FULL}", FULL]
    assert printed(tmp_path, [page, page]) == [
        f"{FULL} {FULL}.",
        f"{FULL} and so on.",
        f"{FULL} {FULL} {FULL} {FULL}.",
        f"{FULL} and so on.",
        f"{FULL} {FULL}",
    ]


def test_paragraphs_are_told_by_what_is_left_between_them_and_scenes_by_more(tmp_path: Path) -> None:
    page = [FULL, f"{FULL}.", "", FULL, f"{FULL}.", "", "So.", "", "", f"{FULL}.", FULL, "or not.", "", f"{FULL}."]
    assert printed(tmp_path, [page]) == [
        f"{FULL} {FULL}.",
        f"{FULL} {FULL}.",
        "So.",
        "* * *",
        f"{FULL}. {FULL} or not.",
        f"{FULL}.",
    ]


def test_notes_at_the_foot_stand_where_their_marks_are(tmp_path: Path) -> None:
    foot = ["~1 He was *her* brother, as we shall", "~see.", "~^2^ 1984 or so.", "~7 Lost."]
    page = ["She went home^1^. And then", f"{FULL}^2^, and x2^3^", f"{FULL}.", *foot]
    assert printed(tmp_path, [page, [f"{FULL} {FULL}."]])[0].startswith(
        f"She went home^[He was \\*her\\* brother, as we shall see.]. And then {FULL}^[1984 or so.], and x23 {FULL}."
    )
    left = read_file(tmp_path / "book.pdf", EN).left_out
    assert {one.why: one.text for one in left} == {"note": "7 Lost."}


def test_what_is_no_pdf_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "book.pdf"
    path.write_bytes(b"this is no PDF")
    with pytest.raises(StorageError, match=r"cannot be read as \.pdf"):
        read_file(path, EN)


@pytest.mark.parametrize("sides", [("@Page {}", "@ToC"), ("@Page", "@{}", "@ToC"), ("@{}",)])
def test_what_stands_in_the_margins_is_no_story(tmp_path: Path, sides: tuple[str, ...]) -> None:
    words = [
        f"{word} of {name}" for name in ("Mara", "Tomas", "Grey", "Ebb") for word in ("lamp", "fire", "boat", "quay")
    ]
    told = [
        [f"The harbour was quiet when she came down to the {word}, and nobody", f"had seen the {word}."]
        for word in words
    ]
    pages = [
        [
            *([f"##Chapter {number}"] if number % 2 else []),
            *(line for lines in told[4 * number - 4 : 4 * number] for line in lines),
            *(side.format(number) for side in sides),
        ]
        for number in range(1, 5)
    ]
    found = read(tmp_path / "book.pdf", pdf(pages))
    assert [one.title for one in found.manuscript.chapters] == ["Chapter 1", "Chapter 3"]
    assert [" ".join(lines) for lines in told] == list(found.manuscript.paragraphs)
    assert {left.why for left in found.left_out} <= {"page_number", "running_head"}


def test_a_second_column_is_no_margin(tmp_path: Path) -> None:
    pages = [
        [line for word in ("lamp", "fire", "boat") for line in (f"She saw the {word} {at}.", f"@No {word} {at} came.")]
        for at in ("here", "there", "then", "at last")
    ]
    told = " ".join(read(tmp_path / "book.pdf", pdf(pages)).manuscript.paragraphs)
    assert all(f"No {word} {at} came." in told for word in ("lamp", "fire", "boat") for at in ("here", "at last"))
