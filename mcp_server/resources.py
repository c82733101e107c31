"""What can be read of a story, and listened to: the book, the short-term memory, the facts, the synopsis."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from mcp.server.context import ServerRequestContext  # noqa: TC002 (a handler's annotations are read)
from mcp.server.subscriptions import ResourceUpdated
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, EmptyResult, SubscribeRequestParams, UnsubscribeRequestParams

from ..schemas.errors import RecurrentGPTError, StoryNotFoundError, sentence
from ..stories.export import book_bytes, book_of

if TYPE_CHECKING:
    from mcp.server.connection import Connection

    from ..stories.story import Story
    from .desk import Desk
    from .server import StoryServer

BOOK: Final = "book"
"""What a player of a pack can read of it."""
KINDS: Final = (BOOK, "memory", "facts", "synopsis")
_SCHEME = "story://"
_PATIENCE = 5.0
"""Seconds that a client may take to read what it is told, before the others are told."""


def uri_of(story_id: str, kind: str) -> str:
    """The address of one of the four of a story."""
    return f"{_SCHEME}{story_id}/{kind}"


class Resources:
    """The resources of a desk's stories, and who listens to them."""

    def __init__(self, desk: Desk, language: str) -> None:
        """What a desk's stories have to read; what can't be subscribed to is refused in a language (a BCP 47 tag)."""
        self._desk = desk
        self._language = language
        self._subscribed: dict[Connection, dict[str, str]] = {}
        """For each client, the addresses it named, and which resource each means."""

    def add_to(self, server: StoryServer) -> None:
        """Let a server have them; also for clients of before 2026, which subscribe to each."""
        for kind, read in ((BOOK, _book), ("memory", _memory), ("facts", _facts), ("synopsis", _synopsis)):
            server.resource(uri_of("{story}", kind), name=kind, description=read.__doc__, mime_type="text/markdown")(
                self._reader(read)
            )
        bus = server._subscriptions  # noqa: SLF001 (the bus that the server's own context publishes to)

        async def changed(story_id: str) -> None:
            uris = [uri_of(story_id, kind) for kind in KINDS]
            for uri in uris:
                await bus.publish(ResourceUpdated(uri=uri))
            await asyncio.gather(*(self._tell(connection, uris) for connection in tuple(self._subscribed)))

        self._desk.when_changed(changed)
        lowlevel = server._lowlevel_server  # noqa: SLF001 (its subscriptions have no other door)
        lowlevel.add_request_handler("resources/subscribe", SubscribeRequestParams, self._subscribe)
        lowlevel.add_request_handler("resources/unsubscribe", UnsubscribeRequestParams, self._unsubscribe)

    async def _tell(self, connection: Connection, changed: list[str]) -> None:
        """Tell a client, by the addresses it named; one that doesn't read keeps no other waiting."""
        named = self._subscribed.get(connection, {})
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                for uri in changed:
                    for given in [given for given, meant in named.items() if meant == uri]:
                        await connection.send_resource_updated(given)

    async def _subscribe(self, ctx: ServerRequestContext[Any], params: SubscribeRequestParams) -> EmptyResult:
        given, connection = str(params.uri), _connection_of(ctx)
        try:
            meant = self._meant(given)
        except RecurrentGPTError as error:
            raise MCPError(INVALID_PARAMS, sentence(error, self._language), error.as_data()) from error
        if connection not in self._subscribed:
            self._subscribed[connection] = {}
            connection.exit_stack.callback(self._subscribed.pop, connection, None)
        self._subscribed[connection][given] = meant
        return EmptyResult()

    async def _unsubscribe(self, ctx: ServerRequestContext[Any], params: UnsubscribeRequestParams) -> EmptyResult:
        self._subscribed.get(_connection_of(ctx), {}).pop(str(params.uri), None)
        return EmptyResult()

    def _meant(self, uri: str) -> str:
        """The resource that an address means, its story watched from now on."""
        story, _, kind = uri.removeprefix(_SCHEME).partition("/")
        if not uri.startswith(_SCHEME) or kind not in KINDS:
            raise StoryNotFoundError("no_resource", uri=uri, known=list(KINDS))
        session = self._desk.session(story) if kind == BOOK else self._desk.open_session(story)
        return uri_of(session.record.story_id, kind)

    def _reader(self, read: Any) -> Any:  # noqa: ANN401 (a function of a story)
        async def of_story(story: str) -> str:
            async with self._desk.reading(story, plays=read is _book) as opened:
                text: str = await read(opened)
                return text

        return of_story


def _connection_of(ctx: ServerRequestContext[Any]) -> Connection:
    """Who asks: the session of a request is made anew for each."""
    return ctx.session._connection  # noqa: SLF001 (it has no other door)


async def _book(story: Story) -> str:
    """The current branch as a book, in Markdown."""
    return book_bytes(await book_of(story), ".md").decode()


async def _memory(story: Story) -> str:
    """The short-term memory, a sentence a line."""
    return str((await story.state()).get("short_term_memory", ""))


async def _facts(story: Story) -> str:
    """What holds now, a line a fact, with the paragraph it holds from."""
    held = (await story.facts()).holding
    return "\n".join(f"- {state.fact.text} ({state.since + 1})" for state in held)


async def _synopsis(story: Story) -> str:
    """The book so far, in few words however long it is."""
    return "\n\n".join(part.text for part in await story.synopsis())
