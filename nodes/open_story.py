"""The opening: title, outline, first paragraphs, first short-term memory, first plans (paper, section 3.1).

Idempotent: new input on a story that has begun does not begin it again.
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, cast

from langchain_core.messages import AIMessage, HumanMessage

from ..memory import Lineage
from ..prompts import load
from ..schemas.state import FORMAT, NewEntry, StoryState
from ..schemas.story_input import StoryInput, read_input
from . import propose_plans, rewrite_short_term
from .answers import Answer, Line, Lines
from .append_summary import SUMMARY
from .conversation import opening, premise_of
from .gate import Gate, Update, Wanted

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from .effects import Steps

_TITLE, _OUTLINE = 60, 1200


class Premise(Answer):
    """A title for the book, and its outline in a handful of sentences."""

    title: Line
    outline: Line


class Summaries(Answer):
    """A summary of each opening paragraph, in order."""

    numbered = frozenset({"summaries"})

    summaries: Lines


def open_story(state: StoryState, gate: Gate) -> Steps[Update]:
    """Begin the story, once."""
    given = read_input({key: value for key, value in state.items() if key in _INPUTS})
    if state.get("step") is not None:
        return {"review_problem": "", "stop": False}
    gate.language = given.language
    begun: Update = given.model_dump()
    begun["story_id"] = given.story_id or uuid.uuid4().hex[:12]
    begun |= yield from _title_and_outline(begun, gate)
    gate.report("title", title=begun["title"])
    premise = cast("StoryState", begun)

    prompt = gate.prompt("write_opening").fill(
        opening_paragraphs=gate.context.opening_paragraphs,
        paragraph_sentences=gate.context.paragraph_sentences,
    )
    messages = opening(premise, gate, prompt)
    length = gate.context.opening_paragraphs * gate.context.paragraph_sentences
    text = yield from gate.write(messages, length, lambda _: "")
    paragraphs = in_paragraphs(text, gate.context.opening_paragraphs)

    messages = [*messages, AIMessage(text)]
    memory = yield from rewrite_short_term.new_memory(gate, [*messages, HumanMessage(rewrite_short_term.task(gate))])
    summaries = yield from _summaries(gate, messages, paragraphs)
    ask_plans = propose_plans.task(gate, memory["short_term_memory"])
    plans = yield from propose_plans.new_plans(gate, [*messages, HumanMessage(ask_plans)])
    return {
        **begun,
        **memory,
        **plans,
        "format": FORMAT,
        "step": 0,
        "lineage": Lineage().to_json(),
        "prompt": prompt,
        "paragraph": paragraphs[-1],
        "opening": [NewEntry(text=part, summary=summary) for part, summary in zip(paragraphs, summaries, strict=True)],
        "retrieved": [],
        "review_problem": "",
        "stop": False,
    }


_INPUTS = frozenset(StoryInput.model_fields)


def _title_and_outline(begun: Update, gate: Gate) -> Steps[Update]:
    """What the writer did not give of these; what was given stays as it is."""
    if begun["title"] and begun["outline"]:
        return {}
    state = cast("StoryState", begun)
    messages = opening(state, gate, gate.prompt("open_story").fill(**premise_of(state)))
    wanted = Wanted(bounds={"title": {"maxLength": _TITLE}, "outline": {"maxLength": _OUTLINE}}, counts={})
    answer = yield from gate.ask(messages, Premise, wanted)
    return {"title": begun["title"] or answer.title, "outline": begun["outline"] or answer.outline}


def _summaries(gate: Gate, messages: list[BaseMessage], paragraphs: list[str]) -> Steps[list[str]]:
    """One summary a paragraph of the opening."""
    count = len(paragraphs)
    passage = load("passage", gate.language)
    shown = "\n\n".join(passage.fill(seq=number, text=text) for number, text in enumerate(paragraphs, start=1))
    task = load("summarise_opening", gate.language).fill(passages=shown, count=count)
    wanted = Wanted(
        bounds={
            "summaries": {"minItems": count, "maxItems": count},
            "summaries.items": {"maxLength": SUMMARY},
        },
        counts={"summaries": count},
    )

    def problem_of(answer: Summaries) -> str:
        found = len(answer.summaries)
        return "" if found == count else gate.say("problem_summary_count", count=found, wanted=count)

    answer = yield from gate.ask([*messages, HumanMessage(task)], Summaries, wanted, problem_of)
    return answer.summaries


def in_paragraphs(text: str, count: int) -> list[str]:
    """The opening as at most ``count`` paragraphs: where there are more blocks, neighbours are joined."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text) if block.strip()]
    size, more = divmod(len(blocks), count)
    if not size:
        return blocks
    parts: list[str] = []
    start = 0
    for number in range(count):
        end = start + size + (number < more)
        parts.append("\n\n".join(blocks[start:end]))
        start = end
    return parts
