"""The dev server is ended and started again over its folder: what stood, stands; what it lost is on the shelf.

Marked long: each start takes seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding
from langgraph_sdk import get_sync_client

from dev_server import dev_server
from recurrentgpt.stories.library import Library
from stories_at_hand import at, texts, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agent_server import AgentServer
    from fake_model import FakeChatModel

pytestmark = [pytest.mark.long, pytest.mark.real, pytest.mark.xdist_group("server")]
CONTEXT = {"opening_paragraphs": 1, "paragraph_sentences": 5}


@pytest.fixture
def own(tmp_path: Path) -> Iterator[AgentServer]:
    """A dev server of the test's own, which it may end."""
    folder = tmp_path / "server"
    folder.mkdir()
    with dev_server(folder, fake_embeddings=True) as running:
        yield running


def ask(server: AgentServer, assistant: str, method: str, **params: Any) -> dict[str, Any]:
    """A call by A2A."""
    body = {"jsonrpc": "2.0", "id": "1", "method": method, "params": params}
    headers = {"A2A-Version": "1.0", "Accept": "application/json"}
    found = httpx.post(f"{server.url}/a2a/{assistant}", json=body, headers=headers, timeout=60).json()["result"]
    task: dict[str, Any] = found.get("task", found)
    return task


def send(server: AgentServer, assistant: str, text: str, **task: str) -> dict[str, Any]:
    message = {"messageId": str(uuid4()), "role": "ROLE_USER", "parts": [{"text": text}], **task}
    return ask(server, assistant, "SendMessage", message=message)


def assistant_of(server: AgentServer) -> str:
    with get_sync_client(url=server.url) as client:
        return str(client.assistants.search(graph_id="co_author")[0]["assistant_id"])


def test_a_task_stands_as_it_stood_and_the_same_task_goes_on(own: AgentServer) -> None:
    assistant = assistant_of(own)
    begun = send(own, assistant, "A lighthouse")
    waiting = {"contextId": begun["contextId"], "taskId": begun["id"]}
    before = send(own, assistant, "2", **waiting)
    own.stop()
    own.start()

    assert assistant_of(own) == assistant
    stands = ask(own, assistant, "GetTask", id=begun["id"], contextId=begun["contextId"])
    assert stands["status"]["state"] == before["status"]["state"] == "TASK_STATE_INPUT_REQUIRED"
    after = send(own, assistant, "She burns the letter.", **waiting)
    assert (after["id"], after["status"]["state"]) == (begun["id"], "TASK_STATE_INPUT_REQUIRED")
    with get_sync_client(url=own.url) as client:
        values: Any = client.threads.get_state(begun["contextId"])["values"]
    assert (values["step"], values["plan"]["text"]) == (2, "She burns the letter.")


def test_what_a_killed_server_had_written_is_taken_up_from_the_shelf(
    own: AgentServer, fake_model: FakeChatModel
) -> None:
    """The dev server keeps its threads in memory, and writes them to a file now and then."""
    with get_sync_client(url=own.url) as client:
        thread = client.threads.create()["thread_id"]
        client.runs.wait(thread, "recurrentgpt", input={"topic": "A lighthouse"}, context=CONTEXT)
        for answer in (2, "She burns the letter."):
            client.runs.wait(thread, "recurrentgpt", command={"resume": answer}, context=CONTEXT)
        written: Any = client.threads.get_state(thread)["values"]
    own.kill()

    library = Library(
        own.folder / "home",
        chat_models={"fake": lambda: fake_model},
        embeddings={"fake": lambda: DeterministicFakeEmbedding(size=16)},
    )
    (record,) = library.records()
    assert (record.story_id, record.title) == (written["story_id"], written["title"])
    assert texts(library, record)[-1] == written["paragraph"]

    at(library, record, lambda story: write(story, 1))
    assert texts(library, record)[-2] == written["paragraph"]
    assert fake_model.asked
    library.close()
