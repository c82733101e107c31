"""Whether the words of a language fit those of English: the same names, and in each the same places for values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .catalogue import ENGLISH, FILE, catalogue, places
from .errors import part
from .language_folders import PAGE, PHRASES, english_place, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable

    from .catalogue import Part

_SETTING = "setting_"
"""What the words of a setting begin with: the settings themselves say them in English."""
_PROMPT = ".md"
_DEEP = 2
"""Prompts are in a language's folder, or in that of a mode."""


class Misfit(NamedTuple):
    """What does not fit.

    Attributes:
        said: it, as a part of a sentence.
        cannot_work: whether the words cannot be said; else they are never said.
    """

    said: Part
    cannot_work: bool


def misfits(place: Traversable) -> Iterator[Misfit]:
    """What of a language's folder does not fit the English words, with file and name.

    Args:
        place: the folder.
    """
    for name, english in ((PHRASES, _words(english_place(), PHRASES)), (PAGE, _words(english_place(), PAGE))):
        yield from _of_words(f"{name}.toml", _words(place, name), english)
    yield from _of_words(f"{FILE}.toml", _words(place, FILE), _english_errors())
    english = dict(_prompts(english_place()))
    for name, text in _prompts(place):
        if name not in english:
            yield Misfit(part("words_of_nothing", file=name, name=name), cannot_work=False)
        elif places(text) != places(english[name]):
            yield _other_places(name, name, text, english[name], cannot_work=True)


def _of_words(file: str, words: Mapping[str, str], english: Mapping[str, str]) -> Iterator[Misfit]:
    for name, text in words.items():
        if file == f"{PAGE}.toml" and name.startswith(_SETTING) and not places(text):
            continue
        if name not in english:
            yield Misfit(part("words_of_nothing", file=file, name=name), cannot_work=False)
        elif places(text) != places(english[name]):
            cannot = bool(places(text) - places(english[name]))
            yield _other_places(file, name, text, english[name], cannot_work=cannot)


def _other_places(file: str, name: str, text: str, english: str, *, cannot_work: bool) -> Misfit:
    given, known = (", ".join(f"{{{one}}}" for one in sorted(places(one))) for one in (text, english))
    none = part("none")
    said = part("words_with_other_places", file=file, name=name, given=given or none, known=known or none)
    return Misfit(said, cannot_work)


def _words(place: Traversable, name: str) -> dict[str, str]:
    """The words of a file by name; those of a table in it by its name and theirs."""
    found: dict[str, str] = {}
    for key, value in table(place, name).items():
        inner = {f"{key}.{code}": str(text) for code, text in value.items()} if isinstance(value, dict) else {}
        found |= inner or {key: str(value)}
    return found


def _english_errors() -> dict[str, str]:
    english = catalogue(ENGLISH)
    return {**english.sentences, **{f"parts.{code}": text for code, text in english.parts.items()}}


def _prompts(place: Traversable, above: str = "", depth: int = 1) -> Iterator[tuple[str, str]]:
    for one in place.iterdir():
        if one.is_file() and one.name.endswith(_PROMPT):
            yield f"{above}{one.name}", one.read_text(encoding="utf-8")
        elif one.is_dir() and depth < _DEEP:
            yield from _prompts(one, f"{above}{one.name}/", depth + 1)
