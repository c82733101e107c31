"""Texts as writers bring them: from sites, programs for notes, typewriters' habits and other tools' heads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from book_files import read
from recurrentgpt.schemas.languages import language_named
from recurrentgpt.stories.readers import Reading, read_file
from tongues import ZH

if TYPE_CHECKING:
    from pathlib import Path


ONE = "The harbour was quiet when Mara came down to the quay, and nobody had lit the lamps yet."
TWO = "By noon the fog had gone. Tomas stood at the rail and said nothing, which was worse."
RAIN = "江城的雨下了整整三天，街上的石板泛着青光，空气里全是潮湿的味道。"
LETTER = "他把伞放在墙角，看见桌上有一封没有署名的信。"


def told(reading: Reading) -> list[tuple[str, tuple[str, ...]]]:
    return [(chapter.title, chapter.paragraphs) for chapter in reading.manuscript.chapters]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("name", "mark"), [("book.txt", ""), ("book.md", "# ")])
def test_a_line_a_paragraph_with_an_empty_line_here_and_there(tmp_path: Path, name: str, mark: str, end: str) -> None:
    first = [ONE, "“No,” she said.", "“Why?”", TWO, "“No.”", ONE]
    second = [TWO, "“Yes.”", ONE]
    lines = [f"{mark}Chapter 1", *first, "", f"{mark}Chapter 2", *second, ""]
    assert told(read(tmp_path / name, end.join(lines))) == [("Chapter 1", tuple(first)), ("Chapter 2", tuple(second))]


def test_markdown_that_is_broken_at_a_width_or_in_verses_is_not_parted(tmp_path: Path) -> None:
    wrapped = "She walked along the shore for a long, long time and thought\nof what the bottle had said to her."
    verse = "The gulls go out.\\\nThe gulls come in.\\\nAnd I remain."
    found = read(tmp_path / "book.md", f"# One\n\n{wrapped}\n\n{verse}\n\n{wrapped}\n\n# Two\n\n{ONE}\n")
    joined = wrapped.replace("\n", " ")
    assert told(found) == [("One", (joined, verse.replace("\\\n", "\n"), joined)), ("Two", (ONE,))]


def test_what_sites_put_around_a_book_and_its_chapters_is_no_story(tmp_path: Path) -> None:
    text = (
        "更多精彩小说请访问 www.example.com\n\n书名：江城夜雨\n作者：沈砚\n\n【内容简介】\n\n一个关于雨的故事。\n\n"
        f"===第1章 雨夜===\n\n{RAIN}\n{LETTER}\n\n本章未完，请点击下一页继续阅读\n\n求月票！求推荐票！\n\n"
        f"第2章 旧友（上）\n\n{LETTER}\n\n他说请收藏这封信。\n\n（未完待续）\n\nhttps://example.com/2.html\n"
    )
    reading = read(tmp_path / "book.txt", text.encode("gb18030"), ZH)
    assert (reading.manuscript.title, reading.manuscript.author, reading.encoding) == ("江城夜雨", "沈砚", "GBK")
    assert told(reading) == [("第1章 雨夜", (RAIN, LETTER)), ("第2章 旧友（上）", (LETTER, "他说请收藏这封信。"))]
    assert {left.why: left.count for left in reading.left_out} == {"running_head": 5, "title_page": 3}
    kept = read_file(tmp_path / "book.txt", ZH, keep=("title_page", "running_head"))
    assert "求月票！求推荐票！" in kept.manuscript.paragraphs
    assert "一个关于雨的故事。" in kept.manuscript.paragraphs


@pytest.mark.parametrize(
    "head",
    [
        "+++\ntitle = \"The Shore\"\nauthor = 'Ann Writer'\ndraft = true\n+++\n",
        "% The Shore\n% Ann Writer\n% 2024\n",
        "Title: The Shore\nAuthor: Ann Writer\nDate: 2024\n",
        "---\ntitle: The Shore\nauthor: Ann Writer\ndate: 2024\n...\n",
    ],
    ids=["TOML", "pandoc", "MultiMarkdown", "YAML"],
)
def test_the_head_of_a_markdown_file_names_it(tmp_path: Path, head: str) -> None:
    reading = read(tmp_path / "book.md", f"{head}\n# One\n\n{ONE}\n\n# Two\n\n{TWO}\n")
    assert (reading.manuscript.title, reading.manuscript.author) == ("The Shore", "Ann Writer")
    assert told(reading) == [("One", (ONE,)), ("Two", (TWO,))]
    assert reading.left_out == ()


def test_what_a_program_for_notes_has_in_a_text_is_no_story(tmp_path: Path) -> None:
    text = (
        f"# One\n\n{ONE} ^first-block\n\n> [!note]- Remember\n> the tide\n\n```dataview\nTABLE tide\n```\n\n"
        f"- [ ] check the tide\n\n> {TWO}\n\n```\nSTOP\n```\n\n# Two\n\n{TWO}\n"
    )
    reading = read(tmp_path / "book.md", text)
    assert told(reading) == [("One", (ONE, TWO, "STOP")), ("Two", (TWO,))]
    assert [(left.why, left.count) for left in reading.left_out] == [("comment", 3)]


@pytest.mark.parametrize(
    ("tag", "titles"),
    [
        ("zh", ["一、雨夜", "二、旧友", "三、终"]),
        ("ko", ["프롤로그", "제1장. 부두", "에필로그", "작가의 말"]),
        ("ja", ["プロローグ", "第一話\u3000雨の夜", "幕間", "あとがき"]),
    ],
)
def test_titles_of_the_east(tmp_path: Path, tag: str, titles: list[str]) -> None:
    text = {"zh": RAIN, "ko": "그녀는 창밖을 바라보았다.", "ja": "彼女は窓の外を見ていた。"}[tag]
    reading = read(tmp_path / "book.txt", "\n\n".join(f"{title}\n\n{text}" for title in titles), language_named(tag))
    assert told(reading) == [(title, (text,)) for title in titles]
    assert reading.manuscript.title == ""
