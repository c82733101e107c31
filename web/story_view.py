"""What the write view and the play view show of a story: its last pages, what is in flight, what may come next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..schemas.lineage import Lineage
from ..stories import continuity
from ..stories.beats import shown as beats_shown
from ..stories.contents import Contents, contents
from ..stories.redo import can_redo
from ..stories.rewriting import rewritings
from ..stories.spending import of_a_paragraph
from ..stories.steps import Steps
from ..stories.table import beside_the_plans
from ..stories.try_plans import children
from ..stories.versions import version_of
from .stopped import name_of, stopped_at
from .window import Wanted, Window

if TYPE_CHECKING:
    from ..schemas.beats import Beat
    from ..schemas.catalogue import Part
    from ..schemas.entries import Entry
    from ..schemas.errors import RecurrentGPTError
    from ..schemas.state import Plan, StoryState
    from ..stories.continuity import Note
    from ..stories.gate_words import Gates
    from ..stories.record import StoryRecord
    from ..stories.rewriting import Rewriting
    from ..stories.spending import Cost
    from ..stories.story import Story
    from .events import InFlight
    from .jobs import Counted
    from .sessions import StorySession


@dataclass(frozen=True)
class Sibling:
    """A way on from here that is written already, or being written.

    Attributes:
        branch: its name.
        plan: the plan it follows.
        text: its first paragraph of its own; empty while that is written.
        is_written: whether it can be taken.
    """

    branch: str
    plan: str
    text: str
    is_written: bool


@dataclass(frozen=True)
class StoryView:
    """A story as a page shows it.

    Attributes:
        record: its card.
        state: where its current branch stands; empty before it has begun.
        entries: the paragraphs on the page.
        window: which of all these are.
        progress: which paragraph, or plan, of how many is being written, where several are.
        next_costs: about what a paragraph costs; ``None``: that is not known yet.
        contents: the book's chapters, and how long it is.
        pending: paragraphs that are written and not yet remembered.
        in_flight: what is being written.
        is_writing: whether something is at work.
        job: the id of what is at work, or was last.
        is_stopping: whether it ends with the paragraph at work.
        is_settled: whether it stands between two steps.
        is_finished: whether it has come to its end.
        siblings: ways on from here that are written already.
        gates: the story's gates, by name.
        problem: why the last job ended, if it went wrong.
        can_redo: whether something was undone that can be done again.
        stopped: what was written here and is in no book, because its step was stopped.
        rewritings: words in other versions, by the paragraph (from 1) that has them.
        notes: what clashes, by the paragraph (from 1) that it stands beside.
    """

    record: StoryRecord
    state: StoryState
    entries: list[Entry]
    window: Window
    progress: Counted | None
    next_costs: Cost | None
    contents: Contents
    pending: tuple[str, ...]
    in_flight: InFlight
    is_writing: bool
    job: str
    is_stopping: bool
    is_settled: bool
    is_finished: bool
    siblings: list[Sibling]
    gates: Gates
    problem: RecurrentGPTError | None
    can_redo: bool
    stopped: str
    rewritings: dict[int, list[Rewriting]]
    notes: dict[int, list[Note]]

    @property
    def live(self) -> str:
        """The text in flight on the current branch; nothing once it is whole and on the shelf."""
        return "" if self.pending else self.in_flight.texts.get(self.record.branch, "")

    @property
    def version(self) -> str:
        """A name of what is shown: a form that changes it is meant for this alone."""
        return version_of(self.record, self.state)

    @property
    def stopped_name(self) -> str:
        """A name of what is kept here: a form that lets go of it is meant for this alone."""
        return name_of(self.stopped)

    @property
    def plans(self) -> list[Plan]:
        """What may come next, where that can be chosen now."""
        return [] if self.is_writing or not self.is_settled or self.is_finished else self.state.get("plans", [])

    @property
    def remarks(self) -> list[Part]:
        """What is to be said beside the plans."""
        return beside_the_plans(self.record, self.state) if self.plans else []

    @property
    def takes_prose(self) -> bool:
        """Whether a person's own words can be put at the end that is shown."""
        is_free = not self.is_writing and not self.pending and self.window.is_at_end
        return is_free and (not self.state or bool(self.plans) or bool(self.stopped))

    @property
    def chapters(self) -> dict[int, str]:
        """The titles of chapters, by the place (from 0) they begin at."""
        return chapters_of(self.state)

    @property
    def first(self) -> int:
        """How many passages come before those on the page."""
        return self.window.first

    @property
    def length(self) -> int:
        """How many there are."""
        return self.window.length

    @property
    def words(self) -> int:
        """How long the book is, with what is not remembered yet: in words, or in characters."""
        return self.contents.words + sum(map(self.record.language.count, self.pending))

    @property
    def beats(self) -> list[Beat]:
        """The parts of the outline, each with its state; none where it has not several."""
        return beats_shown(self.state, self.record.language)

    @property
    def can_undo(self) -> bool:
        """Whether there may be something to take back."""
        return not self.is_writing and self.is_settled


