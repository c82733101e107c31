"""How long a text may be that a person types, by the name of its field: the bounds of the schemas, for forms."""

from __future__ import annotations

from typing import Final

from .context import MAX_TASTES
from .review import CHANGES, MAX_INSTRUCTION
from .story_input import MOST_AUTHOR, PREMISE_FIELDS

_QUESTION = 400
_TAG = 100
_TITLE = 200
_NAME = 40

LIMITS: Final[dict[str, int]] = {
    **{field.name: field.maximum for field in PREMISE_FIELDS},
    **{name: change.maximum for name, change in CHANGES.items()},
    "instruction": MAX_INSTRUCTION,
    "feedback": MAX_INSTRUCTION,
    "question": _QUESTION,
    "tag": _TAG,
    "author": MOST_AUTHOR,
    "chapter_title": _TITLE,
    "name": _NAME,
    "tastes": MAX_TASTES,
}
"""Characters. What a question or a tag may have is a form's own affair; the rest is what is read elsewhere too.

``name``: of a branch, or of a save point.
"""
