"""The help of the commands speaks the language that is spoken, as running text that fits a narrow terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import typer.main
from rich.cells import cell_len
from rich.text import Text
from typer.testing import CliRunner

from recurrentgpt.cli.help import PROGRAM
from recurrentgpt.cli.main import app
from recurrentgpt.cli.speech import speak
from recurrentgpt.schemas.language_folders import HELP, own_table

if TYPE_CHECKING:
    from collections.abc import Iterator

ZH = own_table("zh", HELP)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    yield
    speak("")


def commands(command: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    yield name, command
    for short, below in getattr(command, "commands", {}).items():
        yield from commands(below, f"{name} {short}".strip())


EVERY = dict(commands(typer.main.get_command(app)))


def keys_of(name: str) -> list[str]:
    """What of a command has words: itself, its options and arguments."""
    return ["help", *(one.opts[0] if one.param_type_name == "option" else one.name for one in EVERY[name].params)]


def test_nearly_all_has_words_and_no_words_are_of_nothing() -> None:
    wanted = [(name, key) for name in EVERY for key in keys_of(name)]
    lacking = []
    for name, key in wanted:
        own = {**ZH.get(name.rpartition(" ")[2], {}), **ZH.get(name or PROGRAM, {})}
        if not (own.get(key) or (key != "help" and ZH["options"].get(key))):
            lacking.append((name, key))
    assert len(lacking) < len(wanted) / 10, lacking  # what is new is said in English until it has words
    known = {*EVERY, *(name.rpartition(" ")[2] for name in EVERY), PROGRAM, "options", "titles"}
    assert not ZH.keys() - known
    every = {key for name in EVERY for key in keys_of(name)}
    assert not {key for name, words in ZH.items() if name != "titles" for key in words} - every


def test_no_words_of_the_help_are_taken_for_markup() -> None:
    helps = [one for command in EVERY.values() for one in (command.help, *(of.help for of in command.params)) if one]
    plain = [one.replace("[bold]", "").replace("[/bold]", "") for one in helps]
    assert [one for one in plain if Text.from_markup(one).plain != one] == []


def shown(*arguments: str, width: int = 60) -> str:
    result = CliRunner(env={"COLUMNS": str(width), "TERMINAL_WIDTH": str(width)}).invoke(app, [*arguments, "--help"])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_help_is_chinese_where_chinese_is_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    by_option = shown("--speak", "zh", "play")
    assert "玩一个故事" in by_option
    assert "故事讲什么，一两行。" in by_option
    assert "--help  显示这些说明，然后结束。" in by_option
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert shown("play") == by_option
    assert "Play a story" in shown("--speak", "en", "play")


@pytest.mark.parametrize("name", ["", "write", "memory facts", "eval"])
def test_it_fits_and_breaks_as_chinese_does(name: str) -> None:
    lines = shown("--speak=zh", *name.split()).splitlines()
    assert not [line for line in lines if line.strip()[:1] in set("，。、；：？！）》”")]
    assert not [line for line in lines if "…" in line]
    assert max(map(cell_len, lines)) <= 100
