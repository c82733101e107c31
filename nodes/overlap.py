"""How much of what a text says another says too, by its words: a cheap measure, of stems and of no meaning."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from ..memory.sparse import of_document
from ..schemas.wording import plain

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from ..schemas.languages import Language

_PAIR = 2


def share_said(text: str, other: str, language: Language, but: Iterable[str] = ()) -> float:
    """The part of a text's words that another text has, 0 to 1; of a text without any, 0.

    Words are compared by their stems, without those that say nothing by themselves; where none are divided, by every
    two characters that stand side by side.

    Args:
        text: what is looked for.
        other: where.
        language: the story's.
        but: names that do not count.
    """
    words = _words(text, language) - {word for name in but for word in _words(name, language)}
    return len(words & _words(other, language)) / len(words) if words else 0.0


@lru_cache(maxsize=64)
def _words(text: str, language: Language) -> frozenset[Hashable]:
    """The words of a text, which is asked for with one fact after another."""
    if language.counts != "characters":
        return frozenset(of_document(text, language).indices)
    runs = re.findall(r"\w+", plain(text))
    return frozenset(run[start : start + _PAIR] for run in runs for start in range(max(1, len(run) - 1)))
