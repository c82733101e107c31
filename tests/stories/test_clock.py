"""A clock that jumps hides no text, and lets no writing go on without end."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from langgraph.checkpoint.base import id as names

from commands import environment
from folders import PROGRAM
from recurrentgpt.schemas.errors import StoryStateError
from recurrentgpt.stories import branches, undo
from recurrentgpt.stories import library as shelf
from recurrentgpt.stories.clock import Pace
from recurrentgpt.stories.library import Library
from recurrentgpt.web.events import EventLog
from recurrentgpt.web.jobs import Job, Worker
from stories_at_hand import FIRST, TOPIC, at, begun, texts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fake_model import FakeChatModel
    from recurrentgpt.stories.story import Story

HOUR, YEAR = 3600.0, 365 * 24 * 3600.0


async def write(story: Story, paragraphs: int) -> None:
    """As many runs as that takes: where text were hidden, more of them would write on for ever."""
    for _ in range(paragraphs):
        async for _ in story.run(FIRST):
            pass


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Another process, whose clock goes so many seconds before or after this one's."""

    def jump(seconds: float) -> None:
        moved = SimpleNamespace(time_ns=lambda: time.time_ns() + int(seconds * 1e9))
        monkeypatch.setattr(names, "time", moved)
        monkeypatch.setattr(names, "_last_v6_timestamp", None)
        monkeypatch.setattr(shelf, "_now", lambda: datetime.now(UTC) + timedelta(seconds=seconds))

    return jump


@pytest.mark.parametrize("seconds", [-YEAR, -HOUR, HOUR, YEAR])
def test_what_is_written_by_another_clock_is_the_newest(
    fake_model: FakeChatModel, clock: Callable[[float], None], seconds: float
) -> None:
    del fake_model
    library, record = begun(1)
    before = texts(library, record)
    clock(seconds)
    at(library, record, lambda story: write(story, 2))
    clock(-seconds)
    at(library, record, lambda story: write(story, 1))
    after = texts(library, record)
    assert after[: len(before)] == before
    assert len(after) == len(before) + 3


@pytest.mark.parametrize("seconds", [-YEAR, YEAR])
def test_several_at_once_write_as_many_as_asked(
    fake_model: FakeChatModel, clock: Callable[[float], None], seconds: float
) -> None:
    del fake_model
    library, record = begun(0)
    clock(seconds)

    async def several(story: Story) -> None:
        await Worker(story, EventLog()).do(Job(kind="write", paragraphs=5, chooser="first"))

    at(library, record, several)
    assert len(texts(library, record)) == 2 + 5


def test_branches_edits_and_undo_by_another_clock(fake_model: FakeChatModel, clock: Callable[[float], None]) -> None:
    del fake_model
    library, record = begun(2)
    clock(-HOUR)
    at(library, record, lambda story: branches.edit(story, short_term_memory="Mara trusts nobody."))
    assert at(library, record, lambda story: story.state())["short_term_memory"] == "Mara trusts nobody."
    clock(-YEAR)
    at(library, record, undo.undo)
    assert at(library, record, lambda story: story.state())["short_term_memory"] != "Mara trusts nobody."
    at(library, record, lambda story: branches.new_branch(story, 2))
    clock(-2 * YEAR)
    at(library, record, lambda story: write(story, 1))
    assert len(texts(library, library.latest(record))) == 3


def test_the_story_written_last_is_the_latest_whatever_its_date(
    fake_model: FakeChatModel, clock: Callable[[float], None]
) -> None:
    del fake_model
    library, record = begun(0)
    other = library.begin(TOPIC, FIRST)
    assert library.find().story_id == other.story_id
    clock(-YEAR)
    at(library, record, lambda story: write(story, 1))
    assert library.find().story_id == record.story_id
    again = Library.of_the_process()  # another process: it knows what the shelf says
    assert again.find().story_id == record.story_id
    assert again.begin(TOPIC, FIRST).written > again.record(record.story_id).written


def test_writing_that_does_not_get_on_is_ended() -> None:
    pace = Pace()
    for step in (0, 1, 1, 2, 2):
        pace.heed(step)
    with pytest.raises(StoryStateError, match="2"):
        pace.heed(2)


@pytest.mark.long
@pytest.mark.skipif(shutil.which("faketime") is None, reason="faketime is not installed")
@pytest.mark.parametrize("is_killed", [False, True])
def test_processes_whose_clocks_jump_write_as_many_as_asked(
    fake_model: FakeChatModel, home: Path, *, is_killed: bool
) -> None:
    del fake_model
    given = environment(home)
    first = [sys.executable, PROGRAM, "write", "--topic", "A lighthouse", "--model", "fake", "--plans", "first"]
    subprocess.run([*first, "--paragraphs", "2"], env=given, check=True, capture_output=True)
    told = book()
    for jump in ("-1h", "+1h", "-1y", "+1y", "-1y"):
        more = ["faketime", "-f", jump, sys.executable, PROGRAM, "resume", "--paragraphs", "5"]
        begun = 0
        if is_killed:  # a step is under way: one is finished, and the next has its passage
            killed = subprocess.run(more, env=given | {"KILL_AT": "memory:2"}, check=False, capture_output=True)
            assert b"Killed" in killed.stderr
            begun = 2
        subprocess.run(more, env=given, check=True, capture_output=True, timeout=120)
        now = book()
        assert now[: len(told)] == told, "nothing is hidden"
        assert len(now) == len(set(now)) == len(told) + begun + 5
        told = now


def book() -> list[str]:
    """The passages, as this process reads them by its own clock."""
    library = Library.of_the_process()
    return texts(library, library.find())
