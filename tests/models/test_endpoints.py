"""How real endpoints answer, each shape rebuilt: none ends in a traceback, none leaves anything in a story."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from dirty_answers import LEFTOVERS, REMARKS, THOUGHTS
from graph_at_hand import THREAD, TOPIC, book, compiled
from odd_server import BROKEN, FORMS, NO_FORMS, NO_STORY, REFUSALS, STREAMS, TOOLS, OddServer
from recurrentgpt.models.window import TOKENS_A_SENTENCE, count_tokens
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import ModelUnavailableError, RecurrentGPTError, sentence
from resources_at_hand import read_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

LEFT = re.compile(r"think|<\||\|>|\[INST|</s>|###|Plan\.|Word count|Would you|Here's|\x00|\ud83d|```|---|字数|Chapter")
SMALL: dict[str, Any] = {
    "opening_paragraphs": 1,
    "paragraph_sentences": 20,
    "plan_selection": "first",
    "max_retries": 1,
    "timeout": 20,
    "use_facts": False,
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OddServer]:
    with OddServer() as made:
        monkeypatch.setenv("OPENAI_BASE_URL", made.url)
        read_environment()
        yield made


def written(model: str, paragraphs: int = 1, **settings: object) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A story of a model, and what its gates told."""
    context = Context(model=model, **(SMALL | settings))
    run, told = compiled(), []
    given = {**TOPIC, "target_paragraphs": paragraphs}
    for mode, event in run.stream(given, THREAD, context=context, stream_mode=["custom", "messages", "updates"]):
        if mode == "custom":
            told.append(event)
        elif mode == "updates" and (plans := (event.get("propose_plans") or {}).get("plans")):
            told.append({"event": "plans", "plans": plans})
    return run.get_state(THREAD).values, told


def check_clean(state: dict[str, Any], paragraphs: int = 1) -> None:
    assert state["step"] == paragraphs
    kept = [*book(state), state["short_term_memory"], state["title"], state["plan"]["text"]]
    assert len(book(state)) == paragraphs + 1
    assert not [text for text in kept if LEFT.search(text)]


def plans_in(told: list[dict[str, Any]]) -> list[str]:
    """The plans that were proposed."""
    return [plan["text"] for event in told if event["event"] == "plans" for plan in event["plans"]]


def failing(model: str, **settings: Any) -> RecurrentGPTError:
    with pytest.raises(RecurrentGPTError) as caught:
        written(model, **settings)
    return caught.value


@pytest.mark.parametrize("shape", REFUSALS)
def test_a_refusal_is_a_sentence_that_says_what_where_and_what_to_do(server: OddServer, shape: str) -> None:
    said, code = REFUSALS[shape]
    error = failing(f"odd:{shape}")
    assert error.code == code
    assert f"odd:{shape}" in str(error)
    assert f"127.0.0.1:{server.server_address[1]}" in str(error), "where"
    assert re.search(r"check|wait|top it up|change|give it|take a model|nothing is lost", str(error)), "what to do"
    assert "<" not in str(error).replace("<…>", "")
    assert "127.0.0.1" in sentence(error, "zh")
    if said.status in (401, 402, 403, 404, 413) or shape in ("429-quota", "400-billing"):
        assert len(server.requests) == 1, "asked again in vain"


def test_the_servers_own_words_are_passed_on(server: OddServer) -> None:
    assert "“Insufficient Balance”" in str(failing("odd:402"))
    assert "502: “502 Bad Gateway”" in str(failing("odd:502-html"))
    assert "Retry-After: 86400" in str(failing("odd:429-huge"))
    server.gets["/v1/models"] = {"data": [{"id": "llama3.3"}, {"id": "odd-model"}, {"id": "odd:404-modal"}]}
    assert "it lists odd:404-modal, odd-model, llama3.3" in str(failing("odd:404-model"))


@pytest.mark.parametrize("shape", BROKEN)
def test_an_answer_that_comes_to_no_end_is_asked_for_again(server: OddServer, shape: str) -> None:
    state, told = written(f"odd:{shape}:/2", tries=6)
    assert server.requests
    check_clean(state)
    assert [event for event in told if event["event"] == "again"]


@pytest.mark.parametrize("shape", [shape for shape in BROKEN if shape.startswith("end")])
def test_after_all_tries_it_is_an_error_and_the_thread_waits_there(server: OddServer, shape: str) -> None:
    run = compiled()
    with pytest.raises(ModelUnavailableError) as caught:
        run.invoke({**TOPIC, "target_paragraphs": 1}, THREAD, context=Context(model=f"odd:{shape}", **SMALL))
    assert caught.value.code == BROKEN[shape]
    assert len(server.requests) == 3
    assert run.get_state(THREAD).next == ("open_story",)
    state = run.invoke(None, THREAD, context=Context(model="odd:plain", **SMALL))
    check_clean(state)


@pytest.mark.parametrize("shape", STREAMS)
def test_a_stream_of_any_kind_is_a_story(server: OddServer, shape: str) -> None:
    state, _ = written(f"odd:{shape}")
    assert server.requests
    check_clean(state)


