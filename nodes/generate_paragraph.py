"""Output gate: write the next paragraph from memory, passages, last paragraph and plan (paper, section 3.2)."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING

from ..memory import Lineage, open_memory
from ..models.window import count_tokens
from ..prompts import load
from ..schemas.errors import GateError
from .budget import fit, room_for_prompt
from .chapters import begins_chapter
from .conversation import opening, premise_of
from .effects import work
from .ending import place
from .repetition import repetition_in

if TYPE_CHECKING:
    from ..schemas.state import Passage, StoryState
    from .effects import Steps
    from .gate import Gate, Update


_COMPARED = 50
"""Paragraphs back that a new one is compared with for repetition."""


def generate_paragraph(state: StoryState, gate: Gate) -> Steps[Update]:
    """Write the step's paragraph; it is streamed as it is written."""
    last = state["paragraph"]
    invited = _invites_a_character(state, gate)
    hints = _hints(state, gate, invited=invited)
    system = gate.prompt("system").fill(**premise_of(state))

    def fill(passages: list[Passage]) -> str:
        return gate.prompt("generate_paragraph").fill(
            short_term_memory=state["short_term_memory"],
            passages="\n\n".join(text for text in (_shown(hit, gate.language) for hit in passages) if text),
            last_paragraph=last,
            plan=state["plan"]["text"],
            place=hints,
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

    messages = opening(state, gate, prompt)
    written = yield from gate.write(messages, gate.context.paragraph_sentences, problem_of)
    before = yield from work(lambda: _recent(state, gate.language))
    repetition = repetition_in(written.text, before, gate.language)
    if repetition["share"] > gate.context.repetition_limit:
        problem = gate.say("problem_repeats", phrases="; ".join(f"“{phrase}”" for phrase in repetition["phrases"]))
        # What stands is usable: a second try that comes to nothing does not take it away.
        with suppress(GateError):
            once_more = yield from gate.write(
                gate.again(messages, problem), gate.context.paragraph_sentences, problem_of
            )
            better = repetition_in(once_more.text, before, gate.language)
            if better["share"] < repetition["share"]:
                written, repetition = once_more, better
        repetition["tries"] = 2
    return {
        "new_character": invited,
        "repetition": repetition,
        "prompt": written.prompt,
        "after_review": "",
        "opening": [],
        "paragraph": written.text,
        "step": state["step"] + 1,
        "retrieved": passages,
    }


def _hints(state: StoryState, gate: Gate, *, invited: bool) -> str:
    """What the writer is told beside the plan: where the story is, that a chapter begins, that somebody may appear."""
    hints = [place(state, gate)]
    if begins_chapter(state, gate):
        title = state.get("next_chapter")
        hints.append(gate.say("chapter_begins_titled", title=title) if title else gate.say("chapter_begins"))
    if invited:
        hints.append(gate.say("new_character"))
    return "\n".join(hint for hint in hints if hint)


def _invites_a_character(state: StoryState, gate: Gate) -> bool:
    """By chance (the original's variety); the same seed, or else story, invites at the same steps."""
    seed = gate.context.seed if gate.context.seed is not None else state["story_id"]
    chance = Random(f"{seed}:{state['step']}:character")  # noqa: S311 (no secret)
    return chance.random() < gate.context.new_character_chance


def _recent(state: StoryState, language: str) -> list[str]:
    """The paragraphs that a new one is compared with."""
    lineage = Lineage.from_json(state["lineage"])
    with open_memory(state["story_id"], language) as memory:
        return [entry.text for entry in memory.read(lineage, max(0, lineage.length - _COMPARED))]


def _shown(hit: Passage, language: str) -> str:
    """A recalled passage as the writer sees it: with its summary, which a person may have put right."""
    if hit["shown"] == "left out":
        return ""
    text = "" if hit["shown"] == "in short" else hit["text"]
    return load("passage", language).fill(seq=hit["seq"] + 1, text=text, summary=hit["summary"])
