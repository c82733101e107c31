"""Whether the words of a language fit those of English: the same names, and in each the same places for values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .catalogue import ENGLISH, FILE, catalogue, chosen_by, places
from .errors import part
from .language_folders import GATES, HINTS, PAGE, PHRASES, STATE, TERMINAL, english_place, table
from .modes import MODES
from .story_input import StoryInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable

    from .catalogue import Part

_SETTING = "setting_"
"""What the words of a setting begin with: the settings themselves say them in English."""
_GATE_WORDS = {"label", "busy"}
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


class Share(NamedTuple):
    """How much of a kind of words a language has.

    Attributes:
        given: how many it has.
        of: how many there are in English.
    """

    given: int
    of: int


def shares(place: Traversable) -> dict[str, Share]:
    """How much of the English words a language's folder has: by its kind.

    Args:
        place: the folder.
    """
    is_english = place == english_place()
    found = {
        name: _share(english if is_english else _of_every_mode(place, name), english)
        for name, english in _english().items()
    }
    return found | {"prompts": _share(dict(_prompts(place)), dict(_prompts(english_place())))}


def _share(given: Mapping[str, str], english: Mapping[str, str]) -> Share:
    return Share(len(given.keys() & english.keys()), len(english))


def misfits(place: Traversable) -> Iterator[Misfit]:
    """What of a language's folder does not fit the English words, with file and name.

    Args:
        place: the folder.
    """
    for name, english in _english().items():
        yield from _of_words(f"{name}.toml", _of_every_mode(place, name), english)
    yield from _of_gates(place)
    english = dict(_prompts(english_place()))
    for name, text in _prompts(place):
        if name not in english:
            yield Misfit(part("words_of_nothing", file=name, name=name), cannot_work=False)
        elif places(text) != places(english[name]):
            yield _other_places(name, name, text, english[name], cannot_work=True)


def _of_words(file: str, words: Mapping[str, str], english: Mapping[str, str]) -> Iterator[Misfit]:
    for name, text in words.items():
        if _is_said_in_english_by_code(file, name) and not places(text):
            continue
        known = english.get(name) or english.get(name.rpartition("/")[2])
        if known is None:
            yield Misfit(part("words_of_nothing", file=file, name=name), cannot_work=False)
        elif places(text) != places(known) or chosen_by(text) - places(known):
            cannot = bool((places(text) | chosen_by(text)) - places(known))
            yield _other_places(file, name, text, known, cannot_work=cannot)


def _is_said_in_english_by_code(file: str, name: str) -> bool:
    """Whether these are words of a setting, or of a field that a story is begun from."""
    if file == f"{STATE}.toml":
        return name.removesuffix("_hint") in StoryInput.model_fields
    return file == f"{PAGE}.toml" and name.startswith(_SETTING)


def _of_gates(place: Traversable) -> Iterator[Misfit]:
    """What is no name or progress line of a gate. Which gates there are is the library's affair."""
    for gate, words in table(place, GATES).items():
        if not isinstance(words, dict):
            yield Misfit(part("words_of_nothing", file=f"{GATES}.toml", name=gate), cannot_work=True)
            continue
        for name in words.keys() - _GATE_WORDS:
            yield Misfit(part("words_of_nothing", file=f"{GATES}.toml", name=f"{gate}.{name}"), cannot_work=False)


def _other_places(file: str, name: str, text: str, english: str, *, cannot_work: bool) -> Misfit:
    given, known = (", ".join(f"{{{one}}}" for one in sorted(places(one))) for one in (text, english))
    none = part("none")
    said = part("words_with_other_places", file=file, name=name, given=given or none, known=known or none)
    return Misfit(said, cannot_work)


def _english() -> dict[str, Mapping[str, str]]:
    """The English words, by file."""
    errors = catalogue(ENGLISH)
    return {
        **{name: _of_every_mode(english_place(), name) for name in (PHRASES, PAGE, HINTS, TERMINAL, STATE)},
        FILE: {**errors.sentences, **{f"parts.{code}": text for code, text in errors.parts.items()}},
    }


def _of_every_mode(place: Traversable, name: str) -> dict[str, str]:
    """The words of a file by name, and what modes say otherwise in a file of that name, by the mode's and theirs."""
    found = _words(place, name)
    for mode in MODES:
        found |= {f"{mode}/{key}": text for key, text in _words(place / mode, name).items()}
    return found


def _words(place: Traversable, name: str) -> dict[str, str]:
    """The words of a file by name; those of a table in it by its name and theirs."""
    found: dict[str, str] = {}
    for key, value in table(place, name).items():
        inner = {f"{key}.{code}": str(text) for code, text in value.items()} if isinstance(value, dict) else {}
        found |= inner or {key: str(value)}
    return found


def _prompts(place: Traversable, above: str = "", depth: int = 1) -> Iterator[tuple[str, str]]:
    for one in place.iterdir():
        if one.is_file() and one.name.endswith(_PROMPT):
            yield f"{above}{one.name}", one.read_text(encoding="utf-8")
        elif one.is_dir() and depth < _DEEP:
            yield from _prompts(one, f"{above}{one.name}/", depth + 1)
