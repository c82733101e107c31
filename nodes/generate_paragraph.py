"""Output gate: write the next paragraph from memory, passages, last paragraph and plan (paper, section 3.2)."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from ..models.window import count_tokens
from ..prompts import PromptSpec
from ..schemas.errors import GateError
from ..schemas.looked import LeftOut
from ..schemas.spans import Told
from ..schemas.state import OF_NEW_PLANS
from ..schemas.wording import one_line
from . import acts, arc, lasting, voice
from .asking import retry_messages
from .budget import fit_passages, room_for_prompt
from .chapters import begins_chapter
from .gate import GateRecord, Update, gate
from .messages import opening_messages, system_text
from .notes import older_text
from .overlap import share_said
from .refusals import told_to_writer
from .repetition import repetition_in
from .standing import names_line, render, render_some
from .synopsis import beside, book_so_far, within
from .synopsis import render as book_told
from .threads import not_listed, of_plan
from .worn import LOOKED_BACK, worn_phrases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..prompts import Prompt
    from ..schemas.state import Passage, Repetition, StoryState
    from .turn import Turn

PROMPT = PromptSpec(
    "generate_paragraph",
    required=("short_term_memory", "passages", "last_paragraph", "plan"),
    optional=(
        "paragraph_sentences",
        "passages_before",
        "plan_passages",
        "place",
        "start",
        "use_of_plan",
        "standing",
        "plan_threads",
        "threads",
        "synopsis",
        "stop",
        "act",
        "attempt",
    ),
    sizes=("paragraph_sentences", "passages_before", "plan_passages", "start", "use_of_plan", "stop", "act", "attempt"),
)
PASSAGE = PromptSpec("passage", required=("seq", "text"), optional=("summary", "since"))

_SOMETHING = (Told(0, 1, 1, "…"),)
"""What stands for the book so far where its place is measured."""
_SENTENCE = {"words": 400, "characters": 120}
"""Characters of a sentence that is quoted beside a summary, at most: in Chinese, so many are a passage."""
_LEAST = {"words": 6, "characters": 10}
"""How long it is at least, as its language counts: no name with a word of saying tells anything."""
_SAID = {"words": 0.8, "characters": 0.5}
"""The part of its words that the summary has where it says what a sentence says."""
_NO_BEGINNING = " \t\n*_,.;:!?)]}，。；：！？、）』」”"
"""What no sentence begins with: a mark that stood before it is the end of the one before."""


@gate(
    GateRecord(
        role="output gate",
        label="Paragraph",
        busy="Writing the next paragraph",
        prompts=(PROMPT, PASSAGE),
        settings=(
            *("paragraph_sentences", "prompt_tokens", "repetition_limit", "new_character_chance", "chapter_paragraphs"),
            *("synopsis_tokens", "use_facts", "fact_tokens"),
        ),
        shows=frozenset({"passage", "recalled"}),
        writes_prose=True,
    )
)
async def generate_paragraph(state: StoryState, turn: Turn) -> Update:
    """Write the step's paragraph; it is streamed as it is written."""
    invited = _invites_a_character(state, turn)
    begins = _begins_chapter(state, turn)
    latest = [entry.text for entry in await turn.memory.read(max(0, turn.memory.length - LOOKED_BACK))]
    hints = "\n".join(filter(None, (_hints(state, turn, invited=invited), _worn(state, turn, latest))))
    prompt, passages = await _prompt(state, turn, hints)
    paragraph, repetition = await _write(state, turn, prompt, latest)
    return {
        "next_chapter": (state.get("next_chapter") or "") if begins else None,
        "new_character": invited,
        "repetition": repetition,
        "memory_put_right": False,
        "prompt": prompt,
        "after_review": "",
        "opening": [],
        "reading": False,
        "refused": [],
        **OF_NEW_PLANS,
        "paragraph": paragraph,
        "step": state["step"] + 1,
        "retrieved": passages,
    }


async def prompt_of(state: StoryState, turn: Turn) -> str:
    """What the writer would be shown for the plan of a state, without anything written."""
    return (await _prompt(state, turn, _hints(state, turn, invited=False)))[0]


