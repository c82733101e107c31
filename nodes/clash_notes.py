"""What a new passage says against what was so, noticed while it is summed up: a note beside it, and no more.

The fact's own words and those of the passage are both found by code; what the passage tells a change of is no clash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..schemas.before import is_before
from ..schemas.clashes import Clash, Side, with_new
from ..schemas.lineage import Slot
from .fact_answers import MOST_CLASHES
from .proof import says

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..schemas.facts import Fact, Knowledge
    from ..schemas.state import StoryState
    from .fact_answers import TellsFacts
    from .gate import Update
    from .memory_view import Remembered

_SO = frozenset({"now", "earlier"})
"""Frames of what is so: nobody can speak against a dream or a claim."""


class SaidAgainst(NamedTuple):
    """Words of a new passage, by its place among the new ones, against a fact."""

    passage: int
    quote: str
    fact: Fact


def said_against(
    answer: TellsFacts, shown: Mapping[int, Fact], passages: Sequence[str], known: Sequence[Knowledge]
) -> tuple[SaidAgainst, ...]:
    """What of an answer's clashes is shown by the passages' words.

    Args:
        answer: the model's.
        shown: the facts that it was shown, by number.
        passages: the texts, in order.
        known: what each makes true and changes: what it ends or puts in other words, it does not speak against.
    """
    changed = {name for of_it in known for change in of_it.changes for name in change.concerns}
    changed |= {fact.id for of_it in known for fact in of_it.facts}
    found: list[SaidAgainst] = []
    for clash in answer.clashes:
        fact = shown.get(clash.fact)
        where = next((place for place, text in enumerate(passages) if says(text, clash.says)), None)
        if fact and where is not None and fact.kind == "state" and fact.frame in _SO and fact.id not in changed:
            found.append(SaidAgainst(where, clash.says, fact))
    return tuple(found[:MOST_CLASHES])


def clash_notes(state: StoryState, kept: Remembered, clashes: Sequence[SaidAgainst]) -> Update:
    """The state's notes after passages were remembered."""
    if not clashes:
        return {}
    first = kept.path.length - len(kept.entries)
    new = [
        Clash(
            "fact",
            (_of_fact(clash.fact, kept), _of_passage(clash, first + clash.passage, kept)),
            clash.fact.text,
        )
        for clash in clashes
    ]
    return {"clashes": with_new(state.get("clashes", []), new)}


def _of_passage(clash: SaidAgainst, place: int, kept: Remembered) -> Side:
    return Side(clash.quote, place, *kept.path.at(place))


def _of_fact(fact: Fact, kept: Remembered) -> Side:
    """The words that said a fact; where no passage did, its own. Those of the book before have no place in this one."""
    branch, _, rest = fact.id.rpartition(":")[0].rpartition(":")
    slot = Slot(branch, int(rest)) if rest.isdecimal() else None
    place = kept.path.place_of(slot) if slot else None
    if not fact.quote or slot is None or fact.source != "passage":
        return Side(fact.text)
    if is_before(slot):
        return Side(fact.quote)
    return Side(fact.quote, place if place is not None else slot.seq, *slot)
