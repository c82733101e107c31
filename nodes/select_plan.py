"""Select the plan: ask the person, or let chance or the paper's simulated human choose.

A node runs again from its top when a person answers, so in ``human`` mode this one only asks and reads;
an answer that means nothing is asked again by the graph's edge from this node to itself.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from langgraph.types import interrupt
from pydantic import Field

from ..prompts import PromptSpec
from ..schemas import spoken
from ..schemas.lasting import ChangePlan, DropPlan
from ..schemas.memory_change import memory_diff
from ..schemas.review import (
    RESPONSE_SCHEMA,
    AskAgain,
    OtherPlans,
    OwnPlan,
    PickPlan,
    Review,
    Stop,
    read_review,
    request,
)
from ..schemas.state import SETTLED, ChosenPlan, chosen_plan
from . import beats, lasting, refusals, tastes
from .answers import CUE, Answer, Line, Lines, Number
from .asking import AnswerSpec
from .gate import GateRecord, Update, gate
from .messages import messages_after_paragraph
from .propose_plans import place
from .remarks import older_plans, remarks

if TYPE_CHECKING:
    from ..schemas.state import Plan, StoryState
    from .turn import Turn

_STEPS_A_CYCLE = 7
"""Supersteps from this node to the next time it runs, both counted; in a conversation there is one more."""
_REASON = 480
_PLAN_SENTENCE = 160
_CUES = 3

PROMPT = PromptSpec(
    "select_plan",
    required=("plans",),
    optional=("plan_sentences", "plan_characters", "short_term_memory", "place", "cues"),
    sizes=("plan_sentences", "plan_characters", "cues"),
)
REVIEW = PromptSpec(
    "review",
    required=("paragraph", "plans"),
    optional=("problem", "remarks", "short_term_memory", "rationale", "memory_diff"),
)


class PlanChoice(Answer):
    """Why, which plan (from 1), the plan as it is to be carried out, and what that leans on."""

    reason: Line
    number: Number
    plan: Line
    recall: Lines = Field(default_factory=list)


@gate(
    GateRecord(
        role="a person, or a model",
        label="Choice of a plan",
        busy="Choosing a plan",
        prompts=(PROMPT, REVIEW),
        answers=(PlanChoice,),
        settings=("plan_selection", "seed", "chapter_paragraphs"),
    )
)
async def select_plan(state: StoryState, turn: Turn) -> Update:
    """Settle which plan the next paragraph follows.

    Where nobody is asked and the recursion limit leaves too few steps for a cycle, the run ends here, whole.
    """
    plans = state["plans"]
    if not plans and not _is_own_plan(state.get("said", "")):
        return {"after_review": "plans", "said": ""}  # it had its end, and goes on after all
    if said := state.get("said"):
        return {"said": "", **_read(said, state, turn)}
    if turn.context.plan_selection != "human" and state["remaining_steps"] < _STEPS_A_CYCLE:
        return {**SETTLED, "stop": True}
    if turn.context.plan_selection == "human":
        return _read(interrupt(_question(state, turn), response_schema=RESPONSE_SCHEMA), state, turn)
    return await _chosen_without_asking(state, turn)


async def _chosen_without_asking(state: StoryState, turn: Turn) -> Update:
    plans = state["plans"]
    goes_on = "passages" in plans[0]  # a plan that a person made one for several passages
    match turn.context.plan_selection:
        case chooser if goes_on or chooser == "first":
            return _chosen(plans, 1, "human" if goes_on else "first")
        case "random":
            return _chosen(plans, _by_chance(state, turn), "random")
        case _:
            return await _simulated_human(state, turn)


def _is_own_plan(said: str) -> bool:
    """Whether what somebody said is a plan in their own words, and picks none of those on the table."""
    review = read_review(said, []) if said else None
    return isinstance(review, Review) and isinstance(review.choice, OwnPlan)


def _question(state: StoryState, turn: Turn) -> dict[str, object]:
    said = remarks(state, turn.context, turn.phrase)
    changed = [line for line in memory_diff(state) if not line.startswith("  ")]
    description = turn.prompt(REVIEW).fill(
        problem=state.get("review_problem", ""),
        remarks="\n".join(said),
        paragraph=state["paragraph"],
        short_term_memory=state["short_term_memory"],
        memory_diff="\n".join(changed) if state.get("previous_memory") else "",
        rationale=state["rationale"],
        plans=_numbered(state["plans"], turn),
    )
    return request(state, description, turn.gate, [str(remark) for remark in said])


def _read(given: object, state: StoryState, turn: Turn) -> Update:
    """The state after a person's answer. Whatever it asks for besides a choice is taken as well."""
    review = read_review(given, state["plans"])
    if isinstance(review, AskAgain):
        return {"review_problem": str(turn.phrase(review.phrase, **review.values)), "after_review": "ask"}
    count = len(beats.beats_of({**state, **review.premise}, turn.language)) if review.beat else 0
    if review.beat and review.beat > count:
        problem = turn.phrase("review_beat", number=review.beat, count=count)
        return {"review_problem": str(problem), "after_review": "ask"}
    most = lasting.most_passages(state)
    if review.passages is not None and review.passages > most:
        problem = turn.phrase("review_passages_left", count=review.passages, left=most)
        return {"review_problem": str(problem), "after_review": "ask"}
    chosen = _choice(review, state, turn)
    return {**SETTLED, **_changes(review, state, turn), **chosen, **tastes.noted(state, chosen, turn)}


