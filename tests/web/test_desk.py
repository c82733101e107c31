"""The desk: stories shared by all pages of a process, followed from anywhere, taken up again after a stop or a kill."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import StoryInUseError, StoryStateError
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.shelf import Shelf
from recurrentgpt.stories.story import open_story
from recurrentgpt.web.desk import Desk, Place
from recurrentgpt.web.feed import Feed, News
from recurrentgpt.web.jobs import UNDER_WAY, Job, note, under_way
from recurrentgpt.web.writing import view_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from fake_model import FakeChatModel
    from recurrentgpt.stories.card import Card
    from recurrentgpt.web.writing import View

SMALL = Context(model="fake", opening_paragraphs=1, plan_sentences=1, memory_min_sentences=1, memory_max_sentences=2)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    made = Desk(Shelf(), idle=60)
    yield made
    await made.close()


def new_story(desk: Desk) -> Card:
    return desk.shelf.begin(StoryInput(topic="A lighthouse keeper finds a message in a bottle"), SMALL)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not is_so():  # noqa: ASYNC110 (what is waited for has no event)
            await asyncio.sleep(0.01)


async def done(place: Place) -> None:
    await until(lambda: not place.is_writing)


async def streams(place: Place, words: int = 1) -> None:
    await until(lambda: len(place.feed.glance().texts.get("main", "").split()) >= words)


async def begun(desk: Desk) -> tuple[Card, Place]:
    card = new_story(desk)
    place = desk.place(card)
    await place.start(Job())
    await done(place)
    return card, place


async def look(place: Place) -> View:
    async with place.story() as story:
        return await view_of(place, story)


# The feed


async def told(feed: Feed, name: str, after: int, count: int) -> list[News]:
    found: list[News] = []
    async for news in feed.follow(name, after):
        found.append(news)
        if len(found) == count:
            break
    return found


async def test_who_follows_from_a_number_misses_nothing_and_hears_nothing_twice() -> None:
    feed = Feed()
    feed.tell("text", "The lamp ", "main")
    glance = feed.glance()
    assert glance.texts == {"main": "The lamp "}
    feed.tell("text", "went out.", "main")
    later = asyncio.create_task(told(feed, feed.name, glance.number, 3))
    await asyncio.sleep(0)
    feed.tell("text", " Again.", "main")
    await asyncio.sleep(0)
    feed.tell("changed", branch="main")
    assert [(news.kind, news.words) for news in await asyncio.wait_for(later, 5)] == [
        ("text", "went out."),
        ("text", " Again."),
        ("changed", ""),
    ]
    assert feed.glance().texts == {}


@pytest.mark.parametrize(("name", "after"), [("", 0), ("another", 3), (None, 99)])
async def test_who_knows_another_feed_is_told_to_look(name: str | None, after: int) -> None:
    feed = Feed()
    feed.tell("text", "once", "main")
    first = await told(feed, feed.name if name is None else name, after, 1)
    assert first == [News(1, "changed")]


async def test_text_that_is_written_once_more_is_not_shown_twice() -> None:
    feed = Feed()
    feed.tell("text", "A bad try", "main")
    feed.begin_anew("main")
    feed.tell("text", "A good one", "main")
    assert feed.glance().texts == {"main": "A good one"}
    assert [news.kind for news in await told(feed, feed.name, 1, 2)] == ["changed", "text"]


# Writing


async def test_a_step_is_written_and_shown(desk: Desk, fake_model: FakeChatModel) -> None:
    del fake_model
    _, place = await begun(desk)
    view = await look(place)
    assert (view.length, len(view.plans), view.problem, view.is_writing) == (1, 3, None, False)
    await place.start(Job(), 2)
    await done(place)
    after = await look(place)
    assert after.length == 2
    assert after.state["plan"]["text"] == view.plans[1]["text"]
    assert after.entries[-1].text == after.state["paragraph"]


async def test_what_is_in_flight_is_seen_by_whoever_looks(desk: Desk, fake_models: Callable[..., Any]) -> None:
    fake_models(pause=0.002)
    _, place = await begun(desk)
    await place.start(Job(), 1)
    await streams(place, 20)
    view = await look(place)
    assert view.is_writing
    await done(place)
    assert (await look(place)).entries[-1].text.startswith(view.live)


async def test_a_written_paragraph_is_on_the_page_before_it_is_remembered(
    desk: Desk, fake_models: Callable[..., Any]
) -> None:
    pending: list[str] = []
    card, place = await begun_with(desk, fake_models(delay=0.15))
    await place.start(Job(), 1)
    while place.is_writing:
        view = await look(place)
        pending.extend(view.pending)
        shown = [entry.text for entry in view.entries] + view.pending + ([view.live] if view.live else [])
        assert len(shown) == len(set(shown)), "nothing stands there twice"
        await asyncio.sleep(0.02)
    assert set(pending) == {(await look(place)).entries[-1].text}
    assert desk.shelf.card(card.story_id).paragraphs == 2


async def begun_with(desk: Desk, model: FakeChatModel) -> tuple[Card, Place]:
    del model
    return await begun(desk)


async def test_one_at_a_time(desk: Desk, fake_models: Callable[..., Any]) -> None:
    fake_models(delay=0.05)
    _, place = await begun(desk)
    await place.start(Job(), 1)
    with pytest.raises(StoryStateError, match="already"):
        await place.start(Job(), 2)
    with pytest.raises(StoryStateError, match="nothing was changed"):
        async with place.change():
            pass
    await done(place)
    assert (await look(place)).length == 2


async def test_several_are_written_and_stopped_after_the_one_at_work(
    desk: Desk, fake_models: Callable[..., Any]
) -> None:
    fake_models(delay=0.01)
    card, place = await begun(desk)
    await place.start(Job(kind="write", paragraphs=50, chooser="first"))
    await until(lambda: desk.shelf.card(card.story_id).paragraphs >= 3)
    await place.stop(at_once=False)
    assert place.is_stopping
    await done(place)
    view = await look(place)
    assert 3 <= view.length <= 5
    assert view.is_settled
    assert under_way(desk.shelf.folder(card)) is None


async def test_stopped_at_once_it_goes_on_from_the_last_finished_gate(
    desk: Desk, fake_models: Callable[..., Any]
) -> None:
    model = fake_models(pause=0.005)
    _, place = await begun(desk)
    await place.start(Job(), 1)
    await streams(place)
    await place.stop(at_once=True)
    view = await look(place)
    assert (view.is_writing, view.is_settled, view.plans, view.live) == (False, False, [], "")
    model.asked.clear()
    await place.start(Job())
    await done(place)
    assert (await look(place)).length == 2
    assert len(model.asked) == 4, "the paragraph and what follows, and no gate before it"


async def test_all_plans_side_by_side(desk: Desk, fake_model: FakeChatModel) -> None:
    del fake_model
    _, place = await begun(desk)
    plans = [plan["text"] for plan in (await look(place)).plans]
    await place.start(Job(kind="try"))
    await done(place)
    view = await look(place)
    assert view.length == 1
    assert [sibling.plan for sibling in view.siblings] == plans
    assert all(sibling.is_written and sibling.text for sibling in view.siblings)


async def test_what_goes_wrong_is_a_sentence_and_the_story_is_intact(
    desk: Desk, fake_models: Callable[..., Any]
) -> None:
    model = fake_models()
    _, place = await begun(desk)
    model.interfere = lambda _, schema: "" if schema is None else None
    await place.start(Job(), 1)
    await done(place)
    view = await look(place)
    assert "no usable answer for 'generate_paragraph'" in str(view.problem)
    assert view.length == 1
    model.interfere = None
    await place.start(Job())
    await done(place)
    assert ((await look(place)).length, place.problem) == (2, None)


async def test_a_mistake_of_the_program_is_a_sentence_too(
    desk: Desk, fake_models: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    model = fake_models()
    _, place = await begun(desk)

    def fails(*_: object) -> str:
        msg = "secret detail"
        raise ZeroDivisionError(msg)

    model.interfere = fails
    await place.start(Job(), 1)
    await done(place)
    await asyncio.sleep(0)
    assert "ZeroDivisionError" in str(place.problem)
    assert "secret detail" not in str(place.problem)
    assert "secret detail" in caplog.text


# Open and closed


async def test_a_story_nobody_uses_is_let_go_of(fake_model: FakeChatModel) -> None:
    del fake_model
    desk = Desk(Shelf(), idle=0.05)
    card, place = await begun(desk)
    await asyncio.sleep(0.3)
    assert await can_be_opened(desk, card)
    assert (await look(place)).length == 1, "and opened again when somebody looks"
    await desk.close()


async def can_be_opened(desk: Desk, card: Card) -> bool:
    try:
        async with open_story(desk.shelf.folder(card)):
            return True
    except StoryInUseError:
        return False


async def test_a_story_that_is_open_elsewhere_says_so(desk: Desk, fake_model: FakeChatModel) -> None:
    del fake_model
    card = new_story(desk)
    async with open_story(desk.shelf.folder(card)):
        with pytest.raises(StoryInUseError, match="another process"):
            await look(desk.place(card))
        await desk.place(card).start(Job())
        await done(desk.place(card))
        assert "another process" in str(desk.place(card).problem)


async def test_what_was_under_way_is_taken_up_by_the_next_process(fake_models: Callable[..., Any]) -> None:
    fake_models(pause=0.002)
    first = Desk(Shelf())
    card, place = await begun(first)
    await place.start(Job(kind="write", paragraphs=2, chooser="first"))
    await streams(place)
    await first.close()
    assert under_way(first.shelf.folder(card)) == Job(kind="write", paragraphs=2, chooser="first")
    second = Desk(Shelf())
    await second.place(card).take_up()
    await done(second.place(card))
    assert (await look(second.place(card))).length == 3
    assert under_way(first.shelf.folder(card)) is None
    await second.close()


async def test_a_note_that_cannot_be_read_is_no_note(desk: Desk) -> None:
    card = new_story(desk)
    folder = desk.shelf.folder(card)
    note(folder, Job())
    assert under_way(folder) == Job()
    for text in ("", "{", '{"kind": "burn"}', "[]"):
        (folder / UNDER_WAY).write_text(text, encoding="utf-8")
        assert under_way(folder) is None


async def test_a_deleted_story_is_gone_even_while_it_is_written(desk: Desk, fake_models: Callable[..., Any]) -> None:
    fake_models(pause=0.002)
    card, place = await begun(desk)
    await place.start(Job(), 1)
    await desk.delete(card)
    assert desk.shelf.cards() == []
    assert not desk.shelf.folder(card).exists()
