"""From the name of a model to a chat model: one of a person's own, the embedded one, an endpoint's, a provider's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from warnings import catch_warnings

from pydantic import SecretStr, ValidationError

from ..schemas.catalogue import a_language
from ..schemas.dialects import DIALECTS, FULL, SMALL, is_small
from ..schemas.errors import ModelUnavailableError, SettingsError
from . import embedded, kept_keys
from .addresses import address_of, clean_key
from .chat import EMBEDDED_MAX_TOKENS, ChatModel
from .known import Known

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from langchain_core.language_models import BaseChatModel

    from ..schemas.context import Context
    from ..schemas.dialects import Dialect

EMBEDDED = "embedded"
"""The name of the demonstration model."""
BASE_URL, HELPER_BASE_URL = "OPENAI_BASE_URL", "RECURRENTGPT_HELPER_BASE_URL"
"""The variables that say where models are."""
_KEPT = 32
"""Chat models that are kept, one a combination of settings."""


@dataclass(frozen=True)
class Endpoint:
    """An OpenAI-compatible endpoint: its address (empty: OpenAI's own), its key, and the variable with the address."""

    base_url: str = ""
    api_key: SecretStr | None = None
    variable: str = BASE_URL

    def __bool__(self) -> bool:
        """Whether one is configured."""
        return bool(self.base_url or self.api_key)


class Task(NamedTuple):
    """What a chat model is wanted for.

    Attributes:
        gate: the gate that asks.
        helps: whether the helper model does it, where a run has one: all but prose.
    """

    gate: str = ""
    helps: bool = False


PROSE, HELP = Task(), Task(helps=True)


class Helper(NamedTuple):
    """The model for all but prose where a run names none, and where helper models are (empty: where the others are)."""

    model: str = ""
    endpoint: Endpoint = Endpoint()


class _Key(NamedTuple):
    """What makes a chat model."""

    name: str
    at_helper: bool
    temperature: float | None
    seed: int | None
    timeout: float
    max_retries: int
    effort: str
    fields: str

    def options(self) -> dict[str, Any]:
        """What LangChain is told besides the name."""
        options: dict[str, Any] = {"timeout": self.timeout, "max_retries": self.max_retries}
        if self.temperature is not None:
            options["temperature"] = self.temperature
        if self.effort:
            options["reasoning_effort"] = self.effort
        return options

    def check_no_fields(self, model: str) -> None:
        """See that nothing is set that only an OpenAI-compatible server can be told.

        Raises:
            SettingsError: something is.
        """
        if self.fields:
            raise SettingsError("no_request_fields", model=model)

    def check_told_nothing(self, model: str) -> None:
        """See that nothing is set that the embedded model cannot be told.

        Raises:
            SettingsError: something is.
        """
        self.check_no_fields(model)
        if self.effort:
            raise SettingsError("no_reasoning_effort", model=model)


class ChatModels:
    """The chat models of a library."""

    embedded = EMBEDDED

    def __init__(
        self,
        default: str = "",
        endpoint: Endpoint | None = None,
        own: Mapping[str, Callable[[], BaseChatModel]] | None = None,
        helper: Helper | None = None,
        learnt: Mapping[tuple[str, bool], Known] | None = None,
    ) -> None:
        """No model is made before it is asked for.

        Args:
            default: the model when a run names none; empty: the embedded one.
            endpoint: where models without a provider are.
            own: makers of chat models of one's own, by the name that a context calls them.
            helper: the model for all but prose, and its endpoint.
            learnt: what is known of these models (``learnt_at``).
        """
        self.default = default
        self._endpoint = endpoint or Endpoint()
        self._helper = helper or Helper()
        self._own = dict(own or {})
        self._made: dict[_Key, ChatModel] = {}
        self._known: dict[tuple[str, bool], Known] = dict(learnt or {})
        self._server = embedded.EmbeddedServer()
        self._elsewhere: ChatModels | None = None

    @property
    def endpoint(self) -> Endpoint:
        """Where models without a provider are."""
        return self._endpoint

    def connect(self, endpoint: Endpoint, default: str) -> None:
        """Take models from elsewhere from now on; what is being asked for is answered from where it was.

        What was learnt of them while they were tried there (``elsewhere``) holds.

        Args:
            endpoint: where models without a provider are.
            default: the model when a run names none.
        """
        self._endpoint, self.default = endpoint, default
        self._made.clear()
        self._known = self._elsewhere.learnt_at(endpoint) if self._elsewhere else {}

    def elsewhere(self, endpoint: Endpoint, default: str) -> ChatModels:
        """The same models, but for where those without a provider are, and which is meant where none is named."""
        learnt = self._elsewhere.learnt_at(endpoint) if self._elsewhere else {}
        self._elsewhere = ChatModels(default, endpoint, self._own, learnt=learnt)
        return self._elsewhere

    def learnt_at(self, endpoint: Endpoint) -> dict[tuple[str, bool], Known]:
        """What was learnt of the models there; nothing, if these are elsewhere."""
        return dict(self._known) if self._endpoint.base_url == endpoint.base_url else {}

    def add(self, name: str, make: Callable[[], BaseChatModel]) -> None:
        """Make a chat model of one's own available as ``Context(model=name)``.

        Args:
            name: what the context will call it.
            make: makes the model; called once for each combination of settings.
        """
        self._own[name] = make
        self._made.clear()
        self._known.clear()

    def name_for(self, context: Context, task: Task = PROSE) -> str:
        """The model that a context asks for; empty: none is named."""
        return self._key(context, task).name

    def helper_for(self, context: Context) -> str:
        """The name of the helper model; empty: there is none."""
        return context.helper_model or self._helper.model

    def is_embedded(self, context: Context, task: Task = PROSE) -> bool:
        """Whether a context means the embedded demonstration model. Starts nothing."""
        key = self._key(context, task)
        return key.name == EMBEDDED or not (key.name or self._endpoint)

    def check_language(self, context: Context, tag: str) -> None:
        """See that the models of a context know a language: the embedded one knows one alone. Starts nothing.

        Raises:
            ModelUnavailableError: one does not.
        """
        is_embedded = any(self.is_embedded(context, task) for task in self.tasks(context))
        if is_embedded and tag.partition("-")[0].lower() != embedded.LANGUAGE:
            raise ModelUnavailableError("embedded_language", language=a_language(tag))

    def dialect_of(self, context: Context, task: Task = PROSE) -> Dialect:
        """In what words and sizes the model of a context is asked: as it says, else as the model wants it."""
        if context.dialect != "auto":
            return DIALECTS[context.dialect]
        if self.is_embedded(context, task) or is_small(self.name_for(context, task)):
            return SMALL
        key = self._key(context, task)
        known = self._known.get((key.name, key.at_helper))
        return SMALL if known is not None and known.wants_small else FULL

    def shown(self, context: Context, task: Task = PROSE) -> str:
        """What a person calls the model that a context asks for."""
        return EMBEDDED if self.is_embedded(context, task) else self.name_for(context, task)

    def tasks(self, context: Context) -> list[Task]:
        """A task for each model that a context asks for: prose first, then what helps, then gates with their own."""
        found: dict[_Key, Task] = {}
        for task in (PROSE, HELP, *(Task(gate) for gate in sorted(context.gate_models))):
            found.setdefault(self._key(context, task), task)
        return list(found.values())

    def resolve(self, context: Context, task: Task = PROSE) -> ChatModel:
        """The chat model a context asks for. Starts the embedded server where that is the one.

        Raises:
            ModelUnavailableError: it cannot be had: not installed, no key, no such provider.
            SettingsError: a key is set, but no model is named; or the helper's endpoint is, but no helper.
        """
        key = self._key(context, task)
        if self._helper.endpoint and not self.helper_for(context):
            raise SettingsError("no_helper_named")
        known = self._made.get(key)
        if known is None:
            known = self._make(key)
            for oldest in list(self._made)[: 1 - _KEPT]:
                self._made.pop(oldest, None)
            self._made[key] = known
        return known

    def known(self, context: Context, task: Task = PROSE) -> ChatModel | None:
        """The chat model a context asks for, if it was made already. Blocks nobody."""
        return self._made.get(self._key(context, task))

    async def leave_loop(self) -> None:
        """Close the connections that models have on the running event loop, which is about to end."""
        for model in list(self._made.values()):
            await model.leave_loop()
        if self._elsewhere:
            await self._elsewhere.leave_loop()

    def close(self) -> None:
        """Let go of every model, and end the embedded server."""
        self._made.clear()
        self._server.stop()

    def _key(self, context: Context, task: Task) -> _Key:
        """What makes the model for a task: a gate's own, else the helper where it helps, else the run's.

        A gate's own is where the helper is if it has the helper's name and not the other's, else where the others are.
        """
        helper, prose = self.helper_for(context), context.model or self.default
        name = context.gate_models.get(task.gate, "")
        is_helper = name == helper != prose if name else task.helps
        name = name or (is_helper and helper) or prose
        at_helper = bool(is_helper and helper and self._helper.endpoint)
        limits = (context.timeout, context.max_retries)
        fields = context.reasoning_effort, context.request_fields
        return _Key(name, at_helper, context.temperature, context.seed, *limits, *fields)

    def _make(self, key: _Key) -> ChatModel:
        name, options = key.name, key.options()
        endpoint = self._helper.endpoint if key.at_helper else self._endpoint
        known = self._known.setdefault((name, key.at_helper), Known())
        if make := self._own.get(name):
            return ChatModel(name, make(), known=known)
        if name == EMBEDDED or not (name or endpoint):
            key.check_told_nothing(EMBEDDED)
            return self._embedded(options, key.seed)
        if not name:
            raise SettingsError("no_model_named")
        provider, colon, rest = name.partition(":")
        is_openai = bool(colon) and provider == "openai"
        if colon and not is_openai and not endpoint.base_url:
            key.check_no_fields(name)
            return self._by_provider(name, provider, options, key.seed, known)
        if key.seed is not None:
            options["seed"] = key.seed
        if key.fields:
            options["extra_body"] = json.loads(key.fields)
        return _openai(rest if is_openai else name, endpoint, options, known)

    def _embedded(self, options: dict[str, Any], seed: int | None) -> ChatModel:
        from langchain_openai import ChatOpenAI  # noqa: PLC0415 (slow to import; --help does without)
        from openai import DefaultHttpxClient  # noqa: PLC0415

        from .clients import ClientOnAnyLoop  # noqa: PLC0415

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
            http_async_client=ClientOnAnyLoop(trust_env=False),
            **{"temperature": embedded.TEMPERATURE, **options},
        )
        return ChatModel(EMBEDDED, chat, is_embedded=True, seed=seed)

    @staticmethod
    def _by_provider(name: str, provider: str, options: dict[str, Any], seed: int | None, known: Known) -> ChatModel:
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
        if "reasoning_effort" in options and "reasoning_effort" not in type(chat).model_fields:
            raise SettingsError("no_reasoning_effort", model=name)
        if seed is None or "seed" not in type(chat).model_fields:
            return ChatModel(name, chat, known=known)
        return ChatModel(name, chat.model_copy(update={"seed": seed}), seed=seed, known=known)


