"""The next input: propose different plans, each with the recall cues it would lean on (paper, section 3.2)."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import combinations
from typing import TYPE_CHECKING

from pydantic import Field

from ..memory.head import write_head
from .answers import CUE, Answer, Line, Lines
from .conversation import after_paragraph
from .effects import work
from .ending import place
from .gate import Gate, Update, Wanted
from .repetition import words_of

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from ..schemas.state import StoryState
    from .effects import Steps

_LEAST, _MOST = 15, 160  # characters a sentence of a plan
_CUES = 3
_ALIKE = 0.65


class ProposedPlan(Answer):
    """What may happen next, and what the past may hold that it would need."""

    text: Line
    recall: Lines = Field(default_factory=list)


class Plans(Answer):
    """The plans on the table."""

    plans: list[ProposedPlan]


def propose_plans(state: StoryState, gate: Gate) -> Steps[Update]:
    """Propose the plans of the step after this one; with them the step is finished, and its state is kept.

    Where a paragraph was edited and the plan was chosen with it, that plan stands.
    """
    if state.get("edited") and (state.get("stop") or state["after_review"] == "write"):
        return {"edited": ""}
    asked = task(state, gate)
    update = yield from new_plans(gate, after_paragraph(state, gate, asked))
    update |= {"edited": "", "feedback": "", "after_review": ""}
    yield from work(lambda: write_head({**state, **update}))
    return update


def task(state: StoryState, gate: Gate) -> str:
    """The request for plans, given the memory as it now is, and what a person said of the last ones."""
    context = gate.context
    return gate.prompt("propose_plans").fill(
        short_term_memory=state["short_term_memory"],
        plan_count=context.plan_count,
        plan_sentences=context.plan_sentences,
        feedback=state.get("feedback", ""),
        place=place(state, gate),
    )


def new_plans(gate: Gate, messages: list[BaseMessage]) -> Steps[Update]:
    """Ask for plans until they are as many as wanted and differ."""
    count = gate.context.plan_count

    def problem_of(answer: Plans) -> str:
        if len(answer.plans) != count:
            return gate.say("problem_plan_count", count=len(answer.plans), wanted=count)
        pair = alike([plan.text for plan in answer.plans], gate.language)
        return gate.say("problem_plans_alike", first=pair[0], second=pair[1]) if pair else ""

    wanted = Wanted(
        bounds={
            "plans": {"minItems": count, "maxItems": count},
            "plans.items.text": {
                "minLength": _LEAST * gate.context.plan_sentences,
                "maxLength": _MOST * gate.context.plan_sentences,
            },
            "plans.items.recall": {"minItems": 1, "maxItems": _CUES},
            "plans.items.recall.items": {"maxLength": CUE},
            "plans.items": {"required": ["text", "recall"]},
        },
        counts={"plans": count},
    )
    answer = yield from gate.ask(messages, Plans, wanted, problem_of)
    return {"plans": [{"text": plan.text, "recall": plan.recall[:_CUES]} for plan in answer.plans]}


def alike(texts: list[str], language: str) -> tuple[int, int] | None:
    """The numbers (from 1) of the first two plans that say nearly the same, word by word, if any do."""
    words = [words_of(text, language) for text in texts]
    for (i, first), (j, second) in combinations(enumerate(words, start=1), 2):
        if SequenceMatcher(None, first, second, autojunk=False).ratio() > _ALIKE:
            return i, j
    return None
