"""Recall: find the passages of the long-term memory that the plan would lean on (paper, section 3.2).

Likeness alone does not lead from "they must cross the lake" to "Mara cannot swim". Whoever proposes a plan can say
what it would lean on: these recall cues are searched for beside the plan. A plan that a person wrote comes without
them, so the model is asked for them.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from langchain_core.messages import HumanMessage, SystemMessage
from pydantic import Field

from ..prompts import PromptSpec
from ..schemas.state import Passage
from .answers import CUE, Answer, Lines
from .asking import AnswerSpec
from .gate import GateRecord, Update, gate
from .messages import system_text
from .standing import find_standing, notes_since

if TYPE_CHECKING:
    from ..memory import Recalled
    from ..schemas.state import StoryState
    from .turn import Turn

_CUES = 3

CUES_PROMPT = PromptSpec("recall_cues", required=("plan",), optional=("short_term_memory",))


class RecallCues(Answer):
    """One to three short statements of what earlier pages may say."""

    recall: Lines = Field(min_length=1)


@gate(
    GateRecord(
        role="recall",
        label="Recall cues",
        busy="Recalling earlier passages",
        prompts=(CUES_PROMPT,),
        answers=(RecallCues,),
        settings=("retrieve_k", "use_word_search", "use_facts", "fact_tokens"),
        shows=frozenset({"recalled"}),
    )
)
async def retrieve_long_term(state: StoryState, turn: Turn) -> Update:
    """The passages that the plan and its cues lead to, oldest first, without the last paragraph."""
    plan = state["plan"]
    leave_out = [turn.memory.length - 1]
    limit = turn.context.retrieve_k
    if limit and not plan["recall"] and turn.memory.length - len(leave_out) > limit:
        plan = {**plan, "recall": await _cues_for(state, turn)}
    questions = [plan["text"], *plan["recall"]]
    found = await turn.memory.recall(questions, limit, leave_out, by_words=turn.context.use_word_search)
    standing, ended = await find_standing(turn, questions, state["paragraph"], state.get("pins", []))
    notes = await notes_since(turn, found, ended)
    passages = sorted((_passage(hit, notes.get(hit.place, [])) for hit in found), key=itemgetter("seq"))
    turn.emit("recalled", places=[passage["seq"] for passage in passages])
    return {"retrieved": passages, "standing": standing, "plan": plan}


async def _cues_for(state: StoryState, turn: Turn) -> list[str]:
    """What a person's plan would lean on, by the model."""
    task = turn.prompt(CUES_PROMPT).fill(short_term_memory=state["short_term_memory"], plan=state["plan"]["text"])
    messages = [SystemMessage(system_text(state, turn)), HumanMessage(task)]
    spec = AnswerSpec({"recall": {"minItems": 1, "maxItems": _CUES}, "recall.items": {"maxLength": CUE}})
    return (await turn.ask(messages, RecallCues, spec)).recall[:_CUES]


def _passage(found: Recalled, since: list[str]) -> Passage:
    return Passage(
        seq=found.place,
        text=found.entry.text,
        summary=found.entry.summary,
        score=round(found.score, 4),
        question=found.question,
        sentence=found.sentence,
        similarity=round(found.similarity, 4),
        shown="whole",
        since=since,
    )
