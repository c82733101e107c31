"""What can be under way on a story: a step by an answer, several unattended, every plan, a manuscript, a check, a look.

What it is stands in the story's folder while it lasts, so that a server that was killed takes it up again.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from ..schemas.context import USUAL_CHOOSER, Chooser
from ..schemas.errors import StoryStateError, part
from ..schemas.lineage import Lineage
from ..schemas.places import UNDER_WAY
from ..stories.clock import Pace
from ..stories.continuity_reading import read_for_clashes
from ..stories.drafts import Said, keep_drafts
from ..stories.events import Done, Pause, Progress, Reply, Text
from ..stories.importing import read_on, unread
from ..stories.looking import look
from ..stories.outline_drawing import draw_outline
from ..stories.own_prose import can_take, put_at_end
from ..stories.prompt_log import PromptLog
from ..stories.record import write_text
from ..stories.rewriting import Rewriting, write_versions
from ..stories.spending import Spent
from ..stories.try_plans import try_plans
from ..stories.voice import draw_note
from .queue import draft_of
from .refused import typed_in
from .stopped import Stopped, keep_stopped

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from ..schemas.context import Context, PlanSelection
    from ..schemas.state import CallUsage
    from ..stories.events import Event
    from ..stories.story import Standing, Story
    from .events import EventLog


class Job(BaseModel):
    """What is to be done.

    Attributes:
        kind: ``step``: go on to the next pause; ``write``: several paragraphs, nobody asked; ``try``: every plan on the
            table, a branch each; ``read``: an imported manuscript; ``check``: the book, for what clashes in it;
            ``look``: what comes after edits, for what leans on them; ``note``: a style note, drawn from the samples;
            ``own``: a person's own passages, at the end; ``rewrite``: words of a passage, in other versions;
            ``outline``: where the book is going, drawn for one that has no outline.
        texts: whether the look is at texts too.
        leave_open: whether an outline that is drawn tells nothing of what is to come.
        paragraphs: how many are to be written; of versions too.
        rewriting: the words that are to be rewritten.
        plans: a person's own for the first of them, in order.
        chooser: who picks the plans of the others.
        then_check: whether what is new is read for what clashes, once they are written.
        until: the step that is the last of them, once that is known.
        branch: the branch that it was begun on; empty: it is of no branch.
        answer: a person's answer to the question that the branch stands at.
        prose: a person's own passages, to be put at the end one after the other.
        question: the id of that question, once the answer is about to be given: it is given once.
        step: the step after which the branch stood when it was answered; ``None``: it was in the middle of one.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["step", "write", "try", "read", "check", "look", "note", "own", "rewrite", "outline"] = "step"
    texts: bool = False
    leave_open: bool = False
    paragraphs: int = 0
    plans: tuple[str, ...] = ()
    then_check: bool = False
    chooser: Chooser = USUAL_CHOOSER
    until: int | None = None
    branch: str = ""
    answer: JsonValue = None
    prose: tuple[str, ...] = ()
    rewriting: Rewriting | None = None
    question: str = ""
    step: int | None = None

    def unsaid(self, step: int) -> str:
        """What a person wrote and is not in the book yet, where its branch stands at a step; empty: nothing."""
        left = len(self.prose) if self.until is None else max(0, self.until - step)
        return "\n\n".join(self.prose[len(self.prose) - left :])

    def plans_left(self, standing: Standing) -> tuple[str, ...]:
        """A person's own plans that were not come to yet, where its branch stands so; the state has the one at work."""
        if self.until is None:
            return self.plans
        at = max(0, standing.state.get("step", 0) - self.until + self.paragraphs)
        return self.plans[at if standing.is_between_steps else at + 1 :]

    def left_behind(self, here: str) -> StoryStateError | None:
        """Why it is not gone on with, where the story was taken to another branch meanwhile."""
        if self.branch in ("", here):
            return None
        if self.answer is None:
            return StoryStateError("job_elsewhere", branch=self.branch, here=here)
        said = self.answer.values() if isinstance(self.answer, dict) else [self.answer]
        return StoryStateError("answer_elsewhere", branch=self.branch, here=here, given=" ".join(map(str, said)))


