"""What a model thinks before it answers: told while it thinks, and kept nowhere."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

THINKING = "thinking"
"""The event: ``text``, what was thought since the last one; ``seconds``, since the first thought of this call."""
_EVERY = 0.3
"""Seconds that pass at least between two such events: a thought comes in hundreds of pieces."""


class Thinking:
    """The thoughts of one call after the other."""

    def __init__(self) -> None:
        self._tell: Callable[[str, dict[str, Any]], None] | None = None
        self._untold: list[str] = []
        self._began = self._told = 0.0

    def begin(self, tell: Callable[[str, dict[str, Any]], None]) -> None:
        """A call begins, whose thoughts somebody is told of."""
        self._tell, self._untold, self._began = tell, [], 0.0

    def hear(self, thought: str) -> None:
        """A piece of a thought came."""
        now = perf_counter()
        if not self._began and not (thought := thought.lstrip()):
            return
        self._began = self._began or now
        self._untold.append(thought)
        if now - self._told >= _EVERY:
            self._say(now)

    def end(self) -> None:
        """The call has ended: what was not told yet."""
        if self._untold:
            self._say(perf_counter())
        self._tell = None

    def _say(self, now: float) -> None:
        text, self._untold, self._told = "".join(self._untold), [], now
        if self._tell:
            self._tell(THINKING, {"text": text, "seconds": round(now - self._began, 1)})
