"""Plain text of every kind: its encoding, its headings, its paragraphs, its spaces."""

# ruff: noqa: E501 (examples stand as they are)

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from recurrentgpt.schemas.errors import RecurrentGPTError
from recurrentgpt.schemas.languages import language_named
from recurrentgpt.stories.readers import Reading, read_file
from tongues import EN, ZH

if TYPE_CHECKING:
    from pathlib import Path

    from recurrentgpt.schemas.languages import Language

PROSE = "She counted them again, slowly, from the harbour wall, and there was one too few. Nobody on the quay had seen it go."
CHINESE = "他把伞放在墙角，看见桌上有一封没有署名的信，信封上的墨迹已经被雨水晕开。"


def read(tmp_path: Path, content: str | bytes, name: str = "book.txt", language: Language = EN, **how: Any) -> Reading:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_file(path, language, **how)


def titles(reading: Reading) -> list[str]:
    return [chapter.title for chapter in reading.manuscript.chapters]


@pytest.mark.parametrize(
    ("text", "encoding", "tag", "said"),
    [
        ("“It’s late,” she said – and left the café.", "cp1252", "en", "Windows-1252"),
        ("Grüße aus Köln: „Schön!“, sagte er.", "cp1252", "de", "Windows-1252"),
        ("Zażółć gęślą jaźń, powiedziała.", "cp1250", "pl", "Windows-1250"),
        ("Она вошла в дом и закрыла дверь.", "cp1251", "en", "Windows-1251"),
        ("Она вошла в дом и закрыла дверь.", "koi8-r", "en", "koi8_r"),
        (CHINESE, "gbk", "en", "GBK"),
        ("第三章 雨夜\n\n林知夏没有回头。", "gb18030", "zh", "GBK"),
        ("她推開門，雨聲大了起來。他沒有說話，只是看著窗外。", "big5", "en", "Big5"),
        ("彼女は窓の外を見ていた。雨がやまない。", "shift_jis", "en", "Shift_JIS"),
        ("그녀는 창밖을 바라보았다. 비가 그치지 않았다.", "euc-kr", "ko", "EUC-KR"),
        (CHINESE, "utf-16", "en", "UTF-16"),
        (PROSE, "utf-16-le", "en", "UTF-16LE"),
        (CHINESE, "utf-16-be", "zh", "UTF-16BE"),
        (PROSE, "utf-8-sig", "en", ""),
        (CHINESE, "utf-8", "en", ""),
    ],
)
def test_a_text_is_read_whatever_it_is_encoded_in(
    tmp_path: Path, text: str, encoding: str, tag: str, said: str
) -> None:
    reading = read(tmp_path, text.encode(encoding), language=language_named(tag))
    whole = "\n\n".join([*titles(reading), *reading.manuscript.paragraphs]).strip()
    assert whole == text
    assert reading.encoding == said


def test_a_person_says_what_it_is_encoded_in(tmp_path: Path) -> None:
    content = "Он сказал: да.".encode("koi8-r")
    assert read(tmp_path, content, encoding="koi8-r").manuscript.paragraphs == ("Он сказал: да.",)
    with pytest.raises(RecurrentGPTError, match="There is no encoding 'klingon'"):
        read(tmp_path, content, encoding="klingon")
    with pytest.raises(RecurrentGPTError, match="no text in 'utf-8'"):
        read(tmp_path, content, encoding="utf-8")
    with pytest.raises(RecurrentGPTError, match="There is no encoding 'base64'"):
        read(tmp_path, content, encoding="base64")


@pytest.mark.parametrize("content", [b"\x00\x01\x02\x03" * 50, b"\xff\xfe\xfa latin", bytes(range(256)) * 4])
def test_bytes_that_are_no_text_are_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(RecurrentGPTError, match="no text in any encoding"):
        read(tmp_path, content)


