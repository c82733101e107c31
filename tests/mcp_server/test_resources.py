"""The resources of the MCP server with the official client: read, listened to, and let alone again."""

from __future__ import annotations

import asyncio
import warnings
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPDeprecationWarning, MCPError

from recurrentgpt.mcp_server.server import make_server
from recurrentgpt.stories.library import Library
from stories_at_hand import begun

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fake_model import FakeChatModel
    from recurrentgpt.stories.record import StoryRecord


@asynccontextmanager
async def connected(**how: Any) -> AsyncIterator[Client]:
    async with Client(make_server(Library.of_the_process()), raise_exceptions=True, **how) as client:
        yield client


async def remember(client: Client, text: str) -> None:
    """Put the memory right: a change of the story."""
    answer = await client.call_tool("edit_story", {"what": "short_term_memory", "text": text})
    assert not answer.is_error, answer.content


class Listener:
    """What a client of before 2026 was told, in order."""

    def __init__(self) -> None:
        self._told: asyncio.Queue[Any] = asyncio.Queue()

    async def __call__(self, message: Any) -> None:
        await self._told.put(message)

    async def next(self) -> str:
        """The address of what changed next."""
        message = await asyncio.wait_for(self._told.get(), 20)
        return str(message.params.uri)

    def left(self) -> list[str]:
        """What was told besides."""
        return [str(self._told.get_nowait().params.uri) for _ in range(self._told.qsize())]


async def subscribe(client: Client, uri: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MCPDeprecationWarning)
        await client.session.subscribe_resource(uri)


async def unsubscribe(client: Client, uri: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MCPDeprecationWarning)
        await client.session.unsubscribe_resource(uri)


@pytest.fixture
def story(fake_model: FakeChatModel) -> StoryRecord:
    """A story of four passages."""
    del fake_model
    return begun(2)[1]


@pytest.mark.parametrize("kind", ["book", "memory", "facts", "synopsis"])
async def test_a_resource_of_a_story_is_listed_and_read(story: StoryRecord, kind: str) -> None:
    uri = f"story://{story.story_id}/{kind}"
    async with connected() as client:
        listed = {str(resource.uri) for resource in (await client.list_resources()).resources}
        templates = {each.uri_template for each in (await client.list_resource_templates()).resource_templates}
        (content,) = (await client.read_resource(uri)).contents
    assert uri in listed
    assert f"story://{{story}}/{kind}" in templates
    assert content.text or kind == "facts"  # type: ignore[union-attr]


async def test_a_resource_of_no_story_is_refused_with_a_sentence(story: StoryRecord) -> None:
    del story
    async with connected() as client:
        with pytest.raises(MCPError, match="nowhere"):
            await client.read_resource("story://nowhere/book")


async def test_whoever_listens_to_a_resource_is_told_when_it_changes(story: StoryRecord) -> None:
    uri = f"story://{story.story_id}/book"
    async with connected() as client, client.listen(resource_subscriptions=[uri]) as events:
        await remember(client, "It rained.")
        event: Any = await asyncio.wait_for(anext(aiter(events)), 20)
    assert event.uri == uri


async def test_a_client_of_before_is_told_once_however_often_it_subscribed_until_it_has_enough(
    story: StoryRecord,
) -> None:
    memory, book = (f"story://{story.story_id}/{kind}" for kind in ("memory", "book"))
    told = Listener()
    async with connected(mode="legacy", message_handler=told) as client:
        for uri in (memory, memory, book):
            await subscribe(client, uri)
        await remember(client, "It rained.")
        assert [await told.next(), await told.next()] == [book, memory]
        await unsubscribe(client, memory)
        await remember(client, "It snowed.")
        assert await told.next() == book
        await remember(client, "It froze.")
        assert await told.next() == book
        assert told.left() == []


async def test_a_story_subscribed_to_by_its_place_in_the_list_is_told_of_by_that_name(story: StoryRecord) -> None:
    del story
    told = Listener()
    async with connected(mode="legacy", message_handler=told) as client:
        await subscribe(client, "story://1/memory")
        await remember(client, "It rained.")
        assert await told.next() == "story://1/memory"


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("story://nowhere/book", "No story is called 'nowhere'"),
        ("story://1/weather", "book, memory, facts, synopsis"),
        ("story://1", "book, memory, facts, synopsis"),
        ("ftp://example.org/book", "book, memory, facts, synopsis"),
    ],
)
async def test_what_is_not_there_can_not_be_subscribed_to(story: StoryRecord, uri: str, said: str) -> None:
    del story
    async with connected(mode="legacy") as client:
        with pytest.raises(MCPError, match=said):
            await subscribe(client, uri)


async def test_over_http_a_client_that_went_away_or_never_listens_keeps_no_other_waiting(story: StoryRecord) -> None:
    uri = f"story://{story.story_id}/memory"
    app = make_server(Library.of_the_process()).streamable_http_app(host="127.0.0.1")
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", ws="none"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn has no event of its own)
        await asyncio.sleep(0.01)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/mcp"
    told = Listener()
    async with Client(streamable_http_client(url, terminate_on_close=False), mode="legacy") as gone:
        await subscribe(gone, uri)
    async with Client(streamable_http_client(url), mode="legacy", message_handler=told) as client:
        await subscribe(client, uri)
        for weather in ("rained", "snowed", "froze"):
            await remember(client, f"It {weather}.")
            assert await told.next() == uri
    server.should_exit = True
    await serving
