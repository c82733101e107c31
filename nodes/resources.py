"""Where gates' models and memories come from: a library's own, or, where nobody hands any in, the process's."""

from __future__ import annotations

import atexit
import threading
from copy import copy
from typing import TYPE_CHECKING, Any

from ..memory.last_state import write_last_state
from ..schemas.languages import add_languages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from langchain_core.embeddings import Embeddings
    from langchain_core.language_models import BaseChatModel

    from ..models import Endpoint
    from ..schemas.settings import Settings


class Resources:
    """What gates reach for outside of the state. Everything in it is made on first use.

    Attributes:
        settings: what it was made of.
        memories: the long-term memories.
        chat_models: the chat models.
    """

    def __init__(
        self,
        settings: Settings,
        chat_models: Mapping[str, Callable[[], BaseChatModel]] | None = None,
        embeddings: Mapping[str, Callable[[], Embeddings]] | None = None,
    ) -> None:
        """The resources that settings name.

        Args:
            settings: places, addresses, names.
            chat_models: makers of chat models of one's own, by name.
            embeddings: makers of embeddings of one's own, by name.

        Raises:
            SettingsError: the languages they name cannot be used.
        """
        from ..memory import Embedder, Memories, QdrantServer  # noqa: PLC0415 (a run alone needs them)
        from ..models import HELPER_BASE_URL, ChatModels, Endpoint, Helper  # noqa: PLC0415

        if settings.languages:
            add_languages(settings.languages)
        self.settings = settings
        self._embeddings = embeddings
        server = QdrantServer(settings.qdrant_url, settings.qdrant_api_key) if settings.qdrant_url else None
        self.memories = Memories(settings.home, Embedder(settings.embedding_model, embeddings), server)
        endpoint = Endpoint(settings.openai_base_url, settings.openai_api_key)
        elsewhere = Endpoint(settings.helper_base_url, settings.helper_api_key, HELPER_BASE_URL)
        helper = Helper(settings.helper_model, elsewhere)
        self.chat_models = ChatModels(settings.model, endpoint, chat_models, helper)

    def keep_last_state(self, state: Mapping[str, Any]) -> None:
        """Keep the state of a finished step in the story's folder, where a library finds it.

        Raises:
            MemoryUnavailableError: it cannot be written.
        """
        write_last_state(self.memories.folder(state["story_id"]), state)

    def with_settings(self, **changes: object) -> Resources:
        """Others, of these settings with some changed, that call the same chat models: an evaluation's own memories."""
        made = Resources(self.settings.model_copy(update=changes), embeddings=self._embeddings)
        made.chat_models = self.chat_models
        return made

    def elsewhere(self, endpoint: Endpoint, model: str) -> Resources:
        """The same memories, with models from another endpoint."""
        made = copy(self)
        made.chat_models = self.chat_models.elsewhere(endpoint, model)
        return made

    def close(self) -> None:
        """Let go of every memory and model."""
        self.memories.close_all()
        self.chat_models.close()


class _OfTheProcess:
    """The resources of a process that was handed none, as in Studio or on an agent server."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._resources: Resources | None = None
        self._make: Callable[[], Resources] = _of_the_environment

    def get(self) -> Resources:
        with self._lock:
            if self._resources is None:
                self._resources = self._make()
            return self._resources

    def replace(self, make: Callable[[], Resources]) -> None:
        self.close()
        self._make = make

    def close(self) -> None:
        with self._lock:
            if self._resources is not None:
                self._resources.close()
            self._resources = None


def _of_the_environment() -> Resources:
    from ..schemas.settings import Settings  # noqa: PLC0415 (reads the environment: not before it is needed)

    return Resources(Settings())


_PROCESS = _OfTheProcess()
atexit.register(_PROCESS.close)


def default_resources() -> Resources:
    """Those of this process, made of the environment when they are first asked for."""
    return _PROCESS.get()


def set_default_resources(make: Callable[[], Resources] = _of_the_environment) -> None:
    """Let this process's resources be made otherwise; those that there are, are closed."""
    _PROCESS.replace(make)
