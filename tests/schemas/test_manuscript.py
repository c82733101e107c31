"""A manuscript as one thing: written as light Markdown and read again, and made of a story's passages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from recurrentgpt.schemas.characters import tidy_line
from recurrentgpt.schemas.manuscript import (
    KINDS,
    Chapter,
    Manuscript,
    of_passages,
    read_manuscript,
    write_manuscript,
)

WORDS = st.sampled_from(
    [
        "Mara counted the boats.",
        "# no heading",
        "\\# none {.part}",
        "---",
        "* * *",
        "The gulls go out,\nthe gulls come in.",
        "“*Wer* da?”^[Fragte sie.]",
        "她说：“走吧。”　他没动",
        "می‌خواهم بروم.",
        "👨‍👩‍👧 waved.",
        "[Mara]{.smallcaps} **ran** ~~home~~ 10\u202fkm",
        'title: "x"',
    ]
)
TITLES = st.one_of(
    st.just(""),
    st.text(alphabet='ab #{}.part\\"第章:\u00a0', max_size=12).map(tidy_line),
    st.sampled_from(["Chapter 1: The Jetty", "{.part}", "Part {.part}", "第一章 初到江城", "---"]),
)
CHAPTERS = st.builds(Chapter, TITLES, st.lists(WORDS, max_size=4).map(tuple), st.sampled_from(KINDS), st.integers(1, 6))
MANUSCRIPTS = st.builds(
    Manuscript, TITLES, TITLES, st.sampled_from(["", "en", "zh", "fa"]), st.lists(CHAPTERS, max_size=4).map(tuple)
)


@given(MANUSCRIPTS)
@hypothesis_settings(deadline=None, database=None, max_examples=100)
def test_any_manuscript_is_read_as_it_was_written(manuscript: Manuscript) -> None:
    if manuscript.chapters and manuscript.chapters[0] == Chapter(""):
        return  # a chapter of nothing, at the head, is none
    assert read_manuscript(write_manuscript(manuscript)) == manuscript


def test_a_text_without_a_head_is_a_manuscript() -> None:
    assert read_manuscript("It began.\n\n# One\n\nIt went on.\n") == Manuscript(
        chapters=(Chapter("", ("It began.",)), Chapter("One", ("It went on.",)))
    )
    assert read_manuscript("---\ntags: x\n---\n").chapters[0].paragraphs == ("---\ntags: x\n---",)
    assert read_manuscript("") == Manuscript()


def test_a_story_is_a_manuscript() -> None:
    made = of_passages(
        ["Before.", "A.\n\nB.", "C.", "D.", "E."],
        [
            {"title": "One", "seq": 1, "part": "Part I"},
            {"title": "Two", "seq": 2},
            {"title": "Afterword", "seq": 3, "kind": "back"},
            {"title": "Lost", "seq": 9},
        ],
        title="The Shore",
    )
    assert made.title == "The Shore"
    assert made.chapters == (
        Chapter("", ("Before.",)),
        Chapter("Part I", kind="part"),
        Chapter("One", ("A.", "B."), level=2),
        Chapter("Two", ("C.",), level=2),
        Chapter("Afterword", ("D.", "E."), "back"),
    )
    assert made.paragraphs == ("Before.", "A.", "B.", "C.", "D.", "E.")
    assert of_passages(["A."], []).chapters == (Chapter("", ("A.",)),)
