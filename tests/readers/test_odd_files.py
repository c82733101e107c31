"""Files as programs write them that do not say what a heading, a paragraph or a remark is in the usual way."""

# ruff: noqa: E501 (examples stand as they are)

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from book_files import epub, word
from recurrentgpt.schemas.errors import StorageError
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


def test_a_page_that_an_online_editor_saved(tmp_path: Path) -> None:
    """As Google Docs does: no mark is an element, each is a class of the page's own style sheet."""
    style = "<style type='text/css'>@import url('x');.c1{font-style:italic}.c2{font-weight:700}.c3{font-style:normal}p.c4{font:italic 12pt x}</style>"
    page = (
        f"<html><head>{style}</head><body><h1><span class='c3'>One</span></h1><p class=c0><span class='c3'>The </span><span class='c1'>"
        f"Amelia</span><span class='c3'> was </span><span class='c1 c2'>late</span>.</p><p class='c4'>{ONE}</p><h1>Two</h1><p>{TWO}</p></body></html>"
    )
    assert told(read(tmp_path / "book.html", page.encode())) == [
        ("One", 1, ("The *Amelia* was ***late***.", f"*{ONE}*")),
        ("Two", 1, (TWO,)),
    ]


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


RAIN = "江城的雨下了整整三天，街上的石板泛着青光，空气里全是潮湿的味道。"
LETTER = "他把伞放在墙角，看见桌上有一封没有署名的信。"
KOREAN = "마라는 부두에서 배를 세었다. 아직 아무도 등불을 켜지 않았다. 정오가 되자 안개가 걷혔다."


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        (
            f"第1章 雨夜\n\n{RAIN}\n\n（本章完）\n\n正文 第2章 旧友\n\n{LETTER}\n\n番外 灯塔\n\n{RAIN}\n",
            ["第1章 雨夜", "正文 第2章 旧友", "番外 灯塔"],
        ),
        (f"☆、雨夜\n\n　　{RAIN}\n\n☆、旧友\n\n　　{LETTER}\n", ["雨夜", "旧友"]),
        (f"001 雨夜\n\n{RAIN}\n\n002 旧友\n\n{LETTER}\n", ["001 雨夜", "002 旧友"]),
        (f"#1 The Jetty\n\n{ONE}\n\n#2 Salt\n\n{TWO}\n", ["1 The Jetty", "2 Salt"]),
        (f"I.\n\nTHE JETTY\n\n{ONE}\n\nII.\n\nSALT AND FOG\n\n{TWO}\n", ["I. THE JETTY", "II. SALT AND FOG"]),
        (f"1\nThe Jetty\n\n{ONE}\n\n2\nSalt\n\n{TWO}\n", ["1. The Jetty", "2. Salt"]),
        (f"1. Kapitel\n\n{ONE}\n\n2. Kapitel: Das Salz\n\n{TWO}\n", ["1. Kapitel", "2. Kapitel: Das Salz"]),
        (
            f"Chapter 1\n\nThe sea was\n\n{ONE}\n\nChapter 2\n\n{TWO}\n\n1. First of all.\n\n2. And then.\n\n{ONE}\n",
            ["Chapter 1", "Chapter 2"],
        ),
        (f"{ONE}\n\n1. Get up\n\n{ONE}\n\n2. Eat bread\n\n{ONE}\n", [""]),
        (f"{ONE}\n\n1. Bread\n\n2. Salt\n\n{TWO}\n", [""]),
    ],
    ids=[
        "sites",
        "starred",
        "counted zh",
        "counted",
        "named below",
        "two lines",
        "German",
        "prose",
        "points",
        "a list",
    ],
)
def test_headings_as_they_are_found(tmp_path: Path, text: str, titles: list[str]) -> None:
    reading = read(tmp_path / "book.txt", text.encode())
    assert [title for title, *_ in told(reading)] == titles
    kept = "".join(paragraph for *_, paragraphs in told(reading) for paragraph in paragraphs)
    assert "本章完" not in kept


def test_korean_is_no_chinese(tmp_path: Path) -> None:
    text = f"제1장 부두\n\n{KOREAN}\n\n제2장 소금\n\n{KOREAN}\n"
    reading = read(tmp_path / "book.txt", text.encode("cp949"))
    assert reading.encoding == "EUC-KR"
    assert told(reading) == [("제1장 부두", 1, (KOREAN,)), ("제2장 소금", 1, (KOREAN,))]


@pytest.mark.parametrize(
    "page",
    [
        "A. Writer\n\n12 Larch Row\n\na@example.org\n\nAbout 90,000 words\n\nTHE SHORE\n\nby A. Writer",
        "THE SHORE\nA Novel\nby A. Writer",
        "The Shore\n\nby A. Writer",
    ],
)
def test_a_title_page_is_no_story(tmp_path: Path, page: str) -> None:
    reading = read(tmp_path / "book.txt", f"{page}\n\nChapter One\n\n{ONE}\n\nChapter Two\n\n{TWO}\n".encode())
    assert (reading.manuscript.title, reading.manuscript.author) == ("The Shore", "A. Writer")
    assert [title for title, *_ in told(reading)] == ["Chapter One", "Chapter Two"]
    # Prose that only stands before the first heading is story.
    prose = read(
        tmp_path / "prose.txt",
        f"Mara came home.\n\nby A. Writer\n\nChapter One\n\n{ONE}\n\nChapter Two\n\n{TWO}\n".encode(),
    )
    assert prose.manuscript.paragraphs[0] == "Mara came home."


