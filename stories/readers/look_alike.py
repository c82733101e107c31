"""Lines that head chapters by nothing but that they look alike, and unlike the text below each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .headings import is_number

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

SHORT: Final = 80
"""Characters of such a line."""
LEAST: Final = 2
"""How many there are, at least."""
MOSTLY: Final = 0.8
_CLOSED: Final = re.compile(r"[.,;:。，；：、…—–-][\"'”’」』)）]*$")
"""The end of a sentence or of a part of one; a title may ask or cry out."""


def is_name(text: str) -> bool:
    """Whether a line can be what a chapter is called: no sentence, and nobody's words."""
    if is_number(text):
        return True
    return (
        bool(text)
        and len(text) <= SHORT
        and not text[0].islower()
        and not _CLOSED.search(text)
        and any(map(str.isalnum, text))
    )


def heads_of(places: Sequence[int], texts: Sequence[str], worded: Collection[int]) -> list[int]:
    """Those of the lines of one look that head chapters; none, if some of that look are plainly no titles.

    Args:
        places: of the lines of that look.
        texts: all paragraphs.
        worded: the places of those that are titles by their words.
    """
    first = next((at for at, text in enumerate(texts) if len(text) > SHORT), 0)
    named = [at for at in places if is_name(texts[at])]
    names = set(named)
    # A title page has lines that look like titles, and are none.
    told = sum(at > first or at in names for at in places)
    heads = _first_of_each(named, texts, first)
    if len(heads) < LEAST or len(named) < MOSTLY * told or not _begins_book(heads, texts):
        return []
    below = sum(at - 1 in worded for at in heads)
    known = sum(at in names for at in worded)
    is_known = len(worded) < LEAST or known >= MOSTLY * len(worded) or below >= MOSTLY * len(heads)
    return heads if is_known else []


def _first_of_each(named: Sequence[int], texts: Sequence[str], first: int) -> list[int]:
    """Of lines one after another those that head a chapter: a number and its name both, else the one that can."""
    runs: list[list[int]] = []
    for at in named:
        if runs and runs[-1][-1] == at - 1:
            runs[-1].append(at)
        else:
            runs.append([at])
    heads: list[int] = []
    for run in runs:
        if run[-1] == len(texts) - 1:
            continue  # nothing follows it
        is_first = run[0] < first
        last_two = run[-LEAST:]
        if len(last_two) == LEAST and is_number(texts[last_two[0]]) and (is_first or len(run) == LEAST):
            heads += last_two
        elif is_first:
            heads.append(run[-1])
        elif len(run) <= LEAST:
            heads.append(run[0])
    return heads


def _begins_book(heads: Sequence[int], texts: Sequence[str]) -> bool:
    """Whether a book begins with the first of them, but for a title page: a sign in a story has as much before it."""
    before = sum(map(len, texts[: heads[0]]))
    after = sum(map(len, texts[heads[0] :]))
    return before < after / len(heads) / 2
