"""What who plays carries and knows, of the facts that the scenes made true: along a branch, and back with an undo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..schemas.ledger import PLAYER

if TYPE_CHECKING:
    from ..schemas.facts import FactState
    from ..schemas.ledger import Thread
    from .story import Story


@dataclass(frozen=True)
class Possessions:
    """What the player has.

    Attributes:
        carried: the things that they have with them, each as a fact, in the order in which they came.
        known: what else is so and they know, the latest first.
        open: the questions and promises that wait, the latest first.
    """

    carried: list[FactState]
    known: list[FactState]
    open: list[Thread]


async def possessions(story: Story) -> Possessions:
    """What the player of the current branch carries and knows. What only others know is not told."""
    told = {"passage", "person"} if story.record.is_sealed else {"passage", "person", "premise"}
    holding = [state for state in await story.holding() if _is_known(state.known_by) and state.fact.source in told]
    asked = await story.threads()
    kept = (
        {state.fact.id for state in (await story.facts()).facts.values() if state.fact.source not in told}
        if asked
        else set()
    )
    threads = [one for one in asked if one.status == "open" and _is_known(one.known_by) and one.id not in kept]
    return Possessions(
        carried=sorted((state for state in holding if state.fact.carried), key=lambda state: state.since),
        known=[state for state in holding if not state.fact.carried],
        open=sorted(threads, key=lambda thread: -thread.opened),
    )


def _is_known(known_by: tuple[str, ...]) -> bool:
    """Whether the player is among those who know something; nobody is named where everybody does."""
    return not known_by or any(name.casefold() in PLAYER for name in known_by)