def test_a_library_s_older_head_and_its_plates(tmp_path: Path) -> None:
    head = "***The Project Gutenberg Etext of The Shore***\n\nLaws.\n\n*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*END*\n\n"
    text = (
        f"{head}[Illustration:\n\n  GEORGE ALLEN\n\n]\n\nThe Shore\n\nby A. Writer\n\nCONTENTS\n\n  I. The Jetty\n  II. Salt\n\n"
        f"I.\n\nTHE JETTY\n\n{ONE}\n\n[Illustration]\n\nII.\n\nSALT\n\n{TWO}\n\nEnd of The Project Gutenberg Etext\n"
    )
    reading = read(tmp_path / "book.txt", text.encode())
    assert told(reading) == [("I. THE JETTY", 1, (ONE,)), ("II. SALT", 1, (TWO,))]
    assert {left.why for left in reading.left_out} == {"licence", "picture", "title_page", "contents"}


def test_a_number_set_apart_from_its_heading_belongs_to_it(tmp_path: Path) -> None:
    pages = {
        f"c{number}.xhtml": f'<div><p class="element-number">{said}</p><h2>{title}</h2></div><p>{text}</p>'
        for number, (said, title, text) in enumerate((("1", "The Jetty", ONE), ("TWO", "Salt", TWO)))
    }
    reading = read(tmp_path / "book.epub", epub(pages, ncx={"c0.xhtml": "The Jetty", "c1.xhtml": "Salt"}))
    assert told(reading) == [("1. The Jetty", 1, (ONE,)), ("TWO. Salt", 1, (TWO,))]


AO3 = f"""<html><head><title>The Shore - awriter - Original Work</title></head><body><div id="preface"><p>Posted originally on the
<a href="http://archiveofourown.org/">Archive of Our Own</a>.</p><dl class="tags"><dt>Rating:</dt><dd>General</dd></dl><h1>The Shore</h1>
<div class="byline">by <a rel="author" href="x">awriter</a></div></div><div id="chapters" class="userstuff"><div class="meta group">
<h2 class="heading">Chapter 1: The Jetty</h2><p>Chapter Notes</p><blockquote class="userstuff"><p>Thanks!</p></blockquote></div>
<div class="userstuff"><p>{ONE}</p></div><h2 class="heading">Chapter 2: Salt</h2><p>{TWO}</p></div>
<div id="afterword"><p>Please drop by the Archive and comment!</p></div></body></html>"""


def test_what_an_archive_of_works_says_around_one_is_no_story(tmp_path: Path) -> None:
    reading = read(tmp_path / "book.html", AO3.encode())
    assert (reading.manuscript.title, reading.manuscript.author) == ("The Shore", "awriter")
    assert told(reading) == [("Chapter 1: The Jetty", 1, (ONE,)), ("Chapter 2: Salt", 1, (TWO,))]
    assert {left.why for left in reading.left_out} == {"title_page", "comment"}


def test_a_page_break_divides_no_scenes(tmp_path: Path) -> None:
    page = f"<h1>One</h1><p>{ONE}</p><hr style='page-break-before:always;display:none;'><h1>Two</h1><p>{TWO}</p>"
    assert told(read(tmp_path / "book.html", page.encode())) == [("One", 1, (ONE,)), ("Two", 1, (TWO,))]


def test_a_page_whose_tags_do_not_end_is_refused_in_time(tmp_path: Path) -> None:
    for content in ("<svg " * 100_000, "<p " * 100_000):
        with pytest.raises(StorageError, match=r"cannot be read as \.html"):
            read(tmp_path / "book.html", f"<p>{ONE}</p>{content}".encode())


def test_a_program_s_own_name_of_a_page_is_no_title(tmp_path: Path) -> None:
    pages = {
        "a.xhtml": f"<p>Chapter One: The Jetty</p><p>{ONE}</p>",
        "b.xhtml": f"<p>Chapter Two: Salt</p><p>{TWO}</p>",
    }
    reading = read(tmp_path / "book.epub", epub(pages, ncx={"a.xhtml": "Section 1", "b.xhtml": "Chapter Two: Salt"}))
    assert told(reading) == [("Chapter One: The Jetty", 1, (ONE,)), ("Chapter Two: Salt", 1, (TWO,))]


@pytest.mark.parametrize("head", ["《江城》某某", "《江城》作者：某某", "《江城》 某某 著"])
def test_a_line_has_title_and_author(tmp_path: Path, head: str) -> None:
    reading = read(tmp_path / "book.txt", f"{head}\n\n第一章 雨夜\n\n{RAIN}\n\n第二章 旧友\n\n{LETTER}\n".encode())
    assert (reading.manuscript.title, reading.manuscript.author) == ("江城", "某某")
    assert [title for title, *_ in told(reading)] == ["第一章 雨夜", "第二章 旧友"]
