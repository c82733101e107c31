"""The recurrent graph of an assistant. Flat: no inner graph, so any checkpoint can be re-run alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langgraph.graph import START, StateGraph

from ..nodes import open_story
from ..schemas.assistants import AUTHOR, Assistant
from ..schemas.state import output_of
from .cycle import CYCLE, Cycle
from .studio import context_schema

if TYPE_CHECKING:
    from ..nodes.resources import Resources
    from ..schemas.context import Context
    from ..schemas.state import StoryOutput, StoryState
    from ..schemas.story_input import StoryInput


def recurrent(
    assistant: Assistant = AUTHOR, resources: Resources | None = None, cycle: Cycle = CYCLE
) -> StateGraph[StoryState, Context, StoryInput, StoryOutput]:
    """The recurrent graph, to be compiled.

    Args:
        assistant: whose defaults hold where a run says nothing.
        resources: where models and memories come from; by default what the environment says.
        cycle: its gates.
    """
    build = StateGraph(
        cycle.state,
        context_schema=context_schema(assistant, cycle.gates),
        input_schema=assistant.story,
        output_schema=output_of(cycle.state),
    )
    cycle.add_to(build, assistant, resources)
    build.add_edge(START, open_story.name)
    return build


builder = recurrent()
"""The graph that asks a person at each step, to be compiled with a saver of your own."""
