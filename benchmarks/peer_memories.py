"""Other projects' memories, each used as its own documentation says, with recorded answers in its model's place.

None of them is a dependency: a peer that is not installed is left out, and said. Nothing of theirs is in this file but
calls of their public interface.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import Field

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Sequence
    from pathlib import Path

    from langchain_core.embeddings import Embeddings
    from langchain_core.messages import BaseMessage

_BOOK = "book"
_SIZE = 384


class Memory(NamedTuple):
    """A sentence to keep, and whom or what it is about."""

    text: str
    about: tuple[str, ...] = ()


class Found(NamedTuple):
    """What a search gave back, and whether the peer itself says that it is over."""

    text: str
    over: bool = False


class Peer(ABC):
    """A memory of another project.

    Attributes:
        name: what it is called, with its version.
        keeps_passages: whether it also keeps a text as it is, and finds it by its meaning.
    """

    name: str
    keeps_passages = True

    @abstractmethod
    def __init__(self, folder: Path, embeddings: Embeddings) -> None:
        """An empty one, in a folder, with vectors of this project's embedder."""

    @abstractmethod
    def learn(self, passage: str, memories: Sequence[Memory], over: Sequence[str]) -> None:
        """Be told a passage; its model answers that these are to be kept of it, and that these hold no longer."""

    @abstractmethod
    def keep(self, text: str) -> None:
        """Keep a text as it is, without a model."""

    @abstractmethod
    def search(self, question: str, most: int | None = None) -> list[Found]:
        """What it finds, best first: as many as it gives by default, or at most so many."""

    @abstractmethod
    def remember(self) -> None:
        """Take all that is there now as what :meth:`forget` goes back to."""

    @abstractmethod
    def forget(self) -> None:
        """Forget what was learnt since :meth:`remember`."""


class RecordedAnswers(BaseChatModel):
    """A chat model that says of a passage what is to be kept, in the form that each peer asks for.

    Attributes:
        memories: what is to be kept.
        over: what holds no longer.
        as_tools: whether the peer wants calls of its tools, and else JSON.
    """

    memories: list[Memory] = Field(default_factory=list)
    over: list[str] = Field(default_factory=list)
    as_tools: bool = False

    @property
    def _llm_type(self) -> str:
        return "recorded"

    def bind_tools(self, *_: Any, **__: Any) -> Any:  # noqa: ANN401 (LangChain's)
        """Answer with calls, whichever tools there are."""
        return self.bind()

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:  # noqa: ANN401
        if not self.as_tools:
            said = json.dumps({"memory": [{"text": memory.text} for memory in self.memories]})
            return ChatResult(generations=[ChatGeneration(message=AIMessage(said))])
        calls = [_call("Memory", content=memory.text) for memory in self.memories]
        shown = "\n".join(message.text for message in messages)
        calls += [_call("RemoveDoc", json_doc_id=name) for name in _shown_as(shown, self.over)]
        return ChatResult(generations=[ChatGeneration(message=AIMessage("", tool_calls=calls))])


def _call(name: str, **arguments: str) -> Any:  # noqa: ANN401 (LangChain's ToolCall)
    return {"name": name, "args": arguments, "id": uuid4().hex}


def _shown_as(prompt: str, over: Iterable[str]) -> list[str]:
    """The ids of the documents that a prompt of LangMem's shows and that hold no longer."""
    documents = re.findall(r"<instance id=(\S+?)[ >].*?</instance>", prompt, re.DOTALL)
    texts = re.findall(r"<instance id=\S+?[ >](.*?)</instance>", prompt, re.DOTALL)
    gone = [repr(text)[1:-1] for text in over]
    shown = zip(documents, texts, strict=True)
    return list(dict.fromkeys(name for name, text in shown if any(said in text for said in gone)))


class Mem0(Peer):
    """Mem0's open-source ``Memory``, with Qdrant on a folder and its default search."""

    def __init__(self, folder: Path, embeddings: Embeddings) -> None:
        os.environ["MEM0_TELEMETRY"] = "False"
        os.environ["MEM0_DIR"] = str(folder)
        from mem0 import Memory as OpenMemory  # noqa: PLC0415 (only where it is installed)

        self.name = _named("mem0ai", "Mem0")
        self._model = RecordedAnswers()
        self._memory: Any = OpenMemory.from_config(
            {
                "vector_store": {
                    "provider": "qdrant",
                    "config": {"path": str(folder / "qdrant"), "embedding_model_dims": _SIZE, "collection_name": _BOOK},
                },
                "llm": {"provider": "langchain", "config": {"model": self._model}},
                "embedder": {"provider": "langchain", "config": {"model": embeddings}},
                "history_db_path": str(folder / "history.db"),
            }
        )
        self._remembered = 0

    @property
    def _run(self) -> str:
        """What comes after each time that it was to remember is a run of its own."""
        return f"after-{self._remembered}"

    def learn(self, passage: str, memories: Sequence[Memory], over: Sequence[str]) -> None:
        """Its own extraction only adds: what is over stays."""
        self._model.memories, self._model.over = list(memories), list(over)
        self._memory.add([{"role": "user", "content": passage}], user_id=_BOOK, run_id=self._run)

    def keep(self, text: str) -> None:
        """Keep it with ``infer=False``."""
        self._memory.add(text, user_id=_BOOK, run_id=self._run, infer=False)

    def search(self, question: str, most: int | None = None) -> list[Found]:
        """Search the whole book."""
        more = {} if most is None else {"top_k": most}
        found = self._memory.search(question, filters={"user_id": _BOOK}, **more)
        return [Found(hit["memory"]) for hit in found["results"]]

    def remember(self) -> None:
        """Begin another run."""
        self._remembered += 1

    def forget(self) -> None:
        """Delete this run, by its documented call."""
        self._memory.delete_all(user_id=_BOOK, run_id=self._run)


