"""The long-term memory as one state sees it: bound to the story, its language and its path."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ..memory import Lineage
from ..prompts import numbered
from ..schemas.before import path_before
from ..schemas.ledger import known_to_the_living
from ..schemas.spans import cover

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from ..memory import Entry, LongTermMemory, Memories, Recalled
    from ..memory.synopses import Due
    from ..schemas.facts import FactState, Knowledge
    from ..schemas.languages import Language
    from ..schemas.spans import Span, Told
    from ..schemas.state import StoryState
    from .calls import Calls

T = TypeVar("T")


class NewPassage(NamedTuple):
    """A passage that is to be remembered: its text, its summary, and what it makes true, where that was looked for."""

    text: str
    summary: str
    knowledge: Knowledge | None = None


class Remembered(NamedTuple):
    """The path that sees what was written, and what stands there now."""

    path: Lineage
    entries: list[Entry]


class MemoryView:
    """A story's long-term memory, along one path. What changes it gives the path that sees the change.

    What came before this book is remembered too: a place below 0 is in the book before, the last of it at -1.

    Attributes:
        path: what of the memory is this book's.
        chapters: the places (from 0) at which its chapters begin.
    """

    def __init__(self, memories: Memories, language: Language, state: StoryState, calls: Calls) -> None:
        self.path = Lineage.from_json(state.get("lineage"))
        self._state = state
        self.chapters = [chapter["seq"] for chapter in state.get("chapters", [])]
        self._memories = memories
        self._story_id = state.get("story_id", "")
        self._language = language
        self._calls = calls

    @cached_property
    def before(self) -> Lineage:
        """What of the memory is the book's before this one; empty where there is none."""
        return path_before(self._state)

    @property
    def length(self) -> int:
        """How many paragraphs are remembered on this path."""
        return self.path.length

    async def read(self, first: int = 0) -> list[Entry]:
        """Every paragraph from the place ``first`` (from 0) on, in order.

        Raises:
            MemoryUnavailableError: some of it is gone.
        """
        return await self._with(lambda memory: memory.read(self.path, first))

    async def recall(
        self,
        questions: Sequence[str],
        limit: int,
        leave_out: Sequence[int] = (),
        *,
        in_short: int = 0,
        by_words: bool = True,
    ) -> list[Recalled]:
        """The paragraphs that answer the questions best, by meaning and by words; see :meth:`LongTermMemory.recall`."""
        start = self.before.length
        without = [place + start for place in leave_out]
        found = await self._with(
            lambda memory: memory.recall(self._whole(), questions, limit, without, in_short=in_short, by_words=by_words)
        )
        return [replace(hit, place=hit.place - start) for hit in found] if start else found

    async def facts_about(self, questions: Sequence[str], limit: int, texts: Sequence[str] = ()) -> list[FactState]:
        """The facts that questions and texts lead to; see :meth:`FactSearch.about`."""
        return await self._facts(self._whole(), lambda memory, path: memory.facts.about(path, questions, limit, texts))

    async def facts_in_reach_of(
        self, passages: Sequence[str], limit: int, before: int | None, names: Sequence[str] = ()
    ) -> list[FactState]:
        """The facts that passages may change: those that their words and their meaning lead to.

        Args:
            passages: the texts.
            limit: how many that hold are enough.
            before: the place whose passage, with all after it, is not looked at.
            names: other names of whom or what the passages name.
        """
        return await self._facts(
            self._whole(before), lambda memory, path: memory.facts.about(path, [], limit, names, passages)
        )

    async def facts_of(self, entries: Sequence[Entry], before: int | None = None) -> list[FactState]:
        """The facts that some passages state, and what took their place; see :meth:`FactSearch.of`.

        Args:
            entries: the passages.
            before: the place whose passage, with all after it, is not looked at.
        """
        return await self._facts(self._whole(before), lambda memory, path: memory.facts.of(path, entries))

    async def facts_named(self, names: Collection[str]) -> list[FactState]:
        """The facts with these ids, as they now stand; those that the path does not have are left out."""
        return await self._facts(self._whole(), lambda memory, path: memory.facts.named(path, names)) if names else []

    async def open_threads(self) -> list[FactState]:
        """Every question and promise that is open, the oldest first."""
        return await self._facts(self._whole(), lambda memory, path: memory.facts.open_threads(path))

    async def carried(self) -> list[FactState]:
        """What the player has with them, the oldest first."""
        return await self._facts(self._whole(), lambda memory, path: memory.facts.carried(path))

    async def last_before(self) -> str:
        """The last paragraph of the book before.

        Raises:
            MemoryUnavailableError: it is gone.
        """
        return await self._with(lambda memory: memory.entry(self.before, self.before.length - 1).text)

    def number(self, place: int) -> str:
        """A paragraph's number as prompts have it: from 1; of the book before, marked as such."""
        return numbered(place, self.before.length, self._language)

    def _whole(self, end: int | None = None) -> Lineage:
        """What came before this book, and the book, up to the place ``end``."""
        return (self.path if end is None else self.path.cut(end)).after(self.before)

    async def _facts(self, path: Lineage, use: Callable[[LongTermMemory, Lineage], list[FactState]]) -> list[FactState]:
        """Facts as they stand at the end of a path; among those who know one, nobody is dead there."""

        def look(memory: LongTermMemory) -> list[FactState]:
            found = use(memory, path)
            if not any(state.known_by for state in found):
                return found
            return known_to_the_living(found, memory.facts.dead(path), self._state.get("aliases", []))

        found = await self._with(look)
        return [state.moved(self.before.length) for state in found] if self.before else found

    async def so_far(self, but: int = 0) -> list[Told]:
        """What the book told so far, without its last ``but`` passages; see :meth:`Synopses.so_far`."""
        path = self.path.cut(self.length - but)
        return await self._with(lambda memory: memory.synopses.so_far(path, self.chapters)) if path else []

    async def due_synopsis(self, but: Collection[Span]) -> Due | None:
        """A span that is full and has no synopsis yet; see :meth:`Synopses.due`."""
        if not cover(self.path, self.chapters):
            return None
        return await self._with(lambda memory: memory.synopses.due(self.path, but, self.chapters))

    async def keep_synopsis(self, span: Span, text: str) -> None:
        """Keep the synopsis of a span of the path."""
        await self._with(lambda memory: memory.synopses.keep(self.path, span, text))

    async def append(self, *passages: NewPassage, plan: str = "") -> Remembered:
        """Write passages at the end of the path. Where one stood there already, what stands counts."""

        def write(memory: LongTermMemory) -> Remembered:
            path = self.path
            for passage in passages:
                path = memory.append(path, passage.text, passage.summary, plan, passage.knowledge)
            return Remembered(path, memory.read(path, path.length - len(passages)))

        return await self._with(write)

    async def replace_last(self, passage: NewPassage) -> Remembered:
        """Let another passage stand in the last place of the path."""

        def write(memory: LongTermMemory) -> Remembered:
            place = self.length - 1
            path = memory.edit(
                self.path, place, text=passage.text, summary=passage.summary, knowledge=passage.knowledge
            )
            return Remembered(path, memory.read(path, place))

        return await self._with(write)

    async def _with(self, use: Callable[[LongTermMemory], T]) -> T:
        def work() -> T:
            with self._memories.open(self._story_id, self._language) as memory:
                return use(memory)

        return await self._calls.work(work)
