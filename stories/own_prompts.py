"""Prompts and phrases of one's own from a folder: ``<name>.md`` a prompt, and ``phrases.toml``."""

from __future__ import annotations

from tomllib import TOMLDecodeError, loads
from typing import TYPE_CHECKING

from ..schemas.errors import SettingsError, part
from ..schemas.gathered import OWN_PROMPT
from ..schemas.language_folders import PHRASES

if TYPE_CHECKING:
    from pathlib import Path

    from ..schemas.catalogue import Part


def read_own_prompts(folder: Path) -> dict[str, str]:
    """The changes of a run's settings that a folder of one's own prompts makes, by name.

    Whether each can take the place of the project's is seen where settings are checked, before anything is paid for.

    Args:
        folder: holds a ``<name>.md`` for each prompt, and a ``phrases.toml`` for phrases, as the project's folders do.

    Raises:
        SettingsError: there is nothing of it in the folder, or it cannot be read.
    """
    try:
        files = {file.stem: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.md"))}
        own = folder / f"{PHRASES}.toml"
        phrases = loads(own.read_text(encoding="utf-8")) if own.is_file() else {}
    except (OSError, UnicodeDecodeError, TOMLDecodeError) as error:
        raise _unusable(folder, str(error)) from error
    if not files and not phrases:
        raise _unusable(folder, part("own_prompts_none"))
    if wrong := [name for name, text in phrases.items() if not isinstance(text, str)]:
        raise _unusable(folder, part("own_prompts_no_text", names=wrong))
    return {f"{name}{OWN_PROMPT}": text for name, text in (files | phrases).items()}


def _unusable(folder: Path, problem: Part | str) -> SettingsError:
    return SettingsError("own_prompts_unusable", folder=str(folder), problem=problem)
