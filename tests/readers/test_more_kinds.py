"""More kinds of files as programs and sites write them, each of which once lost or added something."""

# ruff: noqa: E501 (files stand as programs write them)

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from book_files import epub, line, odt, read, style, word
from recurrentgpt.schemas.languages import language_named
from tongues import ZH

if TYPE_CHECKING:
    from pathlib import Path

    from recurrentgpt.stories.readers import Reading

ONE = "The harbour was quiet when Mara came down to the quay, and nobody had lit the lamps yet."
TWO = "By noon the fog had gone. Tomas stood at the rail and said nothing, which was worse."


def told(reading: Reading) -> list[tuple[str, list[str]]]:
    names = {ONE: "ONE", TWO: "TWO"}
    return [(one.title, [names.get(text, text) for text in one.paragraphs]) for one in reading.manuscript.chapters]


def out(reading: Reading) -> dict[str, str]:
    return {left.why: left.text for left in reading.left_out}


def named(reading: Reading) -> tuple[str, str]:
    return reading.manuscript.title, reading.manuscript.author


def test_what_a_document_of_google_has_under_its_title(tmp_path: Path) -> None:
    styles = style("Title") + style("Subtitle") + style("Heading1", "heading 1", level=0)
    body = line("The Shore", "Title") + line("by Ann Writer", "Subtitle") + line("One", "Heading1") + line(ONE)
    reading = read(tmp_path / "a.docx", word(body + line("Two", "Heading1") + line(TWO), styles))
    assert named(reading) == ("The Shore", "Ann Writer")
    assert out(reading)["title_page"] == "by Ann Writer"


def test_remarks_on_a_page_of_google_are_no_notes(tmp_path: Path) -> None:
    page = (
        f'<html><body><h1 id="h.1"><span>One</span></h1><p><span>{ONE}</span><sup><a href="#ftnt1" id="ftnt_ref1">[1]</a></sup></p>'
        '<p><span>Never.</span><sup><a href="#cmnt1" id="cmnt_ref1">[a]</a></sup></p><hr class="c8">'
        '<div><p><a href="#ftnt_ref1" id="ftnt1">[1]</a><span>&nbsp;Hers.</span></p></div>'
        '<div class="c2"><p><a href="#cmnt_ref1" id="cmnt1">[a]</a><span>Is this right?</span></p></div></body></html>'
    )
    reading = read(tmp_path / "a.html", page)
    assert reading.manuscript.paragraphs == (f"{ONE}^[Hers.]", "Never.")
    assert "Is this right?" in out(reading)["comment"]


def test_a_letter_that_is_a_picture_is_a_letter(tmp_path: Path) -> None:
    body = (
        f'<h1>One</h1><p><img class="d" src="t.png" alt="T"/>HE harbour was quiet.</p><p>{TWO}</p>'
        '<h1>Two</h1><div class="figleft"><img src="w.jpg" alt="W" /></div><p class="nind">e sat there.</p>'
        '<h1>Six</h1><p><img src="b.png" alt="a boat"/>It was black.</p>'
    )
    expected = [("One", ["THE harbour was quiet.", "TWO"]), ("Two", ["We sat there."]), ("Six", ["It was black."])]
    assert told(read(tmp_path / "a.html", f"<html><body>{body}</body></html>")) == expected
    assert told(read(tmp_path / "a.epub", epub({"c1.xhtml": body}, ncx={}))) == expected
    frame = '<draw:frame xmlns:draw="d"><draw:text-box><text:p>T</text:p></draw:text-box></draw:frame>'
    content = odt(
        f'<text:h text:outline-level="1">One</text:h><text:p>{frame}he harbour was quiet.</text:p><text:p>{TWO}</text:p>'
    )
    assert read(tmp_path / "a.odt", content).manuscript.paragraphs == ("The harbour was quiet.", TWO)