@pytest.mark.parametrize(
    "title",
    [
        "Chapter 1", "CHAPTER IV", "Chapter XXXIX.", "Chapter Twenty-One: Salt", "Chapter 2: Who Goes There?", "Chapter 7 The Lamp",
        "Chapter the First", "Part Two: The Cellar", "Prologue", "Interlude: Fog", "Epilogue", "Author’s Note", "Afterword",
        "Chapter 3 — Stop! Thief!", "BOOK TWO", "Act III", "* Chapter 4 *",
        "第 1 章 初到江城", "第三章", "第十二回 风雪山神庙", "第３章 你是谁？", "第一百二十三章 大结局", "卷二 风雨欲来", "卷二", "番外一 灯塔",
        "番外", "终章", "后记", "楔子", "序章", "尾声", "第一章初到江城", "第四十二章：归途",
        "Kapitel 3: Der Keller", "Kapitel drei", "Chapitre premier", "Chapitre IV – La mer", "Capítulo 5", "Глава первая", "Часть II", "فصل ۱", "فصل اول",
        "Erstes Kapitel", "Viertes Kapitel", "Zehntes Kapitel: Das Meer", "EINUNDZWANZIGSTES KAPITEL", "Kapitel zweiunddreißig", "Zweiter Teil",
        "Das siebte Kapitel", "Hundertdrittes Kapitel", "Chapitre vingt et un", "Chapitre quatre-vingt-onze : La mer", "Deuxième partie", "Vingtième chapitre",
        "Chapitre dix-septième", "Capítulo vigésimo primero", "Capítulo treinta y uno", "CAPÍTULO VEINTIDÓS", "Segunda parte: La llegada", "La tercera parte",
        "Capítulo décimo. El mar", "Capitolo ventunesimo", "Parte seconda", "Capítulo vinte e um", "Capítulo décimo segundo", "Глава двадцать первая",
        "ГЛАВА ДЕСЯТАЯ. Туман", "Пятая глава", "Книга третья", "Глава сорок два", "The First Chapter", "Chapter Two Hundred and Twelve", "Second Book: Salt",
        "فصل بیست و یکم", "الفصل الحادي عشر: البحر",
    ],
)  # fmt: skip
def test_a_title_is_known_by_its_words(tmp_path: Path, title: str) -> None:
    reading = read(tmp_path, f"{PROSE}\n\n{title}\n\n{PROSE}\n")
    assert titles(reading) == ["", title.strip("* ")]


@pytest.mark.parametrize(
    "line",
    [
        "Part two of the plan was harder.", "Book one lay open on the table.", "Part I did not like came next.",
        "“Chapter seven,” said Tom.", "Chapter one was read. It was good.", "Chapter 3's end was near.", "Chapters are short.",
        "Day one was the worst of it.", "Act two people at once.", "Part of it was hers.", "Prologues bored her.", "I.e. nothing.",
        "Tom Sawyer", "Del walked in.", "Volume up, please.", "Section eight had gone home, all of it.", "The end.",
        "第二天，江面上起了雾。", "第一回见到她，他就知道。", "第一章很短。他走了。", "后记得去看她。", "卷起袖子就走。", "终于，雨停了。", "第三部电影很长，他睡着了。",
        "Teil der Geschichte war neu.", "Глава семьи пришла.", "The first chapter was dull.", "The second part.", "Erster Teil war besser als der zweite.",
        "Das erste Kapitel las sie nie.", "La segunda parte no existe.", "Partie deux heures avant lui, elle courait.", "Вторая глава была хуже.", "One part salt.",
        "Part of one chapter was lost.", "Del primer día no queda nada.", "فصل بهار آمد و او رفت.",
    ],
)  # fmt: skip
def test_prose_that_begins_like_a_title_is_prose(tmp_path: Path, line: str) -> None:
    reading = read(tmp_path, f"Chapter 1\n\n{PROSE}\n\n{line}\n\n{PROSE}\n")
    assert titles(reading) == ["Chapter 1"]
    assert reading.manuscript.paragraphs == (PROSE, line, PROSE)


def test_numbers_alone_are_titles_where_they_stand_alone(tmp_path: Path) -> None:
    text = "\n\n".join([part for number in ("1", "II.", "三", "（四）", "5.") for part in (number, PROSE)])
    assert titles(read(tmp_path, text)) == ["1", "II.", "三", "（四）", "5."]
    counted = read(tmp_path, f"Chapter 1\n\n{PROSE}\n\n3\n\n2\n\n1\n\n{PROSE}\n\nLift off. 4\n")
    assert titles(counted) == ["Chapter 1"]
    assert counted.manuscript.paragraphs[1:4] == ("3", "2", "1")


def test_a_heading_may_stand_directly_above_and_under_text(tmp_path: Path) -> None:
    reading = read(
        tmp_path, f"Chapter 1\n{PROSE}\nNobody answered.\nChapter 2\n{PROSE}\n\nPART TWO\nChapter 3\n{PROSE}\n"
    )
    assert titles(reading) == ["Chapter 1", "Chapter 2", "PART TWO", "Chapter 3"]
    assert [chapter.kind for chapter in reading.manuscript.chapters] == ["chapter", "chapter", "part", "chapter"]


def test_a_web_novel_has_a_paragraph_a_line(tmp_path: Path) -> None:
    lines = [f"{CHINESE}{number}。" for number in range(6)]
    indented = "第一章 雨夜\n" + "\n".join(f"　　{line}" for line in lines[:3]) + "\n第二章\n" + "\n".join(lines[3:])
    reading = read(tmp_path, indented, language=ZH)
    assert titles(reading) == ["第一章 雨夜", "第二章"]
    assert reading.manuscript.paragraphs == tuple(lines)