def _with_kept_key(endpoint: Endpoint) -> Endpoint:
    """An endpoint that was given no key, with the one that the system's keyring has for it.

    Raises:
        SettingsError: the keyring refused.
    """
    if endpoint.api_key or kept_keys.is_here(endpoint.base_url):
        return endpoint
    address = address_of(endpoint.base_url, endpoint.variable).url if endpoint.base_url else ""
    key = kept_keys.kept(address)
    return Endpoint(endpoint.base_url, SecretStr(key), endpoint.variable) if key else endpoint


def _openai(model: str, endpoint: Endpoint, options: dict[str, Any], known: Known) -> ChatModel:
    """A model at an endpoint, or OpenAI's.

    Raises:
        ModelUnavailableError: it needs a key.
        SettingsError: the endpoint's address cannot be used.
    """
    endpoint = _with_kept_key(endpoint)
    if not endpoint:
        raise ModelUnavailableError("model_needs_key", model=model)
    key = SecretStr(clean_key(endpoint.api_key.get_secret_value())) if endpoint.api_key else None
    seed = options.get("seed")
    if not endpoint.base_url:
        from langchain_openai import ChatOpenAI  # noqa: PLC0415

        slow = {"stream_chunk_timeout": options["timeout"]}
        chat = ChatOpenAI(model=model, api_key=key or SecretStr("none"), stream_usage=True, **slow, **options)
        return ChatModel(model, chat, seed=seed, known=known)
    from . import endpoint as client  # noqa: PLC0415

    address = address_of(endpoint.base_url, endpoint.variable)
    made = client.make(address.url, model, key, options)
    return ChatModel(
        model,
        made,
        seed=seed,
        base_url=address.url,
        api_key=key,
        known=known,
        put_right=address.shown if address.is_changed else "",
        variable=endpoint.variable,
    )


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:2]) if lines else type(error).__name__