def test_paragraphs_in_a_text_kept_as_it_is_stay_apart(tmp_path: Path) -> None:
    page = f"<html><body><h1>One</h1><pre><p data-p-id='1'>{ONE}</p><p data-p-id='2'>{TWO}</p></pre><h1>Two</h1><pre>As\nit is.</pre></body></html>"
    assert told(read(tmp_path / "a.html", page)) == [("One", ["ONE", "TWO"]), ("Two", ["As\nit is."])]


def test_proposals_and_tags_of_markdown(tmp_path: Path) -> None:
    text = f"#novel #draft\n\n# One\n\nShe {{++never++}}{{--always--}} came {{~~home~>back~~}}.{{>>Why?<<}} {{==Here==}}\n\n# Two\n\n{ONE}\n"
    reading = read(tmp_path / "a.md", text)
    assert told(reading) == [("One", ["She never came back. Here"]), ("Two", ["ONE"])]
    assert out(reading)["comment"] == "Why? / #novel #draft"


def test_a_screenplay_that_is_called_a_text(tmp_path: Path) -> None:
    text = f"Title: The Shore\nAuthor: Ann Writer\n\nEXT. HARBOUR - NIGHT\n\n{ONE}\n\nMARA\nWho is there?\n\nINT. CELLAR - DAY\n\n{TWO}\n"
    reading = read(tmp_path / "a.txt", text)
    assert named(reading) == ("The Shore", "Ann Writer")
    assert told(reading) == [("EXT. HARBOUR - NIGHT", ["ONE", "MARA\nWho is there?"]), ("INT. CELLAR - DAY", ["TWO"])]


@pytest.mark.parametrize(
    "command", [r"\scenebreak", r"\asterism", r"\pfbreak*", r"\sectionbreak[1em]", r"\starbreak{3}"]
)
def test_commands_that_divide_scenes_of_latex(tmp_path: Path, command: str) -> None:
    text = (
        r"\documentclass{memoir}\newcommand{\scenebreak}{\par\bigskip\hfill*\quad*\quad*\hfill\null\par}\begin{document}"
        rf"\chapter{{One}}He left.{command} She stayed.\chapter{{Two}}So.\end{{document}}"
    )
    assert told(read(tmp_path / "a.tex", text)) == [("One", ["He left.", "* * *", "She stayed."]), ("Two", ["So."])]


def test_a_title_that_a_page_says_in_two_paragraphs(tmp_path: Path) -> None:
    page = (
        f'<p class="N">1</p><p class="T" id="toc1">The Jetty</p><p>{ONE}</p><p>{TWO}</p>'
        f'<p class="N" id="t2">2</p><p class="T" id="toc2">Salt</p><p>{TWO}</p>'
    )
    reading = read(
        tmp_path / "a.epub", epub({"a.xhtml": page}, ncx={"a.xhtml#toc1": "1 The Jetty", "a.xhtml#toc2": "2 Salt"})
    )
    assert told(reading) == [("1 The Jetty", ["ONE", "TWO"]), ("2 Salt", ["TWO"])]


@pytest.mark.parametrize("over", [[], ["Ann Writer", "12 Quay Street", "ann@example.org"]])
@pytest.mark.parametrize("by", [["by Ann Writer"], ["by", "Ann Writer"]])
def test_a_title_page_in_the_middle_of_lines(tmp_path: Path, over: list[str], by: list[str]) -> None:
    middle = '<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'
    lines = [middle.format(text) for text in ("The Shore", *by)]
    chapters = "".join(middle.format(f"Chapter {name}") + line(ONE) + line(TWO) for name in ("One", "Two"))
    reading = read(tmp_path / "a.docx", word("".join(map(line, over)) + "".join(lines) + chapters))
    assert named(reading) == ("The Shore", "Ann Writer")
    assert told(reading) == [("Chapter One", ["ONE", "TWO"]), ("Chapter Two", ["ONE", "TWO"])]


