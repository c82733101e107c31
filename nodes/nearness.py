"""How near a fact is to a plan: by whom and what both name, and by a word besides, with no search and no model.

A search by meaning finds what is said alike. What a plan is about stands in facts that share two things with it: the
one who does something, and what it is done to.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..schemas.aliases import has_another_name
from ..schemas.wording import plain
from .overlap import share_said

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from ..schemas.facts import Fact, FactState
    from ..schemas.languages import Language

NAMED, ASKED, NEAREST = 1, 2, 3
"""How near: it is about one that a question names; it has a word of it besides; it is about two that it names."""
_TWO = 2
_LONG = 4
"""Characters that a word of a name has at least by which it is known, if it has no capital."""
_WORD = re.compile(r"\w+")


class Asked:
    """What a step asks for: its plan and its cues."""

    def __init__(self, questions: Iterable[str], language: Language, aliases: Sequence[Sequence[str]] = ()) -> None:
        """The questions as they are compared with facts.

        Args:
            questions: the plan and its cues.
            language: the story's.
            aliases: names of one: any of them is as good as another.
        """
        self._language = language
        self._aliases = aliases
        self._questions = [(text, plain(text), set(_WORD.findall(plain(text)))) for text in questions]
        self._known: dict[str, int] = {}

    def nearness(self, fact: Fact) -> int:
        """How near a fact is to the nearest of the questions, 0 to :data:`NEAREST`."""
        if fact.id not in self._known:
            near = (self._near(fact, *question) for question in self._questions)
            self._known[fact.id] = max(near, default=0)
        return self._known[fact.id]

    def names(self, name: str) -> bool:
        """Whether a question has a name, what may stand for it, or another name of the same."""
        return any(self._has(name, *question) for question in self._questions)

    def _has(self, name: str, text: str, whole: str, words: Collection[str]) -> bool:
        return _has(whole, words, name) or has_another_name(self._aliases, name, text)

    def _near(self, fact: Fact, text: str, whole: str, words: Collection[str]) -> int:
        names = sum(self._has(name, text, whole, words) for name in fact.subjects)
        if names >= _TWO:
            return NEAREST
        if not names:
            return 0
        return ASKED if share_said(fact.text, text, self._language, fact.subjects) > 0 else NAMED


def newest_of_each(states: Iterable[FactState]) -> dict[str, FactState]:
    """Of whom or what some facts first speak, by plain name, the newest that is so now; the newest comes first.

    What the premise says of them (an age, a look) is no news.
    """
    newest: dict[str, FactState] = {}
    for state in sorted(states, key=lambda one: -one.since):
        if is_so_now(state) and state.fact.source != "premise" and (name := first_named(state.fact)):
            newest.setdefault(plain(name), state)
    return newest


def first_named(fact: Fact) -> str:
    """Whom or what a fact first speaks of: the name that comes first in its words; none, where it is about nobody."""
    text = fact.text.lower()
    return min(fact.subjects, key=lambda name: text.find(name.lower()) % (len(text) + 1), default="")


def is_so_now(state: FactState) -> bool:
    """Whether a fact holds, was told as being so now, and is no question."""
    return state.holds and state.fact.kind == "state" and state.fact.frame == "now"


def is_hinted_at(name: str, text: str) -> bool:
    """Whether a text, in plain words, has a name or what may stand for it.

    That is a word of it that is a name's or long enough; where no spaces divide it, two signs of it.
    """
    return _has(text, _WORD.findall(text), name)


def _has(text: str, words: Collection[str], name: str) -> bool:
    whole = plain(name)
    if whole in text:
        return True
    parts = name.split()
    if len(parts) == 1:
        return not whole.isascii() and any(whole[start : start + 2] in text for start in range(len(whole) - 1))
    return any(plain(word) in words for word in parts if word[0].isupper() or len(word) >= _LONG)
