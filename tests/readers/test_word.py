"""Word documents as writers have them: what only the look of a page says is read as a reader of the page reads it."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from book_files import line, style, word, zipped
from recurrentgpt.stories.readers import Reading, read_file
from tongues import EN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ONE = "The harbour was quiet when Mara came down to the quay, and nobody had lit the lamps yet."
TWO = "By noon the fog had gone. Tomas stood at the rail and said nothing, which was worse."
CENTRED = '<w:jc w:val="center"/>'
H1 = '<w:pStyle w:val="Heading1"/>'
NEW_PAGE = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
EMPTY = "<w:p/>"
STYLES = (
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="character" w:styleId="Thought"><w:name w:val="Thought"/><w:rPr><w:i/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Dream"><w:name w:val="Dream"/><w:basedOn w:val="Thought"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Letter"><w:name w:val="Letter"/><w:rPr><w:i/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Secret"><w:name w:val="Secret"/><w:rPr><w:vanish/></w:rPr></w:style>'
    + style("Heading1", "heading 1")
)


def run(text: str, letters: str = "") -> str:
    return f'<w:r><w:rPr>{letters}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def para(*runs: str, how: str = "") -> str:
    return f"<w:p><w:pPr>{how}</w:pPr>{''.join(run(one) if one[:1] != '<' else one for one in runs)}</w:p>"


PROSE = para(ONE) + para(TWO)


def read(path: Path, body: str, more: Mapping[str, str | bytes] | None = None) -> Reading:
    path.write_bytes(word(body, STYLES, more))
    return read_file(path, EN)


def told(reading: Reading) -> list[tuple[str, list[str]]]:
    """The chapters, their two usual sentences said in short."""
    return [
        (chapter.title, [text.replace(ONE, "ONE").replace(TWO, "TWO") for text in chapter.paragraphs])
        for chapter in reading.manuscript.chapters
    ]


def test_hidden_text_is_no_story(tmp_path: Path) -> None:
    hidden = "<w:vanish/>"
    body = para(
        ONE,
        run(" Cut this.", hidden),
        run(" Or so.", '<w:rStyle w:val="Secret"/>'),
        run(" Not so.", '<w:vanish w:val="0"/>'),
    )
    reading = read(tmp_path / "a.docx", body + para(run("All of it.", hidden)) + para(TWO))
    assert told(reading) == [("", ["ONE Not so.", "TWO"])]
    assert {left.why: left.text for left in reading.left_out} == {"hidden": "Cut this. Or so. / All of it."}


def box(inner: str) -> str:
    """A box as Word writes it: once for newer programs, and once more for older ones."""
    spaces = (
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"'
        ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    )
    held = f"<w:txbxContent>{inner}</w:txbxContent>"
    return (
        f'<w:r {spaces}><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{held}</wps:txbx>'
        f"</w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>{held}</v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )


def test_what_stands_in_a_box_is_there_once(tmp_path: Path) -> None:
    inner = para("A note was pinned there:") + para("Gone fishing.") + para(box(para("In a box in it.")))
    body = para("Before ", box(inner), "and after.") + para(box(para("Alone."))) + para(TWO)
    assert told(read(tmp_path / "a.docx", body)) == [
        ("", ["Before and after.", "A note was pinned there:", "Gone fishing.", "In a box in it.", "Alone.", "TWO"])
    ]


def test_marks_that_only_a_style_has(tmp_path: Path) -> None:
    thought, off = '<w:rStyle w:val="Thought"/>', '<w:i w:val="0"/>'
    letter = '<w:pStyle w:val="Letter"/>'
    body = (
        para(
            "She ", run("ran", thought), " and ", run("fell", '<w:rStyle w:val="Dream"/>'), run(" here.", thought + off)
        )
        + para("Dear ", run("you", thought), ", yours.", how=letter)
        + para("It was ", run("so ", "<w:i/>"), run("cold", "<w:i/>"), run(". S", ""), run("he", "<w:b/>"), " went.")
    )
    assert told(read(tmp_path / "a.docx", body)) == [
        ("", ["She *ran* and *fell* here.", "*Dear* you*, yours.*", "It was *so cold*. S**he** went."])
    ]


def test_changes_that_were_tracked_are_as_if_accepted(tmp_path: Path) -> None:
    """Also without a name or a date, as some programs write them; a deleted end of a paragraph joins two."""
    moved = run("She was gone.")
    body = (
        para(
            "She ",
            f'<w:ins w:id="1">{run("ran")}</w:ins><w:del w:id="2"><w:r><w:delText>went</w:delText></w:r></w:del>',
            ".",
        )
        + f'<w:p><w:pPr><w:rPr><w:del w:id="3"/></w:rPr></w:pPr>{run("One half, ")}</w:p>'
        + para("and the other.")
        + '<w:p><w:pPr><w:rPr><w:del w:id="4"/></w:rPr></w:pPr><w:del w:id="4">'
        + "<w:r><w:delText>All.</w:delText></w:r></w:del></w:p>"
        + f'<w:p><w:pPr><w:rPr><w:moveFrom w:id="5"/></w:rPr></w:pPr><w:moveFrom w:id="5">{moved}</w:moveFrom></w:p>'
        + para(TWO)
        + para(f'<w:moveTo w:id="5">{moved}</w:moveTo>')
    )
    remarks = (
        f'<w:comments xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:comment w:id="0">'
        f"{para('Is that so?')}</w:comment></w:comments>"
    )
    reading = read(tmp_path / "a.docx", body, {"word/comments.xml": remarks})
    assert told(reading) == [("", ["She ran.", "One half, and the other.", "TWO", "She was gone."])]
    assert {left.why: left.text for left in reading.left_out} == {"comment": "Is that so?"}


def test_an_initial_belongs_to_its_word(tmp_path: Path) -> None:
    initial = para(run("T", '<w:b/><w:sz w:val="90"/>'), how='<w:framePr w:dropCap="drop" w:lines="3"/>')
    assert told(read(tmp_path / "a.docx", initial + para(ONE[1:]) + para(TWO))) == [("", ["ONE", "TWO"])]


def test_a_new_page_is_no_new_line(tmp_path: Path) -> None:
    body = para(f'<w:r><w:t>{ONE}</w:t><w:br w:type="page"/><w:t>{TWO}</w:t></w:r>') + para(
        "A,<w:cr/>".replace("<w:cr/>", ""), "<w:r><w:cr/><w:t>b.</w:t></w:r>"
    )
    assert told(read(tmp_path / "a.docx", body)) == [("", ["ONE", "TWO", "A,\nb."])]


@pytest.mark.parametrize(
    ("between", "paragraphs"),
    [
        (EMPTY, ["ONE", "TWO", "* * *", "ONE", "TWO"]),
        (EMPTY * 3, ["ONE", "TWO", "* * *", "ONE", "TWO"]),
        (para("❧", how=CENTRED), ["ONE", "TWO", "* * *", "ONE", "TWO"]),
        (para("-", how=CENTRED), ["ONE", "TWO", "* * *", "ONE", "TWO"]),
        (para("-"), ["ONE", "TWO", "-", "ONE", "TWO"]),
        (para(how='<w:pBdr><w:bottom w:val="single"/></w:pBdr>'), ["ONE", "TWO", "* * *", "ONE", "TWO"]),
        (para("“…”", how=CENTRED), ["ONE", "TWO", "“…”", "ONE", "TWO"]),
        (EMPTY + para("Dear Mara,") + EMPTY, ["ONE", "TWO", "Dear Mara,", "ONE", "TWO"]),
    ],
    ids=[
        "an empty line",
        "three",
        "an ornament",
        "a dash in the middle",
        "a dash",
        "a line across",
        "words",
        "a letter",
    ],
)
def test_what_divides_scenes(tmp_path: Path, between: str, paragraphs: list[str]) -> None:
    assert told(read(tmp_path / "a.docx", PROSE + between + PROSE)) == [("", paragraphs)]


def test_a_line_drawn_under_a_paragraph_divides_scenes(tmp_path: Path) -> None:
    under = '<w:pBdr><w:bottom w:val="single"/></w:pBdr>'
    body = para("One", how=H1 + under) + para(ONE) + para(TWO, how=under) + para(ONE) + para("Two", how=H1) + para(TWO)
    assert told(read(tmp_path / "a.docx", body)) == [("One", ["ONE", "TWO", "* * *", "ONE"]), ("Two", ["TWO"])]


def test_where_empty_lines_divide_paragraphs_more_of_them_divide_scenes(tmp_path: Path) -> None:
    some = (para(ONE) + EMPTY + para(TWO) + EMPTY) * 3
    assert told(
        read(tmp_path / "a.docx", para("One", how=H1) + EMPTY * 3 + some + EMPTY + some + para("Two", how=H1) + some)
    ) == [
        ("One", [*["ONE", "TWO"] * 3, "* * *", *["ONE", "TWO"] * 3]),
        ("Two", ["ONE", "TWO"] * 3),
    ]


def test_a_picture_that_comes_again_and_again_divides_scenes(tmp_path: Path) -> None:
    spaces = (
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
    )

    def picture(key: str) -> str:
        shown = f'<pic:pic><pic:blipFill><a:blip r:embed="{key}"/></pic:blipFill></pic:pic>'
        return para(
            f'<w:r {spaces}><w:drawing><wp:inline><wp:docPr id="1" name="x"/><a:graphic>'
            f'<a:graphicData uri="p">{shown}</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
        )

    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
    links = "".join(f'<Relationship Id="{key}" Type="{kind}" Target="media/{key}.png"/>' for key in ("r1", "r2"))
    more: dict[str, str | bytes] = {
        "word/_rels/document.xml.rels": f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>',
        "word/media/r1.png": b"png",
        "word/media/r2.png": b"png",
    }
    body = PROSE + picture("r1") + PROSE + picture("r2") + PROSE + picture("r1") + PROSE
    assert told(read(tmp_path / "a.docx", body, more)) == [
        ("", ["ONE", "TWO", "* * *", "ONE", "TWO", "ONE", "TWO", "* * *", "ONE", "TWO"])
    ]


BOLD, LINED = "<w:b/>", '<w:u w:val="single"/>'


@pytest.mark.parametrize(
    ("first", "second", "titles"),
    [
        (para(run("The Jetty", BOLD)), para(run("Salt", BOLD)), ["The Jetty", "Salt"]),
        (para("The Jetty", how=CENTRED), para("Salt", how=CENTRED), ["The Jetty", "Salt"]),
        (para(run("The Jetty", LINED)), para(run("Salt", LINED)), ["The Jetty", "Salt"]),
        (para("THE JETTY"), para("SALT"), ["THE JETTY", "SALT"]),
        (
            para("1", how=CENTRED) + para(run("The Jetty", BOLD)),
            para("2", how=CENTRED) + para(run("Salt", BOLD)),
            ["1. The Jetty", "2. Salt"],
        ),
        (para(run("Prologue", BOLD)), NEW_PAGE + para(run("Who Goes There?", BOLD)), ["Prologue", "Who Goes There?"]),
    ],
    ids=["bold", "centred", "underlined", "capitals", "a number above", "a new page"],
)
def test_chapters_that_only_their_look_names(tmp_path: Path, first: str, second: str, titles: list[str]) -> None:
    body = first + PROSE * 2 + second + PROSE + para(run("THE END", BOLD), how=CENTRED)
    assert told(read(tmp_path / "a.docx", body)) == [
        (titles[0], ["ONE", "TWO", "ONE", "TWO"]),
        (titles[1], ["ONE", "TWO", "**THE END**"]),
    ]


@pytest.mark.parametrize(
    "body",
    [
        PROSE * 2 + para("CLOSED FOR WINTER", how=CENTRED) + PROSE + para("BEWARE OF THE DOG", how=CENTRED) + PROSE,
        para(run("“No!”, she said.", BOLD)) + PROSE + para(run("She ran.", BOLD)) + PROSE,
        PROSE + "".join(para(text, how=CENTRED) for text in ("Roses", "Red", "Violets", "Blue")) + PROSE * 2,
    ],
    ids=["signs in a story", "sentences", "a poem"],
)
def test_what_only_looks_a_little_like_a_title_is_none(tmp_path: Path, body: str) -> None:
    assert [title for title, _ in told(read(tmp_path / "a.docx", body))] == [""]


def test_the_title_page_of_a_typescript_is_no_story(tmp_path: Path) -> None:
    head = para("A. Writer") + para("12 Larch Row") + para("about 90,000 words") + EMPTY * 6
    head += para("THE SHORE", how=CENTRED) + para("by A. Writer", how=CENTRED) + NEW_PAGE
    scene = para("#", how=CENTRED)
    body = (
        head
        + para("The Jetty", how=CENTRED)
        + EMPTY
        + PROSE
        + scene
        + PROSE
        + NEW_PAGE
        + para("Salt", how=CENTRED)
        + EMPTY
    )
    reading = read(tmp_path / "a.docx", body + PROSE + para("END", how=CENTRED))
    assert (reading.manuscript.title, reading.manuscript.author) == ("The Shore", "A. Writer")
    assert told(reading) == [("The Jetty", ["ONE", "TWO", "* * *", "ONE", "TWO"]), ("Salt", ["ONE", "TWO", "END"])]


def test_the_end_is_no_chapter_unless_it_has_a_text(tmp_path: Path) -> None:
    body = para("One", how=H1) + PROSE + para("The End", how=H1) + PROSE + para("THE END", how=H1)
    body += para("About the Author", how=H1) + para("She lives by the sea.")
    assert told(read(tmp_path / "a.docx", body)) == [
        ("One", ["ONE", "TWO"]),
        ("The End", ["ONE", "TWO", "THE END"]),
        ("About the Author", ["She lives by the sea."]),
    ]


def test_numbers_that_word_counts_by_itself_stand_in_the_titles(tmp_path: Path) -> None:
    def level(kind: str, text: str) -> str:
        return f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'

    def reading(kind: str, text: str, *titles: str) -> list[str]:
        numbers = (
            '<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
            f'<w:abstractNum w:abstractNumId="7">{level(kind, text)}</w:abstractNum>'
            '<w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num></w:numbering>'
        )
        counted = H1 + '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr>'
        body = "".join(para(title, how=counted) + para(ONE) for title in titles)
        return [title for title, _ in told(read(tmp_path / "a.docx", body, {"word/numbering.xml": numbers}))]

    assert reading("decimal", "Chapter %1", "", "") == ["Chapter 1", "Chapter 2"]
    assert reading("decimal", "Chapter %1:", "The Jetty", "Salt") == ["Chapter 1: The Jetty", "Chapter 2: Salt"]
    assert reading("upperRoman", "%1.", "The Jetty", "Salt") == ["I. The Jetty", "II. Salt"]
    assert reading("cardinalText", "Chapter %1", "The Jetty", "Salt") == ["Chapter One. The Jetty", "Chapter Two. Salt"]
    assert reading("chineseCounting", "第%1章", *["雨夜"] * 11)[-1] == "第十一章 雨夜"
    assert reading("cardinalText", "%1", *[""] * 21)[-1] == "Twenty-One"
    assert reading("bullet", "•", "The Jetty", "Salt") == ["The Jetty", "Salt"]


def test_a_text_laid_out_in_a_table_has_its_paragraphs(tmp_path: Path) -> None:
    def row(*cells: str) -> str:
        return f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"

    body = f"<w:tbl>{row(PROSE)}</w:tbl>{para(ONE)}<w:tbl>{row(line('Ebb'), line('Flood'))}</w:tbl>{para(TWO)}"
    assert told(read(tmp_path / "a.docx", body)) == [("", ["ONE", "TWO", "ONE", "Ebb | Flood", "TWO"])]


def test_other_programs_other_names(tmp_path: Path) -> None:
    """The text may be a file of another name, and its elements of the stricter standard's."""
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "application/vnd.openxmlformats-package"
    rels = (
        f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Target="/word/document2.xml" '
        'Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument"/></Relationships>'
    )
    body = para("One", how=H1) + para(ONE) + para("Two", how=H1) + para(TWO)
    strict = (
        f'<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body>{body}</w:body></w:document>'
    )
    types = (
        f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="rels" ContentType="{office}.relationships+xml"/></Types>'
    )
    more = {"_rels/.rels": rels, "word/document2.xml": strict, "[Content_Types].xml": types}
    with zipfile.ZipFile(io.BytesIO(word("", STYLES))) as packed:
        kept = {name: packed.read(name) for name in packed.namelist() if name != "word/document.xml"}
    (tmp_path / "a.docx").write_bytes(zipped({**kept, **more}))
    assert told(read_file(tmp_path / "a.docx", EN)) == [("One", ["ONE"]), ("Two", ["TWO"])]


