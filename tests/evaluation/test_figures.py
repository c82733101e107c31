"""Figures of novels and their differences, on texts and answers whose figures are known by hand."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.embeddings import Embeddings

from recurrentgpt.evaluation.call_cache import CallCache
from recurrentgpt.evaluation.consistency import Claim, Consistency
from recurrentgpt.evaluation.experiment import experiment, quick
from recurrentgpt.evaluation.folder import Folder
from recurrentgpt.evaluation.metrics import holds, spread
from recurrentgpt.evaluation.novel import Novel, Page, Threads, VisibleContext
from recurrentgpt.evaluation.novel_figures import FIGURES, as_csv, difference, mean_of, table_of
from recurrentgpt.evaluation.reading import Reading, Setup, SetupsRead, read_novel, setups_in
from recurrentgpt.evaluation.report_figures import differences_section, errors_section
from recurrentgpt.evaluation.run import evaluate
from recurrentgpt.evaluation.scores import Scores, score_novel
from recurrentgpt.evaluation.statistics import Evidence, gather
from recurrentgpt.evaluation.topics import TONGUES, Change, Topic, genres, topics

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel

CONTEXT = quick(model="fake", tries=2)
CHANGE = Change(
    "The lantern hung in the boathouse.", ("lantern", "boathouse"), "The lantern was sold to the glazier.",
    ("lantern", "glazier"), "Fetch the lantern.", "Where is the lantern?", "in the boathouse", "with the glazier",
)  # fmt: skip
TOPIC = Topic("mystery-1", "mystery", "A bottle.", "A brass key.", ("brass", "key"), "Open it.", change=CHANGE)


class Directions(Embeddings):
    """Two directions: north, and everything else."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[1.0, 0.0] if text == "north" else [0.0, 2.0] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


def shown(*sentences: str) -> Novel:
    """A novel whose writer would be shown these for the plan that needs the change."""
    return Novel(novel="n", system="ours", change_sight=VisibleContext(prompt=" ".join(sentences)))


@pytest.mark.parametrize(
    ("sentences", "respected"),
    [
        ((CHANGE.now,), True),
        ((CHANGE.was, CHANGE.now), True),
        ((CHANGE.now, CHANGE.was), False),
        ((CHANGE.was,), False),
        ((), False),
        (("The lantern that hung in the boathouse is with the glazier.",), True),
        ((CHANGE.now, "They went to the boathouse.", "No lantern was there."), True),
    ],
)
def test_a_change_is_respected_where_what_holds_has_the_last_word(
    sentences: tuple[str, ...],
    respected: bool,  # noqa: FBT001 (a column of a table)
) -> None:
    assert shown(*sentences).respects(CHANGE) is respected


def test_where_nothing_changes_there_is_nothing_to_respect() -> None:
    assert shown(CHANGE.was).respects(Change()) is None


def test_marks_are_found_in_a_script_without_spaces() -> None:
    assert holds("他把铁灯笼卖给了玻璃匠。", ("铁灯笼", "玻璃匠"))
    assert holds("号码是4417。", ("4417",))
    assert not holds("号码是14417。", ("4417",))


def test_memory_kept_by_hand() -> None:
    memories = ["A.\nB.\nC.", "A.\nC.\nD.", "D.\nE.\nF."]
    novel = Novel(novel="n", system="ours", pages=[Page(text="x", short_term_memory=memory) for memory in memories])
    # two of three, then one of three
    assert novel.memory_kept() == pytest.approx(3 / 6)
    assert Novel(novel="n", system="ours", pages=novel.pages[:1]).memory_kept() is None


def test_plans_apart_by_hand() -> None:
    tables = [["north", "east"], ["east", "west"], ["north"], ["north", "east", "west"]]
    assert spread(tables, Directions()) == pytest.approx([1, 0, 2 / 3])


# The reader


