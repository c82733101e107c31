"""The words of a text as a BM25 sparse vector, by the text's language. Nothing is downloaded.

Qdrant counts how rare a word is (its IDF) over the lineage that is searched; here only the words of one text are
counted. Chinese has no spaces: there a tokenizer finds the words, and each character is searched for beside them,
because the same thing is often said with a character more or less. All passages of a story are found by characters or
none: among many that are found by words alone, the few others would always come first.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import hypot
from typing import TYPE_CHECKING

from .store import Sparse

if TYPE_CHECKING:
    import qdrant_edge as edge

    from ..schemas.languages import Language

_TYPICAL_PARAGRAPH = 300.0
"""Words of a paragraph of the paper's size: BM25 weighs a text's length against it."""


@lru_cache
def _encoder(language: Language) -> edge.Bm25:
    import qdrant_edge as edge  # noqa: PLC0415 (takes a tenth of a second, and is not needed before words are counted)

    tokenizer = edge.TokenizerType.Word if language.search.tokenizer == "word" else edge.TokenizerType.Multilingual
    if language.search.stemmer:
        return edge.Bm25(
            edge.Bm25Config(tokenizer=tokenizer, language=language.search.stemmer, avg_len=_TYPICAL_PARAGRAPH)
        )
    # Where nothing is said of a language its words are compared as they are: the engine's default is English.
    return edge.Bm25(
        edge.Bm25Config(
            tokenizer=tokenizer,
            stopwords=edge.StopwordsSet(set(), set()),
            stemmer=edge.DisabledStemmer(),
            avg_len=_TYPICAL_PARAGRAPH,
        )
    )


def of_document(text: str, language: Language, *, by_characters: bool = False) -> Sparse:
    """The weighted words of a text that is stored."""
    vector = _encoder(language).embed_document(_with_characters(text, language) if by_characters else text)
    return Sparse(list(vector.indices), list(vector.values))


def of_question(text: str, language: Language, *, by_characters: bool = False) -> Sparse:
    """The words of a text that is searched for."""
    vector = _encoder(language).embed_query(_with_characters(text, language) if by_characters else text)
    return Sparse(list(vector.indices), list(vector.values))


def _with_characters(text: str, language: Language) -> str:
    """A text, and behind it each of its characters that is searched for by itself."""
    return " ".join((text, *re.findall(language.search.character, text)))


def likeness(one: Sparse, other: Sparse) -> float:
    """How much two texts are of the same words: the cosine of their vectors, 0 to 1."""
    weights = dict(zip(other.indices, other.values, strict=True))
    shared = sum(value * weights.get(index, 0.0) for index, value in zip(one.indices, one.values, strict=True))
    lengths = hypot(*one.values) * hypot(*other.values)
    return shared / lengths if lengths else 0.0
