"""Story text as it streams in a terminal."""

from __future__ import annotations

import io
import json

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from recurrentgpt.cli.speech import said, speak
from recurrentgpt.cli.terminal import Stream, beside, print_json
from recurrentgpt.cli.wrapping import wrapped
from recurrentgpt.schemas.catalogue import part


def shown(text: str, width: int, piece: int) -> str:
    file = io.StringIO()
    stream = Stream(Console(file=file, width=width))
    for start in range(0, len(text), piece):
        stream.write(text[start : start + piece])
    stream.end()
    return file.getvalue()


@pytest.mark.parametrize("piece", [1, 3, 1000])
@pytest.mark.parametrize("width", [11, 12, 20, 80])
def test_lines_break_between_words_and_never_fill_the_last_column(width: int, piece: int) -> None:
    text = "The lamp burned low, and Mara waited.\n\nNobody came that night."
    lines = shown(text, width, piece).split("\n")
    assert max(map(len, lines)) < width
    assert not any(line.endswith(" ") for line in lines)
    assert " ".join(" ".join(lines).split()) == " ".join(text.split())
    assert lines.count("") == 2


def test_json_for_a_script_gives_a_terminal_no_order(capsys: pytest.CaptureFixture[str]) -> None:
    kept = {"title": "灯塔\x9b31m \x1b[2J\x7f\x85 é"}
    print_json(kept)
    told = capsys.readouterr().out
    assert json.loads(told) == kept
    assert all(char == "\n" or char.isprintable() for char in told)
    assert "灯塔" in told


def test_chinese_breaks_between_characters() -> None:
    lines = shown("灯塔看守人捡到一只瓶子，瓶子里有一张纸。", 12, 1).split("\n")
    assert all(len(line) <= 5 for line in lines)


TOLD = "“灯塔在那儿！”他说：“海图上没有它……”看守人（他叫陈 Mara）笑了笑，数到3.5，把《灯》合上、放下、走开。" * 3
ENDS_NO_LINE, BEGINS_NO_LINE = "（《“", "，。、：！）》”…"


@pytest.mark.parametrize("width", [12, 13, 14, 15, 21, 60, 100])
def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one(width: int) -> None:
    streamed = shown(TOLD, width + 1, 1).split("\n")[:-1]
    printed = [line.plain for line in wrapped(Text(TOLD), width)]
    for lines in (streamed, printed):
        assert "".join(lines).replace(" ", "") == TOLD.replace(" ", "")
        assert not [line for line in lines if line[0] in BEGINS_NO_LINE or line[-1] in ENDS_NO_LINE]
        assert max(map(cell_len, lines)) <= width


def test_printed_text_keeps_its_styles_its_breaks_and_its_words() -> None:
    lines = wrapped(Text.assemble(("one two ", "bold"), "three\n\nfour"), 8)
    assert [line.plain for line in lines] == ["one two", "three", "", "four"]
    assert lines[0].spans
    assert not lines[1].spans
    assert [line.plain for line in wrapped(Text("a" * 20), 8)] == ["a" * 8, "a" * 8, "a" * 4]


def test_control_sequences_of_a_model_do_not_reach_the_terminal() -> None:
    assert "\x1b" not in shown("red \x1b[31mred\x07", 80, 1)


@pytest.mark.parametrize("thought", ["She is [red]afraid[/red]\n\x1b[31mof it. " * 20, "她怕水。" * 80, "short", ""])
@pytest.mark.parametrize("width", [20, 40, 120])
def test_what_a_model_thinks_stands_beside_what_it_does_on_one_line(thought: str, width: int) -> None:
    line = beside("Writing… thinking, 12 s", thought, width)
    assert line.plain.startswith("Writing… thinking, 12 s")
    assert line.cell_len <= max(width, len("Writing… thinking, 12 s"))
    assert "\x1b" not in line.plain
    assert "\n" not in line.plain
    if width > 60 and thought:
        assert line.plain.endswith(thought.rsplit(maxsplit=1)[-1][-4:])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_remark_says_what_to_type_about_it(language: str) -> None:
    speak(language)
    try:
        assert "recurrentgpt facts --build" in said(part("facts_left_out", problem="it is empty"))
        assert "recurrentgpt" not in said(part("no_schemas"))
    finally:
        speak("")