def test_setups_and_their_payoffs_are_counted_where_they_stand() -> None:
    answer = SetupsRead(
        setups=["Who rang the bell?", "A gun hung there.", "It was cursed."],
        payoffs=["The wind rang it.", "None.", "It was cursed.", "One too many."],
    )
    found = Reading(novel="n", system="ours", setups=setups_in(answer))
    assert [setup.payoff for setup in found.setups] == ["The wind rang it.", "", "It was cursed."]
    text = "Who rang the bell? A gun hung there. The wind rang it."
    assert found.paid(text) == (1, 2)
    assert not Setup(sentence="A gun hung there.", payoff="A gun hung there.").is_paid(text)


def test_a_reader_is_asked_the_same_of_every_book(tmp_path: Path, fake_models: Callable[..., FakeChatModel]) -> None:
    novel = Novel(novel="mystery-1", system="ours", opening=["Who rang the bell? The wind rang it.", CHANGE.now])

    def says(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str:
        names = set((schema or {})["properties"])
        if "setups" in names:
            return json.dumps({"setups": ["Who rang the bell?"], "payoffs": ["The wind rang it."]})
        if "answer" in names:
            side = "A" if "A: with the glazier" in messages[-1].text else "B"
            return json.dumps({"reason": "It was sold.", "answer": f"({side})"})
        found = {"earlier": ["Who rang the bell?"], "later": ["The wind rang it."], "clash": ["Nobody can know it."]}
        return json.dumps({"found": "yes", **found})

    model = fake_models(interfere=says)
    recorder = CallCache(tmp_path)
    with recorder.installed():
        read = read_novel(novel, TOPIC, CONTEXT, recorder)
    assert (len(read.knows), len(read.order), read.paid(novel.text), read.now) == (1, 1, (1, 1), "since")
    assert not read.problems
    assert read.cost.calls == len(model.asked) == 4


def test_a_reader_that_says_nothing_leaves_no_figure(tmp_path: Path, fake_models: Callable[..., FakeChatModel]) -> None:
    fake_models(interfere=lambda *_: "I would rather not.")
    read = read_novel(
        Novel(novel="mystery-1", system="ours", opening=["It rained."]), TOPIC, CONTEXT, CallCache(tmp_path)
    )
    assert set(read.problems) == {"knows", "order", "setups", "now"}
    assert read.now is None


def test_a_decline_is_the_first_score_less_the_last(tmp_path: Path, fake_models: Callable[..., FakeChatModel]) -> None:
    pages = [Page(text=text) for text in ("Bright day.", "Noon came.", "Dark night.")]
    novel = Novel(novel="mystery-1", system="ours", pages=pages)

    def says(messages: list[BaseMessage], _: dict[str, Any] | None) -> str:
        score = "80/100" if "Bright" in messages[-1].text else "55"
        return json.dumps({"reason": "Because of its light.", "score": score})

    model = fake_models(interfere=says)
    found = score_novel(novel, TOPIC, CONTEXT, CallCache(tmp_path))
    assert (found.first, found.last, found.decline) == (80, 55, 25)
    assert not any("Noon" in messages[-1].text for messages in model.asked)
    short = score_novel(novel.model_copy(update={"pages": pages[:1]}), TOPIC, CONTEXT, CallCache(tmp_path))
    assert short.decline is None
    assert "too short" in short.problem


# Differences, paired by topic


def an_evidence(ours: list[float], bare: list[float]) -> Evidence:
    """Novels of 100 words whose score declines so much, by topic."""
    wanted = experiment(
        context=CONTEXT, genres=("mystery",), paragraphs={"mystery": 1}, novels=len(ours), systems=("ours", "rolling")
    )
    evidence = Evidence(wanted, list(wanted.topics()))
    for topic, *values in zip(evidence.topics, ours, bare, strict=True):
        for system, value in zip(("ours", "rolling"), values, strict=True):
            novel = Novel(novel=topic.id, system=system, opening=[" ".join(f"w{n}." for n in range(100))])
            evidence.novels.setdefault(topic.id, {})[system] = novel
            scored = Scores(novel=topic.id, system=system, first=50, last=50 - value)
            evidence.scores.setdefault(system, []).append(scored)
            claim = Claim(earlier="w1.", later="w2.", clash="x")
            claimed = Consistency(novel=topic.id, system=system, claims=[claim] if system == "rolling" else [])
            evidence.consistency.setdefault(system, []).append(claimed)
    return evidence


def test_a_difference_is_paired_by_topic() -> None:
    # Topics differ by 40, ours is better by 1 or 2 in each: unpaired, nothing would be seen.
    rows = table_of(an_evidence([0, 10, 20, 30, 40], [2, 11, 22, 31, 42]), Directions())
    found = difference(rows, "decline")
    assert found.topics == 5
    assert found.mean == pytest.approx(-1.6)
    assert found.interval is not None
    assert -2 <= found.interval.low < found.interval.high <= -1
    assert mean_of(rows, "ours", "decline") == pytest.approx(20)


def test_a_difference_over_one_topic_has_no_interval() -> None:
    rows = table_of(an_evidence([5], [1]), Directions())
    assert difference(rows, "decline") == (1, 4.0, None)
    assert difference(rows, "knows") == (0, None, None)


def test_errors_stand_beside_the_bare_loop() -> None:
    rows = table_of(an_evidence([1, 1], [1, 1]), Directions())
    # One error in 100 words is 100 in 10,000; ours has none.
    assert "| ours | 0.00 | -100 (-100 to -100) |" in errors_section(rows)
    assert "| rolling | 100 | – |" in errors_section(rows)
    assert "contradictions per 10,000 words ↓" in differences_section(rows)


def test_another_program_reads_the_results() -> None:
    rows = table_of(an_evidence([5, 7], [1, 2]), Directions())
    read = list(csv.DictReader(io.StringIO(as_csv(rows))))
    declines = {(row["topic"], row["system"]): row["value"] for row in read if row["figure"] == "decline"}
    assert declines == {
        ("mystery-1", "ours"): "5", ("mystery-1", "rolling"): "1",
        ("mystery-2", "ours"): "7", ("mystery-2", "rolling"): "2",
    }  # fmt: skip


def test_what_needs_nobody_stands_first() -> None:
    by = [figure.by for figure in FIGURES]
    assert by == sorted(by, key=["nobody", "judge", "reader"].index)


def test_threads_settled_are_a_share() -> None:
    evidence = an_evidence([1], [1])
    evidence.novels["mystery-1"]["ours"].threads = Threads(opened=4, settled=3)
    rows = table_of(evidence, Directions())
    assert mean_of(rows, "ours", "threads_settled") == pytest.approx(0.75)
    assert mean_of(rows, "rolling", "threads_settled") is None


# What is planted, in both languages


@pytest.mark.parametrize("tag", TONGUES)
def test_what_is_planted_is_known_again_and_never_given_away(tag: str) -> None:
    for topic in topics(list(genres(tag)), 5, tag):
        change = topic.change
        assert holds(topic.fact, topic.marks)
        assert not holds(topic.need, topic.marks)
        assert holds(change.was, change.was_marks)
        assert holds(change.now, change.now_marks)
        assert not holds(change.was, change.now_marks)
        assert not holds(change.need, change.was_marks)
        assert not holds(change.need, change.now_marks)


def test_a_chinese_evaluation_is_in_chinese_throughout(tmp_path: Path, fake_model: FakeChatModel) -> None:
    wanted = experiment(
        context=CONTEXT, language="zh", genres=("mystery",), novels=1, paragraphs={"mystery": 2},
        systems=("ours", "published", "summaries", "outline"), embedding_model="fake",
    )  # fmt: skip
    evidence = gather(Folder(evaluate(tmp_path / "zh", wanted).path))
    assert not evidence.missing
    (topic,) = evidence.topics
    for novel in evidence.novels["mystery-1"].values():
        assert topic.fact in novel.opening[0]
        assert topic.change.was in novel.opening[-1]
        assert novel.pages[0].text.endswith(topic.change.now)
        assert novel.language == "zh"
    assert not any("Write the next paragraph" in message.text for asked in fake_model.asked for message in asked)
