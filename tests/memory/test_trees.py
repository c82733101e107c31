"""Random trees of runs, forks, replays, copies, edits and kills: what a memory gives for any checkpoint is its path.

A graph of one node stands for any LangGraph application with a memory beside the checkpoint. A second account, plain
lists, says what every checkpoint should see.
"""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import START, StateGraph
from qdrant_client import QdrantClient
from typing_extensions import TypedDict

from random_trees import explored
from recurrentgpt.memory import Lineage, LongTermMemory
from recurrentgpt.memory.edge import EdgeStore
from recurrentgpt.memory.served import ServedStore
from tongues import EN

if TYPE_CHECKING:
    from random import Random

    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph

SIZE = 8
OPERATIONS = 100
"""Operations on each random tree."""

Place = Literal["memory", "folder", "sqlite"]


class Kept(TypedDict, total=False):
    """What the one-node application keeps in its checkpoints."""

    lineage: list[list[str | int]]
    text: str


class KilledError(Exception):
    """Stands for the end of the process."""


class Told(NamedTuple):
    """A paragraph as the account has it."""

    text: str
    summary: str


@dataclass
class Application:
    """The graph, where its memory and checkpoints live, and the account of what each checkpoint should see."""

    place: Place
    folder: Path
    dies_after_writing: bool = False
    accounts: dict[tuple[str, str], list[Told]] = field(default_factory=dict)
    heads: list[RunnableConfig] = field(default_factory=list)
    steps: list[tuple[RunnableConfig, list[Told], str]] = field(default_factory=list)
    threads: count[int] = field(default_factory=count)

    def open(self, opened: ExitStack, client: QdrantClient) -> None:
        """Begin a process: open the memory and the checkpoints."""
        store: EdgeStore | ServedStore
        if self.place == "memory":
            store = ServedStore(client, "story", "fake", lambda: SIZE)
        else:
            store = EdgeStore(self.folder / "memory", "story", "fake", lambda: SIZE)
        opened.callback(store.close)
        self.store = store
        self.memory = LongTermMemory(store, DeterministicFakeEmbedding(size=SIZE), EN)
        saver: BaseCheckpointSaver[Any]
        if self.place == "sqlite":
            connection = opened.enter_context(
                closing(sqlite3.connect(self.folder / "checkpoints.sqlite", check_same_thread=False))
            )
            saver = SqliteSaver(connection)
        else:
            self.saver = saver = getattr(self, "saver", None) or InMemorySaver()
        build = StateGraph(Kept)
        build.add_node("append", self._append)
        build.add_edge(START, "append")
        self.graph: CompiledStateGraph[Any, Any, Any, Any] = build.compile(checkpointer=saver)

    def _append(self, state: Kept) -> Kept:
        lineage = Lineage.from_json(state.get("lineage"))
        lineage = self.memory.append(lineage, state["text"], f"of {state['text']}")
        if self.dies_after_writing:
            raise KilledError
        return {"lineage": lineage.to_json()}

    def run(self, at: int, text: str) -> None:
        """Write on from some checkpoint, newest or old: a run, or a fork."""
        before = self._config(at)
        told = self._told(before)
        config = self._thread_of(before)
        self.graph.invoke({"text": text}, config)
        self._note({"configurable": {"thread_id": _thread(config)}}, told, text)

    def replay(self, at: int) -> None:
        """Take some step once more, from the checkpoint before it, with the same text."""
        if not self.steps:
            return
        before, told, text = self.steps[at % len(self.steps)]
        self.graph.invoke(None, before)
        self._note({"configurable": {"thread_id": _thread(before)}}, told, text)

    def copy(self, at: int) -> None:
        """Copy the state of some checkpoint into a thread of its own."""
        before = self._config(at)
        config: RunnableConfig = {"configurable": {"thread_id": f"thread-{next(self.threads)}"}}
        values = self.graph.get_state(before).values
        self._see(self.graph.update_state(config, values, as_node="append"), self._told(before))

    def edit(self, at: int, place: int, text: str, *, summary_only: bool) -> None:
        """Change an earlier paragraph, or its summary only, and put the new path into the checkpoint."""
        before = self._config(at)
        told = self._told(before)
        if not told:
            return
        seq = place % len(told)
        lineage = Lineage.from_json(self.graph.get_state(before).values["lineage"])
        new = told[seq]._replace(summary=text) if summary_only else Told(text, told[seq].summary)
        edited = self.memory.edit(lineage, seq, text=new.text, summary=new.summary)
        config = self.graph.update_state(before, {"lineage": edited.to_json()}, as_node="append")
        self._see(config, [*told[:seq], new, *told[seq + 1 :]])

    def kill(self, at: int, text: str) -> None:
        """Die after the write to the memory and before the checkpoint; the step is then taken again."""
        before = self._config(at)
        told = self._told(before)
        config = self._thread_of(before)
        self.dies_after_writing = True
        with pytest.raises(KilledError):
            self.graph.invoke({"text": text}, config)
        self.dies_after_writing = False
        thread: RunnableConfig = {"configurable": {"thread_id": _thread(config)}}
        self.graph.invoke(None, thread)
        self._note(thread, told, text)

    def check(self) -> None:
        """Every checkpoint sees its path and nothing else; nothing is stored that no path sees, or twice."""
        seen = set()
        for (thread, checkpoint), told in self.accounts.items():
            config: RunnableConfig = {"configurable": {"thread_id": thread, "checkpoint_id": checkpoint}}
            lineage = Lineage.from_json(self.graph.get_state(config).values.get("lineage"))
            assert [Told(entry.text, entry.summary) for entry in self.memory.read(lineage)] == told
            seen.update(lineage.slots())
        assert self.store.count() == len(seen)

    def _config(self, at: int) -> RunnableConfig:
        if not self.heads:
            return {"configurable": {"thread_id": f"thread-{next(self.threads)}"}}
        return self.heads[at % len(self.heads)]

    def _thread_of(self, before: RunnableConfig) -> RunnableConfig:
        """Where to write on: the checkpoint itself (a fork inside its thread where it is not the newest)."""
        if before["configurable"].get("checkpoint_id"):
            return self.graph.update_state(before, None, as_node="append")
        return before

    def _told(self, config: RunnableConfig) -> list[Told]:
        return self.accounts.get((_thread(config), config["configurable"].get("checkpoint_id", "")), [])

    def _note(self, thread: RunnableConfig, told: list[Told], text: str) -> None:
        """A step was taken: the account of its checkpoint, and where it could be taken again from."""
        now = self.graph.get_state(thread)
        assert now.next == ()
        self._see(now.config, [*told, Told(text, f"of {text}")])
        before = now.parent_config
        assert before is not None
        assert self.graph.get_state(before).next == ("append",)
        self.steps.append((before, told, text))

    def _see(self, config: RunnableConfig, told: list[Told]) -> None:
        self.accounts[_thread(config), config["configurable"]["checkpoint_id"]] = told
        self.heads.append(config)