async def _prompt(state: StoryState, turn: Turn, hints: str) -> tuple[str, list[Passage]]:
    """The step's first prompt, and the passages in it, each marked with how it is shown."""
    template = turn.prompt(PROMPT)
    as_things_stand = _as_things_stand(state, turn, template, await not_listed(state, turn))
    room = room_for_prompt(turn.context, await turn.window()) - count_tokens(system_text(state, turn, of_step=True))
    sounds = voice.told(state, turn, room)
    told_before = (state.get("before") or {}).get("told", "")
    unseen = LeftOut.of(state)

    def fill(passages: list[Passage], summed_up: Sequence[Told]) -> str:
        synopsis = book_told(turn, beside(summed_up, {hit["seq"] for hit in passages if hit["shown"] == "whole"}))
        known = f"{synopsis}\n{told_before}\n{lasting.use_of(state, turn)}"
        shown = {hit["seq"]: text for hit in passages if (text := _shown(hit, turn, known, unseen))}
        # One's own prompt may have one place for all that is recalled.
        first_here = 0 if template.names("passages_before") else min(shown, default=0)
        return sounds + template.fill(
            synopsis=synopsis,
            short_term_memory=state["short_term_memory"],
            passages_before="\n\n".join(text for seq, text in shown.items() if seq < first_here),
            passages="\n\n".join(text for seq, text in shown.items() if seq >= first_here),
            plan_passages=lasting.count_of(state),
            last_paragraph="\n\n".join(
                filter(None, (state["paragraph"], older_text(turn, unseen, state["paragraph"])))
            ),
            plan=state["plan"]["text"],
            place=hints,
            start=_start(state, turn),
            stop="" if arc.is_last(state) else turn.phrase("scene_stops"),
            use_of_plan=_use_of_plan(state, turn),
            act=acts.heading(state, turn),
            attempt=acts.attempt(state, turn),
            paragraph_sentences=turn.context.paragraph_sentences,
            **as_things_stand,
        )

    told = await book_so_far(turn, but=1)
    between_lines = count_tokens("\n" * len(told))
    summed_up = within(turn, told, room - between_lines - count_tokens(fill(state["retrieved"], _SOMETHING)))
    prompt, passages = fit_passages(state["retrieved"], partial(fill, summed_up=summed_up), room, turn.context)
    before = {hit["seq"]: hit["shown"] for hit in state["retrieved"]}
    for hit in passages:
        if hit["shown"] != before[hit["seq"]]:
            turn.emit("shortened", place=hit["seq"], shown=hit["shown"])
    return prompt, passages


def _as_things_stand(state: StoryState, turn: Turn, template: Prompt, left: int) -> dict[str, str]:
    """What holds, for the prompt; threads stand where it has a place for them, with the numbers they have among all.

    Where some of what is open is listed there, it is said for how many more there was no room.
    """
    standing = state.get("standing", [])
    taken_up = of_plan(state) if template.names("plan_threads") else frozenset()
    threads = {kept["fact"]["id"] for kept in standing if kept["fact"].get("kind") == "thread"}
    still_open = threads - taken_up if arc.is_ending(state) and template.names("threads") else frozenset()
    names = names_line(turn, state.get("aliases", []), standing, state["plan"]["text"])
    facts = render(turn, standing, leave_out=taken_up | still_open)
    is_listed = bool(threads - taken_up - still_open)
    more = turn.phrase("standing_open_more", count=left) if left and is_listed else ""
    return {
        "standing": "\n".join(filter(None, (names, facts, more))),
        "plan_threads": render_some(turn, standing, taken_up),
        "threads": render_some(turn, standing, still_open),
    }


async def _write(state: StoryState, turn: Turn, prompt: str, before: list[str]) -> tuple[str, Repetition]:
    """The paragraph; one that repeats too much of those before is written once more, and the better stands."""

    def problem_of(text: str) -> str:
        return turn.phrase("problem_same_paragraph") if text.split() == state["paragraph"].split() else ""

    messages, length = opening_messages(state, turn, prompt), turn.context.paragraph_sentences
    written = await turn.write(messages, length, problem_of)
    repetition = repetition_in(written, before, turn.language)
    if repetition["share"] <= turn.context.repetition_limit:
        return written, repetition
    problem = turn.phrase("problem_repeats", phrases=turn.listed(map(turn.language.quoted, repetition["phrases"])))
    # What stands is usable: a second try that comes to nothing does not take it away.
    with suppress(GateError):
        once_more = await turn.write(retry_messages(turn, messages, problem), length, problem_of)
        better = repetition_in(once_more, before, turn.language)
        if better["share"] < repetition["share"]:
            written, repetition = once_more, better
    return written, {**repetition, "tries": 2}


