"""The words of errors: a file a language, a sentence a code. Read on first use.

Filling is one pass, and a value is data: what a person, a model or a server said is put in as it is and never looked at
again. A value may itself be a part of a sentence (see :func:`part`) or a list of them, worded in the same language.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from .cldr import name_of
from .language_folders import DEFAULT, PHRASES, own_table, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGLISH: Final = DEFAULT
FILE: Final = "errors"
_PLACE = re.compile(r"\{([a-z_]+)(:,)?\}")
_CHOICE = re.compile(r"\{([a-z_]+):([^{}|]*)\|([^{}|]*)\}")

Part = dict[str, Any]
"""A part of a sentence as JSON: its name under ``part``, and its values beside that.

Or a phrase that a model is told as well: its name under ``phrase`` (``phrases.toml``).
"""


@dataclass(frozen=True)
class Catalogue:
    """The sentences and the parts of sentences of one language, by their codes."""

    sentences: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)


def catalogue(language: str) -> Catalogue:
    """What there is in a language (a BCP 47 tag); nothing, where it has no file."""
    kept = _english() if language == ENGLISH else own_table(language, FILE)
    parts = kept.get("parts", {})
    return Catalogue({code: text for code, text in kept.items() if code != "parts"}, parts)


@lru_cache(maxsize=1)
def _english() -> Mapping[str, Any]:
    return tomllib.loads((files(__package__ or "") / f"{FILE}.toml").read_text(encoding="utf-8"))


def part(code: str, /, **values: object) -> Part:
    """A part of a sentence as a value of an error: worded with it, in its language."""
    return {"part": code, **values}


def a_language(tag: str) -> dict[str, str]:
    """A language as a value of an error: its name, in the language that the error is told in."""
    return {"language": tag}


def places(template: str) -> set[str]:
    """The names of the values that a template wants."""
    return {name for name, _ in _PLACE.findall(template)}


def fill(template: str, values: Mapping[str, Any], language: str = ENGLISH) -> str:
    """A template with its values put in, in one pass; ``{name:,}`` is a number with its thousands apart."""
    return _PLACE.sub(lambda place: say(values[place[1]], language, grouped=bool(place[2])), chosen(template, values))


def chosen(template: str, values: Mapping[str, Any]) -> str:
    """A template with the words that go with its figures: ``{count:plan|plans}`` is the first where the count is 1."""
    return _CHOICE.sub(lambda place: place[2] if str(values.get(place[1])) == "1" else place[3], template)


def chosen_by(template: str) -> set[str]:
    """The names of the figures that words of a template go with."""
    return {name for name, _, _ in _CHOICE.findall(template)}


def say_sentence(code: str, values: Mapping[str, Any], language: str = ENGLISH) -> str:
    """The sentence of a code in a language; in English, where the language does not have it.

    Raises:
        KeyError: there is no such code, or a value is missing.
    """
    return fill(catalogue(language).sentences.get(code) or catalogue(ENGLISH).sentences[code], values, language)


def say_part(said: Part, language: str = ENGLISH) -> str:
    """A part of a sentence in words; in English, where the language does not have it.

    Raises:
        KeyError: there is no such part, or a value is missing.
    """
    if "phrase" in said:
        return fill(texts(language, PHRASES, said.get("mode", ""))[said["phrase"]], said, language)
    code = said["part"]
    return fill(catalogue(language).parts.get(code) or catalogue(ENGLISH).parts[code], said, language)


def say(value: Any, language: str = ENGLISH, *, grouped: bool = False) -> str:  # noqa: ANN401 (JSON)
    """A value of an error in words: a text as it is, a part in the language, a number with its thousands apart."""
    match value:
        case {"part": str()} | {"phrase": str()}:
            return say_part(value, language)
        case {"language": str(tag)}:
            return name_of(tag, language)
        case list() | tuple():
            of_parts = any(isinstance(item, dict) for item in value)
            between = say_part(part("between_parts" if of_parts else "between_names"), language)
            return between.join(say(item, language) for item in value)
        case int() if grouped:
            return f"{value:,}"
    return str(value)
