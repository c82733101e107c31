"""How large a model's context window is, and how many tokens a text may have.

A hosted model's window is known to LangChain. A server of one's own is asked: some (Ollama's default of a few
thousand tokens) cut a longer prompt silently, which takes the memory out of a story without a word.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

UNKNOWN = 16_000
"""Tokens that are taken for the window where nobody says: more than a step of the paper's sizes needs."""

TOKENS_A_SENTENCE = 40
"""Tokens that room is left for, a sentence."""

OLLAMA_GIVES = 4096
"""Tokens that Ollama gives a model of which nobody says otherwise, whatever the model can."""

_PATIENCE = 3.0
"""Seconds that a server has to say how large its window is."""

_ASCII_A_TOKEN = 3.5

_WRONG = (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError, AttributeError, IndexError)
"""What asking another kind of server may raise."""


def count_tokens(text: str) -> int:
    """About how many tokens a text has, on the safe side: a token for 3.5 ASCII characters, one for any other.

    A tokenizer of the model's own is not always to be had (tiktoken downloads its files); the true figure of every
    call is in the state's ``usage``.
    """
    plain = len(text.encode("ascii", "ignore"))
    return ceil(plain / _ASCII_A_TOKEN) + len(text) - plain


@lru_cache(maxsize=64)
def ask_server(base_url: str, model: str, api_key: str = "", time: int = 0) -> int | None:  # noqa: ARG001
    """The context window of a model on a server, asked of it; ``None`` if it does not say.

    What it runs counts before what the model can. Beside the address and behind its prefix, it knows llama.cpp,
    Ollama, LM Studio, KoboldCpp, text-generation-inference, LiteLLM, and what vLLM, Groq, Mistral and others add to
    their list of models.

    Args:
        base_url: the server's address.
        model: its name there.
        api_key: the server's.
        time: asked at another time, it may say something else.
    """
    questions: tuple[tuple[str, Callable[[Any, str], Iterator[object]]], ...] = (
        ("/props", _of_llama_cpp),
        ("/api/ps", _of_ollama),
        ("/api/v0/models", _of_a_list),
        ("/api/v1/models", _of_lm_studio),
        ("/api/extra/true_max_context_length", _of_kobold),
        ("/info", _of_inference),
        ("/model/info", _of_lite_llm),
    )
    with _client(api_key) as client:
        try:
            for root in _roots(base_url):
                for path, read in questions:
                    if size := _size(client, root + path, read, model):
                        return size
            if size := _size(client, f"{base_url.rstrip('/')}/models", _of_a_list, model):
                return size
            return _given_by_ollama(client, base_url, model)
        except (httpx.TimeoutException, httpx.ConnectError):
            return None  # Nobody is there, or slow: the call itself will say so.


@lru_cache(maxsize=16)
def listed_models(base_url: str, api_key: str = "", time: int = 0) -> tuple[str, ...]:  # noqa: ARG001
    """The models that a server lists; none where it lists none. Arguments as for :func:`ask_server`."""
    with _client(api_key) as client:
        try:
            said = client.get(f"{base_url.rstrip('/')}/models").json()
            return tuple(str(known["id"]) for known in said["data"] if known.get("id"))[:200]
        except _WRONG:
            return ()


def _client(api_key: str) -> httpx.Client:
    return httpx.Client(timeout=_PATIENCE, headers={"Authorization": f"Bearer {api_key}"} if api_key else {})


def _roots(base_url: str) -> list[str]:
    """Where a server's own questions are: behind the address's prefix, and beside it."""
    parts = urlsplit(base_url)
    root = f"{parts.scheme}://{parts.netloc}"
    return list(dict.fromkeys((root + re.sub(r"/v\d\w*/?$", "", parts.path).rstrip("/"), root)))


def _size(client: httpx.Client, url: str, read: Callable[[Any, str], Iterator[object]], model: str) -> int | None:
    """What one question says, if it is one of this server's."""
    try:
        answer = client.get(url)
        for size in read(answer.json(), model) if answer.is_success else ():
            if not isinstance(size, bool) and str(size).isdigit() and int(str(size)) > 0:
                return int(str(size))
    except (httpx.TimeoutException, httpx.ConnectError):
        raise
    except _WRONG:
        pass  # Another kind of server.
    return None


def _given_by_ollama(client: httpx.Client, base_url: str, model: str) -> int | None:
    """What Ollama will give a model that it has not loaded: what its file says, else its default."""
    for root in _roots(base_url):
        try:
            answer = client.post(f"{root}/api/show", json={"model": model})
            said = answer.json() if answer.is_success else {}
            if "modelfile" in said or "model_info" in said:
                given = re.search(r"\bnum_ctx\s+(\d+)", str(said.get("parameters") or ""))
                return int(given[1]) if given else OLLAMA_GIVES
        except (httpx.TimeoutException, httpx.ConnectError):
            raise
        except _WRONG:
            continue
    return None


def _of_llama_cpp(said: Any, _: str) -> Iterator[object]:  # noqa: ANN401 (what a server says)
    yield said["default_generation_settings"]["n_ctx"]


def _of_ollama(said: Any, model: str) -> Iterator[object]:  # noqa: ANN401
    for loaded in said["models"]:
        if model in (loaded.get("name"), loaded.get("model")) or loaded.get("name") == f"{model}:latest":
            yield loaded.get("context_length")


def _of_lm_studio(said: Any, model: str) -> Iterator[object]:  # noqa: ANN401
    for known in said["models"]:
        for loaded in known.get("loaded_instances") or []:
            if model in (known.get("key"), loaded.get("id")):
                yield loaded["config"]["context_length"]


def _of_kobold(said: Any, _: str) -> Iterator[object]:  # noqa: ANN401
    yield said["value"]


def _of_inference(said: Any, _: str) -> Iterator[object]:  # noqa: ANN401
    yield said.get("max_total_tokens")


def _of_lite_llm(said: Any, model: str) -> Iterator[object]:  # noqa: ANN401
    for known in said["data"]:
        if known.get("model_name") == model:
            yield known["model_info"].get("max_input_tokens")


def _of_a_list(said: Any, model: str) -> Iterator[object]:  # noqa: ANN401
    for known in said["data"]:
        if known.get("id") == model:
            yield (known.get("meta") or {}).get("n_ctx")
            for name in (
                *("loaded_context_length", "max_model_len", "context_length", "context_window", "max_context_length"),
            ):
                yield known.get(name)