def chapters_of(state: StoryState) -> dict[int, str]:
    """The titles of a story's chapters, by the place (from 0) they begin at."""
    return {chapter["seq"]: chapter["title"] for chapter in state.get("chapters", [])}


async def view_of(session: StorySession, story: Story, wanted: Wanted = Wanted()) -> StoryView:  # noqa: B008
    """What is to be shown of a story.

    Args:
        session: its session.
        story: the open story.
        wanted: which of its passages.
    """
    # What is in flight is taken first: what is finished meanwhile is told of afterwards, and the page looks again.
    in_flight, is_writing, is_stopping = session.log.in_flight(), session.is_writing, session.is_stopping
    # The rest is of one moment: a change by another page may come in between.
    record = story.record
    standing = await story.standing(record.branch)
    state = standing.state
    lineage = Lineage.from_json(state.get("lineage"))
    window = wanted.of(lineage.length)
    path = lineage.cut(window.end)
    notes = await _notes(story)
    return StoryView(
        record=record,
        state=state,
        entries=await story.entries(path, window.first) if window.first < window.end else [],
        window=window,
        progress=session.progress,
        next_costs=of_a_paragraph(state),
        contents=await contents(story, noted=notes.keys(), standing=standing),
        pending=standing.not_yet_remembered,
        in_flight=in_flight,
        is_writing=is_writing,
        job=session.job,
        is_stopping=is_stopping,
        is_settled=standing.is_between_steps,
        is_finished=standing.is_finished,
        siblings=await _siblings(story, state),
        gates=story.library.gates,
        problem=session.problem,
        can_redo=standing.is_between_steps and await can_redo(story),
        stopped=stopped_at(story.folder, record.branch, state.get("step")),
        rewritings=await rewritings(story),
        notes=notes,
    )


async def _notes(story: Story) -> dict[int, list[Note]]:
    """What clashes, by paragraph: what was noticed and found, and nobody has said that it is meant so."""
    found: dict[int, list[Note]] = {}
    for note in await continuity.notes(story, threads=False):
        found.setdefault(note.paragraph, []).append(note)
    return found


async def _siblings(story: Story, state: StoryState) -> list[Sibling]:
    """The branches that left exactly here and follow a plan."""
    found = []
    for branch in children(story):
        if branch.step != state.get("step"):
            continue
        standing = await story.standing(branch.name)
        kept, is_done = standing.state, standing.is_between_steps
        if not kept:
            continue  # Another page has deleted it meanwhile.
        if is_done and kept["step"] == branch.step:
            continue  # It waits there, and has no plan yet.
        text = await _first_own(story, kept, branch.step, is_done=is_done)
        found.append(Sibling(branch.name, kept["plan"]["text"], text, is_done))
    return found


async def _first_own(story: Story, state: StoryState, step: int, *, is_done: bool) -> str:
    """The first paragraph of a branch that left at a step; empty while that is written, or where it was taken out."""
    if not is_done and state["step"] <= step + 1:
        return state["paragraph"] if state["step"] > step else ""
    lineage = Lineage.from_json(state["lineage"])
    known = Steps.of(state)
    if not is_done:
        known = replace(known, step=known.step - 1)  # It counts a paragraph that is not remembered yet.
    own = known.own(step)
    return next((entry.text for entry in await story.entries(lineage.cut(own + 1), own)), "")