def test_the_reading_over_a_character_stands_behind_it(tmp_path: Path) -> None:
    ruby = (
        "<w:r><w:ruby><w:rt><w:r><w:t>えど</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>江戸</w:t></w:r></w:rubyBase>"
        "</w:ruby></w:r><w:r><w:t>の雨。</w:t></w:r>"
    )
    path = tmp_path / "a.docx"
    path.write_bytes(word(line(ruby, raw=True)))
    assert read_file(path, EN).manuscript.paragraphs == ("江戸（えど）の雨。",)


def test_more_room_above_a_paragraph_divides_scenes(tmp_path: Path) -> None:
    usual = [line(f"She counted the boats again, and there were {number}.") for number in range(6)]
    wide = '<w:p><w:pPr><w:spacing w:before="480"/></w:pPr><w:r><w:t>The tide had turned at last.</w:t></w:r></w:p>'
    letter = wide.replace('w:before="480"', 'w:before="480" w:after="480"')
    path = tmp_path / "a.docx"
    for between, scenes in ((wide, 1), (letter, 0)):
        path.write_bytes(word("".join([*usual[:3], between, *usual[3:]])))
        told = read_file(path, EN).manuscript.paragraphs
        assert (told.count("* * *"), len(told)) == (scenes, 7 + scenes)
