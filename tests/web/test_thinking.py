"""What a model thinks on the page: apart from the story, while it thinks, and gone then."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from page_client import HERE, SMALL, begun, page_client
from recurrentgpt.schemas.errors import part
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.library import Library
from recurrentgpt.web.events import EventLog, PageEvent
from recurrentgpt.web.jobs import Job
from recurrentgpt.web.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

THOUGHT = "The lamp should go out here."


def thinks(messages: list[Any], schema: dict[str, Any] | None) -> str | None:
    """A model that thinks before each text, in its text."""
    return None if schema or len(messages) < 1 else f"<think>{THOUGHT}</think>\n" + "The sea was grey. " * 20


async def heard(log: EventLog, count: int) -> list[PageEvent]:
    found: list[PageEvent] = []
    async with asyncio.timeout(30):
        async for event in log.follow(log.id, 0):
            found.append(event)
            if len(found) == count:
                break
    return found


async def test_a_thought_is_in_flight_until_text_comes_and_is_kept_for_nobody() -> None:
    log, said = EventLog(), part("thinking_for", seconds="2")
    log.append("status", "generate_paragraph", "main")
    for word in ("The ", "lamp."):
        log.append("thinking", word, "main", said)
    assert (log.in_flight().thought, log.in_flight().thinking) == ("The lamp.", said)
    assert [(event.kind, event.text) for event in await heard(log, 2)] == [
        ("status", "generate_paragraph"),
        ("thinking", "The lamp."),
    ]
    log.append("note", "", "main", "it goes on")
    assert log.in_flight().thought
    log.append("text", "She", "main")
    assert (log.in_flight().thought, log.in_flight().thinking) == ("", "")
    assert [event.kind for event in await heard(log, 3)] == ["status", "note", "text"]


async def test_a_long_thought_is_cut_at_its_beginning() -> None:
    log = EventLog()
    for number in range(5000):
        log.append("thinking", f"{number} ", "main", part("thinking_for", seconds="2"))
    assert log.in_flight().thought.endswith("4999 ")
    assert len(log.in_flight().thought) == 4000


async def test_what_the_model_of_a_story_thinks_reaches_the_page_and_not_the_story(
    fake_models: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_models(interfere=thinks)
    sessions = Sessions(Library.of_the_process(), idle=60)
    record = sessions.library.begin(StoryInput(topic="A lighthouse keeper"), SMALL)
    session, came = sessions.of(record), list[PageEvent]()
    appended = session.log.append

    def append(*told: Any) -> None:
        came.append(PageEvent(0, *told))
        appended(*told)

    monkeypatch.setattr(session.log, "append", append)
    await session.start(Job())
    async with asyncio.timeout(30):
        while session.is_writing:  # noqa: ASYNC110 (what is waited for has no event)
            await asyncio.sleep(0.01)
    thoughts = [event for event in came if event.kind == "thinking"]
    assert THOUGHT in "".join(event.text for event in thoughts)
    assert isinstance(thoughts[0].said, dict)
    assert THOUGHT not in "".join(event.text for event in came if event.kind == "text")
    async with session.story() as story:
        assert THOUGHT not in json.dumps(await story.state(), default=str)
    await sessions.close()


def test_the_page_has_a_place_for_it_and_its_words(fake_model: Any) -> None:
    assert fake_model
    with page_client() as client:
        story_id = begun(client)
        session = client.app.state.sessions.of(Library.of_the_process().find(story_id))  # type: ignore[attr-defined]
        session.log.append("thinking", THOUGHT, "main", part("thinking_for", seconds="7"))
        address = f"/story/{story_id}/live?log={session.log.id}&number={session.log.in_flight().number - 1}&language=zh"
        with (
            suppress(CancelledError),  # the test's client cancels what it leaves
            client.websocket_connect(address, headers={"host": "127.0.0.1:7860", "origin": HERE}) as socket,
        ):
            told = socket.receive_json()
    assert (told["kind"], told["text"], told["label"]) == ("thinking", THOUGHT, "思考中，7 秒")
