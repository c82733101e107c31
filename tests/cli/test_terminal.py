"""The terminal for scripts and for everybody: JSON, no colours where none are wanted, completion."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from commands import environment, run, run_all
from folders import PROGRAM

WRITE = ("write", "--topic", "Rain [bold]", "--model", "fake", "--plans", "first", "--sentences", "4")
ESCAPE = "\x1b["


BRANCH = ("branch", "1", "--after", "4", "--plan", "1")
SHOWS = (
    ("list",),
    ("show",),
    ("tree",),
    ("memory", "list"),
    ("memory", "facts"),
    ("memory", "search", "rain", "--limit", "1"),
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home: Path = tmp_path_factory.mktemp("library")
    run_all(home, [(*WRITE, "--paragraphs", "2"), BRANCH])
    return home


def test_what_the_shelf_has_is_data_for_a_script(library: Path) -> None:
    printed = run_all(library, [(*command, "--json") for command in SHOWS])
    told: list[Any] = []
    while printed.strip():
        data, end = json.JSONDecoder().raw_decode(printed.lstrip())
        told.append(data)
        printed = printed.lstrip()[end:]
    (record,), shown, (trunk, branch), entries, facts, (found,) = told
    assert facts == []
    assert record["begun_from"]["topic"] == "Rain [bold]"
    assert shown["card"]["story_id"] == record["story_id"]
    assert shown["state"]["short_term_memory"]
    assert (trunk["branch"], branch["parent"], branch["leaves_after"]) == ("main", "main", 4)
    assert branch["is_current"]
    assert [entry["number"] for entry in entries] == [1, 2, 3, 4]
    assert found["entry"]["text"] in [entry["text"] for entry in entries]


def test_an_empty_shelf_is_an_empty_list(tmp_path: Path) -> None:
    assert json.loads(run(tmp_path, "list", "--json").stdout) == []


def in_a_terminal(home: Path, *arguments: str, **more: str) -> str:
    """What a command prints on a terminal of its own."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, PROGRAM, *arguments],
        env=environment(home, TERM="xterm-256color", **more),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    printed = b""
    try:
        while piece := os.read(ours, 4096):
            printed += piece
    except OSError:  # Linux says so when the other end is closed
        pass
    finally:
        os.close(ours)
    assert process.wait() == 0
    return printed.decode()


def test_colours_stay_away_where_they_are_not_wanted(library: Path) -> None:
    assert ESCAPE in in_a_terminal(library, "tree")
    plain = in_a_terminal(library, "tree", NO_COLOR="1", COLUMNS="40")
    assert not any(f"{ESCAPE}{code}" in plain for code in range(30, 50))
    assert "you are here" in plain
    passages = [line for line in re.sub(r"\x1b\[[\d;]*m", "", plain).splitlines() if re.search(r"─ \d+  ", line)]
    assert passages
    assert all(line.endswith("…") for line in passages), "each has one line, however narrow it is"


def test_a_shell_can_be_taught_the_commands(tmp_path: Path) -> None:
    typed = {"COMP_WORDS": "recurrentgpt ex", "COMP_CWORD": "1", "_RECURRENTGPT_COMPLETE": "complete_bash"}
    program = Path(sys.executable).parent / "recurrentgpt"
    done = subprocess.run(
        [str(program)], env=environment(tmp_path, **typed), capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.split() == ["export"]
