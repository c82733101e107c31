"""The agent server with ten jobs a worker: answers in every client's shape, many threads at once, docs/serving.md."""

from __future__ import annotations

import asyncio
import os
import random
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest
from langgraph.errors import GraphInterrupt
from langgraph.pregel.remote import RemoteGraph
from langgraph.types import Command
from langgraph_sdk import get_client, get_sync_client

from folders import ROOT
from reading import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langgraph_sdk.client import LangGraphClient, SyncLangGraphClient

    from agent_server import AgentServer

THREADS = int(os.environ.get("RECURRENTGPT_TEST_THREADS", "10"))
CONTEXT = {"opening_paragraphs": 1, "paragraph_sentences": 5}
TOPIC = {"topic": "A lighthouse keeper finds a message in a bottle"}
pytestmark = [pytest.mark.real, pytest.mark.xdist_group("server")]


@pytest.fixture
def client(server: AgentServer) -> Iterator[SyncLangGraphClient]:
    with get_sync_client(url=server.url) as client:
        yield client


@pytest.fixture(scope="module")
def told(server: AgentServer) -> str:
    """A thread that waits at a review; each test that answers it leaves it waiting at one."""
    with get_sync_client(url=server.url) as client:
        return begin(client)[0]


def pause_of(client: SyncLangGraphClient, thread: str) -> Any:
    (pause,) = client.threads.get_state(thread)["interrupts"]
    return pause


def resume(client: SyncLangGraphClient, thread: str, answer: object) -> None:
    client.runs.wait(thread, "recurrentgpt", command={"resume": answer}, context=CONTEXT, raise_error=False)


def begin(client: SyncLangGraphClient, graph: str = "recurrentgpt", given: Any = TOPIC) -> tuple[str, Any]:
    """A thread that waits at its first review, and the interrupt."""
    thread = client.threads.create()["thread_id"]
    client.runs.wait(thread, graph, input=given, context=CONTEXT)
    return thread, client.threads.get_state(thread)["interrupts"][0]


def values_of(client: SyncLangGraphClient, thread: str) -> dict[str, Any]:
    values = client.threads.get_state(thread)["values"]
    assert isinstance(values, dict)
    return values


PLANS = ["first", "second", "third"]
STUDIO = [
    (2, {"number": 2}),
    ("2", {"number": 2}),
    ({"plan": 2}, {"number": 2}),
    (True, {"number": 1}),
    ("approve", {"number": 1}),
    ("She leaves.", {"text": "She leaves."}),
    ({"instruction": "She leaves.", "chapter": "Away"}, {"text": "She leaves."}),
    ({"plan": 3, "recall": ["the boat leaks"]}, {"number": 3, "recall": ["the boat leaks"]}),
]
AGENT_CHAT = [
    ({"decisions": [{"type": "approve"}]}, {"number": 1}),
    (
        {
            "decisions": [
                {"type": "edit", "edited_action": {"name": "select_plan", "args": {"plan": 3, "instruction": "{1}"}}}
            ]
        },
        {"number": 3},
    ),
    ({"decisions": [{"type": "respond", "message": "She leaves."}]}, {"text": "She leaves."}),
]
AGENT_INBOX = [
    ([{"type": "accept", "args": None}], {"number": 1}),
    ([{"type": "edit", "args": {"action": "select_plan", "args": {"plan": "2", "instruction": "{1}"}}}], {"number": 2}),
    ([{"type": "response", "args": "She leaves."}], {"text": "She leaves."}),
]


def with_first_plan(answer: Any, plan: str) -> Any:
    """An answer in which ``{1}`` stands for the first plan, as a client sends back what it was offered."""
    match answer:
        case dict():
            return {name: with_first_plan(part, plan) for name, part in answer.items()}
        case list():
            return [with_first_plan(part, plan) for part in answer]
    return plan if answer == "{1}" else answer


