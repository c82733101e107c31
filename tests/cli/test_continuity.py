"""``recurrentgpt continuity``: says the cost, reads, lists, marks and mends; goes on where it was killed."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, Any

import pytest

from commands import run as command

if TYPE_CHECKING:
    from pathlib import Path

BEGIN = ("write", "--topic", "Rain", "--plans", "first", "--model", "teller", "--set", "opening_paragraphs=1")


@pytest.fixture
def story(home: Path) -> Path:
    assert command(home, *BEGIN, "--paragraphs", "2").returncode == 0
    return home


def listed(home: Path, *more: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(command(home, "continuity", "--list", "--json", *more).stdout)
    return found


def test_it_says_the_cost_reads_lists_and_marks(story: Path) -> None:
    refused = command(story, "continuity", stdin="n\n")
    assert refused.returncode == 1
    assert "3 paragraphs to read in 1 call of 'teller': about" in refused.stderr
    assert listed(story) == []
    done = command(story, "continuity", stdin="y\n")
    assert "3 paragraphs: 1 new, 1 left out because no words show them;" in done.stderr
    (note,) = listed(story)
    assert [side["paragraph"] for side in note["sides"]] == [1, 2]
    assert f"how things are  {note['id']}" in done.stdout
    assert "Perhaps: Change one." in done.stdout
    again = command(story, "continuity", "--json")
    assert "Every paragraph of it was read before." in again.stderr
    assert json.loads(again.stdout) == [note]
    assert command(story, "continuity", "--meant", note["id"]).returncode == 0
    assert listed(story) == []
    assert [one["mark"] for one in listed(story, "--all")] == ["meant"]
    command(story, "continuity", "--mend", note["id"])
    assert "recurrentgpt edit" in command(story, "continuity", "--list").stdout
    command(story, "continuity", "--unmark", note["id"])
    assert [one["mark"] for one in listed(story)] == [""]
    assert command(story, "continuity", "--mend", note["id"], "--text", "All was well").returncode == 0
    assert listed(story) == []
    assert "Nothing is known to clash." in command(story, "continuity", "--list").stdout


def test_killed_it_goes_on_where_it_was(home: Path) -> None:
    assert command(home, *BEGIN, "--paragraphs", "7").returncode == 0
    killed = command(home, "continuity", "--yes", KILL_AT="clashes:2")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert len(listed(home)) == 1
    done = command(home, "continuity", "--yes")
    assert "2 paragraphs to read in 1 call" in done.stderr


def test_what_cannot_be_done_is_said(story: Path) -> None:
    unclear = command(story, "continuity", "--meant", "a", "--ignore", "b")
    assert (unclear.returncode, "one thing at a time" in unclear.stderr) == (2, True)
    unknown = command(story, "continuity", "--meant", "nothing")
    assert "There is no note 'nothing' in this branch" in unknown.stderr
    assert "recurrentgpt continuity --list --all shows them." in unknown.stderr
    demonstration = command(story, "continuity", "--yes", "--model", "embedded")
    assert "The embedded model cannot check a book: name a real one." in demonstration.stderr
