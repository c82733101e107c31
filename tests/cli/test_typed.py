"""What a typed line means at the pause: a command is never written into the novel, and a plan is never a command."""

from __future__ import annotations

import os
import termios
from typing import Any

import pytest

from recurrentgpt.cli import keys
from recurrentgpt.cli.speech import speak
from recurrentgpt.cli.typed import LETTERS, Command, Incomplete, Stray, help_lines, literally, read


@pytest.fixture(autouse=True)
def spoken() -> Any:
    speak("en")
    yield
    speak("")


@pytest.mark.parametrize("plays", [True, False])
@pytest.mark.parametrize("typed", ["undo", "Undo.", "UNDO", "u", "U", "quit", "q", "Q", "?", "？", "help", "try again"])
def test_a_word_that_is_a_command_is_no_plan(typed: str, *, plays: bool) -> None:
    assert isinstance(read(typed, plays=plays), Command)


@pytest.mark.parametrize(("typed", "name"), [("撤销", "undo"), ("退出。", "quit"), ("帮助", "help"), ("quit", "quit")])
def test_a_command_has_a_word_in_the_language_that_is_spoken_and_in_english(typed: str, name: str) -> None:
    speak("zh")
    assert read(typed, plays=True) == Command(name)


@pytest.mark.parametrize(
    "typed",
    [
        "N years pass",
        "Undo the knot",
        "quit the house at dawn",
        "U-boats surface",
        "s.",
        "Q. A stranger asks",
        "2",
        "撤",
    ],
)
def test_a_plan_is_no_command(typed: str) -> None:
    assert read(typed, plays=False) == typed


@pytest.mark.parametrize("typed", ["a", "A", "a "])
def test_a_slip_of_one_letter_is_no_plan(typed: str) -> None:
    assert isinstance(read(typed, plays=False), Stray)
    assert literally(str(read(f"> {typed}", plays=False))) == typed


@pytest.mark.parametrize("typed", ["s", "w", "e", "m", "I climb", "West"])
def test_who_plays_goes_south_and_west(typed: str) -> None:
    assert read(typed, plays=True) == typed


@pytest.mark.parametrize(
    ("typed", "plan"), [("> undo", "undo"), (">quit", "quit"), ("＞ 撤销", "撤销"), ("> > a", "> a")]
)
def test_any_line_can_be_said_to_the_letter(typed: str, plan: str) -> None:
    meant = read(typed, plays=False)
    assert isinstance(meant, str)
    assert literally(meant) == plan


def test_a_letter_that_wants_a_number_takes_no_plan() -> None:
    for line in ("a storm comes", "i go home", "d is for door", "j waits"):
        assert read(line, plays=False) == line
    assert read("i 3 5", plays=False) == Command("move", "3 5")
    assert read("+ The lamp.", plays=False) == read("＋ The lamp.", plays=False) == Command("add", "The lamp.")
    assert read("y I like riddles", plays=True) == Command("tastes", "I like riddles")


def test_what_stands_after_a_letter_goes_with_it() -> None:
    assert read("n something  quieter", plays=False) == Command("others", "something  quieter")
    assert read("t", plays=True) == Command("again")
    assert isinstance(read("f", plays=False), Incomplete)
    assert isinstance(read("export", plays=True), Incomplete)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("plays", [True, False])
def test_each_command_is_one_letter_and_has_its_help(language: str, *, plays: bool) -> None:
    speak(language)
    here = [one for one in LETTERS if one.play in (None, plays)]
    assert len({one.letter for one in here}) == len(here)
    assert all(len(one.letter) == 1 for one in here)
    lines = help_lines(plays=plays)
    assert len(lines) == len(here) + (4 if plays else 3) + 1
    assert all(key and text for key, text in lines)
    short = help_lines(plays=plays, every_one=False)
    assert 8 <= len(short) <= 10
    assert set(short[:-1]) < set(lines)
    assert "?" in short[-1][0]
    for line in ("help all", "? all", "帮助 全部") if language == "zh" else ("help all", "? all"):
        assert read(line, plays=plays) == Command("help", line.split()[1])


def test_what_is_typed_while_it_writes_is_not_shown_and_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "r", closefd=True) as terminal:
        monkeypatch.setattr("sys.stdin", terminal)

        def asked(prompt: str) -> str:
            assert prompt == "? "
            os.write(ours, b"She waits.\n")
            return terminal.readline().removesuffix("\n")

        monkeypatch.setattr("builtins.input", asked)
        echo = termios.tcgetattr(terminal)[3] & termios.ECHO
        with keys.keys_hidden():
            assert not termios.tcgetattr(terminal)[3] & termios.ECHO
            os.write(ours, b"undo\n2\n")
        assert termios.tcgetattr(terminal)[3] & termios.ECHO == echo != 0
        assert keys.typed("? ") == "She waits."
    os.close(ours)
