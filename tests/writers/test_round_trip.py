"""Out and in again: what generated books have too seldom, in every format that can carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from recurrentgpt.schemas.languages import language_named
from recurrentgpt.schemas.light_markdown import Note, Paragraph, Run, write_paragraph
from recurrentgpt.stories.export import Book, book_bytes
from recurrentgpt.stories.readers import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from recurrentgpt.schemas.light_markdown import Inline
    from recurrentgpt.schemas.state import Chapter as Begins

FORMATS = [".md", ".html", ".epub", ".docx", ".odt", ".tex", ".zip"]


def marked(*inlines: Inline) -> str:
    return write_paragraph(Paragraph(inlines))


TEXTS: dict[str, list[str]] = {
    "marks in marks": [
        marked(
            Run("She "),
            Run("said ", emphasis=True),
            Run("no", emphasis=True, strong=True),
            Run(" to", emphasis=True),
            Run(" "),
            Run("Nato", small_caps=True, emphasis=True),
            Run(" and left", strike=True, strong=True),
            Run("."),
        )
    ],
    "marks inside words": [
        marked(Run("un"), Run("believ", emphasis=True), Run("able; "), Run("a", strong=True), Run("b", emphasis=True)),
        marked(Run("夜里"), Run("起了风", emphasis=True), Run("。")),
        marked(Run("“"), Run("No", emphasis=True), Run("!” she "), Run("said.", emphasis=True)),
    ],
    "notes in verse": [
        marked(Run("The gulls go out,"), Note((Run("Herring gulls."),)), Run("\nand I "), Run("stay", emphasis=True)),
        marked(Run("Two"), Note((Run("1. c [d] *e*"),)), Note((Run("1984 or "), Run("so", emphasis=True))), Run(".")),
    ],
    "right to left": ["می‌خواهم بروم. She said: «שלום» and left.", "\u200fשלום עולם\u200e (hello)."],
    "emoji of several signs": ["👩‍👩‍👧 🏳️‍🌈 👍🏽 🇩🇪 1️⃣ ❤️ went."],
    "spaces and joiners": [
        "soft\u00adware, Mr.\u00a0Grey’s 10\u202fkm\u2009—\u2009so; zero\u200bwidth, word\u2060joiner."
    ],
    "a paragraph without end": ["She counted the boats, and then she counted them again; " * 900 + "so."],
    "verse set in": ["The gulls go out,\n\u00a0\u00a0the gulls come in,\n\u00a0\u00a0\u00a0\u00a0and I remain."],
    "short paragraphs": ["No.", "Yes.", "1", "I", "—"],
    "what looks like a title": ["THE JETTY", "She came.", "SALT", "She went.", "**Fog**", "THE END"],
    "what is marks elsewhere": [
        "<b>no</b> & [link](x) `code` # 1. - > no | no",
        *("1. One", "- dash", "> quote", "# Not", "+ plus", "| a | b |", "_a_ ==b== $c$", "&amp;", "[x]: http://y"),
        *("![a](b)", "1986. A year.", "%%x%%", "@tag: x", ": def", "[^1]", "<!-- c -->", "```", r"\begin{x}"),
    ],
}

ONE, TWO = "She came down to the quay, and nobody had lit the lamps.", "He went home."
CHAPTERS: dict[str, tuple[Begins, ...]] = {
    "parts": ({"title": "One", "seq": 0, "part": "Part One"}, {"title": "Two", "seq": 1, "part": "Part Two"}),
    "front and back": (
        {"title": "Foreword", "seq": 0, "kind": "front"},
        {"title": "Two", "seq": 1},
        {"title": "Afterword", "seq": 2, "kind": "back"},
    ),
    "one": ({"title": "Only", "seq": 0},),
    "none": (),
    "numbers": ({"title": "1", "seq": 0}, {"title": "2", "seq": 1}, {"title": "3", "seq": 2}),
    "odd titles": ({"title": "“Who?” *she* said: a_b #1", "seq": 0}, {"title": "# Two {x}", "seq": 1}),
    "the same title": ({"title": "Mara", "seq": 0}, {"title": "Mara", "seq": 1}),
    "called as what is none": (
        {"title": "Contents", "seq": 0},
        {"title": "Copyright", "seq": 1},
        {"title": "Also by Mara", "seq": 2},
    ),
    "a text before the first": ({"title": "One", "seq": 1}, {"title": "Two", "seq": 2}),
    "the end": ({"title": "One", "seq": 0}, {"title": "The End", "seq": 1}),
}


def comes_back(book: Book, path: Path) -> None:
    path.write_bytes(book_bytes(book, path.suffix))
    found = read_file(path, language_named(book.language)).manuscript
    assert [(one.title, one.kind, one.paragraphs) for one in found.chapters] == [
        (one.title, one.kind, one.paragraphs) for one in book.story.chapters
    ]
    assert (found.title, found.author) == (book.title, book.author)


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("kind", TEXTS)
def test_texts_come_in_as_they_went_out(tmp_path: Path, kind: str, ending: str) -> None:
    texts = ("\n\n".join(TEXTS[kind]), ONE)
    begins: tuple[Begins, ...] = ({"title": "One", "seq": 0}, {"title": "Two", "seq": 1})
    comes_back(Book("abc", "The Shore", "en", texts, begins, "A. Writer"), tmp_path / f"book{ending}")


@pytest.mark.parametrize("ending", FORMATS)
def test_a_scene_break_at_the_edge_of_a_chapter_divides_nothing_and_is_in_no_book(tmp_path: Path, ending: str) -> None:
    texts = (f"* * *\n\n{ONE}\n\n* * *\n\n{TWO}\n\n* * *", f"{ONE}\n\n* * *\n\n* * *\n\n{TWO}")
    begins: tuple[Begins, ...] = ({"title": "One", "seq": 0}, {"title": "Two", "seq": 1})
    book = Book("abc", "The Shore", "en", texts, begins, "A. Writer")
    comes_back(book, tmp_path / f"book{ending}")
    assert [one.paragraphs for one in book.story.chapters] == [(ONE, "* * *", TWO)] * 2


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("kind", CHAPTERS)
def test_chapters_come_in_as_they_went_out(tmp_path: Path, kind: str, ending: str) -> None:
    texts = (ONE, TWO, "They sat.")
    comes_back(Book("abc", "The Shore", "en", texts, CHAPTERS[kind], "A. Writer"), tmp_path / f"book{ending}")
