"""What the terminal shows of the short-term memory, and of the codex."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from commands import run
from page_at_hand import book, shelf
from recurrentgpt.cli.showing import print_memory

if TYPE_CHECKING:
    from pathlib import Path


def test_the_codex_is_told_as_of_a_paragraph(home: Path) -> None:
    with shelf(home) as library:
        book(library, 25)
    told = run(home, "memory", "codex")
    assert "Mara\n  · Mara has key 21. (21)\n" in told.stdout
    assert "key 11" not in told.stdout
    assert "  · Mara has key 11. (11)\n" in run(home, "memory", "codex", "--name", "mara").stdout
    early = json.loads(run(home, "memory", "codex", "--at", "12", "--json").stdout)
    assert early["as_of"] == 12
    assert [fact["text"] for fact in early["entries"][0]["now"]] == ["Mara has key 11."]
    assert json.loads(run(home, "memory", "codex", "--name", "Nobody", "--json").stdout) == []
    assert "no entry 'Nobody'" in run(home, "memory", "codex", "--name", "Nobody").stderr


@pytest.mark.parametrize("reason", ["", "Mara has left."])
def test_why_it_changed_is_shown_where_it_was_said(reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_memory({"short_term_memory": "Mara is at sea.\nThe lamp is out.", "rationale": reason})
    shown = capsys.readouterr().out
    assert "· Mara is at sea." in shown
    assert "· The lamp is out." in shown
    assert ("Why it changed" in shown) is bool(reason)
    assert reason in shown
