"""The graphs of ``langgraph.json``, as an agent server runs them: what goes wrong arrives in our words.

A server passes an error on as JSON. Of a plain exception its MCP and A2A endpoints show the class's name alone, so an
error of ours leaves a run as one that says itself what that JSON is: its sentence, code and values.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import aclosing
from copy import copy
from typing import TYPE_CHECKING, Any, Self, cast

from langgraph.channels import NamedBarrierValue
from langgraph.graph.state import CompiledStateGraph

from ..memory import LongTermMemory, Memories
from ..models import ChatModels
from ..schemas.assistants import AUTHOR, CO_AUTHOR, INTERACTIVE_FICTION, NOVELIST, SIMULATED_HUMAN
from ..schemas.client_keys import is_of_clients
from ..schemas.context import Context, near_setting, read_context
from ..schemas.errors import RecurrentGPTError
from ..schemas.languages import languages
from .assistants import compiled
from .builder import recurrent
from .catalogue import every_gate
from .conversation import in_messages
from .state_words import StateWords, in_order

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from langchain_core.runnables import RunnableConfig

    from ..schemas.assistants import Assistant

__all__ = [
    "ServedError",
    "ServedGraph",
    "co_author",
    "co_author_zh",
    "graph",
    "graph_zh",
    "interactive_fiction",
    "interactive_fiction_zh",
    "novelist",
    "novelist_zh",
    "simulated_human",
    "simulated_human_zh",
]


class ServedError(RuntimeError):
    """An error of ours on its way out of a server.

    Attributes:
        error: what went wrong.
    """

    def __init__(self, error: RecurrentGPTError) -> None:
        super().__init__(str(error))
        self.error = error

    def model_dump(self) -> dict[str, Any]:
        """What the server's JSON of it is: ``error`` is what MCP and A2A show, ``message`` what all others do."""
        return {"error": str(self.error), **self.error.as_data()}


class _Settings(dict[str, Any]):
    """The settings of a form by name; a misspelt name counts as one of them, and so does a client's own key.

    A server leaves out of a run's context what is not in the form, without a word: a misspelt setting is to reach the
    graph, which says what it may mean. And it takes a key of that name out of LangGraph's own ``configurable``.
    """

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or (
            isinstance(name, str) and (is_of_clients(name) or bool(near_setting(name)))
        )


_OF_THE_SERVER = "async"
"""What a server says where a client says nothing."""


class _Awaited(NamedBarrierValue[str]):
    """What a gate waits for that waits for several.

    A server that is asked for a state reads the set of those that are there as a list. LangGraph's own channel then
    fails where some are there (the client gets a 500), and is never satisfied where all are (``next`` is empty).
    """

    def from_checkpoint(self, checkpoint: Any) -> Self:  # noqa: ANN401 (what is kept of it, or that nothing is)
        """The channel as it was kept."""
        return super().from_checkpoint(set(checkpoint) if isinstance(checkpoint, list) else checkpoint)


def _as_a_server_reads(channel: Any) -> Any:  # noqa: ANN401 (a channel or a managed value)
    if type(channel) is not NamedBarrierValue:
        return channel
    awaited = _Awaited(channel.typ, channel.names)
    awaited.key = channel.key
    return awaited


class ServedGraph(CompiledStateGraph[Any, Any, Any, Any]):
    """A compiled graph on a server.

    Attributes:
        words: for the fields of its state, in its assistant's language.
        by_turns: whether a checkpoint is kept for each turn of a conversation, and not for each gate. A chat looks at a
            thread's last few checkpoints to find where a message came from (Agent Chat UI and LangGraph's ``useStream``
            at ten), and a message that is edited is to fork at its turn. A client that asks for ``sync`` has them all.
    """

    def __init__(self, *, words: StateWords, by_turns: bool, **compiled: Any) -> None:  # noqa: ANN401 (of a compiled graph)
        super().__init__(**compiled)
        self.words = words
        self.by_turns = by_turns

    async def astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:  # noqa: ANN401
        """Run it.

        Raises:
            ServedError: an error of ours ended the run.
        """
        try:
            if isinstance(context := kwargs.get("context"), Mapping):
                kwargs["context"] = read_context(context, self.context_schema or Context)
            if self.by_turns and kwargs.get("durability") in (None, _OF_THE_SERVER):
                kwargs["durability"] = "exit"
            stream = cast("AsyncGenerator[Any, None]", super().astream(*args, **kwargs))
            async with aclosing(stream):
                async for part in stream:
                    yield part
        except RecurrentGPTError as error:
            raise ServedError(error) from error

    def get_context_jsonschema(self) -> dict[str, Any] | None:
        """The form of the settings."""
        schema = super().get_context_jsonschema()
        return schema and {**schema, "properties": _Settings(schema["properties"])}

    def get_input_jsonschema(self, config: RunnableConfig | None = None) -> dict[str, Any]:
        """The form of the input."""
        return self.words.schema(super().get_input_jsonschema(config))

    def get_output_jsonschema(self, config: RunnableConfig | None = None) -> dict[str, Any]:
        """What a client sees live."""
        return self.words.schema(super().get_output_jsonschema(config))


def _served(bare: CompiledStateGraph[Any, Any, Any, Any], assistant: Assistant) -> ServedGraph:
    words = StateWords(assistant.language, assistant.story)
    parts = {name: kept for name, kept in vars(bare).items() if name != "__orig_class__"}
    served = ServedGraph(words=words, by_turns=assistant.asks_in_messages, **parts)
    # A server reads the form of the state from the channels.
    shown = in_order(served.stream_channels_list)
    served.channels = {
        **{name: _as_a_server_reads(channel) for name, channel in served.channels.items()},
        **{name: _said(name, served.channels[name], words) for name in shown},
    }
    served.stream_channels = shown
    return served


def _said(name: str, channel: Any, words: StateWords) -> Any:  # noqa: ANN401 (a channel or a managed value)
    """A channel whose type has the words for its field."""
    said = copy(channel)
    said.typ = words.kind(name, channel.typ)
    return said


graph = _served(compiled(AUTHOR), AUTHOR)
simulated_human = _served(compiled(SIMULATED_HUMAN), SIMULATED_HUMAN)
interactive_fiction = _served(compiled(INTERACTIVE_FICTION), INTERACTIVE_FICTION)
novelist = _served(compiled(NOVELIST), NOVELIST)
co_author = _served(compiled(CO_AUTHOR), CO_AUTHOR)


def _in_chinese(assistant: Assistant) -> ServedGraph:
    chinese = assistant.in_language("zh")
    make: Any = in_messages if assistant.speaks else recurrent
    return _served(make(chinese).compile(name=chinese.name), chinese)


graph_zh = _in_chinese(AUTHOR)
simulated_human_zh = _in_chinese(SIMULATED_HUMAN)
interactive_fiction_zh = _in_chinese(INTERACTIVE_FICTION)
novelist_zh = _in_chinese(NOVELIST)
co_author_zh = _in_chinese(CO_AUTHOR)

_FOR_THE_FIRST_RUN = (every_gate(), languages(), ChatModels, LongTermMemory, Memories)
"""What a program has when it is first used. A server has it from the start: on its loop nothing may be read."""
