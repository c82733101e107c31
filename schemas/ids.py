"""Ids of stories."""

from __future__ import annotations

import uuid

_LENGTH = 12


def new_story_id() -> str:
    """An id that no other story has."""
    return uuid.uuid4().hex[:_LENGTH]
