"""Sessions: stories shared by all pages of a process, followed from anywhere, taken up again after a stop or a kill."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from filelock import FileLock

from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import StoryInUseError, StoryStateError
from recurrentgpt.schemas.places import UNDER_WAY
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories import branches
from recurrentgpt.stories.branch_removal import remove_branch
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.story import Standing, Story
from recurrentgpt.web.events import EventLog, PageEvent
from recurrentgpt.web.jobs import Job, keep_job, under_way
from recurrentgpt.web.sessions import Sessions, StorySession
from recurrentgpt.web.stopped import STOPPED
from recurrentgpt.web.story_view import view_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from fake_model import FakeChatModel
    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.web.story_view import StoryView

SMALL = Context(model="fake", opening_paragraphs=1, plan_sentences=1, memory_min_sentences=1, memory_max_sentences=2)


@pytest.fixture
async def sessions() -> AsyncIterator[Sessions]:
    made = Sessions(Library.of_the_process(), idle=60)
    yield made
    await made.close()


def new_story(sessions: Sessions) -> StoryRecord:
    return sessions.library.begin(StoryInput(topic="A lighthouse keeper finds a message in a bottle"), SMALL)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not is_so():  # noqa: ASYNC110 (what is waited for has no event)
            await asyncio.sleep(0.01)


async def done(session: StorySession) -> None:
    await until(lambda: not session.is_writing)


async def streams(session: StorySession, words: int = 1) -> None:
    await until(lambda: len(session.log.in_flight().texts.get("main", "").split()) >= words)


async def begun(sessions: Sessions) -> tuple[StoryRecord, StorySession]:
    record = new_story(sessions)
    session = sessions.of(record)
    await session.start(Job())
    await done(session)
    return record, session


async def look(session: StorySession) -> StoryView:
    async with session.story() as story:
        return await view_of(session, story)


# The events


async def told(log: EventLog, name: str, after: int, count: int) -> list[PageEvent]:
    found: list[PageEvent] = []
    async for event in log.follow(name, after):
        found.append(event)
        if len(found) == count:
            break
    return found


async def test_who_follows_from_a_number_misses_nothing_and_hears_nothing_twice() -> None:
    log = EventLog()
    log.append("text", "The lamp ", "main")
    in_flight = log.in_flight()
    assert in_flight.texts == {"main": "The lamp "}
    log.append("text", "went out.", "main")
    later = asyncio.create_task(told(log, log.id, in_flight.number, 3))
    await asyncio.sleep(0)
    log.append("text", " Again.", "main")
    await asyncio.sleep(0)
    log.append("changed", branch="main")
    assert [(event.kind, event.text) for event in await asyncio.wait_for(later, 5)] == [
        ("text", "went out."),
        ("text", " Again."),
        ("changed", ""),
    ]
    assert log.in_flight().texts == {}


@pytest.mark.parametrize(("name", "after"), [("", 0), ("another", 3), (None, 99)])
async def test_who_knows_another_log_is_told_to_look(name: str | None, after: int) -> None:
    log = EventLog()
    log.append("text", "once", "main")
    first = await told(log, log.id if name is None else name, after, 1)
    assert first == [PageEvent(1, "changed")]


async def test_text_that_is_written_once_more_is_not_shown_twice() -> None:
    log = EventLog()
    log.append("text", "A bad try", "main")
    log.drop_text("main")
    log.append("text", "A good one", "main")
    assert log.in_flight().texts == {"main": "A good one"}
    assert [event.kind for event in await told(log, log.id, 1, 2)] == ["changed", "text"]


# Writing


async def test_a_step_is_written_and_shown(sessions: Sessions, fake_model: FakeChatModel) -> None:
    del fake_model
    _, session = await begun(sessions)
    view = await look(session)
    assert (view.length, len(view.plans), view.problem, view.is_writing) == (1, 3, None, False)
    await session.start(Job(), 2)
    await done(session)
    after = await look(session)
    assert after.length == 2
    assert after.state["plan"]["text"] == view.plans[1]["text"]
    assert after.entries[-1].text == after.state["paragraph"]


async def test_what_is_in_flight_is_seen_by_whoever_looks(sessions: Sessions, fake_models: Callable[..., Any]) -> None:
    fake_models(pause=0.002)
    _, session = await begun(sessions)
    await session.start(Job(), 1)
    await streams(session, 20)
    view = await look(session)
    assert view.is_writing
    await done(session)
    assert (await look(session)).entries[-1].text.startswith(view.live)


async def test_a_written_paragraph_is_on_the_page_before_it_is_remembered(
    sessions: Sessions, fake_models: Callable[..., Any]
) -> None:
    pending: list[str] = []
    record, session = await begun_with(sessions, fake_models(delay=0.15))
    await session.start(Job(), 1)
    while session.is_writing:
        view = await look(session)
        pending.extend(view.pending)
        shown = [entry.text for entry in view.entries] + [*view.pending] + ([view.live] if view.live else [])
        assert len(shown) == len(set(shown)), "nothing stands there twice"
        await asyncio.sleep(0.02)
    assert set(pending) == {(await look(session)).entries[-1].text}
    assert sessions.library.record(record.story_id).paragraphs == 2


async def begun_with(sessions: Sessions, model: FakeChatModel) -> tuple[StoryRecord, StorySession]:
    del model
    return await begun(sessions)


async def test_one_at_a_time(sessions: Sessions, fake_models: Callable[..., Any]) -> None:
    fake_models(delay=0.05)
    _, session = await begun(sessions)
    await session.start(Job(), 1)
    with pytest.raises(StoryStateError, match="already"):
        await session.start(Job(), 2)
    with pytest.raises(StoryStateError, match="nothing was changed"):
        async with session.change():
            pass
    await done(session)
    assert (await look(session)).length == 2


async def test_several_are_written_and_stopped_after_the_one_at_work(
    sessions: Sessions, fake_models: Callable[..., Any]
) -> None:
    fake_models(delay=0.01)
    record, session = await begun(sessions)
    await session.start(Job(kind="write", paragraphs=50, chooser="first"))
    await until(lambda: sessions.library.record(record.story_id).paragraphs >= 3)
    await session.stop(at_once=False)
    assert session.is_stopping
    await done(session)
    view = await look(session)
    assert 3 <= view.length <= 5
    assert view.is_settled
    assert under_way(sessions.library.folder(record)) is None


async def test_stopped_at_once_it_goes_on_from_the_last_finished_gate(
    sessions: Sessions, fake_models: Callable[..., Any]
) -> None:
    model = fake_models(pause=0.005)
    _, session = await begun(sessions)
    await session.start(Job(), 1)
    await streams(session)
    await session.stop(at_once=True)
    view = await look(session)
    assert (view.is_writing, view.is_settled, view.plans, view.live) == (False, False, [], "")
    model.asked.clear()
    await session.start(Job())
    await done(session)
    assert (await look(session)).length == 2
    assert len(model.asked) == 4, "the paragraph and what follows, and no gate before it"


async def test_all_plans_side_by_side(sessions: Sessions, fake_model: FakeChatModel) -> None:
    del fake_model
    _, session = await begun(sessions)
    plans = [plan["text"] for plan in (await look(session)).plans]
    await session.start(Job(kind="try"))
    await done(session)
    view = await look(session)
    assert view.length == 1
    assert [sibling.plan for sibling in view.siblings] == plans
    assert all(sibling.is_written and sibling.text for sibling in view.siblings)


async def test_what_goes_wrong_is_a_sentence_and_the_story_is_intact(
    sessions: Sessions, fake_models: Callable[..., Any]
) -> None:
    model = fake_models()
    _, session = await begun(sessions)
    model.interfere = lambda _, schema: "" if schema is None else None
    await session.start(Job(), 1)
    await done(session)
    view = await look(session)
    assert "no usable answer for 'generate_paragraph'" in str(view.problem)
    assert view.length == 1
    model.interfere = None
    await session.start(Job())
    await done(session)
    assert ((await look(session)).length, session.problem) == (2, None)


async def test_a_mistake_of_the_program_is_a_sentence_too(
    sessions: Sessions, fake_models: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    model = fake_models()
    _, session = await begun(sessions)

    def fails(*_: object) -> str:
        msg = "secret detail"
        raise ZeroDivisionError(msg)

    model.interfere = fails
    await session.start(Job(), 1)
    await done(session)
    await asyncio.sleep(0)
    assert "ZeroDivisionError" in str(session.problem)
    assert "secret detail" not in str(session.problem)
    assert "secret detail" in caplog.text


# Open and closed


async def test_a_story_nobody_uses_is_let_go_of(fake_model: FakeChatModel) -> None:
    del fake_model
    sessions = Sessions(Library.of_the_process(), idle=0.05)
    record, session = await begun(sessions)
    await asyncio.sleep(0.3)
    assert await can_be_opened(sessions, record)
    assert (await look(session)).length == 1, "and opened again when somebody looks"
    await sessions.close()


async def can_be_opened(sessions: Sessions, record: StoryRecord) -> bool:
    try:
        async with sessions.library.open(record):
            return True
    except StoryInUseError:
        return False


async def test_a_story_that_is_open_elsewhere_says_so(sessions: Sessions, fake_model: FakeChatModel) -> None:
    del fake_model
    record = new_story(sessions)
    async with sessions.library.open(record):
        with pytest.raises(StoryInUseError, match="another process"):
            await look(sessions.of(record))
        with pytest.raises(StoryInUseError, match="another process"):
            await sessions.of(record).start(Job())
        assert under_way(sessions.library.folder(record)) is None, "what is under way there is theirs to note"


async def test_whoever_is_kept_out_is_told_by_what(sessions: Sessions) -> None:
    record = new_story(sessions)
    for face, told in (
        ("page", "close its tabs and wait a minute"),
        ("agents", "the server for agents"),
        ("", "end that"),
    ):
        sessions.library.face = face  # type: ignore[assignment]
        async with sessions.library.open(record):
            with pytest.raises(StoryInUseError, match=told):
                async with sessions.library.open(record):
                    pass
    (sessions.library.folder(record) / "holder.json").write_text('{"kind": "page", "pid": 999999999}', encoding="utf-8")
    with FileLock(sessions.library.folder(record) / "lock"), pytest.raises(StoryInUseError, match="end that one first"):
        async with sessions.library.open(record):
            pass


async def test_what_was_under_way_is_taken_up_by_the_next_process(fake_models: Callable[..., Any]) -> None:
    fake_models(pause=0.002)
    first = Sessions(Library.of_the_process())
    record, session = await begun(first)
    await session.start(Job(kind="write", paragraphs=2, chooser="first"))
    await streams(session)
    await first.close()
    kept = Job(kind="write", paragraphs=2, chooser="first", until=2, branch="main")
    assert under_way(first.library.folder(record)) == kept
    second = Sessions(Library.of_the_process())
    await second.of(record).resume()
    await done(second.of(record))
    assert (await look(second.of(record))).length == 3
    assert under_way(first.library.folder(record)) is None
    await second.close()


async def test_a_note_that_cannot_be_read_is_no_note(sessions: Sessions) -> None:
    record = new_story(sessions)
    folder = sessions.library.folder(record)
    keep_job(folder, Job())
    assert under_way(folder) == Job()
    for text in ("", "{", '{"kind": "burn"}', "[]"):
        (folder / UNDER_WAY).write_text(text, encoding="utf-8")
        assert under_way(folder) is None


async def test_a_deleted_story_is_gone_even_while_it_is_written(
    sessions: Sessions, fake_models: Callable[..., Any]
) -> None:
    fake_models(pause=0.002)
    record, session = await begun(sessions)
    await session.start(Job(), 1)
    await sessions.delete(record)
    assert sessions.library.records() == []
    assert not sessions.library.folder(record).exists()


async def test_an_answer_that_was_taken_is_followed_once(sessions: Sessions, fake_models: Callable[..., Any]) -> None:
    """Whenever the process ends after it said that it took it: before it was given, after that, after all of it."""
    fake_models(pause=0.002)
    record, session = await begun(sessions)
    folder = sessions.library.folder(record)
    here = {"branch": "main", "step": "0"}
    with pytest.raises(StoryStateError, match="has gone on since"):
        await session.start(Job(), {"instruction": "She swims."}, here | {"step": "1"})
    assert under_way(folder) is None
    await session.start(Job(), {"instruction": "She swims."}, here)
    taken = under_way(folder)
    assert taken
    assert (taken.answer, taken.question) == ({"instruction": "She swims."}, "")
    await until(lambda: bool((now := under_way(folder)) and now.question))
    given = under_way(folder)
    await done(session)
    assert [entry.plan for entry in (await look(session)).entries] == ["", "She swims."]
    for late in (given, taken.model_copy(update={"question": given.question if given else ""})):
        keep_job(folder, late)
        await session.resume()
        await done(session)
        assert (await look(session)).length == 2
    keep_job(folder, Job(answer={"instruction": "She sinks."}, branch="branch-9"))
    await session.resume()
    assert "You said: 'She sinks.'" in str(session.problem)
    assert ((await look(session)).length, under_way(folder)) == (2, None)


async def test_a_kill_after_a_paragraph_writes_none_too_many(sessions: Sessions, fake_model: FakeChatModel) -> None:
    del fake_model
    record, session = await begun(sessions)
    folder = sessions.library.folder(record)
    job = Job(kind="write", paragraphs=2, chooser="first")
    await session.start(job)
    await done(session)
    for written in (2, 3):
        keep_job(folder, job.model_copy(update={"until": written, "branch": "main"}))
        await session.resume()
        await done(session)
        assert (await look(session)).length == 1 + written


async def test_what_a_person_wrote_and_is_not_in_the_book_stays_whatever_is_begun_instead(
    sessions: Sessions, fake_model: FakeChatModel
) -> None:
    """Two of three passages are in the book, or none yet; their job is left, for a plan or for another branch."""
    del fake_model
    record, session = await begun(sessions)
    folder = sessions.library.folder(record)
    job = Job(kind="own", prose=("One.", "Two.", "Three."), branch="main")
    keep_job(folder, job)
    await session.start(Job(kind="own", prose=("Mine.",)))
    await done(session)
    view = await look(session)
    assert ([entry.text for entry in view.entries][1:], view.stopped) == (["Mine."], "One.\n\nTwo.\n\nThree.")
    keep_job(folder, job.model_copy(update={"until": 2, "branch": "main"}))
    await session.start(Job(), 1)
    await done(session)
    assert (await look(session)).stopped == "One.\n\nTwo.\n\nThree.\n\nThree."
    keep_job(folder, job.model_copy(update={"until": 5, "branch": "main"}))
    async with session.change() as story:
        await branches.new_branch(story, 1, "night")
    await session.resume()
    assert "night" in str(session.problem)
    assert ((await look(session)).stopped, under_way(folder)) == ("", None)
    async with session.change() as story:
        await branches.switch(story, "main")
    assert (await look(session)).stopped.endswith("Three.\n\nThree.\n\nOne.\n\nTwo.\n\nThree.")


async def test_what_an_earlier_version_kept_of_a_stopped_step_is_there(
    sessions: Sessions, fake_model: FakeChatModel
) -> None:
    """It kept one text of a story, as an object."""
    del fake_model
    record, session = await begun(sessions)
    step = (await look(session)).state["step"]
    kept = {"branch": "main", "step": step, "text": "The door stood op"}
    (sessions.library.folder(record) / STOPPED).write_text(json.dumps(kept), encoding="utf-8")
    assert (await look(session)).stopped == "The door stood op"


async def test_a_branch_that_is_deleted_while_a_page_is_made_is_not_on_it(
    sessions: Sessions, fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    del fake_model
    _, session = await begun(sessions)
    await session.start(Job(kind="try"))
    await done(session)
    standing = Story.standing

    async def late(story: Story, branch: str = "") -> Standing:
        if branch == gone and any(one.name == gone for one in story.record.branches):
            await remove_branch(story, gone)
        return await standing(story, branch)

    gone, *rest = [sibling.branch for sibling in (await look(session)).siblings]
    monkeypatch.setattr(Story, "standing", late)
    assert [sibling.branch for sibling in (await look(session)).siblings] == rest
