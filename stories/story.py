"""One story at work: the graph, its checkpoints in SQLite, its long-term memory, and what a client sees of a run.

Every checkpoint is on disk before the next gate begins, so a run that is stopped or killed goes on from its
last finished gate.
"""

from __future__ import annotations

import sqlite3
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from filelock import FileLock, Timeout
from langchain_core.messages import AIMessageChunk
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.types import Command

from ..graph import builder
from ..memory import Entry, Lineage, open_memory
from ..memory.stores import close_store
from ..schemas.errors import StorageError, StoryInUseError
from .card import Card, read_card, write_card

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from langchain_core.runnables import RunnableConfig
    from langgraph.graph.state import CompiledStateGraph
    from langgraph.types import StateSnapshot

    from ..schemas.context import Context
    from ..schemas.state import StoryState

CHECKPOINTS = "checkpoints.sqlite"
THREAD = "main"


@dataclass(frozen=True)
class Text:
    """Story text as the model writes it, a piece at a time."""

    text: str


@dataclass(frozen=True)
class Progress:
    """What a gate says of itself: it begins, asks again, recalled, ends."""

    gate: str
    event: str
    details: dict[str, Any]


@dataclass(frozen=True)
class Done:
    """A gate has finished, and this is what it changed in the state."""

    gate: str
    update: dict[str, Any]


@dataclass(frozen=True)
class Pause:
    """The story waits for a person: what it asks, and under which id."""

    request: dict[str, Any]
    interrupt_id: str


Event = Text | Progress | Done | Pause


@dataclass(frozen=True)
class Reply:
    """A person's answer to a pause. Sent twice, it counts once."""

    answer: object
    interrupt_id: str


class Story:
    """An open story. Made by :func:`open_story`."""

    def __init__(self, folder: Path, card: Card, graph: CompiledStateGraph[Any, Context, Any, Any]) -> None:
        self.card = card
        self._folder = folder
        self._graph = graph
        self._config: RunnableConfig = {"configurable": {"thread_id": THREAD}}

    async def run(self, context: Context, reply: Reply | None = None) -> AsyncIterator[Event]:
        """Go on until the next pause, or, where nobody is asked, to the end of one step.

        Args:
            context: the settings of this run.
            reply: a person's answer to the pause it stands at.

        Yields:
            What happens, as it happens.
        """
        async for event in self._graph_events(context, await self._input(reply)):
            if isinstance(event, Done):
                self._note(event, context)
            yield event

    async def state(self) -> StoryState:
        """The story's state as it is on disk; empty before it has begun."""
        return cast("StoryState", (await self._snapshot()).values)

    async def pause(self) -> Pause | None:
        """The question the story waits with, if it does."""
        waiting = (await self._snapshot()).interrupts
        return Pause(waiting[0].value, waiting[0].id) if waiting else None

    async def is_finished(self) -> bool:
        """Whether the graph has come to its end: the story was told to stop, or has its length."""
        snapshot = await self._snapshot()
        return bool(snapshot.values) and not snapshot.next

    async def manuscript(self) -> list[Entry]:
        """Every paragraph of the story, in order."""
        state = await self.state()
        return read_manuscript(self.card, state.get("lineage"))

    async def _input(self, reply: Reply | None) -> object:
        if reply is not None:
            return Command(resume={reply.interrupt_id: reply.answer})
        snapshot = await self._snapshot()
        if snapshot.next:
            return None
        if snapshot.values:
            return {}
        return {**self.card.begun_from.model_dump(), "story_id": self.card.story_id}

    async def _graph_events(self, context: Context, given: object) -> AsyncIterator[Event]:
        stream = self._graph.astream(
            given,
            self._config,
            context=context,
            stream_mode=["messages", "custom", "updates"],
            durability="sync",
            interrupt_before=[] if context.plan_selection == "human" else ["select_plan"],
        )
        with _storage_errors(self._folder):
            async for mode, data in stream:
                for event in _read(mode, data):
                    yield event

    async def _snapshot(self) -> StateSnapshot:
        with _storage_errors(self._folder):
            return await self._graph.aget_state(self._config)

    def _note(self, done: Done, context: Context) -> None:
        """Keep the card in step with what a gate has changed."""
        changes: dict[str, Any] = {}
        if "title" in done.update:
            changes["title"] = done.update["title"]
        if "lineage" in done.update:
            changes["paragraphs"] = Lineage.from_json(done.update["lineage"]).length
        if changes or context != self.card.context:
            self.card = self.card.model_copy(update={**changes, "context": context, "written": datetime.now(UTC)})
            write_card(self._folder, self.card)


@asynccontextmanager
async def open_story(folder: Path) -> AsyncIterator[Story]:
    """Open the story in a folder for the length of an ``async with`` block; no other process can meanwhile.

    Raises:
        StoryInUseError: another process has it open.
        StorageError: its checkpoints cannot be read or written.
    """
    card = read_card(folder)
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        msg = f"The story '{card.name}' ({card.story_id}) is open in another process: end that one first."
        raise StoryInUseError(msg) from error
    except OSError as error:
        raise _unusable(folder, error) from error
    try:
        with _storage_errors(folder):
            async with AsyncSqliteSaver.from_conn_string(str(folder / CHECKPOINTS)) as saver:
                yield Story(folder, card, builder.compile(checkpointer=saver, name="RecurrentGPT"))
    finally:
        close_store(card.story_id)
        lock.release()


def read_manuscript(card: Card, lineage: object) -> list[Entry]:
    """Every paragraph that a lineage sees, in order."""
    path = Lineage.from_json(lineage)
    if not path:
        return []
    with open_memory(card.story_id, card.begun_from.language) as memory:
        return memory.read(path)


@contextmanager
def _storage_errors(folder: Path) -> Iterator[None]:
    """What SQLite refuses, in one sentence."""
    try:
        yield
    except sqlite3.Error as error:
        raise _unusable(folder, error) from error


def _unusable(folder: Path, error: Exception) -> StorageError:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return StorageError(
        f"The story in '{folder}' cannot be read or written ({reason or error}): "
        "make room or put that right, then resume; what was finished is kept."
    )


def _read(mode: str, data: Any) -> list[Event]:  # noqa: ANN401 (LangGraph's streams are untyped)
    if mode == "messages":
        chunk, metadata = data
        if isinstance(chunk, AIMessageChunk) and "prose" in metadata.get("tags", []) and chunk.text:
            return [Text(chunk.text)]
        return []
    if mode == "custom":
        details = {key: value for key, value in data.items() if key not in ("gate", "event")}
        return [Progress(data["gate"], data["event"], details)]
    events: list[Event] = []
    for name, update in data.items():
        if name != "__interrupt__":
            events.append(Done(name, update or {}))
        elif update:
            events.append(Pause(update[0].value, update[0].id))
    return events