def _hints(state: StoryState, turn: Turn, *, invited: bool) -> str:
    """What the writer is told beside the plan: where the story is, that a chapter begins, that somebody may appear.

    Last, what was wrong with this paragraph as it was written before.
    """
    hints = [
        acts.hint(state, turn),
        lasting.use_of(state, turn),
        arc.hint(state, turn),
        arc.where_it_goes(state, turn),
    ]
    if _begins_chapter(state, turn) and not turn.prompt(PROMPT).names("start"):
        hints.append(_start(state, turn))
    if invited:
        hints.append(turn.phrase("new_character"))
    hints.extend(told_to_writer(state["plan"].get("refused", []), turn))
    return "\n".join(hint for hint in hints if hint)


def _worn(state: StoryState, turn: Turn, latest: list[str]) -> str:
    """What the writer is told of the phrases that the latest paragraphs overuse, if they do."""
    names = {name for group in state.get("aliases", []) for name in group}
    names.update(name for kept in state.get("standing", []) for name in kept["fact"].get("subjects", ()))
    worn = worn_phrases(latest, names, turn.language)
    return turn.phrase("worn_phrases", phrases=turn.listed(map(turn.language.quoted, worn))) if worn else ""


def _use_of_plan(state: StoryState, turn: Turn) -> str:
    """How much of the plan the paragraph tells; where the plan is for several, the hints say it."""
    if lasting.use_of(state, turn):
        return ""
    return turn.phrase("plan_may_last" if arc.may_linger(state) else "plan_is_told")


def _start(state: StoryState, turn: Turn) -> str:
    """Where the paragraph takes up: right after the last one, or, where it begins a chapter, in a new scene."""
    if not _begins_chapter(state, turn):
        return turn.phrase("goes_right_on")
    title = state.get("next_chapter")
    return turn.phrase("chapter_begins_titled", title=title) if title else turn.phrase("chapter_begins")


def _begins_chapter(state: StoryState, turn: Turn) -> bool:
    """Whether it begins a chapter; in the middle of a plan for several passages only one that somebody asked for."""
    if state.get("next_chapter") is None and lasting.is_in_its_middle(state):
        return False
    return begins_chapter(state, turn)


def _invites_a_character(state: StoryState, turn: Turn) -> bool:
    """By chance (the original's variety), not in an ending; the same seed, or else story, invites at the same steps."""
    if arc.is_ending(state):
        return False
    seed = turn.context.seed if turn.context.seed is not None else state["story_id"]
    chance = Random(f"{seed}:{state['step']}:character")  # noqa: S311 (no secret)
    return chance.random() < turn.context.new_character_chance


def _quoted(hit: Passage, turn: Turn) -> str:
    """The sentence of a passage that led to it, where the summary says it not; none too long to be one, no name.

    Three dots stand where something is left out.
    """
    sentence, counts = hit["sentence"].lstrip(_NO_BEGINNING), turn.language.counts
    says_something = turn.language.count(sentence) >= _LEAST[counts] and len(sentence) <= _SENTENCE[counts]
    if not says_something or share_said(sentence, hit["summary"], turn.language) >= _SAID[counts]:
        return ""
    return f"{'' if hit.get('begins_it') else '… '}{sentence}{'' if hit.get('ends_it') else ' …'}"


def _stands_for_itself(hit: Passage) -> bool:
    """Whether a passage is shown whole, and its summary is none that a person wrote: the text says all of it."""
    return hit["shown"] == "whole" and not hit.get("is_put_right")


def _shown(hit: Passage, turn: Turn, told: str, unseen: LeftOut) -> str:
    """A recalled passage as the writer sees it: whole, with its summary only where a person wrote that, or it is newer.

    In short, it is the summary and the sentence that led to it. What the book so far says already is not said again,
    nor what the text below says to the letter. One of which nothing else is left to say is left out, unless something
    of it has changed since.
    """
    if hit["shown"] == "left out":
        return ""
    text = hit["text"] if hit["shown"] == "whole" else _quoted(hit, turn)
    older = older_text(turn, unseen, text) if hit["shown"] == "whole" else ""
    stands_for_itself = _stands_for_itself(hit) and not older
    is_said = stands_for_itself or hit["summary"] in told or one_line(hit["summary"]) in one_line(text)
    summary = "" if is_said else hit["summary"]
    if not text and not summary:
        if not hit.get("since"):
            return ""
        summary = turn.phrase("told_above")
    return turn.prompt(PASSAGE).fill(
        seq=turn.memory.number(hit["seq"]),
        text=text,
        summary=summary,
        since=turn.language.joint.join(filter(None, (older, *hit.get("since", [])))),
    )
