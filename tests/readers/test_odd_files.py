"""Files as programs write them that do not say what a heading, a paragraph or a remark is in the usual way."""

# ruff: noqa: E501 (examples stand as they are)

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from book_files import epub, word
from recurrentgpt.stories.readers import Reading, read_file
from tongues import EN

if TYPE_CHECKING:
    from pathlib import Path

ONE = "The harbour was quiet when Mara came down to the quay, and nobody had lit the lamps yet."
TWO = "By noon the fog had gone. Tomas stood at the rail and said nothing, which was worse."


def read(path: Path, content: bytes) -> Reading:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return read_file(path, EN)


def told(reading: Reading) -> list[tuple[str, int, tuple[str, ...]]]:
    return [(chapter.title, chapter.level, tuple(chapter.paragraphs)) for chapter in reading.manuscript.chapters]


def run(text: str, size: int = 0, mark: str = "") -> str:
    marked = f"<w:{mark}/>" if mark else ""
    sized = f'<w:sz w:val="{size}"/>' if size else ""
    return f"<w:r><w:rPr>{marked}{sized}</w:rPr><w:t>{text}</w:t></w:r>"


SIZES = (
    '<w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="22"/></w:rPr></w:rPrDefault></w:docDefaults>'
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Grand"><w:name w:val="Grand"/><w:basedOn w:val="Normal"/><w:rPr><w:sz w:val="28"/></w:rPr></w:style>'
)


def paragraph(*runs: str, style: str = "") -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}</w:pPr>{''.join(runs)}</w:p>"


def test_larger_letters_are_headings_where_a_word_file_names_none(tmp_path: Path) -> None:
    body = "".join(
        (
            paragraph(run("The Shore", 52, "b")),
            paragraph(run("The ", 28, "b"), run("Jetty", 28, "b")),
            paragraph(run("T", 40), run(ONE[1:])),
            paragraph(run("No!", 22, "b")),
            paragraph(run("Salt"), style="Grand"),
            paragraph(run(TWO)),
        )
    )
    reading = read(tmp_path / "book.docx", word(body, SIZES))
    assert reading.manuscript.title == "The Shore"
    assert told(reading) == [("The Jetty", 1, (ONE, "**No!**")), ("Salt", 1, (TWO,))]


def test_sizes_say_nothing_where_much_is_large_or_headings_are_named(tmp_path: Path) -> None:
    much = paragraph(run(ONE, 40)) + paragraph(run(TWO)) + paragraph(run(ONE))
    assert told(read(tmp_path / "much.docx", word(much, SIZES))) == [("", 1, (ONE, TWO, ONE))]
    level = '<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'
    letter = paragraph(run("Dear Mara,", 40)) + paragraph(run(ONE))
    named = level.format("Salt") + letter + level.format("Fog") + paragraph(run(TWO))
    assert told(read(tmp_path / "named.docx", word(named, SIZES))) == [
        ("Salt", 1, ("Dear Mara,", ONE)),
        ("Fog", 1, (TWO,)),
    ]


SAVED = f"""<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word"><head>
<meta http-equiv=Content-Type content="text/html; charset=windows-1252"><title>The Shore</title>
<!--[if gte mso 9]><xml><o:DocumentProperties><o:Author>A. Writer</o:Author></o:DocumentProperties></xml><![endif]--></head>
<body lang=EN-GB><div class=WordSection1>
<p class=MsoToc1><a href="#_Toc1">The Jetty<span style='mso-tab-count:1 dotted'>. </span>1</a></p>
<p class=MsoToc1><a href="#_Toc2">Salt<span style='mso-tab-count:1 dotted'>. </span>9</a></p>
<h1><a name="_Toc1"></a>The Jetty<o:p></o:p></h1>
<p class=MsoNormal>{ONE} \x93No\x94.<a href="#_ftn1" name="_ftnref1"><span class=MsoFootnoteReference><![if !supportFootnotes]>[1]<![endif]></span></a><o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal align=center>*&nbsp;*&nbsp;*</p>
<p class=MsoNormal>She <del cite="mailto:A">ran</del><ins cite="mailto:A">went</ins> on.<span class=MsoCommentReference><a class=msocomanchor id="_anchor_1" href="#_msocom_1">[AW1]</a></span></p>
<p class=MsoHeading7 style='mso-outline-level:1'><b>Salt</b></p><p class=MsoNormal>{TWO}</p></div>
<div style='mso-element:footnote-list'><hr><div id=ftn1><p class=MsoFootnoteText><a href="#_ftnref1" name="_ftn1">[1]</a> Hers.</p></div></div>
<div style='mso-element:comment-list'><div id="_com_1"><p class=MsoCommentText>[AW1] Check this.</p></div></div></body></html>"""


