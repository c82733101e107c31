"""A language: a folder of words (``prompts/<tag>/``) and the record in it (``language.toml``).

The record says what code has to know of a language: where sentences end, what a word is, how many there are, how it is
searched. A story may be in any language: one without a folder is written about in English, told in its own, and handled
by rules that hold for its script.

To add a language nothing here has to be changed: put its folder into one of your own, and name that as
``RECURRENTGPT_LANGUAGES`` (or hand it to :func:`add_languages`). A record is all that a language needs; of the words,
``docs/languages.md`` says what there is to translate.
"""

from __future__ import annotations

import re
from dataclasses import field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from .cldr import is_right_to_left, name_of, script_of
from .errors import FieldError, SettingsError
from .field_problems import describe
from .language_check import misfits
from .language_folders import (
    DEFAULT,
    RECORD,
    ROOTS,
    TAG,
    folder_of,
    folders,
    folders_in,
    own_table,
    remembered,
    table,
    texts,
)
from .quote_marks import quote_marks_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

__all__ = [
    "DEFAULT",
    "SENTENCE_END",
    "TAG",
    "Language",
    "Repeats",
    "Search",
    "add_languages",
    "guessed",
    "language_named",
    "languages",
    "own_table",
    "remove_languages",
    "texts",
]

_ENOUGH = 1 / 4
"""The part of a text that must be in a language's own script for the text to be taken for it."""

SENTENCE_END = r"[.!?…\u3002\uff01\uff1f\uff0e\uff61\u0964\u0965\u061f\u06d4\u0589\u1362\u17d4\u17d5\u104b\u0f0d]"
"""The marks that end a sentence, in any script."""

_MARKS = (
    r"\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0966-\u0dff"
    r"\u0e31-\u0e4e\u0eb1-\u0ece\u0f71-\u0fbc\u102b-\u103e\u1056-\u109d\u17b4-\u17d3"
)
"""Signs that are part of a word and that Python takes for none: accents and vowels that are written apart."""
_PART = rf"[^\W_]+(?:[{_MARKS}]+[^\W_]*)*"
_WORD = rf"{_PART}(?:['’]{_PART})?"
_ANY_WORD = rf"[\u3400-\u9fff\uf900-\ufaff]|[\u3041-\u309f]+|[\u30a1-\u30fa\u30fc-\u30ff]+|{_WORD}"
"""A word in any script: where none are divided, a Chinese character, or a run of one kind of kana."""

_BETWEEN_SPACES = r"[^\s\u2013\u2014]*[^\W_][^\s\u2013\u2014]*"
"""What counts as a word where spaces divide them: *well-known* is one; a dash by itself is none, and divides two."""
_CHARACTER = r"[A-Za-z0-9\u00c0-\u024f]+|[^\W_]"
"""What counts where characters do."""

_UNDIVIDED = frozenset({"Hani", "Hans", "Hant", "Jpan"})
"""Scripts without spaces, whose characters are words or nearly."""
_COUNTED_BY_CHARACTERS = _UNDIVIDED | {"Khmr", "Laoo", "Mymr", "Thai", "Tibt"}


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise FieldError("no_pattern", reason=error) from error
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]
Text = Annotated[str, Field(min_length=1)]
_STRICT = ConfigDict(extra="forbid", str_max_length=5000, defer_build=True)


@dataclass(frozen=True, config=_STRICT)
class Search:
    """How a language's words are found (Qdrant's BM25).

    Attributes:
        tokenizer: ``word`` where words are divided by spaces; ``multilingual`` finds them where they are not.
        stemmer: the language of their endings and of the words that say nothing; empty: they are compared as they are.
        character: a character that is searched for by itself too, beside the word it is in, as a regular expression.
    """

    tokenizer: Literal["word", "multilingual"] = "multilingual"
    stemmer: str = ""
    character: Pattern = ""

    @property
    def by_characters(self) -> bool:
        """Whether passages of a new story are found by single characters too."""
        return bool(self.character)


