"""The command line with a fake model and fake embeddings, for tests that start, stop and kill whole processes.

``KILL_AT=name:n`` kills this process, as ``kill -9`` would, the n-th time it comes to ``name``: a kind of model
call (``prose`` in the middle of its stream, ``title``, ``memory``, ``summaries``, ``summary``, ``plans``, ``number``,
``facts``, ``clashes``, ``leaning``) or a place beside the model (``before_write``, ``after_write``, ``recall``,
``find_by_facts``).
"""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from langchain_core.embeddings import DeterministicFakeEmbedding

from fact_tellers import tell_first_sentence
from fake_model import FakeChatModel
from knowing_model import knowing_model
from recurrentgpt.cli import main
from recurrentgpt.memory import LongTermMemory
from resources_at_hand import CHAT_MODELS, EMBEDDINGS, read_environment

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from langchain_core.messages import BaseMessage
    from langchain_core.outputs import ChatGenerationChunk

_SEEN: Counter[str] = Counter()
_KINDS = ("title", "memory", "summaries", "summary", "plans", "number", "facts", "clashes", "leaning")


def come_to(place: str) -> None:
    """Die here, if this is where."""
    _SEEN[place] += 1
    if os.environ.get("KILL_AT") == f"{place}:{_SEEN[place]}":
        sys.stdout.flush()
        os.kill(os.getpid(), signal.SIGKILL)


class KillableModel(FakeChatModel):
    """The fake model, with places to die at."""

    def _answer(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> Any:
        if schema is not None:
            come_to(next((kind for kind in _KINDS if kind in schema["properties"]), "another"))
        return super()._answer(messages, schema)

    async def _astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[ChatGenerationChunk]:
        number = 0
        async for chunk in super()._astream(*args, **kwargs):
            if number == 2:
                come_to("prose")
            number += 1
            yield chunk


HOSTILE = """<script>document.title = "taken"</script><img src=x onerror="document.title='taken'">
# No heading, **not bold**, [no link](javascript:alert(1)) and `no code` {{ 7 * 7 }} {% for %} {braces} $x^2$.
שלום עולם, this is right-to-left \u202eand an override\u202c; a family: 👩‍👩‍👧‍👦;
"quotes" & <b>entities</b> &amp; &#60;.

""" + " ".join(f"Word{number} stands in a very long paragraph." for number in range(1500))
"""What the model named ``hostile`` writes: about 10,000 words that must be shown as they are."""


def _with_places_to_die_at() -> None:
    append, recall = LongTermMemory.append, LongTermMemory.recall
    find_by_facts = LongTermMemory._find_by_facts

    def appending(self: LongTermMemory, *args: Any) -> Any:
        come_to("before_write")
        path = append(self, *args)
        come_to("after_write")
        return path

    def recalling(self: LongTermMemory, *args: Any, **kwargs: Any) -> Any:
        come_to("recall")
        return recall(self, *args, **kwargs)

    def finding(self: LongTermMemory, entries: Any) -> None:
        come_to("find_by_facts")
        find_by_facts(self, entries)

    LongTermMemory._find_by_facts = finding  # type: ignore[method-assign]
    LongTermMemory.append = appending  # type: ignore[method-assign, assignment]
    LongTermMemory.recall = recalling  # type: ignore[method-assign]


def prepare() -> None:
    """Put the fakes in their places."""
    delay, pause = (float(os.environ.get(name, "0")) for name in ("FAKE_DELAY", "FAKE_PAUSE"))
    CHAT_MODELS["fake"] = lambda: KillableModel(delay=delay, pause=pause)
    CHAT_MODELS["knowing"] = knowing_model
    CHAT_MODELS["teller"] = lambda: KillableModel(delay=delay, interfere=tell_first_sentence)
    CHAT_MODELS["hostile"] = lambda: FakeChatModel(chunk=50, interfere=lambda _, schema: None if schema else HOSTILE)
    EMBEDDINGS["fake"] = lambda: DeterministicFakeEmbedding(size=16)
    read_environment()
    _with_places_to_die_at()


if __name__ == "__main__":
    prepare()
    main()
