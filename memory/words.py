"""The words of a text as a BM25 sparse vector, by the text's language. Nothing is downloaded.

Qdrant counts how rare a word is (its IDF) over the lineage that is searched; here only the words of one text are
counted. Chinese has no spaces: there a tokenizer finds the words.
"""

from __future__ import annotations

from functools import lru_cache
from math import hypot

import qdrant_edge as edge

from .store import Sparse

_TYPICAL_PARAGRAPH = 300.0
"""Words of a paragraph of the paper's size: BM25 weighs a text's length against it."""


@lru_cache
def _encoder(language: str) -> edge.Bm25:
    if language == "zh":
        return edge.Bm25(
            edge.Bm25Config(tokenizer=edge.TokenizerType.Multilingual, language="chinese", avg_len=_TYPICAL_PARAGRAPH)
        )
    return edge.Bm25(edge.Bm25Config(language="english", avg_len=_TYPICAL_PARAGRAPH))


def of_document(text: str, language: str) -> Sparse:
    """The weighted words of a text that is stored."""
    vector = _encoder(language).embed_document(text)
    return Sparse(list(vector.indices), list(vector.values))


def of_question(text: str, language: str) -> Sparse:
    """The words of a text that is searched for."""
    vector = _encoder(language).embed_query(text)
    return Sparse(list(vector.indices), list(vector.values))


def likeness(one: Sparse, other: Sparse) -> float:
    """How much two texts are of the same words: the cosine of their vectors, 0 to 1."""
    weights = dict(zip(other.indices, other.values, strict=True))
    shared = sum(value * weights.get(index, 0.0) for index, value in zip(one.indices, one.values, strict=True))
    lengths = hypot(*one.values) * hypot(*other.values)
    return shared / lengths if lengths else 0.0
