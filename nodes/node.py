"""A gate's body as a node of the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from langchain_core.runnables import Runnable
from langgraph.runtime import get_runtime

from ..schemas.assistants import AUTHOR, Assistant
from ..schemas.context import Context, read_context
from ..schemas.state import StoryState
from .effects import adrive, drive
from .gate import Gate, Update

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.runnables import RunnableConfig

    from .effects import Steps

S = TypeVar("S", bound=StoryState)


class Inline(Runnable[Any, Any]):
    """A quick function, run where it is called.

    LangGraph and LangChain would run a plain one in a thread, and look up its signature at every call.
    """

    def __init__(self, function: Callable[[Any], Any]) -> None:
        """A function that blocks nobody; its name is the ``Runnable``'s."""
        self.name = function.__name__
        self._function = function

    def invoke(self, input: Any, config: RunnableConfig | None = None, **_: Any) -> Any:  # noqa: A002, ANN401, ARG002
        """Call it."""
        return self._function(input)

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **_: Any) -> Any:  # noqa: A002, ANN401, ARG002
        """Call it."""
        return self._function(input)


class _Node(Runnable[S, Update]):
    """A node, sync and async. LangGraph traces it.

    A ``RunnableLambda`` would trace it once more, and look up its functions' signatures at every call: a fifth of the
    processor's time that a step costs besides model and embedding (``benchmarks/stories_at_once.py``).
    """

    def __init__(self, body: Callable[[S, Gate], Steps[Update]], assistant: Assistant) -> None:
        self.name = body.__name__
        self._body = body
        self._assistant = assistant

    def invoke(self, input: S, config: RunnableConfig | None = None, **_: Any) -> Update:  # noqa: A002, ANN401, ARG002
        """Run the gate in this thread."""
        gate = self._begin(input)
        return gate.close(drive(self._body(input, gate)))

    async def ainvoke(self, input: S, config: RunnableConfig | None = None, **_: Any) -> Update:  # noqa: A002, ANN401, ARG002
        """Run the gate on the event loop."""
        gate = self._begin(input)
        return gate.close(await adrive(self._body(input, gate)))

    def _begin(self, state: S) -> Gate:
        context = read_context(get_runtime(Context).context, self._assistant.context)
        gate = Gate(str(self.name), context, state, self._assistant)
        gate.report("begin", step=state.get("step", 0))
        return gate


def as_node(body: Callable[[S, Gate], Steps[Update]], assistant: Assistant = AUTHOR) -> Runnable[S, Update]:
    """A node of the graph, sync and async, from a gate's body. Its name is the body's.

    Args:
        body: the gate.
        assistant: whose defaults hold where a run says nothing.
    """
    return _Node(body, assistant)
