"""The words: one Markdown file a prompt, a folder a language and a mode. Loaded once, checked when loaded.

A placeholder is ``{name}``. Filling is one pass over the template: what a model or a person wrote is put in
as it is and never looked at again, so a story may hold braces or anything else. A block (lines between
blank lines) whose placeholders are all empty is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ..schemas.errors import PromptError, part
from ..schemas.languages import DEFAULT, texts
from ..schemas.modes import AUTHOR

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from ..schemas.languages import Language
    from ..schemas.modes import Mode

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class PromptSpec:
    """A prompt that can be sent.

    Attributes:
        name: its file's, without the ending.
        required: the placeholders that it must hold.
        optional: those that it may hold.
        folder: where its file is, for a gate of one's own: ``<name>.md`` in it, or in its folders of languages and
            modes, as here. By default the project's own ``prompts/``.
    """

    name: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    folder: Path | None = None


@dataclass(frozen=True)
class Prompt:
    """A template whose placeholders have been checked."""

    name: str
    template: str

    def fill(self, **values: object) -> str:
        """The text with every placeholder replaced, in one pass, and empty blocks left out."""
        filled = {key: str(value) for key, value in values.items()}
        blocks = (block for block in re.split(r"\n{2,}", self.template) if _says_anything(block, filled))
        return "\n\n".join(_PLACEHOLDER.sub(lambda hit: filled.get(hit[1], ""), block) for block in blocks)


def _says_anything(block: str, values: Mapping[str, str]) -> bool:
    names = _PLACEHOLDER.findall(block)
    return not names or any(values.get(name, "").strip() for name in names)


def check(spec: PromptSpec, template: str) -> Prompt:
    """A prompt from a template, once its placeholders are known to be right.

    Args:
        spec: which prompt it is.
        template: its words.

    Raises:
        PromptError: a required placeholder is missing, or one is named that this prompt does not have.
    """
    required, optional = set(spec.required), set(spec.optional)
    named = set(_PLACEHOLDER.findall(template))
    if missing := sorted(required - named):
        raise PromptError("prompt_incomplete", name=spec.name, missing=_braced(missing))
    if unknown := sorted(named - required - optional):
        has = _braced(sorted(required | optional)) or part("none")
        raise PromptError("prompt_unknown_place", name=spec.name, unknown=_braced(unknown), has=has)
    return Prompt(spec.name, template.strip())


def _braced(names: list[str]) -> list[str]:
    return [f"{{{name}}}" for name in names]


@lru_cache(maxsize=1024)
def load(spec: PromptSpec, language: Language, mode: Mode = AUTHOR) -> Prompt:
    """The prompt as it came with its gate, in a story's language and mode.

    Where the mode has none it is the author's, and where the language has none it is the English one.

    Raises:
        PromptError: there is no such file, or its placeholders are wrong.
    """
    place = find(spec, language, mode)
    if place is None:
        raise PromptError("no_prompt", name=spec.name, language=language.tag, mode=mode.name)
    return check(spec, place.read_text(encoding="utf-8"))


def find(spec: PromptSpec, language: Language, mode: Mode = AUTHOR) -> Traversable | None:
    """The file of a prompt, in the story's language and mode or the nearest there is; ``None``: there is none."""
    root = spec.folder or files(__name__)
    for folder in dict.fromkeys((language.folder or DEFAULT, DEFAULT)):
        for place in (root / folder / mode.name, root / folder / AUTHOR.name, root / folder, root):
            if (place / f"{spec.name}.md").is_file():
                return place / f"{spec.name}.md"
    return None


def is_in(language: Language, spec: PromptSpec, mode: Mode = AUTHOR) -> bool:
    """Whether a prompt is written in the story's own language, and not in English instead."""
    place = find(spec, language, mode)
    return place is not None and bool(language.folder) and str(files(__name__) / language.folder) in str(place)


def phrase(key: str, language: Language, **values: object) -> str:
    """A short sentence of a language, filled: a heading of an answer, what can be wrong with one, a hint."""
    return Prompt(key, texts(language.tag, "phrases")[key]).fill(**values)
