"""A server on 127.0.0.1 that answers as real ones do: each shape by the name of a model, the answers the fake model's.

``odd:<shape>`` behaves as that shape says, ``odd:<shape>:<n>`` in the first n calls only, ``odd:<shape>:/<n>`` in every
n-th call.
"""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, NamedTuple

from dirty_answers import LEFTOVERS, REMARKS, SEA, THOUGHTS
from fake_model import compose
from fake_server import LocalServer, in_sections

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HTML = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"


class Said(NamedTuple):
    """A refusal: status, body (JSON, or text as it is), and headers."""

    status: int
    body: object
    headers: Mapping[str, str] = {}


def _error(message: str, **more: object) -> dict[str, object]:
    return {"error": {"message": message, **more}}


REFUSALS: dict[str, tuple[Said, str]] = {
    "401": (Said(401, _error("Incorrect API key provided")), "key_refused"),
    "403": (Said(403, _error("Country, region, or territory not supported")), "key_refused"),
    "403-moderation": (Said(403, _error("Your input was flagged by moderation")), "call_moderated"),
    "400-moderation": (
        Said(400, _error("blocked by content management policy", code="content_filter")),
        "call_moderated",
    ),
    "402": (Said(402, _error("Insufficient Balance")), "out_of_quota"),
    "400-billing": (Said(400, _error("Your billing account is not active")), "out_of_quota"),
    "429-quota": (Said(429, _error("You exceeded your current quota", code="insufficient_quota")), "out_of_quota"),
    "429": (Said(429, _error("Rate limit reached"), {"Retry-After": "0.01"}), "too_many_requests"),
    "429-date": (Said(429, _error("slow down"), {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}), "too_many_requests"),
    "429-huge": (Said(429, _error("come back tomorrow"), {"Retry-After": "86400"}), "too_many_requests"),
    "529": (Said(529, _error("Overloaded")), "too_many_requests"),
    "404-page": (Said(404, "404 page not found"), "address_wrong"),
    "404-detail": (Said(404, {"detail": "Not Found"}), "address_wrong"),
    "404-html": (Said(404, HTML.replace("502 Bad Gateway", "Not here")), "address_wrong"),
    "404-pull": (Said(404, _error("model 'odd' not found, try pulling it first")), "model_unknown"),
    "404-model": (Said(404, _error("The model does not exist", code="model_not_found")), "model_unknown"),
    "413": (Said(413, _error("prompt is too long: 9000 tokens > 8192 maximum")), "prompt_too_long"),
    "400-window": (Said(400, _error("the request exceeds the available context size (400 tokens)")), "prompt_too_long"),
    "400-window-vllm": (
        Said(400, {"object": "error", "message": "This model's maximum context length is 400 tokens"}),
        "prompt_too_long",
    ),
    "400": (Said(400, _error("Unsupported value: temperature")), "call_failed"),
    "400-text": (Said(400, "no"), "call_failed"),
    "400-list": (Said(400, [{"error": {"message": "seed is not supported", "code": 400}}]), "call_failed"),
    "422": (Said(422, {"detail": [{"msg": "extra fields not permitted: stream_options"}]}), "call_failed"),
    "500": (Said(500, _error("boom")), "call_failed"),
    "502-html": (Said(502, HTML), "call_failed"),
    "503": (Said(503, _error("Loading model")), "call_failed"),
    "408": (Said(408, _error("took too long")), "model_too_slow"),
    "504-html": (Said(504, HTML.replace("502 Bad Gateway", "504 Gateway Time-out")), "model_too_slow"),
    "200-error": (Said(200, _error("Provider returned error", code=502)), "call_failed"),
    "200-error-text": (
        Said(200, {"error": "Unexpected endpoint or method. (POST /chat/completions)"}),
        "address_wrong",
    ),
    "200-html": (Said(200, HTML.replace("502 Bad Gateway", "Welcome")), "not_an_api"),
    "200-nothing": (Said(200, ""), "not_an_api"),
    "200-no-choices": (Said(200, {"id": "1", "object": "chat.completion"}), "not_an_api"),
    "200-null-choices": (Said(200, {"id": "1", "choices": None}), "not_an_api"),
    "200-empty-choices": (Said(200, {"id": "1", "choices": []}), "not_an_api"),
    "200-list": (Said(200, [1, 2]), "not_an_api"),
    "200-number": (Said(200, 7), "not_an_api"),
    "200-object-error": (Said(200, {"object": "error", "message": "model is not loaded", "code": 500}), "call_failed"),
}
"""Refusals of service, and the code that each is told as."""

