"""From the name of a model to a chat model that can be called."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr, ValidationError

from ..schemas.errors import ModelUnavailableError, SettingsError
from ..schemas.settings import settings
from . import embedded
from .window import TOKENS_A_SENTENCE, ask_server

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable

    from ..schemas.context import Context

EMBEDDED = "embedded"
_EMBEDDED_MAX_TOKENS = 2048

_Key = tuple[str, float | None, int | None, float, int]
"""What makes a chat model: name, temperature, seed, seconds of patience, repeats."""

_KEPT = 32
_FACTORIES: dict[str, Callable[[], BaseChatModel]] = {}
_RESOLVED: dict[_Key, ChatModel] = {}


@dataclass
class ChatModel:
    """A chat model that a run can call.

    Attributes:
        name: as a person would name it.
        chat: LangChain's chat model.
        is_embedded: whether it is the demonstration model.
        takes_schemas: whether it can be held to a JSON schema; learnt from its first refusal.
        seed: what it was given, if it takes one.
        base_url: of the server it is on, if that is not the provider's own.
    """

    name: str
    chat: BaseChatModel
    is_embedded: bool = False
    takes_schemas: bool = field(default=True)
    seed: int | None = None
    base_url: str = ""

    def window(self) -> int | None:
        """Its context window in tokens, where LangChain knows it or the server says. May ask the server."""
        if self.is_embedded:
            return embedded.CONTEXT_TOKENS
        known = (self.chat.profile or {}).get("max_input_tokens")
        if known is None and self.base_url:
            known = ask_server(self.base_url, self.name)
        return known

    def on(self, attempt: int) -> BaseChatModel:
        """The chat model for the n-th try (from 1): with a fixed seed the same question would get the same answer."""
        if self.seed is None or attempt == 1:
            return self.chat
        return self.chat.model_copy(update={"seed": self.seed + attempt - 1})

    def for_prose(self, sentences: int, attempt: int) -> Runnable[list[BaseMessage], BaseMessage]:
        """The model for plain text of about so many sentences; only the embedded one needs a bound."""
        if self.is_embedded:
            return self.on(attempt).bind(max_tokens=min(_EMBEDDED_MAX_TOKENS, TOKENS_A_SENTENCE * sentences))
        return self.on(attempt)

    def for_schema(self, schema: dict[str, Any], attempt: int) -> Runnable[list[BaseMessage], dict[str, Any]]:
        """The model held to a JSON schema; it answers with ``raw``, ``parsed`` and ``parsing_error``."""
        chat, held_to = self.on(attempt), schema
        if self.is_embedded:
            chat = chat.model_copy(update={"temperature": embedded.TEMPERATURE_OF_FORMS})
            held_to = embedded.in_sentences(schema)
        structured: Runnable[Any, Any] = chat.with_structured_output(held_to, include_raw=True)
        return structured


def register(name: str, factory: Callable[[], BaseChatModel]) -> None:
    """Make a chat model of your own available as ``Context(model=name)``, in this process.

    Args:
        name: what the context will call it.
        factory: makes the model; called once for each combination of settings.
    """
    _FACTORIES[name] = factory
    forget()


def is_embedded(context: Context) -> bool:
    """Whether a context means the embedded demonstration model. Starts nothing."""
    name = context.model or settings().model
    return name == EMBEDDED or not (name or _endpoint_is_configured())


def resolve(context: Context) -> ChatModel:
    """The chat model a context asks for. Starts the embedded server where that is the one.

    Raises:
        ModelUnavailableError: it cannot be had: not installed, no key, no such provider.
        SettingsError: a key is set, but no model is named.
    """
    key = _key(context)
    known = _RESOLVED.get(key)
    if known is None:
        known = _make(*key)
        for oldest in list(_RESOLVED)[: 1 - _KEPT]:
            _RESOLVED.pop(oldest, None)
        _RESOLVED[key] = known
    return known


def resolved(context: Context) -> ChatModel | None:
    """The chat model a context asks for, if this process has it already. Blocks nobody."""
    return _RESOLVED.get(_key(context))


def forget() -> None:
    """Let every chat model be made anew when it is next asked for."""
    _RESOLVED.clear()


def _key(context: Context) -> _Key:
    return (
        context.model or settings().model,
        context.temperature,
        context.seed,
        context.timeout,
        context.max_retries,
    )


def _make(name: str, temperature: float | None, seed: int | None, timeout: float, max_retries: int) -> ChatModel:
    if factory := _FACTORIES.get(name):
        return ChatModel(name, factory())
    options: dict[str, Any] = {"timeout": timeout, "max_retries": max_retries}
    if temperature is not None:
        options["temperature"] = temperature
    if name == EMBEDDED or not (name or _endpoint_is_configured()):
        return _embedded(options, seed)
    if not name:
        raise SettingsError("no_model_named")
    provider, colon, rest = name.partition(":")
    if colon and provider != "openai":
        found = _by_provider(name, provider, options)
        if found is not None:
            return found
    if seed is not None:
        options["seed"] = seed
    return _openai(rest if colon and provider == "openai" else name, options)


def _endpoint_is_configured() -> bool:
    return bool(settings().openai_base_url or settings().openai_api_key)


def _embedded(options: dict[str, Any], seed: int | None) -> ChatModel:
    from langchain_openai import ChatOpenAI  # noqa: PLC0415 (slow to import; --help does without)
    from openai import DefaultAsyncHttpxClient, DefaultHttpxClient  # noqa: PLC0415

    chat = ChatOpenAI(
        model=EMBEDDED,
        base_url=embedded.address(),
        api_key=SecretStr("none"),
        stream_usage=True,
        max_completion_tokens=_EMBEDDED_MAX_TOKENS,
        seed=seed,
        extra_body=embedded.SAMPLING,
        # A proxy in the environment is not for this process's own server.
        http_client=DefaultHttpxClient(trust_env=False),
        http_async_client=DefaultAsyncHttpxClient(trust_env=False),
        **{"temperature": 0.8, **options},
    )
    return ChatModel(EMBEDDED, chat, is_embedded=True, seed=seed)


def _openai(model: str, options: dict[str, Any]) -> ChatModel:
    from langchain_openai import ChatOpenAI  # noqa: PLC0415

    base_url, key = settings().openai_base_url, settings().openai_api_key
    if key is None and not base_url:
        raise ModelUnavailableError("model_needs_key", model=model)
    chat = ChatOpenAI(
        model=model,
        base_url=base_url or None,
        api_key=key or SecretStr("none"),
        stream_usage=True,
        **options,
    )
    return ChatModel(model, chat, seed=options.get("seed"), base_url=base_url)


def _by_provider(name: str, provider: str, options: dict[str, Any]) -> ChatModel | None:
    """The model through LangChain's own table of providers; ``None``: the colon belongs to a model's name."""
    from langchain.chat_models import init_chat_model  # noqa: PLC0415

    try:
        return ChatModel(name, init_chat_model(name, **options))
    except ImportError as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise ModelUnavailableError("model_needs_package", model=name, reason=reason) from error
    except (ValidationError, ValueError) as error:
        if "Unsupported provider" not in str(error) and "infer model provider" not in str(error):
            raise ModelUnavailableError("model_unusable", model=name, reason=_first_line(error)) from error
        if settings().openai_base_url:
            return None
        raise ModelUnavailableError("no_provider", provider=provider, model=name) from error


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:2]) if lines else type(error).__name__
