"""The judge: both orders, ties, no verdict; and contradictions whose quotes are checked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from recurrentgpt.evaluation.call_cache import CallCache
from recurrentgpt.evaluation.consistency import Claim, Consistency, find_contradictions
from recurrentgpt.evaluation.experiment import experiment, quick
from recurrentgpt.evaluation.judge import Ballot, Comparison, compare, same_length
from recurrentgpt.evaluation.metrics import lengths
from recurrentgpt.evaluation.novel import Novel
from recurrentgpt.evaluation.statistics import Evidence, contradictions, preferences
from recurrentgpt.evaluation.topics import Topic
from tongues import EN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel

TOPIC = Topic("mystery-1", "mystery", "A message in a bottle.", "", (), "")
CONTEXT = quick(model="fake", tries=3)
OURS = Novel(novel="mystery-1", system="ours", opening=["The gold ring was lost at sea. Mara wept for it."])
OTHER = Novel(novel="mystery-1", system="full", opening=["The iron ring was found on land. Mara sang of it."])
WHY = "It has more of everything."


def verdict(interesting: str, coherent: str) -> str:
    return json.dumps({"why_interesting": WHY, "interesting": interesting, "why_coherent": WHY, "coherent": coherent})


def judged(
    tmp_path: Path, fake_models: Callable[..., FakeChatModel], says: Callable[[str], str], **more: Any
) -> tuple[Comparison, FakeChatModel]:
    def interfere(messages: list[BaseMessage], _: dict[str, Any] | None) -> str:
        return says(messages[-1].text)

    model = fake_models(interfere=interfere, **more)
    return compare(OURS, OTHER, TOPIC, CONTEXT, CallCache(tmp_path)), model


def test_a_text_that_wins_in_both_orders_wins(tmp_path: Path, fake_models: Callable[..., FakeChatModel]) -> None:
    def prefers_gold(asked: str) -> str:
        side = "A" if asked.index("gold") < asked.index("iron") else "B"
        return verdict(side, {"A": "B", "B": "A"}[side])

    found, model = judged(tmp_path, fake_models, prefers_gold)
    assert (found.outcome("interesting"), found.outcome("coherent")) == ("ours", "other")
    assert found.is_consistent("interesting")
    assert found.ours_first.why["interesting"] == WHY
    first, second = (messages[-1].text for messages in model.asked)
    assert first.index("gold") < first.index("iron")
    assert second.index("iron") < second.index("gold")


def test_a_judge_that_likes_the_first_draft_gives_ties(
    tmp_path: Path, fake_models: Callable[..., FakeChatModel]
) -> None:
    found, _ = judged(tmp_path, fake_models, lambda _: verdict("A", "tie"))
    assert found.outcome("interesting") == "tie"
    assert found.is_consistent("interesting") is False
    assert found.outcome("coherent") == "tie"
    assert found.is_consistent("coherent") is True


def test_no_valid_answer_is_no_verdict_and_no_tie(tmp_path: Path, fake_models: Callable[..., FakeChatModel]) -> None:
    found, model = judged(tmp_path, fake_models, lambda _: verdict("both", "A"))
    assert found.outcome("interesting") == "no verdict"
    assert found.outcome("coherent") == "no verdict"
    assert found.is_consistent("coherent") is None
    assert "3 tries" in found.ours_first.problem
    assert len(model.asked) == 2 * CONTEXT.tries


def test_one_order_without_a_verdict_is_no_verdict() -> None:
    found = Comparison(novel="n", system="full", words=(9, 9), ours_first=Ballot(interesting="ours", coherent="ours"))
    assert found.outcome("interesting") == "no verdict"


@pytest.mark.parametrize("written", ["A", "**A**", "Draft A.", " a "])
def test_a_verdict_in_sections_is_read(tmp_path: Path, fake_models: Callable[..., FakeChatModel], written: str) -> None:
    answer = (
        f"Why that one is more interesting: {WHY}\nMore interesting: {written}\n"
        f"Why that one is more coherent: {WHY}\nMore coherent: tie"
    )
    found, _ = judged(tmp_path, fake_models, lambda _: answer, schemas=False)
    assert found.ours_first.interesting == "ours"
    assert found.ours_last.interesting == "other"
    assert found.outcome("coherent") == "tie"


def test_the_same_text_is_not_judged(tmp_path: Path, fake_model: FakeChatModel) -> None:
    found = compare(OURS, OURS.model_copy(update={"system": "full"}), TOPIC, CONTEXT, CallCache(tmp_path))
    assert found.outcome("interesting") == "same text"
    assert not fake_model.asked


def test_both_are_cut_to_the_shorter_one() -> None:
    long = ["One two three. Four five six. Seven eight nine."]
    first, second = same_length(long, ["Red green blue. White black."], EN)
    assert first == ["One two three."]
    assert second == ["Red green blue. White black."]
    assert lengths(first, EN).words <= lengths(second, EN).words


def test_a_judge_with_too_small_a_window_gives_no_verdict(
    tmp_path: Path, fake_models: Callable[..., FakeChatModel]
) -> None:
    model = fake_models(profile={"max_input_tokens": 300})
    found = compare(OURS, OTHER, TOPIC, CONTEXT, CallCache(tmp_path))
    assert "do not fit the judge's window of 300" in found.ours_first.problem
    assert not model.asked


# The rates


def a_comparison(first: str, last: str, **more: Any) -> Comparison:
    ballots = [Ballot.model_validate({"interesting": side, "coherent": "tie"}) for side in (first, last)]
    return Comparison(novel="n", system="full", words=(9, 9), ours_first=ballots[0], ours_last=ballots[1], **more)


def test_rates_by_hand() -> None:
    wanted = experiment(context=CONTEXT, paragraphs={"mystery": 1}, genres=("mystery",), systems=("ours", "full"))
    evidence = Evidence(wanted, list(wanted.topics()))
    pairs = [
        a_comparison("ours", "ours"),
        a_comparison("ours", "other"),
        a_comparison("other", "other"),
        a_comparison("ours", "ours"),
        Comparison(novel="n", system="full", words=(9, 9), same_text=True),
        Comparison(novel="n", system="full", words=(9, 9), ours_first=Ballot(problem="none")),
    ]
    evidence.comparisons["full"] = [pair.model_copy(update={"novel": "mystery-1"}) for pair in pairs]
    interesting, coherent = preferences(evidence)
    assert interesting.outcomes == {"ours": 2, "other": 1, "tie": 1, "same text": 1, "no verdict": 1}
    assert interesting.judged == 4
    assert interesting.rate is not None
    assert interesting.rate.mean == pytest.approx((1 + 1 + 0.5 + 0) / 4)
    assert interesting.rate.low < interesting.rate.mean < interesting.rate.high
    assert interesting.consistent == pytest.approx(3 / 4)
    assert coherent.outcomes["tie"] == 4


# Contradictions

TEXT = "Mara could not swim. It rained for a week. Mara swam to the island."


def test_claims_without_their_quotes_are_dropped() -> None:
    claims = [
        Claim(earlier="Mara could not swim.", later="Mara swam to the  island", clash="She cannot."),
        Claim(earlier="Mara couldn't swim.", later="Mara swam to the island.", clash="Not to the letter."),
        Claim(earlier="Mara could not swim.", later="", clash="A part is missing."),
        Claim(earlier="It rained", later="It rained for a week.", clash="The same passage twice."),
    ]
    assert [claim.is_grounded(TEXT) for claim in claims] == [True, False, False, False]


def test_contradictions_are_asked_for_counted_and_rated(
    tmp_path: Path, fake_models: Callable[..., FakeChatModel]
) -> None:
    answer = {
        "found": "Yes",
        "earlier": ["Mara could not swim.", "Mara was a dancer."],
        "later": ["Mara swam to the island."],
        "clash": ["She cannot swim."],
    }
    fake_models(interfere=lambda *_: json.dumps(answer))
    novel = Novel(novel="mystery-1", system="ours", opening=[TEXT])
    found = find_contradictions(novel, CONTEXT, CallCache(tmp_path))
    assert (len(found.claims), len(found.grounded(novel.text))) == (2, 1)

    wanted = experiment(context=CONTEXT, paragraphs={"mystery": 1}, genres=("mystery",), systems=("ours",))
    evidence = Evidence(wanted, list(wanted.topics()), {"mystery-1": {"ours": novel}})
    evidence.consistency["ours"] = [found, Consistency(novel="mystery-1", system="ours", problem="no answer")]
    (counted,) = contradictions(evidence)
    assert (counted.answered, counted.unanswered, counted.claimed, counted.grounded) == (1, 1, 2, 1)
    # one in 14 words
    assert counted.rate == pytest.approx(10_000 / 14)


def test_no_means_none_whatever_else_is_said(tmp_path: Path, fake_models: Callable[..., FakeChatModel]) -> None:
    fake_models(interfere=lambda *_: json.dumps({"found": "no", "earlier": ["x"], "later": ["y"], "clash": ["z"]}))
    assert not find_contradictions(OURS, CONTEXT, CallCache(tmp_path)).claims


def test_no_answer_is_not_no_contradiction(tmp_path: Path, fake_models: Callable[..., FakeChatModel]) -> None:
    fake_models(interfere=lambda *_: "I would rather not say.")
    found = find_contradictions(OURS, CONTEXT, CallCache(tmp_path))
    assert "3 tries" in found.problem
    assert contradictions_of(found) is None


def contradictions_of(found: Consistency) -> float | None:
    wanted = experiment(context=CONTEXT, paragraphs={"mystery": 1}, genres=("mystery",), systems=("ours",))
    evidence = Evidence(wanted, list(wanted.topics()), {"mystery-1": {"ours": OURS}})
    evidence.consistency["ours"] = [found]
    return contradictions(evidence)[0].rate
