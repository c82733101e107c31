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

from typing import Literal, get_args

from langgraph.graph import START, StateGraph

from ..nodes import GATES, as_node
from ..schemas.context import Context
from ..schemas.state import StoryOutput, StoryState
from ..schemas.story_input import StoryInput

AfterReview = Literal[
    "select_plan", "propose_plans", "retrieve_long_term", "rewrite_short_term", "append_summary", "__end__"
]


def after_select_plan(state: StoryState) -> list[AfterReview]:
    """Where a review leads: first of all an edited paragraph is remembered anew."""
    if state.get("edited"):
        return ["rewrite_short_term", "append_summary"]
    if state.get("stop") or _target_reached(state):
        return ["__end__"]
    match state.get("after_review"):
        case "ask":
            return ["select_plan"]
        case "plans":
            return ["propose_plans"]
    return ["retrieve_long_term"]


def after_store_opening(state: StoryState) -> Literal["propose_plans", "select_plan", "__end__"]:
    """A story that has just begun needs plans; one that goes on has them, and may have its length already."""
    if not state.get("plans"):
        return "propose_plans"
    return "__end__" if _target_reached(state) else "select_plan"


def after_propose_plans(state: StoryState) -> Literal["select_plan", "retrieve_long_term", "__end__"]:
    """Go round again, unless the target is reached, or the review that edited a paragraph said what comes next."""
    if state.get("stop") or _target_reached(state):
        return "__end__"
    return "retrieve_long_term" if state.get("after_review") == "write" else "select_plan"


def _target_reached(state: StoryState) -> bool:
    target = state.get("target_paragraphs")
    return target is not None and state["step"] >= target


def _build() -> StateGraph[StoryState, Context, StoryInput, StoryOutput]:
    build = StateGraph(StoryState, context_schema=Context, input_schema=StoryInput, output_schema=StoryOutput)
    for gate in GATES:
        build.add_node(gate.__name__, as_node(gate))
    build.add_edge(START, "open_story")
    build.add_edge("open_story", "store_opening")
    build.add_conditional_edges("store_opening", after_store_opening)
    build.add_conditional_edges("select_plan", after_select_plan, list(get_args(AfterReview)))
    build.add_edge("retrieve_long_term", "generate_paragraph")
    build.add_edge("generate_paragraph", "rewrite_short_term")
    build.add_edge("generate_paragraph", "append_summary")
    build.add_edge(["rewrite_short_term", "append_summary"], "propose_plans")
    build.add_conditional_edges("propose_plans", after_propose_plans)
    return build


builder = _build()
graph = builder.compile(name="RecurrentGPT")
