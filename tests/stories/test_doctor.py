"""What is said of a model and of a place before a story is written there."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from odd_server import OddServer
from recurrentgpt.models.window import ask_server
from recurrentgpt.schemas.catalogue import say
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import MemoryUnavailableError, RecurrentGPTError
from recurrentgpt.stories.connections import connections
from recurrentgpt.stories.doctor import Finding, examine, examine_model, examine_place
from recurrentgpt.stories.library import Library
from resources_at_hand import EMBEDDINGS, read_environment

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from langchain_core.embeddings import Embeddings

FORMS = ("form_schema", "form_object", "form_tool", "form_words")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OddServer]:
    with OddServer() as made:
        monkeypatch.setenv("OPENAI_BASE_URL", made.url)
        ask_server.cache_clear()
        read_environment()
        yield made


def found(model: str, **settings: Any) -> dict[str, Finding]:
    """What is said of a model, by what was looked at."""
    context = Context(model=model, timeout=20, **settings)
    return collected(lambda library: examine_model(library, context))


def collected(look: Callable[[Library], AsyncIterator[Finding]]) -> dict[str, Finding]:
    async def gather() -> list[Finding]:
        library = Library.of_the_process()
        seen = [finding async for finding in look(library)]
        await library.leave_loop()
        return seen

    return {finding.check: finding for finding in asyncio.run(gather())}


def code(finding: Finding) -> str:
    assert isinstance(finding.seen, RecurrentGPTError), finding.seen
    return finding.seen.code


def test_a_good_server_passes(server: OddServer, home: Path) -> None:
    server.gets["/props"] = {"default_generation_settings": {"n_ctx": 16384}}
    context = Context(model="odd:caches", timeout=20)
    seen = collected(lambda library: examine(library, context))
    assert {name for name, finding in seen.items() if finding.verdict != "holds"} == {"form_tool"}
    assert list(seen) == [
        *("folder", "database", "embedding", "memory", "model", "stream", "window"),
        *(*FORMS, "forms", "cache"),
    ]
    assert say(seen["forms"].seen) == "a story will ask by: JSON schema"
    assert f"127.0.0.1:{server.server_address[1]}" in say(seen["model"].seen)
    assert [file.name for file in home.iterdir()] == [], "nothing is kept"
    assert len(server.requests) == 5, "a passage, and each way once"


@pytest.mark.parametrize(
    ("model", "way"),
    [("odd:ignores", "sections"), ("odd:no-400", "sections"), ("odd:tool", "tool call"), ("odd:thinks", "JSON schema")],
)
def test_it_says_how_a_story_will_ask(server: OddServer, model: str, way: str) -> None:
    seen = found(model)
    assert say(seen["forms"].seen) == f"a story will ask by: {way}"
    assert seen["forms"].verdict == seen["stream"].verdict == "holds"
    assert server.requests


@pytest.mark.parametrize(("model", "has_room"), [("odd:plain", {800}), ("odd:thinks", {0})])
def test_an_answer_that_finds_no_end_is_not_waited_for(server: OddServer, model: str, has_room: set[int]) -> None:
    found(model)
    _, *forms = server.requests
    assert {request.get("max_tokens", 0) for request in forms} == has_room
    assert len(forms) == 4


def test_a_model_that_needs_short_requests_is_asked_so_from_then_on(server: OddServer) -> None:
    async def gather() -> tuple[Finding, str, str]:
        library, context = Library.of_the_process(), Context(model="odd:overtaxed", timeout=20)
        seen = {finding.check: finding async for finding in examine_model(library, context)}
        await library.leave_loop()
        in_full = context.model_copy(update={"dialect": "full"})
        return seen["forms"], library.dialect_of(context).name, library.dialect_of(in_full).name

    forms, chosen, said = asyncio.run(gather())
    assert forms.verdict == "limited"
    assert say(forms.seen) == "in no way in full; in the small dialect by: JSON schema"
    assert "set dialect to small" in say(forms.advice)
    assert (chosen, said) == ("small", "full")
    assert server.requests


def test_what_a_person_said_of_the_dialect_is_not_tried_otherwise(server: OddServer) -> None:
    forms = found("odd:overtaxed", dialect="full")["forms"]
    assert forms.verdict == "fails"
    assert server.requests


def test_what_is_refused_is_told_apart_from_what_is_ignored(server: OddServer) -> None:
    assert "takes none" in say(found("odd:no-400")["form_schema"].seen)
    assert "does not heed" in say(found("odd:ignores")["form_schema"].seen)
    assert server.requests


def test_a_refused_key_is_said_once_and_nothing_more_is_asked(server: OddServer) -> None:
    seen = found("odd:401")
    assert code(seen["model"]) == "key_refused" or seen["model"].verdict == "fails"
    assert "stream" not in seen
    assert len(server.requests) == 1


def test_a_window_that_is_too_small_is_a_failure_with_what_to_do(server: OddServer) -> None:
    server.gets["/props"] = {"default_generation_settings": {"n_ctx": 4096}}
    window = found("odd:plain")["window"]
    assert window.verdict == "fails"
    assert "OLLAMA_CONTEXT_LENGTH" in say(window.advice)
    assert found("odd:plain", paragraph_sentences=6, memory_max_sentences=10)["window"].verdict == "holds"


def test_a_model_of_ones_own_is_asked_in_the_two_ways_it_has(fake_model: object) -> None:
    seen = found("fake")
    assert fake_model
    assert [name for name in seen if name in FORMS] == ["form_schema", "form_words"]
    assert seen["forms"].verdict == "holds"


def test_a_place_that_cannot_be_written_is_said_and_the_model_tried_all_the_same(
    home: Path, fake_model: object
) -> None:
    home.write_text("a file")
    seen = collected(lambda library: examine(library, Context(model="fake")))
    assert fake_model
    assert code(seen["folder"]) == "home_unwritable"
    assert seen["model"].verdict == "holds"


@pytest.mark.parametrize(
    ("variable", "value", "check", "why"),
    [
        ("LANGGRAPH_AES_KEY", "short", "database", "key_of_wrong_size"),
        ("QDRANT_URL", "http://127.0.0.1:9", "memory", "qdrant_unusable"),
        ("RECURRENTGPT_EMBEDDING_MODEL", "missing", "embedding", "embedder_unusable"),
    ],
)
def test_each_thing_around_a_model_is_tried(
    variable: str, value: str, check: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> Embeddings:
        raise MemoryUnavailableError("embedder_unusable", name="missing", reason="not here")

    monkeypatch.setenv(variable, value)
    EMBEDDINGS["missing"] = missing
    read_environment()
    assert code(collected(examine_place)[check]) == why


async def test_the_configured_server_comes_first_and_only_once(server: OddServer) -> None:
    server.gets["/v1/models"] = {"data": [{"id": "m"}]}
    there = await connections(Library.of_the_process(), {server.server_address[1]: "Jan"})
    assert [(one.server.base_url, one.is_configured) for one in there] == [(server.url, True)]
    assert there[0].to_json()["models"] == ("m",)