def test_lines_of_a_fixed_width_are_one_paragraph(tmp_path: Path) -> None:
    wrapped = "She walked along the shore for a long, long time and thought\nof what the bottle had said to her on the day before the\nstorm, and that nobody had asked her whether she was well-\nknown there."
    verse = "The gulls go out,\nthe gulls come in,\n    and I remain."
    reading = read(tmp_path, f"{wrapped}\n\n{verse}\n\n* * *\n\n{PROSE}\n\n#\n\nEnd.")
    assert reading.manuscript.paragraphs == (
        wrapped.replace("-\n", "-").replace("\n", " "),
        "The gulls go out,\nthe gulls come in,\n\u00a0\u00a0\u00a0\u00a0and I remain.",
        "* * *",
        PROSE,
        "* * *",
        "End.",
    )
    chinese = "\n".join([CHINESE[:30], CHINESE[:30], CHINESE[:30], "雨停了。"])
    assert read(tmp_path, f"{chinese}\n\n夜。\n\n雨。").manuscript.paragraphs[0] == chinese.replace("\n", "")


def test_a_line_that_ends_a_sentence_by_chance_ends_no_paragraph_of_a_wrapped_text(tmp_path: Path) -> None:
    long = "She walked along the shore for a long, long time and thought\nof what the bottle had said to her on the day before the\nstorm."
    short = "He had never been so far from the harbour in all that time.\nNobody saw him."
    reading = read(tmp_path, "\n\n".join([*[long] * 6, short]))
    assert reading.manuscript.paragraphs == (*[long.replace("\n", " ")] * 6, short.replace("\n", " "))
    assert read(tmp_path, short).manuscript.paragraphs != (short.replace("\n", " "),)


def test_paragraphs_that_are_only_indented_are_told_apart(tmp_path: Path) -> None:
    text = "\n".join(
        f"    {PROSE[:64]}\n{PROSE[:60]} and so on\nuntil the {word} was lit." for word in ("lamp", "fire", "house")
    )
    assert len(read(tmp_path, f"Chapter 1\n\n{text}\n").manuscript.paragraphs) == 3


def test_who_wrote_it_and_what_it_is_called(tmp_path: Path) -> None:
    for head, title, author in (
        ("The Shore\n\nby A. Writer", "The Shore", "A. Writer"),
        ("The Shore\n\nA Novel by Nobody in particular", "The Shore", ""),
        ("《江城》\n\n作者：沈砚", "江城", "沈砚"),
        ("书名：江城\n作者：沈砚", "江城", "沈砚"),
        ("THE SHORE\n\n© 2024 A. Writer. All rights reserved.", "THE SHORE", ""),
    ):
        reading = read(tmp_path, f"{head}\n\nChapter 1\n\n{PROSE}\n")
        assert (reading.manuscript.title, reading.manuscript.author) == (title, author)
    assert [left.why for left in reading.left_out] == ["title_page", "copyright"]
    kept = read_file(tmp_path / "book.txt", EN, keep=("title_page",))
    assert kept.manuscript.paragraphs[0] == "THE SHORE"
    assert read(tmp_path, f"The Shore\n\n{PROSE}").manuscript.paragraphs == ("The Shore", PROSE)


def test_contents_and_a_library_s_licence_are_no_story(tmp_path: Path) -> None:
    names = ["CHAPTER I. The Jetty", "CHAPTER II. The Cellar", "CHAPTER III. The Lamp"]
    listed = "\n".join(f"{name} .... {page}" for page, name in enumerate(names, start=9))
    told = "\n\n".join(f"{name}\n\n{PROSE} {number}" for number, name in enumerate(names))
    begins = "The Project Gutenberg eBook of The Shore\n\nTitle: The Shore\n\nAuthor: A. Writer\n\n*** START OF THE PROJECT GUTENBERG EBOOK THE SHORE ***"
    ends = "*** END OF THE PROJECT GUTENBERG EBOOK THE SHORE ***\n\nYou may copy it, give it away or re-use it."
    reading = read(tmp_path, f"{begins}\n\nThe Shore\n\nby A. Writer\n\nContents\n\n{listed}\n\n{told}\n\n{ends}\n")
    assert (reading.manuscript.title, reading.manuscript.author) == ("The Shore", "A. Writer")
    assert titles(reading) == names
    assert len(reading.manuscript.paragraphs) == 3
    assert {left.why for left in reading.left_out} == {"licence", "contents", "title_page"}
    unnamed = read(tmp_path, "\n\n".join([*names, told]))
    assert titles(unnamed) == names


def test_spaces_joiners_and_marks_stay(tmp_path: Path) -> None:
    lines = [
        "Mr.\u00a0Smith walked 10\u202fkm,\u2003slowly\u2009—\u2009so.",
        "👩\u200d👩\u200d👧 waved; 🏴\u200d☠️ flew.",
        "می\u200cخواهم بروم.",
        "床前明月光\u3000疑是地上霜",
        "soft\u00adware and *stress*, _old stress_, snake_case_name, C:\\*x",
    ]
    found = read(tmp_path, "\n\n".join(lines)).manuscript.paragraphs
    assert found[:4] == tuple(lines[:4])
    assert found[4] == "soft\u00adware and *stress*, *old stress*, snake_case_name, C:\\\\*x"
