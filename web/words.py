"""The words of the page: in the language that a person chose on it, or else the one that their browser asks for.

What language a story is told in is another matter: its text is marked with it, and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..schemas.catalogue import say
from ..schemas.errors import RecurrentGPTError, sentence
from ..schemas.language_folders import DEFAULT, PAGE, own_table, texts
from ..schemas.languages import language_named, languages
from ..stories.gate_words import busy, label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import HTTPConnection

    from ..schemas.catalogue import Part
    from ..schemas.languages import Language
    from ..stories.gate_words import Gates

COOKIE = "recurrentgpt-language"
"""Holds the tag of the language that a person chose."""

_PLACE = re.compile(r"\{([a-z]+)\}")


def spoken() -> tuple[Language, ...]:
    """The languages that the page has words in, English first."""
    return tuple(known for known in languages() if own_table(known.tag, PAGE))


def phrases(language: str) -> Mapping[str, str]:
    """The words of the page in a language, by name; in English, where it has none."""
    return texts(language, PAGE)


@dataclass(frozen=True)
class Words:
    """The page's words in one language; called with a name, and what the phrase names."""

    language: str

    @property
    def direction(self) -> str:
        """Which way they are written."""
        return language_named(self.language).direction

    @property
    def own_name(self) -> str:
        """What the language calls itself."""
        return language_named(self.language).own_name

    def busy(self, gates: Gates, name: str, model: str = "") -> str:
        """What a gate does while it is at work, and by which model, where that is to be said."""
        return busy(gates, name, self.language, model)

    def label(self, gates: Gates, name: str) -> str:
        """What a gate is called."""
        return label(gates, name, self.language)

    def __call__(self, phrase: str, /, **values: object) -> str:
        """One phrase."""
        return _PLACE.sub(lambda place: str(values[place[1]]), phrases(self.language)[phrase])

    def or_else(self, phrase: str, otherwise: str) -> str:
        """A phrase that this language may lack, as it stands; what is said otherwise, where it does."""
        return phrases(self.language).get(phrase, otherwise)

    def said(self, remark: Part | str) -> str:
        """What is told of how it goes."""
        return say(remark, self.language)

    def seen(self, what: Part | RecurrentGPTError) -> str:
        """What was seen of a check."""
        return sentence(what, self.language) if isinstance(what, RecurrentGPTError) else say(what, self.language)

    def problem(self, error: RecurrentGPTError | None) -> str:
        """What went wrong; nothing, if nothing did."""
        return sentence(error, self.language) if error is not None else ""


def language_of(connection: HTTPConnection) -> str:
    """The language that the page is to speak: chosen on it, or the first of the browser's that it can speak."""
    known = {language.tag for language in spoken()}
    chosen = connection.cookies.get(COOKIE, "")
    return chosen if chosen in known else _asked_for(connection.headers.get("accept-language", ""), known)


def _asked_for(header: str, known: set[str]) -> str:
    asked = []
    for part in header.split(","):
        tag, _, weight = part.partition(";q=")
        try:
            asked.append((float(weight or 1), language_named(tag.strip()).folder))
        except ValueError:
            continue
    found = (folder for weight, folder in sorted(asked, key=lambda one: -one[0]) if weight > 0 and folder in known)
    return next(found, DEFAULT)


def words_for(connection: HTTPConnection) -> Words:
    """The words of the page for whoever asks."""
    return Words(language_of(connection))
