"""What lies on the table at a pause: what is to be said beside the plans, and what of them follows a change."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ..memory import Lineage
from ..nodes import remarks
from ..prompts import phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..schemas.catalogue import Part
    from ..schemas.context import Context
    from ..schemas.state import Plan, StoryState
    from .record import StoryRecord
    from .story import Story


def beside_the_plans(record: StoryRecord, state: StoryState, context: Context | None = None) -> list[Part]:
    """What is to be said beside the plans that are on the table: a chapter that begins, what they are older than.

    Args:
        record: the story's card.
        state: where it pauses.
        context: the settings; by default those of its last run.
    """
    say = partial(_phrase, record)
    return [remark.said for remark in remarks.remarks(state, context or record.context, say)]


def _phrase(record: StoryRecord, key: str, **values: object) -> Any:  # noqa: ANN401 (a phrase)
    return phrase(key, record.language, record.mode, **values)


async def following(story: Story, values: Mapping[str, Any], branch: str) -> dict[str, Any]:
    """What of the plans on the table follows a change that leaves them there.

    What they take up of what is open is named as it now is, and what is open no longer is not; that they are older is
    kept beside them.

    Args:
        story: the open story.
        values: the change.
        branch: whose; the current one, if none is named.
    """
    state = await story.state(branch)
    told = remarks.older_plans(state, values)
    plans = state.get("plans", [])
    names = {thread["id"] for plan in plans for thread in plan.get("threads", [])}
    if "plans" in values or "lineage" not in values or not names:
        return told
    path = Lineage.from_json(values["lineage"]).after(story.before)
    found = await story.remember(lambda memory: memory.facts.named(path, names))
    texts = {one.fact.id: one.fact.text for one in found if one.holds}
    now = [_taking_up(plan, texts) for plan in plans]
    return told if now == plans else {**told, "plans": now}


def _taking_up(plan: Plan, texts: Mapping[str, str]) -> Plan:
    """A plan that names of what it takes up only what is there, in the words that it has."""
    if "threads" not in plan:
        return plan
    there = [{**thread, "text": texts[thread["id"]]} for thread in plan["threads"] if thread["id"] in texts]
    kept: dict[str, Any] = {**plan, "threads": there}
    return kept if there else {name: value for name, value in kept.items() if name != "threads"}  # type: ignore[return-value]
