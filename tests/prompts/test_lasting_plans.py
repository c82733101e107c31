"""A plan for several passages lasts them, is told part by part, and stays on the table until it is used or dropped."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from langgraph.types import Command

from graph_at_hand import FIRST, HUMAN, THREAD, TOPIC, compiled
from page_client import begun, page_client, path_of, written
from recurrentgpt.cli.lasting import answer_for_several, is_unfinished, progress
from recurrentgpt.schemas.languages import texts

if TYPE_CHECKING:
    from fake_model import FakeChatModel

ONE = HUMAN.model_copy(update={"opening_paragraphs": 1})
OWN = "SENTINEL: Mara rows to the wreck, dives, and comes back with the bell."
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])
BOTH_MODES = pytest.mark.parametrize("mode", ["author", "interactive_fiction"])
PHRASES = ("plan_part_first", "plan_part", "plan_part_last", "plan_part_told", "plan_so_far")


pytestmark = pytest.mark.usefixtures("fake_model")


def answered(story: Any, answer: object) -> dict[str, Any]:
    given = story.invoke(Command(resume=answer), THREAD, context=ONE)
    return {**story.get_state(THREAD).values, "__interrupt__": given.get("__interrupt__")}


@LANGUAGES
@BOTH_MODES
def test_a_plan_for_three_passages_lasts_three(fake_model: FakeChatModel, language: str, mode: str) -> None:
    story = compiled()
    story.invoke({**TOPIC, "language": language, "mode": mode}, THREAD, context=ONE)
    first_part, number, last, told_words, so_far = (texts(language, "phrases", mode)[name] for name in PHRASES)
    told_words = told_words.partition("{")[0]
    told: list[str] = []
    for passage, answer in enumerate(({"instruction": OWN, "passages": 3}, True, 1), start=1):
        state = answered(story, answer)
        prompt = state["prompt"]
        assert prompt.count(OWN) == 1
        assert (first_part, number, last)[passage - 1].format(count=3, number=passage) in prompt
        assert (told_words in prompt) == bool(told)
        assert all(summary in prompt for summary in told)
        told.append(state["summary"])
        if passage < 3:
            first = state["plans"][0]
            assert (first["text"], first["passages"]) == (OWN, 3)
            assert [one["summary"] for one in first["told"]] == told
            shown = state["__interrupt__"][0].value
            assert shown["plans"][0] == first
            assert len(state["plans"]) == ONE.plan_count + 1
            known = so_far.format(text=OWN, count=3, told=passage)
            assert known in fake_model.asked[-1][-1].text, "who proposes others knows of it, and how far it is told"
    assert all("passages" not in plan for plan in state["plans"])
    assert OWN not in answered(story, 1)["prompt"].replace(state["paragraph"], "")


def test_what_is_left_waits_while_another_is_written_and_through_other_plans() -> None:
    story = compiled()
    story.invoke(TOPIC, THREAD, context=ONE)
    before = answered(story, {"instruction": OWN, "passages": 3})["plans"][0]
    state = answered(story, 2)
    assert state["plans"][0] == before
    state = answered(story, {"feedback": "slower"})
    assert state["plans"][0] == before
    assert OWN not in state["refused"][0]["refused"]
    state = answered(story, {"plan": 1, "passages": 0})
    assert OWN not in [plan["text"] for plan in state["plans"]]
    assert OWN not in [plan["text"] for plan in answered(story, 1)["plans"]]


def test_it_is_put_in_other_words_and_made_longer_and_what_is_told_stays_told() -> None:
    story = compiled()
    story.invoke(TOPIC, THREAD, context=ONE)
    before = answered(story, {"plan": "2", "passages": "2"})["plans"][0]
    change = {"type": "edit", "args": {"action": "select_plan", "args": {"plan": 1, "instruction": OWN, "passages": 2}}}
    state = answered(story, change)
    assert "for 3 paragraphs, and this is number 2" in state["prompt"]
    assert before["told"][0]["summary"] in state["prompt"]
    assert state["plans"][0]["text"] == OWN
    assert len(state["plans"][0]["told"]) == 2


def test_the_summary_of_an_edited_passage_is_what_is_told_of_the_plan() -> None:
    story = compiled()
    story.invoke(TOPIC, THREAD, context=ONE)
    answered(story, {"instruction": OWN, "passages": 3})
    state = answered(story, {"paragraph": "Mara lost the bell in the storm and never spoke of it again."})
    assert [one["summary"] for one in state["plans"][0]["told"]] == [state["summary"]]
    state = answered(story, {"paragraph": "Mara gave the bell to the boy, who rang it all night.", "plan": 1})
    assert len(state["plans"][0]["told"]) == 2


@pytest.mark.parametrize("passages", [13, -1, "many", True, 1.5])
def test_a_count_that_is_none_is_asked_for_again(passages: object) -> None:
    story = compiled()
    story.invoke(TOPIC, THREAD, context=ONE)
    state = answered(story, {"plan": 1, "passages": passages})
    assert "12" in state["review_problem"]


@LANGUAGES
@BOTH_MODES
def test_a_plan_is_for_no_more_passages_than_are_left(language: str, mode: str) -> None:
    story = compiled()
    story.invoke({**TOPIC, "language": language, "mode": mode, "target_paragraphs": 3}, THREAD, context=ONE)
    assert "plan" not in answered(story, {"instruction": OWN, "passages": 4})
    state = story.get_state(THREAD).values
    said = texts(language, "phrases", mode)["review_passages_left"].partition("{left")[0].format(count=4)
    assert state["review_problem"].startswith(said)
    assert answered(story, {"instruction": OWN, "passages": 3})["step"] == 1
    story.update_state(THREAD, {"target_paragraphs": 2}, as_node="propose_plans")
    prompt = answered(story, 1)["prompt"]
    assert texts(language, "phrases", mode)["plan_part_last"].format(count=2) in prompt, "the last ends the plan"


def test_unattended_writing_goes_on_with_it() -> None:
    story = compiled()
    story.invoke(TOPIC, THREAD, context=ONE)
    answered(story, {"instruction": OWN, "passages": 3})
    context = FIRST.model_copy(update={"plan_selection": "random", "opening_paragraphs": 1})
    state = story.invoke(None, THREAD, context=context, interrupt_before=["select_plan"])
    assert state["plan"]["text"] == OWN
    assert len(state["plans"][0]["told"]) == 2


def test_the_terminals_lines_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, "zh_CN.UTF-8")
    plans: list[Any] = [{"text": "玛拉烧信。", "recall": []}, {"text": "玛拉出海。", "recall": []}]
    for typed in ("用 3 段：她划船出海", "用 3：她划船出海", "用3个片段：她划船出海"):
        assert answer_for_several(typed, plans) == {"instruction": "她划船出海", "passages": 3}
    assert answer_for_several("2：她等着", plans) == {"instruction": "她等着"}
    assert is_unfinished("用 3 段：")


def test_the_terminals_lines() -> None:
    lasting: Any = {"text": OWN, "recall": [], "passages": 3, "told": [{"at": 1, "summary": "She rowed out."}]}
    other: Any = {"text": "Another.", "recall": []}
    plans = [lasting, other]
    assert answer_for_several("", plans) == 1
    assert answer_for_several("", [other]) is None
    assert answer_for_several("for 3: 2", plans) == {"plan": 2, "passages": 3}
    assert answer_for_several("for 3", plans) == {"plan": 1, "passages": 3}
    assert answer_for_several("for 3：她划船出海", plans) == {"instruction": "她划船出海", "passages": 3}
    assert answer_for_several("for 3 years he waits", plans) is None
    assert answer_for_several("drop the bell", plans) is None
    assert answer_for_several("drop", plans) == {"plan": 1, "passages": 0}
    assert answer_for_several("1: She waits.", plans) == {"plan": 1, "instruction": "She waits."}
    assert answer_for_several("2: She waits.", plans) == {"instruction": "She waits."}, "the number is none of it"
    assert answer_for_several("9: She waits.", plans) is None
    assert answer_for_several("for 3 paragraphs: 2", plans) == {"plan": 2, "passages": 3}
    assert progress(lasting) == "your plan, 1 of 3 spent\ntold: She rowed out."
    assert progress(other) == ""


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [("en", "1 of 3 spent", "2 of 4 spent"), ("zh", "共 3 段，已写 1 段", "共 4 段，已写 2 段")],
)
def test_the_page_shows_how_far_it_is_and_goes_on_changes_and_drops_it(language: str, one: str, two: str) -> None:
    with page_client() as client:
        client.headers["accept-language"] = language
        story = begun(client, language=language)

        def post(step: int, **form: str) -> str:
            here = path_of(client, f"/story/{story}")
            assert here["step"] == str(step)
            client.post(f"/story/{story}/reply", data=here | form)
            return written(client, story)

        page = post(0, do="own", text=OWN, passages="3")
        assert page.count(one) == 1
        page = post(1, do="own", plan="1", text=f"{OWN} And rings it.", passages="3")
        assert page.count(two) == 1
        assert "And rings it." in page
        page = post(2, do="drop", plan="1")
        assert two not in page
        assert "And rings it." not in page.split('class="plans"')[1]


@BOTH_MODES
@pytest.mark.parametrize("plan_count", [1, 2])
def test_plans_that_are_all_the_plan_on_the_table_or_equal_end_nothing(
    fake_model: FakeChatModel, mode: str, plan_count: int
) -> None:
    def answer(_: object, schema: dict[str, Any] | None) -> str | None:
        if not schema or "plans" not in schema["properties"]:
            return None
        return json.dumps({"plans": [{"text": OWN, "recall": ["The bell is in the wreck."]}] * plan_count})

    story = compiled()
    context = ONE.model_copy(update={"plan_count": plan_count})
    story.invoke({**TOPIC, "mode": mode}, THREAD, context=context)
    fake_model.interfere = answer
    state = story.invoke(Command(resume={"instruction": OWN, "passages": 2}), THREAD, context=context)
    assert state["plans"][0]["passages"] == 2
    state = story.invoke(Command(resume={"feedback": "no bell"}), THREAD, context=context)
    assert len(state["plans"]) >= 1
    state = story.invoke(Command(resume=1), THREAD, context=context)
    assert state["step"] == 2


CHAPTERS = {
    "en": "Chapter 1: The Bottle\nMara finds it.\nChapter 2: The Letter\nShe reads it.",
    "zh": "第一章 瓶子\n玛拉找到它。\n第二章 信\n她读了信。",
}


@LANGUAGES
@BOTH_MODES
def test_no_chapter_begins_in_its_middle(fake_model: FakeChatModel, language: str, mode: str) -> None:
    story = compiled()
    given = {**TOPIC, "language": language, "mode": mode, "outline": CHAPTERS[language]}
    asked = texts(language, "phrases", mode)["beats_ask"].partition("{")[0]
    story.invoke(given, THREAD, context=ONE)
    assert asked in fake_model.asked[-1][-1].text
    for answer in ({"instruction": OWN, "passages": 3}, 1):
        assert answered(story, answer)["next_chapter"] is None
        assert asked not in fake_model.asked[-1][-1].text, "the next part, which is a chapter, waits"
    answered(story, 1)
    assert asked in fake_model.asked[-1][-1].text


@LANGUAGES
@BOTH_MODES
def test_a_chapter_that_has_its_length_does_not_end_in_its_middle(language: str, mode: str) -> None:
    context = ONE.model_copy(update={"chapter_paragraphs": 2})
    story = compiled()
    story.invoke({**TOPIC, "language": language, "mode": mode}, THREAD, context=context)
    for answer in ({"instruction": OWN, "passages": 3}, 1, 1, 1):
        story.invoke(Command(resume=answer), THREAD, context=context)
    assert [chapter["seq"] for chapter in story.get_state(THREAD).values["chapters"]] == [0, 4]


@LANGUAGES
@BOTH_MODES
def test_who_only_recalls_for_it_is_not_told_to_tell_it(fake_model: FakeChatModel, language: str, mode: str) -> None:
    context = ONE.model_copy(update={"retrieve_k": 1})
    story = compiled()
    story.invoke({**TOPIC, "language": language, "mode": mode}, THREAD, context=context)
    for answer in (1, 1, {"instruction": OWN, "passages": 2}):
        story.invoke(Command(resume=answer), THREAD, context=context)
    first, place = (texts(language, "phrases", mode)[name] for name in ("plan_part_first", "plan_part_place"))
    requests = [asked[-1].text for asked in fake_model.asked if place.format(count=2, number=1) in asked[-1].text]
    assert len(requests) == 1
    assert first.format(count=2) not in requests[0]
    assert OWN in requests[0]
