"""What this process writes and remembers with: the fakes, and what the environment says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recurrentgpt.nodes.resources import Resources, default_resources, set_default_resources
from recurrentgpt.schemas.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from langchain_core.embeddings import Embeddings
    from langchain_core.language_models import BaseChatModel

    from recurrentgpt.memory import LongTermMemory, Memories
    from recurrentgpt.schemas.languages import Language

CHAT_MODELS: dict[str, Callable[[], BaseChatModel]] = {}
EMBEDDINGS: dict[str, Callable[[], Embeddings]] = {}


def read_environment() -> None:
    """Let the environment be read anew when something is next needed; what was open is let go of."""
    set_default_resources(lambda: Resources(Settings(), CHAT_MODELS, EMBEDDINGS))


def read_environment_but_keep_the_server() -> None:
    """The same, with the client to the server that there is: an engine in this process would lose its points."""
    client = memories().__dict__.pop("client", None)  # taken out, so that it is not closed with the rest
    read_environment()
    if client is not None:
        memories().client = client


def add_model(name: str, make: Callable[[], BaseChatModel]) -> None:
    """A chat model of a test's own."""
    CHAT_MODELS[name] = make
    default_resources().chat_models.add(name, make)


def memories() -> Memories:
    """The long-term memories of this process."""
    return default_resources().memories


def open_memory(story_id: str, language: Language) -> AbstractContextManager[LongTermMemory]:
    """A story's memory, for the length of a ``with`` block."""
    return memories().open(story_id, language)


def close_memory(story_id: str) -> None:
    """Let go of a story's memory."""
    memories().close(story_id)
