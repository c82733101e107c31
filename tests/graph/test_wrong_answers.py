"""What a model can get wrong: asked for again, refused, and never the end of the story."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from langgraph.types import Command

from fake_server import in_sections
from graph_at_hand import FIRST, HUMAN, THREAD, TOPIC, book, compiled
from recurrentgpt.memory import Lineage
from recurrentgpt.schemas.errors import GateError
from resources_at_hand import open_memory

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel


def test_an_opening_is_kept_whatever_comes_after(fake_models: Callable[..., FakeChatModel]) -> None:
    broken = {"on": True}

    def refuse(_: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        return "No." if broken["on"] and schema and "plans" in schema["properties"] else None

    fake_models(interfere=refuse)
    run = compiled()
    with pytest.raises(GateError, match="'propose_plans' in 3 tries"):
        run.invoke(TOPIC, THREAD, context=HUMAN)
    kept = run.get_state(THREAD).values
    broken["on"] = False
    state = run.invoke(None, THREAD, context=HUMAN)
    assert state["paragraph"] == kept["paragraph"]
    assert book(state) == [kept["paragraph"]]


def test_a_bad_answer_is_asked_for_again_with_what_was_wrong(fake_models: Callable[..., FakeChatModel]) -> None:
    spoilt: list[str] = []

    def spoil_once(_: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        kind = "prose" if schema is None else ",".join(schema["properties"])
        if kind in spoilt:
            return None
        spoilt.append(kind)
        return "" if schema is None else "I cannot do that."

    model = fake_models(interfere=spoil_once)
    state = compiled().invoke({**TOPIC, "target_paragraphs": 1}, THREAD, context=FIRST)

    assert state["step"] == 1
    complaints = [asked for asked in model.asked if "cannot be used" in asked[-1].text]
    with_facts = [kind for kind in spoilt if "facts" in kind]
    assert len(with_facts) == 2, "what is no answer with facts is asked for once more, with them"
    assert len(complaints) == len(spoilt)
    assert state["knowledge"]["facts"] is not None


@pytest.mark.parametrize("gate", ["generate_paragraph", "rewrite_short_term", "append_summary", "propose_plans"])
def test_nonsense_without_end_is_an_error_and_the_thread_resumes_at_that_gate(
    fake_models: Callable[..., FakeChatModel], gate: str
) -> None:
    kinds = {
        "generate_paragraph": None,
        "rewrite_short_term": "memory",
        "append_summary": "summary",
        "propose_plans": "plans",
    }
    broken = {"on": False}

    def refuse(_: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        if not broken["on"] or (schema is None) != (kinds[gate] is None):
            return None
        return "   " if schema is None or kinds[gate] in schema["properties"] else None

    model = fake_models(interfere=refuse)
    run = compiled()
    run.invoke({**TOPIC}, THREAD, context=HUMAN)
    broken["on"] = True
    before = len(model.asked)
    with pytest.raises(GateError, match=rf"'{gate}' in 3 tries") as caught:
        run.invoke(Command(resume=1), THREAD, context=HUMAN)
    assert caught.value.gate == gate
    assert len(model.asked) - before <= 7
    assert gate in run.get_state(THREAD).next

    broken["on"] = False
    state = run.invoke(None, THREAD, context=HUMAN)
    assert state["step"] == 1
    assert len(book(state)) == 2


def test_a_paragraph_equal_to_the_last_is_refused(fake_models: Callable[..., FakeChatModel]) -> None:
    same = " ".join(f"It is the same again, {number} times." for number in range(20))
    fake_models(interfere=lambda _, schema: same if schema is None else None)
    with pytest.raises(GateError, match="repeats the last paragraph"):
        compiled().invoke({**TOPIC, "target_paragraphs": 2}, THREAD, context=FIRST)


def test_a_remark_in_place_of_a_paragraph_is_refused(fake_models: Callable[..., FakeChatModel]) -> None:
    fake_models(interfere=lambda _, schema: "I cannot write that. Sorry." if schema is None else None)
    with pytest.raises(GateError, match="It has 2 sentences; about 60 are wanted"):
        compiled().invoke(TOPIC, THREAD, context=FIRST)


def test_the_later_gates_go_on_from_the_question_that_the_paragraph_answered(
    fake_models: Callable[..., FakeChatModel],
) -> None:
    refused = {"left": 1}

    def once(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        if schema is None and len(messages) == 2 and "plan" in messages[-1].text and refused["left"]:
            refused["left"] -= 1
            return "No."
        return None

    model = fake_models(interfere=once)
    compiled().invoke({**TOPIC, "target_paragraphs": 1}, THREAD, context=FIRST)
    assert not refused["left"]
    later = model.asked[-2:]
    answered = next(asked for asked in model.asked if "cannot be used" in asked[-1].text)
    system, question = (message.text for message in answered)
    for conversation in later:
        assert conversation[0].text == system
        assert question.startswith(f"{conversation[1].text}\n\nAn earlier answer cannot be used"), (
            "without the complaint"
        )


def test_plans_that_are_alike_are_refused_and_after_the_tries_one_of_them_stands(
    fake_models: Callable[..., FakeChatModel],
) -> None:
    alike = (
        '{"plans": [' + ", ".join('{"text": "Mara goes down to the sea.", "recall": ["x"]}' for _ in range(3)) + "]}"
    )
    model = fake_models(interfere=lambda _, schema: alike if schema and "plans" in schema["properties"] else None)
    state = compiled().invoke(TOPIC, THREAD, context=HUMAN)
    complaints = [asked[-1].text for asked in model.asked if "cannot be used" in asked[-1].text]
    assert len(complaints) == 2
    assert all("Plans 1 and 2 are nearly the same" in complaint for complaint in complaints)
    assert [plan["text"] for plan in state["plans"]] == ["Mara goes down to the sea."]
    assert state["__interrupt__"], "the story goes on"


@pytest.mark.parametrize("count", [3, 60])
def test_a_memory_out_of_bounds_is_asked_for_again_not_cut(
    fake_models: Callable[..., FakeChatModel], count: int
) -> None:
    sentences = ", ".join(f'"Sentence {number} of a memory."' for number in range(count))
    answer = f'{{"rationale": "So it is.", "memory": [{sentences}]}}'
    fake_models(interfere=lambda _, schema: answer if schema and "memory" in schema["properties"] else None)
    with pytest.raises(GateError, match=rf"The memory has {count} sentences; it must have 10 to 20"):
        compiled().invoke(TOPIC, THREAD, context=FIRST)


def test_a_model_that_takes_no_schema_is_asked_for_sections(fake_models: Callable[..., FakeChatModel]) -> None:
    def answer(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        assert schema is None
        asked = "\n".join(message.text for message in messages)
        return in_sections(asked, messages[-1].text)

    fake_models(schemas=False, interfere=answer)
    context = FIRST.model_copy(update={"retrieve_k": 1})
    state = compiled().invoke({**TOPIC, "target_paragraphs": 3}, THREAD, context=context)
    assert state["step"] == 3
    assert state["plan"]["recall"]


@pytest.mark.parametrize(("refusals", "kept"), [(1, True), (2, False)])
def test_facts_are_asked_for_once_more_and_what_is_lost_is_said(
    fake_models: Callable[..., FakeChatModel], refusals: int, kept: object
) -> None:
    left = {"times": 0}

    def refuse(_: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        if not schema or "facts" not in schema["properties"] or not left["times"]:
            return None
        left["times"] -= 1
        return ""

    fake_models(interfere=refuse)
    run = compiled()
    run.invoke(TOPIC, THREAD, context=HUMAN)
    left["times"] = refusals
    told = list(run.stream(Command(resume=1), THREAD, context=HUMAN, stream_mode="custom"))
    state = run.get_state(THREAD).values
    with open_memory(state["story_id"], state["language"]) as memory:
        entry = memory.read(Lineage.from_json(state["lineage"]))[-1]
    assert (entry.knowledge is not None) is kept
    lost = [event for event in told if event["event"] == "facts_left_out"]
    assert bool(lost) is not kept
    assert all("so none are kept of what was just written" in event["reason"] for event in lost)
