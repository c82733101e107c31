"""Recall: find the passages of the long-term memory that the plan would lean on (paper, section 3.2).

Likeness alone does not lead from "they must cross the lake" to "Mara cannot swim". Whoever proposes a plan can say
what it would lean on: these recall cues are searched for beside the plan. A plan that a person wrote comes without
them, so the model is asked for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from langchain_core.messages import HumanMessage, SystemMessage
from pydantic import Field

from ..memory import Lineage, Recalled, open_memory
from ..schemas.state import Passage
from .answers import CUE, Answer, Lines
from .conversation import premise_of
from .effects import work
from .gate import Wanted

if TYPE_CHECKING:
    from ..schemas.state import StoryState
    from .effects import Steps
    from .gate import Gate, Update

_CUES = 3


class RecallCues(Answer):
    """One to three short statements of what earlier pages may say."""

    recall: Lines = Field(min_length=1)


def retrieve_long_term(state: StoryState, gate: Gate) -> Steps[Update]:
    """The passages that the plan and its cues lead to, oldest first, without the last paragraph."""
    lineage = Lineage.from_json(state["lineage"])
    plan = state["plan"]
    leave_out = [lineage.length - 1]
    limit = gate.context.retrieve_k
    if limit and not plan["recall"] and lineage.length - len(leave_out) > limit:
        plan = {**plan, "recall": (yield from _cues_for(state, gate))}
    questions = [plan["text"], *plan["recall"]]

    def recall() -> list[Recalled]:
        with open_memory(state["story_id"], gate.language) as memory:
            return memory.recall(lineage, questions, limit, leave_out, by_words=gate.context.use_word_search)

    passages = [_passage(found) for found in (yield from work(recall))]
    passages.sort(key=lambda passage: passage["seq"])
    gate.report("recalled", places=[passage["seq"] for passage in passages])
    return {"retrieved": passages, "plan": plan}


def _cues_for(state: StoryState, gate: Gate) -> Steps[list[str]]:
    """What a person's plan would lean on, by the model."""
    task = gate.prompt("recall_cues").fill(short_term_memory=state["short_term_memory"], plan=state["plan"]["text"])
    messages = [SystemMessage(gate.prompt("system").fill(**premise_of(state))), HumanMessage(task)]
    wanted = Wanted(
        bounds={"recall": {"minItems": 1, "maxItems": _CUES}, "recall.items": {"maxLength": CUE}}, counts={}
    )
    answer = yield from gate.ask(messages, RecallCues, wanted)
    return answer.recall[:_CUES]


def _passage(found: Recalled) -> Passage:
    return Passage(
        seq=found.entry.seq,
        text=found.entry.text,
        summary=found.entry.summary,
        score=round(found.score, 4),
        question=found.question,
        sentence=found.sentence,
        similarity=round(found.similarity, 4),
        shown="whole",
    )
