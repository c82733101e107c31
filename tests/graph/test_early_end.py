"""A story that may end early: who plans is asked whether it is told, and the next paragraph is its last."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from graph_at_hand import THREAD, compiled
from recurrentgpt.schemas.context import Context

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel

QUESTION = {"author": "one more paragraph can end the book", "interactive_fiction": "one more passage can end it"}
MAY_END = Context(model="fake", plan_selection="first", opening_paragraphs=1, early_end=True)


class Judge:
    """Says that the story is told after so many questions; counts them."""

    def __init__(self, after: int, yes: object = "yes") -> None:
        self.after, self.yes, self.asked = after, yes, 0
        self.plans_for: list[str] = []

    def __call__(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        if schema and "plans" in schema["properties"]:
            self.plans_for.append(messages[-1].text)
        if not schema or "told" not in schema["properties"]:
            return None
        self.asked += 1
        return json.dumps({"reason": "All is settled.", "told": self.yes if self.asked >= self.after else "no"})


def story(context: Context = MAY_END, **given: Any) -> dict[str, Any]:
    told: dict[str, Any] = compiled().invoke(
        {"topic": "A lamp", **given}, {**THREAD, "recursion_limit": 60}, context=context
    )
    return told


@pytest.mark.parametrize("length", [None, 9])
@pytest.mark.parametrize("yes", [True, "Yes", "是"])
def test_its_word_makes_the_next_paragraph_the_last(
    fake_models: Callable[..., FakeChatModel], length: int | None, yes: object
) -> None:
    judge = Judge(2, yes)
    fake_models(interfere=judge)
    state = story(target_paragraphs=length)
    assert state["step"] == state["target_paragraphs"] == 3
    assert judge.asked == 2
    ends = ["the last paragraph of the book" in told for told in judge.plans_for]
    assert ends == [False, False, True], "the plans that were made with that word are for the last paragraph"


def test_a_person_who_did_not_let_it_end_early_has_the_length_they_gave(
    fake_models: Callable[..., FakeChatModel],
) -> None:
    judge = Judge(1)
    fake_models(interfere=judge)
    assert story(MAY_END.model_copy(update={"early_end": False}), target_paragraphs=3)["step"] == 3
    assert judge.asked == 0


def test_no_usable_word_ends_nothing_and_the_last_paragraph_is_not_asked_about(
    fake_models: Callable[..., FakeChatModel],
) -> None:
    asked = []

    def mumble(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        if schema and "told" in schema["properties"]:
            asked.append(messages[-1].text)
            return "hm"
        return None

    fake_models(interfere=mumble)
    state = story(MAY_END.model_copy(update={"tries": 1}), target_paragraphs=3)
    assert (state["step"], state["target_paragraphs"]) == (3, 3)
    assert len(asked) == 1, "not after the opening, and not before the last"


@pytest.mark.parametrize("mode", list(QUESTION))
def test_it_is_asked_once_at_a_pause_in_the_mode_s_own_words(
    fake_models: Callable[..., FakeChatModel], mode: str
) -> None:
    from langgraph.types import Command  # noqa: PLC0415

    asked: list[str] = []

    def judge(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        if schema and "told" in schema["properties"]:
            asked.append(messages[-1].text)
            return json.dumps({"reason": "Not yet.", "told": False})
        return None

    fake_models(interfere=judge)
    run, context = compiled(), MAY_END.model_copy(update={"plan_selection": "human"})
    run.invoke({"topic": "A lamp", "mode": mode}, THREAD, context=context)
    assert not asked
    run.invoke(Command(resume=1), THREAD, context=context)
    run.invoke(Command(resume={"feedback": "Others, please."}), THREAD, context=context)
    (question,) = asked
    assert QUESTION[mode] in question
