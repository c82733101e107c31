"""Every plan on the table, a branch each: they can then be written side by side, and one of them taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..graph.cycle import WITH_A_PLAN
from ..schemas.state import SETTLED
from .branches import fork, plan_of

if TYPE_CHECKING:
    from .record import Branch
    from .story import Story


async def try_plans(story: Story) -> list[str]:
    """Begin a branch for each plan on the table, set to follow it, and stay where the story is.

    Returns:
        Their names, in the order of the plans; a plan that has its branch from here already keeps that one.

    Raises:
        StoryStateError: the story is in the middle of a step.
    """
    state = await story.state_between_steps()
    here = {branch.name: await story.state(branch.name) for branch in children(story)}
    names = []
    for number, plan in enumerate(state["plans"], start=1):
        there = next((name for name, kept in here.items() if kept["plan"]["text"] == plan["text"]), "")
        if not there:
            values = {**state, **SETTLED, "plan": plan_of(number, state), "after_review": "write"}
            there = await fork(story, values, WITH_A_PLAN)
        names.append(there)
    return names


def children(story: Story) -> list[Branch]:
    """The branches that left the current one."""
    here = story.record.branch
    return [branch for branch in story.record.branches if branch.parent == here and not branch.is_save]
