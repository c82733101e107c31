"""Output gate: write the next paragraph from memory, passages, last paragraph and plan (paper, section 3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..models.window import count_tokens
from ..prompts import load
from .budget import fit, room_for_prompt
from .conversation import opening, premise_of
from .ending import place

if TYPE_CHECKING:
    from ..schemas.state import Passage, StoryState
    from .effects import Steps
    from .gate import Gate, Update


def generate_paragraph(state: StoryState, gate: Gate) -> Steps[Update]:
    """Write the step's paragraph; it is streamed as it is written."""
    last = state["paragraph"]
    where = place(state, gate)
    system = gate.prompt("system").fill(**premise_of(state))

    def fill(passages: list[Passage]) -> str:
        return gate.prompt("generate_paragraph").fill(
            short_term_memory=state["short_term_memory"],
            passages="\n\n".join(text for text in (_shown(hit, gate.language) for hit in passages) if text),
            last_paragraph=last,
            plan=state["plan"]["text"],
            place=where,
            paragraph_sentences=gate.context.paragraph_sentences,
        )

    window = yield from gate.window()
    room = room_for_prompt(gate.context, window) - count_tokens(system)
    prompt, passages = fit(state["retrieved"], fill, room, gate.context)
    for hit in passages:
        if hit["shown"] != "whole":
            gate.report("shortened", place=hit["seq"], shown=hit["shown"])

    def problem_of(text: str) -> str:
        return gate.say("problem_same_paragraph") if text.split() == last.split() else ""

    written = yield from gate.write(opening(state, gate, prompt), gate.context.paragraph_sentences, problem_of)
    return {
        "prompt": written.prompt,
        "after_review": "",
        "opening": [],
        "paragraph": written.text,
        "step": state["step"] + 1,
        "retrieved": passages,
    }


def _shown(hit: Passage, language: str) -> str:
    """A recalled passage as the writer sees it: with its summary, which a person may have put right."""
    if hit["shown"] == "left out":
        return ""
    text = "" if hit["shown"] == "in short" else hit["text"]
    return load("passage", language).fill(seq=hit["seq"] + 1, text=text, summary=hit["summary"])
