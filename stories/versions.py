"""How a branch stands, in a few signs: what a change was made for, and whether that is still so when it arrives."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from ..schemas.story_input import PREMISE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..schemas.state import StoryState
    from .record import StoryRecord

_CHANGED_BY_HAND = (
    *(*PREMISE, "lineage", "short_term_memory", "chapters", "beat", "codex"),
    *("pins", "aliases", "apart", "clash_marks", "plans"),
)


def version_of(record: StoryRecord, state: StoryState) -> str:
    """A name of how a branch stands in all that a person can change: texts, memory, premise, marks, settings, plans."""
    settings = record.context.model_dump(mode="json", exclude_unset=True)
    return digest([record.branch, record.title, settings, _by_hand(state)])


def end_of(state: StoryState) -> str:
    """A name of how a branch stands that a story need not stand on: in all that a person can change."""
    return digest(_by_hand(state))


def digest(told: list[Any]) -> str:
    """A name of what is told."""
    return blake2b(json.dumps(told, sort_keys=True).encode(), digest_size=8).hexdigest()


def _by_hand(state: StoryState) -> list[Any]:
    values: Mapping[str, Any] = state
    return [values.get(name) or None for name in ("step", *_CHANGED_BY_HAND)]
