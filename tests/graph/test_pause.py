"""What a person answers at the pause, and what follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from langgraph.types import Command

from graph_at_hand import HUMAN, THREAD, TOPIC, book, compiled

if TYPE_CHECKING:
    from fake_model import FakeChatModel


def test_the_person_picks_writes_and_stops(fake_model: FakeChatModel) -> None:
    assert fake_model
    run = compiled()
    paused = run.invoke(TOPIC, THREAD, context=HUMAN)
    request = paused["__interrupt__"][0].value
    assert request["action_requests"][0]["name"] == "select_plan"
    assert request["plans"] == paused["plans"]

    second = run.invoke(Command(resume=2), THREAD, context=HUMAN)
    assert second["plan"]["text"] == paused["plans"][1]["text"]
    assert second["step"] == 1

    third = run.invoke(Command(resume="Mara burns the letter."), THREAD, context=HUMAN)
    assert third["plan"]["text"] == "Mara burns the letter."
    assert "Mara burns the letter." in fake_model.asked[-4][1].text

    ended = run.invoke(Command(resume={"stop": True}), THREAD, context=HUMAN)
    assert ended["step"] == 2
    assert run.get_state(THREAD).next == ()


@pytest.mark.parametrize("answer", [99, "", {"unknown": 1}, -1, "x" * 100_000])
def test_an_answer_that_means_nothing_is_asked_again(fake_model: FakeChatModel, answer: object) -> None:
    run = compiled()
    run.invoke(TOPIC, THREAD, context=HUMAN)
    calls = len(fake_model.asked)

    again = run.invoke(Command(resume=answer), THREAD, context=HUMAN)

    assert len(fake_model.asked) == calls
    description = again["__interrupt__"][0].value["action_requests"][0]["description"]
    assert description.startswith("> ")
    assert run.invoke(Command(resume=1), THREAD, context=HUMAN)["step"] == 1


def test_signs_that_no_text_has_are_in_no_prompt_and_no_state(fake_model: FakeChatModel) -> None:
    """Half a sign ends a model's client, a zero byte PostgreSQL: the step could not be gone on with."""
    run = compiled()
    run.invoke({"topic": "A keeper\ud800 \x00finds a bottle"}, THREAD, context=HUMAN)
    answer = {"instruction": "She \udc00sells\x00 it.", "short_term_memory": "A\x00da is wet.", "chapter": "\ud83dAway"}
    state = run.invoke(Command(resume=answer), THREAD, context=HUMAN)
    assert (state["topic"], state["plan"]["text"]) == ("A keeper finds a bottle", "She sells it.")
    told = [message.text for messages in fake_model.asked for message in messages]
    assert any("Ada is wet." in text for text in told)
    assert not [text for text in told if "\x00" in text or text != text.encode(errors="ignore").decode()]


def test_a_stale_answer_by_id_is_ignored(fake_model: FakeChatModel) -> None:
    assert fake_model
    run = compiled()
    first = run.invoke(TOPIC, THREAD, context=HUMAN)["__interrupt__"][0].id
    run.invoke(Command(resume={first: 1}), THREAD, context=HUMAN)
    state = run.invoke(Command(resume={first: 2}), THREAD, context=HUMAN)

    assert state["step"] == 1
    assert state["__interrupt__"][0].id != first


def asked_for_plans(model: FakeChatModel) -> list[str]:
    return [asked[-1].text for asked in model.asked if "Propose 3 plans" in asked[-1].text]


def paused_at_step_1(model: FakeChatModel) -> tuple[Any, Any]:
    assert model
    run = compiled()
    run.invoke(TOPIC, THREAD, context=HUMAN)
    return run, run.invoke(Command(resume=1), THREAD, context=HUMAN)


@pytest.mark.parametrize(
    "answer",
    [{"feedback": "SENTINEL: slower."}, {"type": "reject", "message": "SENTINEL: slower."}],
    ids=["ours", "HITL"],
)
def test_other_plans_follow_what_was_said_of_the_last(fake_model: FakeChatModel, answer: object) -> None:
    run, before = paused_at_step_1(fake_model)
    state = run.invoke(Command(resume=answer), THREAD, context=HUMAN)
    assert state["plans"] != before["plans"]
    assert (state["step"], state["paragraph"], state["lineage"]) == (1, before["paragraph"], before["lineage"])
    assert "SENTINEL: slower." in asked_for_plans(fake_model)[-1]
    run.invoke(Command(resume=1), THREAD, context=HUMAN)
    assert "SENTINEL" not in asked_for_plans(fake_model)[-1]


