"""An error of ours as each client of a server reads it: our sentence, and its code and values where there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest
from langgraph.pregel.remote import RemoteException, RemoteGraph
from langgraph_sdk import get_sync_client

from recurrentgpt.schemas.errors import RecurrentGPTError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langgraph_sdk.client import SyncLangGraphClient

    from agent_server import AgentServer

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("server")]
NOTHING_SAID = str(SettingsError("no_message"))
MISSPELT: dict[str, Any] = {"retreive_k": 3}
DID_YOU_MEAN = "retreive_k=3: there is no field of that name (did you mean retrieve_k?)"


@pytest.fixture
def client(server: AgentServer) -> Iterator[SyncLangGraphClient]:
    with get_sync_client(url=server.url) as client:
        yield client


def test_the_sdk_raises_the_sentence(client: SyncLangGraphClient) -> None:
    thread = client.threads.create()["thread_id"]
    with pytest.raises(Exception, match="The context cannot be used: ") as raised:
        client.runs.wait(thread, "recurrentgpt", input={"topic": "Rain"}, context=MISSPELT)
    assert DID_YOU_MEAN in str(raised.value)


def test_a_stream_ends_with_the_error_as_data(client: SyncLangGraphClient) -> None:
    thread = client.threads.create()["thread_id"]
    given: dict[str, Any] = {"topic": "Rain"}
    parts = client.runs.stream(thread, "recurrentgpt", input=given, context={"model": "fake-401", "max_retries": 0})
    (error,) = [part.data for part in parts if part.event == "error"]
    sentence = error["message"]
    assert sentence.startswith("The endpoint of 'fake-401' refused the key")
    assert (error["error"], error["type"], error["code"]) == (sentence, "ModelUnavailableError", "key_refused")
    assert error["values"]["model"] == "fake-401"
    assert str(RecurrentGPTError(error["code"], **error["values"])) == sentence
    kept: Any = client.threads.get(thread)
    assert (kept["status"], kept["error"]) == ("error", error)


def test_what_a_client_adds_beside_the_settings_is_passed_over(client: SyncLangGraphClient) -> None:
    thread = client.threads.create()["thread_id"]
    context: dict[str, Any] = {"thread_id": thread, "copilotkit": {}, "opening_paragraphs": 1, "paragraph_sentences": 5}
    client.runs.wait(thread, "recurrentgpt", input={"topic": "Rain"}, context=context)
    assert client.threads.get(thread)["status"] == "interrupted"


def test_a_remote_graph_raises_the_error_as_data(client: SyncLangGraphClient) -> None:
    remote = RemoteGraph("novelist", sync_client=client)
    with pytest.raises(RemoteException) as raised:
        remote.invoke({"messages": []})
    assert raised.value.args[0]["message"] == NOTHING_SAID
    assert raised.value.args[0]["code"] == "no_message"


def test_mcp_answers_with_the_sentence(server: AgentServer) -> None:
    call = {"name": "novelist", "arguments": {"messages": []}}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    headers = {"Accept": "application/json, text/event-stream"}
    answer = httpx.post(f"{server.url}/mcp", json=body, headers=headers, timeout=60).json()["result"]
    assert answer["isError"]
    assert answer["content"] == [{"type": "text", "text": NOTHING_SAID}]


def test_a2a_fails_its_task_with_the_sentence(server: AgentServer, client: SyncLangGraphClient) -> None:
    assistant = client.assistants.search(graph_id="co_author")[0]["assistant_id"]
    message = {"messageId": str(uuid4()), "role": "ROLE_USER", "parts": [{"text": "  "}]}
    headers = {"A2A-Version": "1.0", "Accept": "application/json"}
    body = {"jsonrpc": "2.0", "id": "1", "method": "SendMessage", "params": {"message": message}}
    answer = httpx.post(f"{server.url}/a2a/{assistant}", json=body, headers=headers, timeout=60).json()
    status = answer["result"]["task"]["status"]
    assert status["state"] == "TASK_STATE_FAILED"
    assert NOTHING_SAID in status["message"]["parts"][0]["text"]
