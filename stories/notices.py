"""What a person should know before a story is written with what is configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..schemas.errors import part

if TYPE_CHECKING:
    from ..schemas.catalogue import Part
    from ..schemas.context import Context
    from ..schemas.languages import Language
    from .library import Library

_EMBEDDED_KNOWS = "en"
"""What the embedded chat model was trained on."""
_DEFAULT_EMBEDDER_KNOWS = ("en",)
"""What the default embedding model reads well enough."""


def notices(library: Library, language: Language, context: Context) -> list[Part]:
    """Sentences for a person, each worded by the face that shows it.

    Args:
        library: where the story is.
        language: the story's.
        context: the settings of the run.
    """
    found: list[Part] = []
    if library.resources.chat_models.is_embedded(context):
        found.append(part("demonstration"))
        if not language.tag.startswith(_EMBEDDED_KNOWS):
            found.append(part("demonstration_language", language=language.name))
    elif library.resources.memories.embedder.is_default and language.tag not in _DEFAULT_EMBEDDER_KNOWS:
        found.append(part("recall_by_words", language=language.name))
    return found
