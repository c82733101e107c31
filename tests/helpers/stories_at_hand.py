"""Stories on a shelf, begun, written and changed in one call each."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from recurrentgpt.graph.cycle import is_between_steps
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.library import Library

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.stories.story import Story

FIRST = Context(model="fake", plan_selection="first", opening_paragraphs=1)
TOPIC = StoryInput(topic="A lighthouse keeper finds a message in a bottle")


async def write(story: Story, paragraphs: int, context: Context = FIRST) -> None:
    wanted = (await story.state()).get("step", 0) + paragraphs
    while not await stands_at(story, wanted):
        async for _ in story.run(context):
            pass


async def stands_at(story: Story, step: int) -> bool:
    snapshot = await story.snapshot()
    return snapshot.values.get("step", -1) >= step and is_between_steps(snapshot)


def begun(paragraphs: int) -> tuple[Library, StoryRecord]:
    """A story of two paragraphs and ``paragraphs`` more."""
    library = Library.of_the_process()
    record = library.begin(TOPIC, FIRST)
    at(library, record, lambda story: write(story, paragraphs + 1))
    return library, record


def at(library: Library, record: StoryRecord, act: Callable[[Story], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with library.open(record) as story:
            return await act(story)

    return asyncio.run(run())


def texts(library: Library, record: StoryRecord) -> list[str]:
    return [entry.text for entry in at(library, record, lambda story: story.manuscript())]


def run(library: Library, record: StoryRecord, change: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """One change of a story, async or not."""

    async def act(story: Story) -> Any:
        result = change(story, *given, **named)
        return await result if asyncio.iscoroutine(result) else result

    return at(library, record, act)