class LangMem(Peer):
    """LangMem's memory store manager, with deletes, over LangGraph's store in memory."""

    def __init__(self, folder: Path, embeddings: Embeddings) -> None:
        from langgraph.store.memory import InMemoryStore  # noqa: PLC0415
        from langmem import create_memory_store_manager  # noqa: PLC0415

        self.name = _named("langmem", "LangMem")
        self.folder = folder
        self._model = RecordedAnswers(as_tools=True)
        self._store = InMemoryStore(index={"dims": _SIZE, "embed": embeddings})
        self._manager: Any = create_memory_store_manager(
            self._model, namespace=(_BOOK,), store=self._store, enable_deletes=True
        )
        self._kept: dict[str, Any] = {}

    def learn(self, passage: str, memories: Sequence[Memory], over: Sequence[str]) -> None:
        """It shows its model what its search finds, and does what that says."""
        self._model.memories, self._model.over = list(memories), list(over)
        self._manager.invoke({"messages": [{"role": "user", "content": passage}]})

    def keep(self, text: str) -> None:
        """Put it into the store, as its manager would."""
        self._store.put((_BOOK,), uuid4().hex, {"kind": "Memory", "content": {"content": text}})

    def search(self, question: str, most: int | None = None) -> list[Found]:
        """Search the namespace."""
        more = {} if most is None else {"limit": most}
        return [Found(hit.value.content) for hit in self._manager.search(query=question, **more)]

    def remember(self) -> None:
        """All that is in the store."""
        self._kept = self._everything()

    def forget(self) -> None:
        """Take out what is new, and put back what was taken out or written anew."""
        now = self._everything()
        for key in now.keys() - self._kept.keys():
            self._store.delete((_BOOK,), key)
        for key, value in self._kept.items():
            if now.get(key) != value:
                self._store.put((_BOOK,), key, value)

    def _everything(self) -> dict[str, Any]:
        return {item.key: item.value for item in self._store.search((_BOOK,), limit=100_000)}


class Graphiti(Peer):
    """Graphiti's graph, in an embedded Kuzu: a fact is an edge between two of those whom it is about."""

    keeps_passages = False

    def __init__(self, folder: Path, embeddings: Embeddings) -> None:
        os.environ["GRAPHITI_TELEMETRY_ENABLED"] = "false"
        from graphiti_core.edges import EntityEdge  # noqa: PLC0415
        from graphiti_core.nodes import EntityNode  # noqa: PLC0415

        from graphiti_parts import opened  # noqa: PLC0415 (it imports the peer)

        self.name = _named("graphiti-core", "Graphiti")
        self._loop = asyncio.new_event_loop()
        self._model, self._graph = self._run(opened(folder / "graph.kuzu", embeddings))
        self._edge, self._node = EntityEdge, EntityNode
        self._nodes: dict[str, Any] = {}
        self._day = datetime(2026, 1, 1, tzinfo=UTC)
        self._later: list[str] | None = None

    def learn(self, passage: str, memories: Sequence[Memory], over: Sequence[str]) -> None:
        """Each fact is a triplet; the passage itself, which its search of facts does not read, is left out."""
        del passage
        self._day += timedelta(days=1)
        self._model.over = list(over)
        for memory in memories:
            ends = [self._named_node(name) for name in (*memory.about, "the story", "the world")[:2]]
            edge = self._edge(
                group_id=_BOOK,
                source_node_uuid=ends[0].uuid,
                target_node_uuid=ends[1].uuid,
                created_at=self._day,
                valid_at=self._day,
                name="FACT",
                fact=memory.text,
            )
            made = self._run(self._graph.add_triplet(ends[0], edge, ends[1]))
            if self._later is not None:
                self._later.extend(one.uuid for one in made.edges if one.fact == memory.text)

    def keep(self, text: str) -> None:
        """It has no such call: an episode goes through its model, and its search by meaning is of facts."""
        raise NotImplementedError(text)

    def search(self, question: str, most: int | None = None) -> list[Found]:
        """Search the facts; one that was invalidated says until when it held."""
        more = {} if most is None else {"num_results": most}
        found = self._run(self._graph.search(question, group_ids=[_BOOK], **more))
        return [Found(edge.fact, over=edge.invalid_at is not None) for edge in found]

    def remember(self) -> None:
        """Which facts come from now on."""
        self._later = []

    def forget(self) -> None:
        """Delete these."""
        self._run(self._edge.delete_by_uuids(self._graph.driver, self._later or []))
        self._later = []

    def _named_node(self, name: str) -> Any:  # noqa: ANN401 (the peer's)
        """The node of a name: the recorded answers already call each by one name."""
        if name not in self._nodes:
            node = self._node(name=name, group_id=_BOOK)
            self._run(node.generate_name_embedding(self._graph.embedder))
            self._run(node.save(self._graph.driver))
            self._nodes[name] = node
        return self._nodes[name]

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401
        return self._loop.run_until_complete(work)


PEERS: dict[str, type[Peer]] = {"mem0": Mem0, "langmem": LangMem, "graphiti": Graphiti}


def _named(package: str, name: str) -> str:
    from importlib.metadata import version  # noqa: PLC0415

    return f"{name} {version(package)}"
