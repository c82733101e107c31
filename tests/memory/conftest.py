"""Memories over each engine."""

from __future__ import annotations

import os
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from qdrant_client import QdrantClient

from counting_embeddings import CountingEmbeddings
from memories_at_hand import MODEL, SIZE, Store, edge_store, memory_over, vector_size
from recurrentgpt.memory.served import COLLECTION, ServedStore, collection_with

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from recurrentgpt.memory import LongTermMemory

SERVER, KEY = os.environ.get("QDRANT_URL", ""), os.environ.get("QDRANT_API_KEY")
"""Read before each test's environment is emptied."""


@pytest.fixture
def client() -> Iterator[QdrantClient]:
    with closing(QdrantClient(":memory:")) as client:
        yield client


@contextmanager
def a_collection_on_the_server() -> Iterator[tuple[QdrantClient, str]]:
    """A collection of the tests' own on the server that ``QDRANT_URL`` names; a library there is left alone."""
    place: dict[str, str | None] = {"location": SERVER} if SERVER == ":memory:" else {"url": SERVER, "api_key": KEY}
    with closing(QdrantClient(**place)) as client:  # type: ignore[arg-type]
        name = collection_with(client, MODEL, SIZE)
        try:
            yield client, name
        finally:
            client.delete_collection(name)


@pytest.fixture(params=["edge", "served", *(["server"] if SERVER else [])])
def open_store(
    request: pytest.FixtureRequest, tmp_path: Path, client: QdrantClient
) -> Iterator[Callable[[str], Store]]:
    """Opens the memory of a story in the engine at hand."""
    with ExitStack() as stack:
        at = stack.enter_context(a_collection_on_the_server()) if request.param == "server" else (client, COLLECTION)

        def open_it(story_id: str) -> Store:
            store: Store = (
                edge_store(tmp_path / story_id, story_id)
                if request.param == "edge"
                else ServedStore(at[0], story_id, MODEL, vector_size, at[1])
            )
            stack.callback(store.close)
            return store

        yield open_it


@pytest.fixture
def store(open_store: Callable[[str], Store]) -> Store:
    return open_store("story")


@pytest.fixture
def embeddings() -> CountingEmbeddings:
    return CountingEmbeddings(size=SIZE)


@pytest.fixture
def memory(store: Store, embeddings: CountingEmbeddings) -> LongTermMemory:
    return memory_over(store, embeddings)
