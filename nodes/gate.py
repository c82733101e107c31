"""What a gate is: an ``async def`` that is handed a state and its turn, and a record of what else is to be known of it.

Everything that has to be said of a gate elsewhere (its node, its prompts' placeholders and editors in Studio, its words
in a progress line, its row in a table) is made of the record, so that a new gate is one file, its prompts and one line
in the cycle (``graph/cycle.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from ..schemas.state import StoryState

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from ..prompts import PromptSpec
    from .answers import Answer
    from .turn import Turn

Update = dict[str, Any]
"""What a gate changes in the state."""

Part = Literal["passage", "memory", "recalled", "plans"]
"""A part of what a view shows of a story."""

S = TypeVar("S", bound=StoryState)


@dataclass(frozen=True)
class GateRecord:
    """What is to be known of a gate besides what it does.

    Attributes:
        role: its part in the LSTM, in a few words.
        label: what a table calls it, in English; a language's ``gates.toml`` has its own words.
        busy: what a progress line says while it is at work, in English; as above.
        prompts: the prompts that are its own.
        answers: the forms that it asks a model for.
        settings: the fields of the context that it reads.
        shows: what a view must look at again after it.
        writes_prose: whether story text streams from it.
        shares_the_conversation: whether it goes on with the conversation in which the step's passage was written.
    """

    role: str
    label: str
    busy: str
    prompts: tuple[PromptSpec, ...] = ()
    answers: tuple[type[Answer], ...] = ()
    settings: tuple[str, ...] = ()
    shows: frozenset[Part] = frozenset()
    writes_prose: bool = False
    shares_the_conversation: bool = False

    @property
    def asks_a_model(self) -> bool:
        """Whether it may ask a model for something."""
        return self.writes_prose or bool(self.answers)


@dataclass(frozen=True)
class Gate(Generic[S]):
    """A gate of the graph: its function and its record. Called, it gives its update of the state."""

    function: Callable[[S, Turn], Coroutine[Any, Any, Update]]
    record: GateRecord

    @property
    def name(self) -> str:
        """The node's name, kept in every paused thread: changing one needs a migration."""
        return self.function.__name__

    def __call__(self, state: S, turn: Turn) -> Coroutine[Any, Any, Update]:
        """Do it."""
        return self.function(state, turn)


def gate(record: GateRecord) -> Callable[[Callable[[S, Turn], Coroutine[Any, Any, Update]]], Gate[S]]:
    """Make a gate of a function."""
    return lambda function: Gate(function, record)
