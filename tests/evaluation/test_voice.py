"""Burrows' Delta: who a passage sounds like, by texts that are made to sound alike or not."""

from __future__ import annotations

import json
import sys
from random import Random
from typing import TYPE_CHECKING

import pytest

from recurrentgpt.evaluation import voice
from recurrentgpt.evaluation.voice import Delta, compare
from tongues import EN, ZH

if TYPE_CHECKING:
    from pathlib import Path

HABITS = {"plain": "the the the and and he was said it it", "ornate": "of of of which upon and whose that that was"}


def text(habit: str, words: int, seed: int) -> str:
    """Prose of somebody's habits: which small words come how often; what it is of is by chance."""
    chance = Random(seed)  # noqa: S311 (no secret)
    small = HABITS[habit].split()
    return " ".join(chance.choice(small) if chance.random() < 0.6 else f"w{chance.randrange(40)}" for _ in range(words))


@pytest.fixture
def delta() -> Delta:
    return Delta({habit: text(habit, 3000, 1) for habit in HABITS}, EN, frequent=20)


def test_a_passage_is_nearest_to_who_writes_like_that(delta: Delta) -> None:
    for seed in range(2, 8):
        passage = text("plain", 300, seed)
        assert delta.to("plain", passage) < delta.to("ornate", passage)


def test_an_author_s_own_text_is_at_no_distance_and_an_empty_one_at_some(delta: Delta) -> None:
    assert delta.to("plain", text("plain", 3000, 1)) == pytest.approx(0)
    assert delta.to("plain", "") > 0


def test_delta_is_as_its_definition_has_it() -> None:
    # Shares of a: .5 and .25 in a's pieces, .25 and .5 in b's; of b the other way round: mean .375, deviation .125.
    measure = Delta({"one": "a a b x", "other": "a b b y"}, EN, piece=4, frequent=2)
    assert measure.words == ["a", "b"]
    assert measure.to("one", "a b b z") == pytest.approx(2)
    assert measure.to("one", "a a b b c c c c") == pytest.approx(1.0)


def test_chinese_is_compared_by_characters() -> None:
    measure = Delta({"甲": "的了的了是" * 20, "乙": "之乎者也矣" * 20}, ZH, piece=20, frequent=10)
    assert measure.to("甲", "的是了") < measure.to("乙", "的是了")


def test_what_samples_change_has_an_interval_over_the_same_plans(delta: Delta) -> None:
    without = [text("ornate", 300, seed) for seed in range(8)]
    found = compare(delta, "plain", without, [text("plain", 300, seed) for seed in range(8)])
    assert found["change"].mean < found["change"].high < 0
    assert found["with"].mean < found["without"].mean
    with pytest.raises(ValueError, match="shorter"):
        compare(delta, "plain", without, without[:3])


def test_too_little_to_learn_from_is_said() -> None:
    with pytest.raises(ValueError, match="two authors"):
        Delta({"one": "a " * 600}, EN)
    with pytest.raises(ValueError, match="500 words"):
        Delta({"one": "a " * 600, "other": "b"}, EN)


def test_it_prints_a_row_an_author(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {habit: tmp_path / f"{habit}.txt" for habit in HABITS}
    for habit, file in files.items():
        file.write_text(text(habit, 2000, 1), encoding="utf-8")
    for name, habit in (("without", "ornate"), ("with", "plain")):
        (tmp_path / name).write_text(json.dumps([text(habit, 200, seed) for seed in range(4)]), encoding="utf-8")
    given = ["--without", str(tmp_path / "without"), "--with", str(tmp_path / "with")]
    monkeypatch.setattr(sys, "argv", ["voice", *map(str, files.values()), *given])
    voice.main()
    rows = capsys.readouterr().out.split("\n")
    assert rows[1].split()[0] == "plain"
    assert rows[2].split()[0] == "ornate"
    assert float(rows[1].split()[5]) < 0 < float(rows[2].split()[5])
