"""Several passages in a row, each by a plan of a person's own, as long as there are any: then somebody else picks."""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING

from ..schemas.errors import SettingsError
from ..schemas.limits import LIMITS
from ..stories.drafts import Draft
from .words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..stories.record import StoryRecord

_PLACE = "write//////text"
"""What the page's script calls the field that they are typed in."""


def plans_of(form: Mapping[str, str]) -> tuple[str, ...]:
    """The plans that a form has, one on each line.

    Raises:
        SettingsError: one of them is too long.
    """
    plans = tuple(line.strip() for line in form.get("text", "").splitlines() if line.strip())
    most = LIMITS["instruction"]
    if long := next((plan for plan in plans if len(plan) > most), ""):
        raise SettingsError("queue_plan_too_long", given=long[:40], count=len(long), most=most)
    return plans


def draft_of(plans: tuple[str, ...], record: StoryRecord, branch: str) -> Draft:
    """Plans that were not come to, as a draft in the field that they were typed in."""
    return Draft(
        key=f"{branch}|{_PLACE}|",
        place=_PLACE,
        branch=branch,
        text="\n".join(plans),
        label=Words(record.language.tag)("queue_plans"),
        address=f"/story/{record.story_id}",
        when=round(time() * 1000),
    )
