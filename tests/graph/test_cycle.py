"""The graph, in process, with a fake model: the cycle, its ends, its memory, sync and async."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from graph_at_hand import FIRST, THREAD, TOPIC, book, compiled
from recurrentgpt.graph import builder, graph
from recurrentgpt.memory.sentences import sentences
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import PromptError, SettingsError
from resources_at_hand import read_environment
from tongues import EN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from langchain_core.messages import BaseMessage

    from counting_embeddings import CountingEmbeddings
    from fake_model import FakeChatModel


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
        "condense_summaries",
        "propose_plans",
    }


def test_a_story_is_written_to_its_target(fake_model: FakeChatModel) -> None:
    context = FIRST.model_copy(update={"retrieve_k": 1})
    state = compiled().invoke({**TOPIC, "target_paragraphs": 3}, THREAD, context=context)

    assert state["step"] == 3
    assert state["title"]
    assert state["outline"]
    assert state["plan"]["recall"]
    assert state["plans"] == [], "none are made for after the end"
    assert 10 <= len(state["short_term_memory"].splitlines()) <= 20
    assert state["rationale"]
    written = book(state)
    assert written[-1] == state["paragraph"]
    assert len(set(written)) == len(written) == 4
    assert len(fake_model.asked) == 5 + 3 * 4 - 1


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

    wrote, *later = fake_model.asked[-3:]
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
    assert len(fake_model.asked) == 3


def test_sizes_come_from_the_context(fake_model: FakeChatModel) -> None:
    context = FIRST.model_copy(
        update={"paragraph_sentences": 7, "plan_count": 2, "memory_min_sentences": 3, "memory_max_sentences": 4}
    )
    state = compiled().invoke({**TOPIC, "target_paragraphs": 1}, THREAD, context=context)

    assert sum("Propose 2 plans" in asked[-1].text for asked in fake_model.asked) == 1
    assert len(state["short_term_memory"].splitlines()) == 3
    assert "about 7 sentences" in fake_model.asked[-3][1].text


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
        assert "一位小说家" in conversation[0].text
        assert "paragraph" not in conversation[-1].text


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
    context = Context(model="fake", plan_selection="model", retrieve_k=1)
    state = compiled().invoke({**TOPIC, "target_paragraphs": 3}, THREAD, context=context)

    plan = state["plan"]
    assert (plan["chosen_by"], plan["number"]) == ("model", 1)
    assert plan["reason"]
    assert plan["recall"]
    assert plan["text"] in fake_model.asked[-3][1].text


def test_a_low_recursion_limit_ends_in_a_resumable_state(fake_model: FakeChatModel) -> None:
    assert fake_model
    run = compiled()
    state = run.invoke({**TOPIC, "target_paragraphs": 50}, {**THREAD, "recursion_limit": 20}, context=FIRST)
    assert 0 < state["step"] < 5
    more = run.invoke({}, {**THREAD, "recursion_limit": 20}, context=FIRST)
    assert more["step"] > state["step"]
    assert len(book(more)) == more["step"] + 1


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


def test_only_prose_is_streamed_as_messages(fake_model: FakeChatModel) -> None:
    assert fake_model
    pieces = [
        chunk.text
        for chunk, metadata in compiled().stream(
            {**TOPIC, "target_paragraphs": 1}, THREAD, context=FIRST, stream_mode="messages"
        )
        if metadata["langgraph_node"] == "generate_paragraph"
    ]
    assert len(pieces) > 5
    assert "{" not in "".join(pieces)


def test_the_last_paragraph_is_not_recalled_again(fake_model: FakeChatModel) -> None:
    assert fake_model
    state = compiled().invoke({**TOPIC, "target_paragraphs": 3}, THREAD, context=FIRST)
    assert [passage["seq"] for passage in state["retrieved"]] == [0, 1]


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


# Contexts and inputs.


def test_a_context_may_be_a_dict_and_a_foreign_one_means_the_defaults(
    fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch
) -> None:

    assert fake_model
    monkeypatch.setenv("RECURRENTGPT_MODEL", "fake")
    read_environment()
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
    assert any(asked[-1].text.startswith("Haiku, please.\n\n") for asked in fake_model.asked)

    alone = own.model_copy(update={"use_facts": False})
    compiled().invoke({**TOPIC, "target_paragraphs": 1}, {"configurable": {"thread_id": "3"}}, context=alone)
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
