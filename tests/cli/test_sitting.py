"""A sitting at the terminal: the same use cases by a letter each, in both languages; reading while the page is open."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from commands import run, run_all
from recurrentgpt.schemas.errors import StoryInUseError
from recurrentgpt.stories.export import book_of
from recurrentgpt.stories.library import Library
from stories_at_hand import begun

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeChatModel

WRITE = ("write", "--topic", "Rain", "--model", "fake", "--sentences", "4", "--set", "opening_paragraphs=1")


def book_in(home: Path) -> list[str]:
    return run(home, "export").stdout.strip().split("\n\n")[1:]


def test_all_is_a_letter_away_and_nothing_of_it_is_a_plan(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "my book.md"
    lines = [
        "1",
        "undo",
        "t too slow",
        "u",
        "1",
        "f rain",
        "k",
        f"x {file}",
        "x book.xyz",
        "b",
        "b 1",
        "g main",
        "g nowhere",
    ]
    lines += ["g", "c The cellar", "e", "> undo", "quit"]
    done = run(home, *WRITE, stdin="\n".join(lines) + "\n", EDITOR="sh -c 'echo It rains. > $0'")
    assert done.returncode == 0, done.stderr
    for told in (
        "Took the last paragraph of",
        f"is in {file}.",
        "You are on 'main'",
        "A chapter begins with the next paragraph: The cellar",
        "The short-term memory is changed",
    ):
        assert told in done.stdout, told
    for told in (
        "There is no branch 'nowhere'",
        "book.xyz",
        "only the opening is written",
        "g wants something after it",
    ):
        assert told in done.stderr, told
    assert "Write on: recurrentgpt resume" in done.stderr
    shown = json.loads(run(home, "show", "--json").stdout)
    assert shown["state"]["plan"]["text"] == "undo"
    assert file.read_text().startswith("# ")
    assert book_in(home)[2] == "## The cellar"
    assert len(book_in(home)) == 4


def test_ones_own_words_stand_anywhere_and_a_paragraph_is_written_another_way(home: Path) -> None:
    lines = [
        "+ The lamp was out. Nobody came.",
        "+ 1 A door.",
        "y 3 The lamp was out.",
        "i 4 2",
        "j 2",
        "d 9",
        "y 2 no such words",
        "y 2",
        "o 2 shorter, please",
        "2",
        "o 1 again",
        "",
        "o 1 on a ship",
        "x",
        "3",
        "9" * 5000,
        "",
        "d 3",
        "u",
        "q",
    ]
    done = run(home, *WRITE, stdin="\n".join(lines) + "\n")
    assert done.returncode == 0, done.stderr
    for told in (
        "Put in as paragraph 2",
        "Paragraph 3 is two now",
        "Paragraphs 2 and 3 are one now",
        "the versions wait",
    ):
        assert told in done.stdout, told
    for told in ("no paragraph 9", "'no such words' does not stand in paragraph 2", "where paragraph 2 is to be cut"):
        assert told in " ".join(done.stderr.split()), told
    assert done.stdout.count("Which version, 1-2?") == 6  # a slip is asked again
    assert "Nobody came." not in done.stdout.rpartition("Paragraph 2 is changed")[2]
    opening, changed, last = book_in(home)
    assert "Nobody came." not in changed
    assert "A door." not in changed
    assert last == "The lamp was out."
    assert opening


def test_where_a_plan_is_followed_it_is_said_that_enter_goes_on_with_it(home: Path) -> None:
    done = run(home, *WRITE, stdin="for 2: She climbs the stair.\n\nquit\n")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Enter goes on with 1") == 1, "at the pause that has it, and at no other"
    assert len(book_in(home)) == 3


def test_a_sitting_in_chinese_is_chinese(home: Path) -> None:
    begin = (*WRITE[:2], "灯塔", "--language", "zh", *WRITE[3:])
    done = run(home, *begin, stdin="?\n1\n撤销\nm\nx\n退出\n", COLUMNS="60")
    assert done.returncode == 0, done.stderr
    for told in ("换别的计划", "已撤回《", "短期记忆", "改变的原因："):
        assert told in done.stdout, told
    for told in ("接着写：recurrentgpt resume", "x 后面还要写点什么"):
        assert told in done.stderr, told
    english = run(home, "show", LANG="en_GB.UTF-8").stdout
    assert "Short-term memory" in english
    assert "短期记忆" in run(home, "show").stdout


def test_a_story_with_a_length_ends_with_the_end_and_can_be_taken_back(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "book.txt"
    done = run(home, *WRITE, "--length", "1", stdin=f"1\nWhat now?\nu\n2\nx {file}\n\n")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("The End") == 2
    assert "The story is told." in done.stderr
    assert "Its book: recurrentgpt export" in done.stderr
    assert file.exists()


def test_a_story_is_read_while_another_process_has_it_open(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(2)

    async def read_twice() -> None:
        async with library.open(record) as story:
            with pytest.raises(StoryInUseError):
                async with library.open(record):
                    pass
            held = await book_of(story)
            async with library.open_to_read(record) as seen:
                assert seen.folder != story.folder
                assert await book_of(seen) == held
                assert (await seen.state())["plans"] == (await story.state())["plans"]
                assert await seen.search("rain", 1) == await story.search("rain", 1)
                kept = seen.folder
            assert not kept.exists()

    asyncio.run(read_twice())


def test_what_only_reads_goes_on_while_the_page_has_the_book(home: Path) -> None:
    run_all(home, [(*WRITE, "--plans", "first", "--paragraphs", "1")])
    library = Library(home)

    async def with_it_open() -> None:
        async with library.open(library.find()):
            for command in (("export",), ("show",), ("tree",), ("memory", "list")):
                done = await asyncio.to_thread(run, home, *command)
                assert done.returncode == 0, done.stderr
            done = await asyncio.to_thread(run, home, "undo")
            assert done.returncode == 2

    asyncio.run(with_it_open())
