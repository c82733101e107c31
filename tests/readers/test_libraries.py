"""Books as public libraries and their converters write them: heads, contents with pages, names under numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from book_files import read

if TYPE_CHECKING:
    from pathlib import Path

    from recurrentgpt.stories.readers import Reading

ONE = "The harbour was quiet when Mara came down to the quay, and nobody had lit the lamps yet."
TWO = "By noon the fog had gone. Tomas stood at the rail and said nothing, which was worse."


def titles(reading: Reading) -> list[str]:
    return [chapter.title for chapter in reading.manuscript.chapters]


def test_headings_that_say_title_and_author_are_no_chapters(tmp_path: Path) -> None:
    page = (
        "<html><head><title>The Shore, by A. Writer</title><meta name='author' content='A. Writer'></head><body>"
        f"<h1>THE SHORE</h1><hr><h2>By A. Writer</h2><hr>"
        f"<h2>Chapter 1</h2><p>{ONE}</p><h2>Chapter 2</h2><p>{TWO}</p></body></html>"
    )
    reading = read(tmp_path / "a.html", page)
    assert (reading.manuscript.title, reading.manuscript.author) == ("The Shore", "A. Writer")
    assert titles(reading) == ["Chapter 1", "Chapter 2"]
    assert "* * *" not in reading.manuscript.paragraphs


def test_a_title_above_chapters_that_are_only_words(tmp_path: Path) -> None:
    reading = read(tmp_path / "a.md", f"# The Shore\n\nby A. Writer\n\nChapter 1\n\n{ONE}\n\nChapter 2\n\n{TWO}\n")
    assert (reading.manuscript.title, reading.manuscript.author) == ("The Shore", "A. Writer")
    assert titles(reading) == ["Chapter 1", "Chapter 2"]


def test_contents_with_the_numbers_of_pages(tmp_path: Path) -> None:
    entries = "CHAPTER I. The Widow and her Child      1\n    II. The Old Mint     13\n\n"
    listed = f"EPOCH THE FIRST, 1703.\nTHE JETTY.\n\n{entries}"
    told = f"CHAPTER I.\n\nThe Widow and her Child.\n\n{ONE}\n\nCHAPTER II.\n\nThe Old Mint.\n\n{TWO}\n"
    reading = read(tmp_path / "a.txt", f"CONTENTS.\n\n{listed}{told}")
    assert titles(reading) == ["CHAPTER I. The Widow and her Child.", "CHAPTER II. The Old Mint."]
    assert [left.why for left in reading.left_out] == ["contents"]


def test_a_text_whose_first_accent_comes_late(tmp_path: Path) -> None:
    text = f"Chapter 1\n\n{(ONE + ' ') * 1500}\n\nChapter 2\n\nThey had a tête-à-tête in the café, for £5.\n"
    reading = read(tmp_path / "a.txt", text.encode("cp1252"))
    assert reading.manuscript.paragraphs[-1] == "They had a tête-à-tête in the café, for £5."


def test_verses_that_come_again_are_no_contents(tmp_path: Path) -> None:
    song = "Row the boat home.\n\nRow it along.\n\nRow it away.\n\n"
    reading = read(tmp_path / "a.txt", f"Chapter 1\n\n{song}{ONE}\n\nChapter 2\n\n{song}{TWO}\n")
    assert reading.manuscript.paragraphs[:3] == ("Row the boat home.", "Row it along.", "Row it away.")
