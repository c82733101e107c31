"""How large a model's context window is, and how many tokens a text may have.

A hosted model's window is known to LangChain. A server of one's own is asked: some (Ollama's default of a few
thousand tokens) cut a longer prompt silently, which takes the memory out of a story without a word.
"""

from __future__ import annotations

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

_PATIENCE = 3.0
"""Seconds that a server has to say how large its window is."""

_ASCII_A_TOKEN = 3.5


def count_tokens(text: str) -> int:
    """About how many tokens a text has, on the safe side: a token for 3.5 ASCII characters, one for any other.

    A tokenizer of the model's own is not always to be had (tiktoken downloads its files); the true figure of every
    call is in the state's ``usage``.
    """
    plain = len(text.encode("ascii", "ignore"))
    return ceil(plain / _ASCII_A_TOKEN) + len(text) - plain


@lru_cache(maxsize=32)
def ask_server(base_url: str, model: str) -> int | None:
    """The context window of a model on an OpenAI-compatible server, asked of it; ``None`` if it does not say.

    Knows llama.cpp (``/props``), Ollama (``/api/ps``), LM Studio (``/api/v0/models``), and what vLLM and others add to
    ``/v1/models``.
    """
    parts = urlsplit(base_url)
    root = f"{parts.scheme}://{parts.netloc}"
    questions: tuple[tuple[str, Callable[[Any, str], Iterator[object]]], ...] = (
        (f"{root}/props", _of_llama_cpp),
        (f"{root}/api/ps", _of_ollama),
        (f"{root}/api/v0/models", _of_a_list),
        (f"{base_url.rstrip('/')}/models", _of_a_list),
    )
    with httpx.Client(timeout=_PATIENCE) as client:
        for url, read in questions:
            try:
                answer = client.get(url)
                sizes = list(read(answer.json(), model)) if answer.is_success else []
            except (httpx.TimeoutException, httpx.ConnectError):
                return None  # Nobody is there, or slow: the call itself will say so.
            except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError):
                continue  # Another kind of server.
            for size in sizes:
                if isinstance(size, int) and size > 0:
                    return size
    return None


def _of_llama_cpp(said: Any, _: str) -> Iterator[object]:  # noqa: ANN401 (what a server says)
    yield said["default_generation_settings"]["n_ctx"]


def _of_ollama(said: Any, model: str) -> Iterator[object]:  # noqa: ANN401
    for loaded in said["models"]:
        if model in (loaded.get("name"), loaded.get("model")) or loaded.get("name") == f"{model}:latest":
            yield loaded.get("context_length")


def _of_a_list(said: Any, model: str) -> Iterator[object]:  # noqa: ANN401
    for known in said["data"]:
        if known.get("id") == model:
            for name in ("loaded_context_length", "max_model_len", "context_length"):
                yield known.get(name)
