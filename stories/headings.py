"""What in a manuscript is the title of a chapter where nothing but its words says so."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from ..schemas.languages import languages

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..schemas.languages import Language

_LONGEST = 60
"""Characters of a title after the words that make it one."""
_NUMBERED = re.compile(r"(\w+)\s+(?:\d+|[IVXLC]+)")
"""A word and a number: a chapter in any language, if the word numbers another as well."""


def titles_in(blocks: Iterable[str], language: Language) -> set[str]:
    """The blocks of a text that are titles of chapters by their words: "Chapter 1: The Cellar", "Epilogue".

    Args:
        blocks: of the text.
        language: the text's. The words of every language that has any here are known, for the language that a person
            names need not be the right one; of a language that has none, "Kapitel 1" is a title where there is a
            "Kapitel 2".
    """
    kept = list(blocks)
    known = "|".join(known.heading for known in (language, *languages()) if known.heading)
    is_title = re.compile(
        rf"(?:{known})(?:(?!{language.sentence_end})[^\n]){{0,{_LONGEST}}}(?:{language.sentence_end})?", re.IGNORECASE
    )
    found = {block for block in kept if is_title.fullmatch(block)}
    return found if language.heading else found | _numbered(kept)


def _numbered(blocks: list[str]) -> set[str]:
    hits = {block: hit[1] for block in blocks if (hit := _NUMBERED.fullmatch(block))}
    often = Counter(hits.values())
    return {block for block, word in hits.items() if often[word] > 1}
