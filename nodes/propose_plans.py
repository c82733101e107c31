"""The next input: propose different plans, each with the recall cues it would lean on (paper, section 3.2)."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import combinations
from typing import TYPE_CHECKING

from pydantic import Field

from ..prompts import PromptSpec
from . import arc
from .answers import CUE, Answer, Line, Lines
from .asking import AnswerSpec
from .gate import GateRecord, Update, gate
from .messages import messages_after_paragraph
from .standing import open_threads

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from ..schemas.languages import Language
    from ..schemas.state import StoryState
    from .turn import Turn

_LEAST, _MOST = 15, 160  # characters a sentence of a plan
_CUES = 3
_ALIKE = 0.65
_THREADS = 12
"""Open questions and promises that a planner is shown."""

PROMPT = PromptSpec(
    "propose_plans",
    required=("short_term_memory", "plan_count"),
    optional=("plan_sentences", "feedback", "place", "threads"),
)


class ProposedPlan(Answer):
    """What may happen next, and what the past may hold that it would need."""

    text: Line
    recall: Lines = Field(default_factory=list)


class Plans(Answer):
    """The plans on the table."""

    plans: list[ProposedPlan]


@gate(
    GateRecord(
        role="next input",
        label="Plans",
        busy="Thinking of plans",
        prompts=(PROMPT,),
        answers=(Plans,),
        settings=("plan_count", "plan_sentences"),
        shows=frozenset({"plans"}),
        shares_the_conversation=True,
    )
)
async def propose_plans(state: StoryState, turn: Turn) -> Update:
    """Propose the plans of the step after this one; with them the step is finished, and its state is kept.

    Where a paragraph was edited and the plan was chosen with it, that plan stands.
    """
    if state.get("edited") and (state.get("stop") or state["after_review"] == "write"):
        return {"edited": ""}
    threads = await open_threads(turn, _THREADS)
    update = await new_plans(turn, messages_after_paragraph(state, turn, task(state, turn, threads)))
    update |= {"edited": "", "feedback": "", "after_review": ""}
    await turn.keep_last_state({**state, **update})
    return update


def task(state: StoryState, turn: Turn, threads: str = "") -> str:
    """The request for plans, given the memory as it now is, and what a person said of the last ones."""
    context = turn.context
    return turn.prompt(PROMPT).fill(
        short_term_memory=state["short_term_memory"],
        plan_count=context.plan_count,
        plan_sentences=context.plan_sentences,
        feedback=state.get("feedback", ""),
        place=arc.hint(state, turn),
        threads=threads,
    )


async def new_plans(turn: Turn, messages: list[BaseMessage]) -> Update:
    """Ask for plans until they are as many as wanted and differ."""
    count, length = turn.context.plan_count, turn.context.plan_sentences

    def problem_of(answer: Plans) -> str:
        if len(answer.plans) != count:
            return turn.phrase("problem_plan_count", count=len(answer.plans), wanted=count)
        pair = alike([plan.text for plan in answer.plans], turn.language)
        return turn.phrase("problem_plans_alike", first=pair[0], second=pair[1]) if pair else ""

    spec = AnswerSpec(
        bounds={
            "plans": {"minItems": count, "maxItems": count},
            "plans.items.text": {
                "minLength": _LEAST * length,
                "maxLength": _MOST * length,
            },
            "plans.items.recall": {"minItems": 1, "maxItems": _CUES},
            "plans.items.recall.items": {"maxLength": CUE},
            "plans.items": {"required": ["text", "recall"]},
        },
        counts={"plans": count},
    )
    answer = await turn.ask(messages, Plans, spec, problem_of)
    return {"plans": [{"text": plan.text, "recall": plan.recall[:_CUES]} for plan in answer.plans]}


def alike(texts: list[str], language: Language) -> tuple[int, int] | None:
    """The numbers (from 1) of the first two plans that say nearly the same, word by word, if any do."""
    words = [language.words(text) for text in texts]
    for (i, first), (j, second) in combinations(enumerate(words, start=1), 2):
        if SequenceMatcher(None, first, second, autojunk=False).ratio() > _ALIKE:
            return i, j
    return None
