"""An evaluation at work: its folder, what survives a kill, what is refused, and its report."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from recurrentgpt.cli.main import app
from recurrentgpt.evaluation import plots
from recurrentgpt.evaluation.call_cache import FILE, CallCache, read_record
from recurrentgpt.evaluation.cost import Estimate, estimate
from recurrentgpt.evaluation.experiment import Experiment, experiment, paragraphs_for, quick
from recurrentgpt.evaluation.folder import Folder
from recurrentgpt.evaluation.report import write_report
from recurrentgpt.evaluation.run import evaluate
from recurrentgpt.evaluation.statistics import gather, used
from recurrentgpt.evaluation.systems import SYSTEMS
from recurrentgpt.evaluation.topics import genres
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import SettingsError, StorageError
from recurrentgpt.stories.library import Library
from resources_at_hand import memories, read_environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel

SECRET = "sk-never-to-be-written"  # noqa: S105 (a test's)


def small(*systems: str, **changes: Any) -> Experiment:
    """One topic, one paragraph after the opening."""
    given: dict[str, Any] = {"genres": ("mystery",), "novels": 1, "paragraphs": {"mystery": 1, "horror": 1}}
    return experiment(
        **{"context": quick(model="fake"), "systems": systems or tuple(SYSTEMS), "embedding_model": "fake"}
        | given
        | changes
    )


class KilledError(Exception):
    """The process ends here."""


def killed_at(call: int) -> Callable[..., str | None]:
    """Lets a fake model answer until its n-th call."""
    calls = 0

    def interfere(*_: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == call:
            raise KilledError

    return interfere


def contents(folder: Path) -> dict[str, Any]:
    """What a folder holds, but for the time that calls took: every file, and the calls in any order."""
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("*.json")):
        found[str(path.relative_to(folder))] = re.sub(r'"seconds": [\d.]+', "", path.read_text())
    found[FILE] = sorted(
        json.dumps([call["novel"], call["question"], call["time"], call["asked"], call["answer"]["data"]["content"]])
        for call in read_record(folder / FILE)
    )
    return found


_BUILT: list[Path] = []
"""A finished evaluation of every system, once it is made."""


@pytest.fixture
def whole(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, fake_model: FakeChatModel) -> Path:
    """A copy of a finished evaluation of every system."""
    if not _BUILT:
        built = evaluate(tmp_path_factory.mktemp("built") / "whole", small(), ["recurrentgpt", "eval"]).path
        _ASKED.extend(fake_model.asked)
        fake_model.asked.clear()
        _BUILT.append(built)
    return Path(shutil.copytree(_BUILT[0], tmp_path / "whole"))


_ASKED: list[list[BaseMessage]] = []
"""What it asked."""


@pytest.fixture
def without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports whose words are looked at need no pictures."""
    for name in ("draw_preference", "draw_cost", "draw_text"):
        monkeypatch.setattr(plots, name, lambda *_: None)


def test_every_system_writes_the_same_number_of_paragraphs_from_the_same_opening(whole: Path) -> None:
    evidence = gather(Folder(whole))
    novels = evidence.novels["mystery-1"]
    assert list(novels) == list(SYSTEMS)
    assert not evidence.missing
    assert {len(novel.pages) for novel in novels.values()} == {1}
    openings = {tuple(novel.opening) for novel in novels.values()}
    assert len(openings) == 1
    assert evidence.topics[0].fact in openings.pop()[0]
    assert all(novel.cost().input_tokens for novel in novels.values())


def test_nobody_but_the_outline_is_told_how_long_the_novel_will_be(whole: Path) -> None:
    for call in read_record(whole / FILE):
        text = "\n".join(words for _, words in call["asked"])
        assert "This will be" not in text
        assert call["by"] == "outline" or "parts" not in text.split()


def test_a_finished_evaluation_asks_nothing_more(whole: Path, fake_model: FakeChatModel) -> None:
    before = contents(whole)
    evaluate(whole, small())
    assert not fake_model.asked
    assert contents(whole) == before


def test_the_record_holds_every_prompt_and_answer_once(whole: Path) -> None:
    record = read_record(whole / FILE)
    keys = [(call["novel"], call["question"], call["time"]) for call in record]
    assert len(set(keys)) == len(keys)
    kept = sorted(str(call["asked"]) for call in record)
    assert kept == sorted(str([[message.type, message.text] for message in asked]) for asked in _ASKED)


