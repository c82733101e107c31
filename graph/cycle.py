"""The cycle of an LSTM: its gates, the ways between them, and the points at which a story can be taken up.

::

    START → open_story → store_opening → propose_plans → select_plan ⇄ select_plan
    select_plan → retrieve_long_term → generate_paragraph → rewrite_short_term ┐
                                                          → append_summary     ┼→ propose_plans → select_plan
                                                          → condense_summaries ┘
    select_plan → propose_plans                            (other plans, please)
    select_plan → rewrite_short_term ∥ append_summary → …  (the paragraph was edited: the memories follow it)
    select_plan or propose_plans → END
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from langgraph.graph import END

from ..nodes import (
    append_summary,
    as_node,
    condense_summaries,
    generate_paragraph,
    open_story,
    propose_plans,
    retrieve_long_term,
    rewrite_short_term,
    select_plan,
    store_opening,
)
from ..nodes.arc import has_its_length
from ..nodes.node import Inline
from ..schemas.state import StoryState

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Mapping

    from langgraph.graph import StateGraph
    from langgraph.types import StateSnapshot

    from ..nodes import Gate
    from ..nodes.node import Said
    from ..nodes.resources import Resources
    from ..prompts import PromptSpec
    from ..schemas.assistants import Assistant

AT_THE_PAUSE = propose_plans.name
"""A state that is put in as if this gate had left it stands at the pause: its plans are on the table."""

WITH_A_PLAN = select_plan.name
"""A state that is put in as if this gate had left it goes on to write: its plan is chosen."""

WITH_A_PASSAGE = generate_paragraph.name
"""A state that is put in as if this gate had left it has a new passage: the memories follow it, and plans are made."""

BEFORE_THE_PAUSE = select_plan.name
"""Where nobody is asked, a run is interrupted before this gate, so that a step can be looked at."""


@dataclass(frozen=True)
class Cycle:
    """The gates of a graph.

    Attributes:
        remembering: what runs side by side once a passage is written. A gate of your own that looks at the new passage
            is one more of these.
        state: what the gates read and change: a subclass of :class:`StoryState`, where one of them has keys of its own.
        beside: what runs beside these, of which nothing is read before the next step; an edit does not call for it.
    """

    remembering: tuple[Gate[Any], ...] = (rewrite_short_term, append_summary)
    state: type[StoryState] = StoryState
    beside: tuple[Gate[Any], ...] = (condense_summaries,)

    @property
    def gates(self) -> tuple[Gate[Any], ...]:
        """Every gate, in the order of the story."""
        before = (open_story, store_opening, select_plan, retrieve_long_term, generate_paragraph)
        return (*before, *self.remembering, *self.beside, propose_plans)

    def replaceable(self) -> Collection[PromptSpec]:
        """Every prompt that a run may have one of its own for."""
        from .catalogue import every_gate, every_prompt  # noqa: PLC0415 (it knows the cycle)

        return every_prompt(every_gate(self)).values()

    def asking(self) -> Collection[str]:
        """The names of the gates that a run may have a model for."""
        from .catalogue import asking_gates, every_gate  # noqa: PLC0415 (it knows the cycle)

        return asking_gates(every_gate(self))

    def add_to(
        self,
        build: StateGraph[Any, Any, Any, Any],
        assistant: Assistant,
        resources: Resources | None = None,
        told: str = END,
        said: Said | None = None,
    ) -> None:
        """Add the gates and the edges between them to a graph.

        Args:
            build: the graph.
            assistant: whose defaults hold where a run says nothing.
            resources: where models and memories come from; by default what the environment says.
            told: a node that says what was written, where a conversation has one: it stands before each end, and
                before each question but the first.
            said: what a gate that writes story text changes in a conversation besides.
        """
        for gate in self.gates:
            speaks = said if gate.record.writes_prose else None
            node = as_node(gate, assistant, resources, self.replaceable, self.asking, speaks)
            build.add_node(gate.name, node, input_schema=self.state)
        remembering = [gate.name for gate in self.remembering]
        ways = _Ways(remembering)
        ends: dict[Hashable, str] = {END: told}
        again = ends if told == END else ends | {select_plan.name: told}
        build.add_edge(open_story.name, store_opening.name)
        build.add_conditional_edges(store_opening.name, Inline(ways.after_store_opening), to(*_OPENED) | ends)
        build.add_conditional_edges(
            select_plan.name, Inline(ways.after_select_plan), to(*_REVIEWED, *remembering) | again
        )
        build.add_edge(retrieve_long_term.name, generate_paragraph.name)
        for name in remembering:
            build.add_edge(generate_paragraph.name, name)
        # Not among those that are waited for: a thread goes on that a version without them left at this place.
        for gate in self.beside:
            build.add_edge(generate_paragraph.name, gate.name)
            build.add_edge(gate.name, propose_plans.name)
        build.add_edge(remembering, propose_plans.name)
        build.add_conditional_edges(propose_plans.name, Inline(ways.after_propose_plans), to(*_PLANNED) | again)


CYCLE = Cycle()
"""The project's own gates."""

