"""Which facts a new passage may change, of those that are not in its prompt: what is not shown can never be ended.

There are more than a prompt has room for. First come those that the passage and its plan lead to, that are about whom
and what these name, and that the passage before made so. What was so once, and is no secret, nothing can change. A
question may be answered without a word that leads to it, so as long as few are open, all of them are among those.
"""

from __future__ import annotations

from collections import Counter
from math import log
from typing import TYPE_CHECKING

from ..schemas.wording import plain
from .nearness import is_hinted_at
from .standing import as_words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ..schemas.facts import FactState
    from ..schemas.state import StoryState
    from .turn import Turn

FOUND = 14
"""Facts that are shown, besides those in the step's prompt."""
_FEW = 6
"""Open questions and promises that are all among them: where there are more, those that a passage leads to."""
_SOUGHT = 40
"""Facts that are looked through for these, besides all that the passage before made so."""
_SMOOTHING = 2
"""Added to a place in the search's order, so that the first ones do not stand above all else."""
_LESS = 0.5
"""What part of a whole name, to the letter, all else that speaks for a fact counts."""


async def in_reach(
    state: StoryState, turn: Turn, passages: Sequence[str], place: int | None, known: Collection[str]
) -> list[FactState]:
    """The facts that passages may change, the likeliest first.

    Args:
        state: the story.
        turn: the gate's.
        passages: the texts.
        place: the place whose passage, with all after it, is not looked at; ``None``: they stand at the end.
        known: the ids of facts that are shown already.
    """
    names = as_words(state.get("aliases", []), *passages)
    plan = "" if state.get("reading") or "plan" not in state else state["plan"]["text"]
    sought = [text for text in (*names, plan) if text]
    found = await turn.memory.facts_in_reach_of(passages, _SOUGHT, place, sought)
    last = (turn.memory.length if place is None else place) - 1
    if last >= 0:
        found += await turn.memory.facts_of((await turn.memory.read(last))[:1], place)
    is_open = [fact for fact in await turn.memory.open_threads() if fact.since <= last and fact.fact.id not in known]
    each: dict[str, FactState] = {}
    for fact in (*found, *is_open):
        each.setdefault(fact.fact.id, fact)
    may_change = [fact for fact in each.values() if fact.holds and fact.fact.id not in known and _can_change(fact)]
    ranked = likeliest_first(may_change, "\n".join((*passages, *names)), plan, last)
    if len(is_open) > _FEW:
        return ranked[:FOUND]
    surely = {fact.fact.id for fact in is_open}
    return sorted(ranked, key=lambda fact: fact.fact.id not in surely)[:FOUND]


def likeliest_first(found: Sequence[FactState], text: str, plan: str = "", last: int = -1) -> list[FactState]:
    """Facts in an order made of how they were found and of what they are about.

    A thing that changes hands is named to the letter where it does. The fewer of the facts are about it, the more it
    says: what is about a story's first person is in every other sentence.

    Args:
        found: the facts, the best found first.
        text: the passages.
        plan: the plan that they follow.
        last: the place of the passage before them: what it made so, they go on from.
    """
    told, planned = plain(text), plain(plan)
    how_many = Counter(name for fact in found for name in set(fact.fact.subjects))

    def score(rank: int, state: FactState) -> float:
        about = set(state.fact.subjects)
        to_the_letter = sum(1 / how_many[name] for name in about if plain(name) in told)
        hinted = sum(is_hinted_at(name, told) + is_hinted_at(name, planned) for name in about) / max(1, len(about))
        for_it = hinted + (state.since == last) - (state.fact.frame != "now")
        return to_the_letter + _LESS * for_it - log(_SMOOTHING + rank)

    ranked = sorted(enumerate(found), key=lambda one: -score(*one))
    return [state for _, state in ranked]


def _can_change(state: FactState) -> bool:
    """Whether a passage can change a fact at all: nothing ends what was so once, but a secret is told further."""
    return state.fact.frame != "earlier" or bool(state.known_by)