@pytest.mark.parametrize(("answer", "chosen"), [*STUDIO, *AGENT_CHAT, *AGENT_INBOX])
def test_a_choice_is_taken_in_every_dialect(
    client: SyncLangGraphClient, told: str, answer: Any, chosen: dict[str, Any]
) -> None:
    pause = pause_of(client, told)
    answer = with_first_plan(answer, pause["value"]["plans"][0]["text"])
    resume(client, told, {pause["id"]: answer})
    values = values_of(client, told)
    assert values["step"] == pause["value"]["step"] + 1
    assert {name: values["plan"][name] for name in chosen} == chosen


@pytest.mark.parametrize(
    "answer", [{"feedback": "Quieter."}, {"decisions": [{"type": "reject", "message": "Louder."}]}]
)
def test_other_plans_are_made(client: SyncLangGraphClient, told: str, answer: Any) -> None:
    pause = pause_of(client, told)
    resume(client, told, {pause["id"]: answer})
    again = pause_of(client, told)
    assert again["value"]["plans"] != pause["value"]["plans"]
    assert again["value"]["step"] == pause["value"]["step"]


@pytest.mark.parametrize("answer", [{"stop": True}, [{"type": "ignore", "args": None}]])
def test_a_stop_ends_the_run(client: SyncLangGraphClient, answer: Any) -> None:
    thread, pause = begin(client)
    resume(client, thread, {pause["id"]: answer})
    assert client.threads.get(thread)["status"] == "idle"


WRONG = [99, -1, 1.5, {"colour": "red"}, "x" * 100_000, "", [], {}, None, {"plan": []}, False]


@pytest.mark.parametrize("answer", WRONG, ids=lambda answer: repr(answer)[:20])
def test_what_means_nothing_is_asked_again(client: SyncLangGraphClient, told: str, answer: Any) -> None:
    pause = pause_of(client, told)
    resume(client, told, {pause["id"]: answer})
    assert client.threads.get(told)["status"] == "interrupted"
    again = pause_of(client, told)
    assert again["value"]["step"] == pause["value"]["step"]
    if again["id"] == pause["id"]:
        assert answer in ({}, None)  # LangGraph itself raises the same question again
        return
    problem = values_of(client, told)["review_problem"]
    assert problem
    assert "\n" not in problem
    assert problem in again["value"]["action_requests"][0]["description"]


@pytest.mark.parametrize("answer", [{}, None])
def test_nothing_sent_plain_leaves_the_thread_waiting(client: SyncLangGraphClient, told: str, answer: Any) -> None:
    resume(client, told, answer)
    assert pause_of(client, told)


@pytest.mark.parametrize("plan", ["<script>alert({{1}})</script> {plan} %s ${x}", "x" * 8000])
def test_any_text_is_a_plan_and_stays_as_it_is(client: SyncLangGraphClient, told: str, plan: str) -> None:
    resume(client, told, {pause_of(client, told)["id"]: plan})
    assert values_of(client, told)["plan"]["text"] == plan


def test_a_double_click_counts_once(client: SyncLangGraphClient, told: str) -> None:
    pause = pause_of(client, told)
    for _ in range(2):
        resume(client, told, {pause["id"]: 2})
    values = values_of(client, told)
    assert (values["step"], values["plan"]["number"]) == (pause["value"]["step"] + 1, 2)
    assert client.threads.get(told)["status"] == "interrupted"


def test_copies_of_a_thread_go_their_own_ways(server: AgentServer, client: SyncLangGraphClient) -> None:
    thread, _ = begin(client)
    copy = httpx.post(f"{server.url}/threads/{thread}/copy", json={}, timeout=60).json()
    told = []
    for at, plan in ((thread, "She stays."), (copy["thread_id"], "She leaves.")):
        (pause,) = client.threads.get_state(at)["interrupts"]
        client.runs.wait(at, "recurrentgpt", command={"resume": {pause["id"]: plan}}, context=CONTEXT)
        told.append(values_of(client, at))
    assert told[0]["paragraph"] != told[1]["paragraph"]
    assert [len(values["lineage"]) for values in told] == [1, 2]


# Messages, in a chat and through A2A


