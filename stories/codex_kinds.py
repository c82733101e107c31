"""What a name is, a person, a place or a thing, by what its facts say: only where they show it, and nobody is asked.

Who knows something is a person, and so is who says, sees, wants or has done to them what only people do; a place is
where such a person is, or goes; a thing is what such a person has. What a language says that with stands in its record.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from ..schemas.facts import FactState
    from ..schemas.languages import Language

Shown = Literal["person", "place", "thing"]


def kinds_shown(
    about: Mapping[str, Iterable[FactState]],
    names: Mapping[str, Collection[str]],
    knowing: Collection[str],
    language: Language,
) -> dict[str, Shown]:
    """What the facts show of what is named.

    Args:
        about: the facts, by what they are about.
        names: how each of these is called.
        knowing: those that know something that not everybody does.
        language: the story's.
    """
    people = set(knowing)
    if language.does:
        for key, states in about.items():
            does = re.compile(f"{_any(names[key])}{language.does}", re.IGNORECASE)
            if key not in people and any(does.search(state.fact.text) for state in states):
                people.add(key)
    found: dict[str, Shown] = dict.fromkeys(people, "person")
    folk = [name for key in people for name in names[key]]
    for kind, pattern in (("place", language.is_at), ("thing", language.has)):
        if not pattern or not folk:
            continue
        for key, states in about.items():
            told = pattern.replace("WHO", _any(folk)).replace("WHAT", _any(names[key]))
            if key not in found and any(re.search(told, state.fact.text, re.IGNORECASE) for state in states):
                found[key] = "place" if kind == "place" else "thing"
    return found


def _any(names: Iterable[str]) -> str:
    """One of some names, whole; the longest first, so that none is taken for a part of another."""
    told = "|".join(re.escape(name) for name in sorted(set(names), key=len, reverse=True))
    return rf"(?<![^\W_])(?:{told})(?![^\W_])" if all(name.isascii() for name in names) else f"(?:{told})"
