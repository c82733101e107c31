"""The command line with a fake model and fake embeddings, for tests that start, stop and kill whole processes.

``KILL_AT=name:n`` kills this process, as ``kill -9`` would, the n-th time it comes to ``name``: a kind of model
call (``prose`` in the middle of its stream, ``title``, ``memory``, ``summaries``, ``summary``, ``plans``, ``number``)
or a place beside the model (``before_write``, ``after_write``, ``recall``).
"""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from langchain_core.embeddings import DeterministicFakeEmbedding

from fake_model import FakeChatModel
from recurrentgpt import models
from recurrentgpt.cli import main
from recurrentgpt.memory import LongTermMemory, embeddings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langchain_core.messages import BaseMessage
    from langchain_core.outputs import ChatGenerationChunk

_PLACE, _, _TIMES = os.environ.get("KILL_AT", "").partition(":")
_SEEN: Counter[str] = Counter()
_KINDS = ("title", "memory", "summaries", "summary", "plans", "number")


def come_to(place: str) -> None:
    """Die here, if this is where."""
    _SEEN[place] += 1
    if place == _PLACE and _SEEN[place] == int(_TIMES):
        sys.stdout.flush()
        os.kill(os.getpid(), signal.SIGKILL)


class KillableModel(FakeChatModel):
    """The fake model, with places to die at."""

    def _answer(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> Any:
        if schema is not None:
            come_to(next((kind for kind in _KINDS if kind in schema["properties"]), "another"))
        return super()._answer(messages, schema)

    def _stream(self, *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        for number, chunk in enumerate(super()._stream(*args, **kwargs)):
            if number == 10:
                come_to("prose")
            yield chunk


def _with_places_to_die_at() -> None:
    append, recall = LongTermMemory.append, LongTermMemory.recall

    def appending(self: LongTermMemory, *args: Any) -> Any:
        come_to("before_write")
        path = append(self, *args)
        come_to("after_write")
        return path

    def recalling(self: LongTermMemory, *args: Any, **kwargs: Any) -> Any:
        come_to("recall")
        return recall(self, *args, **kwargs)

    LongTermMemory.append = appending  # type: ignore[method-assign, assignment]
    LongTermMemory.recall = recalling  # type: ignore[method-assign]


if __name__ == "__main__":
    delay = float(os.environ.get("FAKE_DELAY", "0"))
    models.register("fake", lambda: KillableModel(delay=delay))
    embeddings.register("fake", lambda: DeterministicFakeEmbedding(size=16))
    _with_places_to_die_at()
    main()
