"""What a gate costs: its calls, its tokens, its seconds; and whether a server cut what it was sent."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from ..models.window import count_tokens
from ..schemas.state import CallUsage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.messages import AIMessage, BaseMessage

_CUT_FROM, _CUT_SHARE = 1500, 0.5
"""A prompt of so many tokens, of which the server says to have read less than this part, was cut."""


class Account:
    """The account of one gate at work."""

    def __init__(self) -> None:
        self._began = perf_counter()
        self._usage = CallUsage(calls=0, seconds=0.0, input_tokens=0, cached_tokens=0, output_tokens=0)

    @property
    def calls(self) -> int:
        """How many calls were counted."""
        return self._usage["calls"]

    def add(self, answer: AIMessage) -> None:
        """Count a call by what its answer says of it."""
        figures = answer.usage_metadata
        self._usage["calls"] += 1
        if figures:
            self._usage["input_tokens"] += figures["input_tokens"]
            self._usage["output_tokens"] += figures["output_tokens"]
            self._usage["cached_tokens"] += figures.get("input_token_details", {}).get("cache_read", 0) or 0

    def close(self) -> CallUsage:
        """All of it, with the seconds since it was opened."""
        return {**self._usage, "seconds": round(perf_counter() - self._began, 3)}


def was_cut(answer: AIMessage, sent: Sequence[BaseMessage]) -> tuple[int, int] | None:
    """Tokens read and sent (about) where a server seems to have read far less than it was sent."""
    figures = answer.usage_metadata
    if not figures:
        return None
    tokens = sum(count_tokens(message.text) for message in sent)
    read = figures["input_tokens"]
    return (read, tokens) if tokens > _CUT_FROM and 0 < read < tokens * _CUT_SHARE else None
