"""What is known of any language, by its BCP 47 tag alone: its names, its script, which way it is written.

It comes from the Unicode CLDR, by way of Babel, which is loaded when something is first asked.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from babel import Locale

_ENGLISH = "en"
_RIGHT_TO_LEFT = frozenset({"Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"})
_SCRIPT, _TERRITORY = 4, (2, 3)
"""Letters of these parts of a tag."""


class _Parts(NamedTuple):
    """The parts of a tag that its names depend on."""

    language: str
    script: str
    territory: str


def name_of(tag: str, said_in: str = _ENGLISH) -> str:
    """What a language is called in another one, or in itself; in English, where that is not known, else its tag."""
    return _name(tag, _locale(said_in)) or _name(tag, _locale(_ENGLISH)) or tag


@lru_cache(maxsize=64)
def common_languages(said_in: str = _ENGLISH) -> tuple[tuple[str, str], ...]:
    """The languages that the CLDR has words in, by tag, and what each is called in another; in the order of names."""
    from babel.localedata import locale_identifiers  # noqa: PLC0415

    names = _locale(said_in).languages
    tags = {tag.split("_")[0] for tag in locale_identifiers()} & {*names}
    return tuple((tag, str(names[tag])) for tag in sorted(tags, key=lambda tag: str(names[tag]).casefold()))


def script_of(tag: str) -> str:
    """The script that a language is written in, by its ISO 15924 code; empty where that is not known."""
    from babel.core import get_global  # noqa: PLC0415

    language, script, territory = _parts(tag)
    if script:
        return script
    likely = get_global("likely_subtags")
    found: str = likely.get(f"{language}_{territory}") or likely.get(language) or ""
    return found.split("_")[1] if found else ""


def is_right_to_left(tag: str) -> bool:
    """Whether a language is written from right to left."""
    return script_of(tag) in _RIGHT_TO_LEFT


@lru_cache(maxsize=64)
def calendar_words(tag: str) -> frozenset[str]:
    """What days and months are called, in small letters."""
    locale = _locale(tag)
    kinds = (names for form in ("format", "stand-alone") for names in (locale.days[form], locale.months[form]))
    return frozenset(str(word).casefold() for names in kinds for word in names["wide"].values())


def _parts(tag: str) -> _Parts:
    language, *rest = tag.split("-")
    script = next((part for part in rest[:1] if len(part) == _SCRIPT and part.isalpha()), "")
    rest = rest[1:] if script else rest
    territory = next((part for part in rest[:1] if len(part) in _TERRITORY), "")
    return _Parts(language.lower(), script.title(), territory.upper())


def _name(tag: str, locale: Locale) -> str:
    """A language's name, the closest there is, with what of the tag that name leaves out in brackets."""
    language, script, territory = _parts(tag)
    known = locale.languages
    for named, more in (
        ((language, script, territory), ()),
        ((language, territory), (script,)),
        ((language, script), (territory,)),
        ((language,), (script, territory)),
    ):
        if found := known.get("_".join(part for part in named if part)):
            details = [str(locale.scripts.get(part) or locale.territories.get(part) or part) for part in more if part]
            return f"{found} ({', '.join(details)})" if details else str(found)
    return ""


@lru_cache(maxsize=64)
def _locale(tag: str) -> Locale:
    """The words of a language, or of its closest relative; of English, where nothing is known of it."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415

    language, script, territory = _parts(tag)
    for parts in ((language, script, territory), (language, script), (language,)):
        try:
            return Locale.parse("_".join(part for part in parts if part))
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse(_ENGLISH)
