"""The long-term memory as one state sees it: bound to the story, its language and its path."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..memory import Entry, Lineage, LongTermMemory, Memories, Recalled
    from ..schemas.languages import Language
    from .calls import Calls

T = TypeVar("T")


class MemoryView:
    """A story's long-term memory, along one path. What changes it gives the path that sees the change.

    Attributes:
        path: what of the memory is seen.
    """

    def __init__(self, memories: Memories, story_id: str, language: Language, path: Lineage, calls: Calls) -> None:
        self.path = path
        self._memories = memories
        self._story_id = story_id
        self._language = language
        self._calls = calls

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
        self, questions: Sequence[str], limit: int, leave_out: Sequence[int] = (), *, by_words: bool = True
    ) -> list[Recalled]:
        """The paragraphs that answer the questions best, by meaning and by words; see :meth:`LongTermMemory.recall`."""
        return await self._with(lambda memory: memory.recall(self.path, questions, limit, leave_out, by_words=by_words))

    async def append(self, *entries: tuple[str, str], plan: str = "") -> Lineage:
        """Write paragraphs, each with its summary, at the end of the path."""

        def write(memory: LongTermMemory) -> Lineage:
            path = self.path
            for text, summary in entries:
                path = memory.append(path, text, summary, plan)
            return path

        return await self._with(write)

    async def replace_last(self, text: str, summary: str) -> Lineage:
        """Let another paragraph and summary stand in the last place of the path."""
        return await self._with(lambda memory: memory.edit(self.path, self.length - 1, text=text, summary=summary))

    async def _with(self, use: Callable[[LongTermMemory], T]) -> T:
        def work() -> T:
            with self._memories.open(self._story_id, self._language) as memory:
                return use(memory)

        return await self._calls.work(work)
