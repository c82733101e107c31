"""A chat model that a run can call, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import embedded
from .window import TOKENS_A_SENTENCE, ask_server

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable

EMBEDDED_MAX_TOKENS = 2048
"""Tokens that one answer of the embedded model may have."""


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
            return self.on(attempt).bind(max_tokens=min(EMBEDDED_MAX_TOKENS, TOKENS_A_SENTENCE * sentences))
        return self.on(attempt)

    def for_schema(self, schema: dict[str, Any], attempt: int) -> Runnable[list[BaseMessage], dict[str, Any]]:
        """The model held to a JSON schema; it answers with ``raw``, ``parsed`` and ``parsing_error``."""
        chat, held_to = self.on(attempt), schema
        if self.is_embedded:
            chat = chat.model_copy(update={"temperature": embedded.TEMPERATURE_OF_FORMS})
            held_to = embedded.in_sentences(schema)
        structured: Runnable[Any, Any] = chat.with_structured_output(held_to, include_raw=True)
        return structured
