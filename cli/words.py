"""The words of the terminal, in the language that it speaks."""

from __future__ import annotations

from ..schemas.catalogue import fill
from ..schemas.language_folders import PAGE, TERMINAL, texts
from ..schemas.story_input import PREMISE_FIELDS
from .speech import spoken

_TITLES = {field.name: field.title for field in PREMISE_FIELDS}


def t(name: str, /, **values: object) -> str:
    """A phrase of the terminal (``terminal.toml``), filled.

    Args:
        name: the phrase's.
        values: what it names; ``{count:one|many}`` are the words that go with a figure.
    """
    return fill(texts(spoken(), TERMINAL)[name], values, spoken())


def field_name(name: str) -> str:
    """What a field of the premise is called."""
    return texts(spoken(), PAGE).get(f"field_{name}", _TITLES.get(name, name))


def every(name: str, /) -> tuple[str, ...]:
    """The words that a phrase lists with commas, in the language that is spoken and in English."""
    both = f"{texts(spoken(), TERMINAL)[name]},{texts('en', TERMINAL)[name]}".replace("，", ",")
    return tuple(dict.fromkeys(word.strip().casefold() for word in both.split(",") if word.strip()))