NO_FORMS: dict[str, Said] = {
    "no-400": Said(400, _error("response_format is not supported by this model")),
    "no-404": Said(404, _error("No endpoints found that support the requested parameters: response_format")),
    "no-415": Said(415, _error("json_schema is not supported")),
    "no-422": Said(422, {"detail": [{"loc": ["body", "response_format", "type"], "msg": "unexpected value"}]}),
    "no-500": Said(500, _error("failed to parse grammar")),
    "no-501": Said(501, _error("structured outputs are not implemented")),
}
"""Ways to say that there are no schemas."""

NO_TOOLS = Said(400, _error("registry.ollama.ai/library/odd does not support tools"))

BROKEN: dict[str, str] = {
    "end-filter": "call_moderated",
    "end-error": "answer_broke_off",
    "end-resource": "answer_broke_off",
    "end-none": "answer_broke_off",
    "drop": "answer_broke_off",
    "stream-error": "answer_broke_off",
    "stream-object-error": "answer_broke_off",
    "stream-nonsense": "answer_broke_off",
}
"""Answers that come to no end, and what that is told as after all tries."""

ENDINGS = {
    "end-filter": "content_filter",
    "end-error": "error",
    "end-resource": "insufficient_system_resource",
    "end-none": None,
}

STREAMS: tuple[str, ...] = (
    *("plain", "no-usage", "null-usage", "usage-always", "empty-choices", "null-choices", "no-role", "null-delta"),
    *(
        "no-index",
        "comments",
        "crlf",
        "no-done",
        "torn",
        "json-answer",
        "json-pretty",
        "stop-twice",
        "eos",
        "reasoning",
    ),
)
"""Streams that are whole, each in its own way."""

FORMS: dict[str, Callable[[str], str]] = {
    "form-fenced": lambda text: f"```json\n{text}\n```",
    "form-words": lambda text: f"Sure! Here is the JSON {{as asked}}:\n\n{text}\n\nLet me know!",
    "form-string": json.dumps,
    "form-trailing": lambda text: text[:-1] + ",}",
    "form-comments": lambda text: text.replace("{", "{ // the answer\n", 1),
    "form-single": lambda text: repr(json.loads(text)),
    "form-capitals": lambda text: json.dumps({name.upper(): value for name, value in json.loads(text).items()}),
    "form-wrapped": lambda text: json.dumps({"response": json.loads(text)}),
    "form-list": lambda text: f"[{text}]",
    "form-tool": lambda text: f'<tool_call>{{"name": "answer", "arguments": {text}}}</tool_call>',
    "form-thought": lambda text: f'<think>{{"memory": "a draft"}}</think>{text}',
    "form-lone": lambda text: f"Let me think.\n</think>\n{text}<|im_end|>",
}
"""Ways to write a form."""


