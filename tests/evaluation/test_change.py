"""What the prompt of a step says of what has changed: situations told to the memory, and the rules that judge them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from recurrentgpt.evaluation import change
from recurrentgpt.evaluation.change import DISTANCES, FIGURES, measure, rate
from recurrentgpt.evaluation.change_answers import (
    open_questions,
    part_of,
    read_batch,
    recording,
    write_batch,
)
from recurrentgpt.evaluation.change_checks import PROMISE, check
from recurrentgpt.evaluation.change_data import Branch, Claim, load_situations, sentences_of
from recurrentgpt.evaluation.change_fillers import MOST, fillers
from recurrentgpt.evaluation.change_prompt import Piece
from recurrentgpt.evaluation.change_recorded import Place, RecordedAnswer, RecordedModel, Recording, facts_shown
from recurrentgpt.evaluation.change_telling import teller
from recurrentgpt.evaluation.intervals import wilson
from recurrentgpt.nodes.proof import says
from resources_at_hand import read_environment

if TYPE_CHECKING:
    from pathlib import Path

    from recurrentgpt.evaluation.change_data import Situation

LANGUAGES = ("en", "zh")
COAT = "Ines carried the brass key in her coat. She tapped it as she walked, and the dogs of the mill ran beside her."
POND = "On the dam Ines slipped and caught the rail. The brass key fell from her coat and sank in the mill pond."
BANK = "On the dam Ines slipped and caught the rail. She laughed, and the dogs barked at the water for a long time."
LAST = "In the evening Ines cut bread for her brother. They spoke of the harvest and of the new priest."


def situation(**more: Any) -> dict[str, Any]:
    key = [["key", "pond"]]
    return {
        "id": "lost-0",
        "kind": "lost",
        "premise": {"topic": "A miller's daughter.", "style_sheet": "Ines has the key in her coat."},
        "passages": [
            {"text": COAT, "summary": "Ines carries the key.", "by": "old"},
            {"text": POND, "summary": "Ines slips on the dam.", "by": "new"},
        ],
        "last": {"text": LAST, "summary": "Ines cuts bread for her brother."},
        "plan": {"text": "Ines unlocks the mill with the brass key.", "recall": ["where the brass key of Ines is"]},
        "holds": [{"says": "The key lies in the pond.", "words": key}],
        "outdated": [{"says": "Ines has the key in her coat.", "words": [["key", "in her coat"]]}],
    } | more


def told(folder: Path, **more: Any) -> list[Situation]:
    path = folder / "situations.jsonl"
    path.write_text(json.dumps(situation(**more)) + "\n")
    return load_situations("en", path)


def fact(text: str, quote: str, **more: Any) -> dict[str, Any]:
    return {"fact": text, "about": ["Ines", "brass key"], "says": quote} | more


def answers(variant: str = "main", **facts: Any) -> dict[Place, RecordedAnswer]:
    coat = fact("Ines has the brass key in her coat.", "Ines carried the brass key in her coat")
    pond = fact("The brass key lies in the mill pond.", "sank in the mill pond", replaces=[7]) | facts
    return {
        Place("lost-0", "main", 0): RecordedAnswer({"summary": "-", "facts": [coat]}, {}),
        Place("lost-0", variant, 1): RecordedAnswer({"summary": "-", "facts": [pond]}, {7: coat["fact"]}),
    }


def test_what_has_changed_stands_in_the_prompt_with_facts_and_not_without(tmp_path: Path) -> None:
    found = measure("en", told(tmp_path), answers(), [3])
    with_facts, without = (case.finding for case in found.cases)
    assert with_facts.found_in == ("standing",)
    assert with_facts.stated
    assert with_facts.present
    assert with_facts.clean
    assert with_facts.newer_first
    assert not without.stands
    assert [sentence.split(":")[0] for sentence in without.unmarked][-1] == "beginning"
    assert found.kept[0].states
    assert (found.kept[0].facts, found.kept[0].ends) == (2, 1)


def test_an_answer_that_forgets_the_end_states_the_outdated(tmp_path: Path) -> None:
    finding = measure("en", told(tmp_path), answers(replaces=[]), [3]).cases[0].finding
    assert finding.present
    assert any(sentence.startswith("standing: ines has the brass key in her coat") for sentence in finding.unmarked)
    assert not finding.newer_first


def test_prompts_are_written_out_with_facts_and_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Recording(tmp_path / "answers.jsonl")
    kept.add(answers())
    monkeypatch.setattr(change, "load_situations", lambda _, **__: told(tmp_path))
    monkeypatch.setattr(change, "recording", lambda *_, **__: kept)
    monkeypatch.setattr("sys.argv", ["change", "en", "--distances", "1", "--prompts", str(tmp_path)])
    change.main()
    sent = {how: list((tmp_path / "en" / how).iterdir()) for how in ("with", "without")}
    assert [path.name for path in sent["with"]] == [path.name for path in sent["without"]] == ["lost-0-main-1.md"]
    says = {how: "The brass key lies in the mill pond." in paths[0].read_text("utf-8") for how, paths in sent.items()}
    assert says == {"with": True, "without": False}


def test_a_sibling_does_not_see_the_change(tmp_path: Path) -> None:
    claims = situation()
    other = {"passage": 1, "text": BANK, "summary": "Ines slips.", "holds": claims["outdated"]}
    wanted = told(tmp_path, sibling=other | {"outdated": claims["holds"]})
    slipped = RecordedAnswer({"summary": "-", "facts": []}, {})
    found = measure("en", wanted, answers() | {Place("lost-0", "sibling", 1): slipped}, [3])
    findings = {case.branch.name: case.finding for case in found.cases if case.use_facts}
    assert findings["main"].found_in == ("standing",)
    assert findings["sibling"].found_in == ("standing",)
    assert findings["main"].clean
    assert findings["sibling"].clean
    assert not findings["sibling"].stated


def test_an_edit_unmakes_a_change(tmp_path: Path) -> None:
    claims = situation()
    edited = {"passage": 1, "text": BANK, "summary": "Ines slips."}
    wanted = told(tmp_path, edit=edited, holds=claims["outdated"], outdated=claims["holds"])
    found = measure("en", wanted, answers(), [3])
    assert found.cases[0].finding.found_in == ("standing",)
    assert not found.cases[0].finding.stated
    assert found.kept[0].states is None


def test_the_distance_is_the_fillers_alone(tmp_path: Path) -> None:
    found = measure("en", told(tmp_path), answers(), [3, 12])
    assert [case.distance for case in found.cases] == [3, 3, 12, 12]
    assert all(case.finding.present for case in found.cases if case.use_facts)


def test_what_has_not_all_of_its_answers_is_left_out_and_said(tmp_path: Path) -> None:
    found = measure("en", told(tmp_path), dict(list(answers().items())[:1]), [3])
    assert found.unanswered == ["lost-0"]
    assert not found.cases


def test_open_questions_come_in_rounds_and_say_nothing_of_the_checks(tmp_path: Path) -> None:
    wanted = told(tmp_path)
    kept = Recording(tmp_path / "answers.jsonl")
    rounds = []
    for number in range(3):
        folder = tmp_path / f"batch-{number}"
        with teller("en", RecordedModel(answers=kept.answers)) as told_by:
            [question] = open_questions(wanted, told_by)
        write_batch([question], {"lost-0": wanted[0].key}, folder)
        rounds.append((folder / "prompts.md").read_text())
        given = {"id": wanted[0].key, "variant": "main", "passage": number, "answer": answer_of(number)}
        batch = tmp_path / "given.jsonl"
        batch.write_text(f"{json.dumps(given)}\nnot JSON\n{json.dumps({**given, 'passage': 9})}\n")
        found, wrong = read_batch(batch, folder, {wanted[0].key: "lost-0"})
        assert len(wrong) == 2
        kept.add(found)
    assert COAT in rounds[0]
    assert "1. Ines has the brass key in her coat. [1]" in rounds[1]
    assert "The brass key lies in the mill pond. [2]" in rounds[2]
    assert not any("lost-0" in text or "unlocks the mill" in text or '"key", "pond"' in text for text in rounds)
    assert Recording(kept.path).answers == kept.answers
    with teller("en", RecordedModel(answers=kept.answers)) as told_by:
        assert not list(open_questions(wanted, told_by))


def answer_of(number: int) -> dict[str, Any]:
    if number > 1:
        return {"summary": "-"}
    return answers(replaces=[1])[Place("lost-0", "main", number)].answer


def test_an_answer_names_facts_by_the_numbers_that_they_have_now() -> None:
    given = {"facts": [{"fact": "A", "replaces": [2, 3]}], "changes": [{"fact": "2."}, {"fact": 3}]}
    recorded = RecordedAnswer(given, {2: "Two.", 3: "Three."})
    now = recorded.as_of({5: "Two.", 6: "Six."})
    assert now["facts"][0]["replaces"] == [5]
    assert now["changes"] == [{"fact": 5}]
    assert recorded.as_of({2: "Two.", 3: "Three."})["facts"][0]["replaces"] == [2, 3]


def test_facts_are_known_by_their_lines() -> None:
    from langchain_core.messages import AIMessage, HumanMessage  # noqa: PLC0415

    shown = "1. Anna (the elder) is here. [3]\n2. 井枯了。 [1] (claimed)\n3. It is. [4] (known to A, B)\n4. no fact"
    assert facts_shown([HumanMessage(shown), AIMessage("5. nor this [2]")]) == {
        1: "Anna (the elder) is here.",
        2: "井枯了。",
        3: "It is.",
    }


BRANCH = Branch("main", (), (Claim("", (("key", "pond"),)),), (Claim("", (("key", "coat"),)),))
OLD = "The key was in the coat."


@pytest.mark.parametrize(
    ("piece", "marked"),
    [
        (Piece("passage", OLD, place=0), False),
        (Piece("passage", OLD, place=0, notes=[Piece("note", "since then: the key is in the pond")]), True),
        (Piece("passage", OLD, place=0, notes=[Piece("note", "since then: the dog died")]), False),
        (Piece("passage", OLD, place=0, notes=[Piece("note", "no longer: key in coat", "no longer")]), True),
        (Piece("passage", OLD, place=0, notes=[Piece("note", "imagined: key in coat", "not now")]), True),
        (Piece("passage", OLD, place=0, notes=[Piece("note", "imagined: the dog died", "not now")]), False),
        (Piece("standing", OLD, place=0), False),
        (Piece("standing", OLD, "not now", place=0), True),
        (Piece("standing", OLD, "open", place=0), True),
        (Piece("memory", OLD), False),
        (Piece("beginning", OLD), False),
    ],
)
def test_the_outdated_is_marked_where_the_prompt_says_so(piece: Piece, marked: bool) -> None:  # noqa: FBT001
    finding = check([piece], BRANCH, "lost", [])
    assert finding.stated
    assert finding.clean is marked
    assert not finding.stands


@pytest.mark.parametrize(
    ("kind", "frame", "marked"), [("dream", "imagined", True), ("dream", "claimed", False), ("lost", "imagined", False)]
)
def test_a_dream_is_marked_where_its_passage_is_said_to_dream(kind: str, frame: str, marked: bool) -> None:  # noqa: FBT001
    note = Piece("note", "what it dreams is not so: a horse speaks", "not now", frame=frame)
    assert check([Piece("passage", OLD, place=0, notes=[note])], BRANCH, kind, []).clean is marked


def test_topic_and_style_sheet_are_the_beginning_where_the_present_stands_beside_it() -> None:
    present = Piece("standing", "The key lies in the pond.", place=1, at=5)
    finding = check([Piece("beginning", OLD), present], BRANCH, "lost", [])
    assert finding.clean
    assert finding.newer_first
    assert finding.nearer
    assert not check([Piece("premise", OLD), present], BRANCH, "lost", []).clean


def test_a_sentence_with_such_words_need_not_say_it() -> None:
    branch = Branch("main", (), BRANCH.holds, (Claim("", (("key", "coat"),), unless=(("coat", "burnt"),)),))
    assert not check([Piece("memory", "The coat of the key is burnt.")], branch, "lost", []).stated
    assert check([Piece("memory", OLD)], branch, "lost", []).stated


def test_the_beginning_is_spoken_against_by_what_has_changed_and_not_by_what_has_not() -> None:
    branch = Branch("main", (), (*BRANCH.holds, Claim("", (("dog",),))), BRANCH.outdated)
    one_changed = replace(branch, outdated=(replace(branch.outdated[0], against=(0,)),))
    pieces = [Piece("beginning", OLD), Piece("standing", "The key lies in the pond.", place=1)]
    assert not check(pieces, branch, "lost", []).clean
    assert check(pieces, one_changed, "namesake", []).clean
    assert not check(pieces, one_changed, "namesake", []).stands
    assert check(pieces, one_changed, "namesake", []).newer_first
    assert not check(pieces, branch, "lost", []).newer_first


def test_a_passage_is_marked_by_the_fact_that_names_it_as_claimed() -> None:
    claimed = Piece("standing", OLD, "not now", place=2)
    assert check([Piece("passage", OLD, place=2), claimed], BRANCH, "lie", []).clean
    assert not check([Piece("passage", OLD, place=1), claimed], BRANCH, "lie", []).clean


def test_an_open_promise_is_said_to_be_open() -> None:
    assert not check([Piece("standing", OLD, "open", place=0)], BRANCH, PROMISE, []).clean


def test_what_holds_counts_where_it_can_be_read_as_true() -> None:
    new = "The key lies in the pond. The key in the coat, now in the pond."
    assert check([Piece("passage", new, place=0)], BRANCH, "lost", []).found_in == ("passage",)
    assert not check([Piece("passage", new, place=0)], BRANCH, "lost", []).stated
    denied = [Piece("note", "no longer: the key in the pond", "no longer")]
    assert not check([Piece("passage", new, place=0, notes=denied)], BRANCH, "lost", []).present
    assert not check([Piece("passage", new, place=7)], BRANCH, "lost", [7]).present
    assert not check([Piece("standing", new, "not now", place=0)], BRANCH, "lost", []).present
    assert not check([Piece("beginning", new)], BRANCH, "lost", []).present


def test_intervals_after_wilson() -> None:
    assert wilson(95, 100) == pytest.approx((0.95, 0.8882, 0.9785), abs=1e-3)
    assert wilson(10, 10).low == pytest.approx(0.7225, abs=1e-3)
    with pytest.raises(ValueError, match="at least one"):
        wilson(0, 0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_data_are_whole(language: str) -> None:
    later = load_situations(language, later=True)
    found = [*load_situations(language), *later]
    assert len({one.id for one in found}) == len({one.key for one in found}) == len(found) >= 80
    assert recording(language, later=True).answers.keys() == {
        Place(one.id, "main", number) for one in later for number in range(len(one.branches[0].passages))
    }
    parts = [one.id for number in (1, 2, 3) for one in part_of(found, f"{number}/3")]
    assert sorted(parts) == sorted(one.id for one in found)
    for one in found:
        outer = "\n".join((one.last.text, one.last.summary, one.plan, *one.cues))
        for branch in one.branches:
            assert all(place < len(branch.holds) for claim in branch.outdated for place in claim.against)
            for claim in (*branch.holds, *branch.outdated):
                assert any(claim.is_said_by(sentence) for sentence in sentences_of(claim.says)), (one.id, claim.says)
                assert not any(claim.is_said_by(sentence) for sentence in sentences_of(outer)), (one.id, claim.says)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("weak", [False, True])
def test_every_recorded_answer_is_of_a_passage(language: str, weak: bool) -> None:  # noqa: FBT001
    known = {
        Place(one.id, branch.answered_as(number), number)
        for one in load_situations(language)
        for branch in one.branches
        for number in range(len(branch.passages) + 1)
    }
    assert set(recording(language, weak=weak).answers) <= known


@pytest.mark.parametrize("language", LANGUAGES)
def test_fillers_prove_their_facts(language: str) -> None:
    entries = fillers(language)
    assert len(entries) == MOST
    assert sum(len(entry.facts) for entry in entries) > MOST
    assert all(says(entry.text, fact.quote) for entry in entries for fact in entry.facts)


@pytest.mark.real
@pytest.mark.xdist_group("embedder")
@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_of_a_few_do_not_fall_below_their_floor(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    few = part_of(load_situations(language), "1/30")
    _floor(monkeypatch, language, few, [10], 0.7)


@pytest.mark.real
@pytest.mark.long
@pytest.mark.xdist_group("embedder")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_do_not_fall_below_their_floor(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    _floor(monkeypatch, language, load_situations(language), DISTANCES, 0.9)


def _floor(monkeypatch: pytest.MonkeyPatch, language: str, few: list[Situation], distances: Any, least: float) -> None:
    answers = recording(language).answers
    if not any(Place(one.id, "main", 0) in answers for one in few):
        pytest.skip("no answers are recorded yet")
    monkeypatch.delenv("RECURRENTGPT_EMBEDDING_MODEL")
    read_environment()
    found = measure(language, few, answers, distances)
    cases = [case for case in found.cases if case.use_facts]
    for asked in ("what holds is there", "(outdated absent, marked or overruled)"):
        hits, of = rate(cases, FIGURES[asked])
        assert hits >= least * of, asked
