"""A small story, and memories to write it to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from counting_embeddings import CountingEmbeddings
from recurrentgpt.memory import Lineage, LongTermMemory
from recurrentgpt.memory.edge import EdgeStore
from recurrentgpt.memory.served import ServedStore
from tongues import EN

if TYPE_CHECKING:
    from pathlib import Path

    from langchain_core.embeddings import DeterministicFakeEmbedding

Store = EdgeStore | ServedStore

SIZE = 16
MODEL = "fake-embeddings"
STORY = [
    "Ada lit the lamp. The wind rose.",
    "Ben rowed out. The boat leaked. He sang.",
    "A ship sank. Nobody saw it.",
    "Ada wept. She kept the bell.",
    "The ice came. It stayed.",
]


def vector_size() -> int:
    return SIZE


def no_vector_size() -> int:
    pytest.fail("the embedder was asked although the memory is not new")


def edge_store(folder: Path, story_id: str = "story") -> EdgeStore:
    return EdgeStore(folder, story_id, MODEL, vector_size)


def memory_over(store: Store, embeddings: DeterministicFakeEmbedding | None = None) -> LongTermMemory:
    return LongTermMemory(store, embeddings or CountingEmbeddings(size=SIZE), EN)


def written(memory: LongTermMemory, texts: list[str], path: Lineage | None = None) -> list[Lineage]:
    """Every path from the one before the first text to the one after the last."""
    paths = [path if path is not None else Lineage()]
    for text in texts:
        paths.append(memory.append(paths[-1], text, f"Summary of: {text}", f"Plan of: {text}"))
    return paths


def texts_of(memory: LongTermMemory, path: Lineage) -> list[str]:
    return [entry.text for entry in memory.read(path)]
