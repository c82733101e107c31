"""A book in parts: what one is called stands in lines of its own; a song's stanzas are numbered as chapters are."""

# ruff: noqa: E501 (files stand as programs write them)

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pytest

from book_files import line, odt, read, style, word

if TYPE_CHECKING:
    from pathlib import Path

    from recurrentgpt.stories.readers import Reading

TOLD = "The harbour was quiet when Mara came down to the quay, and nobody had lit the lamps yet."
WRAPPED = """The harbour was quiet when Mara came down to the quay, and nobody had
lit the lamps yet. She counted the boats again, slowly, and there was
one too few, as there had been the day before the storm came in."""
STANZA = "    Jolly boat! the bright lantern that hangs at thy prow\n      Is lit by the hands of the keeper;\n    And wherever they sail us by night or by now,\n      The water is darker and deeper."
PLAIN_STANZA = "    By many a waterman many a draught was drawn from the\n    well of the keeper; And down by the quay they were\n    singing and laughed, For nothing was deeper."
Lines = list[tuple[int, str]]


def titles(reading: Reading) -> list[tuple[str, str, int]]:
    return [(one.title, one.kind, len(one.paragraphs)) for one in reading.manuscript.chapters]


def marked(ending: str, lines: Lines) -> bytes | str:
    """Lines with their ranks (0: text) as a file."""
    if ending == ".docx":
        return word(
            "".join(line(text, f"h{rank}" if rank else "") for rank, text in lines),
            "".join(style(f"h{rank}", level=rank - 1) for rank in (1, 2, 3)),
        )
    if ending == ".odt":
        return odt(
            "".join(
                f'<text:h text:outline-level="{rank}">{escape(text)}</text:h>'
                if rank
                else f"<text:p>{escape(text)}</text:p>"
                for rank, text in lines
            )
        )
    if ending == ".md":
        return "\n\n".join("#" * rank + " " * bool(rank) + text for rank, text in lines)
    return "".join(f"<h{rank}>{escape(text)}</h{rank}>" if rank else f"<p>{escape(text)}</p>" for rank, text in lines)


@pytest.mark.parametrize("ending", [".html", ".docx", ".odt", ".md"])
@pytest.mark.parametrize("ranks", [(1, 3, 3), (1, 2, 2), (1, 1, 1)])
def test_what_stands_under_a_parts_number_is_its_title(
    tmp_path: Path, ending: str, ranks: tuple[int, int, int]
) -> None:
    first, second, third = ranks
    lines = [
        *((first, "Part One"), (second, "1703."), (third, "The Quay"), (1, "The Shore")),
        *((2, "Chapter I. The Lamp"), (0, TOLD), (2, "Chapter II. The Boat"), (0, TOLD)),
        *((first, "Part Two"), (second, "1715."), (third, "The Keeper")),
        *((2, "Chapter I. The Fire"), (0, TOLD), (2, "Chapter II. The House"), (0, TOLD)),
    ]
    found = read(tmp_path / f"book{ending}", marked(ending, [(1, "The Shore: A Romance"), (0, "by A. Writer"), *lines]))
    assert titles(found) == [
        *(("Part One. 1703. The Quay", "part", 0), ("Chapter I. The Lamp", "chapter", 1)),
        *(("Chapter II. The Boat", "chapter", 1), ("Part Two. 1715. The Keeper", "part", 0)),
        *(("Chapter I. The Fire", "chapter", 1), ("Chapter II. The House", "chapter", 1)),
    ]


