"""Where the words of languages are: a folder a language, in this package's ``prompts`` and in folders of one's own.

A folder is a language if there is a ``language.toml`` in it. What it has not, English has.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

F = TypeVar("F", bound="Callable[..., Any]")

DEFAULT = "en"
"""The language of a story that names none, and of every word that another language has not."""

TAG = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$"
"""What a BCP 47 tag looks like."""

RECORD = "language"
"""The file that makes a folder a language, without its ending."""
PHRASES = "phrases"
"""The file of what a model is told in a sentence."""
PAGE = "page"
"""The file of the words of the page."""
HINTS = "hints"
"""The file of what the terminal adds to an error, by its code."""
TERMINAL = "terminal"
"""The file of the words of the terminal."""
HELP = "help"
"""The file of what the help of commands says, by command and option; in English, the commands say it."""
AGENT = "agent"
"""The file of what agents and their clients are told."""
STATE = "state"
"""The file of what the fields of a story's state are called."""
GATES = "gates"
"""The file of what gates are called; in English, their records say it."""


class _Roots:
    """The folders with languages: those that were added, the last first, then the package's own."""

    def __init__(self) -> None:
        self._added: tuple[Path, ...] = ()
        self.when_changed: list[Callable[[], None]] = []

    def all(self) -> tuple[Traversable, ...]:
        return (*self._added, _package())

    def add(self, root: Path) -> None:
        if root not in self._added:
            self._change((root, *self._added))

    def remove(self, root: Path) -> None:
        self._change(tuple(kept for kept in self._added if kept != root))

    def _change(self, added: tuple[Path, ...]) -> None:
        self._added = added
        for forget in self.when_changed:
            forget()


ROOTS = _Roots()


def remembered(function: F) -> F:
    """Keep what a function finds in the folders of languages, until there are others."""
    cache = lru_cache(maxsize=1024)(function)
    ROOTS.when_changed.append(cache.cache_clear)
    return cast("F", cache)


@remembered
def folders() -> Mapping[str, Traversable]:
    """The folder of each language, by its name; where two have one name, the one that was added last."""
    found: dict[str, Traversable] = {}
    for root in ROOTS.all():
        for name, place in folders_in(root).items():
            found.setdefault(name, place)
    return found


def folders_in(root: Traversable) -> dict[str, Traversable]:
    """The languages in one folder."""
    return {
        place.name: place
        for place in root.iterdir()
        if re.fullmatch(TAG, place.name) and (place / f"{RECORD}.toml").is_file()
    }


@remembered
def folder_of(tag: str) -> str:
    """The name of a language's folder: of the tag, or of what it begins with (``de`` for ``de-AT``); or empty."""
    known = {name.lower(): name for name in folders()}
    parts = tag.lower().split("-")
    begins = ("-".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((known[begin] for begin in begins if begin in known), "")


def places(folder: str) -> tuple[Traversable, ...]:
    """Where the words of a language are looked for, in this order: in its own folder, then in the package's English."""
    own = folders().get(folder)
    return (english_place(),) if own is None else (own, english_place())


def english_place() -> Traversable:
    """The folder of the words that there are in any case."""
    return _package() / DEFAULT


def texts(tag: str, name: str, mode: str = "") -> Mapping[str, str]:
    """The texts of a file ``prompts/<folder>/<name>.toml`` by key; for what a language has not, the English ones.

    Args:
        tag: the language's.
        name: the file's, without its ending.
        mode: where a mode says some of them otherwise, in a file of that name in its folder, those: as with prompts,
            the mode comes before the language.
    """
    return _texts(folder_of(tag), name, mode)


@remembered
def _texts(folder: str, name: str, mode: str) -> Mapping[str, str]:
    *own, english = places(folder)
    found: dict[str, object] = {}
    for place in (english, *own, *((english / mode, *(one / mode for one in own)) if mode else ())):
        found |= table(place, name)
    return {key: str(value) for key, value in found.items()}


def own_table(tag: str, name: str) -> Mapping[str, Any]:
    """What a language's own file ``prompts/<folder>/<name>.toml`` holds; nothing where it has none."""
    own = folders().get(folder_of(tag))
    return {} if own is None else table(own, name)


@remembered
def table(place: Traversable, name: str) -> Mapping[str, Any]:
    """What a file ``<name>.toml`` in a language's folder holds; nothing where there is none."""
    file = place / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _package() -> Traversable:
    return files(f"{__package__.rpartition('.')[0]}.prompts")
