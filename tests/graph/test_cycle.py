"""The graph, in process, with a fake model: the cycle, its ends, its memory, sync and async."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from fake_server import in_sections
from graph_at_hand import FIRST, HUMAN, THREAD, TOPIC, compiled
from recurrentgpt.graph import builder, graph
from recurrentgpt.memory import Lineage, open_memory
from recurrentgpt.memory.sentences import sentences
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import GateError, PromptError, SettingsError
from tongues import EN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from langchain_core.messages import BaseMessage

    from counting_embeddings import CountingEmbeddings
    from fake_model import FakeChatModel


def book(state: dict[str, Any]) -> list[str]:
    with open_memory(state["story_id"], state["language"]) as memory:
        return [entry.text for entry in memory.read(Lineage.from_json(state["lineage"]))]


def test_node_names_are_kept() -> None:
    # Paused threads hold these names: a change here needs a migration.
    assert set(builder.nodes) == {
        "open_story",
        "store_opening",
        "select_plan",
        "retrieve_long_term",
        "generate_paragraph",
        "rewrite_short_term",
        "append_summary",
        "propose_plans",
    }


def test_a_story_is_written_to_its_target(fake_model: FakeChatModel) -> None:
    state = compiled().invoke({**TOPIC, "target_paragraphs": 3}, THREAD, context=FIRST)

    assert state["step"] == 3
    assert state["title"]
    assert state["outline"]
    assert len(state["plans"]) == 3
    assert all(plan["recall"] for plan in state["plans"])
    assert 10 <= len(state["short_term_memory"].splitlines()) <= 20
    assert state["rationale"]
    written = book(state)
    assert written[-1] == state["paragraph"]
    assert len(set(written)) == len(written) == 4
    assert len(fake_model.asked) == 5 + 3 * 4


async def test_async_and_sync_write_the_same_story(fake_models: Callable[..., FakeChatModel]) -> None:
    fake_models()
    given = {**TOPIC, "target_paragraphs": 2}
    first = compiled().invoke({**given, "story_id": "sync"}, THREAD, context=FIRST)
    second = await compiled().ainvoke({**given, "story_id": "async"}, THREAD, context=FIRST)

    assert book(first) == book(second)
    assert first["short_term_memory"] == second["short_term_memory"]


def test_each_paragraph_is_encoded_once(fake_model: FakeChatModel, encoder: CountingEmbeddings) -> None:
    assert fake_model
    state = compiled().invoke({**TOPIC, "target_paragraphs": 4}, THREAD, context=FIRST)

    written = [sentence for text in book(state) for sentence in sentences(text, EN)]
    assert len(written) > 90
    assert {encoder.encoded.count(sentence) for sentence in written} == {1}


def test_the_later_gates_repeat_the_first_ones_opening_to_the_letter(fake_model: FakeChatModel) -> None:
    compiled().invoke({**TOPIC, "target_paragraphs": 1}, THREAD, context=FIRST)

    wrote, *later = fake_model.asked[-4:]
    for conversation in later:
        assert [message.text for message in conversation[:2]] == [message.text for message in wrote]
        assert conversation[2].type == "ai"


def test_title_premise_and_outline_stay_in_the_prompt(fake_model: FakeChatModel) -> None:
    given = {**TOPIC, "genre": "noir", "background": "Halden, 1911.", "style_sheet": "Mara never lies."}
    state = compiled().invoke({**given, "target_paragraphs": 2}, THREAD, context=FIRST)

    for conversation in fake_model.asked[-4:]:
        system = conversation[0].text
        for words in (*given.values(), state["title"], state["outline"]):
            assert words in system


def test_what_the_writer_gives_is_kept(fake_model: FakeChatModel) -> None:
    given = {**TOPIC, "title": "The Lamp", "outline": "Mara drowns."}
    state = compiled().invoke({**given, "target_paragraphs": 0}, THREAD, context=FIRST)

    assert (state["title"], state["outline"]) == ("The Lamp", "Mara drowns.")
    assert len(fake_model.asked) == 4


def test_sizes_come_from_the_context(fake_model: FakeChatModel) -> None:
    context = FIRST.model_copy(
        update={"paragraph_sentences": 7, "plan_count": 2, "memory_min_sentences": 3, "memory_max_sentences": 4}
    )
    state = compiled().invoke({**TOPIC, "target_paragraphs": 1}, THREAD, context=context)

    assert len(state["plans"]) == 2
    assert len(state["short_term_memory"].splitlines()) == 3
    assert "about 7 sentences" in fake_model.asked[-4][1].text


def test_story_text_may_hold_braces_and_placeholders(fake_models: Callable[..., FakeChatModel]) -> None:
    odd = "He wrote {plan} and {{0}} and %s and ${x} on the wall. Then \\n he left."

    def write_oddly(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        return f"{odd} {len(messages[-1].text)} pages. {'He slept. ' * 9}" if schema is None else None

    model = fake_models(interfere=write_oddly)
    state = compiled().invoke({**TOPIC, "target_paragraphs": 2}, THREAD, context=FIRST)

    assert odd in state["paragraph"]
    assert odd in model.asked[-4][1].text


def test_chinese_stories_speak_chinese_to_the_model(fake_model: FakeChatModel) -> None:
    compiled().invoke(
        {"topic": "灯塔看守人捡到一只瓶子", "language": "zh", "target_paragraphs": 1}, THREAD, context=FIRST
    )

    for conversation in fake_model.asked:
        assert "长篇小说" in conversation[0].text
        assert "paragraph" not in conversation[-1].text


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


def test_a_stale_answer_by_id_is_ignored(fake_model: FakeChatModel) -> None:
    assert fake_model
    run = compiled()
    first = run.invoke(TOPIC, THREAD, context=HUMAN)["__interrupt__"][0].id
    run.invoke(Command(resume={first: 1}), THREAD, context=HUMAN)
    state = run.invoke(Command(resume={first: 2}), THREAD, context=HUMAN)

    assert state["step"] == 1
    assert state["__interrupt__"][0].id != first


def test_new_input_does_not_begin_a_story_again(fake_model: FakeChatModel) -> None:
    assert fake_model
    run = compiled()
    first = run.invoke({**TOPIC, "target_paragraphs": 1}, THREAD, context=FIRST)
    second = run.invoke({**TOPIC, "target_paragraphs": 2}, THREAD, context=FIRST)

    assert second["title"] == first["title"]
    assert second["step"] == 2
    assert book(second)[:2] == book(first)


def test_random_plans_are_seeded(fake_model: FakeChatModel) -> None:
    assert fake_model

    def numbers(seed: int) -> list[int]:
        context = Context(model="fake", plan_selection="random", seed=seed)
        run, picked = compiled(), []
        for update in run.stream({**TOPIC, "target_paragraphs": 6}, THREAD, context=context, stream_mode="updates"):
            picked += [done["plan"]["number"] for gate, done in update.items() if gate == "select_plan"]
        return picked

    assert numbers(1) == numbers(1)
    assert numbers(1) != numbers(2)
    assert set(numbers(1)) > {1}


def test_the_simulated_human_picks_says_why_and_revises(fake_model: FakeChatModel) -> None:
    context = Context(model="fake", plan_selection="model")
    state = compiled().invoke({**TOPIC, "target_paragraphs": 1}, THREAD, context=context)

    plan = state["plan"]
    assert (plan["chosen_by"], plan["number"]) == ("model", 1)
    assert plan["reason"]
    assert plan["recall"]
    assert plan["text"] in fake_model.asked[-4][1].text


def test_a_low_recursion_limit_ends_in_a_resumable_state(fake_model: FakeChatModel) -> None:
    assert fake_model
    run = compiled()
    state = run.invoke({**TOPIC, "target_paragraphs": 50}, {**THREAD, "recursion_limit": 20}, context=FIRST)
    assert 0 < state["step"] < 5
    more = run.invoke({}, {**THREAD, "recursion_limit": 20}, context=FIRST)
    assert more["step"] > state["step"]
    assert len(book(more)) == more["step"] + 1


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


def test_every_gate_reports_and_accounts(fake_model: FakeChatModel) -> None:
    assert fake_model
    events, update = [], {}
    stream = compiled().stream(
        {**TOPIC, "target_paragraphs": 1}, THREAD, context=FIRST, stream_mode=["custom", "values"]
    )
    for mode, data in stream:
        if mode == "custom":
            events.append((data["gate"], data["event"]))
        else:
            update = data

    for gate in builder.nodes:
        assert (gate, "begin") in events
        assert (gate, "end") in events
    assert set(update["usage"]) == {
        "open_story",
        "store_opening",
        "generate_paragraph",
        "rewrite_short_term",
        "append_summary",
        "propose_plans",
    }
    assert update["usage"]["generate_paragraph"]["input_tokens"] > 0


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


def test_only_prose_is_streamed_as_messages(fake_model: FakeChatModel) -> None:
    assert fake_model
    pieces = [
        chunk.text
        for chunk, metadata in compiled().stream(
            {**TOPIC, "target_paragraphs": 1}, THREAD, context=FIRST, stream_mode="messages"
        )
        if metadata["langgraph_node"] == "generate_paragraph"
    ]
    assert len(pieces) > 20
    assert "{" not in "".join(pieces)


def test_a_plan_of_ones_own_gets_recall_cues_and_each_passage_says_why(fake_model: FakeChatModel) -> None:
    run = compiled()
    context = HUMAN.model_copy(update={"retrieve_k": 1})
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
    assert passage["sentence"] in passage["text"]


def test_the_last_paragraph_is_not_recalled_again(fake_model: FakeChatModel) -> None:
    assert fake_model
    state = compiled().invoke({**TOPIC, "target_paragraphs": 3}, THREAD, context=FIRST)
    assert [passage["seq"] for passage in state["retrieved"]] == [0, 1]


# What a model can get wrong.


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
    assert len(complaints) == len(spoilt) == 6


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
    assert len(model.asked) - before <= 6
    assert gate in run.get_state(THREAD).next

    broken["on"] = False
    state = run.invoke(None, THREAD, context=HUMAN)
    assert state["step"] == 1
    assert len(book(state)) == 2


def test_a_paragraph_equal_to_the_last_is_refused(fake_models: Callable[..., FakeChatModel]) -> None:
    same = "It is the same again. " * 20
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
    later = model.asked[-3:]
    answered = next(asked for asked in model.asked if "cannot be used" in asked[-1].text)
    for conversation in later:
        assert [message.text for message in conversation[:2]] == [message.text for message in answered]


def test_plans_that_are_alike_are_refused(fake_models: Callable[..., FakeChatModel]) -> None:
    alike = (
        '{"plans": [' + ", ".join('{"text": "Mara goes down to the sea.", "recall": ["x"]}' for _ in range(3)) + "]}"
    )
    fake_models(interfere=lambda _, schema: alike if schema and "plans" in schema["properties"] else None)
    with pytest.raises(GateError, match="Plans 1 and 2 are nearly the same"):
        compiled().invoke(TOPIC, THREAD, context=FIRST)


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
    state = compiled().invoke({**TOPIC, "target_paragraphs": 2}, THREAD, context=FIRST)
    assert state["step"] == 2
    assert len(state["plans"]) == 3
    assert all(plan["recall"] for plan in state["plans"])


# Contexts and inputs.


def test_a_context_may_be_a_dict_and_a_foreign_one_means_the_defaults(
    fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from recurrentgpt.schemas.settings import settings  # noqa: PLC0415

    assert fake_model
    monkeypatch.setenv("RECURRENTGPT_MODEL", "fake")
    settings.cache_clear()
    given = {**TOPIC, "target_paragraphs": 1}
    assert compiled().invoke(given, THREAD, context={"plan_selection": "first"})["step"] == 1
    assert "__interrupt__" in compiled().invoke(given, THREAD)


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"topic": "  "}, "topic"),
        ({}, "topic"),
        ({**TOPIC, "language": "French!"}, "language='French!'"),
        ({**TOPIC, "target_paragraphs": -1}, "target_paragraphs=-1"),
        ({**TOPIC, "story_id": "../../etc"}, "story_id"),
    ],
)
def test_bad_input_is_one_sentence_that_names_it(fake_model: FakeChatModel, given: dict[str, Any], names: str) -> None:
    with pytest.raises(SettingsError, match=names.replace(".", r"\.")):
        compiled().invoke({**given}, THREAD, context=FIRST)
    assert not fake_model.asked


def test_an_own_prompt_reaches_the_model_and_a_broken_one_is_refused(fake_model: FakeChatModel) -> None:
    own = FIRST.model_copy(update={"prompts": {"append_summary": "Haiku, please."}})
    compiled().invoke({**TOPIC, "target_paragraphs": 1}, THREAD, context=own)
    assert any(asked[-1].text == "Haiku, please." for asked in fake_model.asked)

    broken = FIRST.model_copy(update={"prompts": {"generate_paragraph": "Write on. {plan}"}})
    asked = len(fake_model.asked)
    with pytest.raises(PromptError, match=r"misses \{last_paragraph\}"):
        compiled().invoke({**TOPIC, "target_paragraphs": 1}, {"configurable": {"thread_id": "2"}}, context=broken)
    assert len(fake_model.asked) == asked, "it is refused before anything is paid for"


def test_the_exported_graph_is_bare_and_named() -> None:
    assert graph.checkpointer is None
    assert graph.name == "RecurrentGPT"


def test_state_stays_plain_json_and_the_same_size(fake_model: FakeChatModel, home: Path) -> None:
    import json  # noqa: PLC0415

    assert fake_model
    assert home
    run = compiled()
    sizes = []
    for target in (5, 25):
        state = run.invoke({**TOPIC, "target_paragraphs": target}, THREAD, context=FIRST)
        sizes.append(len(json.dumps(state)))
    assert sizes[1] < 1.2 * sizes[0]


@pytest.mark.parametrize(("sentences", "characters"), [(2, 240), (4, 400), (20, 800)])
def test_a_small_memory_has_a_short_rationale(
    fake_models: Callable[..., FakeChatModel], sentences: int, characters: int
) -> None:
    asked: list[dict[str, Any]] = []
    fake_models(interfere=lambda _, schema: asked.append(schema) if schema else None)
    context = Context(model="fake", memory_min_sentences=2, memory_max_sentences=sentences, plan_selection="first")
    given = {"topic": "A lighthouse", "target_paragraphs": 1}
    builder.compile(checkpointer=InMemorySaver()).invoke(given, {"configurable": {"thread_id": "1"}}, context=context)  # type: ignore[call-overload]
    rationales = [schema["properties"]["rationale"] for schema in asked if "rationale" in schema["properties"]]
    assert len(rationales) == 2
    assert all(bounds["maxLength"] == characters for bounds in rationales)
