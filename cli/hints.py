"""What to do about an error in the terminal's own words: its commands and its options, by the error's code."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ..schemas.catalogue import fill

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..schemas.errors import RecurrentGPTError


@lru_cache
def hints() -> Mapping[str, str]:
    """The hints, by code."""
    kept: dict[str, str] = tomllib.loads((files(__package__ or "") / "hints.toml").read_text(encoding="utf-8"))
    return kept


def hint_for(error: RecurrentGPTError) -> str:
    """The hint for an error; empty where its sentence says it all."""
    return fill(hints().get(error.code, ""), error.values)
