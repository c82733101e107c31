"""A novel that a system wrote for an evaluation, with what can be known of each of its paragraphs. Plain data."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from ..memory.sentences import pieces
from ..schemas.languages import language_named
from .call_cache import Cost
from .metrics import holds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .topics import Change


class VisibleContext(BaseModel):
    """What a system would put before its writer for a plan, by where it comes from; and what it has stored at all.

    Attributes:
        short_term_memory: its short-term memory, or what stands for one (an outline).
        recalled: passages that were searched for.
        text: the end of the text itself, as much as is shown.
        stored: everything that a search could find; empty where nothing is searched.
        prompt: all of it in the order in which the writer would see it.
    """

    model_config = ConfigDict(extra="forbid")

    short_term_memory: str = ""
    recalled: str = ""
    text: str = ""
    stored: str = ""
    prompt: str = ""

    @property
    def shown(self) -> str:
        """All that the writer would be shown, as it would be."""
        return self.prompt or f"{self.short_term_memory}\n{self.recalled}\n{self.text}"


class Threads(BaseModel):
    """Open questions that a system keeps a record of.

    Attributes:
        opened: how many there were.
        settled: how many of them have been settled.
    """

    opened: int
    settled: int


class Retention(BaseModel):
    """Where a planted fact still is, when a plan needs it.

    Attributes:
        short_term_memory: in the short-term memory.
        stored: in the long-term memory, shown or not.
        recalled: among the passages that the plan brings back.
        shown: anywhere in what the writer would see.
    """

    short_term_memory: bool
    stored: bool
    recalled: bool
    shown: bool


class Page(BaseModel):
    """One paragraph after the opening.

    Attributes:
        text: the paragraph.
        plan: what it was to follow; empty where a system makes no plans.
        short_term_memory: the memory after it; empty where a system keeps none.
        recalled: the places (from 0) of the passages that its writer saw.
        proposed: the plans for the next one, all that were on the table; empty where none are made.
        cost: what it cost, all calls of the step together.
    """

    text: str
    plan: str = ""
    short_term_memory: str = ""
    recalled: list[int] = Field(default_factory=list)
    proposed: list[str] = Field(default_factory=list)
    cost: Cost = Field(default_factory=Cost)


class Novel(BaseModel):
    """A novel, whole or broken off.

    Attributes:
        novel: the topic's id.
        system: who wrote it.
        title: its title.
        opening: its first paragraphs, the planted fact among them; all systems have the same.
        opening_cost: what they, and the first memories and plans, cost.
        pages: the paragraphs after them.
        sight: what the writer would be shown for the plan that needs the fact.
        change_sight: what it would be shown for the plan that needs what has changed.
        probe_cost: what asking for both cost.
        threads: what became of the questions that it keeps a record of.
        language: the novel's, by its tag.
        failed: why it was broken off, as a sentence; empty if it is whole.
    """

    novel: str
    system: str
    title: str = ""
    opening: list[str] = Field(default_factory=list)
    opening_cost: Cost = Field(default_factory=Cost)
    pages: list[Page] = Field(default_factory=list)
    sight: VisibleContext = Field(default_factory=VisibleContext)
    change_sight: VisibleContext = Field(default_factory=VisibleContext)
    threads: Threads | None = None
    language: str = "en"
    probe_cost: Cost = Field(default_factory=Cost)
    failed: str = ""

    @property
    def chapters(self) -> list[str]:
        """The whole text, a string a paragraph."""
        return [*self.opening, *(page.text for page in self.pages)]

    @property
    def text(self) -> str:
        """The whole text."""
        return "\n\n".join(self.chapters)

    def cost(self) -> Cost:
        """What all of it cost."""
        total = Cost()
        for part in (self.opening_cost, *(page.cost for page in self.pages), self.probe_cost):
            total.add(part)
        return total

    def retention(self, marks: Sequence[str]) -> Retention:
        """Where the planted fact is at the end."""
        return Retention(
            short_term_memory=holds(self.sight.short_term_memory, marks),
            stored=holds(self.sight.stored, marks),
            recalled=holds(self.sight.recalled, marks),
            shown=holds(self.sight.shown, marks),
        )

    def respects(self, change: Change) -> bool | None:
        """Whether the writer would be shown what holds now, and nowhere after it what held before.

        ``None`` where nothing was to change.
        """
        if not change.now:
            return None
        told = list(pieces(self.change_sight.shown, language_named(self.language)))
        now = [place for place, piece in enumerate(told) if holds(piece, change.now_marks)]
        was = [
            place
            for place, piece in enumerate(told)
            if holds(piece, change.was_marks) and not holds(piece, change.now_marks)
        ]
        return bool(now) and (not was or now[-1] > was[-1])

    def memory_kept(self) -> float | None:
        """The part of a short-term memory's sentences that stand in the next one to the letter, over all steps.

        ``None`` where there are not two memories.
        """
        memories = [page.short_term_memory.splitlines() for page in self.pages if page.short_term_memory]
        before = sum(len(memory) for memory in memories[:-1])
        kept = sum(sentence in after for memory, after in pairwise(memories) for sentence in memory)
        return kept / before if before else None

    def kept_for(self, marks: Sequence[str]) -> float | None:
        """In what part of the short-term memories, one a step, the fact still stands; ``None`` where none is kept."""
        memories = [page.short_term_memory for page in self.pages if page.short_term_memory]
        return sum(holds(memory, marks) for memory in memories) / len(memories) if memories else None
