"""The book so far in a story's prompts: made once where a span is full, bounded at any length, and never in the way."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from graph_at_hand import FIRST, THREAD, TOPIC, book, compiled
from recurrentgpt import CYCLE, Context, Cycle, recurrent
from recurrentgpt.memory import Lineage
from recurrentgpt.models.window import count_tokens
from resources_at_hand import open_memory
from tongues import EN

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel

SMALL = FIRST.model_copy(update={"paragraph_sentences": 5, "opening_paragraphs": 1, "use_facts": False})
ASKED, HEADED = "of the book tell:", "The book so far, from its beginning"
LONG = 1000


class Writer:
    """Answers as the fake does, but with synopses of the test's own."""

    def __init__(self) -> None:
        self.says: Callable[[str], str] = lambda asked: f"So it went in {asked.split('paragraphs ')[1][:9]}. And on."
        self.condensed: list[str] = []

    def __call__(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        if ASKED not in messages[-1].text:
            return None
        assert schema is None or "synopsis" in schema["properties"]
        self.condensed.append(messages[-1].text)
        return self.says(messages[-1].text)


@pytest.fixture
def writer(fake_models: Callable[..., FakeChatModel]) -> tuple[Writer, FakeChatModel]:
    made = Writer()
    says = made.says
    made.says = lambda asked: json.dumps({"synopsis": says(asked)})
    return made, fake_models(interfere=made)


def heads(model: FakeChatModel) -> list[str]:
    """How each passage's prompt begins: the book so far, where it is shown."""
    prompts = [asked[1].text for asked in model.asked if len(asked) == 2 and "Plan for the next" in asked[1].text]
    return [prompt.split("\n\n")[0] if prompt.startswith(HEADED) else "" for prompt in prompts]


def written(target: int, context: Context = SMALL, story: Any = None) -> dict[str, Any]:
    story = story or compiled()
    given = {**TOPIC, "target_paragraphs": target}
    state: dict[str, Any] = story.invoke(given, {**THREAD, "recursion_limit": 1000}, context=context)
    return state


def test_a_span_is_condensed_once_when_it_is_full(writer: tuple[Writer, FakeChatModel]) -> None:
    told, model = writer
    written(23)
    assert [asked.split(" of the book")[0] for asked in told.condensed] == [
        "Here is, in order, what paragraphs 1 to 10",
        "Here is, in order, what paragraphs 11 to 20",
    ]
    summaries = [line for line in told.condensed[0].splitlines() if line.startswith("[")]
    assert [line.split("]")[0] for line in summaries] == [f"[{number}" for number in range(1, 11)]
    assert len(model.asked) == 5 + 23 * 4 + 2 - 1, "no plans after the end"


def test_the_writer_and_the_planner_see_it(writer: tuple[Writer, FakeChatModel]) -> None:
    _, model = writer
    written(23)
    shown = heads(model)
    assert not shown[0], "what is told is in the prompt whole"
    assert [line.split("]")[0] for line in shown[9].splitlines()[1:]] == [f"[{number}" for number in range(1, 10)]
    assert "[1-10] So it went in 1 to 10 o" in shown[10]
    assert [line.split("]")[0] for line in shown[-1].splitlines()[1:]] == ["[1-10", "[11-20", "[21", "[22"]
    plans = next(asked for asked in reversed(model.asked) if "Propose 3 plans" in asked[-1].text)
    assert plans[1].text.startswith(HEADED), "in the conversation that the planner goes on with"


def test_what_comes_first_stays_so_that_a_cache_knows_it(writer: tuple[Writer, FakeChatModel]) -> None:
    _, model = writer
    written(30)
    shown = heads(model)
    going_on = [after.startswith(before) for before, after in pairwise(shown[1:])]
    assert going_on.count(False) <= 3, "it begins otherwise once in ten passages"


def test_it_costs_no_call_and_no_answer_where_it_is_off(writer: tuple[Writer, FakeChatModel]) -> None:
    told, model = writer
    written(13, SMALL.model_copy(update={"synopsis_tokens": 0}))
    assert not told.condensed
    assert not any(heads(model))


def test_a_replay_makes_nothing_anew(writer: tuple[Writer, FakeChatModel]) -> None:
    told, _ = writer
    story = compiled()
    written(14, story=story)
    (before,) = (
        state.config
        for state in story.get_state_history(THREAD)
        if state.values.get("step") == 9 and not state.next[1:] and state.next == ("select_plan",)
    )
    story.invoke(None, before, context=SMALL)
    assert len(told.condensed) == 1


def test_bad_answers_do_not_end_the_story(writer: tuple[Writer, FakeChatModel]) -> None:
    told, model = writer
    told.says = lambda _: "I would rather not."
    story = compiled()
    assert written(19, story=story)["step"] == 19
    assert len(told.condensed) == 2, "asked twice, and not again for ten passages"
    assert story.get_state(THREAD).values["condense_from"] == 20
    *shown, rest = heads(model)[-1].splitlines()[1:]
    assert shown, "summaries stand in"
    assert [line.split("]")[0] for line in shown] == [f"[{number}" for number in range(1, len(shown) + 1)]
    assert rest.startswith(f"[{len(shown) + 1}-")
    assert rest.endswith("(left out here)")


def test_what_could_not_be_condensed_is_asked_for_again_later(writer: tuple[Writer, FakeChatModel]) -> None:
    told, model = writer
    story = compiled()
    told.says = lambda _: json.dumps({"synopsis": "word " * 300})
    written(12, story=story)
    assert len(told.condensed) == 2
    told.says = lambda _: json.dumps({"synopsis": "At last."})
    written(22, story=story)
    assert len(told.condensed) == 4
    assert "[1-10] At last.\n[11-20] At last." in heads(model)[-1]


def long_book(length: int) -> tuple[Any, dict[str, Any]]:
    """A story of so many passages, none of which is condensed yet."""
    story = compiled()
    state = written(0, story=story)
    path = Lineage.from_json(state["lineage"])
    with open_memory(state["story_id"], EN) as memory:
        for number in range(length - path.length):
            path = memory.append(path, f"Rain fell on roof {number}.", f"Rain fell on roof {number}, and Ada saw it.")
    story.update_state(THREAD, {"lineage": path.to_json(), "step": path.length}, as_node="propose_plans")
    return story, state


def test_a_long_book_is_told_in_few_words_and_caught_up_with(writer: tuple[Writer, FakeChatModel]) -> None:
    told, model = writer
    story, _ = long_book(LONG)
    asked = len(model.asked)
    story.update_state(THREAD, {"target_paragraphs": LONG + 3}, as_node="propose_plans")
    story.invoke(None, {**THREAD, "recursion_limit": 1000}, context=SMALL)
    assert len(told.condensed) == 3 * 2, "two a step at the most"
    assert len(model.asked) - asked == 3 * 4 + 3 * 2
    assert all(0 < count_tokens(head) < SMALL.synopsis_tokens + 30 for head in heads(model))


def test_it_gives_way_before_a_recalled_passage_does(writer: tuple[Writer, FakeChatModel]) -> None:
    _, model = writer
    story, _ = long_book(60)
    story.update_state(THREAD, {"target_paragraphs": 61}, as_node="propose_plans")
    begins = story.get_state(THREAD).config
    seen = []
    for budget in range(2400, 3200, 20):
        model.asked.clear()
        state = story.invoke(
            None, begins, context=SMALL.model_copy(update={"prompt_tokens": budget, "retrieve_in_short": 0})
        )
        whole = all(passage["shown"] == "whole" for passage in state["retrieved"])
        seen.append((whole, len(heads(model)[-1])))
    assert {whole for whole, _ in seen} == {True, False}
    assert not any(shown for whole, shown in seen if not whole)
    assert [shown for _, shown in seen] == sorted(shown for _, shown in seen), "the more room, the more of it"
    assert seen[-1][1] > len(HEADED)


def test_a_thread_that_a_version_without_the_gate_left_goes_on(writer: tuple[Writer, FakeChatModel]) -> None:
    assert writer
    saver = InMemorySaver()
    older: Any = recurrent(cycle=Cycle(beside=())).compile(checkpointer=saver)
    waits = [gate.name for gate in CYCLE.remembering]
    given = {**TOPIC, "target_paragraphs": 2}
    older.invoke(given, THREAD, context=SMALL, interrupt_before=waits)
    assert set(older.get_state(THREAD).next) == set(waits)
    newer: Any = recurrent().compile(checkpointer=saver)
    state = newer.invoke(None, THREAD, context=SMALL)
    assert state["step"] == 2
    assert len(book(state)) == 3
