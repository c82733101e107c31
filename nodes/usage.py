"""What a gate costs: its calls, its tokens, its seconds."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from ..schemas.state import CallUsage

if TYPE_CHECKING:
    from ..models import Reply


class Account:
    """The account of one gate at work."""

    def __init__(self) -> None:
        self._began = perf_counter()
        self._usage = CallUsage(calls=0, seconds=0.0, input_tokens=0, cached_tokens=0, output_tokens=0)

    @property
    def calls(self) -> int:
        """How many calls were counted."""
        return self._usage["calls"]

    def add(self, reply: Reply, model: str) -> None:
        """Count a call of a model by what its answer says of it."""
        self._usage["model"] = model
        self._usage["calls"] += 1
        self._usage["input_tokens"] += reply.read or 0
        self._usage["output_tokens"] += reply.written
        self._usage["cached_tokens"] += reply.cached

    def close(self) -> CallUsage:
        """All of it, with the seconds since it was opened."""
        return {**self._usage, "seconds": round(perf_counter() - self._began, 3)}