def test_a_memory_changed_at_the_pause_is_in_the_next_prompt(fake_model: FakeChatModel) -> None:
    run, before = paused_at_step_1(fake_model)
    state = run.invoke(Command(resume={"plan": 2, "short_term_memory": "The SENTINEL sank."}), THREAD, context=HUMAN)
    assert state["step"] == 2
    assert "The SENTINEL sank." in writing_of(fake_model)[-1]
    assert before["plans"][1]["text"] in writing_of(fake_model)[-1]


def test_a_memory_changed_alone_leaves_the_question_as_it_is(fake_model: FakeChatModel) -> None:
    run, before = paused_at_step_1(fake_model)
    calls = len(fake_model.asked)
    state = run.invoke(Command(resume={"short_term_memory": "The SENTINEL sank."}), THREAD, context=HUMAN)
    asked = state["__interrupt__"][0].value
    assert asked["short_term_memory"] == "The SENTINEL sank."
    assert asked["plans"] == before["plans"]
    assert len(fake_model.asked) == calls


@pytest.mark.parametrize("where", ["in the opening", "later"])
def test_an_edited_paragraph_is_followed_by_both_memories(fake_model: FakeChatModel, where: str) -> None:
    run, before = paused_at_step_1(fake_model)
    if where == "in the opening":
        run = compiled()
        before = run.invoke(TOPIC, THREAD, context=HUMAN)
    old = book(before)
    state = run.invoke(Command(resume={"paragraph": "The SENTINEL sank. All wept."}), THREAD, context=HUMAN)
    assert book(state) == [*old[:-1], "The SENTINEL sank. All wept."]
    assert book(before) == old
    assert state["short_term_memory"] != before["short_term_memory"]
    assert state["plans"] != before["plans"]
    assert state["step"] == before["step"]
    assert state["__interrupt__"][0].value["paragraph"] == "The SENTINEL sank. All wept."
    after = run.invoke(Command(resume=1), THREAD, context=HUMAN)
    assert book(after)[:-1] == book(state)
    assert "The SENTINEL sank. All wept." in writing_of(fake_model)[-1]


def test_an_edited_paragraph_with_a_plan_goes_right_on(fake_model: FakeChatModel) -> None:
    run, before = paused_at_step_1(fake_model)
    plans = len(asked_for_plans(fake_model))
    answer = {"paragraph": "The SENTINEL sank.", "instruction": "They row home."}
    state = run.invoke(Command(resume=answer), THREAD, context=HUMAN)
    assert state["step"] == 2
    assert book(state)[:-1] == [*book(before)[:-1], "The SENTINEL sank."]
    assert "They row home." in writing_of(fake_model)[-1]
    assert len(asked_for_plans(fake_model)) == plans + 1


def test_a_memory_given_with_an_edited_paragraph_stays_as_it_was_given(fake_model: FakeChatModel) -> None:
    run, _ = paused_at_step_1(fake_model)
    answer = {"paragraph": "The SENTINEL sank.", "short_term_memory": "All wept."}
    state = run.invoke(Command(resume=answer), THREAD, context=HUMAN)
    assert state["short_term_memory"] == "All wept."
    assert book(state)[-1] == "The SENTINEL sank."


def test_an_edit_and_a_stop_are_both_heeded(fake_model: FakeChatModel) -> None:
    run, _ = paused_at_step_1(fake_model)
    state = run.invoke(Command(resume={"paragraph": "The SENTINEL sank.", "stop": True}), THREAD, context=HUMAN)
    assert run.get_state(THREAD).next == ()
    assert book(state)[-1] == "The SENTINEL sank."
    more = run.invoke({}, THREAD, context=HUMAN)
    assert more["__interrupt__"]


