"""OpenDocument, RTF, plain text and Markdown: what their makers show by styles, frames and empty lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from book_files import odt, read

if TYPE_CHECKING:
    from pathlib import Path

    from recurrentgpt.stories.readers import Reading

ONE = "The harbour was quiet when Mara came down to the quay, and nobody had lit the lamps yet."
TWO = "By noon the fog had gone. Tomas stood at the rail and said nothing, which was worse."
STYLES = (
    "<office:automatic-styles>"
    '<style:style style:name="B" style:family="paragraph"><style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="I" style:family="paragraph"><style:text-properties fo:font-style="italic"/></style:style>'
    '<style:style style:name="J" style:family="paragraph" style:parent-style-name="I"/>'
    '<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>'
    "</office:automatic-styles>"
)


def told(reading: Reading) -> list[tuple[str, list[str]]]:
    """The chapters, their two usual sentences said in short."""
    return [
        (chapter.title, [text.replace(ONE, "ONE").replace(TWO, "TWO") for text in chapter.paragraphs])
        for chapter in reading.manuscript.chapters
    ]


def p(text: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def test_marks_of_an_open_document_s_paragraphs_are_their_styles(tmp_path: Path) -> None:
    body = p("Dear you,", "I") + p("yours.", "J") + p(ONE)
    assert told(read(tmp_path / "a.odt", odt(body, STYLES))) == [("", ["*Dear you,*", "*yours.*", "ONE"])]
    bold = p("The Jetty", "B") + p(ONE) + p(TWO) + p("Salt", "B") + p(ONE) + p(TWO)
    assert told(read(tmp_path / "a.odt", odt(bold, STYLES))) == [
        ("The Jetty", ["ONE", "TWO"]),
        ("Salt", ["ONE", "TWO"]),
    ]


def test_frames_remarks_and_hidden_text_of_an_open_document(tmp_path: Path) -> None:
    remark = "<office:annotation><dc:creator>A</dc:creator><text:p>Is that so?</text:p></office:annotation>"
    frame = "<draw:frame><draw:text-box><text:p>Gone fishing.</text:p></draw:text-box></draw:frame>"
    hidden = '<text:span text:style-name="H">Cut this.</text:span>'
    reading = read(tmp_path / "a.odt", odt(p(f"Before{frame} and{remark} after.{hidden}") + p(TWO), STYLES))
    assert told(reading) == [("", ["Before and after.", "Gone fishing.", "TWO"])]
    assert {left.why: left.text for left in reading.left_out} == {"comment": "Is that so?", "hidden": "Cut this."}


RICH = (ONE, TWO, "", ONE, TWO)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.odt", odt("".join(p(text) if text else "<text:p/>" for text in RICH))),
        ("b.odt", odt("".join(p(text) for text in RICH))),
        ("a.rtf", rb"{\rtf1\ansi " + b"".join(b"\\pard " + text.encode() + b"\\par\n" for text in RICH) + b"}"),
        ("b.rtf", rb"{\rtf1\ansi\pard " + b"".join(b"{\\f0 " + text.encode() + b"}\\par\n" for text in RICH) + b"}"),
        ("a.txt", "\n\n".join(RICH)),
        ("b.txt", "\n".join(f"\t{text}" if text else "" for text in RICH)),
        ("c.txt", "\n".join(f"\u3000\u3000{text}" if text else "\u3000" for text in RICH)),
    ],
)
def test_more_empty_lines_than_usual_divide_scenes(tmp_path: Path, name: str, content: bytes | str) -> None:
    assert told(read(tmp_path / name, content)) == [("", ["ONE", "TWO", "* * *", "ONE", "TWO"])]


def test_empty_lines_around_headings_letters_and_verse_divide_nothing(tmp_path: Path) -> None:
    letter = f"Dear Mara,\n\n{ONE}\n\nTom"
    first = f"\n\n\nChapter One\n\n\n\n{ONE}\n\n{TWO}\n\n\n{letter}\n\n\n{TWO}\n\n{ONE}\n\n\n\n"
    text = f"{first}Chapter Two\n\n\n{TWO}\n\n{ONE}\n\n{TWO}\n"
    assert told(read(tmp_path / "a.txt", text)) == [
        ("Chapter One", ["ONE", "TWO", "Dear Mara,", "ONE", "Tom", "TWO", "ONE"]),
        ("Chapter Two", ["TWO", "ONE", "TWO"]),
    ]


def test_headings_of_markdown_as_people_write_them(tmp_path: Path) -> None:
    text = (
        f"#The Jetty\n{ONE}\n\n# *Salt* #\n\n{TWO}\n\n# Fog[^1]\n\n{ONE}\n\n#amwriting\n\n#NaNoWriMo\n\n[^1]: A note.\n"
    )
    reading = read(tmp_path / "a.md", text)
    assert told(reading) == [("The Jetty", ["ONE"]), ("Salt", ["TWO"]), ("Fog", ["ONE", "#amwriting", "#NaNoWriMo"])]
    assert {left.why: left.text for left in reading.left_out} == {"comment": "A note."}
