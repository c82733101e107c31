"""Fake embeddings that know what they were asked."""

from __future__ import annotations

from langchain_core.embeddings import DeterministicFakeEmbedding
from pydantic import Field


class CountingEmbeddings(DeterministicFakeEmbedding):
    """Fake vectors, and a list of every text that was encoded."""

    encoded: list[str] = Field(default_factory=list)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.encoded.extend(texts)
        return super().embed_documents(texts)
