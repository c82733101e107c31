"""What a person should know before a story is written with what is configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..prompts.own import said_after
from ..schemas.catalogue import a_language
from ..schemas.errors import part
from ..schemas.modes import AUTHOR

if TYPE_CHECKING:
    from ..schemas.catalogue import Part
    from ..schemas.context import Context
    from ..schemas.languages import Language
    from ..schemas.modes import Mode
    from .library import Library

_DEFAULT_EMBEDDER_KNOWS = "en"
"""What the default embedding model reads well enough."""


def recalls_others_by_words(library: Library) -> bool:
    """Whether earlier passages are recalled by their words alone, unless they are in English."""
    return library.resources.memories.embedder.is_default


def notices(library: Library, language: Language, context: Context, mode: Mode = AUTHOR) -> list[Part]:
    """Sentences for a person, each worded by the face that shows it.

    Args:
        library: where the story is.
        language: the story's.
        context: the settings of the run.
        mode: the story's.
    """
    found: list[Part] = [part("not_encrypted")] if library.settings.aes_key else []
    if library.resources.chat_models.is_embedded(context):
        found.append(part("demonstration"))
    elif recalls_others_by_words(library) and _first(language) != _DEFAULT_EMBEDDER_KNOWS:
        found.append(part("recall_by_words", language=a_language(language.tag)))
    return found + said_after(context.prompts, library.prompts, language, mode, library.dialect_of(context))


def notices_of_play(library: Library, context: Context) -> list[Part]:
    """As :func:`notices`, for who plays: what lies open on the disk, and that the demonstration tells; nothing else."""
    found: list[Part] = [part("not_encrypted")] if library.settings.aes_key else []
    return [*found, part("demonstration")] if library.resources.chat_models.is_embedded(context) else found


def _first(language: Language) -> str:
    return language.tag.partition("-")[0].lower()
