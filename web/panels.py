"""What stands beside the manuscript: the memories, what was recalled and why, the prompts, the cost."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..schemas.beats import NOW
from ..schemas.errors import StoryStateError
from ..schemas.facts import READER
from ..schemas.ledger import GROUPS, group_of
from ..schemas.limits import LIMITS
from ..schemas.lineage import Lineage
from ..schemas.memory_change import memory_change, memory_diff
from ..schemas.story_input import PREMISE_FIELDS
from ..stories import continuity, continuity_reading, finding, looking, passages, proposals, rename
from ..stories.beats import shown as beats_shown
from ..stories.late_facts import TELLER
from ..stories.outline_drawing import OutlineCost, cost_of_outline
from ..stories.prompt_log import read_prompt_log
from ..stories.spending import Spent
from . import codex
from .settings_form import Offered, Sent, defaults_of, settings_form

if TYPE_CHECKING:
    from ..schemas.entries import Entry
    from ..schemas.state import CallUsage, Passage, StoryState
    from ..stories.rename import Wording
    from ..stories.story import Story
    from .words import Words

PANELS = ("memory", "codex", "facts", "continuity", "find", "recalled", "archive", "prompts", "cost", "settings")
_FOUND = 8
_SETTLED = ("meant", "ignore")
"""What a person says of a note that is not to be told of again."""
_LISTED = 50


@dataclass(frozen=True)
class Part:
    """A piece of a text, and whether it is the piece that something was found by."""

    text: str
    is_marked: bool


def marked(passage: Passage) -> list[Part]:
    """A recalled paragraph, with the sentence that it was found by marked."""
    before, found, after = passage["text"].partition(passage["sentence"])
    if not found:
        return [Part(passage["text"], is_marked=False)]
    return [Part(before, is_marked=False), Part(found, is_marked=True), Part(after, is_marked=False)]


@dataclass(frozen=True)
class Asked:
    """What is asked of a panel.

    Attributes:
        panel: which one.
        question: what the long-term memory is searched for.
        page_number: which fifty of its paragraphs are listed, the latest first (from 0).
        sent: the form that was refused.
        every: whether all is shown of what otherwise begins with its newest part.
        wording: a name or words that are looked for everywhere, and what is to take their place.
        whole: whether whole words are looked for.
        name: whose entry of the codex.
        at: as of which passage the codex is.
        spent: what was spent on the story since this process knows it.
    """

    panel: str
    question: str = ""
    page_number: int = 0
    sent: Sent | None = None
    every: bool = False
    wording: Wording | None = None
    whole: bool = False
    name: str = ""
    at: int | None = None
    spent: Spent = field(default_factory=Spent)


async def panel(  # noqa: PLR0911 (a table, row by row)
    story: Story, state: StoryState, asked: Asked, words: Words
) -> dict[str, Any]:
    """What a panel shows.

    Args:
        story: the open story.
        state: where its current branch stands.
        asked: which panel, and what of it.
        words: the page's.
    """
    match asked.panel:
        case "memory":
            changes = memory_diff(state) if state.get("previous_memory") else []
            return {"changes": changes, "change": memory_change(state), "so_far": await story.synopsis()}
        case "facts":
            return await _facts(story, every=asked.every)
        case "codex":
            return await codex.shown(story, asked.name, asked.at, words, every=asked.every)
        case "continuity":
            return await _continuity(story, every=asked.every)
        case "recalled":
            return {
                "passages": [
                    (passage, marked(passage) if passage["text"] else []) for passage in state.get("retrieved", [])
                ]
            }
        case "archive":
            archive = await _archive(story, state, asked.question[: LIMITS["question"]].strip(), asked.page_number)
            return archive | await _replacing(story, asked.wording, words)
        case "find":
            return await _found(story, asked, words) | await _replacing(story, asked.wording, words)
        case "prompts":
            return {"sent": list(read_prompt_log(story.folder).items())}
        case "cost":
            usage = state.get("usage", {})
            models = list(dict.fromkeys(name for one in usage.values() if (name := one.get("model", ""))))
            shown = {"usage": usage, "total": _total(usage), "models": models, "by_several": len(models) > 1}
            return {**shown, "spent": asked.spent, "money": asked.spent.cost.money(story.record.context)}
        case _:
            return await _settings(story, state, asked.sent, words)


async def _settings(story: Story, state: StoryState, sent: Sent | None, words: Words) -> dict[str, Any]:
    record = story.record
    offered = Offered.by(story.library, story=record)
    dialect = story.library.dialect_of(record.context)
    now, usual = record.context.sized_for(record.mode, dialect), defaults_of(record.mode, dialect)
    groups = settings_form(words, now, usual, sent, offered)
    beats = beats_shown(state, record.language)
    beat_now = next((number for number, beat in enumerate(beats, start=1) if beat.state == NOW), 1)
    prose = [field for field in PREMISE_FIELDS if field.for_prose]
    shown = {"groups": groups, "typed": sent.form if sent else {}, "beats": beats, "now": beat_now, "prose": prose}
    return {**shown, "to_draw": await _outline_to_draw(story, state)}


async def _outline_to_draw(story: Story, state: StoryState) -> OutlineCost | None:
    """About what it costs to have an outline drawn; ``None``: there is one, or nothing to draw it from now."""
    if (state.get("outline") or "").strip() or not state.get("lineage"):
        return None
    if story.library.is_demonstration(story.record.context) or not (await story.standing()).is_between_steps:
        return None
    return await cost_of_outline(story, story.record.context)


async def _facts(story: Story, *, every: bool) -> dict[str, Any]:
    """What holds, in groups, and the ledger of threads: the newest of each, or all."""
    most = None if every else _LISTED
    holding = await story.holding(None if every else _LISTED + 1)
    threads = await story.threads()
    still_open = [thread for thread in threads if thread.settled is None][::-1]
    settled = sorted((thread for thread in threads if thread.settled), key=lambda one: -(one.settled or 0))
    groups = {group: [one for one in holding[:most] if group_of(one.fact, one.known_by) == group] for group in GROUPS}
    return {
        "groups": {group: states for group, states in groups.items() if states},
        "joined": await story.aliases.joined(),
        "proposed": await story.aliases.proposed(),
        "open": still_open[:most],
        "settled": settled[:most],
        "void": await passages.void(story) if every else (),
        "reader": READER,
        "every": every,
        "is_more": not every and max(len(holding), len(still_open), len(settled)) > _LISTED,
    }


async def _found(story: Story, asked: Asked, words: Words) -> dict[str, Any]:
    """Where words stand, fifty places at a time."""
    shown: dict[str, Any] = {"question": asked.question, "whole": asked.whole, "page_number": asked.page_number}
    if not asked.question.strip():
        return {**shown, "found": None, "why": ""}
    first = asked.page_number * _LISTED
    try:
        found = await finding.find(story, asked.question, first=first, most=_LISTED, whole=asked.whole)
    except StoryStateError as error:
        return {**shown, "found": None, "why": words.problem(error)}
    return {**shown, "found": found, "why": "", "more": found.count > first + _LISTED, "first": first}


async def _replacing(story: Story, wording: Wording | None, words: Words) -> dict[str, Any]:
    """Where a name or words stand, and what else may be meant; or why that cannot be looked for now."""
    if wording is None:
        return {"wording": None}
    try:
        hits, forms = await rename.preview(story, wording)
    except StoryStateError as error:
        return {"wording": wording, "count": 0, "why": words.problem(error)}
    counts = Counter(hit.where for hit in hits)
    return {"wording": wording, "hits": hits[:_LISTED], "count": len(hits), "counts": counts, "forms": forms, "why": ""}


async def _continuity(story: Story, *, every: bool) -> dict[str, Any]:
    """What leans on edits, and what clashes; with all of it, what was marked, and what it costs to look and read on."""
    notes = await continuity.notes(story, every=True)
    new, is_able = (
        await continuity_reading.unread(story),
        not story.library.is_demonstration(story.record.context, TELLER),
    )
    cost = await continuity_reading.cost_of_reading(story, story.record.context) if every and new and is_able else None
    look_is_due = await looking.is_due(story)
    look_costs: list[looking.LookCost] = []
    if every and look_is_due and is_able:
        look_costs = [await looking.cost_of_look(story, story.record.context, texts=texts) for texts in (False, True)]
    return {
        "look_is_due": look_is_due,
        "look_costs": look_costs,
        "proposed": await proposals.proposals(story),
        "notes": [note for note in notes if note.mark not in _SETTLED],
        "settled": [note for note in notes if note.mark in _SETTLED],
        "new": new,
        "is_able": is_able,
        "cost": cost,
    }


async def _archive(story: Story, state: StoryState, question: str, page_number: int) -> dict[str, Any]:
    """The long-term memory: what a question leads to, or its summaries, the latest first."""
    lineage = Lineage.from_json(state.get("lineage"))
    if question:
        found = await story.search(question, _FOUND)
        return {"question": question, "found": found, "listed": [], "page_number": 0, "pages": 1}
    pages = max(1, -(-lineage.length // _LISTED))
    page_number = min(max(page_number, 0), pages - 1)
    end = lineage.length - page_number * _LISTED
    start = max(0, end - _LISTED)
    entries = await story.entries(lineage.cut(end), start) if end > start else []
    listed: list[tuple[int, Entry]] = list(enumerate(entries, start=start))
    return {"question": "", "found": [], "listed": listed[::-1], "page_number": page_number, "pages": pages}


def _total(usage: dict[str, CallUsage]) -> dict[str, float]:
    names = ("calls", "seconds", "input_tokens", "cached_tokens", "output_tokens")
    return {name: sum(account[name] for account in usage.values()) for name in names}  # type: ignore[literal-required]