def under_way(folder: Path) -> Job | None:
    """The job that was under way in a story's folder when its process ended; ``None``: none was."""
    try:
        return Job.model_validate_json((folder / UNDER_WAY).read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return None


def keep_job(folder: Path, job: Job | None) -> None:
    """Note in the story's folder what is under way, or that nothing is.

    Raises:
        StorageError: it cannot be written.
    """
    if job is None:
        (folder / UNDER_WAY).unlink(missing_ok=True)
    else:
        write_text(folder / UNDER_WAY, job.model_dump_json())


async def waits(story: Story, job: Job) -> bool:
    """Whether a job that is not gone on with just now holds what a person said, and the story does not have yet."""
    if job.plans:
        return bool(job.plans_left(await story.standing(job.branch)))
    if job.prose or job.answer is None or not job.question:
        return bool(job.prose) or job.answer is not None
    pause = await story.pause(job.branch)
    return pause is not None and pause.interrupt_id == job.question


async def put_aside(story: Story, job: Job) -> None:
    """A job is not gone on with: what a person wrote for it stays beside its branch, in the field that it was typed in.

    Raises:
        StorageError: it cannot be written.
    """
    standing = await story.standing(job.branch)
    step = standing.state.get("step")
    if left := job.plans_left(standing):
        keep_drafts(story.folder, Said(keep=(draft_of(left, story.record, job.branch),)))
    if text := job.unsaid(step or 0):
        keep_stopped(story.folder, Stopped(branch=job.branch, step=step, text=text, by_hand=True))
    if (typed := typed_in(job.answer)).text and await waits(story, job):
        keep_drafts(story.folder, Said(keep=(typed.draft(story.record, job.branch, step),)))
    keep_job(story.folder, None)  # Not before: what it holds was typed.


class Counted(NamedTuple):
    """How far a job is.

    Attributes:
        number: which of them is at work, from 1.
        total: how many there are to be.
        spent: what was spent on them so far.
    """

    number: int
    total: int
    spent: Spent


class Worker:
    """Does one job, and tells a log of it."""

    def __init__(self, story: Story, log: EventLog, spent: Spent | None = None) -> None:
        self._story = story
        self._log = log
        self._spent = (spent or Spent(), Spent())
        self.progress: Counted | None = None
        """Which paragraph, or plan, of how many is at work."""
        self.last = False
        """Whether the paragraph at work is to be the last."""

    async def do(self, job: Job) -> None:
        """Do a job to its end; one that a process before this one began, from where that left it.

        Raises:
            RecurrentGPTError: it went wrong, and the story stands where it did.
        """
        if unread(self._story.folder):
            await self._report(read_on(self._story, self._story.record.context), "")
        match job.kind:
            case "step":
                await self._step(job)
            case "write":
                await self._write(job)
            case "own":
                await self._own(job)
            case "rewrite" if job.rewriting:
                await self._rewrite(job.rewriting, job.paragraphs)
            case "try":
                names = await try_plans(self._story)
                self._count(1, len(names))
                await asyncio.gather(*(self._finish(name) for name in names))
            case "check":
                await self._check()
            case "look":
                await self._look(texts=job.texts)
            case "note" | "outline":
                await self._draw(job)

    def _context(self, selection: PlanSelection) -> Context:
        return self._story.record.context.model_copy(update={"plan_selection": selection})

    async def _step(self, job: Job) -> None:
        """Go on to the next pause. An answer is given once, however often the process is killed meanwhile."""
        if job.answer is None:
            await self._run("human")
            return
        pause = await (self._story.pause() if job.question else self._pause(job))
        if not job.question and pause is not None:
            job = job.model_copy(update={"question": pause.interrupt_id})
            keep_job(self._story.folder, job)
        if pause is None:  # It was given, and what follows from it is not done yet.
            await self._run("human")
        elif pause.interrupt_id == job.question:
            await self._run("human", Reply(job.answer, pause.interrupt_id))

    async def _pause(self, job: Job) -> Pause:
        """The question the story stands at; a branch that was just begun, or edited, is first led to it.

        Raises:
            StoryStateError: it has come to its end, or went on by another way than this answer.
        """
        pause = await self._story.pause()
        if pause is None:
            await self._run("human")
            pause = await self._story.pause()
        if pause is not None and job.step in (None, (await self._story.state()).get("step")):
            return pause
        await put_aside(self._story, job)
        if pause is None:
            raise StoryStateError("story_ended")
        raise StoryStateError("page_outdated")

    async def _write(self, job: Job) -> None:
        """Several paragraphs, up to a step: so a process that is killed never writes more than were asked for."""
        standing, pace = await self._story.standing(), Pace()
        step = max(standing.state.get("step", 0), 0)
        until = step + job.paragraphs if job.until is None else job.until
        job = job.model_copy(update={"until": until})
        keep_job(self._story.folder, job)
        while (step < until or not standing.is_between_steps) and not (self.last or standing.is_finished):
            self._count(min(step - until + job.paragraphs + 1, job.paragraphs), job.paragraphs)
            await self._by_own_plan(job, standing)
            standing = await self._story.standing()
            step = standing.state.get("step", 0)
            pace.heed(step)
        if job.plans_left(standing):
            await put_aside(self._story, job)
        elif job.then_check and not self.last:
            self.progress = None
            await self._check()

    async def _by_own_plan(self, job: Job, standing: Standing) -> None:
        """Write the passage that is due by the plan that a person queued for it; where none is left, one is picked."""
        pause = await self._story.pause() if standing.is_between_steps else None
        plans = job.plans_left(standing)
        if plans and pause is not None:
            await self._run("human", Reply({"instruction": plans[0]}, pause.interrupt_id))
        else:  # What was stopped midway goes on to its end first.
            await self._run("human" if plans else job.chooser)

    async def _own(self, job: Job) -> None:
        """A person's own passages, each once, however often the process is killed meanwhile."""
        standing = await self._story.standing()
        step = standing.state["step"]
        until = step + len(job.prose) if job.until is None else job.until
        keep_job(self._story.folder, job.model_copy(update={"until": until}))
        while step < until or not standing.is_between_steps:
            if step < until and await can_take(self._story):
                await put_at_end(self._story, job.prose[step - until])
                self._log.append("changed")
            await self._run("human")
            standing = await self._story.standing()
            step = standing.state["step"]

    def _count(self, number: int, total: int) -> None:
        """Note which of how many is at work, and let the pages look."""
        self.progress = Counted(number, total, self._spent[1])
        self._log.append("changed")

    def _account(self, usage: Mapping[str, CallUsage]) -> None:
        """Note what a gate has used: of the story's, and of this job's."""
        for spent in self._spent:
            spent.add(usage)

    async def _rewrite(self, rewriting: Rewriting, count: int) -> None:
        """Versions of some words; told to stop, it ends with the one at work."""
        self._log.append("note", f"1 / {count}")
        async for made in write_versions(self._story, self._story.record.context, rewriting, count):
            self._log.append("changed")
            self._log.append("note", f"{min(len(made.versions) + 1, count)} / {count}")
            if self.last:
                return

    async def _check(self) -> None:
        """Read what is new for what clashes; told to stop, it ends with the passages at work."""
        async for read in read_for_clashes(self._story, self._story.record.context):
            self._log.append("note", f"{read.done} / {read.total}")
            if self.last:
                return

    async def _look(self, *, texts: bool) -> None:
        """Look at what comes after edits; told to stop, it ends with the passages at work."""
        async for looked in look(self._story, self._story.record.context, texts=texts):
            self._log.append("note", f"{looked.done} / {looked.total}")
            if self.last:
                return

    async def _draw(self, job: Job) -> None:
        """A style note, or where the book is going."""
        if job.kind == "note":
            await draw_note(self._story, self._story.record.context)
        else:
            await draw_outline(self._story, self._story.record.context, leave_open=job.leave_open)

    async def _finish(self, branch: str) -> None:
        """Write on a branch until its first own paragraph stands there."""
        if not (await self._story.standing(branch)).is_between_steps:
            await self._run("first", branch=branch)
        if self.progress is not None and self.progress.number < self.progress.total:
            self._count(self.progress.number + 1, self.progress.total)

    async def _run(self, selection: PlanSelection, reply: Reply | None = None, branch: str = "") -> None:
        branch = branch or self._story.record.branch
        listening = PromptLog(self._story.folder, branch)
        try:
            events = self._story.run(self._context(selection), reply, branch=branch, callbacks=[listening])
            await self._report(events, branch)
        finally:
            listening.keep()

    async def _report(self, events: AsyncIterator[Event], branch: str) -> None:
        must_look, is_reading = False, not branch
        async for event in events:
            match event:
                case Text(text):
                    self._log.append("text", text, branch)
                case Progress(gate, "begin", details):
                    if must_look:  # What the gate before this one made is on the disk now.
                        self._log.append("changed", branch=branch)
                    must_look = False
                    self._log.append("status", gate, branch, details.get("model", ""))
                case Progress(gate, "again", details):
                    self._log.drop_text(branch)
                    self._log.append("note", "", branch, details["said"])
                case Progress(_, "thinking", details):
                    said = part("thinking_for", seconds=f"{details['seconds']:.0f}")
                    self._log.append("thinking", details["text"], branch, said)
                case Progress(_, "cut" | "sections" | "address" | "taken_off" | "facts_left_out", details):
                    self._log.append("note", "", branch, details["said"])
                case Done(gate, update):
                    self._account(update.get("usage", {}))
                    must_look |= bool(self._story.library.gates[gate].record.shows)
                    if is_reading and "lineage" in update:
                        self._log.append("note", str(Lineage.from_json(update["lineage"]).length))