class OddServer(LocalServer):
    """The endpoint."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.gets: dict[str, object] = {}


class _Handler(BaseHTTPRequestHandler):
    server: OddServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each word of a stream waits 40 ms for the one before to be acknowledged

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""

    def do_GET(self) -> None:
        answer = self.server.gets.get(self.path, Said(404, "404 page not found"))
        self._send(answer if isinstance(answer, Said) else Said(200, answer))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.path.endswith("/chat/completions"):
            self._send(Said(404, "404 page not found"))
            return
        self.server.requests.append(body)
        shape = self._shape(str(body["model"]))
        wanted = body.get("response_format")
        if refusal := REFUSALS.get(shape):
            self._send(refusal[0])
        elif wanted and (shape in NO_FORMS or shape.startswith("tool")):
            self._send(NO_FORMS.get(shape, NO_FORMS["no-400"]))
        elif body.get("tools") and shape in NO_FORMS:
            self._send(NO_TOOLS)
        elif wanted and shape == "failed-form-400" and len(self.server.requests) == 1:
            self._send(Said(400, _error("Failed to generate JSON", code="json_validate_failed")))
        else:
            self._answer(body, shape)

    def _shape(self, model: str) -> str:
        _, _, rest = model.partition(":")
        shape, _, when = rest.partition(":")
        calls = len(self.server.requests)
        if when.startswith("/"):
            return shape if calls % int(when[1:]) == 0 else "plain"
        return shape if not when or calls <= int(when) else "plain"

    def _answer(self, body: dict[str, Any], shape: str) -> None:
        wanted = body.get("response_format")
        asked = "\n".join(str(message["content"]) for message in body["messages"])
        tools = body.get("tools") if shape in TOOLS else None
        if tools:
            wanted = {"json_schema": {"schema": tools[0]["function"]["parameters"]}}
        text = said(shape, asked, wanted, str(body["messages"][-1]["content"]))
        if body.get("stream") and shape not in ("json-answer", "json-pretty", "tool-object"):
            self._stream(body, text, shape)
            return
        message: dict[str, Any] = {"role": "assistant", "content": text}
        if tools:
            message = {"role": "assistant", "content": None, "tool_calls": [_called(text, shape)]}
        if shape == "json-in-thoughts" and wanted:
            message = {"role": "assistant", "content": "", "reasoning_content": text}
        finish = ENDINGS.get(shape, "length" if shape == "end-length" else "stop")
        choice = {"index": 0, "message": message, "finish_reason": finish}
        usage = _usage(shape)
        answer = {"id": "1", "object": "chat.completion", "created": 0, "model": body["model"], "choices": [choice]}
        self._send(Said(200, json.dumps(answer | {"usage": usage}, indent=2 if shape == "json-pretty" else None)))

    def _send(self, refusal: Said) -> None:
        data = refusal.body if isinstance(refusal.body, str) else json.dumps(refusal.body)
        kind = "application/json" if not data.startswith("<") else "text/html"
        self.send_response(refusal.status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data.encode())), **refusal.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data.encode())

    def _stream(self, body: dict[str, Any], text: str, shape: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        end = "\r\n\r\n" if shape == "crlf" else "\n\n"
        events = [*self._events(body, text, shape)]
        said_instead = {
            "stream-error": {"error": {"message": "The model crashed", "code": 500}},
            "stream-object-error": {"object": "error", "message": "CUDA out of memory", "code": 500},
        }
        for number, event in enumerate(events):
            if shape == "comments":
                self._write(f": OPENROUTER PROCESSING{end}")
            middle = number == len(events) // 2
            if middle and shape == "drop":
                return
            sent = said_instead.get(shape, event) if middle else event
            data = "data: {broken" if middle and shape == "stream-nonsense" else f"data: {json.dumps(sent)}"
            self._write(data + end, torn=shape == "torn")
        if shape != "no-done":
            self._write(f"data: [DONE]{end}")

    def _write(self, data: str, *, torn: bool = False) -> None:
        sent = data.encode()
        for start in range(0, len(sent), 3 if torn else len(sent)):
            self.wfile.write(sent[start : start + (3 if torn else len(sent))])

    def _events(self, body: dict[str, Any], text: str, shape: str) -> list[dict[str, Any]]:
        usage = _usage(shape)
        base = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": body["model"]}
        pieces = _torn(text)

        def event(delta: dict[str, Any] | None, finish: str | None = None) -> dict[str, Any]:
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            if shape == "no-index":
                choice.pop("index")
            more = (
                {"usage": usage if shape == "usage-always" else None} if shape in ("usage-always", "null-usage") else {}
            )
            return base | {"choices": [choice]} | more

        role = {} if shape == "no-role" else {"role": "assistant"}
        events = [event({**role, "content": piece}) for piece in pieces]
        if body.get("tools") and shape in TOOLS:
            calls = [_called(piece, shape, number) for number, piece in enumerate(pieces)]
            events = [event({**role, "content": None, "tool_calls": [call]}) for call in calls]
        if shape == "reasoning":
            events[:0] = [
                event({**role, "content": None, "reasoning_content": "Hm."}),
                event({"content": "", "reasoning": "Hm."}),
            ]
        if shape == "empty-choices":
            events.insert(0, base | {"choices": []})
        if shape == "null-choices":
            events.insert(0, base | {"choices": None})
        if shape == "null-delta":
            events.append(event(None))
        finish = ENDINGS.get(shape, {"eos": "eos", "end-length": "length"}.get(shape, "stop"))
        events.append(event({}, finish))
        if shape == "stop-twice":
            events.append(event({}, "stop"))
        if shape not in ("no-usage", "null-usage", "usage-always"):
            events.append(base | {"choices": [], "usage": usage})
        return events


_FINE = 7
"""Characters in a piece where marks of a model's own stand, each of them torn."""
_EDGE = 20 * _FINE


