"""The cycle of an LSTM as a LangGraph cycle. Flat: no inner graph, so any checkpoint can be re-run alone.

::

    START → open_story → store_opening → propose_plans → select_plan ⇄ select_plan
    select_plan → retrieve_long_term → generate_paragraph → rewrite_short_term ┐
                                                          → append_summary     ┴→ propose_plans → select_plan
    select_plan → propose_plans                            (other plans, please)
    select_plan → rewrite_short_term ∥ append_summary → …  (the paragraph was edited: the memories follow it)
    select_plan or propose_plans → END
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

from langgraph.graph import END, START, StateGraph

from ..nodes import GATES, as_node
from ..nodes.node import Inline
from ..schemas.assistants import AUTHOR, INTERACTIVE_FICTION, SIMULATED_HUMAN, Assistant
from ..schemas.state import StoryOutput, StoryState

if TYPE_CHECKING:
    from collections.abc import Hashable

    from ..schemas.context import Context
    from ..schemas.story_input import StoryInput

AfterOpening = Literal["propose_plans", "select_plan", "__end__"]
AfterPlans = Literal["select_plan", "retrieve_long_term", "__end__"]
AfterReview = Literal[
    "select_plan", "propose_plans", "retrieve_long_term", "rewrite_short_term", "append_summary", "__end__"
]


def after_select_plan(state: StoryState) -> list[AfterReview]:
    """Where a review leads: first of all an edited paragraph is remembered anew."""
    if state.get("edited"):
        return ["rewrite_short_term", "append_summary"]
    if is_at_end(state):
        return ["__end__"]
    match state.get("after_review"):
        case "ask":
            return ["select_plan"]
        case "plans":
            return ["propose_plans"]
    return ["retrieve_long_term"]


def after_store_opening(state: StoryState) -> AfterOpening:
    """A story that has just begun needs plans; one that goes on has them, and may have its length already."""
    if not state.get("plans"):
        return "propose_plans"
    return "__end__" if is_at_end(state) else "select_plan"


def after_propose_plans(state: StoryState) -> AfterPlans:
    """Go round again, unless the target is reached, or the review that edited a paragraph said what comes next."""
    if is_at_end(state):
        return "__end__"
    return "retrieve_long_term" if state.get("after_review") == "write" else "select_plan"


def is_at_end(state: StoryState) -> bool:
    """Whether a person said to stop, or the story has its length."""
    target = state.get("target_paragraphs")
    return state.get("stop", False) or (target is not None and state["step"] >= target)


def paths(names: object) -> dict[Hashable, str]:
    """The nodes that an edge may lead to, from a ``Literal`` of their names."""
    return {name: name for name in get_args(names)}


def add_cycle(build: StateGraph[Any, Any, Any, Any], assistant: Assistant, told: str = END) -> None:
    """Add the gates and the edges between them to a graph.

    Args:
        build: the graph.
        assistant: whose defaults hold where a run says nothing.
        told: a node that says what was written, where a conversation has one: it stands before each end, and before
            each question but the first.
    """
    for gate in GATES:
        build.add_node(gate.__name__, as_node(gate, assistant))
    ends = {"__end__": told}
    build.add_edge("open_story", "store_opening")
    build.add_conditional_edges("store_opening", Inline(after_store_opening), paths(AfterOpening) | ends)
    again = ends if told == END else ends | {"select_plan": told}
    build.add_conditional_edges("select_plan", Inline(after_select_plan), paths(AfterReview) | again)
    build.add_edge("retrieve_long_term", "generate_paragraph")
    build.add_edge("generate_paragraph", "rewrite_short_term")
    build.add_edge("generate_paragraph", "append_summary")
    build.add_edge(["rewrite_short_term", "append_summary"], "propose_plans")
    build.add_conditional_edges("propose_plans", Inline(after_propose_plans), paths(AfterPlans) | again)


def recurrent(assistant: Assistant = AUTHOR) -> StateGraph[StoryState, Context, StoryInput, StoryOutput]:
    """The recurrent graph of an assistant, to be compiled."""
    build = StateGraph(
        StoryState, context_schema=assistant.context, input_schema=assistant.story, output_schema=StoryOutput
    )
    add_cycle(build, assistant)
    build.add_edge(START, "open_story")
    return build


builder = recurrent()
graph = builder.compile(name=AUTHOR.name)
simulated_human = recurrent(SIMULATED_HUMAN).compile(name=SIMULATED_HUMAN.name)
interactive_fiction = recurrent(INTERACTIVE_FICTION).compile(name=INTERACTIVE_FICTION.name)
