"""What a pause asks, and what an answer means."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import pytest
from langchain.agents.middleware.human_in_the_loop import HITLRequest
from pydantic import TypeAdapter

from recurrentgpt.prompts import phrase as say
from recurrentgpt.schemas.languages import language_named
from recurrentgpt.schemas.review import (
    MAX_INSTRUCTION,
    RESPONSE_SCHEMA,
    Answer,
    AskAgain,
    OtherPlans,
    OwnPlan,
    PickPlan,
    Review,
    Stop,
    read_answer,
    read_review,
    request,
)

if TYPE_CHECKING:
    from recurrentgpt.schemas.state import Plan, StoryState

PLANS: list[Plan] = [
    {"text": "Ada goes north.", "recall": ["wolves"]},
    {"text": "Ada goes south.", "recall": ["the boat"]},
    {"text": "Ada stays.", "recall": []},
]
UNKNOWN = AskAgain("review_unknown", {"stop": '{"stop": true}'})
EMPTY = AskAgain("review_empty", {})


def no_such_plan(number: int) -> AskAgain:
    return AskAgain("review_number", {"number": number, "count": 3})


def too_long(count: int) -> AskAgain:
    return AskAgain("review_long", {"count": count, "maximum": 8000})


@pytest.mark.parametrize(
    ("given", "meaning"),
    [
        (1, PickPlan(1)),
        (2, PickPlan(2)),
        (3, PickPlan(3)),
        ("1", PickPlan(1)),
        ("2", PickPlan(2)),
        (" 2 ", PickPlan(2)),
        ("\t3\n", PickPlan(3)),
        ("02", PickPlan(2)),
        (True, PickPlan(1)),
        ({"plan": 2}, PickPlan(2)),
        ({"plan": "2"}, PickPlan(2)),
        ({"plan": 2, "stop": False}, PickPlan(2)),
        ({"plan": 2, "instruction": " "}, PickPlan(2)),
        ({"instruction": "2"}, PickPlan(2)),
        ({"instruction": " 2 "}, PickPlan(2)),
    ],
)
def test_a_proposed_plan_is_picked(given: object, meaning: Answer) -> None:
    assert read_answer(given, PLANS) == meaning


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("Ada burns the boat.", "Ada burns the boat."),
        ("  Ada burns the boat.\n", "Ada burns the boat."),
        ("Ada goes north.\n\nBen follows.", "Ada goes north.\n\nBen follows."),
        ("阿达烧了船。", "阿达烧了船。"),
        ("2 wolves come", "2 wolves come"),
        ("Plan 2, but at night", "Plan 2, but at night"),
        ("x" * MAX_INSTRUCTION, "x" * MAX_INSTRUCTION),
        (f"  {'x' * MAX_INSTRUCTION}  ", "x" * MAX_INSTRUCTION),
        ("<script>alert('1')</script>", "<script>alert('1')</script>"),
        ("<b>{plan}</b> {{x}} %s $y \\1", "<b>{plan}</b> {{x}} %s $y \\1"),
        ({"instruction": "Ada burns the boat. "}, "Ada burns the boat."),
        ({"instruction": "<i>{x}</i>"}, "<i>{x}</i>"),
        ({"instruction": "Ada burns the boat.", "plan": 2}, "Ada burns the boat."),
        ({"instruction": "Ada burns the boat.", "stop": False}, "Ada burns the boat."),
        ({"plan": "Ada burns the boat."}, "Ada burns the boat."),
    ],
)
def test_any_other_text_is_a_plan_of_ones_own(given: object, text: str) -> None:
    assert read_answer(given, PLANS) == OwnPlan(text)


@pytest.mark.parametrize("given", [{"stop": True}, {"stop": True, "plan": 2}, {"stop": True, "instruction": "x"}])
def test_a_person_may_stop(given: object) -> None:
    assert read_answer(given, PLANS) == Stop()


@pytest.mark.parametrize(
    ("given", "meaning"),
    [
        (0, no_such_plan(0)),
        (4, no_such_plan(4)),
        (99, no_such_plan(99)),
        (-1, no_such_plan(-1)),
        ("0", no_such_plan(0)),
        ("4", no_such_plan(4)),
        ("99", no_such_plan(99)),
        ({"plan": 0}, no_such_plan(0)),
        ({"plan": "99"}, no_such_plan(99)),
        ({"instruction": "99"}, no_such_plan(99)),
        ("", EMPTY),
        ("   ", EMPTY),
        ("\n\t", EMPTY),
        ({"plan": " "}, EMPTY),
        ("x" * (MAX_INSTRUCTION + 1), too_long(MAX_INSTRUCTION + 1)),
        ("x" * 100_000, too_long(100_000)),
        ({"instruction": "x" * 100_000}, too_long(100_000)),
        ("9" * 100_000, too_long(100_000)),
        ({}, UNKNOWN),
        (None, UNKNOWN),
        (False, UNKNOWN),
        ([], UNKNOWN),
        ([2], UNKNOWN),
        (1.5, UNKNOWN),
        (2.0, UNKNOWN),
        (float("nan"), UNKNOWN),
        (b"2", UNKNOWN),
        ({"stop": False}, UNKNOWN),
        ({"stop": 1}, UNKNOWN),
        ({"plan": True}, UNKNOWN),
        ({"plan": None}, UNKNOWN),
        ({"plan": 1.5}, UNKNOWN),
        ({"plan": {"plan": 2}}, UNKNOWN),
        ({"instruction": ""}, UNKNOWN),
        ({"instruction": "  "}, UNKNOWN),
        ({"instruction": 2}, UNKNOWN),
        ({"answer": 2}, UNKNOWN),
        ({"Plan": 2}, UNKNOWN),
        ({"decisions": []}, UNKNOWN),
        ({"decisions": ["approve"]}, UNKNOWN),
        ({"decisions": [{"type": "delegate"}]}, UNKNOWN),
        ({"type": "respond"}, EMPTY),
        ({"type": "edit"}, PickPlan(1)),
        ({"feedback": " "}, UNKNOWN),
        ({"feedback": "x" * 9000}, too_long(9000)),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_means_nothing_is_asked_again(given: object, meaning: Answer) -> None:
    assert read_answer(given, PLANS) == meaning


@pytest.mark.parametrize("number", [0, 3, 4, 99, 999, 1000, 9999, 123456])
def test_a_number_written_as_text_means_what_the_number_means(number: int) -> None:
    assert read_answer(str(number), PLANS) == read_answer(number, PLANS)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("given", [0, "", None, "x" * 9000])
def test_why_it_is_asked_again_can_be_said(given: object, language: str) -> None:
    answer = read_answer(given, PLANS)
    assert isinstance(answer, AskAgain)
    sentence = say(answer.phrase, language_named(language), **answer.values)
    assert sentence
    assert all(str(value) in sentence for value in answer.values.values())


# What is asked


def paused() -> StoryState:
    return cast(
        "StoryState",
        {
            "story_id": "lamp",
            "step": 4,
            "paragraph": "Ada lit the <lamp>.",
            "plans": PLANS,
            "short_term_memory": "Ada is home.\nBen has the key.",
            "rationale": "The storm is over.",
            "previous_memory": "Ada is away.\nBen has the key.",
            "retrieved": [
                {
                    "seq": 1,
                    "text": "Long ago.",
                    "summary": "Ada was born.",
                    "score": 0.5,
                    "question": "Who is Ada?",
                    "sentence": "Long ago.",
                    "similarity": 0.4,
                    "shown": "whole",
                }
            ],
        },
    )


def test_the_request_is_one_that_langchain_clients_know() -> None:
    asked = request(paused(), "What next?", "select_plan")
    known = TypeAdapter(HITLRequest).validate_python({key: asked[key] for key in HITLRequest.__required_keys__})
    (offered,) = asked["action_requests"]
    assert offered.pop("arguments") == offered["args"]  # Agent Inbox's name for it
    assert {key: asked[key] for key in known} == known
    action = known["action_requests"][0]
    assert action["description"] == "What next?"
    assert [config["action_name"] for config in known["review_configs"]] == [action["name"]]


def test_the_request_holds_what_a_person_needs_to_choose() -> None:
    asked = request(paused(), "What next?", "select_plan")
    assert asked["story_id"] == "lamp"
    assert asked["step"] == 4
    assert asked["paragraph"] == "Ada lit the <lamp>."
    assert asked["plans"] == PLANS
    assert asked["short_term_memory"] == "Ada is home.\nBen has the key."
    assert asked["rationale"] == "The storm is over."
    assert asked["retrieved"][0]["summary"] == "Ada was born."
    assert asked["retrieved"][0]["question"] == "Who is Ada?"
    assert asked["retrieved"][0]["sentence"] == "Long ago."
    assert asked["memory_diff"] == ["- Ada is away.", "+ Ada is home.", "  Ben has the key."]


def test_the_request_is_json() -> None:
    asked = request(paused(), "What next?", "select_plan")
    assert json.loads(json.dumps(asked)) == asked


def test_a_request_before_anything_was_recalled_recalls_nothing() -> None:
    state = cast("dict[str, Any]", paused())
    del state["retrieved"]
    assert request(cast("StoryState", state), "What next?", "select_plan")["retrieved"] == []


def test_the_arguments_that_are_offered_are_an_answer() -> None:
    """A client that sends the offered arguments back unchanged, or only the number in them, gets plan 1."""
    arguments = request(paused(), "What next?", "select_plan")["action_requests"][0]["args"]
    assert read_answer({"plan": arguments["plan"]}, PLANS) == PickPlan(1)
    assert read_answer(arguments, PLANS) == OwnPlan(PLANS[0]["text"])


def test_the_published_form_of_an_answer_is_json_and_has_the_same_bound() -> None:
    assert json.loads(json.dumps(RESPONSE_SCHEMA)) == RESPONSE_SCHEMA
    forms = {form["type"]: form for form in RESPONSE_SCHEMA["anyOf"]}
    assert forms["string"]["maxLength"] == MAX_INSTRUCTION
    assert set(forms["object"]["properties"]) == {
        "plan",
        "instruction",
        "recall",
        "passages",
        "feedback",
        "short_term_memory",
        "paragraph",
        "style_sheet",
        "chapter",
        "topic",
        "genre",
        "background",
        "outline",
        "voice",
        "voice_note",
        "not_like",
        "beat",
        "act",
        "stop",
    }


# What clients of the ecosystem send


def edit(**args: object) -> list[object]:
    """An edit of the offered arguments, as each client sends it."""
    offered = {"plan": 1, "instruction": PLANS[0]["text"]} | args
    as_strings = {name: str(value) for name, value in offered.items()}
    return [
        {"decisions": [{"type": "edit", "edited_action": {"name": "select_plan", "args": offered}}]},
        [{"type": "edit", "args": {"action": "select_plan", "args": as_strings}}],
        {"type": "edit", "args": {"action": "select_plan", "args": offered}},
        {"type": "edit", "args": offered},
    ]


@pytest.mark.parametrize(
    ("given", "meaning"),
    [
        *((given, PickPlan(1)) for given in ("approve", "Accept", " accept ")),
        ({"decisions": [{"type": "approve"}]}, PickPlan(1)),
        ([{"type": "accept", "args": None}], PickPlan(1)),
        ({"type": "accept"}, PickPlan(1)),
        *((given, PickPlan(1)) for given in edit()),
        *((given, PickPlan(2)) for given in edit(plan=2)),
        *((given, PickPlan(3)) for given in edit(instruction=PLANS[2]["text"])),
        *((given, OwnPlan("Ada swims.")) for given in edit(instruction="Ada swims.")),
        *((given, OwnPlan("Ada swims.")) for given in edit(instruction="Ada swims.", plan=2)),
        *((given, no_such_plan(9)) for given in edit(plan=9)),
        ({"decisions": [{"type": "reject", "message": "Too slow."}]}, OtherPlans("Too slow.")),
        ({"decisions": [{"type": "reject"}]}, OtherPlans("")),
        ({"feedback": " Too slow. "}, OtherPlans("Too slow.")),
        ({"decisions": [{"type": "respond", "message": "Ada swims."}]}, OwnPlan("Ada swims.")),
        ([{"type": "response", "args": "Ada swims."}], OwnPlan("Ada swims.")),
        ([{"type": "response", "args": "2"}], PickPlan(2)),
        ([{"type": "ignore", "args": None}], Stop()),
        ({"decisions": [{"type": "approve"}, {"type": "ignore"}]}, PickPlan(1)),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_every_clients_answer_is_read(given: object, meaning: Answer) -> None:
    assert read_answer(given, PLANS) == meaning
    assert read_review(given, PLANS) == (meaning if isinstance(meaning, AskAgain) else Review(meaning))


@pytest.mark.parametrize(
    ("given", "review"),
    [
        ({"short_term_memory": " New. "}, Review(None, short_term_memory="New.")),
        ({"paragraph": "Other."}, Review(None, paragraph="Other.")),
        ({"plan": 2, "short_term_memory": "New."}, Review(PickPlan(2), short_term_memory="New.")),
        ({"instruction": "Go.", "paragraph": "Other."}, Review(OwnPlan("Go."), paragraph="Other.")),
        ({"feedback": "No.", "paragraph": "A.", "short_term_memory": "B."}, Review(OtherPlans("No."), "B.", "A.")),
        ({"stop": True, "paragraph": "Other."}, Review(Stop(), paragraph="Other.")),
        ({"plan": 1, "recall": ["wolves", " the boat "]}, Review(PickPlan(1), recall=("wolves", "the boat"))),
        ({"plan": 1, "recall": "wolves\nthe boat"}, Review(PickPlan(1), recall=("wolves", "the boat"))),
        *((given, Review(PickPlan(2), short_term_memory="New.")) for given in edit(plan=2, short_term_memory="New.")),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_changes_come_alone_or_beside_a_choice(given: object, review: Review) -> None:
    assert read_review(given, PLANS) == review


@pytest.mark.parametrize(
    ("given", "phrase"),
    [
        ({"short_term_memory": ""}, "review_empty_change"),
        ({"paragraph": "  ", "plan": 1}, "review_empty_change"),
        ({"paragraph": 3}, "review_empty_change"),
        ({"short_term_memory": "x" * 50_000}, "review_long_change"),
        ({"plan": 1, "recall": 3}, "review_recall"),
        ({"plan": 1, "recall": [3]}, "review_recall"),
        ({"plan": 1, "recall": ["x"] * 6}, "review_recall"),
        ({"plan": 1, "recall": ["x" * 201]}, "review_recall"),
        ({"plan": 9, "paragraph": "Other."}, "review_number"),
    ],
    ids=lambda value: repr(value)[:40],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_change_that_cannot_be_is_asked_again(given: object, phrase: str, language: str) -> None:
    found = read_review(given, PLANS)
    assert isinstance(found, AskAgain)
    assert found.phrase == phrase
    sentence = say(found.phrase, language_named(language), **found.values)
    assert all(str(value) in sentence for value in found.values.values())