def _torn(text: str) -> list[str]:
    """A text in the pieces it is streamed in: small ones where it begins and ends, larger ones between."""
    last = max(_EDGE, len(text) - _EDGE)
    cuts = [*range(0, _EDGE, _FINE), *range(_EDGE, last, 10 * _FINE), *range(last, len(text), _FINE)]
    pieces = (text[start:end] for start, end in zip(cuts, [*cuts[1:], len(text)], strict=True))
    return [piece for piece in pieces if piece] or [""]


NO_STORY = {
    "page": HTML,
    "notice": "You have reached your daily message limit. Upgrade your plan to continue.",
    "German": "Der Wärter ging hinunter ans Ufer, und das Meer war grau. Sie hatte nicht geschlafen. " * 12
    + "Aber der Brief lag auf dem Tisch, und sie wusste es.",
    "task": "You're a novelist. You write it a paragraph at a time and never see all of it at once. The lamp went out. "
    + "She waited for the boat. " * 7,
}
"""What comes as prose and is none, and is asked for again."""
TOOLS = ("tool", "tool-object")
"""Servers that take no schema and no JSON, and know tools: one streams the arguments, one sends them as an object."""


def _usage(shape: str) -> dict[str, Any]:
    usage: dict[str, Any] = {"prompt_tokens": 100, "completion_tokens": 9, "total_tokens": 109}
    return usage | ({"prompt_tokens_details": {"cached_tokens": 80}} if shape == "caches" else {})


def _called(arguments: str, shape: str, number: int = 0) -> dict[str, Any]:
    """A call of the tool with some arguments, or a piece of one."""
    named = {} if number else {"name": "Answer"}
    said_so: object = json.loads(arguments) if shape == "tool-object" else arguments
    return {"index": 0, "type": "function", "function": {**named, "arguments": said_so}}


def schema_in(words: str) -> dict[str, Any]:
    """The form that a prompt's last line says in words, as a schema."""
    form = words.rpartition("\n")[2]
    spelt = form[form.index("{") : form.rindex("}") + 1].replace(", …]", "]").replace("true|false", "true")
    return _schema_of(json.loads(spelt))


def _schema_of(form: Any) -> dict[str, Any]:
    match form:
        case dict():
            return {"type": "object", "properties": {name: _schema_of(value) for name, value in form.items()}}
        case list():
            return {"type": "array", "minItems": 3, "items": _schema_of(form[0])}
        case str() if "|" in form:
            return {"enum": form.split("|")}
        case bool():
            return {"enum": [True, False]}
        case int():
            return {"type": "integer"}
    return {"type": "string"}


def said(shape: str, asked: str, wanted: dict[str, Any] | None, last: str) -> str:  # noqa: PLR0911 (a table)
    """What a shape says."""

    if wanted:
        schema = wanted.get("json_schema", {}).get("schema")
        if shape == "ignores" or (shape == "overtaxed" and "rationale" in json.dumps(schema or last)):
            return "Here is what I think of it: it is good, and it goes on."
        text = compose(asked, schema or schema_in(last))
        return FORMS[shape](text) if shape in FORMS else text
    if "each heading on a line of its own" in last:
        return compose(asked, None) if shape == "overtaxed" else in_sections(asked, last)
    story = compose(asked, None)
    for texts in (THOUGHTS, LEFTOVERS, REMARKS):
        if shape in texts:
            return texts[shape].replace(SEA, story) if SEA in texts[shape] else f"{texts[shape]}\n\n{story}"
    if shape in NO_STORY:
        return NO_STORY[shape]
    if shape == "thinks":
        return f"<think>\nThe plan says so. I should write of this.\n</think>\n\n{story}"
    if shape == "thinks-lone":
        return f"The plan says so. I should write of this.\n</think>\n\n{story}"
    return story