def test_a_part_of_a_plain_text_is_called_as_its_contents_say(tmp_path: Path) -> None:
    text = "\n\n\n".join(
        [
            "The Shore\n\nby A. Writer\n\nCONTENTS.",
            "PART ONE, 1703.\nTHE QUAY.\n\nCHAPTER I. The Lamp       1\n       II. The Boat      12",
            "PART TWO, 1715.\nTHE KEEPER.\n\nCHAPTER I. The Fire      20\n       II. The House     30",
            f"PART ONE.\n\n1703.\n\nTHE QUAY.\n\n\n\nTHE SHORE.\n\n\n\nCHAPTER I.\n\nThe Lamp\n\n\n{WRAPPED}",
            f"CHAPTER II.\n\nThe Boat\n\n\n{WRAPPED}\n\n{WRAPPED}\n\n\nEND OF THE FIRST PART.",
            f"PART TWO.\n\n1715.\n\nTHE KEEPER.\n\n\n\nCHAPTER I.\n\nThe Fire\n\n\n{WRAPPED}",
            f"CHAPTER II.\n\nThe House\n\n\n{WRAPPED}\n\n{WRAPPED}\n\n\nTHE END.",
        ]
    )
    assert titles(read(tmp_path / "book.txt", text)) == [
        *(("PART ONE. 1703. THE QUAY.", "part", 0), ("CHAPTER I. The Lamp", "chapter", 1)),
        *(("CHAPTER II. The Boat", "chapter", 3), ("PART TWO. 1715. THE KEEPER.", "part", 0)),
        *(("CHAPTER I. The Fire", "chapter", 1), ("CHAPTER II. The House", "chapter", 3)),
    ]


def test_a_motto_under_a_part_and_a_prologue_are_what_they_are(tmp_path: Path) -> None:
    lines = [
        *((1, "Part One"), (0, "1703."), (0, "The sea gives nothing back."), (2, "Prologue"), (0, TOLD)),
        *((2, "Chapter 1"), (0, TOLD), (1, "Part Two"), (2, "The House"), (0, TOLD), (2, "Chapter 2"), (0, TOLD)),
    ]
    found = read(tmp_path / "book.html", marked(".html", lines))
    assert titles(found) == [
        *(("Part One", "part", 2), ("Prologue", "chapter", 1), ("Chapter 1", "chapter", 1)),
        *(("Part Two", "part", 0), ("The House", "chapter", 1), ("Chapter 2", "chapter", 1)),
    ]


@pytest.mark.parametrize(
    "between", ["", f'"Sing on," said Tomas, "for it concerns a friend of yours."\n\n{WRAPPED}\n\n']
)
def test_numbers_of_stanzas_are_no_chapters(tmp_path: Path, between: str) -> None:
    song = f"\n\n{between}".join(
        f"    {number}\n\n{stanza}"
        for number, stanza in [("I.", PLAIN_STANZA), ("II.", STANZA), ("III.", STANZA), ("IV.", PLAIN_STANZA)]
    )
    chapters = [
        f"CHAPTER {number}.\n\n{WRAPPED}\n\n{more}{WRAPPED}\n\n{WRAPPED}"
        for number, more in [("I", ""), ("II", f"{song}\n\n"), ("III", f"{song}\n\n"), ("IV", "")]
    ]
    found = read(tmp_path / "book.txt", "\n\n\n".join(chapters))
    assert [one.title for one in found.manuscript.chapters] == [
        "CHAPTER I.",
        "CHAPTER II.",
        "CHAPTER III.",
        "CHAPTER IV.",
    ]
    told = found.manuscript.chapters[1].paragraphs
    assert [text.strip() for text in told if len(text) < 5] == ["I.", "II.", "III.", "IV."]
    assert sum("\n" in text for text in told) == 2


def test_numbered_sections_of_chapters_stay_chapters(tmp_path: Path) -> None:
    section = "\n\n".join([WRAPPED] * 3)
    text = "\n\n\n".join(
        f"CHAPTER {name}\n\n\nI.\n\n{section}\n\n\nII.\n\n{section}" for name in ("ONE", "TWO", "THREE")
    )
    found = read(tmp_path / "book.txt", text)
    assert [one.title for one in found.manuscript.chapters if one.paragraphs] == ["I.", "II."] * 3 or len(
        found.manuscript.chapters
    ) == 9


def test_room_beside_verse_or_before_the_end_divides_no_scenes(tmp_path: Path) -> None:
    text = "\n\n".join(
        [
            *("Chapter 1", *[WRAPPED] * 6, f"{STANZA}\n", WRAPPED, WRAPPED, f"{WRAPPED}\n", "END OF THE FIRST PART."),
            *("Chapter 2", WRAPPED, f"{WRAPPED}\n", WRAPPED, WRAPPED, f"{WRAPPED}\n", "THE END."),
        ]
    )
    found = read(tmp_path / "book.txt", text)
    assert [one.paragraphs.count("* * *") for one in found.manuscript.chapters] == [0, 1]