def test_a2a_begins_and_answers(server: AgentServer, client: SyncLangGraphClient) -> None:
    assistant = client.assistants.search(graph_id="co_author")[0]["assistant_id"]
    task = a2a(server, assistant, {"text": "A lighthouse"})
    waiting = {"contextId": task["contextId"], "taskId": task["id"]}
    answers: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"text": "2"}, {"number": 2}),
        ({"text": "She leaves."}, {"text": "She leaves."}),
        ({"data": {"resume": {"plan": 3}}}, {"number": 3}),
        ({"data": {"resume": 2}}, {"number": 2}),
        ({"data": {"resume": {"decisions": [{"type": "approve"}]}}}, {"number": 1}),
    ]
    for step, (part, chosen) in enumerate(answers, start=1):
        assert task["status"]["state"] == "TASK_STATE_INPUT_REQUIRED"
        task = a2a(server, assistant, part, **waiting)
        values = values_of(client, task["contextId"])
        assert values["step"] == step
        assert {name: values["plan"][name] for name in chosen} == chosen
        assert values["paragraph"] in task["history"][-1]["parts"][0]["text"]


def test_stories_at_once_by_a2a_and_as_remote_graphs_mix_nothing(
    server: AgentServer, client: SyncLangGraphClient
) -> None:
    assistant = client.assistants.search(graph_id="co_author")[0]["assistant_id"]
    story = RemoteGraph("recurrentgpt", sync_client=client)

    def by_a2a(topic: str) -> str:
        task = a2a(server, assistant, {"text": topic})
        a2a(server, assistant, {"text": "2"}, contextId=task["contextId"], taskId=task["id"])
        return str(task["contextId"])

    def as_a_remote_graph(topic: str) -> str:
        thread = client.threads.create()["thread_id"]
        with suppress(GraphInterrupt):
            story.invoke({"topic": topic}, {"configurable": {"thread_id": thread}})
        with suppress(GraphInterrupt):
            story.invoke(Command(resume={pause_of(client, thread)["id"]: 2}), {"configurable": {"thread_id": thread}})
        return thread

    ways = {"Foxes": by_a2a, "Rain": by_a2a, "Snow": as_a_remote_graph, "Salt": as_a_remote_graph}
    with ThreadPoolExecutor(len(ways)) as pool:
        threads = dict(zip(ways, pool.map(lambda topic: ways[topic](topic), ways), strict=True))
    told = {topic: values_of(client, thread) for topic, thread in threads.items()}
    assert {topic: (values["topic"], values["step"], values["plan"]["number"]) for topic, values in told.items()} == {
        topic: (topic, 1, 2) for topic in ways
    }
    for name in ("story_id", "paragraph"):
        assert len({values[name] for values in told.values()}) == len(ways)


def test_a2a_says_what_an_assistant_can_do_and_where_a_task_stands(
    server: AgentServer, client: SyncLangGraphClient
) -> None:
    found = client.assistants.search(graph_id="co_author")[0]
    place = {"assistant_id": found["assistant_id"]}
    card = httpx.get(f"{server.url}/.well-known/agent-card.json", params=place, timeout=60).json()
    assert card["supportedInterfaces"][0]["url"] == f"{server.url}/a2a/{found['assistant_id']}"
    (skill,) = card["skills"]
    assert skill["description"] == card["description"] == found["description"]
    assert {"messages", "language", "mode"} <= set(skill["metadata"]["inputSchema"]["properties"])
    assert "text/plain" in skill["inputModes"]

    task = a2a(server, found["assistant_id"], {"text": "A lighthouse"})
    body = {"jsonrpc": "2.0", "id": "1", "method": "GetTask", "params": {"id": task["id"]}}
    headers = {"A2A-Version": "1.0", "Accept": "application/json"}
    asked = httpx.post(f"{server.url}/a2a/{found['assistant_id']}", json=body, headers=headers, timeout=60).json()
    standing = asked["result"]
    assert standing["status"]["state"] == "TASK_STATE_INPUT_REQUIRED"
    assert standing["contextId"] == task["contextId"]


def a2a(server: AgentServer, assistant: str, part: dict[str, Any], **task: str) -> dict[str, Any]:
    message = {"messageId": str(uuid4()), "role": "ROLE_USER", "parts": [part], **task}
    answer = httpx.post(
        f"{server.url}/a2a/{assistant}",
        json={"jsonrpc": "2.0", "id": "1", "method": "SendMessage", "params": {"message": message}},
        headers={"A2A-Version": "1.0", "Accept": "application/json"},
        timeout=60,
    ).json()
    sent: dict[str, Any] = answer["result"]["task"]
    return sent


