"""What a person's answer may say of a plan for several passages."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_PASSAGES = 12
"""Passages that one plan may be for."""
NO_COUNT = -1
"""What is read where something was given that is no such count."""

_COUNT = re.compile(r"[+]?[0-9]{1,9}")


@dataclass(frozen=True)
class ChangePlan:
    """Follow plan ``number`` (from 1), which is for several passages, in the words that a person gave it."""

    number: int
    text: str


@dataclass(frozen=True)
class DropPlan:
    """Take plan ``number`` (from 1) off the table."""

    number: int


def passages_of(given: object) -> int | None:
    """For how many passages a plan is to be; 0: drop it; ``None``: nothing was said of it; else :data:`NO_COUNT`."""
    if given is None or given == "":
        return None
    text = "" if isinstance(given, bool) else str(given).strip()
    number = int(text) if _COUNT.fullmatch(text) else NO_COUNT
    return number if number <= MAX_PASSAGES else NO_COUNT
