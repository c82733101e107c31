"""The graphs of the assistants, compiled bare: whoever runs them brings a saver; a server runs :mod:`.served`.

Each is compiled when it is first asked for, so that a program pays for the one that it uses.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from ..schemas.assistants import AUTHOR, CO_AUTHOR, INTERACTIVE_FICTION, NOVELIST, SIMULATED_HUMAN
from .builder import builder, recurrent
from .conversation import in_messages

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph

    from ..schemas.assistants import Assistant

GRAPHS = {
    "graph": AUTHOR,
    "simulated_human": SIMULATED_HUMAN,
    "interactive_fiction": INTERACTIVE_FICTION,
    "novelist": NOVELIST,
    "co_author": CO_AUTHOR,
}
"""The assistant of each graph of the package, by the graph's public name."""


@cache
def compiled(assistant: Assistant) -> CompiledStateGraph[Any, Any, Any, Any]:
    """The graph of one of these assistants; the same one each time.

    Args:
        assistant: one of :data:`GRAPHS`.
    """
    if assistant is AUTHOR:
        return builder.compile(name=assistant.name)
    make: Any = in_messages if assistant.speaks else recurrent
    return make(assistant).compile(name=assistant.name)  # type: ignore[no-any-return]
