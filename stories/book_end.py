"""What a state says of the end of its book, and of places: as it is to be where another passage is the last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..memory import Lineage
from ..schemas.state import StepKnowledge
from . import steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..memory import Entry
    from ..schemas.state import StoryState

MEMORY = ("short_term_memory", "previous_memory", "rationale")
"""The short-term memory, and what is said of how it became so."""
_OF_THE_STEP = ("plans", "plan", "prompt", "opening", "reading", "refused", "new_character", "repetition", "beat")
_WITH_PLACES = ("plans", "plan", "retrieved", "standing")
"""What of a state names places of the path."""


def last_passage(entry: Entry) -> dict[str, Any]:
    """What a state says of its last passage."""
    known = entry.knowledge
    told = known.to_json() if known else {"facts": [], "changes": []}
    return {
        "paragraph": entry.text,
        "summary": entry.summary,
        "knowledge": StepKnowledge(facts=told["facts"], changes=told["changes"], left_out=0),
    }


def of_then(kept: StoryState) -> dict[str, Any]:
    """What an earlier state says of its end: its memory, its plans, the conversation of its step."""
    values: Mapping[str, Any] = kept
    told = {name: values[name] for name in (*MEMORY, *_OF_THE_STEP) if name in values}
    return {"refused": [], "beat": 0, "reading": False, **told}


def with_more(state: StoryState, summary: str) -> dict[str, Any]:
    """The short-term memory with what a passage tells that came after it; where a run keeps none, none."""
    memory = state.get("short_term_memory", "")
    if not (memory and summary.strip()):
        return {}
    return {"short_term_memory": f"{memory}\n{' '.join(summary.split())}", "previous_memory": memory, "rationale": ""}


def without(memory: str, summary: str) -> str:
    """The short-term memory without the line that a passage added which is no longer the last."""
    told = " ".join(summary.split())
    return "\n".join(line for line in memory.splitlines() if line != told)


def followed(state: StoryState, place: int, was: str, now: str) -> dict[str, Any]:
    """The short-term memory, where a passage that was put in at the end has another summary: its line says that.

    Args:
        state: the state.
        place: where the passage stands, from 0.
        was: its summary.
        now: its summary as it is to be.
    """
    memory, (told, tells) = state.get("short_term_memory", ""), (" ".join(text.split()) for text in (was, now))
    is_put_in = place >= Lineage.from_json(state["lineage"]).length - steps.put_in_last(state)
    if not is_put_in or told not in memory.splitlines():
        return {}
    return {"short_term_memory": "\n".join(tells if line == told else line for line in memory.splitlines())}


def places_followed(kept: StoryState, before: Lineage, path: Lineage) -> dict[str, Any]:
    """What of a state names places, with those that the passages have on another path.

    What was recalled and does not stand on that path goes.

    Args:
        kept: the state.
        before: its path.
        path: the other one.
    """
    values: Mapping[str, Any] = kept
    found: dict[str, Any] = {}
    if "retrieved" in values:
        moved = [(_place(hit["seq"], before, path), hit) for hit in values["retrieved"]]
        found["retrieved"] = [{**hit, "seq": place} for place, hit in moved if place is not None]
    if "standing" in values:
        found["standing"] = [
            {**fact, "since": _or(fact["since"], before, path), "touched": _or(fact["touched"], before, path)}
            for fact in values["standing"]
        ]
    if "plans" in values:
        found["plans"] = [_plan_followed(plan, before, path) for plan in values["plans"]]
    if "plan" in values:
        found["plan"] = _plan_followed(values["plan"], before, path)
    return found


def _plan_followed(plan: Mapping[str, Any], before: Lineage, path: Lineage) -> dict[str, Any]:
    """A plan whose threads are open since the places that they have now."""
    threads = [{**thread, "since": _or(thread["since"], before, path)} for thread in plan.get("threads", [])]
    return {**plan, "threads": threads} if threads else dict(plan)


def _place(place: int, before: Lineage, path: Lineage) -> int | None:
    return path.place_of(before.at(place)) if 0 <= place < before.length else place


def _or(place: int, before: Lineage, path: Lineage) -> int:
    """The place that a passage has now; of one that is gone, the one that it had."""
    moved = _place(place, before, path)
    return place if moved is None else moved
