"""Names, addresses, windows and limits of a server of a person's own; and that nothing else looks into an answer."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from folders import ROOT
from odd_server import OddServer
from recurrentgpt.models import ChatModels, Endpoint
from recurrentgpt.models.addresses import address_of, clean_key
from recurrentgpt.models.known import Known
from recurrentgpt.models.window import OLLAMA_GIVES, ask_server
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import ModelUnavailableError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = (
    *(
        "deepseek-r1:8b",
        "mistral:7b",
        "mixtral:8x7b",
        "command-r:35b",
        "gpt-oss:20b",
        "claude-3:x",
        "gpt-4o",
        "ollama:x",
    ),
    *("deepseek/deepseek-chat-v3-0324:free", "anthropic:claude", "gpt-5-pro", "o1"),
)


def resolved(name: str, url: str = "http://127.0.0.1:9/v1", **settings: Any) -> Any:
    models = ChatModels(endpoint=Endpoint(url, SecretStr(' "sk-1\n2" ')))
    return models.resolve(Context(model=name, **settings))


@pytest.mark.parametrize("name", NAMES)
def test_with_an_address_a_name_is_the_servers(name: str) -> None:
    model = resolved(name)
    assert (model.name, model.chat.model_name) == (name, name)
    assert model.base_url == "http://127.0.0.1:9/v1"
    assert not model.chat._use_responses_api({})


def test_openai_says_whose_the_name_is() -> None:
    assert resolved("openai:mistral:7b").name == "mistral:7b"
    assert resolved("x").chat.openai_api_key.get_secret_value() == "sk-12"


def test_a_missing_package_is_one_sentence_with_what_to_install() -> None:
    with pytest.raises(ModelUnavailableError, match="pip install langchain-ollama") as caught:
        ChatModels().resolve(Context(model="ollama:x"))
    assert caught.value.code == "model_needs_package"


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("http://127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1"),
        ("http://127.0.0.1:11434/v1/", "http://127.0.0.1:11434/v1"),
        ("http://127.0.0.1:11434", "http://127.0.0.1:11434/v1"),
        ("http://127.0.0.1:11434/", "http://127.0.0.1:11434/v1"),
        ("127.0.0.1:11434", "http://127.0.0.1:11434/v1"),
        ("localhost:1234/v1", "http://localhost:1234/v1"),
        ("[::1]:8080", "http://[::1]:8080/v1"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("gpu-box:8000", "http://gpu-box:8000/v1"),
        ("api.example.com/v1", "https://api.example.com/v1"),
        ('"https://api.example.com/v1"\n', "https://api.example.com/v1"),
        ("https://api.example.com/v1/chat/completions", "https://api.example.com/v1"),
        ("https://example.com/llm/openai/v1", "https://example.com/llm/openai/v1"),
        ("https://example.com/api/paas/v4", "https://example.com/api/paas/v4"),
    ],
)
def test_an_address_is_put_right_where_it_is_clear(given: str, url: str) -> None:
    assert address_of(given).url == url
    assert address_of(given).is_changed == (given.rstrip("/") != url)


@pytest.mark.parametrize(
    "given", ["myserver", "ftp://x/v1", "http://", "http://x/v1?key=1", "http://x:port/v1", "http:///v1"]
)
def test_an_address_that_is_none_is_a_sentence(given: str) -> None:
    with pytest.raises(SettingsError, match="OPENAI_BASE_URL") as caught:
        resolved("m", given)
    assert "http://127.0.0.1:11434/v1" in str(caught.value)


def test_a_password_is_shown_nowhere() -> None:
    address = address_of("https://me:secret@example.com/v1")
    assert (address.url, address.shown) == ("https://me:secret@example.com/v1", "https://example.com/v1")
    assert clean_key("'sk-1'\n") == "sk-1"


def test_one_setting_is_every_limit() -> None:
    chat = resolved("m", timeout=1200).chat
    assert (chat.request_timeout, chat.stream_chunk_timeout) == (1200, 1200)


@pytest.fixture
def server() -> Iterator[OddServer]:
    with OddServer() as made:
        ask_server.cache_clear()
        yield made


@pytest.mark.parametrize(
    ("path", "said", "window"),
    [
        ("/pre/props", {"default_generation_settings": {"n_ctx": "4096"}}, 4096),
        ("/props", {"default_generation_settings": {"n_ctx": 4096}}, 4096),
        ("/pre/api/v1/models", {"models": [{"key": "m", "loaded_instances": [{"config": {"context_length": 9}}]}]}, 9),
        ("/pre/api/extra/true_max_context_length", {"value": 6144}, 6144),
        ("/info", {"max_total_tokens": 2048}, 2048),
        ("/pre/model/info", {"data": [{"model_name": "m", "model_info": {"max_input_tokens": 7000}}]}, 7000),
        ("/pre/v1/models", {"data": [{"id": "m", "meta": {"n_ctx": 5120}}]}, 5120),
        ("/pre/v1/models", {"data": [{"id": "m", "context_window": 131072}]}, 131072),
        ("/pre/v1/models", {"data": [{"id": "m", "max_context_length": 32768}]}, 32768),
        ("/pre/v1/models", {"data": [{"id": "m", "max_model_len": True}]}, None),
    ],
)
def test_a_window_is_asked_for_behind_a_prefix(server: OddServer, path: str, said: Any, window: int | None) -> None:
    server.gets[path] = said
    assert ask_server(server.url.replace("/v1", "/pre/v1"), "m", "key") == window


def test_what_runs_counts_before_what_the_model_can(server: OddServer) -> None:
    server.gets["/v1/models"] = {"data": [{"id": "m", "context_length": 131072}]}
    server.gets["/api/ps"] = {"models": [{"name": "m", "context_length": 4096}]}
    assert ask_server(server.url, "m") == 4096
    assert OLLAMA_GIVES == 4096


def test_silent_cutting_is_noticed_by_far_less_or_by_the_same_figure() -> None:
    assert Known().was_cut(400, 4000)
    assert not Known().was_cut(3000, 4000)
    known = Known()
    assert not known.was_cut(4096, 5000)
    assert known.was_cut(4096, 7000)


def test_what_was_learnt_is_forgotten_where_another_answers() -> None:
    known = Known(forms="words", thinks_first=True, said={"cut"})
    known.note_server("a")
    assert known.forms == "words"
    known.note_server("b")
    assert (known.forms, known.thinks_first, known.said) == ("schema", False, set())


def test_a_form_is_not_given_up_for_one_answer() -> None:
    known = Known()
    assert not known.note_form(is_one=False)
    assert not known.note_form(is_one=True)
    assert not known.note_form(is_one=False)
    assert known.note_form(is_one=False)
    assert known.forms == "words"


FOREIGN = ("openai", "httpx", "httpx2", "anthropic", "langchain_openai", "langchain_core.exceptions")
RAW = {"response_metadata", "usage_metadata", "additional_kwargs"}


def test_nothing_else_knows_a_providers_exceptions_or_looks_into_a_raw_answer() -> None:
    found = []
    for folder in ("cli", "web", "evaluation", "stories", "graph", "nodes", "prompts", "schemas"):
        for file in sorted((ROOT / folder).glob("*.py")):
            if file.name == "call_cache.py":  # It keeps whole answers, so that an evaluation can be run again.
                continue
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
                if any(name == foreign or name.startswith(f"{foreign}.") for name in names for foreign in FOREIGN):
                    found.append(f"{file.name}: {names}")
                if isinstance(node, ast.Attribute) and node.attr in RAW:
                    found.append(f"{file.name}: {node.attr}")
    assert not found
