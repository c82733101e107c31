"""Passages that are recalled for their summaries alone: what the writer sees of them, and what the state keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from recurrentgpt.graph import builder
from recurrentgpt.schemas.context import Context

if TYPE_CHECKING:
    from fake_model import FakeChatModel

TOPIC = {"topic": "A lighthouse keeper finds a message in a bottle"}
THREAD: Any = {"configurable": {"thread_id": "1"}}


def written_with(**settings: Any) -> Any:
    context = Context(model="fake", plan_selection="first", synopsis_tokens=0, **settings)
    run: Any = builder.compile(checkpointer=InMemorySaver())
    return run.invoke({**TOPIC, "target_paragraphs": 10}, THREAD, context=context)


def last_prompt(model: FakeChatModel) -> str:
    return str([asked[1].text for asked in model.asked if len(asked) == 2][-1])


@pytest.mark.parametrize(("whole", "short"), [(3, 3), (1, 2), (2, 0)])
def test_so_many_are_shown_whole_and_so_many_in_short(fake_model: FakeChatModel, whole: int, short: int) -> None:
    passages = written_with(retrieve_k=whole, retrieve_in_short=short)["retrieved"]
    shown = [passage["shown"] for passage in passages]
    assert (shown.count("whole"), shown.count("in short"), len(shown)) == (whole, short, whole + short)
    assert [passage["seq"] for passage in passages] == sorted(passage["seq"] for passage in passages)
    prompt = last_prompt(fake_model)
    for passage in passages:
        assert bool(passage["text"]) == (passage["shown"] == "whole"), "the state stays small"
        assert (passage["summary"] in prompt) == (passage["shown"] != "whole"), "nothing is told twice"
        assert (passage["text"] or passage["sentence"]) in prompt
        assert passage["question"]


def test_nothing_is_recalled_in_short_where_the_long_term_memory_is_left_out(fake_model: FakeChatModel) -> None:
    assert fake_model
    assert written_with(retrieve_k=0, retrieve_in_short=8)["retrieved"] == []


def test_those_in_short_give_way_before_a_whole_one_is_cut(fake_model: FakeChatModel) -> None:
    assert fake_model
    roomy = written_with(retrieve_k=2, retrieve_in_short=4)["retrieved"]
    assert {passage["shown"] for passage in roomy} == {"whole", "in short"}
    for budget in range(3200, 4200, 100):
        shown = [
            passage["shown"]
            for passage in written_with(
                retrieve_k=2, retrieve_in_short=4, prompt_tokens=budget, memory_max_sentences=10
            )["retrieved"]
        ]
        if shown.count("whole") == 2 and "left out" in shown:
            break
    else:
        pytest.fail("no budget leaves out those in short alone")


def test_who_is_asked_for_cues_sees_the_last_paragraph(fake_model: FakeChatModel) -> None:
    run: Any = builder.compile(checkpointer=InMemorySaver())
    context = Context(model="fake", plan_selection="human", retrieve_k=1)
    state = run.invoke(TOPIC, THREAD, context=context)
    for _ in range(2):
        state = run.invoke(Command(resume=1), THREAD, context=context)
    last, calls = state["paragraph"], len(fake_model.asked)
    run.invoke(Command(resume="Mara rows across the lake."), THREAD, context=context)
    asked = fake_model.asked[calls][-1].text
    assert last in asked
    assert "Mara rows across the lake." in asked


@pytest.mark.parametrize(
    ("language", "sentence", "quoted"),
    [
        ("en", "“Harrow,” said the man.", False),
        ("en", "She put the letter into the stove, unread.", True),
        ("zh", "”陆慎之说。", False),
        ("zh", "他把铜邮戳藏进了灶灰里。", True),
        ("zh", "雨下了一夜，没有停。" * 20, False),
    ],
)
def test_of_a_passage_in_short_a_sentence_is_quoted_that_says_something(
    fake_model: FakeChatModel, language: str, sentence: str, quoted: object
) -> None:
    run: Any = builder.compile(checkpointer=InMemorySaver())
    context = Context(model="fake", plan_selection="human")
    run.invoke({**TOPIC, "language": language}, THREAD, context=context)
    told = {"seq": 0, "summary": "Short.", "text": "", "sentence": sentence, "shown": "in short", "score": 0.5}
    run.invoke(Command(resume=1), THREAD, context=context, interrupt_before=["generate_paragraph"])
    run.update_state(THREAD, {"retrieved": [told]})
    run.invoke(None, THREAD, context=context, interrupt_after=["generate_paragraph"])
    asked = next(asked[1].text for asked in reversed(fake_model.asked) if "Short." in asked[1].text)
    assert (sentence.lstrip("”") in asked) is quoted


@pytest.mark.parametrize("of_summary", [True, False])
@pytest.mark.parametrize("since", [[], ["(no longer so: Mara has the key.)"]])
def test_of_a_passage_that_the_book_so_far_tells_something_is_shown_or_nothing(
    fake_model: FakeChatModel, since: list[str], *, of_summary: bool
) -> None:
    run: Any = builder.compile(checkpointer=InMemorySaver())
    context = Context(model="fake", plan_selection="human")
    summary = run.invoke(TOPIC, THREAD, context=context)["summary"]
    for _ in range(2):
        run.invoke(Command(resume=1), THREAD, context=context)
    sentence = summary if of_summary else "“Keep it.”"
    told = {"seq": 0, "summary": summary, "text": "", "sentence": sentence, "shown": "in short", "score": 0.5}
    run.invoke(Command(resume=1), THREAD, context=context, interrupt_before=["generate_paragraph"])
    run.update_state(THREAD, {"retrieved": [{**told, "since": since}]})
    run.invoke(None, THREAD, context=context, interrupt_after=["generate_paragraph"])
    prompt = last_prompt(fake_model)
    assert prompt.count(summary) == 1
    assert (f"[paragraph 1]\n\nIn short: as told above.\n\n{''.join(since)}" in prompt) is bool(since)
    assert all(note in prompt for note in since)
    assert ("[paragraph 1]" in prompt) is bool(since)
