"""How different the plans of one answer are: the figures, and recorded answers with and without the word on kinds."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from langchain_core.embeddings import Embeddings

from recurrentgpt.evaluation import plans
from recurrentgpt.evaluation.plans import (
    ARMS,
    DIFFERENT,
    IN_KIND,
    LABELS,
    Answered,
    Proposing,
    compared,
    figures,
    places,
)

if TYPE_CHECKING:
    from pathlib import Path


class ByFirstLetter(Embeddings):
    """Texts are alike that begin with the same letter."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[2.0, 0.0] if text[0] == "a" else [0.0, 3.0] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


@pytest.fixture(scope="module")
def made() -> dict[str, list[Answered]]:
    return plans.proposed(plans.answers())


def test_each_figure_is_the_mean_over_every_two_plans() -> None:
    labels = (("talk", "Mara", "grave"), ("talk", "Jem", "comic"), ("work", "Tom", "comic"))
    found = figures([Answered(("a b c d", "a b c e", "x y"), labels)], ByFirstLetter())
    assert found["cosine"] == [pytest.approx(1 / 3)]
    assert found["words in common"] == [pytest.approx(0.75 / 3)]
    assert [found[name][0] for name in LABELS] == [pytest.approx(2 / 3), 1.0, pytest.approx(2 / 3)]
    assert found["all three"] == [pytest.approx(1 / 3)]


def test_plans_that_are_the_same_differ_in_nothing_and_labels_may_be_missing() -> None:
    found = figures([Answered(("a b", "a b"))], ByFirstLetter())
    assert found == {"cosine": [1.0], "words in common": [1.0]}


def test_every_answer_is_kept_whole_and_labelled(made: dict[str, list[Answered]]) -> None:
    for arm in ARMS:
        recorded = plans.answers()[arm]
        assert [list(one.plans) for one in made[arm]] == [
            [plan["text"] for plan in recorded[place.id]] for place in places()
        ]
        assert all(len(one.labels) == len(one.plans) == 3 for one in made[arm])


def test_plans_asked_for_in_kind_have_fewer_words_in_common(made: dict[str, list[Answered]]) -> None:
    found = compared(*(figures(made[arm], ByFirstLetter()) for arm in ARMS))
    before, after, change = found["words in common"]
    assert before.mean + change.mean == pytest.approx(after.mean)
    assert change.high < 0
    assert found["all three"][2].low > 0


def test_the_two_requests_differ_by_the_word_on_kinds_alone() -> None:
    with Proposing() as gate:
        told = {arm: gate.prompt(places()[0], arm) for arm in ARMS}
    assert (
        told[IN_KIND].replace("different in kind (what happens, to whom, in what tone)", "different") == told[DIFFERENT]
    )
    assert told[IN_KIND] != told[DIFFERENT]


def test_another_model_s_answers_are_scored_from_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["plans", "--prompts", str(tmp_path)])
    plans.main()
    prompts = sorted(file.stem for file in tmp_path.iterdir())
    assert len(prompts) == len(ARMS) * len(places())
    for name in prompts[1:]:
        (tmp_path / f"{name}.json").write_text(
            json.dumps(
                [f"{plan} She waits, and the lamp goes out." for plan in ("One.", "Then all sing.", "They row off.")]
            )
        )
    with pytest.raises(ValueError, match=prompts[0]):
        plans.answers_in(tmp_path)
    (tmp_path / f"{prompts[0]}.json").write_text(
        json.dumps(["Mara burns the letter at last."] * 2 + ["Tom comes home."])
    )
    monkeypatch.setattr(sys, "argv", ["plans", "--answers", str(tmp_path)])
    plans.main()
    rows = capsys.readouterr().out
    assert "words in common" in rows
    assert "tone" not in rows
