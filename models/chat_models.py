"""From the name of a model to a chat model: one of a person's own, the embedded one, an endpoint's, a provider's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from warnings import catch_warnings

from pydantic import SecretStr, ValidationError

from ..schemas.errors import ModelUnavailableError, SettingsError
from . import embedded
from .addresses import address_of, clean_key
from .chat import EMBEDDED_MAX_TOKENS, ChatModel
from .known import Known

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from langchain_core.language_models import BaseChatModel

    from ..schemas.context import Context

EMBEDDED = "embedded"
"""The name of the demonstration model."""
_KEPT = 32
"""Chat models that are kept, one a combination of settings."""


@dataclass(frozen=True)
class Endpoint:
    """An OpenAI-compatible endpoint: its address (empty: OpenAI's own) and its key."""

    base_url: str = ""
    api_key: SecretStr | None = None

    def __bool__(self) -> bool:
        """Whether one is configured."""
        return bool(self.base_url or self.api_key)


class _Key(NamedTuple):
    """What makes a chat model."""

    name: str
    temperature: float | None
    seed: int | None
    timeout: float
    max_retries: int

    def options(self) -> dict[str, Any]:
        """What LangChain is told besides the name."""
        options: dict[str, Any] = {"timeout": self.timeout, "max_retries": self.max_retries}
        return options if self.temperature is None else options | {"temperature": self.temperature}


class ChatModels:
    """The chat models of a library."""

    embedded = EMBEDDED

    def __init__(
        self,
        default: str = "",
        endpoint: Endpoint | None = None,
        own: Mapping[str, Callable[[], BaseChatModel]] | None = None,
    ) -> None:
        """No model is made before it is asked for.

        Args:
            default: the model when a run names none; empty: the embedded one.
            endpoint: where models without a provider are.
            own: makers of chat models of one's own, by the name that a context calls them.
        """
        self.default = default
        self._endpoint = endpoint or Endpoint()
        self._own = dict(own or {})
        self._made: dict[_Key, ChatModel] = {}
        self._known: dict[str, Known] = {}
        self._server = embedded.EmbeddedServer()

    def add(self, name: str, make: Callable[[], BaseChatModel]) -> None:
        """Make a chat model of one's own available as ``Context(model=name)``.

        Args:
            name: what the context will call it.
            make: makes the model; called once for each combination of settings.
        """
        self._own[name] = make
        self._made.clear()
        self._known.clear()

    def name_for(self, context: Context) -> str:
        """The model that a context asks for; empty: none is named."""
        return context.model or self.default

    def is_embedded(self, context: Context) -> bool:
        """Whether a context means the embedded demonstration model. Starts nothing."""
        name = self.name_for(context)
        return name == EMBEDDED or not (name or self._endpoint)

    def resolve(self, context: Context) -> ChatModel:
        """The chat model a context asks for. Starts the embedded server where that is the one.

        Raises:
            ModelUnavailableError: it cannot be had: not installed, no key, no such provider.
            SettingsError: a key is set, but no model is named.
        """
        key = self._key(context)
        known = self._made.get(key)
        if known is None:
            known = self._make(key)
            for oldest in list(self._made)[: 1 - _KEPT]:
                self._made.pop(oldest, None)
            self._made[key] = known
        return known

    def known(self, context: Context) -> ChatModel | None:
        """The chat model a context asks for, if it was made already. Blocks nobody."""
        return self._made.get(self._key(context))

    def close(self) -> None:
        """Let go of every model, and end the embedded server."""
        self._made.clear()
        self._server.stop()

    def _key(self, context: Context) -> _Key:
        return _Key(self.name_for(context), context.temperature, context.seed, context.timeout, context.max_retries)

    def _make(self, key: _Key) -> ChatModel:
        name, options = key.name, key.options()
        if make := self._own.get(name):
            return ChatModel(name, make(), known=self._known_of(name))
        if name == EMBEDDED or not (name or self._endpoint):
            return self._embedded(options, key.seed)
        if not name:
            raise SettingsError("no_model_named")
        provider, colon, rest = name.partition(":")
        is_openai = bool(colon) and provider == "openai"
        if colon and not is_openai and not self._endpoint.base_url:
            return self._by_provider(name, provider, options, key.seed)
        if key.seed is not None:
            options["seed"] = key.seed
        return self._openai(rest if is_openai else name, options)

    def _known_of(self, name: str) -> Known:
        """What was learnt of a model, whatever else a run asks of it."""
        return self._known.setdefault(name, Known())

    def _embedded(self, options: dict[str, Any], seed: int | None) -> ChatModel:
        from langchain_openai import ChatOpenAI  # noqa: PLC0415 (slow to import; --help does without)
        from openai import DefaultAsyncHttpxClient, DefaultHttpxClient  # noqa: PLC0415

        chat = ChatOpenAI(
            model=EMBEDDED,
            base_url=self._server.address(),
            api_key=SecretStr("none"),
            stream_usage=True,
            max_completion_tokens=EMBEDDED_MAX_TOKENS,
            seed=seed,
            extra_body=embedded.SAMPLING,
            stream_chunk_timeout=options["timeout"],
            # A proxy in the environment is not for this process's own server.
            http_client=DefaultHttpxClient(trust_env=False),
            http_async_client=DefaultAsyncHttpxClient(trust_env=False),
            **{"temperature": 0.8, **options},
        )
        return ChatModel(EMBEDDED, chat, is_embedded=True, seed=seed)

    def _openai(self, model: str, options: dict[str, Any]) -> ChatModel:
        """A model at the endpoint that is configured, or OpenAI's.

        Raises:
            ModelUnavailableError: it needs a key.
            SettingsError: the endpoint's address cannot be used.
        """
        if not self._endpoint:
            raise ModelUnavailableError("model_needs_key", model=model)
        given = self._endpoint.base_url
        key = SecretStr(clean_key(self._endpoint.api_key.get_secret_value())) if self._endpoint.api_key else None
        known, seed = self._known_of(model), options.get("seed")
        if not given:
            from langchain_openai import ChatOpenAI  # noqa: PLC0415

            slow = {"stream_chunk_timeout": options["timeout"]}
            chat = ChatOpenAI(model=model, api_key=key or SecretStr("none"), stream_usage=True, **slow, **options)
            return ChatModel(model, chat, seed=seed, known=known)
        from . import endpoint  # noqa: PLC0415

        address = address_of(given)
        made = endpoint.make(address.url, model, key, options)
        put_right = address.shown if address.is_changed else ""
        return ChatModel(model, made, seed=seed, base_url=address.url, api_key=key, known=known, put_right=put_right)

    def _by_provider(self, name: str, provider: str, options: dict[str, Any], seed: int | None) -> ChatModel:
        """The model through LangChain's own table of providers."""
        from langchain.chat_models import init_chat_model  # noqa: PLC0415

        try:
            # For a package that is missing, LangChain looks into an old one, which warns, and may not have it either.
            with catch_warnings(action="ignore", category=DeprecationWarning):
                chat = init_chat_model(name, **options)
        except (ImportError, AttributeError) as error:
            said = str(error).splitlines()[0].rstrip(".")
            reason = said if "pip install" in said else f"pip install langchain-{provider.replace('_', '-')}"
            raise ModelUnavailableError("model_needs_package", model=name, reason=reason) from error
        except (ValidationError, ValueError) as error:
            if "Unsupported provider" not in str(error) and "infer model provider" not in str(error):
                raise ModelUnavailableError("model_unusable", model=name, reason=_first_line(error)) from error
            raise ModelUnavailableError("no_provider", provider=provider, model=name) from error
        if seed is None or "seed" not in type(chat).model_fields:
            return ChatModel(name, chat, known=self._known_of(name))
        return ChatModel(name, chat.model_copy(update={"seed": seed}), seed=seed, known=self._known_of(name))


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:2]) if lines else type(error).__name__
