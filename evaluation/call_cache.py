"""Every prompt and answer of an evaluation, in one file that is only ever added to; and from it, resuming.

LangChain asks its cache before each call of a chat model and tells it each answer. This cache keeps them in a folder,
so a run that was killed is run again: what was answered is replayed, and the first question that was not is asked.

Within a novel the same question gets the same answer, whoever asks it. So all systems go on from the same opening, and
two variants part only where their prompts do.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections import Counter
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any

from langchain_core.caches import BaseCache
from langchain_core.globals import get_llm_cache, set_llm_cache
from langchain_core.messages import AIMessage, message_to_dict, messages_from_dict
from langchain_core.outputs import ChatGeneration

from ..nodes.resources import Resources, default_resources
from ..schemas.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from langchain_core.outputs import Generation

FILE = "calls.jsonl"
_KEPT_METADATA = ("finish_reason", "stop_reason", "model_provider", "model_name")
"""What is kept of what a provider says beside its answer: nothing that may name an account or an address."""

Key = tuple[str, str, int]


class StoppedError(Exception):
    """The evaluation was stopped elsewhere."""


@dataclass
class Cost:
    """What some calls cost. Seconds are the calls' own, tokens the model's figures (0 where it gives none)."""

    calls: int = 0
    seconds: float = 0.0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0

    def add(self, other: Cost) -> None:
        """Count other calls too."""
        self.calls += other.calls
        self.seconds = round(self.seconds + other.seconds, 3)
        self.input_tokens += other.input_tokens
        self.cached_tokens += other.cached_tokens
        self.output_tokens += other.output_tokens


@dataclass
class Ledger:
    """The calls of one piece of work on one novel, replayed or made.

    Attributes:
        novel: which novel.
        by: who asks: a system, the judge.
        cost: what the calls cost when they were made, since it was last taken.
    """

    novel: str
    by: str
    cost: Cost = field(default_factory=Cost)
    seen: Counter[str] = field(default_factory=Counter)
    began: dict[str, float] = field(default_factory=dict)

    def take(self) -> Cost:
        """The cost since this was last asked."""
        taken, self.cost = self.cost, Cost()
        return taken


_AT_WORK: ContextVar[Ledger | None] = ContextVar("recurrentgpt_evaluation_ledger", default=None)


class CallCache(BaseCache):
    """The record of an evaluation, as LangChain's cache. Calls outside of :meth:`work` pass it by."""

    def __init__(
        self, folder: Path, heard: Callable[[], None] = lambda: None, resources: Resources | None = None
    ) -> None:
        """Read what a folder holds; the last line, where a kill left half of it, is dropped.

        Args:
            folder: the evaluation's.
            heard: called at each answer, replayed or new.
            resources: whose models are asked; by default what the environment says.

        Raises:
            StorageError: the record cannot be read.
        """
        self._path = folder / FILE
        self._heard = heard
        self.resources = resources or default_resources()
        self._lock = threading.Lock()
        self._answers: dict[Key, dict[str, Any]] = {}
        for record in read_record(self._path, mend=True):
            self._remember(record)
        self._stopped = False
        self.replayed = self.asked = 0

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Let every chat model of this process ask here first, for the length of a ``with`` block."""
        before = get_llm_cache()
        set_llm_cache(self)
        try:
            yield
        finally:
            set_llm_cache(before)

    @contextmanager
    def work(self, novel: str, by: str) -> Iterator[Ledger]:
        """Count and keep the calls of a ``with`` block as those of one piece of work."""
        ledger = Ledger(novel, by)
        token = _AT_WORK.set(ledger)
        try:
            yield ledger
        finally:
            _AT_WORK.reset(token)

    def lookup(self, prompt: str, llm_string: str) -> Sequence[Generation] | None:  # noqa: ARG002 (LangChain's)
        """The recorded answer to a question, if there is one."""
        ledger = _AT_WORK.get()
        if ledger is None:
            return None
        if self._stopped:
            raise StoppedError
        digest = _digest(_asked(prompt))
        with self._lock:
            record = self._answers.get((ledger.novel, digest, ledger.seen[digest]))
            if record is None:
                ledger.began[digest] = perf_counter()
                return None
            self._count(ledger, record)
            self.replayed += 1
        message = messages_from_dict([record["answer"]])[0]
        return [ChatGeneration(message=message)]

    def update(self, prompt: str, llm_string: str, return_val: Sequence[Generation]) -> None:  # noqa: ARG002
        """Keep an answer, on disk before anything is made of it."""
        ledger = _AT_WORK.get()
        if ledger is None or not isinstance(return_val[0], ChatGeneration):
            return
        asked = _asked(prompt)
        digest = _digest(asked)
        with self._lock:
            record = {
                "novel": ledger.novel,
                "by": ledger.by,
                "question": digest,
                "time": ledger.seen[digest],
                "seconds": round(perf_counter() - ledger.began.pop(digest), 3),
                "asked": asked,
                "answer": _told(return_val[0].message),
            }
            self._write(record)
            self._remember(record)
            self._count(ledger, record)
            self.asked += 1

    def stop(self) -> None:
        """Let whoever works end at the next question."""
        self._stopped = True

    def clear(self, **_: Any) -> None:  # noqa: ANN401 (LangChain's)
        """Nothing: a record is not emptied."""

    def _remember(self, record: dict[str, Any]) -> None:
        """Keep an answer at hand; the prompts, most of a record, stay on disk."""
        self._answers[_key(record)] = {name: value for name, value in record.items() if name != "asked"}

    def _count(self, ledger: Ledger, record: dict[str, Any]) -> None:
        ledger.seen[record["question"]] += 1
        ledger.cost.add(cost_of(record))
        self._heard()

    def _write(self, record: dict[str, Any]) -> None:
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            reason = error.strerror or error
            raise StorageError("evaluation_unwritable", path=self._path, reason=reason) from error


def read_record(path: Path, *, mend: bool = False) -> list[dict[str, Any]]:
    """Every call that a record holds, in order.

    Args:
        path: the record.
        mend: cut off a last line that a kill left unfinished; else it is only passed over.

    Raises:
        StorageError: it cannot be read, or a line in its middle is broken.
    """
    try:
        kept = path.read_bytes() if path.exists() else b""
        whole, _, rest = kept.rpartition(b"\n")
        if rest and mend:
            with path.open("r+b") as file:
                file.truncate(len(kept) - len(rest))
    except OSError as error:
        raise StorageError("file_unreadable", path=path, reason=error.strerror or error) from error
    found = []
    for number, line in enumerate(whole.splitlines(), start=1):
        try:
            found.append(json.loads(line))
        except ValueError as error:
            raise StorageError("record_broken", number=number, path=path, reason=error) from error
    return found


def cost_of(record: dict[str, Any]) -> Cost:
    """What a recorded call cost."""
    usage = record["answer"]["data"].get("usage_metadata") or {}
    cached = (usage.get("input_token_details") or {}).get("cache_read") or 0
    tokens = (usage.get("input_tokens", 0), cached, usage.get("output_tokens", 0))
    return Cost(1, record["seconds"], *tokens)


def _key(record: dict[str, Any]) -> Key:
    return record["novel"], record["question"], record["time"]


def _asked(prompt: str) -> list[list[str]]:
    """The messages in LangChain's key: who says what."""
    return [[message["kwargs"]["type"], message["kwargs"]["content"]] for message in json.loads(prompt)]


def _digest(asked: list[list[str]]) -> str:
    return hashlib.sha256(json.dumps(asked, ensure_ascii=False).encode()).hexdigest()[:24]


def _told(message: object) -> dict[str, Any]:
    """An answer as plain JSON, without what names a request, an account or an address."""
    if not isinstance(message, AIMessage):
        msg = f"a chat model answered with a {type(message).__name__}"
        raise TypeError(msg)
    said = {name: message.response_metadata[name] for name in _KEPT_METADATA if name in message.response_metadata}
    kept = message.model_copy(update={"response_metadata": said, "additional_kwargs": {}, "id": None})
    return message_to_dict(kept)
