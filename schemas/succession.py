"""What became of a fact whose passage has other words: what took its place there is ended by what had ended it.

A later passage ends a fact by its id. Where the fact is told anew under another, what a later passage says of the old
one would hold nothing, and two facts that cannot both be so would stand.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .facts import ENDS, Knowledge
from .wording import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from .entries import Entry
    from .facts import Change, Fact

_NAMES = 2
"""Names that a new fact shares with the one whose place it takes, where nobody said whose."""


def by_names(gone: Sequence[Fact], new: Iterable[Fact]) -> dict[str, tuple[str, ...]]:
    """Which of some facts that are gone the new ones took the place of, by what they are about: ids by new ids.

    Both are of one kind, told in one frame, and share two names; where that is so of several that are gone, nobody
    knows which of them it is.
    """
    found: dict[str, tuple[str, ...]] = {}
    for fact in new:
        alike = [old.id for old in gone if _is_about_the_same(fact, old)]
        if len(alike) == 1:
            found[fact.id] = (alike[0],)
    return found


def _is_about_the_same(fact: Fact, old: Fact) -> bool:
    mine, others = ({plain(name) for name in about} for about in (fact.subjects, old.subjects))
    return is_alike(fact, old) and len(mine & others) >= _NAMES


def is_alike(fact: Fact, old: Fact) -> bool:
    """Whether two facts are of one kind and told in one frame, so that what ends the one can end the other."""
    return (fact.kind, fact.frame) == (old.kind, old.frame)


def ended_at(later: Iterable[tuple[int, Entry]], names: Collection[str]) -> int | None:
    """The place of the first of some passages that ends a fact, or one that it took the place of.

    Args:
        later: the passages that come after the fact's, each with its place.
        names: the ids of the fact's chain, and of those that it took the place of.
    """
    return next((place for place, entry in later if any(_ends(one, names) for one in entry.changes)), None)


def _ends(change: Change, names: Collection[str]) -> bool:
    return change.what in ENDS and not set(names).isdisjoint(change.concerns)


def carried_over(known: Knowledge, heirs: Mapping[str, Sequence[Fact]]) -> Knowledge:
    """What a later passage makes true and changes, where it ends what took a fact's place as it ended that.

    Args:
        known: the passage's.
        heirs: by the ids of facts that are gone, those that took their places.
    """
    changes: list[Change] = []
    roots: dict[str, list[str]] = {}
    for change in known.changes:
        mine = [change]
        if change.what in ENDS and change.fact in heirs:
            mine = [replace(change, fact=new.id, closes=new.chain) for new in heirs[change.fact]]
            carried = tuple(name for name in change.closes if name != change.fact)
            if carried:  # It ends what the old one had taken the place of as well.
                mine.insert(0, change)
        elif change.what in ENDS and (more := [name for old in change.closes for name in _chains(heirs, old)]):
            mine = [replace(change, closes=tuple(dict.fromkeys((*change.closes, *more))))]
        changes.extend(mine)
        if change.what == "replaced" and change.by and mine != [change]:
            roots.setdefault(change.by, []).extend(name for one in mine for name in one.closes)
    facts = (
        replace(fact, roots=tuple(dict.fromkeys((*fact.roots, *roots[fact.id])))) if fact.id in roots else fact
        for fact in known.facts
    )
    return Knowledge(tuple(facts), tuple(changes))


def _chains(heirs: Mapping[str, Sequence[Fact]], old: str) -> Iterable[str]:
    return (name for new in heirs.get(old, ()) for name in new.chain)
