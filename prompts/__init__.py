"""The words: one Markdown file a prompt, a folder a language, a mode and a dialect. Loaded once, checked when loaded.

A placeholder is ``{name}``; ``{count:plan|plans}`` are the words that go with a figure, the first where it is 1.
Filling is one pass over the template: what a model or a person wrote is put in as it is and never looked at again, so a
story may hold braces or anything else. Where there is nothing to put in, the words that introduce it are left out with
it (see :mod:`.blocks`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..schemas.catalogue import chosen, chosen_by
from ..schemas.dialects import FULL
from ..schemas.errors import PromptError, part
from ..schemas.language_folders import DEFAULT, PHRASES, english_place, folder_of, places, remembered, texts
from ..schemas.modes import AUTHOR
from .blocks import PLACEHOLDER, blocks_of, placeholders, without_empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path
    from typing import Self

    from ..schemas.catalogue import Part
    from ..schemas.dialects import Dialect
    from ..schemas.languages import Language
    from ..schemas.modes import Mode


@dataclass(frozen=True)
class PromptSpec:
    """A prompt that can be sent.

    Attributes:
        name: its file's, without the ending.
        required: the placeholders that it must hold.
        optional: those that it may hold; what one's own prompt does not name of them follows it (see :mod:`.own`).
        folder: where its file is, for a gate of one's own: ``<name>.md`` in it, or in its folders of languages and
            modes, as here. By default the project's own ``prompts/``.
        sizes: of these, the figures and turns of a sentence, which one's own words may say otherwise: they follow
            nothing.
        is_phrase: whether it is a sentence of ``phrases.toml`` and not a file.
    """

    name: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    folder: Path | None = None
    sizes: tuple[str, ...] = ()
    is_phrase: bool = False


@dataclass(frozen=True)
class Prompt:
    """A template whose placeholders have been checked."""

    name: str
    template: str

    def names(self, placeholder: str) -> bool:
        """Whether there is a place in it for that."""
        return f"{{{placeholder}}}" in self.template

    def fill(self, **values: object) -> str:
        """The text with every placeholder replaced, in one pass, and without what introduces an empty one."""
        filled = {key: str(value) for key, value in values.items()}
        said = {key for key, value in filled.items() if value.strip()}
        blocks = (without_empty(block, said) for block in blocks_of(chosen(self.template, filled)))
        return "\n\n".join(
            PLACEHOLDER.sub(lambda hit: filled[hit[1]] if hit[1] in said else "", block) for block in blocks if block
        )


def check(spec: PromptSpec, template: str) -> Prompt:
    """A prompt from a template, once its placeholders are known to be right.

    Args:
        spec: which prompt it is.
        template: its words.

    Raises:
        PromptError: a required placeholder is missing, or one is named that this prompt does not have.
    """
    required, optional = set(spec.required), set(spec.optional)
    named = placeholders(template)
    if missing := sorted(required - named):
        raise PromptError("prompt_incomplete", name=spec.name, missing=_braced(missing))
    if unknown := sorted((named | chosen_by(template)) - required - optional):
        has = _braced(sorted(required | optional)) or part("none")
        raise PromptError("prompt_unknown_place", name=spec.name, unknown=_braced(unknown), has=has)
    return Prompt(spec.name, "\n".join(template.strip().splitlines()))


def _braced(names: list[str]) -> list[str]:
    return [f"{{{name}}}" for name in names]


@remembered
def load(spec: PromptSpec, language: Language, mode: Mode = AUTHOR, dialect: Dialect = FULL) -> Prompt:
    """The prompt as it came with its gate, in a story's language and mode, and in the dialect of a run.

    Where the mode has none it is the author's, where the language has none it is the English one, and where the dialect
    has none it is the full one.

    Raises:
        PromptError: there is no such file, or its placeholders are wrong.
    """
    return _load(spec, language.tag, language.folder, mode, dialect)


def load_by_tag(spec: PromptSpec, tag: str, mode: Mode = AUTHOR) -> Prompt:
    """The same where nothing else is wanted of a language: its record need not be read.

    Raises:
        PromptError: there is no such file, or its placeholders are wrong.
    """
    return _load(spec, tag, folder_of(tag), mode, FULL)


def _load(spec: PromptSpec, tag: str, folder: str, mode: Mode, dialect: Dialect) -> Prompt:
    if spec.is_phrase:
        return Prompt(spec.name, texts(tag, PHRASES, mode.name)[spec.name])
    place = _find(spec, folder, mode, dialect)
    if place is None:
        raise PromptError("no_prompt", name=spec.name, language=tag, mode=mode.name)
    return check(spec, place.read_text(encoding="utf-8"))


def layers(roots: Iterable[Traversable], mode: Mode, dialect: Dialect) -> tuple[Traversable, ...]:
    """The folders in which the words of a mode and a dialect are looked for, the nearest first.

    The mode comes first: a reader inside the story is not served by an author's prompt, in whatever language. The
    dialect comes last: words in the story's language do for any model better than short ones in another.

    Args:
        roots: the folders of languages, the nearest first.
        mode: the story's.
        dialect: the run's.
    """
    modes, roots = (mode.name, AUTHOR.name, ""), tuple(roots)
    dialects = (dialect.folder, "") if dialect.folder else ("",)
    found = (root / folder / part for folder in modes for root in roots for part in dialects)
    return tuple(dict.fromkeys(found))


def find(spec: PromptSpec, language: Language, mode: Mode = AUTHOR, dialect: Dialect = FULL) -> Traversable | None:
    """The file of a prompt, in the story's language and mode or the nearest there is; ``None``: there is none."""
    return _find(spec, language.folder, mode, dialect)


