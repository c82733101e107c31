"""The tools that read and put right: the shelf, the book, the memory, facts, edits, branches, undo, export."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from ..schemas.errors import StoryStateError
from ..schemas.review import CHANGES
from ..stories import branches, edits
from ..stories.export import book_bytes, book_of
from ..stories.undo import undo
from .shown import Exported, Facts, FactShown, Passages, PassageShown, Shelf, StoryCard, StoryNow
from .writing import WhichStory  # noqa: TC001 (the tools' schemas are made of their annotations)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..schemas.entries import Entry
    from ..stories.edits import Editable
    from ..stories.record import StoryRecord
    from .desk import Desk

What = Literal[
    "paragraph",
    "summary",
    "chapter",
    "short_term_memory",
    "title",
    "topic",
    "genre",
    "background",
    "outline",
    "style_sheet",
    "voice",
    "voice_note",
    "not_like",
]
_FORMATS = {"markdown": ".md", "text": ".txt", "html": ".html"}
_NUMBERED: dict[str, Callable[[int], Editable]] = {
    "paragraph": edits.Paragraph,
    "summary": edits.Summary,
    "chapter": edits.Chapter,
}
Count = Annotated[int, Field(ge=1, le=20, description="How many at most.")]


class ReadingTools:
    """The tools, over a desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def list_stories(self) -> Shelf:
        """List the stories on the shelf, the latest first."""
        records = await asyncio.to_thread(self._desk.library.records)
        return Shelf(stories=[card_of(record) for record in records])

    async def read_book(
        self,
        story: WhichStory = "",
        first: Annotated[int, Field(ge=1, description="The first passage, from 1.")] = 1,
        last: Annotated[int | None, Field(description="The last one; null: all that follow.")] = None,
    ) -> Passages:
        """Read passages of a story, with their summaries (a pack that is played has none to show)."""
        async with self._desk.reading(story, plays=True) as opened:
            entries = await opened.manuscript(first - 1)
            wanted = entries if last is None else entries[: max(0, last - first + 1)]
            return Passages(story_id=opened.record.story_id, passages=numbered(wanted, first, opened.record))

    async def recall(
        self,
        question: Annotated[str, Field(description="In your own words.")],
        story: WhichStory = "",
        limit: Count = 5,
    ) -> Passages:
        """Search a story's long-term memory for what it says of something, as its writer's recall does."""
        async with self._desk.reading(story) as opened:
            found = await opened.search(question, limit)
            shown = [
                PassageShown(
                    number=hit.place + 1,
                    text=hit.entry.text,
                    summary=hit.entry.summary,
                    question=hit.question,
                    sentence=hit.sentence,
                    likeness=round(float(hit.similarity), 3),
                )
                for hit in found
            ]
            return Passages(story_id=opened.record.story_id, passages=shown)

    async def facts(
        self,
        story: WhichStory = "",
        at: Annotated[int | None, Field(ge=0, description="As of which paragraph; null: the last.")] = None,
        *,
        ended: Annotated[bool, Field(description="Those too that hold no longer.")] = False,
    ) -> Facts:
        """What is true in a story: each fact, since which paragraph, and who knows it."""
        async with self._desk.reading(story) as opened:
            history = await opened.facts(at)
            shown = [
                FactShown(
                    id=state.fact.id,
                    text=state.fact.text,
                    about=list(state.fact.subjects),
                    open_question=state.fact.kind == "thread",
                    since=state.since + 1,
                    until=None if state.until is None else state.until + 1,
                    known_by=list(state.known_by),
                )
                for state in history.facts.values()
                if ended or state.holds
            ]
            return Facts(story_id=opened.record.story_id, facts=shown)

    async def edit_story(
        self,
        what: What,
        text: Annotated[str, Field(description="As it is to be.")],
        story: WhichStory = "",
        number: Annotated[int | None, Field(ge=1, description="Of which paragraph, for these that have one.")] = None,
    ) -> StoryNow:
        """Put something of a story right: a passage, a summary, the memory, a field of the premise; the rest stays."""
        session = self._desk.open_session(story)
        async with session.change() as opened:
            if what == "title":
                await opened.rename(text)
            else:
                await _editable(what, number or opened.record.paragraphs).write(opened, text)
        return await self._desk.now(session)

    async def branch_story(
        self,
        after: Annotated[int, Field(description="After so many paragraphs.")],
        story: WhichStory = "",
        name: Annotated[str, Field(description="What it is called; empty: a name is made.")] = "",
        plan: Annotated[str, Field(description="The plan that it follows: a number, or a text; empty: it waits.")] = "",
    ) -> StoryNow:
        """Begin a branch after some paragraph, to write on differently from there, and go there."""
        session = self._desk.open_session(story)
        async with session.change() as opened:
            await branches.new_branch(opened, after, name, plan or None)
        return await self._desk.now(session)

    async def go_to_branch(self, name: str, story: WhichStory = "") -> StoryNow:
        """Go to a branch of a story."""
        session = self._desk.open_session(story)
        async with session.change() as opened:
            await branches.switch(opened, name)
        return await self._desk.now(session)

    async def undo(self, story: WhichStory = "") -> StoryNow:
        """Take the last change of a story back: an edit, or the last passage, which stays on its branch."""
        session = self._desk.session(story)
        async with session.change() as opened:
            await undo(opened)
        return await self._desk.now(session)

    async def export_book(
        self,
        story: WhichStory = "",
        format: Literal["markdown", "text", "html"] = "markdown",  # noqa: A002 (a tool's)
    ) -> Exported:
        """The current branch of a story as a book."""
        async with self._desk.reading(story, plays=True) as opened:
            book = await book_of(opened)
            return Exported(
                story_id=opened.record.story_id, format=format, text=book_bytes(book, _FORMATS[format]).decode()
            )


def _editable(what: What, number: int) -> Editable:
    """What of a story is to be changed.

    Raises:
        StoryStateError: it has no such field.
    """
    if what in _NUMBERED:
        return _NUMBERED[what](number)
    if what == "short_term_memory":
        return edits.Memory()
    if what not in CHANGES:
        raise StoryStateError("edit_unclear")
    return edits.Premise(what)


def numbered(entries: list[Entry], first: int, record: StoryRecord) -> list[PassageShown]:
    """Passages with their numbers, from a first one; a summary is not for who plays a pack."""
    return [
        PassageShown(number=number, text=entry.text, summary="" if record.is_sealed else entry.summary)
        for number, entry in enumerate(entries, start=first)
    ]


def card_of(record: StoryRecord) -> StoryCard:
    """A story as the list shows it, without what a pack keeps from its reader."""
    record = record.shown
    return StoryCard(
        story_id=record.story_id,
        title=record.title,
        topic=record.begun_from.topic,
        language=record.begun_from.language,
        mode=record.begun_from.mode,
        paragraphs=record.paragraphs,
        branch=record.branch,
        branches=[branch.name for branch in record.branches],
        synopsis=record.synopsis,
        written=record.written.isoformat(),
    )
