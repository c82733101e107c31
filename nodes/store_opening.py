"""Make memory of the opening: the first short-term memory, and its paragraphs in the long-term memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langchain_core.messages import HumanMessage

from ..memory import Lineage, open_memory
from ..prompts import load
from ..schemas.state import SETTLED
from .answers import Answer, Lines
from .append_summary import SUMMARY
from .chapters import begin_chapter
from .conversation import after_paragraph
from .effects import work
from .gate import Wanted
from .rewrite_short_term import new_memory
from .rewrite_short_term import task as memory_task

if TYPE_CHECKING:
    from ..schemas.state import StoryState
    from .effects import Steps
    from .gate import Gate, Update


class Summaries(Answer):
    """A summary of each opening paragraph, in order."""

    numbered = frozenset({"summaries"})

    summaries: Lines


def store_opening(state: StoryState, gate: Gate) -> Steps[Update]:
    """Remember the opening that ``open_story`` left in the state; on a story that has begun, do nothing."""
    if state["lineage"]:
        return dict(SETTLED)
    update = yield from remember(state, gate)
    if gate.context.chapter_paragraphs is not None:
        update |= yield from begin_chapter(state, gate, 0)
    return update


def remember(state: StoryState, gate: Gate) -> Steps[Update]:
    """Rewrite the short-term memory for the paragraphs in ``opening``, sum them up, and append them."""
    memory = yield from new_memory(gate, after_paragraph(state, gate, memory_task(gate)))
    summaries = yield from _summaries(state, gate)

    def store() -> Lineage:
        lineage = Lineage.from_json(state["lineage"])
        with open_memory(state["story_id"], gate.language) as long_term:
            for text, summary in zip(state["opening"], summaries, strict=True):
                lineage = long_term.append(lineage, text, summary)
        return lineage

    lineage = yield from work(store)
    return {**memory, "previous_memory": state.get("short_term_memory", ""), "lineage": lineage.to_json()}


def _summaries(state: StoryState, gate: Gate) -> Steps[list[str]]:
    """One summary a paragraph of the opening."""
    count = len(state["opening"])
    passage = load("passage", gate.language)
    shown = "\n\n".join(passage.fill(seq=number, text=text) for number, text in enumerate(state["opening"], start=1))
    task = HumanMessage(load("summarise_opening", gate.language).fill(passages=shown, count=count))
    wanted = Wanted(
        bounds={"summaries": {"minItems": count, "maxItems": count}, "summaries.items": {"maxLength": SUMMARY}},
        counts={"summaries": count},
    )

    def problem_of(answer: Summaries) -> str:
        found = len(answer.summaries)
        return "" if found == count else gate.say("problem_summary_count", count=found, wanted=count)

    before = after_paragraph(state, gate, "")[:-1]
    answer = yield from gate.ask([*before, task], Summaries, wanted, problem_of)
    return answer.summaries
