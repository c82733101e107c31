"""What holds and what is open, as people are shown it: facts in groups, and the ledger of threads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from .aliases import names_of
from .facts import READER
from .wording import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from .facts import Fact, FactState

PLAYER = READER | {"you", "你", "您"}
"""Who plays, as facts that not everybody knows name them."""

Group = Literal["known_to_all", "known_to_some", "reader", "not_now", "open"]
"""The parts of what stands: so now and no secret; a secret; the reader's alone; told, but not as being so now; a
thread."""

GROUPS: tuple[Group, ...] = ("known_to_all", "known_to_some", "reader", "not_now", "open")
"""In the order they are shown."""

ThreadStatus = Literal["open", "settled", "left"]
"""How a thread stands; it was left where the story has come to its end without it."""


def group_of(fact: Fact, known_by: Collection[str]) -> Group:
    """Where a fact is shown that these know by now (nobody named: everybody)."""
    if fact.kind == "thread":
        return "open"
    if fact.frame != "now":
        return "not_now"
    if not known_by:
        return "known_to_all"
    return "reader" if READER.issuperset(name.lower() for name in known_by) else "known_to_some"


def known_to_the_living(
    states: Iterable[FactState], dead: Iterable[str], aliases: Sequence[Sequence[str]] = ()
) -> list[FactState]:
    """Facts as they stand, each known to nobody who is dead; what only the dead knew, the reader alone knows.

    The answer to a question that only they knew, nobody knows.

    Args:
        states: the facts.
        dead: who is dead.
        aliases: names of one: who is dead by one of them is so by all.
    """
    gone = {plain(other) for name in dead for other in names_of(aliases, name)}
    return [_without(state, gone) for state in states]


_NOBODY = {False: ("reader",), True: ()}
"""As known to whom a fact stands that nobody in the story knows, and a question whose answer nobody does."""


def _without(state: FactState, gone: Collection[str]) -> FactState:
    living = tuple(name for name in state.known_by if plain(name) not in gone)
    return state if living == state.known_by else replace(state, known_by=living or _NOBODY[state.fact.asks])


@dataclass(frozen=True)
class Thread:
    """An open question or a promise, from where it was opened to where it was settled. Passages are counted from 1.

    Attributes:
        id: the fact's.
        text: the question or promise; where it was put in other words since, as it was last put.
        status: how it stands.
        opened: the passage that opened it.
        touched: the passage that last took it up.
        settled: the passage that settled it; ``None``: none did.
        subjects: whom or what it concerns.
        known_by: who knows of it; empty: everybody.
        opened_by: the words that opened it.
        settled_by: the words that settled it.
    """

    id: str
    text: str
    status: ThreadStatus
    opened: int
    touched: int
    settled: int | None = None
    subjects: tuple[str, ...] = ()
    known_by: tuple[str, ...] = ()
    opened_by: str = ""
    settled_by: str = ""


def threads_of(states: Iterable[FactState], *, is_finished: bool = False) -> list[Thread]:
    """The ledger of threads: those that are not settled first, each part in the order they were opened.

    A thread that another one replaced was put in other words, and is one line with it.

    Args:
        states: facts of a path as they stand at its end; those of other kinds are left out.
        is_finished: whether the story has come to its end there.
    """
    threads = {state.fact.id: state for state in states if state.fact.kind == "thread"}
    latest_first = sorted(threads.values(), key=lambda state: state.since, reverse=True)
    before = {state.by: state for state in latest_first if _goes_on(state, threads)}
    last = [state for state in latest_first if not _goes_on(state, threads)]
    ledger = [_thread(state, _first(state, before), is_finished=is_finished) for state in last]
    return sorted(ledger, key=lambda thread: (thread.status == "settled", thread.opened, thread.id))


def _goes_on(state: FactState, threads: Mapping[str, FactState]) -> bool:
    """Whether another thread took the place of one."""
    return state.ended == "replaced" and state.by in threads


def _first(state: FactState, before: Mapping[str, FactState]) -> FactState:
    """What a thread was at its beginning."""
    seen = {state.fact.id}
    while (earlier := before.get(state.fact.id)) and earlier.fact.id not in seen:
        seen.add(earlier.fact.id)
        state = earlier
    return state


def _thread(state: FactState, first: FactState, *, is_finished: bool) -> Thread:
    return Thread(
        id=state.fact.id,
        text=state.fact.text,
        status="settled" if state.until is not None else "left" if is_finished else "open",
        opened=first.since + 1,
        touched=state.touched + 1,
        settled=None if state.until is None else state.until + 1,
        subjects=state.fact.subjects,
        known_by=state.known_by,
        opened_by=first.fact.quote,
        settled_by=state.ended_quote,
    )
