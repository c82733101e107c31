"""Which passages stand beside those that are read for clashes: found by code, by what both are about.

Facts about the same that places apart state, above all where both have a number; and what a search recalls.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ..schemas.aliases import names_of
from ..schemas.wording import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from ..memory import Entry
    from ..schemas.facts import Fact

_NUMBERED = 2.0
"""How much more two facts about the same weigh where both have a number, an age or a date."""
_RECALLED = 2.0
"""What the first passage that is recalled weighs; the next half of it, and so on."""


def compared(
    entries: Mapping[int, Entry],
    checked: Collection[int],
    others: Collection[int],
    recalled: Sequence[int],
    aliases: Sequence[Sequence[str]] = (),
) -> list[int]:
    """The places that are worth comparing with some passages, the likeliest first.

    What few facts are about leads further than what many are about.

    Args:
        entries: all of the path, by place; those of the book before have places below 0.
        checked: the places of the passages.
        others: the places that may be among those that are given.
        recalled: those that a search found, the best first.
        aliases: names of one: what is told of one of them is told of the others.
    """
    told: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    for place in others:
        for subject, is_numbered in _subjects(entries[place].facts, aliases):
            told[subject].append((place, is_numbered))
    weights: dict[int, float] = defaultdict(float)
    for place in checked:
        for subject, is_numbered in _subjects(entries[place].facts, aliases):
            for other, has_number in told[subject]:
                weights[other] += (_NUMBERED if is_numbered and has_number else 1.0) / len(told[subject])
    for rank, place in enumerate(recalled):
        weights[place] += _RECALLED / (1 + rank)
    return sorted(weights, key=lambda place: (-weights[place], place))


def _subjects(facts: Sequence[Fact], aliases: Sequence[Sequence[str]]) -> Iterator[tuple[str, bool]]:
    """What some facts are about, each under one name, and whether the fact has a number."""
    for fact in facts:
        is_numbered = bool(fact.when) or any(sign.isnumeric() for sign in fact.text)
        for name in fact.subjects:
            yield min(map(plain, names_of(aliases, name))), is_numbered
