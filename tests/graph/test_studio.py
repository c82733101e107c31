"""What Studio's forms show of an assistant: each gate's prompt at its node, in the assistant's language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from graph_at_hand import THREAD, TOPIC, compiled
from recurrentgpt.graph import served
from recurrentgpt.graph.catalogue import asking_gates
from recurrentgpt.schemas.context import read_context

if TYPE_CHECKING:
    from fake_model import FakeChatModel
    from recurrentgpt.graph.served import ServedGraph

NAMES = ("graph", "simulated_human", "interactive_fiction", "novelist", "co_author")
EVERY = pytest.mark.parametrize("name", [*NAMES, *(f"{name}_zh" for name in NAMES)])
HAN = re.compile(r"[\u3400-\u9fff]")


def form(name: str) -> dict[str, Any]:
    schema = getattr(served, name).get_context_jsonschema()
    fields: dict[str, Any] = schema["properties"]
    return fields


def editors(name: str) -> dict[str, dict[str, Any]]:
    return {field: shown for field, shown in form(name).items() if shown.get("langgraph_type") == "prompt"}


@EVERY
def test_every_gate_that_asks_a_model_has_its_prompt_as_an_editor_at_its_node(name: str) -> None:
    graph: ServedGraph = getattr(served, name)
    asking = set(asking_gates()) & set(graph.nodes)
    assert len(asking) >= 8
    at_nodes = {
        gate: [shown["default"] for shown in editors(name).values() if gate in shown["langgraph_nodes"]]
        for gate in asking
    }
    assert all(len(prompts) > 2 and all(text.strip() for text in prompts) for prompts in at_nodes.values())
    assert all(set(shown["langgraph_nodes"]) <= set(graph.nodes) for shown in editors(name).values())


@EVERY
def test_an_editor_opens_on_the_prompt_of_the_assistants_language(name: str) -> None:
    in_chinese = name.endswith("_zh")
    for field, shown in editors(name).items():
        assert bool(HAN.search(shown["default"])) == in_chinese, field
        assert shown["title"].startswith("提示词：" if in_chinese else "Prompt: ")


@EVERY
def test_the_forms_are_in_the_assistants_language(name: str) -> None:
    in_chinese = name.endswith("_zh")
    settings = [shown for field, shown in form(name).items() if field in ("model", "retrieve_k", "plan_selection")]
    given = getattr(served, name).get_input_jsonschema()["properties"]
    titles = [shown["title"] for shown in (*settings, *([given["topic"]] if "topic" in given else []))]
    assert all(bool(HAN.search(title)) == in_chinese for title in titles)
    if "language" in given and "default" in given["language"]:
        assert given["language"]["default"] == ("zh" if in_chinese else "en")


@pytest.mark.parametrize("name", ["graph", "interactive_fiction_zh"])
def test_what_comes_back_from_an_editor_unchanged_is_no_prompt_of_ones_own(name: str) -> None:
    kind = getattr(served, name).context_schema
    offered = {field: f"{shown['default']}\n" for field, shown in editors(name).items()}
    assert read_context(offered, kind).prompts == {}
    edited = read_context({**offered, "append_summary_prompt": "{facts} mine"}, kind)
    assert edited.prompts == {"append_summary": "{facts} mine"}


def test_a_prompt_edited_in_studio_is_what_is_sent(fake_model: FakeChatModel) -> None:
    offered = editors("graph")["propose_plans_prompt"]["default"]
    context = {"model": "fake", "propose_plans_prompt": f"SENTINEL. {offered}"}
    compiled().invoke(TOPIC, THREAD, context=context)
    assert "SENTINEL." in fake_model.asked[-1][-1].text


def test_a_chinese_assistants_story_is_in_chinese(fake_model: FakeChatModel) -> None:
    run = served.graph_zh.builder.compile(checkpointer=InMemorySaver())
    paused: Any = run.invoke({"topic": "灯塔"}, THREAD, context={"model": "fake", "opening_paragraphs": 1})
    assert paused["language"] == "zh"
    assert HAN.search(fake_model.asked[0][0].text)
