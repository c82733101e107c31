"""What gates are called and what they do, in the words of a person's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..nodes import Gate
from ..schemas.language_folders import GATES, own_table

Gates = Mapping[str, Gate[Any]]
"""The gates of a library by name."""


def busy(gates: Gates, name: str, language: str, model: str = "") -> str:
    """What a progress line says while a gate is at work, and by which model, where that is to be said."""
    said = _said(name, language, "busy") or (gates[name].record.busy if name in gates else name)
    return f"{said} ({model})" if model else said


def label(gates: Gates, name: str, language: str) -> str:
    """What a table calls a gate."""
    return _said(name, language, "label") or (gates[name].record.label if name in gates else name)


def _said(name: str, language: str, word: str) -> str:
    own: dict[str, str] = own_table(language, GATES).get(name, {})
    return own.get(word, "")