@dataclass(frozen=True, config=_STRICT)
class Repeats:
    """How many words in a row are said again, and no more only how the language speaks.

    Attributes:
        within: in the same paragraph.
        across: in an earlier paragraph.
        stops: what no such run goes beyond, as a regular expression; empty: nothing stops it.
    """

    within: int = Field(default=4, ge=2)
    across: int = Field(default=6, ge=2)
    stops: Pattern = ""


@cache
def _by_characters() -> Repeats:
    """As many characters as four and six words have: a name with its "said" is no repetition."""
    return Repeats(within=7, across=10, stops=r"[。！？!?…：:“”「」『』\n]")


@dataclass(frozen=True, config=_STRICT)
class Language:
    """What code has to know of a language.

    Attributes:
        tag: its BCP 47 tag, as the story has it.
        folder: the folder that holds its words, which is its tag there; empty for a language without one.
        name: its name in English, for instructions.
        own_name: its name in itself, for people who choose.
        splitter: the language whose rules cut a text into sentences (sentencex).
        sentence_end: what ends a sentence, as a regular expression.
        counts: what its texts are measured in.
        joint: what stands between two words.
        token: what a word is, as a regular expression.
        script: a character of its script, as a regular expression; empty where it shares one with others.
        direction: which way it is written.
        quotes: the marks before and after what somebody says.
        inner_quotes: those within what somebody says.
        elided: what of a word an apostrophe begins, as a regular expression ("em" for 'em).
        shortest_sentence: characters that its shortest sentences have.
        lead_in: how a remark of a model before the story begins, as a regular expression.
        refusal: how a model begins that will not write, as a regular expression with ``'`` for every apostrophe.
        heading: how a line begins that only its words make a chapter's title ("Chapter 1"), as a regular expression.
        does: what follows a name, in a fact, that only people have, as a regular expression: what they say, know, do.
        is_at: how a fact says that somebody (``WHO``) is in a place, or goes there (``WHAT``), as a regular expression.
        has: how it says that somebody (``WHO``) has a thing (``WHAT``).
        search: how its words are found.
        repeats: what of them is a repetition.
    """

    tag: str
    folder: str
    name: Text
    own_name: Text
    splitter: Text
    sentence_end: Pattern = SENTENCE_END
    counts: Literal["words", "characters"] = "words"
    joint: str = " "
    token: Pattern = _WORD
    script: Pattern = ""
    direction: Literal["ltr", "rtl"] = "ltr"
    quotes: tuple[Text, Text] = ("“", "”")
    inner_quotes: tuple[Text, Text] = ("‘", "’")
    elided: Pattern = ""
    shortest_sentence: int = Field(default=20, ge=1)
    lead_in: Pattern = ""
    refusal: Pattern = ""
    heading: Pattern = ""
    does: Pattern = ""
    is_at: Pattern = ""
    has: Pattern = ""
    search: Search = field(default_factory=Search)
    repeats: Repeats = field(default_factory=Repeats)

    @cached_property
    def tokens(self) -> re.Pattern[str]:
        """What a word is."""
        return re.compile(self.token)

    def words(self, text: str) -> list[str]:
        """The words of a text in small letters, without punctuation; where none are divided, its characters."""
        return self.tokens.findall(text.casefold())

    @cached_property
    def _counted(self) -> re.Pattern[str]:
        return re.compile(_CHARACTER if self.counts == "characters" else _BETWEEN_SPACES)

    def count(self, text: str) -> int:
        """How long a text is, as its readers count: in words, or in characters.

        Among characters, a Latin word or a number is one. Marks count for nothing.
        """
        return len(self._counted.findall(text))

    def quoted(self, text: str) -> str:
        """A text between this language's quotation marks."""
        return text.join(self.quotes)


_RECORD = TypeAdapter(Language)


