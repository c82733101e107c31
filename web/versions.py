"""What a form was made for: a branch, a step, and all of it that a person can change. Another by now: nothing is done.

A page names them in each form. Where two pages change the same, the later one is told, and both texts are shown.
"""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from ..schemas.errors import StoryStateError
from ..schemas.story_input import PREMISE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..schemas.state import StoryState
    from ..stories.record import StoryRecord
    from ..stories.story import Story

_CHANGED_BY_HAND = (*PREMISE, "lineage", "short_term_memory", "chapters", "beat", "codex")


def version_of(record: StoryRecord, state: StoryState) -> str:
    """A name of how a branch stands in all that a person can change: texts, memory, premise, settings."""
    settings = record.context.model_dump(mode="json", exclude_unset=True)
    return _digest([record.branch, record.title, settings, _by_hand(state)])


def _by_hand(state: StoryState) -> list[Any]:
    values: Mapping[str, Any] = state
    return [values.get(name) or None for name in ("step", *_CHANGED_BY_HAND)]


def _digest(told: list[Any]) -> str:
    return blake2b(json.dumps(told, sort_keys=True).encode(), digest_size=8).hexdigest()


def is_place(story: Story, state: StoryState, form: Mapping[str, str]) -> bool:
    """Whether a form was made for the branch and the step that the story stands at."""
    return form.get("branch") == story.record.branch and form.get("step") == str(state.get("step"))


async def check_place(story: Story, form: Mapping[str, str]) -> None:
    """A form is meant for the place that it was made for: sent twice, or from an old page, it does nothing.

    Raises:
        StoryStateError: the story is at another branch or step.
    """
    if not is_place(story, await story.state(), form):
        raise StoryStateError("page_outdated")


async def check_version(story: Story, form: Mapping[str, str]) -> None:
    """A form that changes what stands there is meant for what stood there when it was made.

    Raises:
        StoryStateError: something that a person can change is another by now.
    """
    is_same = form.get("version") == version_of(story.record, await story.state())
    if not is_same or form.get("branch") != story.record.branch:
        if form.get("text", "").strip():
            raise StoryStateError("text_outdated")
        raise StoryStateError("page_outdated")


def end_of(state: StoryState) -> str:
    """A name of how a branch stands that a story need not stand on: in its texts, its memory, its premise."""
    return _digest(_by_hand(state))


async def check_end(story: Story, branch: str, end: str) -> None:
    """What concerns a branch that a story does not stand on is meant for how it stood when it was shown.

    Raises:
        StoryStateError: it stands otherwise by now.
    """
    if end != end_of(await story.state(branch)):
        raise StoryStateError("page_outdated")
