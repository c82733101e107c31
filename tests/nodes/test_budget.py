"""The token budget: what gives way, what is said of it, and servers that say how large their window is."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from recurrentgpt.graph import builder
from recurrentgpt.models.window import ask_server, count_tokens
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fake_model import FakeChatModel

TOPIC = {"topic": "A lighthouse keeper finds a message in a bottle"}
THREAD: Any = {"configurable": {"thread_id": "1"}}


def written_with(budget: int | None, paragraphs: int = 8, **more: Any) -> Any:
    sizes = {"prompt_tokens": budget, "retrieve_k": 4, "retrieve_in_short": 0, "memory_max_sentences": 10, **more}
    context = Context.model_validate({"model": "fake", "plan_selection": "first", **sizes})
    run: Any = builder.compile(checkpointer=InMemorySaver())
    return run.invoke({**TOPIC, "target_paragraphs": paragraphs}, THREAD, context=context)


def prompts_of_writing(model: FakeChatModel) -> list[list[Any]]:
    return [asked for asked in model.asked if len(asked) == 2 and "Plan for the next paragraph" in asked[1].text]


@pytest.mark.parametrize("budget", [3200, 3600, 4000])
def test_every_prompt_of_a_step_stays_within_the_budget(fake_model: FakeChatModel, budget: int) -> None:
    written_with(budget)
    steps = next(n for n, asked in enumerate(fake_model.asked) if asked in prompts_of_writing(fake_model))
    for asked in fake_model.asked[steps:]:
        assert sum(count_tokens(message.text) for message in asked) <= budget


def test_what_has_no_room_is_shown_in_short_or_left_out_and_said(fake_model: FakeChatModel) -> None:
    roomy, tight = written_with(None)["retrieved"], written_with(3400)["retrieved"]
    assert {passage["shown"] for passage in roomy} == {"whole"}
    assert len(tight) == len(roomy)
    assert {passage["shown"] for passage in tight} & {"in short", "left out"}
    shortened = [passage for passage in tight if passage["shown"] != "whole"]
    assert max(p["score"] for p in shortened) <= min(
        (p["score"] for p in tight if p["shown"] == "whole"), default=float("inf")
    )
    last = prompts_of_writing(fake_model)[-1][1].text
    for passage in tight:
        assert (passage["text"] in last) == (passage["shown"] == "whole")
        assert (passage["summary"] in last) == (passage["shown"] != "left out")


def test_a_budget_that_holds_not_even_the_memory_is_one_sentence(fake_model: FakeChatModel) -> None:
    del fake_model
    with pytest.raises(SettingsError, match=r"alone have about \d+ tokens, and prompt_tokens=2000 leaves \d+ for them"):
        written_with(2000)


def test_the_models_own_window_is_the_budget_where_none_is_given(fake_models: Callable[..., FakeChatModel]) -> None:
    model = fake_models(profile={"max_input_tokens": 6500})
    written_with(None)
    for asked in prompts_of_writing(model):
        assert sum(count_tokens(message.text) for message in asked) < 6500 - 20 * 40


def test_a_server_that_cuts_prompts_silently_is_noticed(fake_models: Callable[..., FakeChatModel]) -> None:
    fake_models(read_at_most=400)
    run: Any = builder.compile(checkpointer=InMemorySaver())
    context = Context(model="fake", plan_selection="first")
    events = list(run.stream({**TOPIC, "target_paragraphs": 4}, THREAD, context=context, stream_mode="custom"))
    reasons = [event["reason"] for event in events if event["event"] == "cut"]
    assert reasons
    assert "read 400 tokens of a prompt of about" in reasons[0]


def test_a_server_that_reads_all_is_not_suspected(fake_model: FakeChatModel) -> None:
    del fake_model
    run: Any = builder.compile(checkpointer=InMemorySaver())
    context = Context(model="fake", plan_selection="first")
    events = list(run.stream({**TOPIC, "target_paragraphs": 2}, THREAD, context=context, stream_mode="custom"))
    assert not [event for event in events if event["event"] == "cut"]


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("abcdefg", 2), ("盐路", 2), ("盐 ab", 2), ("a" * 3500, 1000)])
def test_tokens_are_counted_on_the_safe_side(text: str, tokens: int) -> None:
    assert count_tokens(text) == tokens


@contextmanager
def saying(answers: dict[str, object]) -> Iterator[str]:
    """A server that knows nothing but these GETs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.path in answers
            self.send_response(200 if known else 404)
            self.end_headers()
            self.wfile.write(json.dumps(answers.get(self.path, {"error": "no"})).encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        server.shutdown()


@pytest.mark.parametrize(
    ("answers", "window"),
    [
        ({"/props": {"default_generation_settings": {"n_ctx": 4096}}}, 4096),
        (
            {"/api/ps": {"models": [{"name": "other", "context_length": 1}, {"name": "m", "context_length": 2048}]}},
            2048,
        ),
        ({"/api/ps": {"models": [{"name": "m:latest", "context_length": 8192}]}}, 8192),
        ({"/api/v0/models": {"data": [{"id": "m", "loaded_context_length": 5000}]}}, 5000),
        ({"/v1/models": {"data": [{"id": "m", "max_model_len": 32768}]}}, 32768),
        ({"/v1/models": {"data": [{"id": "m"}]}}, None),
        ({"/v1/models": {"data": [{"id": "other", "max_model_len": 9}]}}, None),
        ({"/props": ["nonsense"], "/v1/models": {"data": [{"id": "m", "max_model_len": 7000}]}}, 7000),
        ({"/props": {"default_generation_settings": {"n_ctx": 0}}}, None),
        ({}, None),
    ],
    ids=["llama.cpp", "Ollama", "Ollama's tag", "LM Studio", "vLLM", "silent", "another", "nonsense", "none", "404"],
)
def test_a_server_is_asked_for_its_window(answers: dict[str, object], window: int | None) -> None:
    with saying(answers) as base_url:
        ask_server.cache_clear()
        assert ask_server(base_url, "m") == window


def test_a_server_that_is_not_there_says_nothing() -> None:
    assert ask_server("http://127.0.0.1:9/v1", "m") is None