def languages() -> tuple[Language, ...]:
    """Every language that has a folder, English first.

    Raises:
        SettingsError: the record of one cannot be used.
    """
    return tuple(language_named(tag) for tag in sorted(folders(), key=lambda tag: (tag != DEFAULT, tag)))


def language_named(tag: str) -> Language:
    """The language of a tag: of its folder, or of that of its first part (``de`` for ``de-AT``), or of none.

    An empty tag is English's.

    Raises:
        SettingsError: the record in that folder cannot be used.
    """
    tag = tag or DEFAULT
    folder = folder_of(tag)
    return _of_folder(tag, folders()[folder]) if folder else _without_folder(tag)


def guessed(text: str) -> Language:
    """The language of a text of which nothing else is known, by its script; English where that says nothing."""
    for known in languages():
        if known.script and len(re.findall(known.script, text)) > _ENOUGH * len(text):
            return known
    return language_named(DEFAULT)


def add_languages(root: Path | str) -> None:
    """Let there be the languages of a folder besides the package's own, for the whole process.

    Args:
        root: holds a folder a language, called by its tag, with a ``language.toml``. One that the package has as well
            takes its place.

    Raises:
        SettingsError: there is no language in it, or the record or the words of one cannot be used.
    """
    root = Path(root).absolute()
    found = folders_in(root) if root.is_dir() else {}
    if not found:
        raise SettingsError("no_languages", folder=root, file=f"{RECORD}.toml")
    for tag, place in found.items():
        _of_folder(tag, place)
        if cannot := [misfit.said for misfit in misfits(place) if misfit.cannot_work]:
            raise SettingsError("language_unusable", file=place, problems=cannot)
    ROOTS.add(root)


def remove_languages(root: Path | str) -> None:
    """Forget the languages of a folder that was added."""
    ROOTS.remove(Path(root).absolute())


@remembered
def _of_folder(tag: str, place: Traversable) -> Language:
    """The language of a folder; every file of words in it is read, so that one that is broken is told of here."""
    file = ""
    try:
        for one in place.iterdir():
            file = str(one)
            if one.name.endswith(".toml"):
                table(place, one.name.removesuffix(".toml"))
        file = str(place / f"{RECORD}.toml")
        return _read(tag, place.name, table(place, RECORD))
    except ValidationError as error:
        raise SettingsError("language_unusable", file=file, problems=describe(error)) from error
    except (OSError, UnicodeDecodeError, TOMLDecodeError) as error:
        raise SettingsError("language_unusable", file=file, problems=[str(error)]) from error


def _read(tag: str, folder: str, record: Mapping[str, Any]) -> Language:
    marks = quote_marks_of(tag)
    usual = {"splitter": folder, "quotes": marks.outer, "inner_quotes": marks.inner}
    given = {**usual, **record, "tag": tag, "folder": folder}
    if tag != folder or "name" not in given:
        given |= {"name": name_of(tag)}
    if tag != folder or "own_name" not in given:
        given |= {"own_name": name_of(tag, tag)}
    return _RECORD.validate_python(given)


@lru_cache(maxsize=256)
def _without_folder(tag: str) -> Language:
    """A language of which only the tag is known: what holds for its script."""
    script = script_of(tag)
    undivided = script in _UNDIVIDED
    marks = quote_marks_of(tag)
    return Language(
        tag=tag,
        folder="",
        name=name_of(tag),
        own_name=name_of(tag, tag),
        splitter=tag.partition("-")[0].lower() or DEFAULT,
        counts="characters" if script in _COUNTED_BY_CHARACTERS else "words",
        joint="" if undivided else " ",
        token=_ANY_WORD,
        direction="rtl" if is_right_to_left(tag) else "ltr",
        quotes=marks.outer,
        inner_quotes=marks.inner,
        shortest_sentence=8 if undivided else 20,
        repeats=_by_characters() if undivided else Repeats(),
    )
