"""Recall: find the passages of the long-term memory that the plan would lean on (paper, section 3.2).

Likeness alone does not lead from "they must cross the lake" to "Mara cannot swim". Whoever proposes a plan can say
what it would lean on: these recall cues are searched for beside the plan. A plan that a person wrote comes without
them, so the model is asked for them.
"""

from __future__ import annotations

import re
from operator import itemgetter
from typing import TYPE_CHECKING

from langchain_core.messages import HumanMessage, SystemMessage
from pydantic import Field

from ..prompts import PromptSpec
from ..schemas.state import NoteOf, Passage
from . import acts, lasting
from .answers import CUE, Answer, Lines
from .asking import AnswerSpec
from .gate import GateRecord, Update, gate
from .messages import system_text
from .notes import notes_since
from .standing import About, find_standing, in_order, in_state, took_several_places, what_became_of
from .threads import as_they_are_shown, at_stake

if TYPE_CHECKING:
    from ..memory import Recalled
    from ..schemas.state import StandingFact, StoryState
    from .budget import Shown
    from .notes import Note
    from .standing import Standing
    from .turn import Turn

_CUES = 3
_WORD = re.compile(r"\w")

CUES_PROMPT = PromptSpec(
    "recall_cues",
    required=("plan",),
    optional=("short_term_memory", "last_paragraph", "plan_part", "plan_passages", "act"),
    sizes=("plan_passages", "act"),
)


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
        settings=(
            *("retrieve_k", "retrieve_in_short", "use_recall_cues", "use_word_search"),
            *("use_facts", "use_threads", "fact_tokens"),
        ),
        shows=frozenset({"recalled"}),
    )
)
async def retrieve_long_term(state: StoryState, turn: Turn) -> Update:
    """The passages that the plan and its cues lead to, oldest first, without the last paragraph.

    The last of them are for their summaries alone.
    """
    plan = state["plan"]
    leave_out = [turn.memory.length - 1]
    limit, in_short = turn.context.retrieve_k, turn.context.retrieve_in_short
    is_cued = plan["recall"] or plan.get("recall_is_given") or not turn.context.use_recall_cues
    if limit and not is_cued and turn.has_more_than_it_shows:
        plan = {**plan, "recall": await _cues_for(state, turn)}
    questions = [plan["text"], *(plan["recall"] if turn.context.use_recall_cues else [])]
    by_words = turn.context.use_word_search
    found = await turn.memory.recall(questions, limit, leave_out, in_short=in_short, by_words=by_words)
    aliases = state.get("aliases", [])
    own = await turn.memory.facts_of([hit.entry for hit in found]) if turn.context.use_facts else []
    told = what_became_of(own, [fact.id for hit in found[:limit] for fact in hit.entry.facts])
    often = took_several_places(own, [fact.id for hit in found for fact in hit.entry.facts])
    open_anyway = await at_stake(state, turn)
    about = About(questions, state["paragraph"], told, often, state.get("pins", []), aliases, open_anyway)
    stands = await find_standing(turn, about)
    carried = await _carried(turn, stands)
    facts = in_order([*stands.facts, *carried, *open_anyway], state.get("pins", []))
    stands = stands._replace(facts=as_they_are_shown(facts, state))
    notes = notes_since(turn, found, limit, own, stands, aliases)
    passages = [
        _passage(hit, "whole" if number < limit else "in short", notes.get(hit.place, []))
        for number, hit in enumerate(found)
    ]
    passages.sort(key=itemgetter("seq"))
    turn.emit("recalled", places=[passage["seq"] for passage in passages])
    return {"retrieved": passages, "standing": stands.facts, "plan": plan}


async def _carried(turn: Turn, stands: Standing) -> list[StandingFact]:
    """What the player has with them besides what stands already: whoever judges an action must know all of it."""
    if not (turn.mode.asks_for_actions and turn.context.use_facts and turn.context.fact_tokens):
        return []
    shown = {kept["fact"]["id"] for kept in stands.facts}
    return [in_state(carried) for carried in await turn.memory.carried() if carried.fact.id not in shown]


async def _cues_for(state: StoryState, turn: Turn) -> list[str]:
    """What a person's plan would lean on, by the model."""
    task = turn.prompt(CUES_PROMPT).fill(
        short_term_memory=state["short_term_memory"],
        last_paragraph=state["paragraph"],
        plan=state["plan"]["text"],
        plan_part=lasting.use_of(state, turn),
        plan_passages=lasting.count_of(state),
        act=acts.heading(state, turn),
    )
    messages = [SystemMessage(system_text(state, turn)), HumanMessage(task)]
    spec = AnswerSpec({"recall": {"minItems": 1, "maxItems": _CUES}, "recall.items": {"maxLength": CUE}})
    return (await turn.ask(messages, RecallCues, spec)).recall[:_CUES]


def _passage(found: Recalled, shown: Shown, notes: list[Note]) -> Passage:
    """A passage for the state; one that is shown in short is kept without its text, so that the state stays small."""
    passage = Passage(
        seq=found.place,
        text=found.entry.text if shown == "whole" else "",
        summary=found.entry.summary,
        score=round(found.score, 4),
        question=found.question,
        sentence=found.sentence,
        similarity=round(found.similarity, 4),
        shown=shown,
        since=[note.line for note in notes],
        since_of=[NoteOf(text=note.text, names=list(note.names), most=note.most) for note in notes],
    )
    if found.entry.is_put_right:
        passage["is_put_right"] = True
    before, is_there, after = found.entry.text.partition(found.sentence)
    if is_there and not _WORD.search(before):
        passage["begins_it"] = True
    if is_there and not _WORD.search(after):
        passage["ends_it"] = True
    return passage
