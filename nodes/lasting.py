"""Plans for several passages: what of them is told, what is left, and which of them are still on the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..schemas.lasting import MAX_PASSAGES
from ..schemas.state import ToldOfPlan, passages_left
from . import refusals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..schemas.state import ChosenPlan, Plan, StoryState
    from .turn import Turn


def on_the_table(state: StoryState) -> list[Plan]:
    """The plans for several passages of which some are left: the one that is followed, then those begun before it."""
    plans = state.get("plans", [])
    chosen = state.get("plan")
    if chosen is None or state.get("edited") or state.get("after_review") == "plans":
        return [_as_summed_up(plan, state) for plan in plans if plan.get("passages")]
    waiting = [
        plan for number, plan in enumerate(plans, start=1) if plan.get("passages") and number != chosen.get("number")
    ]
    followed = _one_more_told(chosen, state)
    return [followed, *waiting] if passages_left(followed) else waiting


def as_edited(state: StoryState) -> ChosenPlan:
    """The plan chosen together with an edit of the last passage, which may be the latest that was told of it."""
    plan = state["plan"].copy()
    plan.update(_as_summed_up(plan, state))  # type: ignore[typeddict-item]
    return plan


def make_last(plan: ChosenPlan, passages: int) -> None:
    """Make a chosen plan one for so many passages from here on."""
    told = plan.get("told", [])
    if told or passages > 1:
        plan["passages"] = len(told) + passages
        plan["told"] = told


def most_passages(state: StoryState) -> int:
    """For how many passages from here on a plan may be: no more than are left of a story that has a length."""
    target = state.get("target_paragraphs")
    left = 0 if target is None else target - state["step"]
    return min(MAX_PASSAGES, left) if left > 0 else MAX_PASSAGES


def count_of(state: StoryState) -> int:
    """For how many passages the chosen plan is, those that are told of it among them."""
    plan = state["plan"]
    return min(plan.get("passages", 1), len(plan.get("told", [])) + most_passages(state))


def is_in_its_middle(state: StoryState) -> bool:
    """Whether the next passage goes on with a plan of which some is told."""
    return count_of(state) > 1 and bool(state["plan"].get("told"))


def is_begun(plan: Plan) -> bool:
    """Whether a plan on the table goes on with what is told of it."""
    return bool(plan.get("told")) and passages_left(plan) > 0


def goes_on(state: StoryState) -> bool:
    """Whether of the plan just followed some is left to tell."""
    plan = state.get("plan")
    return plan is not None and passages_left(_one_more_told(plan, state)) > 0


def use_of(state: StoryState, turn: Turn) -> str:
    """Which part of its plan for several passages the next one tells; empty for a plan of one passage.

    It is for no more than are left of the story, which may have been made shorter since: the last passage has its end.
    """
    told = state["plan"].get("told", [])
    count = count_of(state)
    if count == 1:
        return ""
    name = "plan_part_first" if not told else "plan_part" if len(told) + 1 < count else "plan_part_last"
    # Whoever only recalls for it is told where it is, not how to tell it.
    name = name if turn.writes_the_passage else "plan_part_place"
    lines = [turn.phrase(name, number=len(told) + 1, count=count)]
    if told:
        lines.append(turn.phrase("plan_part_told", told=refusals.listed([one["summary"] for one in told])))
    return "\n".join(map(str, lines))


def hint_for_plans(plans: Sequence[Plan], turn: Turn) -> str:
    """What whoever proposes plans is told of those that stay on the table."""
    texts = refusals.listed([_so_far(plan, turn) for plan in plans])
    return str(turn.phrase("plans_beside", plans=texts)) if texts else ""


def _so_far(plan: Plan, turn: Turn) -> str:
    """A plan, with how much of it is told, where that is some of it."""
    told = len(plan.get("told", []))
    if not told:
        return plan["text"]
    return str(turn.phrase("plan_so_far", text=plan["text"], count=plan["passages"], told=told))


def shown(plan: Plan, turn: Turn) -> str:
    """How far a plan for several passages is, for the person who is asked; empty for any other."""
    if not plan.get("passages"):
        return ""
    return str(turn.phrase("plan_lasts", told=len(plan.get("told", [])), count=plan["passages"]))


def _one_more_told(chosen: ChosenPlan, state: StoryState) -> Plan:
    # What the part just told leaned on is nothing that the next one does; what a person said of the plan is.
    is_given = chosen.get("recall_is_given", False)
    plan: Plan = {"text": chosen["text"], "recall": chosen["recall"] if is_given else []}
    if is_given:
        plan["recall_is_given"] = True
    if "threads" in chosen:
        plan["threads"] = chosen["threads"]
    if "passages" in chosen:
        plan["passages"] = chosen["passages"]
        told = ToldOfPlan(at=state["step"], summary=state.get("summary", ""))
        plan["told"] = [*chosen.get("told", []), told]
    return plan


def _as_summed_up(plan: Plan, state: StoryState) -> Plan:
    """The plan, where the last passage was told of it, with the summary which that now has."""
    told = plan.get("told", [])
    if not told or told[-1]["at"] != state["step"]:
        return plan
    return {**plan, "told": [*told[:-1], ToldOfPlan(at=state["step"], summary=state["summary"])]}
