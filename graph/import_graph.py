"""A second, smaller graph: it reads a manuscript into the memories, so that the first can write on from its end.

::

    START → take_batch → remember_batch → take_batch … → propose_plans → END
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langgraph.graph import END, START, StateGraph

from ..memory import Lineage
from ..nodes import Gate, as_node, batches_of, propose_plans, remember_batch
from ..nodes.node import Inline
from ..schemas.context import Context
from ..schemas.state import StoryState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ..nodes.resources import Resources
    from ..prompts import PromptSpec


def reading_gates(paragraphs: Callable[[], Sequence[str]] = list) -> tuple[Gate[Any], ...]:
    """The gates that read a manuscript, which ``paragraphs`` gives."""
    return batches_of(paragraphs), remember_batch, propose_plans


def import_graph(
    paragraphs: Callable[[], Sequence[str]],
    total: int,
    resources: Resources | None = None,
    prompts: Iterable[PromptSpec] = (),
) -> StateGraph[StoryState, Context, StoryState, StoryState]:
    """The graph that reads a manuscript.

    Args:
        paragraphs: gives the manuscript; it is asked for at each batch, and never kept in a checkpoint.
        total: how many paragraphs it has.
        resources: where models and memories come from; by default what the environment says.
        prompts: all that a run's own can replace.
    """
    gates = reading_gates(paragraphs)
    take, remember, propose = (gate.name for gate in gates)

    def after_remember_batch(state: StoryState) -> str:
        return take if Lineage.from_json(state["lineage"]).length < total else propose

    build = StateGraph(StoryState, context_schema=Context)
    for gate in gates:
        build.add_node(gate.name, as_node(gate, resources=resources, prompts=lambda: prompts))
    build.add_edge(START, take)
    build.add_edge(take, remember)
    build.add_conditional_edges(remember, Inline(after_remember_batch), {take: take, propose: propose})
    build.add_edge(propose, END)
    return build
