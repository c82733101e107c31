"""Gates and their questions outside of a graph: the tries, the parsing and the failures are the project's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ..nodes import Turn
from ..nodes.calls import run_here
from ..nodes.turn import Surroundings
from ..schemas.languages import DEFAULT
from ..schemas.modes import AUTHOR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from langchain_core.messages import BaseMessage

    from ..nodes import Gate
    from ..nodes.answers import A
    from ..nodes.asking import AnswerSpec
    from ..nodes.gate import Update
    from ..nodes.resources import Resources
    from ..schemas.context import Context
    from ..schemas.state import StoryState


def quiet_turn(
    name: str, context: Context, resources: Resources, state: Mapping[str, Any] | None = None, *, helps: bool = False
) -> Turn:
    """A turn that nobody listens to; in English, where the state says no language."""
    of = cast("StoryState", {"language": DEFAULT, "mode": AUTHOR.name, **(state or {})})
    return Turn(name, context, of, Surroundings(resources=resources, tell=lambda _: None), helps=helps)


def run_gate(gate: Gate[Any], state: Mapping[str, Any], context: Context, resources: Resources) -> Update:
    """A gate's update of a state."""
    helps = not gate.record.writes_prose
    return run_here(gate(state, quiet_turn(gate.name, context, resources, state, helps=helps)))


def ask(
    turn: Turn,
    messages: Sequence[BaseMessage],
    answer: type[A],
    spec: AnswerSpec,
    problem_of: Callable[[A], str] = lambda _: "",
) -> A:
    """Ask for something with a form, as a gate does."""
    return run_here(turn.ask(messages, answer, spec, problem_of))


def write(turn: Turn, messages: Sequence[BaseMessage], length: int, problem_of: Callable[[str], str]) -> str:
    """Have story text written, as a gate does."""
    return run_here(turn.write(messages, length, problem_of))