def test_cues_changed_at_the_pause_are_what_is_searched_for(fake_model: FakeChatModel) -> None:
    run, _ = paused_at_step_1(fake_model)
    state = run.invoke(Command(resume={"plan": 1, "recall": ["The SENTINEL sank."]}), THREAD, context=HUMAN)
    assert state["plan"]["recall"] == ["The SENTINEL sank."]


def writing_of(model: FakeChatModel) -> list[str]:
    return [asked[-1].text for asked in model.asked if "Plan for the next paragraph" in asked[-1].text]


def test_an_edit_of_the_state_between_two_steps_leaves_the_story_waiting(fake_model: FakeChatModel) -> None:
    run = compiled()
    run.invoke(TOPIC, THREAD, context=HUMAN)
    run.update_state(THREAD, {"short_term_memory": "The SENTINEL sank."}, as_node="propose_plans")
    assert run.get_state(THREAD).next == ("select_plan",)
    run.invoke(None, THREAD, context=HUMAN)
    run.invoke(Command(resume=1), THREAD, context=HUMAN)
    assert any("The SENTINEL sank." in asked[1].text for asked in fake_model.asked if len(asked) > 1)


@pytest.mark.parametrize("step", [0, 1, 2])
def test_any_earlier_pause_can_be_answered_otherwise(fake_model: FakeChatModel, step: int) -> None:
    """By a copy of its checkpoint, as docs/serving.md says: without the gate's name LangGraph knows only the first."""
    del fake_model
    run = compiled()
    run.invoke(TOPIC, THREAD, context=HUMAN)
    told = [run.invoke(Command(resume=1), THREAD, context=HUMAN) for _ in range(3)]
    pauses = [state for state in run.get_state_history(THREAD) if state.interrupts]
    earlier = next(state for state in pauses if state.values["step"] == step)

    copied = run.update_state(earlier.config, None, as_node="propose_plans")
    asked = run.invoke(None, copied, context=HUMAN)["__interrupt__"][0]
    assert asked.value["plans"] == earlier.interrupts[0].value["plans"]
    forked = run.invoke(Command(resume={asked.id: "Mara burns the letter."}), THREAD, context=HUMAN)

    assert (forked["step"], forked["plan"]["text"]) == (step + 1, "Mara burns the letter.")
    assert told[-1]["paragraph"] not in book(forked)


def test_a_plan_of_ones_own_gets_recall_cues_and_each_passage_says_why(fake_model: FakeChatModel) -> None:
    run = compiled()
    context = HUMAN.model_copy(update={"retrieve_k": 1, "retrieve_in_short": 0})
    run.invoke(TOPIC, THREAD, context=context)
    run.invoke(Command(resume=1), THREAD, context=context)
    run.invoke(Command(resume=1), THREAD, context=context)
    calls = len(fake_model.asked)
    state = run.invoke(Command(resume="Mara rows across the lake."), THREAD, context=context)

    assert len(fake_model.asked) - calls == 1 + 4
    assert "Mara rows across the lake." in fake_model.asked[calls][-1].text
    assert state["plan"]["recall"]
    (passage,) = state["retrieved"]
    assert passage["question"] in [state["plan"]["text"], *state["plan"]["recall"]]
    assert passage["sentence"] in f"{passage['text']} {passage['summary']}"  # its summary is searched with it


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["topic", "genre", "background", "outline", "style_sheet"])
def test_what_the_premise_says_from_here_on_is_in_the_next_prompt(
    fake_model: FakeChatModel, name: str, language: str
) -> None:
    run = compiled()
    run.invoke({**TOPIC, "language": language}, THREAD, context=HUMAN)
    calls = len(fake_model.asked)

    paused = run.invoke(Command(resume={name: "SENTINEL: Mara sells the lamp."}), THREAD, context=HUMAN)
    assert (paused["step"], paused[name]) == (0, "SENTINEL: Mara sells the lamp.")
    assert len(fake_model.asked) == calls

    run.invoke(Command(resume=1), THREAD, context=HUMAN)
    assert all("SENTINEL" in asked[0].text for asked in fake_model.asked[calls:] if asked[0].type == "system")
    assert "SENTINEL" in fake_model.asked[-4][0].text
