"""The names in a text, told by code: what has a capital letter inside its sentences, and what the book's facts name.

In a script without capitals, and where every noun has one, only what the facts name is known to be a name; without
capitals a thing that they name cannot be told from a person, but a name of one character is none.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from ..schemas.aliases import whole_word
from ..schemas.cldr import calendar_words
from ..schemas.wording import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from ..schemas.languages import Language

_NO_VOWEL = "[BCDFGHJKLMNPQRSTVWXZbcdfghjklmnpqrstvwxz]"
_INSIDE = re.compile(rf"(?:[\w,;]|\b{_NO_VOWEL}{{2,4}}\.) $")
"""What stands before a word that does not begin a sentence or somebody's speech; a title ends none."""
_OF_ONE_LETTER = re.compile(r"\w(?:['’]|$)")
"""As "I" and "I'm" are."""
_POSSESSIVE = re.compile(r"['’]s?$")
_TITLE = re.compile(rf"{_NO_VOWEL}{{2,4}}$")
"""As "Mr" and "Dr" are: it stays, whoever has it."""
_LOOKED_AT = 7
"""Signs before a word that say whether a sentence begins with it."""
_NOUNS_HAVE_CAPITALS = frozenset({"de", "gsw", "lb", "nds"})
"""German and its next of kin, by their tags."""


def capitals(texts: Iterable[str], language: Language) -> set[str]:
    """Words, in small letters, with a capital inside a sentence that are never written small.

    Where nouns have a capital, nouns are among them.
    """
    names, small = _looked_at(texts, language)
    return names - small


def names_in(texts: Sequence[str], known: Iterable[str], language: Language, beside: Sequence[str] = ()) -> list[str]:
    """The names that stand in some texts, as they are written there; of several words, each by itself.

    Args:
        texts: whose names are wanted.
        known: what the book's facts and a person name.
        language: the texts'.
        beside: more of the book: a word that is written small in one passage is no name in another.
    """
    names, small = _looked_at((*texts, *beside), language)
    whole = "\n".join(texts)
    told = [name for name in dict.fromkeys(known) if name.strip()]
    if not any(sign.islower() for sign in whole):
        return [name for name in told if len(name) > 1 and name in whole]
    parts = {bare(word) for name in told for word in language.tokens.findall(name)}
    found = {word.casefold() for word in parts if word[:1].isupper()}
    if language.tag.split("-")[0] not in _NOUNS_HAVE_CAPITALS:
        found |= names
    found -= small | calendar_words(language.tag)
    written = (bare(word[0]) for word in language.tokens.finditer(whole))
    return list(
        dict.fromkeys(
            word
            for word in written
            if word[:1].isupper()
            and word.casefold() in found
            and not _OF_ONE_LETTER.match(word)
            and not _TITLE.match(word)
        )
    )


def bare(word: str) -> str:
    """A word without the 's of an owner."""
    return _POSSESSIVE.sub("", word)


def left_out(
    texts: Sequence[str], names: Collection[str], stand_ins: Sequence[str]
) -> tuple[list[str], dict[str, str]]:
    """Texts with a stand-in for each name, and which stands for which; one for names that stand side by side.

    Args:
        texts: what names are left out of.
        names: the names; whole words, where the script divides words.
        stand_ins: what to put there, in the order in which names come; used again where there are more names.
    """
    if not names:
        return list(texts), {}
    known = {plain(name) for name in names}
    words = sorted(names, key=len, reverse=True)
    one = "|".join(f"(?:{whole_word(word).pattern})" for word in words)
    several = re.compile(rf"(?:{one})(?:(?:-|[^\S\n])(?:{one}))*")
    stands: dict[str, str] = {}

    def put(found: re.Match[str]) -> str:
        # "Elizabeth Bennet" is who "Bennet" is, or, where she has no other name here, who "Elizabeth" is.
        last = re.split(r"[\s-]", found[0])[-1]
        key = last if plain(last) in known else found[0]
        if key not in stands:
            stands[key] = stand_ins[len(set(stands.values())) % len(stand_ins)]
        return stands[key]

    return [several.sub(put, text) for text in texts], dict(stands)


def _looked_at(texts: Iterable[str], language: Language) -> tuple[set[str], set[str]]:
    """Words with a capital inside a sentence, and words written small, both in small letters."""
    names: set[str] = set()
    small: set[str] = set()
    for text in texts:
        of_text, small_there = _in_one(text, language)
        names |= of_text
        small |= small_there
    return names, small


@lru_cache(maxsize=128)
def _in_one(text: str, language: Language) -> tuple[frozenset[str], frozenset[str]]:
    """The same of one text, kept for the latest: each step looks at the same fifty passages and a new one."""
    names: set[str] = set()
    small: set[str] = set()
    for found in language.tokens.finditer(text):
        word = bare(found[0])
        if word[:1].islower():
            small.add(word.casefold())
        elif word[:1].isupper() and not _OF_ONE_LETTER.match(word) and _is_inside(text, found.start()):
            names.add(word.casefold())
    return frozenset(names), frozenset(small)


def _is_inside(text: str, place: int) -> bool:
    """Whether neither a sentence nor somebody's speech begins there."""
    return bool(_INSIDE.search(text, max(0, place - _LOOKED_AT), place))
