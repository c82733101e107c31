"""The recurrent graph: ``builder`` to compile with a saver of your own, and graphs for the server and for other agents.

``graph`` asks a person at each step; ``simulated_human`` and ``interactive_fiction`` are the same graph with other
defaults; ``novelist`` (which asks nobody) and ``co_author`` (which asks) speak in messages. Each of the five is
compiled when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..schemas.collecting import collection_put_off

with collection_put_off():
    from .builder import builder, recurrent
    from .cycle import CYCLE, Cycle

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph

    graph: CompiledStateGraph[Any, Any, Any, Any]
    """Asks a person at each step."""
    simulated_human: CompiledStateGraph[Any, Any, Any, Any]
    """Asks nobody: the paper's simulated human picks the plans, for five paragraphs."""
    interactive_fiction: CompiledStateGraph[Any, Any, Any, Any]
    """The person is inside the story, and does something at each step."""
    novelist: CompiledStateGraph[Any, Any, Any, Any]
    """Writes a short story from one message, and asks nobody."""
    co_author: CompiledStateGraph[Any, Any, Any, Any]
    """Speaks in messages, and asks at each step."""

__all__ = [
    "CYCLE",
    "Cycle",
    "builder",
    "co_author",
    "graph",
    "interactive_fiction",
    "novelist",
    "recurrent",
    "simulated_human",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 (a compiled graph)
    """A graph that is compiled when it is first asked for."""
    if name not in __all__:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    with collection_put_off():
        from .assistants import GRAPHS, compiled  # noqa: PLC0415

        return compiled(GRAPHS[name])