def test_a_page_that_word_saved(tmp_path: Path) -> None:
    reading = read(tmp_path / "book.htm", SAVED.encode("latin-1"))
    assert (reading.manuscript.title, reading.manuscript.author) == ("The Shore", "A. Writer")
    assert told(reading) == [
        ("The Jetty", 1, (f"{ONE} “No”.^[Hers.]", "* * *", "She went on.")),
        ("Salt", 1, (TWO,)),
    ]
    assert {left.why: left.count for left in reading.left_out} == {"contents": 2, "comment": 1}


def test_tracked_changes_of_another_page_are_as_they_were(tmp_path: Path) -> None:
    page = f"<h1>One</h1><p>{ONE} <del>Gone.</del></p><h1>Two</h1><p>{TWO}</p>"
    assert told(read(tmp_path / "book.html", page.encode())) == [("One", 1, (f"{ONE} ~~Gone.~~",)), ("Two", 1, (TWO,))]


def test_paragraphs_of_rich_text_end_as_macos_ends_them(tmp_path: Path) -> None:
    rich = rb"{\rtf1\ansi\cocoartf1265 " + ONE.encode() + b"\\\nA \\\\\nB.\\\r\n" + TWO.encode() + b"}"
    assert told(read(tmp_path / "book.rtf", rich)) == [("", 1, (ONE, "A \\B.", TWO))]


def test_a_list_of_chapters_leads_to_anchors_with_two_names(tmp_path: Path) -> None:
    page = f'<p class="h" id="c1"></p><p>{ONE}</p><a name="c2" id="c2"></a><p>{TWO}</p>'
    book = epub({"a.html": page}, ncx={"a.html#c1": "The Jetty", "a.html#c2": "Salt &amp; Iron"})
    assert told(read(tmp_path / "book.epub", book)) == [("The Jetty", 1, (ONE,)), ("Salt & Iron", 1, (TWO,))]


def test_novelwriter_says_how_a_paragraph_is_set(tmp_path: Path) -> None:
    item = '<item handle="{}" parent="{}" order="0" type="{}" class="NOVEL" layout="DOCUMENT"><name active="yes">A</name></item>'
    project = f"<novelWriterXML><project><name>The Shore</name></project><content>{item.format('r', 'None', 'ROOT')}{item.format('a', 'r', 'FILE')}</content></novelWriterXML>"
    (tmp_path / "novel").mkdir()
    (tmp_path / "novel" / "nwProject.nwx").write_text(project, encoding="utf-8")
    text = f"## The Jetty\n\n>> {ONE} <<\n\n> {TWO} <\n\n{ONE} <\n\n2 > 1 < 3\n"
    (tmp_path / "novel" / "content").mkdir()
    (tmp_path / "novel" / "content" / "a.nwd").write_text(text, encoding="utf-8")
    assert told(read_file(tmp_path / "novel", EN)) == [("The Jetty", 1, (ONE, TWO, ONE, "2 > 1 < 3"))]


def test_a_log_of_another_recurrentgpt_as_markdown(tmp_path: Path) -> None:
    step = (
        "### Step {}\n\n**Written Paragraph:** {}\n\n**Updated Memory:** She waits.\n\n**Plans:**\n1. Go.\n2. Stay.\n\n"
    )
    log = step.format(1, ONE) + step.format(2, TWO)
    assert told(read(tmp_path / "log.md", log.encode())) == [("", 1, (ONE, TWO))]
    # A book that only speaks of a plan is none.
    book = f"# One\n\nPlan: {ONE}\n\n# Two\n\nParagraph: {TWO}\n"
    assert [title for title, *_ in told(read(tmp_path / "book.md", book.encode()))] == ["One", "Two"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_wide_characters_without_a_mark_are_named_as_they_can_be_asked_for(tmp_path: Path, encoding: str) -> None:
    text = f"Chapter 1: The Jetty\n\n{ONE}\n\nChapter 2: Salt\n\n{TWO}\n".encode(encoding)
    reading = read(tmp_path / "book.txt", text)
    assert reading.encoding == encoding.upper().replace("16-", "16")
    assert told(read_file(tmp_path / "book.txt", EN, encoding=reading.encoding)) == told(reading)