def _changes(review: Review, state: StoryState, turn: Turn) -> Update:
    """What it changes in the state; an edited paragraph is also what the memories are to follow."""
    update: Update = {}
    if "outline" in review.premise:
        update |= beats.outlined(state, review.premise["outline"], turn.language)
    if review.beat is not None:
        update |= beats.moved({**state, **update, **review.premise}, turn.language, review.beat - 1)
    update |= review.changes()
    update |= older_plans(state, update)
    if review.short_term_memory is not None:
        update["memory_put_right"] = True
    if review.paragraph is not None:
        update["edited"] = "memory" if review.short_term_memory is None else "no memory"
        if state.get("opening"):
            update["opening"] = [*state["opening"][:-1], review.paragraph]
    return update


def _choice(review: Review, state: StoryState, turn: Turn) -> Update:
    plans = state["plans"]
    match review.choice:
        case PickPlan(number):
            plan = chosen_plan(plans[number - 1], "human", number)
        case ChangePlan(number, text):
            plan = chosen_plan(plans[number - 1], "human", number)
            plan["text"] = text
        case DropPlan(number):
            rest = [plan for place, plan in enumerate(plans, start=1) if place != number]
            return {"plans": rest, "after_review": "ask"} if rest else {"after_review": "ask"}
        case OwnPlan(text):
            plan = _own_plan(text, review, turn)
        case OtherPlans(feedback):
            refused = refusals.one_more(state.get("refused", []), _refusable(plans), feedback)
            return {"after_review": "plans", "feedback": feedback, "refused": refused}
        case Stop():
            return {"stop": True}
        case None:
            return {"after_review": "plans" if _calls_for_plans(review, state) else "ask"}
    if review.recall is not None:
        plan["recall"] = list(review.recall)
        plan["recall_is_given"] = True
    if review.passages is not None:
        lasting.make_last(plan, review.passages)
    return {"plan": plan, "after_review": "write"}


def _own_plan(text: str, review: Review, turn: Turn) -> ChosenPlan:
    """A plan in a person's own words; what a player says aloud stands in quotation marks.

    What is said to be speech, and has speech in quotation marks and something beside it, is done as much as said.
    """
    plan = ChosenPlan(text=text, recall=[], chosen_by="human", number=None, reason="")
    line = spoken.read(text)
    is_done = review.act == "do" or (review.act == "say" and line.has_speech and not line.said)
    if turn.mode.asks_for_actions and not is_done:
        plan["act"] = review.act
        plan["text"] = turn.language.quoted(line.said or text) if review.act == "say" else text
    return plan


def _refusable(plans: list[Plan]) -> list[str]:
    """Of the plans, those that other plans take the place of; one for several passages stays until it is dropped."""
    return [plan["text"] for plan in plans if not plan.get("passages")]


def _calls_for_plans(review: Review, state: StoryState) -> bool:
    """Whether the plans on the table are none for what comes next any more: after a new paragraph, at a new chapter."""
    begins_another = review.chapter is not None and review.chapter != state.get("next_chapter")
    return review.paragraph is not None or begins_another


def _by_chance(state: StoryState, turn: Turn) -> int:
    """The same seed, story and step give the same plan; without a seed, another each time."""
    seed = turn.context.seed
    # A draw among plans needs no secrecy.
    chance = Random(None if seed is None else f"{seed}:{state['step']}")  # noqa: S311
    return chance.randint(1, len(state["plans"]))


async def _simulated_human(state: StoryState, turn: Turn) -> Update:
    """The paper's simulated human (section 4.1): picks a plan, says why, may revise it."""
    plans = state["plans"]
    count, longest = len(plans), _PLAN_SENTENCE * (turn.context.plan_sentences + 2)
    task = turn.prompt(PROMPT).fill(
        plans=_numbered(plans, turn),
        plan_sentences=turn.context.plan_sentences,
        plan_characters=longest,
        short_term_memory=state["short_term_memory"],
        place=place(state, turn),
        cues=turn.phrase("cues_for_choice") if turn.has_more_than_it_shows else "",
    )
    spec = AnswerSpec(
        bounds={
            "": {"required": list(PlanChoice.model_fields)},
            "reason": {"maxLength": _REASON},
            "number": {"minimum": 1, "maximum": count},
            "plan": {"minLength": turn.language.shortest_sentence, "maxLength": longest},
            "recall": {"minItems": 1, "maxItems": _CUES},
            "recall.items": {"maxLength": CUE},
        },
        leave_out=frozenset() if turn.has_more_than_it_shows else frozenset({"recall"}),
    )

    def problem_of(answer: PlanChoice) -> str:
        if answer.number <= count:
            return ""
        return turn.phrase("problem_plan_number", number=answer.number, count=count)

    choice = await turn.ask(messages_after_paragraph(state, turn, task), PlanChoice, spec, problem_of)
    update = _chosen(plans, choice.number, "model")
    update["plan"] |= {"text": choice.plan or update["plan"]["text"], "reason": choice.reason}
    if choice.recall:
        update["plan"]["recall"] = choice.recall[:_CUES]
    return update


def _chosen(plans: list[Plan], number: int, chosen_by: str) -> Update:
    return {**SETTLED, "plan": chosen_plan(plans[number - 1], chosen_by, number), "after_review": "write"}


def _numbered(plans: list[Plan], turn: Turn) -> str:
    return "\n\n".join(f"{number}. {_shown(plan, turn)}" for number, plan in enumerate(plans, start=1))


def _shown(plan: Plan, turn: Turn) -> str:
    """A plan with what it takes up of what is open, unless that would spoil the play."""
    threads = [thread["text"] for thread in plan.get("threads", [])]
    lasts = lasting.shown(plan, turn)
    text = str(turn.phrase("line_aside", line=plan["text"], aside=lasts)) if lasts else plan["text"]
    if not threads or turn.mode.asks_for_actions:
        return text
    return f"{text}\n   *{turn.phrase('plan_takes_up', threads=' · '.join(threads))}*"
