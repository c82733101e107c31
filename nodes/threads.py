"""Open questions and promises: offered to who plans, with their numbers; shown to who writes what a plan takes up.

A thread is the more pressing the longer it has been left and the more it weighs. It weighs one, and one more for each
that it concerns and each passage that took it up: what the story keeps coming back to is not to be forgotten. A
question that nothing came back to, and whose answer nobody in the story knows, presses less than all others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator

from ..schemas.state import PlanThread
from . import arc
from .standing import above, as_told, in_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..schemas.facts import FactState
    from ..schemas.state import StandingFact, StoryState
    from .turn import Turn

MOST_NAMED = 3
"""Threads that one plan names."""

_OFFERED = 10
"""Threads that a planner is shown."""
_LONG = 8
"""Passages after which a thread has been left for long. At each so many, a plan that takes it up is insisted on."""
_ASIDE = re.compile(r"[\[［][^\]］]*[\]］]|[（(][^)）]*[)）]")
_NUMBER = re.compile(r"\d{1,6}")


def _numbers(given: object) -> list[int]:
    """Every number in what was given, whatever it is; in a text, what stands in brackets is an aside."""
    text = given if isinstance(given, str) else str(given)
    if isinstance(given, str) and not given.lstrip().startswith("["):
        text = _ASIDE.sub(" ", text)
    return [int(number) for number in _NUMBER.findall(text)]


ThreadNumbers = Annotated[list[int], BeforeValidator(_numbers)]
"""The numbers of threads, read out of anything."""


@dataclass(frozen=True)
class Offered:
    """The threads that a planner is shown, by number: the one that it has in the step's prompt, where it stands there.

    Attributes:
        threads: the most pressing first.
        length: passages of the story.
        numbers: the number of each.
    """

    threads: Sequence[FactState] = ()
    length: int = 0
    numbers: Sequence[int] = ()

    @property
    def _longest(self) -> tuple[int, int]:
        """The number of the one that has been left longest, and for how many passages."""
        left = map(self._left, self.threads)
        return max(zip(self.numbers, left, strict=True), key=lambda one: one[1], default=(0, 0))

    @property
    def due(self) -> int:
        """The number of the one that has been left longest, where that is long; 0: none has."""
        number, left = self._longest
        return number if left >= _LONG else 0

    @property
    def is_insisted_on(self) -> bool:
        """Whether a plan has to take up the one that is due: once in a while, because asking again costs a call."""
        return bool(self.due) and self._longest[1] % _LONG == 0

    def render(self, turn: Turn, *, is_ending: bool = False, is_last: bool = False) -> str:
        """As a prompt shows them: each with the passage that opened it, and the one that last took it up.

        Args:
            turn: the gate's.
            is_ending: whether the next passage belongs to the story's ending: then each plan settles some of them.
            is_last: whether the next passage is the story's last: then each plan settles all that it can.
        """
        if not self.threads:
            return ""
        lines = [self.listed(turn)]
        if is_ending or not self.due:
            lines.append(turn.phrase("threads_last" if is_last else "threads_ending" if is_ending else "threads_one"))
        if self.due:
            lines.append(turn.phrase("thread_due", number=self.due, count=self._longest[1]))
        return "\n".join(lines)

    def listed(self, turn: Turn) -> str:
        """Their list, with nothing asked of it."""
        return "\n".join(
            as_told(
                turn,
                str(turn.phrase("line_since", line=f"{number}. {state.fact.text}", seq=_passages(turn, state))),
                "now",
                state.known_by,
            )
            for number, state in zip(self.numbers, self.threads, strict=True)
        )

    def named(self, numbers: Iterable[int]) -> list[PlanThread]:
        """Those with these numbers, as a plan keeps them; a number that none has is left out."""
        known = dict(zip(self.numbers, self.threads, strict=True))
        there = [known[number] for number in dict.fromkeys(numbers) if number in known]
        return [PlanThread(id=state.fact.id, text=state.fact.text, since=state.since) for state in there[:MOST_NAMED]]

    def problem(self, turn: Turn) -> str:
        """What is wrong with plans of which none takes up the one that is due."""
        return turn.phrase("problem_thread_left", number=self.due, count=self._longest[1])

    def _left(self, state: FactState) -> int:
        return _left(state, self.length)


async def offered(state: StoryState, turn: Turn) -> Offered:
    """The threads that a planner is shown: the most pressing, and the one that has been left longest.

    One that stands in the step's prompt has its number there; the others' come after all of these.
    """
    if not (turn.context.use_facts and turn.context.use_threads):
        return Offered()
    length = turn.memory.length
    every = await turn.memory.open_threads()
    pressing = sorted(every, key=lambda state: (_is_idle(state), -_weight(state) * _left(state, length)))[:_OFFERED]
    longest = min(every, key=lambda state: state.touched, default=None)
    if longest and longest not in pressing:
        pressing[-1] = longest
    standing = [kept["fact"]["id"] for kept in above(state)]
    others = count(len(standing) + 1)
    told = {name: number for number, name in enumerate(standing, start=1)}
    return Offered(pressing, length, [told.get(thread.fact.id) or next(others) for thread in pressing])


async def at_stake(state: StoryState, turn: Turn) -> list[StandingFact]:
    """The threads that the writer of the next passage must see: those of the plan; in an ending, all that are open."""
    if not (turn.context.use_facts and turn.context.use_threads):
        return []
    if arc.is_ending(state):
        found = await turn.memory.open_threads()
    elif named := of_plan(state):
        found = await turn.memory.facts_named(named)
    else:
        return []
    return [in_state(thread) for thread in found if thread.holds]


async def not_listed(state: StoryState, turn: Turn) -> int:
    """How many threads are open that the writer of the next passage is not shown; none is counted where none are."""
    if not (turn.context.use_facts and turn.context.use_threads and state.get("standing")):
        return 0
    shown = {kept["fact"]["id"] for kept in state["standing"]}
    return sum(thread.fact.id not in shown for thread in await turn.memory.open_threads())


def as_they_are_shown(standing: Iterable[StandingFact], state: StoryState) -> list[StandingFact]:
    """What stands, in the order of the writer's prompt: then what the plan takes up, then what else an end settles."""
    taken_up, is_ending = of_plan(state), arc.is_ending(state)

    def place(kept: StandingFact) -> int:
        if kept["fact"]["id"] in taken_up:
            return 1
        return 2 if is_ending and kept["fact"].get("kind") == "thread" else 0

    return sorted(standing, key=place)


def of_plan(state: StoryState) -> frozenset[str]:
    """The ids of the threads that the chosen plan takes up."""
    return frozenset(thread["id"] for thread in state["plan"].get("threads", []))


def _left(state: FactState, length: int) -> int:
    """For how many passages nothing took it up, in a story of so many."""
    return length - 1 - state.touched


def _is_idle(state: FactState) -> bool:
    """Whether it is a question that nobody in the story can answer, as far as was told, and that nothing took up."""
    return state.fact.asks and not (state.known_by or state.touches)


def _weight(state: FactState) -> int:
    return 1 + state.touches + len(state.fact.subjects)


def _passages(turn: Turn, state: FactState) -> str:
    opened, touched = turn.memory.number(state.since), turn.memory.number(state.touched)
    return opened if opened == touched else str(turn.phrase("line_passages", opened=opened, touched=touched))
