"""What the server says to people, in a story's language: ``prompts/<tag>/agent.toml``."""

from __future__ import annotations

from ..schemas.catalogue import fill
from ..schemas.language_folders import AGENT, texts


def say(key: str, language: str, **values: object) -> str:
    """A sentence in a language (a BCP 47 tag), or in English where that has none.

    What is put in is data: it is put in as it is.
    """
    return fill(texts(language, AGENT)[key], values, language)
