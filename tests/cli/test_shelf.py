"""The shelf in a terminal of any width: a line for each story, and what it told last in two at the most."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from rich.console import Console

from commands import run
from recurrentgpt.cli.shelf import listed
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.record import StoryRecord

LONG = "Ada proves that the master rang the bell himself. " * 6
ZH = "阿达证明敲钟的正是港务长本人，曾为他撒谎的老本独自划船去了沉船。" * 8


def record(title: str, synopsis: str = "", genre: str = "noir") -> StoryRecord:
    return StoryRecord(
        story_id="0123456789ab",
        title=title,
        begun_from=StoryInput(topic="Rain", genre=genre),
        paragraphs=57,
        synopsis=synopsis,
    )


def shown(width: int, *records: StoryRecord) -> list[str]:
    terminal = Console(file=io.StringIO(), width=width)
    terminal.print(listed(records, terminal))
    assert isinstance(terminal.file, io.StringIO)
    return [line.rstrip() for line in terminal.file.getvalue().splitlines()]


def test_what_was_told_stands_under_its_story() -> None:
    first, other = record("The Drowned Bell", "Ada found the bell."), record("Rain")
    heads, *lines = shown(100, first, other)
    assert [line[:20].split()[0] for line in lines] == ["1", "Ada", "2"]
    assert lines[1] == "    Ada found the bell."
    assert lines[0].index("57") == lines[2].index("57") == heads.index("Paragraphs")


@pytest.mark.parametrize("synopsis", [LONG, ZH])
@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_it_has_two_lines_at_the_most(width: int, synopsis: str) -> None:
    without = shown(width, record("Rain"))
    *others, first, last = shown(width, record("Rain", synopsis))
    assert others == without
    assert first.startswith(f"    {synopsis[:3]}")
    assert last.startswith("    ")
    assert last.endswith("…") or width == 200


@pytest.mark.parametrize("width", [60, 80, 96, 120])
def test_a_long_genre_takes_nothing_from_the_number_and_the_id(width: int) -> None:
    long = record("Seven from Seven", genre="Mystery, a fishing town, on the east coast, in October 1931")
    _, *lines = shown(width, long, record("Rain"))
    told = [line.split()[:3] for line in lines if line.split()[0].isdigit()]
    assert told == [["1", "0123456789ab", "Seven"], ["2", "0123456789ab", "Rain"]]
    assert max(map(len, lines)) <= width


def test_the_genre_stands_there_where_it_has_room() -> None:
    assert "noir" in shown(80, record("Rain"))[1]
    assert "noir" not in shown(60, record("Rain"))[1]


def test_its_words_are_text_and_no_markup() -> None:
    lines = shown(100, record("[red]A[/red]\nB", "[bold]No[/bold]\x1b[31m mark."))
    assert "[red]A[/red] B" in lines[1]
    assert lines[2].startswith("    [bold]No[/bold]")
    assert "\x1b" not in "".join(lines)


@pytest.mark.parametrize("width", [1, 5, 30])
def test_no_terminal_is_too_narrow(width: int) -> None:
    assert shown(width, record("The Drowned Bell", LONG))


def test_bytes_that_are_no_text_are_refused_before_anything_is_done(home: Path, tmp_path: Path) -> None:
    done = run(home, "rename", "1", "x\udcff")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'x?' is not text in UTF-8" in done.stderr
    named = os.fsdecode(bytes(tmp_path) + b"/b\xff.txt")
    Path(named).write_text("She came in.", encoding="utf-8")
    assert "is not text in UTF-8" not in run(home, "import", named, stdin="n\n").stderr, "a file may be called so"


def test_no_text_speaks_to_the_terminal_itself(home: Path) -> None:
    """A title or a passage may be a stranger's; an order in it would be carried out by whoever's terminal shows it."""
    order = "\x1b]52;c;eA==\x07\x1b[2J\x9b1m\r"
    begun = ("write", "--topic", "rain", "--title", f"Rain{order}", "--model", "fake", "--plans", "first")
    made = run(home, *begun, "--paragraphs", "1", "--set", "opening_paragraphs=1")
    assert made.returncode == 0, made.stderr
    outputs = [made, run(home, "edit", "--paragraph", "2", "--text", f"It rains.{order}")]
    outputs += [run(home, *command) for command in (("list",), ("show",), ("tree", "--all"), ("memory", "list"))]
    outputs.append(run(home, "delete", "1", stdin="n\n"))
    told = "".join(done.stdout + done.stderr for done in outputs)
    assert "It rains.]52;c;eA==" in told
    assert not [char for char in told if char in "\x1b\x07\x9b\r"]