def test_what_a_site_puts_into_a_chinese_text(tmp_path: Path) -> None:
    text = (
        "本书来自 www.example.com 免费txt小说下载站\r\n《江城》作者：阿明\r\n\r\n第１章　初到江城\r\n　　江城的雨下了整整三天。\r\n　　“你是谁？”她问。\r\n"
        "第２章　旧友\r\n　　他推开门，雨声大了起来。\r\n　　她没有说话，㐀。\r\n（本章完）\r\n第３章　终\r\n　　他走了。\r\n"
    )
    reading = read(tmp_path / "a.txt", text.encode("gb18030"), ZH)
    assert named(reading) == ("江城", "阿明")
    assert told(reading) == [
        ("第１章　初到江城", ["江城的雨下了整整三天。", "“你是谁？”她问。"]),
        ("第２章　旧友", ["他推开门，雨声大了起来。", "她没有说话，㐀。"]),
        ("第３章　终", ["他走了。"]),
    ]
    assert out(reading)["running_head"] == "本书来自 www.example.com 免费txt小说下载站 / （本章完）"


def test_japanese_text_with_readings_and_remarks(tmp_path: Path) -> None:
    dashes = "-" * 55
    text = (
        f"{dashes}\r\n【テキスト中に現れる記号について】\r\n\r\n《》：ルビ\r\n（例）港《みなと》\r\n{dashes}\r\n\r\n"
        "［＃３字下げ］第一章　桟橋［＃「第一章　桟橋」は大見出し］\r\n\r\n　港《みなと》は静かだった。｜古い船《ふるいふね》。\r\n　「だれ」と彼女は言った。\r\n\r\n"
        "［＃改ページ］\r\n［＃３字下げ］第二章　塩［＃「第二章　塩」は大見出し］\r\n\r\n　霧が《《晴れた》》。\r\n\r\n\r\n底本：「岸辺」安野書房\r\n　　　2000年1月1日初版発行\r\n"
    )
    reading = read(tmp_path / "a.txt", text.encode("cp932"), language_named("ja"))
    assert told(reading) == [
        ("第一章　桟橋", ["港（みなと）は静かだった。古い船（ふるいふね）。", "「だれ」と彼女は言った。"]),
        ("第二章　塩", ["霧が*晴れた*。"]),
    ]
    assert "底本" in out(reading)["licence"]
    assert "ルビ" in out(reading)["licence"]


def test_chapters_of_a_hebrew_text(tmp_path: Path) -> None:
    text = (
        "פרק א\n\nהנמל היה שקט כשמרה ירדה אל הרציף.\n\nבצהריים התפוגג הערפל.\n\nפרק ב\n\nהיא ספרה שוב את הסירות, לאט.\n"
    )
    assert [title for title, _ in told(read(tmp_path / "a.txt", text))] == ["פרק א", "פרק ב"]


@pytest.mark.parametrize(
    "called", ["Endnoten", "Notes de bas de page", "Notas al pie", "尾注", "پانویس‌ها", "Footnote:"]
)
def test_a_list_of_notes_is_known_by_its_name_in_each_format(tmp_path: Path, called: str) -> None:
    marked = f'<p>{ONE}<a id="a" href="#b">[1]</a></p><p>{TWO}</p>'
    notes = f'<h1>{called}</h1><p id="b"><a href="#a">[1]</a> So it was.</p>'
    signed = f"# Nil\n\n{ONE}\n\n# One\n\n{ONE}[1]\n\n{TWO}\n\n# {called}\n\n[1] So it was.\n"
    for name, text in (("a.html", f"<h1>Nil</h1><p>{ONE}</p><h1>One</h1>{marked}{notes}"), ("a.md", signed)):
        found = read(tmp_path / name, text)
        assert told(found) == [("Nil", ["ONE"]), ("One", [f"{ONE}^[So it was.]", "TWO"])], name
    unmarked = read(tmp_path / "b.md", f"# One\n\n{ONE}\n\n# {called}\n\nSo it was.\n")
    assert [one.kind for one in unmarked.manuscript.chapters] == ["chapter", "back"]
