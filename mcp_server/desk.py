"""Where the server's stories lie open: what is being written on each, how it stands, and who is told that it changed.

A piece of work goes on when the call that began it has returned: a call returns before a client gives it up, and can
be asked again. A call that its client cancels ends the work; each finished gate is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import anyio

from ..schemas.catalogue import say_part
from ..schemas.errors import RecurrentGPTError, StoryStateError, sentence
from ..stories import gate_words
from ..stories.beginning import begin
from ..stories.pack import check_open
from ..stories.table import beside_the_plans
from ..web.jobs import Job
from ..web.sessions import Sessions
from .shown import PlanShown, Problem, Stands, StoryNow
from .words import say

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pydantic import JsonValue

    from ..schemas.context import Context
    from ..schemas.state import StoryState
    from ..schemas.story_input import StoryInput
    from ..stories.library import Library
    from ..stories.record import StoryRecord
    from ..stories.story import Standing, Story
    from ..web.sessions import StorySession

WAIT = 45.0
"""Seconds after which a call returns although the story is still being written: clients give up after 60."""

Report = Callable[[float, str], Awaitable[None]]
"""What is told of each gate that begins: how many began, and what is being done."""


class Desk:
    """The stories that are open here.

    Attributes:
        library: where they are.
        wait: seconds after which a call returns.
    """

    def __init__(self, library: Library, wait: float = WAIT) -> None:
        self.library = library
        self.wait = wait
        library.face = "agents"
        self._sessions = Sessions(library)
        self._watching: dict[str, asyncio.Task[None]] = {}
        self._told: list[Callable[[str], Awaitable[None]]] = []

    def when_changed(self, tell: Callable[[str], Awaitable[None]]) -> None:
        """Have somebody told the id of each story that changes."""
        self._told.append(tell)

    def record(self, story: str) -> StoryRecord:
        """The story that is meant: by its id, its number in the list, the beginning of its title; empty: the latest.

        Raises:
            StoryNotFoundError: none is, or several.
        """
        return self.library.find(story)

    def session(self, story: str) -> StorySession:
        """The session of the story that is meant."""
        return self._session(self.record(story))

    def open_session(self, story: str) -> StorySession:
        """The same, of a story behind whose scenes one may look.

        Raises:
            StoryNotFoundError: none is meant, or several.
            StoryStateError: it is a pack that is played.
        """
        record = self.record(story)
        check_open(record)
        return self._session(record)

    def _session(self, record: StoryRecord) -> StorySession:
        session = self._sessions.of(record)
        if record.story_id not in self._watching:
            self._watching[record.story_id] = asyncio.create_task(self._watch(record.story_id, session))
        return session

    async def begin(self, given: StoryInput, context: Context, report: Report) -> StoryNow:
        """Begin a story, and write its opening.

        Raises:
            RecurrentGPTError: it cannot be begun like that.
        """
        record = await begin(self.library, given, context)
        return await self.work(self._session(record), Job(), report)

    async def work(self, session: StorySession, job: Job, report: Report, answer: JsonValue = None) -> StoryNow:
        """Begin a piece of work, unless one is under way, and wait for it as long as a call may last."""
        if not session.is_writing:
            await session.start(job, answer)
        return await self.settled(session, report)

    async def settled(self, session: StorySession, report: Report) -> StoryNow:
        """How a story stands once nothing is at work on it, or a call has lasted as long as it may."""
        reporting = asyncio.create_task(_report(self.library, session, report))
        try:
            await session.ends(self.wait)
        except asyncio.CancelledError:
            with anyio.CancelScope(shield=True):
                await session.stop(at_once=True)
            raise
        finally:
            reporting.cancel()
            with suppress(asyncio.CancelledError):
                await reporting
        return await self.now(session)

    async def now(self, session: StorySession) -> StoryNow:
        """How a story stands."""
        async with session.story() as story:
            return await _shown(story, session)

    @asynccontextmanager
    async def reading(self, story: str, *, plays: bool = False) -> AsyncIterator[Story]:
        """A story that is meant, to be read.

        Args:
            story: which.
            plays: whether who plays a pack may read it too.

        Raises:
            StoryStateError: it is a pack, and this looks behind its scenes.
        """
        session = self.session(story) if plays else self.open_session(story)
        async with session.story() as opened:
            yield opened

    async def close(self) -> None:
        """Let go of every story; what is under way is taken up by the next server."""
        for watching in self._watching.values():
            watching.cancel()
        await asyncio.gather(*self._watching.values(), return_exceptions=True)
        self._watching.clear()
        await self._sessions.close()

    async def _watch(self, story_id: str, session: StorySession) -> None:
        """Tell of what changes, as long as the server runs."""
        log = session.log
        async for event in log.follow(log.id, log.in_flight().number):
            if event.kind == "changed":
                for tell in self._told:
                    await tell(story_id)


async def _report(library: Library, session: StorySession, report: Report) -> None:
    """Tell of the gate at work and of each that begins, while somebody waits."""
    log, done = session.log, 0
    language = session.record.begun_from.language
    now = log.in_flight()
    if now.status:
        done += 1
        await report(done, gate_words.busy(library.gates, now.status, language, now.by))
    async for event in log.follow(now.log, now.number):
        if event.kind == "status":
            done += 1
            await report(done, gate_words.busy(library.gates, event.text, language, str(event.said)))


async def _shown(story: Story, session: StorySession) -> StoryNow:
    standing = await story.standing()
    state, pause = standing.state, await story.pause()
    language = story.record.begun_from.language
    is_sealed = story.record.is_sealed
    stands, status = _stands(standing, session), session.log.in_flight().status
    return StoryNow(
        story_id=story.record.story_id,
        title=str(state.get("title", "")) or story.record.name,
        standing=stands,
        branch=story.record.branch,
        paragraphs=story.record.paragraphs,
        passage=state.get("paragraph", ""),
        plans=plans_in(state, is_sealed=is_sealed) if stands == "waiting" else [],
        remarks=remarks_in(story, state) if stands == "waiting" else [],
        short_term_memory="" if is_sealed else state.get("short_term_memory", ""),
        rationale="" if is_sealed else state.get("rationale", ""),
        pause_id=pause.interrupt_id if pause and stands == "waiting" else "",
        doing=gate_words.busy(story.library.gates, status, language) if stands == "writing" and status else "",
        again=state.get("review_problem", "") if stands == "waiting" else "",
        problem=problem_of(session.problem, language) if session.problem else None,
        how=say("failed" if session.problem else stands, language),
    )


def _stands(standing: Standing, session: StorySession) -> Stands:
    if session.is_writing:
        return "writing"
    if standing.is_finished:
        return "ended"
    return "waiting" if standing.is_between_steps else "unsettled"


def plans_in(state: StoryState, *, is_sealed: bool = False) -> list[PlanShown]:
    """The plans on a story's table; what they lean on is told to nobody who plays a pack."""
    plans = enumerate(state.get("plans", []), start=1)
    return [
        PlanShown(number=number, text=plan["text"], leans_on=[] if is_sealed else plan["recall"])
        for number, plan in plans
    ]


def remarks_in(story: Story, state: StoryState) -> list[str]:
    """What is to be said beside the plans on a story's table."""
    return [say_part(remark, story.record.begun_from.language) for remark in beside_the_plans(story.record, state)]


def problem_of(error: RecurrentGPTError, language: str) -> Problem:
    """An error in words and as data."""
    return Problem(message=sentence(error, language), code=error.code, values=error.values)


def not_while_writing(session: StorySession) -> None:
    """See that nothing is at work on a story.

    Raises:
        StoryStateError: something is.
    """
    if session.is_writing:
        raise StoryStateError("being_written")
