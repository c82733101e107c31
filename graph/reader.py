"""A second, smaller graph: it reads a manuscript into the memories, so that the first can write on from its end.

::

    START → take_batch → remember_batch → take_batch … → propose_plans → END
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from langgraph.graph import END, START, StateGraph

from ..memory import Lineage
from ..nodes import as_node, propose_plans, remember_batch
from ..nodes import take_batch as take
from ..schemas.context import Context
from ..schemas.state import StoryState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..nodes.effects import Steps
    from ..nodes.gate import Gate, Update


def reader(
    paragraphs: Callable[[], Sequence[str]], total: int
) -> StateGraph[StoryState, Context, StoryState, StoryState]:
    """The graph that reads a manuscript.

    Args:
        paragraphs: gives the manuscript; it is asked for at each batch, and never kept in a checkpoint.
        total: how many paragraphs it has.
    """

    def take_batch(state: StoryState, gate: Gate) -> Steps[Update]:
        return (yield from take(state, gate, paragraphs))

    def after_remember_batch(state: StoryState) -> Literal["take_batch", "propose_plans"]:
        return "take_batch" if Lineage.from_json(state["lineage"]).length < total else "propose_plans"

    build = StateGraph(StoryState, context_schema=Context)
    for gate in (take_batch, remember_batch, propose_plans):
        build.add_node(gate.__name__, as_node(gate))
    build.add_edge(START, "take_batch")
    build.add_edge("take_batch", "remember_batch")
    build.add_conditional_edges("remember_batch", after_remember_batch)
    build.add_edge("propose_plans", END)
    return build
