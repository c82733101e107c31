"""Names of one: those that a person joined, as groups in the state, and the facts that propose to join more.

That two names are one person's or thing's is proposed and never done: a person does it, and undoes it. Names are
compared as people write them, whatever their case.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .wording import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .facts import FactState

Groups = list[list[str]]
"""Names of one each, two at least."""

_PAIR = 2
LONGEST = 100
"""Characters that a name may have."""

_UNDIVIDED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\U0003ffff"
"""Signs of scripts that write no space between words, or write more behind a name without one."""
_LETTER = rf"[^\W{_UNDIVIDED}]"


def joined(groups: Iterable[Sequence[str]], names: Sequence[str]) -> Groups:
    """The groups after names were joined: those that had one of them are one now, with the names as first written."""
    wanted = {plain(name) for name in names}
    apart: Groups = []
    one: list[str] = []
    for group in groups:
        if wanted.isdisjoint(map(plain, group)):
            apart.append(list(group))
        else:
            one.extend(group)
    return [*apart, distinct([*one, *names])]


def separated(groups: Iterable[Sequence[str]], name: str) -> Groups:
    """The groups after a name was taken out of its own; what is left alone is no group."""
    left = ([kept for kept in group if plain(kept) != plain(name)] for group in groups)
    return [group for group in left if len(group) > 1]


def distinct(names: Iterable[str]) -> list[str]:
    """Names without those that differ in nothing but how they are typed, and without empty ones."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(plain(name), " ".join(name.split()))
    first.pop("", None)
    return list(first.values())


def are_joined(groups: Iterable[Sequence[str]], names: Iterable[str]) -> bool:
    """Whether names are all one's."""
    wanted = {plain(name) for name in names}
    return any(wanted.issubset(map(plain, group)) for group in groups)


def names_of(groups: Iterable[Sequence[str]], name: str) -> list[str]:
    """All names of whom or what a name is one of, itself first."""
    found = (group for group in groups if plain(name) in map(plain, group))
    return distinct([name, *next(found, ())])


def proposed(
    states: Iterable[FactState], groups: Sequence[Sequence[str]], apart: Sequence[Sequence[str]] = ()
) -> list[FactState]:
    """The facts that say of names which are not joined that they are one's; of those that say the same, the first.

    What not everybody knows proposes nothing: a secret identity stays two until the book says so to all.

    Args:
        states: facts that say that names are one's.
        groups: the names that a person joined.
        apart: names of which a person said that they are not one's: that is not proposed again.
    """
    found: dict[frozenset[str], FactState] = {}
    for state in states:
        fact = state.fact
        names = frozenset(map(plain, distinct(fact.subjects)))
        says_so = fact.same and state.holds and fact.kind == "state" and fact.frame == "now"
        if says_so and len(names) == _PAIR and not state.known_by and not are_joined([*groups, *apart], names):
            found.setdefault(names, state)
    return list(found.values())


def still_apart(apart: Iterable[Sequence[str]], groups: Sequence[Sequence[str]]) -> Groups:
    """What a person said of names that are not one's, without what they have joined since."""
    return [list(names) for names in apart if not are_joined(groups, names)]


def groups_in(groups: Iterable[Sequence[str]], *texts: str) -> Groups:
    """The groups of which some name stands in one of some texts."""
    told = [plain(text) for text in texts]
    return [list(group) for group in groups if any(_word(name).search(text) for text in told for name in group)]


def has_another_name(groups: Sequence[Sequence[str]], name: str, text: str) -> bool:
    """Whether a text has another name of whom or what a name is one of."""
    return bool(groups_in([names_of(groups, name)[1:]], text))


def other_names(groups: Iterable[Sequence[str]], *texts: str) -> list[str]:
    """The names of whom or what each of some texts calls by another."""
    told = [plain(text) for text in texts]
    found: list[str] = []
    for group in groups:
        words = {name: _word(name) for name in group}
        for text in told:
            there = {name for name in group if words[name].search(text)}
            found.extend(name for name in group if there and name not in there)
    return distinct(found)


def _word(name: str) -> re.Pattern[str]:
    """Where a name stands in a plain text by itself; in a script without spaces, where it stands at all."""
    return whole_word(plain(name))


def whole_word(words: str) -> re.Pattern[str]:
    """Where words stand in a text by themselves, letter by letter; in a script without spaces, wherever they stand."""
    if not words:
        return re.compile(r"(?!)")
    before, after = edges(words)
    return re.compile(f"{before}{re.escape(words)}{after}")


def edges(words: str) -> tuple[str, str]:
    """What must stand before and after words that stand by themselves, as regular expressions; empty: anything may."""
    before = rf"(?<!{_LETTER})" if re.match(_LETTER, words) else ""
    return before, rf"(?!{_LETTER})" if re.search(rf"{_LETTER}\Z", words) else ""
