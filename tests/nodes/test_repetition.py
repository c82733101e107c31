"""What a paragraph says again, and what is done about it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from langgraph.checkpoint.memory import InMemorySaver

from fake_model import compose
from recurrentgpt.evaluation.recall import load
from recurrentgpt.graph import builder
from recurrentgpt.nodes.repetition import repetition_in
from recurrentgpt.schemas.context import Context
from tongues import EN, ZH

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel
    from recurrentgpt.schemas.languages import Language

NEW = "Ada lit the lamp and looked out. A ship came round the cape with no light at all."
OLD = "The wind rose in the night. Ada walked along the shore until the tide had turned."


def test_new_words_are_no_repetition() -> None:
    assert repetition_in(NEW, [OLD], EN) == {"share": 0.0, "phrases": [], "tries": 1}


def test_a_sentence_said_before_is_found() -> None:
    found = repetition_in(f"{NEW} Ada walked along the shore until the tide had turned.", [OLD], EN)
    assert found["phrases"][0] == "Ada walked along the shore until the tide had turned."
    assert 0.3 < found["share"] < 0.5


def test_a_run_of_six_words_from_earlier_is_found_in_other_company() -> None:
    found = repetition_in("Then Ben walked along the shore until the dawn broke over everything.", [OLD], EN)
    assert found["phrases"] == ["walked along the shore until the"]


def test_what_a_paragraph_says_twice_itself_is_found() -> None:
    found = repetition_in("She went down the stairs. He saw it. She went down the stairs.", [], EN)
    assert found["phrases"][0] == "She went down the stairs."


def test_five_words_in_common_are_no_repetition() -> None:
    assert repetition_in("Then Ben walked along the shore and sang.", [OLD], EN)["share"] == 0


def test_chinese_is_counted_by_characters() -> None:
    found = repetition_in("夜里起了风，玛拉沿着长长的海岸走。", ["玛拉沿着长长的海岸走了很久。"], ZH)
    assert found["phrases"] == ["玛拉沿着长长的海岸走"]
    assert repetition_in("夜里起了风，玛拉沿着海岸走。", ["玛拉沿着海岸走了很久。"], ZH)["share"] == 0


TALK = {
    EN: (
        ("“{}” asked Eleanora.", "“{}” said Sylvester."),
        ("Is it far?", "A day.", "And cold?", "It is.", "Who goes?", "Nobody.", "Why not?", "Wolves."),
    ),
    ZH: (
        ("“{}”埃莱诺拉问道。", "“{}”西尔维斯说道。"),
        ("远吗？", "要走一天。", "那里冷吗？", "很冷。", "谁去过？", "没有人。", "为什么？", "有狼。"),
    ),
}


@pytest.mark.parametrize("language", TALK, ids=lambda language: language.tag)
def test_who_speaks_is_no_repetition_however_long_the_names(language: Language) -> None:
    tags, lines = TALK[language]
    said = [tags[number % 2].format(line) for number, line in enumerate(lines)]
    assert repetition_in("\n\n".join(said[:4]), ["\n\n".join(said[4:])], language)["share"] == 0
    assert repetition_in("\n\n".join(said), [], language)["share"] == 0
    assert repetition_in("\n\n".join(said), [], language)["phrases"] == []


@pytest.mark.parametrize("language", [EN, ZH], ids=lambda language: language.tag)
def test_in_either_language_a_novel_is_left_alone_and_what_is_said_again_is_found(language: Language) -> None:
    told = load(language.tag)["filler"][:60]
    shares = [repetition_in(text, told[:place], language)["share"] for place, text in enumerate(told)]
    assert sum(shares) / len(shares) < 0.01
    again = [
        repetition_in(f"{text}{language.joint}{other[: len(text) // 2]}", [other], language)["share"]
        for text, other in pairwise(told)
    ]
    assert sum(share > Context().repetition_limit for share in again) > 0.9 * len(again)


@given(st.text(max_size=300), st.lists(st.text(max_size=200), max_size=3), st.sampled_from([EN, ZH]))
@hypothesis_settings(deadline=None, database=None, max_examples=100)
def test_any_text_can_be_looked_at(text: str, before: list[str], language: Language) -> None:
    found = repetition_in(text, before, language)
    assert 0 <= found["share"] <= 1
    assert len(found["phrases"]) <= 5


def written(context: Context) -> Any:
    run: Any = builder.compile(checkpointer=InMemorySaver())
    thread: Any = {"configurable": {"thread_id": "1"}}
    return run.invoke({"topic": "A lighthouse", "target_paragraphs": 2}, thread, context=context)


@pytest.mark.parametrize("mends", [True, False], ids=["mends it", "does it again"])
def test_a_paragraph_that_repeats_is_written_once_more_and_told_what(
    fake_models: Callable[..., FakeChatModel], *, mends: bool
) -> None:
    first: list[str] = []

    def repeats(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        if schema is not None or "Plan for the next" not in messages[-1].text:
            return None
        if not first:
            first.append(compose("first", None))
            return first[0]
        told = "It says again what the story has said already" in messages[-1].text
        return None if told and mends else f"{first[0]} And so on."

    model = fake_models(interfere=repeats)
    state = written(Context(model="fake", plan_selection="first", opening_paragraphs=1))
    told = [asked[-1].text for asked in model.asked if "says again what the story has said already" in asked[-1].text]
    assert first[0].partition(".")[0] in told[0]
    assert state["repetition"]["tries"] == 2
    assert (state["repetition"]["share"] < 0.2) == mends
    assert state["step"] == 2


def test_the_guard_can_be_turned_off(fake_models: Callable[..., FakeChatModel]) -> None:
    same = compose("always", None)

    def repeats(_: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        return f"{same} {len(model.asked)}." if schema is None else None

    model = fake_models(interfere=repeats)
    state = written(Context(model="fake", plan_selection="first", opening_paragraphs=1, repetition_limit=1))
    assert state["repetition"]["share"] > 0.9
    assert state["repetition"]["tries"] == 1
