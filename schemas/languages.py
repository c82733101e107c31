"""A language: a folder of words (``prompts/<tag>/``) and the record in it (``language.toml``).

The record says what code has to know of a language: where sentences end, what a word is, how many there are, how it is
searched. A story may be in any language: one without a folder is written about in English, and told in its own.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

DEFAULT = "en"
"""The language of a story that names none, and of every word that another language has not."""

TAG = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$"
"""What a BCP 47 tag looks like."""

_RECORD = "language"
_ENOUGH = 1 / 4
"""The part of a text that must be in a language's own script for the text to be taken for it."""


@dataclass(frozen=True)
class Language:
    """What code has to know of a language.

    Attributes:
        tag: its BCP 47 tag, as the story has it.
        name: its name in English, for instructions.
        own_name: its name in itself, for people who choose.
        folder: the folder of ``prompts`` that holds its words; empty for a language without one.
        splitter: the language whose rules cut a text into sentences (sentencex).
        counts: what its texts are measured in.
        joint: what stands between two words.
        token: what a word is, as a regular expression.
        script: a character of its script, as a regular expression; empty where it shares one with others.
        quotes: the marks before and after what somebody says.
        shortest_sentence: characters that its shortest sentences have.
        lead_in: how a remark of a model before the story begins, as a regular expression.
        tokenizer: how its words are found for a search (Qdrant's BM25).
        stemmer: the language of their endings there; empty: they are left on.
    """

    tag: str
    name: str
    own_name: str
    folder: str
    splitter: str
    counts: Literal["words", "characters"]
    joint: str
    token: str
    script: str
    quotes: tuple[str, str]
    shortest_sentence: int
    lead_in: str
    tokenizer: Literal["word", "multilingual"]
    stemmer: str

    @cached_property
    def tokens(self) -> re.Pattern[str]:
        """What a word is."""
        return re.compile(self.token)

    def words(self, text: str) -> list[str]:
        """The words of a text in small letters, without punctuation; where none are divided, its characters."""
        return self.tokens.findall(text.casefold())

    def count(self, text: str) -> int:
        """How long a text is, as its readers count: in words, or in characters."""
        return len("".join(text.split())) if self.counts == "characters" else len(text.split())


def languages() -> tuple[Language, ...]:
    """Every language that has a folder, English first."""
    tags = sorted(place.name for place in _root().iterdir() if (place / f"{_RECORD}.toml").is_file())
    return tuple(language_named(tag) for tag in sorted(tags, key=lambda tag: tag != DEFAULT))


@lru_cache(maxsize=256)
def language_named(tag: str) -> Language:
    """The language of a tag: of its folder, or of that of its first part (``de`` for ``de-AT``), or of none."""
    first = tag.partition("-")[0]
    for folder in (tag, first, first.lower()):
        if re.match(TAG, folder) and (_root() / folder / f"{_RECORD}.toml").is_file():
            return _made(tag, folder, _table(folder, _RECORD))
    return _made(tag, "", {"splitter": first.lower()})


def guessed(text: str) -> Language:
    """The language of a text of which nothing else is known, by its script; English where that says nothing."""
    for known in languages():
        if known.script and len(re.findall(known.script, text)) > _ENOUGH * len(text):
            return known
    return language_named(DEFAULT)


def texts(tag: str, name: str) -> Mapping[str, str]:
    """The texts of a file ``prompts/<folder>/<name>.toml`` by key; for what a language has not, the English ones."""
    return _texts(language_named(tag).folder, name)


@lru_cache(maxsize=256)
def _texts(folder: str, name: str) -> Mapping[str, str]:
    found = dict(_table(DEFAULT, name)) | _table(folder, name)
    return {key: str(value) for key, value in found.items()}


def own_table(tag: str, name: str) -> dict[str, Any]:
    """What a language's own file ``prompts/<folder>/<name>.toml`` holds; nothing where it has none."""
    return _table(language_named(tag).folder, name)


def _table(folder: str, name: str) -> dict[str, Any]:
    place = _root() / folder / f"{name}.toml"
    return tomllib.loads(place.read_text(encoding="utf-8")) if folder and place.is_file() else {}


def _made(tag: str, folder: str, record: Mapping[str, Any]) -> Language:
    search = record.get("search", {})
    opening, closing = record.get("quotes", ("“", "”"))
    return Language(
        tag=tag,
        name=record.get("name") or _english_name(tag),
        own_name=record.get("own_name") or _own_name(tag),
        folder=folder,
        splitter=record.get("splitter", tag),
        counts=record.get("counts", "words"),
        joint=record.get("joint", " "),
        token=record.get("token", r"[^\W_]+(?:['’][^\W_]+)?"),
        script=record.get("script", ""),
        quotes=(opening, closing),
        shortest_sentence=record.get("shortest_sentence", 20),
        lead_in=record.get("lead_in", ""),
        tokenizer=search.get("tokenizer", "multilingual"),
        stemmer=search.get("stemmer", ""),
    )


def _root() -> Traversable:
    return files(f"{__package__.rpartition('.')[0]}.prompts")


def _english_name(tag: str) -> str:
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 (only for languages without a folder)

    try:
        return Locale.parse(tag, sep="-").english_name or tag
    except (UnknownLocaleError, ValueError):
        return tag


def _own_name(tag: str) -> str:
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415

    try:
        return Locale.parse(tag, sep="-").display_name or tag
    except (UnknownLocaleError, ValueError):
        return tag
