"""What the terminal shows of the short-term memory, and of the codex."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from commands import run
from page_at_hand import book, shelf
from recurrentgpt.cli.beats import print_beats
from recurrentgpt.cli.showing import print_found, print_memory, print_plans, quoted
from recurrentgpt.cli.tally import Tally
from recurrentgpt.graph.catalogue import every_gate
from recurrentgpt.schemas.beats import beats_at
from recurrentgpt.schemas.state import CallUsage, Plan

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


def test_of_a_memory_that_a_person_changed_no_reason_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    state = {
        "short_term_memory": "The lamp is lit.",
        "previous_memory": "The lamp is out.",
        "rationale": "It went out.",
    }
    print_memory(state | {"memory_put_right": True})
    shown = capsys.readouterr().out
    assert "As you changed it." in shown
    assert "It went out" not in shown
    assert "kept to the letter" not in shown


def test_who_knows_a_fact_is_told_by_name_and_a_settled_question_as_settled(home: Path) -> None:
    with shelf(home) as library:
        book(library, 3)
    story = ["--about", "Mara", "--known-by", "Mara", "--known-by", "Tobias"]
    run(home, "facts", "--add", "The lamp is a signal.", *story)
    told = run(home, "facts").stdout
    assert "known to Mara, Tobias" in told
    assert "('" not in told
    run(home, "facts", "--add", "Who lit the lamp?", "--open", "--at", "1")
    name = next(line.split()[-1] for line in run(home, "facts").stdout.splitlines() if "Who lit" in line)
    run(home, "facts", "--end", name)
    (line,) = (line for line in run(home, "facts", "--all").stdout.splitlines() if "Who lit" in line)
    assert "settled" in line
    assert "open" not in line


def test_a_book_that_has_ended_has_no_part_that_is_told_now(capsys: pytest.CaptureFixture[str]) -> None:
    parts = ["She sets out.", "She sails.", "She comes home."]
    beats = beats_at(parts, parts, 1)
    print_beats(beats)
    assert "→ 2  She sails. (now)" in capsys.readouterr().out
    print_beats(beats, at_end=True)
    shown = capsys.readouterr().out
    assert "✓ 2  She sails. (done)" in shown
    assert "3  She comes home. (not told)" in shown


def test_quotations_and_cues_that_end_with_a_stop_read_as_one_would_write_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert quoted("“I hid it,” she said.") == "“‘I hid it,’ she said.”"
    print_plans([Plan(text="She rows out.", recall=["The boat lies at the quay.", "The lamp is out."])])
    assert "leans on: The boat lies at the quay. · The lamp is out." in capsys.readouterr().out


def test_the_closing_line_says_what_of_the_time_was_the_opening() -> None:
    tally, gates = Tally(), every_gate()
    usage: CallUsage = {
        "model": "fake",
        "calls": 1,
        "seconds": 50.0,
        "input_tokens": 10,
        "cached_tokens": 0,
        "output_tokens": 5,
    }
    tally.add({"open_story": usage}, gates)
    tally.paragraphs = 2
    tally.add({"generate_paragraph": {**usage, "seconds": 20.0}}, gates)
    assert "50 s of them the opening; 10 s and 8 tokens a paragraph" in tally.line()


@pytest.mark.parametrize(("sentence", "times"), [("The lamp is  out.", 1), ("Mara rows.", 2)])
def test_a_recalled_passage_is_not_quoted_with_what_its_summary_says(
    sentence: str, times: int, capsys: pytest.CaptureFixture[str]
) -> None:
    print_found("Paragraph 3", "At dusk\nthe lamp is out. The lamp is out.", sentence)
    shown = capsys.readouterr().out
    assert shown.count("“") == times - 1
