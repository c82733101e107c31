"""Paragraphs in light Markdown: what is a mark and what is text, there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from recurrentgpt.schemas.characters import readable, tidy_line
from recurrentgpt.schemas.light_markdown import (
    SCENE_BREAK,
    Inline,
    Note,
    Paragraph,
    Run,
    as_text,
    normalised,
    paragraphs_of,
    read_paragraph,
    write_paragraph,
)

TEXTS = st.text(alphabet="ab *\\~[]^{}.-#>|_\u00a0\u3000\u200d灯م\n👩", max_size=12).filter(
    lambda text: not any(not line.strip() for line in text.split("\n")[1:-1])
)
RUNS = st.builds(Run, TEXTS, st.booleans(), st.booleans(), st.booleans(), st.booleans())
INLINES = st.lists(st.one_of(RUNS, st.builds(Note, st.lists(RUNS, max_size=3).map(tuple))), max_size=6)


@given(INLINES)
@hypothesis_settings(deadline=None, database=None, max_examples=150)
def test_any_paragraph_is_read_as_it_was_written(inlines: list[Inline]) -> None:
    whole = Paragraph(normalised(inlines))
    told = [whole.text, *("".join(run.text for run in part.runs) for part in whole.inlines if isinstance(part, Note))]
    if not whole.inlines or not whole.text.strip() or any("\n\n" in text for text in told):
        return  # an empty line divides a paragraph, also within a note: none stays in it
    assert read_paragraph(write_paragraph(whole)) == whole


@given(st.text(alphabet="ab *\\~[]^{}-\n", max_size=40))
@hypothesis_settings(deadline=None, database=None, max_examples=100)
def test_what_a_text_says_stays_however_often_it_is_written(text: str) -> None:
    for block in paragraphs_of(text):
        once = write_paragraph(read_paragraph(block))
        assert read_paragraph(once) == read_paragraph(block)
        assert write_paragraph(read_paragraph(once)) == once


@pytest.mark.parametrize(
    ("text", "inlines"),
    [
        ("5 * 3 = 15", [Run("5 * 3 = 15")]),
        ("a *b* c", [Run("a "), Run("b", emphasis=True), Run(" c")]),
        ("**b**", [Run("b", strong=True)]),
        ("***b***", [Run("b", emphasis=True, strong=True)]),
        ("*a **b***", [Run("a ", emphasis=True), Run("b", emphasis=True, strong=True)]),
        ("*a***b**", [Run("a", emphasis=True), Run("b", strong=True)]),
        ("*never ended", [Run("*never ended")]),
        ("a *b *c* d", [Run("a *b "), Run("c", emphasis=True), Run(" d")]),
        ("~~old~~ new ~ish", [Run("old", strike=True), Run(" new ~ish")]),
        ("[Mara]{.smallcaps} [sic]", [Run("Mara", small_caps=True), Run(" [sic]")]),
        (
            "tide^[She *meant* ebb.] out",
            [Run("tide"), Note((Run("She "), Run("meant", emphasis=True), Run(" ebb."))), Run(" out")],
        ),
        (r"\*not\* so", [Run("*not* so")]),
        (r"C:\new", [Run(r"C:\new")]),
        ("x^[never closed", [Run("x^[never closed")]),
        ("a****b", [Run("a****b")]),
    ],
)
def test_marks_are_read(text: str, inlines: list[Inline]) -> None:
    assert read_paragraph(text).inlines == tuple(inlines)


@pytest.mark.parametrize("text", ["* * *", "***", "---", "- - -", "⁂", " * * * "])
def test_a_scene_break_is_one_however_it_is_typed(text: str) -> None:
    assert read_paragraph(text).kind == "break"
    assert write_paragraph(read_paragraph(text)) == SCENE_BREAK
    assert as_text(text) == text.strip()


def test_words_that_look_like_a_scene_break_stay_words() -> None:
    stars = Paragraph((Run("* * *"),))
    assert write_paragraph(stars) != SCENE_BREAK
    assert read_paragraph(write_paragraph(stars)) == stars


def test_verse_has_its_lines() -> None:
    verse = read_paragraph("The *gulls go out,\nthe gulls* come in,\n\u00a0\u00a0and I remain.")
    assert verse.kind == "verse"
    assert [[part.text for part in line if isinstance(part, Run)] for line in verse.lines] == [
        ["The ", "gulls go out,"],
        ["the gulls", " come in,"],
        ["\u00a0\u00a0and I remain."],
    ]


def test_a_long_text_of_marks_is_read_in_time() -> None:
    for piece in ("*a ", "[", "^[", "]", "~~", "**a*", "\\*", "*a***b**"):
        hostile = piece * 5_000
        assert as_text(hostile)


@pytest.mark.parametrize(
    "kept",
    [
        "Mr.\u00a0Smith",
        "10\u202fkm",
        "a\u2003b\u2009c",
        "床\u3000疑",
        "👨\u200d👩\u200d👧",
        "می\u200cخواهم",
        "soft\u00adware",
        "🏴\U000e0067\U000e0062",
    ],
)
def test_spaces_and_joiners_of_a_language_stay(kept: str) -> None:
    assert readable(kept) == kept
    assert tidy_line(readable(f"\u3000\u3000{kept}  x ")) == f"{kept} x"
    assert as_text(kept) == kept
    assert write_paragraph(read_paragraph(kept)) == kept


def test_what_no_reader_shows_is_dropped() -> None:
    assert readable("\ufeffa\x00b\x08\r\nc\x0bd\u2028e\x0cf\ufffe\ud800") == "ab\nc\nd\ne\n\nf"
