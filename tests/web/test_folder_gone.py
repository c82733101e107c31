"""A story's folder is moved, removed or replaced by hand while it is written on: it is said, and nothing is lost."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import StorageError
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.copying import copy_file
from recurrentgpt.stories.library import Library
from recurrentgpt.web.jobs import Job
from recurrentgpt.web.sessions import Sessions
from recurrentgpt.web.story_view import view_of
from stories_at_hand import begun, run

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from fake_model import FakeChatModel
    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.stories.story import Story
    from recurrentgpt.web.sessions import StorySession

SMALL = Context(model="fake", opening_paragraphs=1, plan_sentences=1, memory_min_sentences=1, memory_max_sentences=2)
MOVED = "was moved or removed while it was open here"


def renamed(folder: Path) -> Path:
    return folder.rename(folder.with_name("renamed"))


def taken_away(folder: Path) -> Path:
    return folder.rename(folder.parents[2] / "elsewhere")


def removed(folder: Path) -> None:
    shutil.rmtree(folder)


def swapped(folder: Path) -> Path:
    there = folder.rename(folder.with_name("renamed"))
    shutil.copytree(there, folder, copy_function=copy_file)
    return folder


WAYS: dict[str, Callable[[Path], Path | None]] = {
    "renamed": renamed,
    "taken away": taken_away,
    "removed": removed,
    "swapped": swapped,
}


@pytest.fixture
async def sessions(fake_models: Callable[..., Any]) -> AsyncIterator[Sessions]:
    fake_models(pause=0.002)
    made = Sessions(Library.of_the_process())
    yield made
    await made.close()


async def writing(sessions: Sessions) -> tuple[StoryRecord, StorySession]:
    """A story whose second passage is being written."""
    record = sessions.library.begin(StoryInput(topic="A lighthouse keeper"), SMALL)
    session = sessions.of(record)
    await session.start(Job(kind="write", paragraphs=5, chooser="first"))
    async with asyncio.timeout(30):
        while session.record.paragraphs < 2 or len(session.log.in_flight().texts.get("main", "")) < 5:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    return record, session


async def ended(session: StorySession) -> None:
    async with asyncio.timeout(30):
        while session.is_writing:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("way", WAYS)
async def test_it_is_said_nothing_is_made_in_its_place_and_nothing_is_lost(sessions: Sessions, way: str) -> None:
    record, session = await writing(sessions)
    folder, library = session.folder, sessions.library
    there = WAYS[way](folder)
    await ended(session)
    assert MOVED in str(session.problem)
    assert folder.exists() == (there == folder)
    if there is None:
        return
    if there.parent != folder.parent:
        there.rename(folder)
    async with session.story() as story:  # the same page goes on where it is now
        before = await view_of(session, story)
    assert before.length >= 2
    await session.start(Job(kind="write", paragraphs=1, chooser="first"))
    await ended(session)
    assert session.problem is None
    async with sessions.of(library.record(record.story_id)).story() as story:
        texts = [entry.text for entry in await story.manuscript()]
    assert len(texts) == len(set(texts)) >= before.length + 1


async def test_the_rest_of_the_shelf_goes_on(sessions: Sessions) -> None:
    record, session = await writing(sessions)
    shutil.rmtree(session.folder)
    await ended(session)
    assert [one.story_id for one in sessions.library.records()] == []
    other = sessions.library.begin(StoryInput(topic="Another"), SMALL)
    await sessions.of(other).start(Job())
    await ended(sessions.of(other))
    assert sessions.of(other).problem is None
    assert sessions.library.problems() == []
    assert not session.folder.exists()
    assert [one.story_id for one in sessions.library.records()] == [other.story_id]
    assert record.story_id != other.story_id


def test_no_lock_makes_the_folder_of_a_story_that_is_gone(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(0)
    folder = library.folder(record)
    shutil.rmtree(folder)
    with pytest.raises(StorageError, match=MOVED):
        run(library, record, nothing)
    assert not folder.exists()


def test_a_change_is_refused_where_the_folder_is_gone(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(0)

    async def change(story: Story) -> None:
        shutil.rmtree(story.folder)
        await story.change({"title": "Another"})

    with pytest.raises(StorageError, match=MOVED):
        run(library, record, change)
    assert not library.folder(record).exists()


async def nothing(story: Story) -> None:
    del story
