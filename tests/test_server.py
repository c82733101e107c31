"""The dev server that LangGraph Studio talks to: started as a person starts it, driven with the SDK."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from langgraph_sdk import get_client, get_sync_client

from fake_server import FakeServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langgraph_sdk.client import SyncLangGraphClient

ROOT = Path(__file__).parent.parent
OPTIONS = ("--no-browser", "--no-reload", "--host", "127.0.0.1")
CONTEXT = {"paragraph_sentences": 5}
pytestmark = [pytest.mark.real, pytest.mark.xdist_group("server")]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("server")
    (folder / "langgraph.json").write_text((ROOT / "langgraph.json").read_text())
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    with FakeServer() as model, (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [str(Path(sys.executable).parent / "langgraph"), "dev", *OPTIONS, "--port", str(port)],
            cwd=folder,
            env={
                **kept,
                "RECURRENTGPT_HOME": str(folder / "home"),
                "RECURRENTGPT_MODEL": "fake-ok",
                "OPENAI_BASE_URL": model.url,
                "HF_HUB_OFFLINE": "1",
            },
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_for(url, process, folder / "log")
            yield url
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(120):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/ok", timeout=1):  # noqa: S310
                return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"the dev server did not start: {log.read_text()[-3000:]}")


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
    assert values["lineage"] == [["main", 0, 3]]
    told = [state["values"].get("paragraph") for state in reversed(client.threads.get_history(thread, limit=100))]
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
        (assistant,) = client.assistants.search()
        schemas = client.assistants.get_schemas(assistant["assistant_id"])
    form = schemas["input_schema"]
    assert form is not None
    assert form["properties"]["topic"]["title"] == "Topic"
    context = schemas["context_schema"]
    assert context is not None
    assert context["properties"]["plan_selection"]["enum"] == ["human", "first", "random", "model"]
    assert context["properties"]["append_summary_prompt"]["langgraph_type"] == "prompt"