def test_chat_begins_and_answers_and_an_older_message_forks_at_its_turn(client: SyncLangGraphClient) -> None:
    thread, _ = begin(client, "co_author", said("A lighthouse"))
    for text in ("She leaves.", "She sleeps."):
        client.runs.wait(thread, "co_author", input=said(text), context=CONTEXT)
    values = values_of(client, thread)
    assert values["plan"]["text"] == "She sleeps."
    assert [message["type"] for message in values["messages"]] == ["human", "ai"] * 3

    # As Agent Chat UI finds where a message came from: the first of the last ten checkpoints that has it.
    history = client.threads.get_history(thread, limit=10)
    first = next(state for state in reversed(history) if "She leaves." in texts_of(state["values"]))
    parent = first["parent_checkpoint"]
    assert parent is not None
    client.runs.wait(thread, "co_author", input=said("She stays."), checkpoint=parent, context=CONTEXT)
    forked = values_of(client, thread)
    assert (forked["step"], forked["plan"]["text"]) == (1, "She stays.")
    assert [texts_of(forked)[place] for place in (0, 2)] == ["A lighthouse", "She stays."]
    assert len(forked["messages"]) == 4


def said(text: str) -> Any:
    return {"messages": [{"role": "user", "content": text}]}


def texts_of(values: Any) -> list[str]:
    return [message["content"] for message in values.get("messages", [])]


# Many at once


async def test_many_threads_answered_at_once_lose_and_mix_nothing(server: AgentServer) -> None:
    chance = random.Random(2305)  # noqa: S311 (the same order each time)
    async with get_client(url=server.url) as client:
        threads = [(await client.threads.create())["thread_id"] for _ in range(THREADS)]
        begins = (
            client.runs.wait(thread, "recurrentgpt", input={"topic": f"Lighthouse {number}"}, context=CONTEXT)
            for number, thread in enumerate(threads)
        )
        await asyncio.gather(*begins)
        told: dict[str, list[str]] = {thread: [] for thread in threads}
        await answer_all(client, chance, told, rounds=3)
    server.stop()
    server.start()
    async with get_client(url=server.url) as client:
        await answer_all(client, chance, told, rounds=1)
        for number, thread in enumerate(threads):
            values: Any = (await client.threads.get_state(thread))["values"]
            assert values["topic"] == f"Lighthouse {number}"
            assert values["lineage"] == [["main", 0, 4]]
    paragraphs = [text for texts in told.values() for text in texts]
    assert len(set(paragraphs)) == len(paragraphs) == THREADS * 4


async def answer_all(client: LangGraphClient, chance: random.Random, told: dict[str, list[str]], rounds: int) -> None:
    """Answer every thread so many times, each with a plan of its own, in random order and all at once."""

    async def answer(thread: str) -> None:
        (pause,) = (await client.threads.get_state(thread))["interrupts"]
        plan = f"Plan {len(told[thread]) + 1} of {thread}."
        await client.runs.wait(thread, "recurrentgpt", command={"resume": {pause["id"]: plan}}, context=CONTEXT)
        values: Any = (await client.threads.get_state(thread))["values"]
        assert values["plan"]["text"] == plan
        told[thread].append(values["paragraph"])

    for _ in range(rounds):
        order = chance.sample(list(told), len(told))
        await asyncio.gather(*(answer(thread) for thread in order))


@pytest.mark.parametrize("number", range(5))
def test_the_snippets_of_the_docs_run(server: AgentServer, number: int, capsys: pytest.CaptureFixture[str]) -> None:
    snippets = blocks(ROOT / "docs" / "serving.md", "python")
    assert len(snippets) == 5
    snippet = re.sub(r"http://127\.0\.0\.1:2024", server.url, snippets[number])
    exec(compile(snippet, "serving.md", "exec"), {})  # noqa: S102
    said = capsys.readouterr().out
    assert said
    if "update_state" in snippet:
        assert said == "She burns the letter.\n", "the answer is the new one, not the one that was given before"
