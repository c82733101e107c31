"""A manuscript in the terminal: shown, asked about, read by a plan or refused."""

from __future__ import annotations

from inspect import signature
from typing import TYPE_CHECKING

from commands import run
from recurrentgpt.cli import intake
from recurrentgpt.cli.books import import_story
from recurrentgpt.cli.main import app
from recurrentgpt.cli.speech import speak
from recurrentgpt.stories.library import Library

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

TEXT = "Берег\n\nавтор\n\nГлава 1\n\nОна вошла и закрыла дверь за собой.\n\nГлава 2\n\nБыло темно, и никто не пришёл.\n"


def test_it_is_shown_and_read_as_a_plan_says(tmp_path: Path) -> None:
    book = tmp_path / "book.txt"
    book.write_bytes(b"The Shore\n\nby A. Writer\n\nChapter 1\n\n\x93It\x92s late.\x94\n\nChapter 2\n\nIt was dark.\n")
    plan = tmp_path / "plan.toml"
    command = ("import", str(book), "--model", "fake")
    shown = run(tmp_path / "home", *command, "--save-plan", str(plan))
    assert shown.returncode == 0, shown.stderr
    for line in (
        "“The Shore” by A. Writer, in English",
        "read as Windows-1252; another: --encoding",
        "1. Chapter 1: 2 words. “It’s late.”",
        "left out, title page, 2: The Shore / by A. Writer (--keep title_page: that is story)",
        "2 paragraphs to remember: about 3 calls,",
    ):
        assert line in shown.stdout.replace("\n", " "), shown.stdout
    unasked = run(tmp_path / "home", *command)
    assert unasked.returncode == 2
    assert "Nobody is here to say yes: nothing was done. With --yes nobody is asked." in " ".join(
        unasked.stderr.split()
    )
    assert Library(tmp_path / "home").records() == []
    plan.write_text(plan.read_text(encoding="utf-8").replace('"Chapter 2"', '"The Cellar"'), encoding="utf-8")
    read = run(tmp_path / "home", *command, "--plan", str(plan), "--yes")
    assert read.returncode == 0, read.stderr
    assert "It has no outline. The model can draw one: recurrentgpt outline" in " ".join(read.stderr.split())
    told = run(tmp_path / "home", "export").stdout
    assert told == "# The Shore\n\nby A. Writer\n\n## Chapter 1\n\n“It’s late.”\n\n## The Cellar\n\nIt was dark.\n"
    book.write_text("Chapter 1\n\n“It’s late.”\n\nMara left.\n", encoding="utf-8")
    assert "--into STORY names it" in run(tmp_path / "home", *command, "--chapter", "1", "--yes").stderr
    put = run(tmp_path / "home", *command, "--into", "1", "--chapter", "1", "--yes")
    assert "chapter 1: 1 paragraph changed, 0 new, 0 gone, 0 as before" in put.stdout.replace("\n", " "), put.stderr
    assert "to remember" not in put.stdout, "no model reads it"
    edited = tmp_path / "edited.md"
    edited.write_text("# The Cell\n\nIt was dark.\n", encoding="utf-8")
    named = run(tmp_path / "home", "import", str(edited), "--model", "fake", "--into", "1", "--chapter", "2", "--yes")
    said = "0 new, 0 gone, 1 as before it is called “The Cell” then, no longer “The Cellar”"
    assert said in " ".join(named.stdout.split()), named.stderr
    book.write_text("Chapter 3\n\nThe tide turned.\n", encoding="utf-8")
    more = run(tmp_path / "home", *command, "--into", "1", "--yes")
    assert more.returncode == 0, more.stderr
    told = run(tmp_path / "home", "export").stdout
    assert told == (
        "# The Shore\n\nby A. Writer\n\n## Chapter 1\n\n“It’s late.”\n\nMara left.\n\n## The Cell\n\nIt was dark.\n\n"
        "## Chapter 3\n\nThe tide turned.\n"
    )
    wrong = run(tmp_path / "home", *command, "--keep", "nonsense")
    assert "Nothing is left out for the reason 'nonsense'" in wrong.stderr


def test_a_person_who_says_no_is_left_with_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "book.txt"
    book.write_bytes(TEXT.encode("koi8-r"))
    monkeypatch.setattr(intake, "agreed", lambda _: False)
    try:
        app(["--speak", "zh", "import", str(book), "--model", "fake", "--language", "ru"], standalone_mode=False)
    finally:
        speak("")
    said = capsys.readouterr().out.replace("\n", "")
    assert "按 koi8_r 读取；换一种：--encoding" in said
    assert "没有读取，也没有保留任何内容。" in said
    assert Library.of_the_process().records() == []


def test_the_language_is_found_out_where_nobody_says_it() -> None:
    assert signature(import_story).parameters["language"].default == ""