def _thread(config: RunnableConfig) -> str:
    return cast("str", config["configurable"]["thread_id"])


KINDS = ["run", "run", "run", "replay", "copy", "edit", "summary", "kill", "reopen"]
TEXTS = ["Ada wept.", "The ice came. It stayed.", "Ben rowed.", "A ship sank. Nobody saw it."]


@pytest.mark.parametrize("examples", [4, pytest.param(20, marks=pytest.mark.long)])
@pytest.mark.parametrize("place", ["memory", "folder", "sqlite"])
def test_every_checkpoint_sees_its_own_path_and_nothing_is_lost_or_written_twice(place: Place, examples: int) -> None:
    taken = explored(examples, partial(_explore, place))
    assert taken >= examples * OPERATIONS


def _explore(place: Place, chance: Random) -> int:
    """Take random operations over one random tree, and check all of it; gives how many."""
    with TemporaryDirectory() as folder, closing(QdrantClient(":memory:")) as client, ExitStack() as last:
        application = Application(place, Path(folder))
        opened = last.enter_context(ExitStack())
        application.open(opened, client)
        for _ in range(OPERATIONS):
            kind, text = chance.choice(KINDS), chance.choice(TEXTS)
            # Mostly where the story stands, at times anywhere in its past.
            at = -1 if chance.random() < 0.5 else chance.randrange(1000)
            match kind:
                case "run":
                    application.run(at, text)
                case "replay":
                    application.replay(at)
                case "copy":
                    application.copy(at)
                case "edit" | "summary":
                    application.edit(at, chance.randrange(1000), text, summary_only=kind == "summary")
                case "kill":
                    application.kill(at, text)
                case "reopen":
                    opened.close()
                    application.open(opened, client)
        application.check()
    return OPERATIONS
