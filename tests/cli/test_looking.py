"""``recurrentgpt look``: says the cost, looks after edits, lists, accepts and leaves; goes on where it was killed."""

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
    """A story of three, of which the first has another summary."""
    assert command(home, *BEGIN, "--paragraphs", "2").returncode == 0
    edited = command(home, "edit", "--summary", "1", "--text", "Other.")
    assert "recurrentgpt look" in edited.stderr
    return home


def listed(home: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(command(home, "look", "--list", "--json").stdout)
    return found


def summaries(home: Path) -> list[str]:
    (branch,) = json.loads(command(home, "tree", "--json").stdout)
    return [kept["summary"] for kept in branch["paragraphs"]]


def test_it_says_the_cost_looks_lists_and_changes(story: Path) -> None:
    refused = command(story, "look", stdin="n\n")
    assert refused.returncode == 1
    assert "from the first change on: 3. 1 call of 'teller': about" in refused.stderr
    assert "--texts looks at them too" in " ".join(refused.stderr.split())
    assert listed(story) == []
    done = command(story, "look", stdin="y\n")
    assert "Proposed: 3; left out, because they are for nothing that is there: 1;" in done.stderr
    first, second, third = listed(story)
    assert [one["paragraph"] for one in (first, second, third)] == [1, 2, 3]
    assert f"paragraph 2, its summary  {second['id']}" in done.stdout
    assert f"  - In short.\n  + {second['now']}\n  It leans." in done.stdout
    assert command(story, "look", "--accept", second["id"]).stdout.startswith("Changed in")
    assert summaries(story) == ["Other.", second["now"], "In short."]
    assert command(story, "look", "--leave", first["id"]).returncode == 0
    assert command(story, "look", "--accept", "all").returncode == 0
    assert summaries(story) == ["Other.", second["now"], third["now"]]
    assert "Nothing is proposed." in command(story, "look", "--list").stdout
    assert "Nothing was changed" in command(story, "look").stderr
    assert command(story, "undo").returncode == 0
    assert summaries(story) == ["Other.", second["now"], "In short."]


def test_what_is_unclear_or_not_there_is_said(story: Path) -> None:
    both = command(story, "look", "--accept", "all", "--leave", "all")
    assert both.returncode == 2
    assert "--list, --accept or --leave" in both.stderr
    unknown = command(story, "look", "--accept", "x")
    assert unknown.returncode == 2
    assert "no proposal 'x'" in unknown.stderr
    assert "embedded model" in command(story, "look", "--model", "embedded").stderr


def test_killed_it_goes_on_where_it_was(story: Path) -> None:
    killed = command(story, "look", "--yes", "--texts", KILL_AT="leaning:1")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert listed(story) == []
    assert command(story, "look", "--yes", "--texts").returncode == 0
    assert len(listed(story)) == 3
    again = command(story, "look", "--yes", "--texts")
    assert "All of it was looked at before." in again.stderr
