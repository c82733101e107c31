"""What Graphiti is given in place of a language model, an embedding service and a reranker."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from graphiti_core import Graphiti
from graphiti_core.cross_encoder.client import CrossEncoderClient
from graphiti_core.driver.kuzu_driver import KuzuDriver
from graphiti_core.embedder.client import EmbedderClient
from graphiti_core.graph_queries import get_fulltext_indices
from graphiti_core.llm_client.client import LLMClient

if TYPE_CHECKING:
    from pathlib import Path

    from langchain_core.embeddings import Embeddings

_NUMBERED = re.compile(r"\{'idx': (\d+), 'fact': (?:'(.*?)'|\"(.*?)\")\}")
"""A fact in Graphiti's request, with its number."""


class RecordedClient(LLMClient):  # type: ignore[misc]
    """Says which of the facts that it is shown hold no longer, and nothing else."""

    def __init__(self) -> None:
        super().__init__(None)
        self.over: list[str] = []

    async def _generate_response(self, messages: list[Any], response_model: Any = None, *_: Any, **__: Any) -> Any:  # noqa: ANN401
        if response_model is None or response_model.__name__ != "EdgeDuplicate":
            return {}
        shown = _NUMBERED.findall(messages[-1].content)
        gone = {text for fact in self.over for text in (fact, repr(fact)[1:-1])}
        over = [int(number) for number, single, double in shown if (single or double) in gone]
        return {"duplicate_facts": [], "contradicted_facts": over}


class OurVectors(EmbedderClient):  # type: ignore[misc]
    """The same vectors that all others have."""

    def __init__(self, embeddings: Embeddings) -> None:
        self._embeddings = embeddings

    async def create(self, input_data: Any) -> list[float]:  # noqa: ANN401
        """Embed one text."""
        return self._embeddings.embed_query(input_data if isinstance(input_data, str) else input_data[0])

    async def create_batch(self, input_data_list: list[str]) -> list[list[float]]:
        """Embed several."""
        return self._embeddings.embed_documents(input_data_list)


class NoReranker(CrossEncoderClient):  # type: ignore[misc]
    """Its default search has none."""

    async def rank(self, query: str, passages: list[str]) -> list[tuple[str, float]]:
        """Leave them as they come."""
        del query
        return [(passage, 1.0) for passage in passages]


async def opened(path: Path, embeddings: Embeddings) -> tuple[RecordedClient, Graphiti]:
    """A graph on a file. The indices of words are made by hand: for Kuzu its own call makes none."""
    client = RecordedClient()
    driver = KuzuDriver(db=str(path))
    graph = Graphiti(
        graph_driver=driver, llm_client=client, embedder=OurVectors(embeddings), cross_encoder=NoReranker()
    )
    for query in get_fulltext_indices(driver.provider):
        await driver.execute_query(query)
    return client, graph
