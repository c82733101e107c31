"""Recorded passages with samples and without: what was shown to whom, and what Delta says of them."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from recurrentgpt.evaluation import voice_blind, voice_recorded, voice_study
from recurrentgpt.evaluation.intervals import jackknife_of
from recurrentgpt.evaluation.voice_recorded import JOINED, WAYS, Writer
from recurrentgpt.evaluation.voice_study import CHINESE, ENGLISH, WITHOUT, answers, author
from tongues import EN, ZH

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from recurrentgpt.schemas.languages import Language

COPIED = 7
"""Words in a row (in Chinese, characters) that are copied and no chance."""
ARMS, AUTHORS = ENGLISH.arms, ENGLISH.authors


def runs(text: str, language: Language = EN) -> set[tuple[str, ...]]:
    words = language.words(text)
    return {tuple(words[at : at + COPIED]) for at in range(len(words) - COPIED + 1)}


@pytest.fixture(scope="module")
def made() -> dict[str, list[str]]:
    return voice_recorded.passages()


def test_each_plan_is_written_in_each_way_and_whole(made: dict[str, list[str]]) -> None:
    ids = [one.id for one in voice_study.situations()]
    assert len(ids) >= 10
    assert made == {arm: [answers()[arm][id_] for id_ in ids] for arm in ARMS}


def test_nobody_copied_the_author_and_delta_knows_no_text_that_was_shown(made: dict[str, list[str]]) -> None:
    for name in AUTHORS:
        known = author(name)
        shown, unseen = (set().union(*map(runs, texts)) for texts in (known.samples, known.others))
        assert shown.isdisjoint(unseen)
        for arm in (WITHOUT, name):
            for text in made[arm]:
                assert runs(text).isdisjoint(shown | unseen)


def test_the_prompts_differ_by_the_samples_alone() -> None:
    place = voice_study.situations()[0]
    with Writer() as writer:
        told = {arm: writer.prompt(place, arm) for arm in ARMS}
    _, _, plain = told[WITHOUT].partition("-----\n\n")
    for name in AUTHORS:
        begun = [sample[:500] for sample in author(name).samples]
        assert all(sample in told[name] and sample not in told[WITHOUT] for sample in begun)
        assert told[name].endswith(plain)
        assert author(name).name not in told[name]


def test_samples_bring_passages_nearer_to_their_author_and_not_to_the_other(made: dict[str, list[str]]) -> None:
    found = voice_recorded.measure(made)
    assert [(row.way, row.given) for row in found] == [(way, name) for way in WAYS for name in AUTHORS]
    for row in found:
        assert row.change.mean < row.change_to_other.mean
        assert row.nearest >= 0.85 * row.of
        if row.way == WAYS[0]:
            assert row.change.high < 0
        if row.way == JOINED:
            assert row.change.mean < -0.05


def test_in_chinese_passages_come_nearer_to_the_right_author_too_and_copy_nobody() -> None:
    made = voice_recorded.passages(study=CHINESE)
    given = answers(CHINESE)
    assert made == {arm: list(given[arm].values()) for arm in CHINESE.arms}
    for row in voice_recorded.measure(made, study=CHINESE):
        assert row.change.mean < 0
        if row.way == WAYS[0]:
            assert row.change.high < 0
        else:
            assert row.change.mean < row.change_to_other.mean
    for name in CHINESE.authors:
        known = author(name)
        shown, unseen = (set().union(*(runs(text, ZH) for text in texts)) for texts in (known.samples, known.others))
        assert shown.isdisjoint(unseen)
        assert all(runs(text, ZH).isdisjoint(shown | unseen) for arm in (WITHOUT, name) for text in made[arm])


def test_a_blind_reader_is_shown_no_arm_and_scored_by_it(made: dict[str, list[str]]) -> None:
    shown = voice_blind.pairs(ENGLISH, made)
    assert shown == voice_blind.pairs(ENGLISH, made)
    assert len(shown) == 2 * len(made[WITHOUT])
    assert {pair.right for pair in shown} == {"A", "B"}
    for pair in shown:
        name, number = pair.id.split("-")[1:]
        sampled, plain = made[name][int(number) - 1], made[WITHOUT][int(number) - 1]
        assert {pair.first, pair.second} == {sampled, plain}
        assert (pair.first if pair.right == "A" else pair.second) == sampled
        assert name not in pair.shown("en").lower()
    right = {str(place): pair.right for place, pair in enumerate(shown, start=1)}
    wrong = right | {"1": "B" if right["1"] == "A" else "A", "2": "0"}
    counted = sum(voice_blind.score(shown, wrong).values(), Counter[str]())
    assert counted == {"right": len(shown) - 2, "wrong": 1, "unsure": 1}
    with pytest.raises(ValueError, match="pair 3"):
        voice_blind.score(shown, {**right, "3": "both"})


def test_the_recorded_reader_told_them_apart(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["voice_blind"])
    voice_blind.main()
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[1:]]
    assert sorted(row[:4] for row in rows) == [["Herman", "Melville", "16", "0"], ["Jane", "Austen", "16", "0"]]


def test_passages_that_are_the_same_change_nothing(made: dict[str, list[str]]) -> None:
    for row in voice_recorded.measure(dict.fromkeys(ARMS, made[WITHOUT])):
        assert row.change == row.change_to_other == (0, 0, 0)
        assert row.nearest == row.nearest_without


def test_sentences_come_nearer_to_the_author_s_length(made: dict[str, list[str]]) -> None:
    without = voice_recorded.sentence_lengths(made[WITHOUT])
    for name in AUTHORS:
        own, given = voice_recorded.sentence_lengths(author(name).others), voice_recorded.sentence_lengths(made[name])
        assert abs(given.mean - own.mean) < abs(without.mean - own.mean)
        assert given.low > without.high
    assert voice_recorded.sentence_lengths(["One two. Three four five six! Seven eight nine"]).mean == 3


def test_equal_length_is_the_shortest_of_each_plan() -> None:
    cut = voice_recorded.at_equal_length({"a": ["One, two. Three", "one"], "b": ["Four five", "six seven"]})
    assert cut == {"a": ["one two", "one"], "b": ["four five", "six"]}


def test_a_mean_s_jackknife_is_student_s_interval() -> None:
    def mean(values: Sequence[float]) -> float:
        return sum(values) / len(values)

    found = jackknife_of([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0], mean)
    assert found.mean == 5.5
    assert found.high - found.mean == pytest.approx(2.262 * 3.02765 / 10**0.5, rel=0.003)
    assert found.mean - found.low == pytest.approx(found.high - found.mean)
    with pytest.raises(ValueError, match="two units"):
        jackknife_of([1.0], mean)


def test_another_model_s_answers_are_scored_from_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    prompts, answered = tmp_path / "prompts", tmp_path / "answers"
    three = voice_study.situations()[:3]
    for module in (voice_recorded, voice_study):
        monkeypatch.setattr(module, "situations", lambda _: three)
    monkeypatch.setattr(sys, "argv", ["voice_recorded", "--prompts", str(prompts)])
    voice_recorded.main()
    names = {f"{arm}-{one.id}.txt" for arm in ARMS for one in three}
    assert {file.name for file in prompts.iterdir()} == names
    answered.mkdir()
    for name in sorted(names)[1:]:
        arm, id_ = name.removesuffix(".txt").split("-")
        (answered / name).write_text(answers()[arm][id_], encoding="utf-8")
    first = min(names)
    with pytest.raises(ValueError, match=first):
        voice_study.answers_in(answered)
    (answered / first).write_text("It rained. The bell was heard, and no one came.", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["voice_recorded", "--answers", str(answered)])
    voice_recorded.main()
    rows = capsys.readouterr().out.splitlines()
    assert len(rows) == 1 + len(WAYS) * len(AUTHORS) + 1 + len(ARMS)
    assert "Jane Austen" in rows[1]
