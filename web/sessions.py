"""Which stories are open in this process, and what is being written on each. All pages of a story share its session."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from copy import copy
from typing import TYPE_CHECKING

from ..schemas.errors import RecurrentGPTError, StorageError, StoryStateError
from ..stories import removal
from ..stories.importing import unread
from ..stories.known import carried, is_known
from ..stories.own_prose import can_take
from ..stories.spending import Spent
from .events import EventLog
from .jobs import Counted, Job, Worker, keep_job, put_aside, under_way, waits
from .stopped import Stopped, keep_stopped
from .versions import check_place

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from pathlib import Path

    from pydantic import JsonValue

    from ..stories.library import Library
    from ..stories.record import StoryRecord
    from ..stories.story import Story

IDLE = 60.0
"""Seconds after which a story that nobody reads or writes is let go of, so that another process can open it."""
MOST = 256
"""Stories whose sessions are remembered, besides those that are open, written on or looked at."""

_LOG = logging.getLogger(__name__)


class StorySession:
    """One story that is open here, or can be.

    Attributes:
        library: where it is.
        log: what happens to it.
        problem: why the last job ended, if it went wrong.
        job: the id of what is at work, or was last.
        spent: what was spent on it since this process knows it.
        folder: the story's.
        followers: how many pages follow its log.
        pages: by what they call themselves; more than once while one connects anew.
    """

    def __init__(self, library: Library, record: StoryRecord, idle: float) -> None:
        self.log = EventLog()
        self.problem: RecurrentGPTError | None = None
        self.job = ""
        self.spent = Spent()
        self.library = library
        self._record = record
        self.folder = library.folder(record)
        self._idle = idle
        self._stack = AsyncExitStack()
        self._story: Story | None = None
        self._opening = asyncio.Lock()
        self._changing = asyncio.Lock()
        self._users = 0
        self._unused = asyncio.Event()
        self._unused.set()
        self._leaving: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._worker: Worker | None = None
        self._keeps_its_job = False
        self._is_left = False
        self.followers = 0
        self.pages: Counter[str] = Counter()

    @property
    def is_at_rest(self) -> bool:
        """Whether nobody misses it: nothing is at work, open, followed, or still to be told."""
        is_used = self._users or self.followers or self._story is not None or self._changing.locked()
        return not (is_used or self.is_writing or self.problem or self._is_left)

    @property
    def is_writing(self) -> bool:
        """Whether a job is under way."""
        return self._task is not None and not self._task.done()

    @property
    def progress(self) -> Counted | None:
        """How far the job under way is; ``None``: there is none, or nothing to count."""
        return self._worker.progress if self.is_writing and self._worker is not None else None

    @property
    def record(self) -> StoryRecord:
        """The story's card, as it was when the story was last opened here."""
        return self._story.record if self._story is not None else self._record

    async def ends(self, within: float) -> bool:
        """Wait until nothing is at work, at most so many seconds; whether nothing is."""
        if self._task is not None:
            await asyncio.wait([self._task], timeout=within)
        return not self.is_writing

    @property
    def is_stopping(self) -> bool:
        """Whether the job under way was told to end with the paragraph at work."""
        return self.is_writing and self._worker is not None and self._worker.last

    @asynccontextmanager
    async def story(self) -> AsyncIterator[Story]:
        """The open story, for reading.

        Raises:
            StoryInUseError: another process has it open.
        """
        self._users += 1
        self._unused.clear()
        try:
            async with self._opening:
                if self._story is not None and self._users == 1 and not is_in_place(self._story):
                    await self._let_go()
                if self._story is None:
                    self.folder = self.library.folder(self._record)
                    self._story = await self._stack.enter_async_context(self.library.open(self._record))
            yield self._story
        finally:
            self._users -= 1
            if not self._users:
                self._unused.set()
            self._leave_later()

    @asynccontextmanager
    async def change(self) -> AsyncIterator[Story]:
        """The open story, to be changed: one at a time, and never while it is written on. Every page then looks again.

        Raises:
            StoryInUseError: another process has it open.
            StoryStateError: it is being written on.
        """
        async with self._changing, self.story() as story:
            if self.is_writing:
                raise StoryStateError("being_written")
            yield story
            self.problem = None
        self.log.append("changed")

    async def start(
        self,
        job: Job,
        answer: JsonValue = None,
        form: Mapping[str, str] | None = None,
        *,
        check: Callable[[Story, Mapping[str, str]], Awaitable[None]] = check_place,
    ) -> None:
        """Begin a job, which is noted before this returns; it goes on when whoever asked for it is gone.

        Args:
            job: what.
            answer: a person's answer to the pause that the story stands at.
            form: what the job is asked for with, where that names the branch and the step it is meant for.
            check: what finds whether the form is still meant for how the story stands.

        Raises:
            StoryStateError: another is under way, or the form is of another place.
            StoryInUseError: another process has the story open.
            StorageError: it cannot be noted.
        """
        async with self._changing:
            if self.is_writing:
                raise StoryStateError("being_written_already")
            async with self.story() as story:
                if form is not None:
                    await check(story, form)
                story.check_may_act()
                left = under_way(self.folder)
                if not job.branch:
                    job = await self._of_here(story, job, answer)
                if left is not None and (left.prose, left.plans, left.answer) != (job.prose, job.plans, job.answer):
                    await put_aside(story, left)
                keep_job(self.folder, job)
            self.problem, self.job, self._is_left = None, secrets.token_hex(4), False
            self._task = asyncio.create_task(self._work(job))
            self._task.add_done_callback(self._report)

    async def _of_here(self, story: Story, job: Job, answer: JsonValue) -> Job:
        """A job as one for where the story stands."""
        if answer is None:
            return job.model_copy(update={"branch": story.record.branch})
        standing = await story.standing()
        step = standing.state.get("step") if standing.is_between_steps else None
        return job.model_copy(update={"branch": story.record.branch, "answer": answer, "step": step})

    async def resume(self) -> None:
        """Go on with what was under way when the process before this one ended; what was stopped here waits."""
        job = self.left()
        if job is None or self.is_writing or self._is_left:
            return
        record = self.library.record(self._record.story_id)
        left = job.left_behind(record.branch)
        home = self.library.home
        if not is_known(home, record) or carried(home, record):  # Somebody else's: to look at it begins nothing.
            left = StoryStateError("job_from_elsewhere", title=record.name)
        if left is not None:
            async with self.story() as story:
                await put_aside(story, job)
            self.problem = left
            return
        await self.start(job)

    def left(self) -> Job | None:
        """What is noted as still to be done."""
        return under_way(self.folder) or (Job(kind="read") if unread(self.folder) else None)

    async def stop(self, *, at_once: bool) -> None:
        """End the job after the paragraph at work, or at once: then that gate is done again when the story goes on."""
        if self._worker is not None:
            self._worker.last = True
        self.log.append("changed")
        if at_once:
            await self._cancel()

    async def close(self, *, for_good: bool = False) -> None:
        """Let go of the story. What is under way is taken up by the next process, unless this is for good."""
        self._keeps_its_job = not for_good
        await self._cancel()
        if self._leaving is not None:
            self._leaving.cancel()
        await self._unused.wait()
        await self.let_go()

    async def let_go(self) -> None:
        """Close the story, if nobody uses it: it is opened again when it is needed."""
        async with self._opening:
            if not self._users:
                await self._let_go()

    async def _let_go(self) -> None:
        self._story = None
        await self._stack.aclose()

    async def _cancel(self) -> None:
        if self._task is not None and not self._task.done():
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.wait([self._task])

    async def _work(self, job: Job) -> None:
        try:
            async with self.story() as story:
                self._worker = Worker(story, self.log, self.spent)
                try:
                    await self._worker.do(job)
                except BaseException:
                    self._is_left = True
                    if not self._keeps_its_job:
                        await self._keep_text(story)
                    raise
                finally:
                    # What a person said and what the story does not have yet goes on when they say so.
                    if not self._keeps_its_job and not (self._is_left and await self._waits(story)):
                        keep_job(self.folder, None)
        except RecurrentGPTError as error:
            self.problem = copy(error)  # Without the frames that it came through.
            if not self.folder.is_dir() or (self._story is not None and not is_in_place(self._story)):
                self.problem = StorageError("folder_moved", folder=self.folder)  # Whatever stumbled over that first.

    async def _waits(self, story: Story) -> bool:
        left = under_way(self.folder)
        try:
            return left is not None and await waits(story, left)
        except RecurrentGPTError:
            return True  # Whether it was given is seen when the story can be read again.

    async def _keep_text(self, story: Story) -> None:
        """What was written of a passage that is not finished stays, to be kept, changed or dropped."""
        branch, state = story.record.branch, await story.state()
        text = self.log.in_flight().texts.get(branch, "")
        if text.strip() and (not state or await can_take(story)):
            keep_stopped(self.folder, Stopped(branch=branch, step=state.get("step"), text=text))

    def _report(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            _LOG.error("A job ended with an error of the program.", exc_info=error)
            self.problem = RecurrentGPTError("program_mistake", kind=type(error).__name__)
        if self._task is task:  # Another may have begun already.
            self._task = None
        self.log.end()

    def _leave_later(self) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
        self._leaving = asyncio.get_running_loop().call_later(self._idle, self._leave)

    def _leave(self) -> None:
        self._leaving = None
        if self._users or self.is_writing:
            self._leave_later()
        elif self._story is not None:
            self._closing = asyncio.create_task(self.let_go())


def is_in_place(story: Story) -> bool:
    """Whether the folder of an open story is where it was opened."""
    try:
        story.check_in_place()
    except StorageError:
        return False
    return True


class Sessions:
    """The stories of a shelf that somebody reads or writes here."""

    def __init__(self, library: Library, idle: float = IDLE) -> None:
        """Begin with no story open.

        Args:
            library: where the stories are.
            idle: seconds after which a story nobody uses is let go of.
        """
        self.library = library
        self._idle = idle
        self._sessions: dict[str, StorySession] = {}
        self._warming: asyncio.Task[None] | None = None

    def of(self, record: StoryRecord) -> StorySession:
        """The session of a story: the same for all who ask."""
        if record.story_id not in self._sessions:
            if len(self._sessions) >= MOST:
                resting = (story_id for story_id, session in self._sessions.items() if session.is_at_rest)
                self._sessions.pop(next(resting, ""), None)
            self._sessions[record.story_id] = StorySession(self.library, record, self._idle)
            self._warm_up()
        return self._sessions[record.story_id]

    async def delete(self, record: StoryRecord) -> None:
        """Remove a story from the shelf.

        Raises:
            StoryInUseError: another process has it open.
            StorageError: something of it cannot be removed.
        """
        session = self._sessions.pop(record.story_id, None)
        if session is not None:
            await session.close(for_good=True)
            session.log.append("changed")
        await removal.delete(self.library, record)

    @asynccontextmanager
    async def left_alone(self, folder: Path) -> AsyncIterator[None]:
        """The story in a folder is let go of, unless it is used or written on; its pages look again afterwards."""
        sessions = [session for session in self._sessions.values() if session.folder == folder]
        for session in sessions:
            if not session.is_writing:
                await session.let_go()
        yield
        for session in sessions:
            session.log.append("changed")

    async def close(self) -> None:
        """Let go of every story."""
        await asyncio.gather(*(session.close() for session in self._sessions.values()))
        if self._warming is not None:
            await asyncio.wait([self._warming])

    def _warm_up(self) -> None:
        """Load the embedding model while a person still reads: it takes seconds, and the first recall needs it."""

        def load() -> None:
            with suppress(RecurrentGPTError):  # Whoever needs it says what is wrong with it.
                self.library.warm_up()

        if self._warming is None:
            self._warming = asyncio.create_task(asyncio.to_thread(load))
