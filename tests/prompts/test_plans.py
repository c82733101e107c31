"""What a person refused and said reaches whoever tries again, whatever the language and the mode; plans are kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from langgraph.types import Command

from graph_at_hand import FIRST, HUMAN, THREAD, TOPIC, compiled
from recurrentgpt.nodes.likeness import Table, alike
from recurrentgpt.nodes.propose_plans import ProposedPlan
from recurrentgpt.schemas.errors import GateError, StoryStateError
from recurrentgpt.schemas.languages import language_named
from recurrentgpt.stories import branches
from stories_at_hand import FIRST as ON_A_SHELF
from stories_at_hand import at, begun, run, write
from tongues import EN

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel

ONE = HUMAN.model_copy(update={"opening_paragraphs": 1})
SITUATIONS = pytest.mark.parametrize(
    "more",
    [{"language": language, "mode": mode} for language in ("en", "zh") for mode in ("author", "interactive_fiction")],
    ids=lambda more: f"{more['language']}-{more['mode']}",
)
PLANS = [
    {"text": f"{who} {what} before the tide turns.", "recall": ["The tide turns at six."]}
    for who, what in (("Mara", "burns every letter"), ("The keeper", "rows out"), ("A stranger", "asks for shelter"))
]
NO_WORDS = {"type": "reject"}


def asked_for_plans(model: FakeChatModel) -> list[str]:
    """The prompts that plans were asked by, those left out that put an answer right."""
    marks = ("The short-term memory is now", "短期记忆现在是")
    last = [asked[-1].text for asked in model.asked if asked[-1].text.startswith(marks)]
    return [text for text in last if "cannot be used" not in text and "不能用" not in text]


def answering_plans(*answers: list[dict[str, Any]]) -> Callable[[list[BaseMessage], dict[str, Any] | None], str | None]:
    """A model that gives these plans, one answer after the other and the last from then on."""
    given = iter(answers)
    last = answers[-1]

    def answer(_: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        if not schema or "plans" not in schema["properties"]:
            return None
        return json.dumps({"plans": next(given, last)})

    return answer


# Other plans


@SITUATIONS
def test_all_that_was_refused_and_said_at_a_pause_is_in_each_prompt_of_it(
    fake_model: FakeChatModel, more: dict[str, str]
) -> None:
    story = compiled()
    state = story.invoke({**TOPIC, **more}, THREAD, context=ONE)
    refused: list[str] = []
    for answer, said in (
        (NO_WORDS, []),
        ({"feedback": "SENTINEL: slower."}, ["SENTINEL: slower."]),
        (NO_WORDS, ["SENTINEL: slower."]),
        ({"type": "reject", "message": "SENTINEL: no ghosts."}, ["SENTINEL: slower.", "SENTINEL: no ghosts."]),
    ):
        refused += [plan["text"] for plan in state["plans"]]
        state = story.invoke(Command(resume=answer), THREAD, context=ONE)
        prompt = asked_for_plans(fake_model)[-1]
        assert all(text[:100] in prompt for text in refused)
        assert [words for words in said if words not in prompt] == []
        assert prompt.count("SENTINEL") == len(said)
        assert state["__interrupt__"][0].value["refused"] == state["refused"]
    prompts = asked_for_plans(fake_model)
    assert len(set(prompts)) == len(prompts) == 5
    state = story.invoke(Command(resume=1), THREAD, context=ONE)
    assert not state["refused"]
    assert "SENTINEL" not in asked_for_plans(fake_model)[-1]
    assert not any(text[:100] in asked_for_plans(fake_model)[-1] for text in refused)


def test_what_was_refused_stays_in_bounds_however_often_one_refuses(fake_model: FakeChatModel) -> None:
    story = compiled()
    story.invoke(TOPIC, THREAD, context=ONE)
    first = asked_for_plans(fake_model)[-1]
    for number in range(20):
        said = f"{number}: {'slower ' * 1000}"
        state = story.invoke(Command(resume={"feedback": said}), THREAD, context=ONE)
    prompt = asked_for_plans(fake_model)[-1]
    assert said.strip() in prompt, "the newest is told whole"
    assert "- 12: slower" in prompt
    assert len(prompt) - len(first) < len(said) + 12_000
    assert len(state["refused"]) == 12


def test_a_prompt_of_ones_own_without_a_place_for_what_was_refused_tells_it_with_what_was_said(
    fake_model: FakeChatModel,
) -> None:
    own = "The short-term memory is now {short_term_memory}. Give {plan_count} plans. {feedback}"
    context = ONE.model_copy(update={"prompts": {"propose_plans": own}})
    story = compiled()
    before = story.invoke(TOPIC, THREAD, context=context)
    story.invoke(Command(resume={"feedback": "SENTINEL: slower."}), THREAD, context=context)
    assert all(plan["text"] in fake_model.asked[-1][-1].text for plan in before["plans"])
    assert "SENTINEL: slower." in fake_model.asked[-1][-1].text


def test_a_thread_left_by_an_earlier_version_between_the_two_gates_tells_what_was_said(
    fake_model: FakeChatModel,
) -> None:
    story = compiled()
    story.invoke(TOPIC, THREAD, context=ONE)
    story.update_state(THREAD, {"feedback": "SENTINEL: slower.", "after_review": "plans"}, as_node="select_plan")
    story.invoke(None, THREAD, context=ONE)
    assert "SENTINEL: slower." in asked_for_plans(fake_model)[-1]


def test_refused_plans_that_come_again_are_asked_for_anew(fake_models: Callable[..., FakeChatModel]) -> None:
    model = fake_models(interfere=answering_plans(PLANS))
    story = compiled()
    story.invoke(TOPIC, THREAD, context=ONE)
    model.interfere = answering_plans(PLANS, [{**plan, "text": f"Nobody sees: {plan['text']}"} for plan in PLANS])
    state = story.invoke(Command(resume=NO_WORDS), THREAD, context=ONE)
    assert "Plan 1 is nearly one that was refused" in model.asked[-1][-1].text
    assert all(plan["text"].startswith("Nobody sees") for plan in state["plans"])


# Plans that are nearly the same


@pytest.mark.parametrize(
    ("answers", "kept", "calls"),
    [
        ([PLANS], [0, 1, 2], 1),
        ([[PLANS[0], PLANS[0], PLANS[1]], [PLANS[2], PLANS[2], PLANS[0]]], [0, 1, 2], 2),
        ([[PLANS[0], PLANS[0], PLANS[1]]], [0, 1], 3),
        ([PLANS[:2]], [0, 1], 3),
        ([PLANS[:1], PLANS[1:2], PLANS[2:]], [0, 1, 2], 3),
        ([[PLANS[0]] * 3], [0], 3),
        ([[*PLANS, PLANS[0]]], [0, 1, 2], 1),
    ],
    ids=["different", "one of two answers", "two", "too few", "one by one", "one", "too many"],
)
def test_the_best_of_what_came_is_laid_on_the_table(
    fake_models: Callable[..., FakeChatModel], answers: list[list[dict[str, Any]]], kept: list[int], calls: int
) -> None:
    model = fake_models(interfere=answering_plans(*answers))
    state = compiled().invoke(TOPIC, THREAD, context=ONE)
    assert [plan["text"] for plan in state["plans"]] == [PLANS[number]["text"] for number in kept]
    assert sum("short-term memory is now" in asked[-1].text for asked in model.asked) == calls
    assert state["__interrupt__"]


def test_where_no_plan_came_at_all_the_thread_waits_at_its_gate(fake_models: Callable[..., FakeChatModel]) -> None:
    fake_models(interfere=answering_plans([]))
    with pytest.raises(GateError, match="There are 0 plans; there must be 3"):
        compiled().invoke(TOPIC, THREAD, context=ONE)


@pytest.mark.parametrize(
    ("first", "second", "language", "same"),
    [
        ("You take the left door to the kitchen.", "You take the right door to the parlour.", "en", False),
        ("Ask the ferryman about the bell.", "Ask the ferryman about the key.", "en", False),
        ("You open the letter.", "You burn the letter.", "en", False),
        ("You open the letter.", "You open the letter!", "en", True),
        ("你推开左边的门，走进厨房。", "你推开右边的门，走进客厅。", "zh", False),
        ("你拆开那封信。", "你烧掉那封信。", "zh", False),
        ("你拆开那封信。", "你拆开那封信！", "zh", True),
        (
            f"{'Mara goes down to the sea and waits for the boat that was to come at noon. ' * 2}She sings.",
            f"{'Mara goes down to the sea and waits for the boat that was to come at noon. ' * 2}She weeps.",
            "en",
            True,
        ),
        (
            "马拉趁着退潮走下石阶，把那封信塞进瓶里，再用蜡封好，扔回海里，然后坐在礁石上等父亲的船。",
            "马拉趁着涨潮走下石阶，把那封信塞进瓶中，再用蜡封住，抛回海里，然后坐在礁石上等哥哥的船。",
            "zh",
            True,
        ),
    ],
)
def test_two_short_actions_are_another_by_a_word_and_two_long_plans_are_not(
    first: str, second: str, language: str, *, same: bool
) -> None:
    assert bool(alike([first, second], language_named(language))) is same


def test_plans_nearly_like_one_another_fill_the_table_before_it_stays_short() -> None:
    texts = [
        f"{'Mara goes down to the sea and waits for the boat of noon. ' * 3}She {does}." for does in ("sings", "weeps")
    ]
    table = Table[ProposedPlan](2, EN)
    table.add([ProposedPlan(text=text) for text in (texts[0], texts[0], texts[1])])
    assert [plan.text for plan in table.best()] == texts


# Redo


def wrote(model: FakeChatModel) -> list[str]:
    return [asked[-1].text for asked in model.asked if "Plan for the next paragraph" in asked[-1].text]


def test_the_writer_of_a_passage_anew_is_told_all_that_was_refused_and_said_of_it(fake_model: FakeChatModel) -> None:
    library, record = begun(1)
    plain = wrote(fake_model)[-1]
    summaries = []
    for said, told in (
        ("", []),
        ("SENTINEL: too hasty.", ["too hasty"]),
        ("SENTINEL: too loud.", ["too hasty", "too loud"]),
    ):
        state = at(library, record, lambda story: story.state())
        summaries.append(state["summary"][:100])
        run(library, record, branches.redo, ON_A_SHELF, said)
        at(library, record, lambda story: write(story, 1))
        prompt = wrote(fake_model)[-1]
        assert [words for words in told if f"SENTINEL: {words}." not in prompt] == []
        assert [summary for summary in summaries if summary not in prompt] == []
        assert state["plan"]["text"] in prompt
        assert prompt != plain
    assert len(set(wrote(fake_model))) == len(wrote(fake_model))
    at(library, record, lambda story: write(story, 1))
    assert "SENTINEL" not in wrote(fake_model)[-1]
    assert "was refused" not in wrote(fake_model)[-1]


def test_what_was_wrong_can_be_too_long_to_be_told(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(1)
    with pytest.raises(StoryStateError, match="at most 8,000"):
        run(library, record, branches.redo, ON_A_SHELF, "x" * 8001)
    assert len(library.find().branches) == 1


# Cues


@pytest.mark.parametrize(("answer", "calls"), [({"recall": []}, 0), ({"recall": ""}, 1), ({}, 1)])
def test_a_plan_of_ones_own_that_leans_on_nothing_is_asked_no_cues_for(
    fake_model: FakeChatModel, answer: dict[str, Any], calls: int
) -> None:
    context = ONE.model_copy(update={"retrieve_k": 1, "retrieve_in_short": 0})
    story = compiled()
    story.invoke(TOPIC, THREAD, context=context)
    for _ in range(2):
        story.invoke(Command(resume=1), THREAD, context=context)
    before = len(fake_model.asked)
    answer = {"instruction": "Mara rows across the lake.", **answer}
    state = story.invoke(Command(resume=answer), THREAD, context=context)
    asked = [asked[-1].text for asked in fake_model.asked[before:]]
    assert sum("name one to three recall cues" in text for text in asked) == calls
    assert bool(state["plan"]["recall"]) == bool(calls)
    assert {passage["question"] for passage in state["retrieved"]} <= {state["plan"]["text"], *state["plan"]["recall"]}


# Chapters


@SITUATIONS
def test_cues_are_asked_for_where_not_all_of_the_book_stands_in_the_prompt_anyway(
    fake_model: FakeChatModel, more: dict[str, str]
) -> None:
    story, two = compiled(), ONE.model_copy(update={"retrieve_k": 2})
    story.invoke({**TOPIC, **more}, THREAD, context=two)
    for _ in range(3):
        story.invoke(Command(resume=1), THREAD, context=two)
    asks = ["回忆线索" in text or "recall cues" in text for text in asked_for_plans(fake_model)]
    assert asks == [False, False, False, True]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_chapter_asked_for_is_planned_for(fake_model: FakeChatModel, language: str) -> None:
    story = compiled()
    story.invoke({**TOPIC, "language": language}, THREAD, context=ONE)
    state = story.invoke(Command(resume={"chapter": "SENTINEL"}), THREAD, context=ONE)
    assert "SENTINEL" in asked_for_plans(fake_model)[-1]
    assert not state.get("refused"), "the plans of the scene before were not refused"
    calls = len(fake_model.asked)
    story.invoke(Command(resume={"chapter": "SENTINEL"}), THREAD, context=ONE)
    assert len(fake_model.asked) == calls, "it was asked for already"
    state = story.invoke(Command(resume=1), THREAD, context=ONE)
    assert [chapter["title"] for chapter in state["chapters"]] == ["SENTINEL"]
    prompt = asked_for_plans(fake_model)[-1]
    assert prompt.count("SENTINEL") == 1, "as the title of a chapter that there is"


@pytest.mark.parametrize("selection", ["first", "model"])
def test_who_plans_is_told_that_a_chapter_is_due_and_what_the_last_ones_are_called(
    fake_model: FakeChatModel, selection: str
) -> None:
    context = FIRST.model_copy(update={"opening_paragraphs": 1, "chapter_paragraphs": 2, "plan_selection": selection})
    state = compiled().invoke({**TOPIC, "target_paragraphs": 5}, THREAD, context=context)
    titles = [chapter["title"] for chapter in state["chapters"]]
    prompts = asked_for_plans(fake_model)
    proposing = [text for text in prompts if "Propose 3 plans" in text]
    choosing = [text for text in prompts if "Propose 3 plans" not in text]
    assert ["a new chapter opens" in text for text in proposing] == [False, True, False, True, False]
    assert ["a new chapter opens" in text for text in choosing] == [False, True, False, True, False][: len(choosing)]
    assert all(titles[0] in text for text in prompts)
    assert " · ".join(titles) in proposing[-1]
    assert len(choosing) == (5 if selection == "model" else 0)


# The simulated human


@pytest.mark.parametrize("recall", [["The SENTINEL sank."], None])
def test_who_chooses_for_a_person_sees_the_new_memory_and_the_place_and_says_what_the_plan_leans_on(
    fake_models: Callable[..., FakeChatModel], recall: list[str] | None
) -> None:
    choice = {"reason": "It is best.", "number": 2, "plan": "Mara rows home.", **({"recall": recall} if recall else {})}

    def choose(_: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        return json.dumps(choice) if schema and "number" in schema["properties"] else None

    model = fake_models(interfere=choose)
    context = FIRST.model_copy(update={"opening_paragraphs": 1, "plan_selection": "model"})
    story = compiled()
    story.invoke({**TOPIC, "target_paragraphs": 2}, THREAD, context=context, interrupt_before=["select_plan"])
    for step in (1, 2):
        before = story.get_state(THREAD).values
        state = story.invoke(None, THREAD, context=context, interrupt_before=["select_plan"])
        prompt = next(asked[-1].text for asked in reversed(model.asked) if "on the table" in asked[-1].text)
        assert before["short_term_memory"] in prompt
        assert ("the last paragraph of the book" in prompt) == (step == 2)
        assert state["plan"]["text"] == "Mara rows home."
        assert state["plan"]["recall"] == (recall or before["plans"][1]["recall"])


# One role for the person


@pytest.mark.parametrize(
    ("language", "names", "others"),
    [("en", ["the author"], ["reader", "human author"]), ("zh", ["作者"], ["读者", "人类作者"])],
)
def test_who_writes_with_the_model_is_one_and_the_same(
    fake_model: FakeChatModel, language: str, names: list[str], others: list[str]
) -> None:
    context = ONE.model_copy(update={"use_facts": False})
    story = compiled()
    story.invoke({**TOPIC, "language": language}, THREAD, context=context)
    story.invoke(Command(resume={"feedback": "SENTINEL"}), THREAD, context=context)
    story.invoke(Command(resume=1), THREAD, context=context)
    chosen_by_model = context.model_copy(update={"plan_selection": "model"})
    story.invoke(None, THREAD, context=chosen_by_model, interrupt_after=["select_plan"])
    prompts = asked_for_plans(fake_model)
    assert any(name.casefold() in text.casefold() for name in names for text in prompts)
    assert not [text for text in prompts for other in others if other in text]