@pytest.mark.parametrize("shape", [*THOUGHTS, *LEFTOVERS, *REMARKS, "thinks", "thinks-lone"])
def test_nothing_is_left_in_a_story_that_is_not_the_storys(server: OddServer, shape: str) -> None:
    state, _ = written(f"odd:{shape}")
    assert server.requests
    check_clean(state)


@pytest.mark.parametrize("shape", [*FORMS, "json-in-thoughts"])
def test_a_form_is_read_however_it_is_written(server: OddServer, shape: str) -> None:
    state, told = written(f"odd:{shape}")
    check_clean(state)
    assert len(plans_in(told)) == 3
    assert not [event for event in told if event["event"] in ("again", "sections")]
    assert server.requests


@pytest.mark.parametrize(
    ("shape", "why"),
    [*zip(NO_STORY, ["website", "account", "another language", "speaks of the task"], strict=True)],
)
def test_what_is_no_story_is_asked_for_again_with_the_reason(server: OddServer, shape: str, why: str) -> None:
    state, told = written(f"odd:{shape}:3")
    check_clean(state)
    again = [event["problem"] for event in told if event["event"] == "again"]
    assert [why in problem for problem in again] == [True, True]
    assert why in str(server.requests[2]["messages"][-1]["content"])
    error = failing(f"odd:{shape}")
    assert error.code == "gate_gave_up"
    assert why in str(error)


def test_what_was_taken_off_is_said(server: OddServer) -> None:
    _, told = written("odd:all of them")
    said = [event["reason"] for event in told if event["event"] == "taken_off"]
    assert server.requests
    assert "Sure! Here's the next paragraph:" in said[0]
    assert "(Word count: 212)" in said[0]


@pytest.mark.parametrize("shape", NO_FORMS)
def test_a_server_without_schemas_is_asked_in_words(server: OddServer, shape: str) -> None:
    state, told = written(f"odd:{shape}")
    check_clean(state)
    assert len([event for event in told if event["event"] == "sections"]) == 1
    refused = [body for body in server.requests if body.get("response_format")]
    assert len(refused) == 2, "the schema once, JSON once"
    assert len([body for body in server.requests if body.get("tools")]) == 1, "a tool once"


@pytest.mark.parametrize("shape", TOOLS)
def test_a_server_that_only_knows_tools_is_asked_to_call_one(server: OddServer, shape: str) -> None:
    state, told = written(f"odd:{shape}")
    check_clean(state)
    assert len(plans_in(told)) == 3
    assert not [event for event in told if event["event"] in ("again", "sections")]
    assert [bool(body.get("response_format")) for body in server.requests].count(True) == 2, "asked once each way"
    assert len([body for body in server.requests if body.get("tools")]) > 2


def test_a_server_that_ignores_the_schema_twice_is_asked_in_words(server: OddServer) -> None:
    state, told = written("odd:ignores")
    check_clean(state)
    assert [event["event"] for event in told].count("sections") == 1
    assert len([body for body in server.requests if body.get("response_format")]) == 2


def test_one_failed_answer_says_nothing_of_schemas(server: OddServer) -> None:
    assert failing("odd:failed-form-400").code == "call_failed"
    state, told = written("odd:plain")
    check_clean(state)
    assert not [event for event in told if event["event"] == "sections"]
    assert server.requests[-1]["response_format"]["type"] == "json_schema"


def test_what_is_streamed_is_what_is_kept(server: OddServer) -> None:
    context = Context(model="odd:thinks", **SMALL)
    run = compiled()
    pieces = [
        chunk.text
        for chunk, about in run.stream(
            {**TOPIC, "target_paragraphs": 1}, THREAD, context=context, stream_mode="messages"
        )
        if about["langgraph_node"] == "generate_paragraph"
    ]
    assert server.requests
    assert len(pieces) > 20
    assert "".join(pieces) == run.get_state(THREAD).values["paragraph"]


@pytest.mark.parametrize(
    "model", ["odd:plain", "odd:ignores", "odd:no-400", "odd:thinks", "odd:drop:/3", "odd:thinks-lone"]
)
def test_a_story_of_six_passages_ends_whole(server: OddServer, model: str) -> None:
    state, _ = written(model, 6, tries=6)
    assert server.requests
    check_clean(state, 6)


def test_a_story_of_six_passages_fits_a_window_of_4096(server: OddServer) -> None:
    server.gets["/props"] = {"default_generation_settings": {"n_ctx": 4096}}
    small = {"paragraph_sentences": 12, "memory_max_sentences": 10, "memory_min_sentences": 5, "retrieve_k": 2}
    state, _ = written("odd:plain", 6, **small)
    check_clean(state, 6)
    sent = [sum(count_tokens(message["content"]) for message in body["messages"]) for body in server.requests]
    assert max(sent) < 4096 - 12 * TOKENS_A_SENTENCE, "with room for the answer"
