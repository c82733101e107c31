"""What can be read of a story, and listened to: the book, the short-term memory, the facts, the synopsis."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from mcp.server.context import ServerRequestContext  # noqa: TC002 (a handler's annotations are read)
from mcp.server.subscriptions import ResourceUpdated
from mcp_types import EmptyResult, SubscribeRequestParams, UnsubscribeRequestParams

from ..stories.export import as_markdown, book_of

if TYPE_CHECKING:
    from ..stories.story import Story
    from .desk import Desk
    from .server import StoryServer

BOOK: Final = "book"
"""What a player of a pack can read of it."""
KINDS: Final = (BOOK, "memory", "facts", "synopsis")
_SCHEME = "story://"


def uri_of(story_id: str, kind: str) -> str:
    """The address of one of the four of a story."""
    return f"{_SCHEME}{story_id}/{kind}"


class Resources:
    """The resources of a desk's stories, and who listens to them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._subscribed: dict[str, list[Any]] = {}

    def add_to(self, server: StoryServer) -> None:
        """Let a server have them; also for clients of before 2026, which subscribe to each."""
        for kind, read in ((BOOK, _book), ("memory", _memory), ("facts", _facts), ("synopsis", _synopsis)):
            server.resource(uri_of("{story}", kind), name=kind, description=read.__doc__, mime_type="text/markdown")(
                self._reader(read)
            )
        bus = server._subscriptions  # noqa: SLF001 (the bus that the server's own context publishes to)

        async def changed(story_id: str) -> None:
            for kind in KINDS:
                uri = uri_of(story_id, kind)
                await bus.publish(ResourceUpdated(uri=uri))
                for session in tuple(self._subscribed.get(uri, ())):
                    with suppress(Exception):  # a client that is gone is none to be told
                        await session.send_resource_updated(uri)

        self._desk.when_changed(changed)
        lowlevel = server._lowlevel_server  # noqa: SLF001 (its subscriptions have no other door)
        lowlevel.add_request_handler("resources/subscribe", SubscribeRequestParams, self._subscribe)
        lowlevel.add_request_handler("resources/unsubscribe", UnsubscribeRequestParams, self._unsubscribe)

    async def _subscribe(self, ctx: ServerRequestContext[Any], params: SubscribeRequestParams) -> EmptyResult:
        uri = str(params.uri)
        self._desk.session(uri.removeprefix(_SCHEME).partition("/")[0])
        self._subscribed.setdefault(uri, []).append(ctx.session)
        return EmptyResult()

    async def _unsubscribe(self, ctx: ServerRequestContext[Any], params: UnsubscribeRequestParams) -> EmptyResult:
        sessions = self._subscribed.get(str(params.uri), [])
        if ctx.session in sessions:
            sessions.remove(ctx.session)
        return EmptyResult()

    def _reader(self, read: Any) -> Any:  # noqa: ANN401 (a function of a story)
        async def of_story(story: str) -> str:
            async with self._desk.reading(story, plays=read is _book) as opened:
                text: str = await read(opened)
                return text

        return of_story


async def _book(story: Story) -> str:
    """The current branch as a book, in Markdown."""
    return as_markdown(await book_of(story))


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
