"""About what it takes to read a manuscript into the memories, before it is begun."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from ..memory.last_state import read_last_state
from ..models.window import TOKENS_A_SENTENCE, count_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..schemas.context import Context
    from .library import Library

_BATCH = 4
"""Passages that are read at once."""
_TASKS = 900
"""Tokens that the system's part and the tasks of a batch's two calls have, about, each."""
_SUMMARY = 60
_FACTS = 160
_LOOKED_AT = 20


class ReadingCost(NamedTuple):
    """About what reading takes.

    Attributes:
        passages: that are remembered.
        calls: of the model.
        input_tokens: sent.
        output_tokens: answered.
        seconds: by what this model took for its last steps here; ``None``: it has told nothing here yet.
    """

    passages: int
    calls: int
    input_tokens: int
    output_tokens: int
    seconds: float | None


def cost_of_reading(library: Library, passages: Sequence[str], context: Context) -> ReadingCost:
    """About what it takes to read passages with these settings."""
    parts = ceil(len(passages) / _BATCH)
    text = sum(map(count_tokens, passages))
    memory = TOKENS_A_SENTENCE * (context.memory_min_sentences + context.memory_max_sentences) // 2
    facts = _FACTS * context.use_facts * len(passages)
    summaries = _SUMMARY * len(passages)
    at_once = 1 if library.is_demonstration(context) else min(context.read_at_once, parts or 1)
    times = ceil(parts / at_once)
    if at_once == 1:
        calls, of_text, waited = 2 * parts, 3, times * memory + summaries + facts
    else:
        # A memory each time, summaries and facts apart; what is asked for side by side is waited for once.
        calls, of_text = times + parts + parts * context.use_facts, 3 + context.use_facts
        waited = max(times * memory, summaries // at_once) + facts
    sent = calls * (_TASKS + memory) + of_text * text
    told = times * memory + summaries + facts
    return ReadingCost(len(passages), calls + 1, sent, told, _seconds(library, context, waited))


def _seconds(library: Library, context: Context, told: int) -> float | None:
    """How long so many tokens take, by the newest story here that the same model has written at."""
    model = context.model or library.default_model
    for record in library.records()[:_LOOKED_AT]:
        usage = (read_last_state(library.folder(record)) or {}).get("usage", {})
        own = [call for call in usage.values() if call.get("model", "") in {model, ""} and call.get("output_tokens")]
        if record.context.model == context.model and own:
            return float(told * sum(call["seconds"] for call in own) / sum(call["output_tokens"] for call in own))
    return None