def test_a_run_that_is_killed_at_some_call_ends_with_the_same_folder(
    tmp_path: Path, fake_models: Callable[..., FakeChatModel]
) -> None:
    wanted = small("ours", "original")
    model = fake_models()
    expected = contents(evaluate(tmp_path / "whole", wanted).path)
    total = len(model.asked)
    assert total > 10
    for call in (*range(1, total, 4), total):
        folder = tmp_path / f"killed-{call}"
        fake_models(interfere=killed_at(call))
        with pytest.raises(KilledError):
            evaluate(folder, wanted)
        again = fake_models()
        evaluate(folder, wanted)
        assert contents(folder) == expected, call
        # The two gates that run side by side may both have been under way.
        assert total - call <= len(again.asked) <= total - call + 2


def test_a_half_written_last_line_is_dropped(whole: Path, tmp_path: Path) -> None:
    record = whole / FILE
    kept = record.read_bytes()
    record.write_bytes(kept + b'{"novel": "mystery-1", "by": "ou')
    CallCache(whole)
    assert record.read_bytes() == kept
    assert read_record(tmp_path / "none") == []


def test_a_broken_line_in_the_middle_is_named(whole: Path) -> None:
    record = whole / FILE
    record.write_bytes(b"oops\n" + record.read_bytes())
    with pytest.raises(StorageError, match="Line 1 of"):
        evaluate(whole, small())


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"context": quick(model="fake", seed=2)}, "seed was 1 and is now 2"),
        ({"judge": "another"}, "judge was '' and is now 'another'"),
        ({"prompts": "other words"}, "prompts was '' and is now 'other words'"),
        ({"systems": ("ours",)}, "systems was"),
    ],
)
def test_other_settings_in_the_same_folder_are_refused(whole: Path, changes: dict[str, Any], named: str) -> None:
    with pytest.raises(SettingsError, match=f"other settings.*{named}"):
        evaluate(whole, small(**changes))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"systems": ("theirs",)}, "no system 'theirs'"),
        ({"genres": ("western",)}, "no genre 'western'"),
        ({"novels": 99}, "10 topics a genre"),
        ({"paragraphs": {"horror": 3}}, "of 'mystery' no number"),
        ({"context": Context()}, "nobody is there to pick plans"),
    ],
)
def test_settings_that_cannot_work_are_named(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        small(**changes)


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("Dear diary")
    with pytest.raises(SettingsError, match="something else"):
        evaluate(tmp_path, small())
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["diary.txt"]


def test_it_keeps_off_the_shelf(whole: Path) -> None:
    assert whole.exists()
    assert not Library.of_the_process().records()
    assert not (memories().home / "stories").exists()


def test_no_secret_is_written(tmp_path: Path, fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    read_environment()
    folder = evaluate(tmp_path / "out", small("ours")).path
    assert fake_model.asked
    assert all(SECRET not in path.read_text() for path in folder.rglob("*.json*"))


@pytest.mark.usefixtures("without_pictures")
def test_a_novel_that_cannot_be_finished_is_reported_and_left_out(
    tmp_path: Path, fake_models: Callable[..., FakeChatModel]
) -> None:
    def no_prose_for_the_outline(messages: list[Any], _: Any) -> str | None:
        return "No." if "The scene to write now" in messages[-1].text else None

    fake_models(interfere=no_prose_for_the_outline)
    wanted = small("ours", "outline", context=quick(model="fake", paragraph_sentences=12, tries=2))
    evidence = gather(folder := evaluate(tmp_path / "out", wanted))
    assert [novel.system for novel in evidence.broken_off] == ["outline"]
    assert list(evidence.novels["mystery-1"]) == ["ours"]
    report = write_report(folder).read_text()
    assert "mystery-1 by outline: baseline gave no usable answer in 2 tries" in report


def test_topics_at_the_same_time_give_the_same(tmp_path: Path, fake_model: FakeChatModel) -> None:
    wanted = small("ours", "rolling", genres=("mystery", "horror"))
    one = contents(evaluate(tmp_path / "one", wanted).path)
    two = contents(evaluate(tmp_path / "two", wanted, jobs=2).path)
    assert one == two
    assert fake_model.asked


# The estimate


def test_the_estimate_counts_the_calls_that_are_made(whole: Path) -> None:
    evidence = gather(Folder(whole))
    expected, spent = estimate(evidence.wanted), used(evidence)
    assert expected.keys() == spent.keys()
    same = sum(pair.same_text for pairs in evidence.comparisons.values() for pair in pairs)
    assert expected["judge"].calls - 2 * same == spent["judge"].calls
    for name in expected.keys() - {"judge"}:
        # The probe asks for cues only where there is something to choose from.
        assert expected[name].calls - 4 <= spent[name].calls <= expected[name].calls, name


def test_the_estimate_grows_as_the_prompts_do() -> None:
    def prompt_tokens(system: str, paragraphs: int) -> float:
        first, second = (
            estimate(small(system, paragraphs={"mystery": count}))[system].input_tokens
            for count in (paragraphs, paragraphs + 1)
        )
        return second - first

    assert prompt_tokens("ours", 100) == prompt_tokens("ours", 10)
    assert prompt_tokens("full", 100) > 5 * prompt_tokens("full", 10)
    assert prompt_tokens("rolling", 100) == prompt_tokens("rolling", 200)
    assert Estimate(1, 2, 3).times(2) + Estimate(1, 1, 1) == Estimate(3, 5, 7)


def test_the_papers_lengths() -> None:
    context = Context(plan_selection="model", paragraph_sentences=12)
    assert {genre: found["words"] for genre, found in genres().items()} == {
        **dict.fromkeys(("science fiction", "romance", "fantasy"), 6000),
        **dict.fromkeys(("horror", "mystery", "thriller"), 3000),
    }
    assert 25 <= paragraphs_for(6000, context) <= 30


# The report and the command


def test_the_report_needs_the_folder_alone(whole: Path, fake_models: Callable[..., FakeChatModel]) -> None:
    model = fake_models(interfere=killed_at(1))
    report = write_report(Folder(whole)).read_text()
    assert not model.asked
    first = ("What this cannot show", "Every figure", "paired by topic", "without a judge", "A planted fact")
    judged = ("in a bare loop", "Contradictions", "Which is preferred", "The paper's own table")
    second = (*judged, "What a paragraph costs", "The estimate", "run it again")
    for heading in first + second:
        assert heading in report
    for system in SYSTEMS:
        assert f"| {system} |" in report
    assert "73 %" in report
    assert "94.7/7.8" in report
    for picture in re.findall(r"\]\((\w+\.png)\)", report):
        assert (whole / picture).read_bytes().startswith(b"\x89PNG")
        assert (whole / picture).stat().st_size < 150_000


def test_a_folder_without_an_evaluation_has_no_report(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="holds no evaluation"):
        write_report(Folder(tmp_path))


@pytest.mark.usefixtures("without_pictures")
def test_an_unfinished_evaluation_says_so(whole: Path) -> None:
    (whole / "novels" / "mystery-1" / "ours.json").unlink()
    assert "**Not finished**" in write_report(Folder(whole)).read_text()


QUICK = ("eval", "--quick", "--model", "fake", "--systems", "ours,rolling", "--paragraphs", "1")


def test_the_command_asks_before_it_begins(tmp_path: Path, fake_model: FakeChatModel) -> None:
    said = CliRunner().invoke(app, [*QUICK, "--output", str(tmp_path / "out")], input="n\n")
    assert said.exit_code == 1
    assert "at most" in said.output
    assert not fake_model.asked
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("without_pictures")
def test_the_command_writes_a_report_and_writes_it_again(tmp_path: Path, fake_model: FakeChatModel) -> None:
    out = tmp_path / "out"
    said = CliRunner().invoke(app, [*QUICK, "--output", str(out), "--yes"])
    assert said.exit_code == 0, said.output
    report = (out / "report.md").read_text()
    asked = len(fake_model.asked)
    (out / "report.md").unlink()
    for again in (["--report-only", "--output", str(out)], ["report", str(out)]):
        said = CliRunner().invoke(app, ["eval", *again])
        assert said.exit_code == 0, said.output
        assert (out / "report.md").read_text() == report
    assert len(fake_model.asked) == asked


def test_the_command_needs_a_folder(fake_model: FakeChatModel) -> None:
    said = CliRunner().invoke(app, list(QUICK))
    assert getattr(said.exception, "code", "") == "evaluation_folder_missing"
    assert not fake_model.asked
