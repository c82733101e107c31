"""What a model thinks: told while it thinks, apart from the story, and kept nowhere."""

from __future__ import annotations

import json
import re
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.messages import AIMessageChunk

from dirty_answers import SEA, THOUGHTS
from graph_at_hand import THREAD, TOPIC, book, compiled
from odd_server import OddServer
from recurrentgpt.models.cleaner import Cleaner
from recurrentgpt.models.replies import thought_in
from recurrentgpt.nodes.thinking import Thinking
from recurrentgpt.schemas.context import Context, read_context
from recurrentgpt.schemas.errors import RecurrentGPTError, SettingsError
from recurrentgpt.stories.beginning import check_settings
from recurrentgpt.stories.library import Library
from resources_at_hand import read_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

WORD = re.compile(r"\w+")
SMALL: dict[str, Any] = {"opening_paragraphs": 1, "plan_selection": "first", "use_facts": False}
LATE = [name for name, text in THOUGHTS.items() if "lone" in name]
"""Shapes whose thoughts are known as such only when they are over."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OddServer]:
    with OddServer() as made:
        monkeypatch.setenv("OPENAI_BASE_URL", made.url)
        read_environment()
        yield made


def written(model: str, **settings: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """A story of one paragraph, and what was thought at each gate."""
    run, thought = compiled(), dict[str, str]()
    given, context = {**TOPIC, "target_paragraphs": 1}, Context(model=model, **SMALL | settings)
    for mode, event in run.stream(given, THREAD, context=context, stream_mode=["custom", "messages"]):
        if mode == "custom" and event["event"] == "thinking":
            thought[event["gate"]] = thought.get(event["gate"], "") + event["text"]
            assert event["seconds"] >= 0
    return run.get_state(THREAD).values, thought


def pieces(text: str, chance: Random) -> Iterator[str]:
    while text:
        size = chance.randint(1, 9)
        yield text[:size]
        text = text[size:]


@pytest.mark.parametrize("shape", [name for name in THOUGHTS if name not in LATE])
def test_thoughts_in_a_text_are_told_and_what_is_told_is_no_story(shape: str) -> None:
    chance = Random(shape)  # noqa: S311
    cleaner, told = Cleaner(), ""
    for piece in pieces(THOUGHTS[shape], chance):
        cleaner.feed(piece)
        told += cleaner.take_thoughts()
    cleaner.close()
    told += cleaner.take_thoughts()
    assert told.strip()
    assert SEA not in told
    assert not set(WORD.findall(told)) - set(WORD.findall(THOUGHTS[shape].replace(SEA, "")))
    assert cleaner.take_thoughts() == "", "each piece once"


def test_who_is_known_to_think_first_is_heard_before_the_closing_tag() -> None:
    cleaner = Cleaner(waits=True)
    assert cleaner.feed("I should write of the sea. Not too long, though.") == ""
    assert "I should write" in cleaner.take_thoughts()


@pytest.mark.parametrize("model", ["odd:reasoning", "odd:thinks"])
def test_a_model_that_thinks_is_heard_and_nothing_of_it_is_kept(server: OddServer, model: str) -> None:
    state, thought = written(model)
    assert {"open_story", "generate_paragraph"} <= set(thought)
    words = "Hm." if model == "odd:reasoning" else "I should write of this."
    assert words in thought["generate_paragraph"]
    kept = json.dumps(state, default=str) + "".join(book(state))
    assert words not in kept
    assert server.requests
    assert not [body for body in server.requests if words in json.dumps(body["messages"])], "nor said to it again"


def test_thoughts_before_a_form_are_heard_too(server: OddServer) -> None:
    _, thought = written("odd:reasoning")
    assert thought["propose_plans"].startswith("Hm.")
    assert server.requests


def test_a_model_that_does_not_think_is_silent(server: OddServer) -> None:
    assert written("odd:plain")[1] == {}
    assert server.requests


def test_pieces_are_told_together_and_the_last_ones_at_the_end() -> None:
    told: list[str] = []
    thinking = Thinking()
    thinking.begin(lambda _, details: told.append(details["text"]))
    for number in range(500):
        thinking.hear(f"{number} ")
    thinking.end()
    assert "".join(told).split() == [str(number) for number in range(500)]
    assert len(told) < 20
    thinking.hear("late")
    thinking.end()
    assert len(told) < 20, "after the end nobody is told"


@pytest.mark.parametrize(
    ("message", "thought"),
    [
        (AIMessageChunk(content="x", additional_kwargs={"reasoning_content": "a"}), "a"),
        (AIMessageChunk(content=[{"type": "thinking", "thinking": "b"}, {"type": "text", "text": "x"}]), "b"),
        (AIMessageChunk(content=[{"type": "reasoning", "reasoning": "c"}]), "c"),
        (AIMessageChunk(content="x"), ""),
    ],
)
def test_every_provider_says_it_elsewhere(message: AIMessageChunk, thought: str) -> None:
    assert thought_in(message) == thought


# How long it thinks, and what else a server is told


def test_effort_and_other_fields_reach_the_server_with_every_call(server: OddServer) -> None:
    more = '{"chat_template_kwargs": {"enable_thinking": false}}'
    written("odd:plain", reasoning_effort="low", request_fields=more)
    assert len(server.requests) > 3
    for body in server.requests:
        assert body["reasoning_effort"] == "low"
        assert body["chat_template_kwargs"] == {"enable_thinking": False}
    assert any(body.get("response_format") for body in server.requests)


def test_where_nothing_is_said_nothing_is_sent(server: OddServer) -> None:
    written("odd:plain")
    assert not [body for body in server.requests if "reasoning_effort" in body]


@pytest.mark.parametrize(
    ("given", "says"),
    [("{", "no JSON object"), ("[1]", "no JSON object"), ('{"messages": [], "top_p": 1}', "messages")],
)
def test_fields_that_cannot_be_are_refused_when_they_are_set(given: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        read_context({"request_fields": given})


@pytest.mark.parametrize(
    ("settings", "code"),
    [({"reasoning_effort": "low"}, "no_reasoning_effort"), ({"request_fields": '{"a": 1}'}, "no_request_fields")],
)
def test_the_embedded_model_says_that_it_takes_neither(settings: dict[str, str], code: str) -> None:
    with pytest.raises(RecurrentGPTError) as caught:
        check_settings(Library.of_the_process(), Context(model="embedded", **settings))
    assert caught.value.code == code
