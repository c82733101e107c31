"""Where the words of languages are: a folder a language, in this package's ``prompts`` and in folders of one's own.

A folder is a language if there is a ``language.toml`` in it. What it has not, English has.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

DEFAULT = "en"
"""The language of a story that names none, and of every word that another language has not."""

TAG = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$"
"""What a BCP 47 tag looks like."""

RECORD = "language"
"""The file that makes a folder a language, without its ending."""


class _Roots:
    """The folders with languages: those that were added, the last first, then the package's own."""

    def __init__(self) -> None:
        self._added: tuple[Path, ...] = ()

    def all(self) -> tuple[Traversable, ...]:
        return (*self._added, _package())

    def change(self, *added: Path) -> None:
        self._added = added
        for cached in (folders, folder_of, table, _texts):
            cached.cache_clear()

    def add(self, root: Path) -> None:
        if root not in self._added:
            self.change(root, *self._added)

    def remove(self, root: Path) -> None:
        self.change(*(kept for kept in self._added if kept != root))


ROOTS = _Roots()


@lru_cache(maxsize=1)
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


@lru_cache(maxsize=256)
def folder_of(tag: str) -> str:
    """The name of a language's folder: of the tag, or of what it begins with (``de`` for ``de-AT``); or empty."""
    known = {name.lower(): name for name in folders()}
    parts = tag.lower().split("-")
    begins = ("-".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((known[begin] for begin in begins if begin in known), "")


def places(folder: str) -> tuple[Traversable, ...]:
    """Where the words of a language are looked for, in this order: in its own folder, then in the package's English."""
    own = folders().get(folder)
    english = _package() / DEFAULT
    return (english,) if own is None else (own, english)


def texts(tag: str, name: str) -> Mapping[str, str]:
    """The texts of a file ``prompts/<folder>/<name>.toml`` by key; for what a language has not, the English ones."""
    return _texts(folder_of(tag), name)


@lru_cache(maxsize=256)
def _texts(folder: str, name: str) -> Mapping[str, str]:
    *own, english = places(folder)
    found = dict(table(english, name))
    for place in own:
        found |= table(place, name)
    return {key: str(value) for key, value in found.items()}


def own_table(tag: str, name: str) -> Mapping[str, Any]:
    """What a language's own file ``prompts/<folder>/<name>.toml`` holds; nothing where it has none."""
    own = folders().get(folder_of(tag))
    return {} if own is None else table(own, name)


@lru_cache(maxsize=256)
def table(place: Traversable, name: str) -> Mapping[str, Any]:
    """What a file ``<name>.toml`` in a language's folder holds; nothing where there is none."""
    file = place / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _package() -> Traversable:
    return files(f"{__package__.rpartition('.')[0]}.prompts")
