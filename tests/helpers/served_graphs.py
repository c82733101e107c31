"""The project's graphs for a dev server that is to be fast: with fake embeddings."""

from __future__ import annotations

from langchain_core.embeddings import DeterministicFakeEmbedding

from recurrentgpt.graph.served import (
    co_author,
    co_author_zh,
    graph,
    graph_zh,
    interactive_fiction,
    interactive_fiction_zh,
    novelist,
    novelist_zh,
    simulated_human,
    simulated_human_zh,
)
from resources_at_hand import EMBEDDINGS, read_environment

EMBEDDINGS["fake"] = lambda: DeterministicFakeEmbedding(size=16)
read_environment()

__all__ = [
    "co_author",
    "co_author_zh",
    "graph",
    "graph_zh",
    "interactive_fiction",
    "interactive_fiction_zh",
    "novelist",
    "novelist_zh",
    "simulated_human",
    "simulated_human_zh",
]
