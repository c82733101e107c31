"""The dev server that LangGraph Studio talks to: started as a person starts it, driven with the SDK."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pytest
from langgraph_sdk import get_client, get_sync_client

from dev_server import dev_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langgraph_sdk.client import SyncLangGraphClient

CONTEXT = {"paragraph_sentences": 5}
pytestmark = [pytest.mark.real, pytest.mark.xdist_group("server")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with dev_server(tmp_path_factory.mktemp("server")) as running:
        yield running.url


def test_three_steps_with_a_chosen_plan_each(server: str) -> None:
    with get_sync_client(url=server) as client:
        _three_steps(client)


def _values(client: SyncLangGraphClient, thread: str) -> dict[str, Any]:
    values = client.threads.get_state(thread)["values"]
    assert isinstance(values, dict)
    return values


def _three_steps(client: SyncLangGraphClient) -> None:
    thread = client.threads.create()["thread_id"]
    given: dict[str, Any] = {"topic": "A lighthouse keeper finds a message in a bottle"}
    client.runs.wait(thread, "recurrentgpt", input=given, context=CONTEXT)

    opening = len(_values(client, thread)["opening"])
    paragraphs = []
    for number in (2, 1, 3):
        paused = client.threads.get_state(thread)
        assert paused["next"] == ["select_plan"]
        (interrupt,) = paused["interrupts"]
        plans = interrupt["value"]["plans"]
        client.runs.wait(thread, "recurrentgpt", command={"resume": {interrupt["id"]: number}}, context=CONTEXT)
        values = _values(client, thread)
        assert values["plan"]["text"] == plans[number - 1]["text"]
        paragraphs.append(values["paragraph"])

    values = _values(client, thread)
    assert values["step"] == 3
    assert values["paragraph"] == paragraphs[-1]
    assert len(set(paragraphs)) == 3
    assert values["lineage"] == [["main", 0, opening + 2]]
    history = client.threads.get_history(thread, limit=100)
    assert all(state["next"] for state in history), "also where two gates were waited for"
    told = [state["values"].get("paragraph") for state in reversed(history)]
    assert [text for text in dict.fromkeys(told) if text in paragraphs] == paragraphs
    assert len(values["short_term_memory"].splitlines()) >= 10


async def test_the_text_streams_and_every_gate_reports(server: str) -> None:
    gates, pieces = set(), 0
    async with get_client(url=server) as client:
        thread = (await client.threads.create())["thread_id"]
        async for part in client.runs.stream(
            thread,
            "recurrentgpt",
            input={"topic": "Rain", "target_paragraphs": 1},
            context={**CONTEXT, "plan_selection": "first"},
            stream_mode=["custom", "messages-tuple", "updates"],
        ):
            assert part.event != "error", part.data
            if part.event == "custom":
                gates.add(part.data["gate"])
            pieces += part.event == "messages"
    assert {"open_story", "retrieve_long_term", "generate_paragraph", "propose_plans"} <= gates
    assert pieces > 20


def test_studio_gets_a_form_with_titles_and_limits(server: str) -> None:
    with get_sync_client(url=server) as client:
        (assistant,) = client.assistants.search(graph_id="recurrentgpt")
        schemas = client.assistants.get_schemas(assistant["assistant_id"])
    form = schemas["input_schema"]
    assert form is not None
    assert form["properties"]["topic"]["title"] == "Topic"
    context = schemas["context_schema"]
    assert context is not None
    assert context["properties"]["plan_selection"]["enum"] == ["human", "first", "random", "model"]
    assert context["properties"]["append_summary_prompt"]["langgraph_type"] == "prompt"


def test_every_assistant_of_the_repository_is_there_with_its_defaults(server: str) -> None:
    with get_sync_client(url=server) as client:
        found = {assistant["graph_id"]: assistant for assistant in client.assistants.search(limit=20)}
        forms = {name: client.assistants.get_schemas(of["assistant_id"]) for name, of in found.items()}
    names = {"recurrentgpt", "simulated_human", "interactive_fiction", "novelist", "co_author"}
    assert set(found) == names | {f"{name}_zh" for name in names}
    assert all(assistant["description"] for assistant in found.values())

    def default(graph: str, form: str, field: str) -> object:
        schema: Any = forms[graph][form]  # type: ignore[literal-required]
        return schema["properties"][field]["default"]

    assert default("recurrentgpt", "context_schema", "plan_selection") == "human"
    assert default("simulated_human", "context_schema", "plan_selection") == "model"
    assert default("simulated_human", "input_schema", "target_paragraphs") == 5
    assert default("interactive_fiction", "input_schema", "mode") == "interactive_fiction"
    assert default("interactive_fiction_zh", "input_schema", "language") == "zh"
    for name, form in forms.items():
        editor: Any = form["context_schema"]
        shown = editor["properties"]["append_summary_prompt"]
        assert ("摘要" in shown["default"]) == name.endswith("_zh")
        assert shown["langgraph_nodes"] == ["append_summary"]
        for kind in ("input_schema", "output_schema", "state_schema", "context_schema"):
            of_kind: Any = form[kind]
            assert not wordless(of_kind["properties"], in_chinese=name.endswith("_zh")), (name, kind)
        of_state: Any = form["state_schema"]
        groups = [field["group"] for field in of_state["properties"].values()]
        assert [group for group, _ in groupby(groups)] == list(dict.fromkeys(groups)), "a group's fields stand together"


def wordless(fields: dict[str, Any], *, in_chinese: bool) -> list[str]:
    """Fields that have no title or no description in their language."""
    said = {name: (field.get("title", ""), field.get("description", "")) for name, field in fields.items()}
    return [name for name, words in said.items() if not all(words) or any(in_chinese != is_han(one) for one in words)]


def is_han(text: str) -> bool:
    return bool(re.search(r"[\u3400-\u9fff]", text))
