"""Where a gate's models and memories come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from ..memory import open_memory
from ..memory.head import write_head
from ..models import resolve, resolved

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from ..memory import LongTermMemory
    from ..models import ChatModel
    from ..schemas.context import Context
    from ..schemas.languages import Language


class Resources(Protocol):
    """What gates reach for outside of the state."""

    def chat_model(self, context: Context) -> ChatModel:
        """The chat model that a run asks for; may take a while.

        Raises:
            ModelUnavailableError: it cannot be had.
        """

    def known_chat_model(self, context: Context) -> ChatModel | None:
        """The chat model that a run asks for, if it is at hand. Blocks nobody."""

    def open_memory(self, story_id: str, language: Language) -> AbstractContextManager[LongTermMemory]:
        """A story's long-term memory for the length of a ``with`` block.

        Raises:
            MemoryUnavailableError: it cannot be opened.
        """

    def keep_head(self, state: Mapping[str, Any]) -> None:
        """Keep the state of a finished step where a shelf finds it.

        Raises:
            MemoryUnavailableError: it cannot be written.
        """


class _OfTheEnvironment:
    """What the environment says."""

    def chat_model(self, context: Context) -> ChatModel:
        return resolve(context)

    def known_chat_model(self, context: Context) -> ChatModel | None:
        return resolved(context)

    def open_memory(self, story_id: str, language: Language) -> AbstractContextManager[LongTermMemory]:
        return open_memory(story_id, language)

    def keep_head(self, state: Mapping[str, Any]) -> None:
        write_head(state)


def default_resources() -> Resources:
    """Those of a process that was handed none: what the environment says."""
    return _OfTheEnvironment()
