"""Select the plan: ask the person, or let chance or the paper's simulated human choose.

A node runs again from its top when a person answers, so in ``human`` mode this one only asks and reads;
an answer that means nothing is asked again by the graph's edge from this node to itself.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from langgraph.types import interrupt

from ..prompts import load
from ..schemas.review import RESPONSE_SCHEMA, AskAgain, OwnPlan, PickPlan, Stop, read_answer, request
from ..schemas.state import ChosenPlan
from .answers import Answer, Line, Number
from .conversation import after_paragraph
from .gate import Gate, Update, Wanted

if TYPE_CHECKING:
    from ..schemas.state import Plan, StoryState
    from .effects import Steps

_STEPS_A_CYCLE = 6
"""Supersteps from this node to the next time it runs, both counted."""
_REASON = 480
_PLAN_SENTENCE = 160


class Choice(Answer):
    """Why, which plan (from 1), and the plan as it is to be carried out."""

    reason: Line
    number: Number
    plan: Line


def select_plan(state: StoryState, gate: Gate) -> Steps[Update]:
    """Settle which plan the next paragraph follows.

    Where nobody is asked and the recursion limit leaves too few steps for a cycle, the run ends here, whole.
    """
    plans = state["plans"]
    if gate.context.plan_selection != "human" and state["remaining_steps"] < _STEPS_A_CYCLE:
        return {"stop": True, "review_problem": ""}
    match gate.context.plan_selection:
        case "human":
            return _read(interrupt(_question(state, gate), response_schema=RESPONSE_SCHEMA), plans, gate)
        case "first":
            return _chosen(plans, 1, "first")
        case "random":
            return _chosen(plans, _by_chance(state, gate), "random")
        case "model":
            return (yield from _simulated_human(state, gate))


def _question(state: StoryState, gate: Gate) -> dict[str, object]:
    description = load("review", gate.language).fill(
        problem=state.get("review_problem", ""),
        paragraph=state["paragraph"],
        short_term_memory=state["short_term_memory"],
        rationale=state["rationale"],
        plans=_numbered(state["plans"]),
    )
    return request(state, description)


def _read(given: object, plans: list[Plan], gate: Gate) -> Update:
    match read_answer(given, plans):
        case PickPlan(number):
            return _chosen(plans, number, "human")
        case OwnPlan(text):
            plan = ChosenPlan(text=text, recall=[], chosen_by="human", number=None, reason="")
            return {"plan": plan, "review_problem": "", "stop": False}
        case Stop():
            return {"stop": True, "review_problem": ""}
        case AskAgain(phrase, values):
            return {"review_problem": gate.say(phrase, **values)}


def _by_chance(state: StoryState, gate: Gate) -> int:
    """The same seed, story and step give the same plan; without a seed, another each time."""
    seed = gate.context.seed
    # A draw among plans needs no secrecy.
    chance = Random(None if seed is None else f"{seed}:{state['step']}")  # noqa: S311
    return chance.randint(1, len(state["plans"]))


def _simulated_human(state: StoryState, gate: Gate) -> Steps[Update]:
    """The paper's simulated human (section 4.1): picks a plan, says why, may revise it."""
    plans = state["plans"]
    count = len(plans)
    task = gate.prompt("select_plan").fill(
        plans=_numbered(plans),
        plan_sentences=gate.context.plan_sentences + 1,
        short_term_memory=state["short_term_memory"],
    )
    wanted = Wanted(
        bounds={
            "reason": {"maxLength": _REASON},
            "number": {"minimum": 1, "maximum": count},
            "plan": {"minLength": 20, "maxLength": _PLAN_SENTENCE * (gate.context.plan_sentences + 2)},
        },
        counts={},
    )

    def problem_of(answer: Choice) -> str:
        if answer.number <= count:
            return ""
        return gate.say("problem_plan_number", number=answer.number, count=count)

    choice = yield from gate.ask(after_paragraph(state, gate, task), Choice, wanted, problem_of)
    update = _chosen(plans, choice.number, "model")
    update["plan"] |= {"text": choice.plan, "reason": choice.reason}
    return update


def _chosen(plans: list[Plan], number: int, chosen_by: str) -> Update:
    plan = ChosenPlan(**plans[number - 1], chosen_by=chosen_by, number=number, reason="")
    return {"plan": plan, "review_problem": "", "stop": False}


def _numbered(plans: list[Plan]) -> str:
    return "\n\n".join(f"{number}. {plan['text']}" for number, plan in enumerate(plans, start=1))
