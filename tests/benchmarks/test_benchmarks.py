"""Every benchmark runs, at sizes that take a second or two, and measures what it says."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

import bare_loop
import facts_cost
import facts_time
import parallel_gates
import password_tries
import recall_time
import shelf_walk
import step_cost
import stories_at_once
import synopsis_cost
import told_story
import two_pages
import without_facts
from bench import Instant, canvas, data_folder, plot, save, table

if TYPE_CHECKING:
    from pathlib import Path

    from langchain_core.runnables import RunnableConfig


def test_two_gates_side_by_side_leave_three_calls_on_the_critical_path() -> None:
    serial: RunnableConfig = {"max_concurrency": 1}
    with data_folder():
        _, spans = asyncio.run(parallel_gates.write(2, 0.3, {}))
        assert (len(spans), parallel_gates.critical_path(spans)) == (8, 6)
        _, spans = asyncio.run(parallel_gates.write(2, 0.3, serial))
        assert (len(spans), parallel_gates.critical_path(spans)) == (8, 8)


@pytest.mark.parametrize(
    ("spans", "length"),
    [
        ([], 0),
        ([(0, 1)], 1),
        ([(0, 1), (1, 2)], 2),
        ([(0, 1), (1, 2), (1, 2), (2, 3)], 3),
        ([(0, 3), (0, 1), (1, 2), (2, 3)], 3),
    ],
)
def test_the_critical_path_is_the_longest_chain(spans: list[tuple[float, float]], length: int) -> None:
    assert parallel_gates.critical_path(spans) == length


def test_a_bare_loop_makes_the_calls_of_the_story(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bare_loop, "Switched", Instant)
    with data_folder() as home:
        ours, bare, calls = asyncio.run(bare_loop.measure(home, 2, 0.01))
    assert (len(ours), len(bare), calls) == (2, 2, 8)
    assert min(bare) >= 4 * 0.01


@pytest.mark.parametrize("restored", [False, True], ids=["told", "restored"])
def test_a_step_is_measured_at_a_number_of_passages(monkeypatch: pytest.MonkeyPatch, *, restored: bool) -> None:
    monkeypatch.setattr(step_cost, "Switched", Instant)
    with data_folder():
        (row,) = asyncio.run(step_cost.measure([12], 2, 5, restored=restored))
    assert (row.paragraphs, row.encoded) == (12, 5)
    assert row.ours > row.bare


def test_stories_at_once_are_counted_against_the_ideal() -> None:
    with data_folder():
        run = asyncio.run(stories_at_once.in_a_program("here", Instant(), 3, 2, 0.05))
    assert run.ideal == pytest.approx(20)
    assert 0 < run.rate <= run.ideal
    assert run.processor > 0


def test_a_recall_is_timed_in_a_process_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["recall_time.py", "--sizes", "3", "6", "--output", str(tmp_path)])
    recall_time.main()
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| embedded")]
    assert [row.split("|")[2].strip() for row in rows] == ["3", "6"]
    assert (tmp_path / "recall_time.svg").exists()


def test_what_holds_is_looked_up_in_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--sizes", "10", "20", "--repeats", "2", "--output", str(tmp_path)]
    monkeypatch.setattr("sys.argv", ["facts_time.py", *given])
    facts_time.main()
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| as things stand")]
    assert [[cell.strip() for cell in row.split("|")[2:4]] for row in rows] == [["10", "30"], ["20", "60"]]
    assert (tmp_path / "facts_time.svg").exists()


def test_the_book_so_far_is_counted_beside_a_story_without_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["synopsis_cost.py", "--paragraphs", "14", "--last", "3"])
    synopsis_cost.main()
    *_, without, shown = (line.split("|") for line in capsys.readouterr().out.splitlines() if line.startswith("|"))
    assert (without[1].strip(), shown[1].strip()) == ("0", "260")
    assert float(without[2].replace(",", "")) < float(shown[2].replace(",", ""))


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|\n").split("|")]


def figure(cell: str) -> int:
    return int(cell.split(maxsplit=1)[0].replace(",", ""))


def test_what_facts_cost_is_counted_part_by_part_in_a_story_told_five_times(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["facts_cost.py", "--paragraphs", "6", "--last", "1"])
    facts_cost.main()
    lines = reversed(capsys.readouterr().out.splitlines())  # One part stands in two tables.
    rows = {row[0]: row[1:] for row in map(cells, lines) if len(row) > 1}
    for row in ("a step", "a step without any", *facts_cost.WITHOUT):
        sent, cached, new, *_ = map(figure, rows[row])
        assert sent == cached + new
    least, most = figure(rows["a step without any"][0]), figure(rows["a step"][0])
    assert most - least == figure(rows[facts_cost.ALL][0]) > figure(rows[facts_cost.FACTS][0]) > 0
    first = [
        figure(rows[part][0]) for part in ("as things stand", "facts that a passage may change", "threads to plan with")
    ]
    assert min(first) > 0
    assert sum(first) < most - least


@pytest.mark.parametrize(("alike", "cached"), [(0, 0), (127, 0), (1023.9, 0), (1024, 1024), (1300, 1280)])
def test_a_cache_has_whole_blocks_of_a_beginning_that_is_long_enough(alike: float, cached: int) -> None:
    assert facts_cost.Blocks(128, 1024).of(alike) == cached


def test_a_prompt_is_cached_as_far_as_one_before_it_began_so_but_not_as_one_that_is_sent_beside_it() -> None:
    def call(gate: str, prompt: str) -> told_story.Call:
        return told_story.Call(gate, prompt, prompt, "answered", "")

    one, two = call("rewrite_short_term", "a" * 400 + "b" * 400), call("append_summary", "a" * 400 + "b" * 400)
    before = call("generate_paragraph", "a" * 400)
    sums = facts_cost.count([[before], [one, two]], facts_cost.Blocks(10))
    assert [sums[gate]["cached"] for gate in ("rewrite_short_term", "append_summary")] == [100, 100]
    sums = facts_cost.count([[before], [one, call("propose_plans", two.prompt)]], facts_cost.Blocks(10))
    assert (sums["propose_plans"]["cached"], sums["propose_plans"]["answer"]) == (200, 2)


def test_a_table_is_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    table(["what", "s"], [["a", "1.0"], ["bcdef", "20.0"]])
    lines = ["| what  |    s |", "|-------|-----:|", "| a     |  1.0 |", "| bcdef | 20.0 |"]
    assert capsys.readouterr().out.strip().splitlines() == lines


def test_a_plot_is_drawn_the_same_each_time_and_only_where_it_is_asked_for(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        plot(tmp_path / folder, "costs", ("n", [1, 10]), "s", {"ours": [1, 2], "theirs": [1, 20]}, logarithmic="xy")
    plot(None, "costs", ("n", [1]), "s", {"ours": [1]})
    assert (tmp_path / "one" / "costs.svg").read_bytes() == (tmp_path / "two" / "costs.svg").read_bytes()
    figure, _ = canvas()
    save(figure, tmp_path, "empty")
    assert (tmp_path / "empty.svg").read_text().startswith("<?xml")


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 12))])
def test_of_two_pages_nothing_is_lost_unseen_and_no_old_job_writes(seed: int) -> None:
    found = two_pages.two_pages(1, 25, seed)
    assert found.wrong == []
    assert found.sent.total() > found.taken.total() > 0


LONG_WALK = (pytest.mark.long, pytest.mark.timeout(1200))


@pytest.mark.parametrize(("operations", "seed"), [(25, 1), pytest.param(2000, 2, marks=LONG_WALK)])
def test_stories_say_what_they_are_to_say_however_their_folders_are_copied_moved_deleted_and_brought_back(
    operations: int, seed: int
) -> None:
    assert shelf_walk.walk(operations, seed).total() == operations


def test_what_no_longer_holds_of_the_samples_is_noted_where_it_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["without_facts.py", "--prompts", str(tmp_path)])
    without_facts.main()
    rows = [line.split("|")[1:-1] for line in capsys.readouterr().out.splitlines() if line.startswith("| ")][1:]
    assert [row[0].strip() for row in rows] == ["seven-from-seven", "tong-yu-fu"]
    for row in rows:
        steps, _, outdated, noted, _, stated = map(int, row[1:])
        assert (steps, stated) == (12, 0)
        assert outdated == noted > 0
    prompts = sorted(tmp_path.rglob("with/*.md"))
    assert [path.name for path in prompts] == [path.name for path in sorted(tmp_path.rglob("without/*.md"))]
    assert all("As things stand" in path.read_text(encoding="utf-8") for path in prompts if path.name < "t")


def test_tries_of_a_password_are_counted_by_a_real_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["password_tries.py", "--tries", "60", "--connections", "6"])
    password_tries.main()
    assert "5 were looked at, of 5 that may be" in capsys.readouterr().out
