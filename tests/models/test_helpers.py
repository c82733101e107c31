"""Which model does what: one for prose, a helper for the rest, one of its own for a gate."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from fake_model import FakeChatModel
from graph_at_hand import THREAD, TOPIC, compiled
from odd_server import OddServer
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import RecurrentGPTError
from recurrentgpt.stories.beginning import check_settings
from recurrentgpt.stories.library import Library
from resources_at_hand import add_model, read_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL: dict[str, Any] = {"opening_paragraphs": 1, "plan_selection": "first"}
PROSE = {"open_story", "generate_paragraph"}


@pytest.fixture
def models() -> dict[str, FakeChatModel]:
    """Three models that hear what they are asked."""
    made = {name: FakeChatModel(salt=name) for name in ("author", "helper", "third")}
    for name in made:
        add_model(name, partial(made.__getitem__, name))
    return made


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[OddServer, OddServer]]:
    """Where models are, and where helpers are."""
    with ExitStack() as stack:
        here, there = stack.enter_context(OddServer()), stack.enter_context(OddServer())
        monkeypatch.setenv("OPENAI_BASE_URL", here.url)
        monkeypatch.setenv("RECURRENTGPT_HELPER_BASE_URL", there.url)
        monkeypatch.setenv("RECURRENTGPT_HELPER_API_KEY", "its-own-key")
        read_environment()
        yield here, there


def written(**settings: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """A story of one paragraph, and by which model each gate said that it works."""
    run, by = compiled(), {}
    given, context = {**TOPIC, "target_paragraphs": 1}, Context(**SMALL | settings)
    for event in run.stream(given, THREAD, context=context, stream_mode="custom"):
        if event["event"] == "begin":
            by[event["gate"]] = event["model"]
    return run.get_state(THREAD).values, by


def who(state: dict[str, Any]) -> dict[str, str]:
    """By which model each gate of the last step was done."""
    return {gate: account["model"] for gate, account in state["usage"].items()}


def code(**settings: Any) -> str:
    with pytest.raises(RecurrentGPTError) as caught:
        check_settings(Library.of_the_process(), Context(**settings))
    return caught.value.code


def test_a_helper_does_all_but_prose(models: dict[str, FakeChatModel]) -> None:
    state, by = written(model="author", helper_model="helper")
    assert {gate for gate, name in who(state).items() if name == "author"} == PROSE
    assert {name for gate, name in who(state).items() if gate not in PROSE} == {"helper"}
    assert by["generate_paragraph"] == "author"
    assert by["propose_plans"] == "helper"
    assert by["retrieve_long_term"] == "helper", "it may ask for cues"
    assert by["store_opening"] == "helper"
    assert models["author"].asked
    assert models["helper"].asked
    assert not models["third"].asked


def test_the_helper_reads_the_conversation_that_the_author_began(models: dict[str, FakeChatModel]) -> None:
    state, _ = written(model="author", helper_model="helper")
    prose = next(asked for asked in models["author"].asked if asked[-1].text == state["prompt"])
    later = [asked for asked in models["helper"].asked if state["paragraph"] in [message.text for message in asked]]
    assert later
    assert all(asked[:2] == prose for asked in later)


def test_without_a_helper_nothing_is_said_of_who_does_what(models: dict[str, FakeChatModel]) -> None:
    state, by = written(model="author")
    assert set(by.values()) == {""}
    assert set(who(state).values()) == {"author"}
    assert not models["helper"].asked


def test_a_gate_can_have_its_own_and_give_it_back(models: dict[str, FakeChatModel]) -> None:
    context = Context(model="author", helper_model="helper").changed(
        {"propose_plans_model": "third", "generate_paragraph_model": "helper"}
    )
    state, by = written(**context.model_dump(include={"model", "helper_model", "gate_models"}))
    done = who(state)
    assert (done["propose_plans"], done["generate_paragraph"], done["append_summary"]) == ("third", "helper", "helper")
    assert by["propose_plans"] == "third"
    assert models["third"].asked
    assert context.changed({"propose_plans_model": ""}).gate_models == {"generate_paragraph": "helper"}


def test_the_environment_may_name_the_helper(models: dict[str, FakeChatModel], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECURRENTGPT_HELPER_MODEL", "helper")
    read_environment()
    library = Library.of_the_process()
    assert library.models_for(Context(model="author")) == ["author", "helper"]
    assert library.models_for(Context(model="author", helper_model="third")) == ["author", "third"]
    assert models


def test_a_helper_has_its_own_endpoint_and_key(servers: tuple[OddServer, OddServer]) -> None:
    here, there = servers
    state, _ = written(model="odd:plain", helper_model="odd:usage-always", use_facts=False)
    assert {body["model"] for body in here.requests} == {"odd:plain"}
    assert {body["model"] for body in there.requests} == {"odd:usage-always"}
    held = [body["response_format"]["json_schema"]["schema"] for body in here.requests if "response_format" in body]
    assert [list(schema["properties"]) for schema in held] == [["title", "outline"]], "the opening's own"
    assert all(body.get("response_format") for body in there.requests)
    assert state["step"] == 1


def test_the_same_name_in_two_places_is_two_models(servers: tuple[OddServer, OddServer]) -> None:
    """What one of the two servers cannot do says nothing of the other."""
    here, there = servers
    context = Context(model="odd:plain", helper_model="odd:plain")
    models = Library.of_the_process().resources.chat_models
    prose, helper = (models.resolve(context, task) for task in models.tasks(context))
    assert (prose.base_url, helper.base_url) == (here.url, there.url)
    assert helper.api_key
    assert helper.api_key.get_secret_value() == "its-own-key"
    helper.less_of_forms()
    assert prose.known.forms == "schema"


def test_a_failure_of_the_helper_says_whose_address_to_look_at(servers: tuple[OddServer, OddServer]) -> None:
    assert servers
    with pytest.raises(RecurrentGPTError) as caught:
        written(model="odd:plain", helper_model="odd:404-page", max_retries=0)
    assert "check RECURRENTGPT_HELPER_BASE_URL" in str(caught.value)
    assert str(servers[1].server_address[1]) in str(caught.value)


def test_an_endpoint_for_helpers_wants_a_helper(servers: tuple[OddServer, OddServer]) -> None:
    assert servers
    assert code(model="odd:plain") == "no_helper_named"


def test_a_gate_that_there_is_not_is_refused_before_anything_is_paid_for(models: dict[str, FakeChatModel]) -> None:
    assert code(model="author", gate_models={"propose_plan": "helper"}) == "no_gate"
    with pytest.raises(RecurrentGPTError):
        written(model="author", gate_models={"propose_plan": "helper"})
    assert not models["author"].asked


def test_an_address_for_helpers_that_is_none_is_named_as_what_it_is(
    models: dict[str, FakeChatModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert models
    monkeypatch.setenv("RECURRENTGPT_HELPER_BASE_URL", "ftp://somewhere")
    read_environment()
    with pytest.raises(RecurrentGPTError, match="RECURRENTGPT_HELPER_BASE_URL='ftp://somewhere'"):
        check_settings(Library.of_the_process(), Context(model="author", helper_model="m"))
