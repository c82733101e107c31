"""The fake model as an OpenAI-compatible endpoint on 127.0.0.1. The model's name says how it behaves.

``fake`` answers; ``fake-401``, ``fake-404``, ``fake-429``, ``fake-500`` and ``fake-window`` refuse; ``fake-429-2``
refuses twice, then answers; ``fake-nonsense`` answers structured requests with nonsense; ``fake-sections`` knows no
JSON schema and answers in the paper's sections; ``fake-drop`` breaks off in the middle of a stream; ``fake-hang``
does not answer; ``fake-slow`` takes its time over each word.

An agent that offers tools gets a call of one (a handover where there is one, else the first), and a closing word once
that has an answer.
"""

from __future__ import annotations

import argparse
import json
import re
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from fake_model import compose

_STATUS = re.compile(r"^fake-(\d{3})(?:-(\d+))?$")
_HEADING = re.compile(r"^([^\n:]{1,40}):$", re.MULTILINE)
_WORD_SECONDS = 0.03


class Refusal(Exception):  # noqa: N818 (an answer, not a fault)
    """An HTTP status and the body that goes with it."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        self.message = message
        super().__init__(message)


class _Handler(BaseHTTPRequestHandler):
    server: FakeServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each word of a stream waits 40 ms for the one before to be acknowledged

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(body)
        if call := _tool_call(body):
            self._call_a_tool(body, call)
            return
        try:
            text = self._answer(body)
        except Refusal as refusal:
            error = {"error": {"message": refusal.message, "type": "fake", "code": refusal.status}}
            self._send(refusal.status, json.dumps(error).encode(), "application/json")
            return
        if body.get("stream"):
            self._stream(body, text)
            return
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        answer = {"id": "1", "object": "chat.completion", "created": 0, "model": body["model"], "choices": [choice]}
        self._send(200, json.dumps(answer | {"usage": _usage(text)}).encode(), "application/json")

    def _answer(self, body: dict[str, Any]) -> str:
        model = str(body["model"])
        if status := _STATUS.match(model):
            self.server.refused[model] += 1
            if not status[2] or self.server.refused[model] <= int(status[2]):
                raise Refusal(int(status[1]), f"the fake says {status[1]}")
        if model == "fake-window":
            raise Refusal(400, "the request exceeds the available context size (400 tokens), context_length_exceeded")
        if model == "fake-hang":
            time.sleep(30)
        asked = "\n".join(_text_of(message["content"]) for message in body["messages"])
        wanted = body.get("response_format")
        if model == "fake-sections":
            if wanted:
                raise Refusal(400, "response_format is not supported")
            return in_sections(asked, _text_of(body["messages"][-1]["content"]))
        if wanted and model == "fake-nonsense":
            return "I would rather not."
        return compose(asked, wanted["json_schema"]["schema"] if wanted else None)

    def _call_a_tool(self, body: dict[str, Any], call: dict[str, Any]) -> None:
        if body.get("stream"):
            self._begin_stream()
            self._event(body, {"role": "assistant", "content": "", "tool_calls": [{"index": 0, **call}]}, None)
            self._event(body, {}, "tool_calls", _usage(""))
            self._chunk(b"data: [DONE]\n\n")
            self._chunk(b"")
            return
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
        choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
        answer = {"id": "1", "object": "chat.completion", "created": 0, "model": body["model"], "choices": [choice]}
        self._send(200, json.dumps(answer | {"usage": _usage("")}).encode(), "application/json")

    def _begin_stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _stream(self, body: dict[str, Any], text: str) -> None:
        self._begin_stream()
        words = text.split(" ")
        for number, word in enumerate(words):
            if body["model"] == "fake-drop" and number == len(words) // 2:
                self.close_connection = True
                self.connection.close()
                return
            if body["model"] == "fake-slow":
                time.sleep(_WORD_SECONDS)
            content = word if number == len(words) - 1 else f"{word} "
            self._event(body, {"role": "assistant", "content": content}, None)
        self._event(body, {}, "stop", _usage(text))
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _event(
        self, body: dict[str, Any], delta: dict[str, Any], finish: str | None, usage: dict[str, int] | None = None
    ) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        event = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": body["model"]}
        event |= {"choices": [choice]} | ({"usage": usage} if usage else {})
        self._chunk(f"data: {json.dumps(event)}\n\n".encode())

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401
        """Say nothing."""


class LocalServer(ThreadingHTTPServer):
    """An endpoint on this machine; a context manager that serves in a thread, and keeps what it was sent."""

    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler], port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self.requests: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        """For ``OPENAI_BASE_URL``."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """A client that went away is no fault of the server's."""


class FakeServer(LocalServer):
    """The endpoint."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(_Handler, port)
        self.refused: Counter[str] = Counter()


def _text_of(content: object) -> str:
    """The text of a message's content, which may be a list of parts, or none."""
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content)
    return str(content or "")


def _tool_call(body: dict[str, Any]) -> dict[str, Any] | None:
    """The call that an agent with tools gets, until one was answered."""
    tools = {tool["function"]["name"]: tool["function"]["parameters"] for tool in body.get("tools") or []}
    if not tools or any(message["role"] == "tool" for message in body["messages"]):
        return None
    name = next((name for name in tools if name == "task" or name.startswith("transfer_to_")), next(iter(tools)))
    arguments = json.loads(compose(name, tools[name]))
    if "subagent_type" in arguments:
        arguments["subagent_type"] = "novelist"
    return {"id": "call_1", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}


def _usage(text: str) -> dict[str, int]:
    return {"prompt_tokens": 100, "completion_tokens": len(text) // 4, "total_tokens": 100 + len(text) // 4}


def in_sections(asked: str, last: str) -> str:
    """An answer under the headings the prompt ends with, the way a chat model likes to write it."""
    headings: list[str] = _HEADING.findall(last.rpartition("\n\n")[2])
    if not headings:
        return compose(asked, None)
    sentences = compose(asked, None).split(". ")
    parts = ["Certainly! Here is my answer."]
    for number, heading in enumerate(headings):
        start = number * 3 % len(sentences)
        body = sentences[start : start + 3]
        if "memory" in heading.lower():
            body = [f"- {sentence}." for sentence in sentences[:12]]
        if "recall" in heading.lower():
            body = [f"{sentences[start]}; {sentences[start - 1]}"]
        joiner = "\n" if "memory" in heading.lower() else ". "
        if "chosen" in heading.lower():
            body = ["2"]
        parts.append(f"**{heading}:**\n{joiner.join(body)}")
    return "\n\n".join(parts)


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8765)
    server = FakeServer(parser.parse_args().port)
    print(server.url, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
