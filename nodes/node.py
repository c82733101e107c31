"""A gate as a node of the graph."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from langchain_core.runnables import Runnable
from langgraph.runtime import get_runtime

from ..prompts.own import check_own
from ..schemas.assistants import AUTHOR, Assistant
from ..schemas.context import Context, read_context
from ..schemas.errors import SettingsError
from ..schemas.state import StoryState
from .budget import check_budget
from .calls import HERE, ON_THE_LOOP, run_here
from .gate import Gate, Update
from .resources import default_resources
from .turn import Surroundings, Turn

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from langchain_core.runnables import RunnableConfig

    from ..prompts import PromptSpec
    from .calls import Calls
    from .resources import Resources

S = TypeVar("S", bound=StoryState)
Said = Callable[[Any, Update, Turn], Update]
"""What a gate's work changes in a conversation."""


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
    """A gate as a node, sync and async. LangGraph traces it.

    A ``RunnableLambda`` would trace it once more, and look up its functions' signatures at every call: a fifth of the
    processor's time that a step costs besides model and embedding (``benchmarks/stories_at_once.py``).
    """

    def __init__(  # noqa: PLR0913, PLR0917 (what a node is made of)
        self,
        gate: Gate[S],
        assistant: Assistant,
        resources: Resources | None,
        prompts: Callable[[], Iterable[PromptSpec]],
        gates: Callable[[], Iterable[str]],
        said: Said | None,
    ) -> None:
        self.name = gate.name
        self._all_gates = gates
        self._all_prompts = prompts
        self._gate = gate
        self._said = said
        self._assistant = assistant
        self._resources = resources

    @cached_property
    def _prompts(self) -> dict[str, PromptSpec]:
        return {spec.name: spec for spec in self._all_prompts()}

    @cached_property
    def _gates(self) -> tuple[str, ...]:
        return tuple(self._all_gates())

    def invoke(self, input: S, config: RunnableConfig | None = None, **_: Any) -> Update:  # noqa: A002, ANN401, ARG002
        """Run the gate in this thread, to its end."""
        return run_here(self._run(input, HERE))

    async def ainvoke(self, input: S, config: RunnableConfig | None = None, **_: Any) -> Update:  # noqa: A002, ANN401, ARG002
        """Run the gate on the event loop."""
        return await self._run(input, ON_THE_LOOP)

    async def _run(self, state: S, calls: Calls) -> Update:
        context = read_context(get_runtime(Context).context, self._assistant.context)
        if self._prompts:
            check_own(context.prompts, self._prompts)
        if self._gates:
            check_gates(context, self._gates)
        around = Surroundings(self._assistant, calls, self._resources or default_resources())
        record = self._gate.record
        turn = Turn(self._gate.name, context, state, around, helps=not record.writes_prose)
        check_budget(turn.context)
        turn.emit("begin", step=state.get("step", 0), model=turn.who if record.asks_a_model else "")
        embedder = around.resources.memories.embedder
        if record.asks_a_model and not embedder.is_tried:
            # Whatever a model answers is kept with its vectors: without them the answer would be paid for and lost.
            await calls.work(embedder.size)
        update = turn.with_usage(await self._gate(state, turn))
        return {**update, **self._said(state, update, turn)} if self._said else update


def as_node(  # noqa: PLR0913, PLR0917 (what a node is made of)
    gate: Gate[S],
    assistant: Assistant = AUTHOR,
    resources: Resources | None = None,
    prompts: Callable[[], Iterable[PromptSpec]] = tuple,
    gates: Callable[[], Iterable[str]] = tuple,
    said: Said | None = None,
) -> Runnable[S, Update]:
    """A node of the graph, sync and async, with the gate's name.

    Args:
        gate: the gate.
        assistant: whose defaults hold where a run says nothing.
        resources: where models and memories come from; by default what the environment says.
        prompts: gives all that can be replaced, so that one of a run's own that is broken, or none of these, is
            refused before anything was paid for. Looked up at the first run.
        gates: gives the names of all that can have a model of their own, for the same reason.
        said: what else the node changes in a conversation, by the state, the gate's update and its turn.
    """
    return _Node(gate, assistant, resources, prompts, gates, said)


def check_gates(context: Context, gates: Collection[str]) -> None:
    """See that models of gates' own are those of gates that there are.

    Raises:
        SettingsError: one is not.
    """
    for name in context.gate_models:
        if name not in gates:
            raise SettingsError("no_gate", name=name, known=sorted(gates))