def _find(spec: PromptSpec, folder: str, mode: Mode, dialect: Dialect) -> Traversable | None:
    beside = spec.folder and (spec.folder / (folder or DEFAULT), spec.folder / DEFAULT, spec.folder)
    files = (place / f"{spec.name}.md" for place in layers(beside or places(folder), mode, dialect))
    return next((file for file in files if file.is_file()), None)


def is_in(language: Language, spec: PromptSpec, mode: Mode = AUTHOR, dialect: Dialect = FULL) -> bool:
    """Whether a prompt is written in the language of a folder, and not in English instead."""
    own = layers(places(language.folder)[:1], mode, dialect)
    return bool(language.folder) and find(spec, language, mode, dialect) in [place / f"{spec.name}.md" for place in own]


@remembered
def has_every_prompt(language: Language, mode: Mode = AUTHOR, dialect: Dialect = FULL) -> bool:
    """Whether a model is asked for everything in the language of a folder."""
    return all(is_in(language, PromptSpec(name), mode, dialect) for name in _names(mode))


def _names(mode: Mode) -> set[str]:
    """The prompts that there are in a mode."""
    found = (place for part in {mode.name, AUTHOR.name, ""} for place in (english_place() / part).iterdir())
    return {place.name.removesuffix(".md") for place in found if place.name.endswith(".md")}


@remembered
def every_phrase() -> Mapping[str, PromptSpec]:
    """The phrases by name: short sentences and headings that prompts and complaints are put together from."""
    return {key: _phrase_spec(key, text) for key, text in texts(DEFAULT, PHRASES).items()}


_FIGURES = frozenset(
    {
        "count",
        "first",
        "last",
        "least",
        "left",
        "maximum",
        "minimum",
        "most",
        "next",
        "number",
        "second",
        "sentences",
        "target",
        "wanted",
    }
)
"""What a phrase says in figures."""


def _phrase_spec(key: str, text: str) -> PromptSpec:
    """A phrase as a prompt: what it names in English it must name, but for the figures."""
    named = placeholders(text)
    figures = tuple(sorted(named & _FIGURES))
    return PromptSpec(key, tuple(sorted(named - _FIGURES)), figures, sizes=figures, is_phrase=True)


class Phrase(str):
    """A short sentence in the words of one language, that knows which it is: a face can say it in another.

    Attributes:
        said: it as a part.
    """

    __slots__ = ("said",)

    said: Part

    @classmethod
    def of(cls, prompt: Prompt, values: Mapping[str, object], mode: Mode = AUTHOR) -> Self:
        """The sentence of that name, filled."""
        made = cls(prompt.fill(**values))
        made.said = {"phrase": prompt.name, **values, **({} if mode == AUTHOR else {"mode": mode.name})}
        return made


def numbered(place: int, before: int, language: Language) -> str:
    """A passage's number, from 1; one of the book before is marked as such.

    Args:
        place: from 0; below 0 in the book before.
        before: how many passages that book has.
        language: the story's.
    """
    return str(place + 1) if place >= 0 else str(phrase("number_before", language, number=before + place + 1))


def phrase(key: str, language: Language, mode: Mode = AUTHOR, /, **values: object) -> Phrase:
    """A short sentence of a language and a mode, filled: a heading of an answer, what can be wrong with one, a hint."""
    return Phrase.of(load(every_phrase()[key], language, mode), values, mode)
