"""What a run tells, and whom: every stream mode, LangSmith where it is asked for, and nobody where it is not."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from commands import environment
from folders import PROGRAM
from graph_at_hand import FIRST, THREAD, TOPIC, compiled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fake_model import FakeChatModel

WRITE = "write --topic Rain --model fake --plans first --paragraphs 1"
MODES = ["values", "updates", "messages", "custom", "checkpoints", "tasks", "debug"]


@pytest.mark.parametrize("mode", MODES)
def test_every_stream_mode_streams_plain_data(fake_model: FakeChatModel, mode: str) -> None:
    del fake_model
    items = list(compiled().stream({**TOPIC, "target_paragraphs": 1}, THREAD, context=FIRST, stream_mode=mode))
    assert items
    if mode in ("values", "updates", "custom"):
        assert json.loads(json.dumps(items)) == json.loads(json.dumps(items, default=str))


def test_only_the_story_is_tagged_as_prose(fake_model: FakeChatModel) -> None:
    del fake_model
    run = compiled().stream({**TOPIC, "target_paragraphs": 1}, THREAD, context=FIRST, stream_mode="messages")
    tagged = {metadata["langgraph_node"] for _, metadata in run if "prose" in metadata.get("tags", [])}
    assert tagged == {"open_story", "generate_paragraph"}


INGEST = {
    "use_multipart_endpoint": True,
    "scale_up_qsize_trigger": 1000,
    "scale_up_nthreads_limit": 16,
    "scale_down_nempty_trigger": 4,
    "size_limit": 100,
    "size_limit_bytes": 20_000_000,
}


class Collector(ThreadingHTTPServer):
    """Stands for LangSmith: keeps what it is sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bodies: list[bytes] = []


class _Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_GET(self) -> None:
        self._answer(json.dumps({"version": "0.10", "batch_ingest_config": INGEST}).encode())

    def do_POST(self) -> None:
        self.server.bodies.append(self._body())
        self._answer(b"{}")

    do_PATCH = do_POST  # noqa: N815 (the standard library's name)

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        while size := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        return b"".join(chunks)

    def _answer(self, body: bytes) -> None:
        self.send_response(202)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


LANGSMITH = {"LANGSMITH_TRACING": "true", "LANGSMITH_DISABLE_RUN_COMPRESSION": "true"}
OPEN_TELEMETRY = {"LANGSMITH_TRACING": "true", "LANGSMITH_OTEL_ENABLED": "true", "LANGSMITH_OTEL_ONLY": "true"}


@pytest.mark.parametrize("asked", [LANGSMITH, OPEN_TELEMETRY, {}], ids=["LangSmith", "OpenTelemetry", "neither"])
def test_a_tracer_is_told_only_where_it_is_asked_for(
    tmp_path: Path, collector: Collector, asked: dict[str, str]
) -> None:
    address = f"http://127.0.0.1:{collector.server_address[1]}"
    place = {"LANGSMITH_ENDPOINT": address, "LANGSMITH_API_KEY": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": address}
    done = subprocess.run(
        [sys.executable, PROGRAM, *shlex.split(WRITE)],
        env=environment(tmp_path, **place, **asked),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    told = b"".join(collector.bodies)
    assert (b"generate_paragraph" in told) == bool(asked)
    assert bool(told) == bool(asked)