_OPENED = (propose_plans.name, select_plan.name)
_REVIEWED = (select_plan.name, propose_plans.name, retrieve_long_term.name)
_PLANNED = (select_plan.name, retrieve_long_term.name)


def to(*names: str) -> dict[Hashable, str]:
    """The nodes that an edge may lead to."""
    return {name: name for name in names}


class _Ways:
    """Where the edges lead that depend on the state."""

    def __init__(self, remembering: list[str]) -> None:
        self._remembering = remembering

    def after_select_plan(self, state: StoryState) -> list[str]:
        """Where a review leads: first of all an edited paragraph is remembered anew."""
        if state.get("edited"):
            return self._remembering
        if is_at_end(state):
            return [END]
        match state.get("after_review"):
            case "ask":
                return [select_plan.name]
            case "plans":
                return [propose_plans.name]
        return [retrieve_long_term.name]

    def after_store_opening(self, state: StoryState) -> str:
        """A story that has just begun needs plans; one that goes on has them, and may have its length already."""
        if not state.get("plans"):
            return propose_plans.name
        return END if is_at_end(state) else select_plan.name

    def after_propose_plans(self, state: StoryState) -> str:
        """Go round again, unless the target is reached, or the review that edited a paragraph said what comes next."""
        if is_at_end(state):
            return END
        return retrieve_long_term.name if state.get("after_review") == "write" else select_plan.name


def is_at_end(state: StoryState) -> bool:
    """Whether a person said to stop, or the story has its length."""
    return state.get("stop", False) or has_its_length(state)


def is_finished(snapshot: StateSnapshot) -> bool:
    """Whether a thread has come to its end."""
    return bool(snapshot.values) and not snapshot.tasks


def is_between_steps(snapshot: StateSnapshot) -> bool:
    """Whether a thread stands between two steps: at its pause, or at its end.

    A gate whose result is kept, but not yet taken up by a checkpoint, is among the tasks and not in ``next``.
    """
    return is_step_finished(snapshot.values) and (snapshot.next == (select_plan.name,) or not snapshot.tasks)


def is_before_the_passage(snapshot: StateSnapshot) -> bool:
    """Whether a thread is in the middle of a step of which no passage is written yet."""
    return any(name in snapshot.next for name in (retrieve_long_term.name, generate_paragraph.name))


def is_step_finished(values: Mapping[str, Any]) -> bool:
    """Whether a state has all that a step makes: also its plans, unless the story has its end with it."""
    return bool(values.get("plans")) or ("ended_at" in values and values["ended_at"] == values.get("step"))


def not_yet_remembered(snapshot: StateSnapshot) -> list[str]:
    """Passages that are written, and that the long-term memory does not have yet."""
    state: Any = snapshot.values
    if store_opening.name in snapshot.next and not state.get("lineage"):
        opening: list[str] = state.get("opening", [])
        return opening
    if append_summary.name in snapshot.next and not state.get("edited"):
        return [state["paragraph"]]
    return []


def point_of(state: StoryState) -> str:
    """As which gate's work the state of a finished step is put into a thread, so that it stands where it stood."""
    return WITH_A_PLAN if state.get("stop") else AT_THE_PAUSE
