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

from langchain_core.runnables import Runnable
from langgraph.graph import END, START, StateGraph

from ..nodes import GATES, as_node
from ..schemas.assistants import AUTHOR, INTERACTIVE_FICTION, SIMULATED_HUMAN, Assistant
from ..schemas.state import StoryOutput, StoryState

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from langchain_core.runnables import RunnableConfig

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


class _Edge(Runnable[Any, Any]):
    """Where an edge leads, by the state.

    As a plain function it would be run in a thread, and traced, twice a step (``benchmarks/stories_at_once.py``).
    """

    def __init__(self, leads_to: Callable[[Any], object]) -> None:
        self.name = leads_to.__name__
        self._leads_to = leads_to

    def invoke(self, input: Any, config: RunnableConfig | None = None, **_: Any) -> Any:  # noqa: A002, ANN401, ARG002
        """Say where it leads."""
        return self._leads_to(input)

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **_: Any) -> Any:  # noqa: A002, ANN401, ARG002
        """Say where it leads."""
        return self._leads_to(input)


def add_edges(
    build: StateGraph[Any, Any, Any, Any],
    start: str,
    leads_to: Callable[[Any], object],
    names: object,
    instead: Mapping[Hashable, str] | None = None,
) -> None:
    """Add an edge that leads elsewhere by the state.

    Args:
        build: the graph.
        start: the node it begins at.
        leads_to: gives one of the names, or a list of them.
        names: a ``Literal`` of all the names it can give.
        instead: nodes that stand for some of the names.
    """
    build.add_conditional_edges(start, _Edge(leads_to), {name: name for name in get_args(names)} | dict(instead or {}))


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
    ends: dict[Hashable, str] = {"__end__": told}
    build.add_edge("open_story", "store_opening")
    add_edges(build, "store_opening", after_store_opening, AfterOpening, ends)
    again = ends if told == END else ends | {"select_plan": told}
    add_edges(build, "select_plan", after_select_plan, AfterReview, again)
    build.add_edge("retrieve_long_term", "generate_paragraph")
    build.add_edge("generate_paragraph", "rewrite_short_term")
    build.add_edge("generate_paragraph", "append_summary")
    build.add_edge(["rewrite_short_term", "append_summary"], "propose_plans")
    add_edges(build, "propose_plans", after_propose_plans, AfterPlans, again)


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
