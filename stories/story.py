"""One story at work: the graph, its checkpoints in SQLite, its long-term memory, and what a client sees of a run.

Every checkpoint is on disk before the next gate begins, so a run that is stopped or killed goes on from its
last finished gate.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

from langgraph.types import Command

from ..graph.cycle import AT_THE_PAUSE, BEFORE_THE_PAUSE, is_between_steps, is_finished, not_yet_remembered
from ..memory import Lineage
from ..schemas.assistants import AUTHOR
from ..schemas.errors import StoryStateError
from ..schemas.ledger import threads_of
from . import ending, fact_edits, known, late_facts, synopsis, table
from .aliases import Aliases
from .checkpoints import storage_errors
from .codex import Codex
from .contents import Lengths
from .events import Done, Pause, read_stream
from .importing import check_not_read_into
from .paragraphs import as_of, place_of
from .record import DERIVED, write_record

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from langchain_core.callbacks import BaseCallbackHandler
    from langchain_core.runnables import RunnableConfig
    from langgraph.graph.state import CompiledStateGraph
    from langgraph.types import StateSnapshot

    from ..memory import Entry, LongTermMemory, Recalled
    from ..schemas.context import Context
    from ..schemas.facts import FactHistory, FactState
    from ..schemas.ledger import Thread
    from ..schemas.spans import Told
    from ..schemas.state import StoryState
    from .checkpoints import Checkpoints
    from .events import Event, Reply
    from .late_facts import FactsCost, FactsMade
    from .library import Library
    from .record import StoryRecord

T = TypeVar("T")


@dataclass(frozen=True)
class Standing:
    """How a branch of a story stands.

    Attributes:
        state: its state; empty before it has begun.
        is_between_steps: whether it is at its pause, or at its end.
        is_finished: whether it has come to its end.
        not_yet_remembered: passages that are written, and that the long-term memory does not have yet.
    """

    state: StoryState
    is_between_steps: bool
    is_finished: bool
    not_yet_remembered: tuple[str, ...]


class Story:
    """An open story, where its current branch stands. Made by :meth:`Library.open`.

    Attributes:
        record: what the shelf shows of it; its ``branch`` is where this story is.
        folder: where it lives.
        graph: the graph with the story's checkpoints.
        aliases: the names that are one's: which are proposed, which a person joined.
        lengths: how long its passages are, as its language counts.
        codex: who and what is in it, made of its facts, and what a person says of them.
        carried: what its card carries from elsewhere besides text, until somebody says what of it is to act.
    """

    def __init__(self, library: Library, record: StoryRecord, checkpoints: Checkpoints) -> None:
        self.library = library
        self.record = record
        self.folder = library.folder(record)
        self.checkpoints = checkpoints
        self.graph: CompiledStateGraph[Any, Context, Any, Any] = library.builder.compile(
            checkpointer=checkpoints.saver, name=AUTHOR.name
        )
        self.aliases = Aliases(self)
        self.lengths = Lengths(self)
        self.codex = Codex(self)
        self.carried = known.carried(library.home, record)

    @property
    def config(self) -> RunnableConfig:
        """The thread of the current branch."""
        return self.checkpoints.thread(self.record.branch)

    @property
    def before(self) -> Lineage:
        """The path of the book before this one; empty where there is none."""
        return self.record.before

    @property
    def title_before(self) -> str:
        """The title of the book before this one; empty where there is none."""
        before = self.record.begun_from.before
        return before.title if before else ""

    def update_record(self, **changes: Any) -> None:  # noqa: ANN401 (fields of the card)
        """Keep changes of the card.

        Raises:
            StoryStateError: they are of settings, and nobody said yet whether those that it carries are to act here.
        """
        self.check_in_place()
        if "context" in changes:
            known.check_decided(self)
            known.note(self.library.home, self.record.model_copy(update=changes))
        before, self.record = self.record, self.record.model_copy(update=changes)
        changed = {name for name in changes if getattr(before, name) != getattr(self.record, name)}
        write_record(self.folder, self.record, may_be_older=changed <= DERIVED)

    async def run(
        self,
        context: Context,
        reply: Reply | None = None,
        *,
        branch: str = "",
        callbacks: Sequence[BaseCallbackHandler] = (),
    ) -> AsyncIterator[Event]:
        """Go on until the next pause, or, where nobody is asked, to the end of one step.

        Args:
            context: the settings of this run.
            reply: a person's answer to the pause it stands at.
            branch: which branch goes on; the current one, if none is named. Several can at once.
            callbacks: LangChain's handlers that see the run's model calls.

        Yields:
            What happens, as it happens.
        """
        self.check_may_act()
        branch = branch or self.record.branch
        thread: RunnableConfig = {**self.checkpoints.thread(branch), "callbacks": list(callbacks)}
        async for event in self._graph_events(context, await self._input(reply, branch), thread):
            if isinstance(event, Done):
                self._note(event, context, branch)
            yield event
        await synopsis.note(self, branch)

    def check_may_act(self) -> None:
        """See that the story's settings may act here, before a model is asked: see :func:`.known.check_may_act`."""
        known.check_may_act(self)

    def check_in_place(self) -> None:
        """See that the story's folder is where it was opened.

        Raises:
            StorageError: it was moved or removed meanwhile.
        """
        self.library.resources.memories.folder(self.record.story_id)

    async def state(self, branch: str = "") -> StoryState:
        """A branch's state as it is on disk (the current one's, if none is named); empty before it has begun."""
        return cast("StoryState", (await self.snapshot(branch)).values)

    async def pause(self, branch: str = "") -> Pause | None:
        """The question a branch (the current one, if none is named) waits with, if it does."""
        waiting = (await self.snapshot(branch)).interrupts
        return Pause(waiting[0].value, waiting[0].id) if waiting else None

    async def standing(self, branch: str = "") -> Standing:
        """How a branch stands; the current one, if none is named."""
        snapshot = await self.snapshot(branch)
        return Standing(
            state=cast("StoryState", snapshot.values),
            is_between_steps=is_between_steps(snapshot),
            is_finished=is_finished(snapshot),
            not_yet_remembered=tuple(not_yet_remembered(snapshot)),
        )

    async def is_finished(self, branch: str = "") -> bool:
        """Whether the graph has come to its end: the story was told to stop, or has its length."""
        return is_finished(await self.snapshot(branch))

    async def manuscript(self, first: int = 0) -> list[Entry]:
        """Every paragraph of the story from the place ``first`` (from 0) on, in order."""
        return await self.entries(await self._path(), first)

    async def entries(self, lineage: Lineage, first: int = 0) -> list[Entry]:
        """The paragraphs of a path from the place ``first`` (from 0) on, in order."""
        if not lineage:
            return []
        return await self.remember(lambda memory: memory.read(lineage, first))

    async def facts(self, at: int | None = None, branch: str = "") -> FactHistory:
        """Every fact of a branch, and what became of it; a place below 0 is in the book before this one.

        Args:
            at: after how many passages; ``None``: after all that there are.
            branch: which branch; the current one, if none is named.

        Raises:
            StoryStateError: the branch has fewer passages.
            MemoryUnavailableError: some of them are gone.
        """
        lineage, before = await self._path(at, branch), self.before
        found = await self.remember(lambda memory: memory.history(lineage.after(before)))
        return found.moved(before.length)

    async def synopsis(self, at: int | None = None, branch: str = "") -> list[Told]:
        """The book so far, in few parts however long it is, as of a passage and along a branch as in `facts`.

        First the synopses, the coarsest before all, then the summaries of what comes after them.
        """
        return await synopsis.synopsis_of(self, at, branch)

    async def _path(self, at: int | None = None, branch: str = "") -> Lineage:
        """The path of a branch after so many passages; by default all of the current one's.

        Raises:
            StoryStateError: the branch has fewer.
        """
        return as_of(Lineage.from_json((await self.state(branch)).get("lineage")), at)

    async def threads(self, at: int | None = None, branch: str = "") -> list[Thread]:
        """The open questions and promises, and what became of each, as of a passage and along a branch as in `facts`.

        Those that are not settled come first.
        """
        standing = await self.standing(branch)
        whole = Lineage.from_json(standing.state.get("lineage"))
        lineage, before = as_of(whole, at), self.before
        states = await self.remember(lambda memory: memory.facts.threads(lineage.after(before)))
        found = [state.moved(before.length) for state in states]
        return threads_of(found, is_finished=standing.is_finished and lineage == whole)

    async def holding(self, most: int | None = None) -> list[FactState]:
        """What is so in the current branch, the newest first: its facts that hold, threads left out.

        Args:
            most: how many; ``None``: all. So many are found without a look at the whole story.
        """
        lineage, before = await self._path(), self.before
        found = await self.remember(lambda memory: memory.holding(lineage.after(before), most))
        return [state.moved(before.length) for state in found]

    async def cost_of_facts(self, context: Context) -> FactsCost:
        """About what it takes to make the facts that are missing: see :func:`.late_facts.cost_of_facts`."""
        return await late_facts.cost_of_facts(self, context)

    def build_facts(self, context: Context) -> AsyncIterator[FactsMade]:
        """Make the facts that are missing, passage by passage: see :func:`.late_facts.build_facts`."""
        return late_facts.build_facts(self, context)

    async def add_fact(
        self,
        text: str,
        subjects: Sequence[str] = (),
        *,
        at: int | None = None,
        known_by: Sequence[str] = (),
        is_open: bool = False,
    ) -> str:
        """Say what is so; gives the fact's id: see :func:`.fact_edits.add_fact`."""
        return await fact_edits.add_fact(self, text, subjects, at=at, known_by=known_by, is_open=is_open)

    async def end_fact(self, fact: str, *, at: int | None = None) -> None:
        """Let a fact hold no longer from a paragraph on: see :func:`.fact_edits.end_fact`."""
        await fact_edits.end_fact(self, fact, at=at)

    async def restore_fact(self, fact: str) -> None:
        """Take the end of a fact back: see :func:`.fact_edits.restore_fact`."""
        await fact_edits.restore_fact(self, fact)

    async def edit_fact(
        self,
        fact: str,
        *,
        text: str | None = None,
        subjects: Sequence[str] | None = None,
        known_by: Sequence[str] | None = None,
    ) -> None:
        """Put a fact right, or, with an empty text, take it out: see :func:`.fact_edits.edit_fact`."""
        await fact_edits.edit_fact(self, fact, text=text, subjects=subjects, known_by=known_by)

    async def pin_fact(self, fact: str) -> None:
        """Let every prompt to come tell a fact as long as it holds: see :func:`.fact_edits.pin_fact`."""
        await fact_edits.pin_fact(self, fact)

    async def unpin_fact(self, fact: str) -> None:
        """Let a fact be told where a step is about it: see :func:`.fact_edits.unpin_fact`."""
        await fact_edits.unpin_fact(self, fact)

    async def remember(self, use: Callable[[LongTermMemory], T]) -> T:
        """What ``use`` makes of the story's long-term memory, in a thread: it blocks."""

        def work() -> T:
            with self.library.resources.memories.open(self.record.story_id, self.record.language) as memory:
                return use(memory)

        return await asyncio.to_thread(work)

    async def search(self, question: str, limit: int) -> list[Recalled]:
        """What the long-term memory of the current branch leads to from a question, as the writer's recall does.

        A place below 0 is in the book before this one.
        """
        lineage, before = await self._path(), self.before
        found = await self.remember(lambda memory: memory.recall(lineage.after(before), [question], limit))
        return [replace(hit, place=hit.place - before.length) for hit in found]

    async def entry(self, paragraph: int) -> Entry:
        """One paragraph of the current branch, counted from 1.

        Raises:
            StoryStateError: there is none of that number.
        """
        lineage = await self._path()
        return (await self.entries(lineage.cut(paragraph), place_of(paragraph, lineage)))[0]

    async def state_between_steps(self) -> StoryState:
        """The state, if the story stands between two steps.

        Raises:
            StoryStateError: a step is under way, the story has not begun, or a manuscript is being read into it.
        """
        check_not_read_into(self)
        snapshot = await self.snapshot()
        if not is_between_steps(snapshot):
            raise StoryStateError("story_unsettled", story_id=self.record.story_id)
        return cast("StoryState", snapshot.values)

    async def change(self, values: Mapping[str, Any], branch: str = "", as_node: str = AT_THE_PAUSE) -> None:
        """Put values into the state of a branch (the current one, if none is named), as if a gate had."""
        self.check_in_place()
        values = {**values, **await table.following(self, values, branch)}
        with storage_errors(self.folder):
            thread = self.checkpoints.thread(branch or self.record.branch)
            await self.graph.aupdate_state(thread, values, as_node=as_node)

    async def snapshot(self, branch: str = "") -> StateSnapshot:
        """Where a branch stands; the current one, if none is named."""
        with storage_errors(self.folder):
            return await self.graph.aget_state(self.checkpoints.thread(branch or self.record.branch))

    async def end_in(self, paragraphs: int) -> None:
        """Let the story have its end after so many more paragraphs: see :func:`.ending.end_in`."""
        await ending.end_in(self, paragraphs)

    async def rename(self, title: str) -> None:
        """Give the story another title, on every branch."""
        for branch in self.record.branches:
            if is_between_steps(await self.snapshot(branch.name)):
                await self.change({"title": title}, branch.name)
        self.update_record(title=title)

    async def note_length(self) -> None:
        """Keep in the card how long the current branch is, and what it tells."""
        lineage = await self._path()
        self.update_record(paragraphs=lineage.length, synopsis=await synopsis.in_short(self))

    async def _input(self, reply: Reply | None, branch: str) -> object:
        if reply is not None:
            return Command(resume={reply.interrupt_id: reply.answer})
        snapshot = await self.snapshot(branch)
        if snapshot.tasks:
            return None
        if snapshot.values:
            return {}
        return {**self.record.begun_from.model_dump(), "story_id": self.record.story_id}

    async def _graph_events(self, context: Context, given: object, thread: RunnableConfig) -> AsyncIterator[Event]:
        stream = self.graph.astream(
            given,
            thread,
            context=context,
            stream_mode=["messages", "custom", "updates"],
            durability="sync",
            interrupt_before=[] if context.plan_selection == "human" else [BEFORE_THE_PAUSE],
        )
        with storage_errors(self.folder):
            async for mode, data in stream:
                if mode != "messages":
                    self.check_in_place()
                for event in read_stream(mode, data):
                    yield event

    def _note(self, done: Done, context: Context, branch: str) -> None:
        """Keep the card in step with what a gate has changed."""
        changes: dict[str, Any] = {}
        if "title" in done.update:
            changes["title"] = done.update["title"]
        if "lineage" in done.update and branch == self.record.branch:
            changes["paragraphs"] = Lineage.from_json(done.update["lineage"]).length
        if changes or context != self.record.context:
            self.update_record(**changes, context=context, written=self.library.moment())
