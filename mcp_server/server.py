"""The server: its tools, resources and prompts, over one library.

An error of ours reaches the client as its sentence, with its code and values in the answer's metadata: structured
content has to be of the tool's schema, and clients that check it would show that complaint in place of the sentence.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ToolError, UnexpectedToolError
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, CallToolResult, Resource, TextContent, ToolAnnotations
from pydantic import ValidationError

from .. import __version__
from ..schemas.errors import RecurrentGPTError, SettingsError, sentence
from ..schemas.field_problems import describe
from ..schemas.language_folders import DEFAULT
from ..schemas.typed_answers import misspelt
from .desk import WAIT, Desk
from .reading import ReadingTools
from .resources import BOOK, KINDS, Resources, uri_of
from .words import say
from .writing import WritingTools

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ..stories.library import Library

_INSTRUCTIONS = (
    "Stories of any length, with a memory. begin_story begins one; each answer of a tool says under `how` what comes "
    "next. The person chooses the plans: choose_plan asks them. Writing takes minutes: a call that returns with "
    "standing 'writing' is asked again with read_pause."
)
_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_WRITES = ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=True)
ERROR_DATA = "recurrentgpt/error"
"""The key of an error's code and values in the metadata (``_meta``) of a tool's answer."""
_MOST_LISTED = 50
"""Stories whose resources are listed; any other can be read all the same."""


class StoryServer(MCPServer[None]):
    """An MCP server whose stories lie on a desk.

    Attributes:
        desk: the desk.
    """

    def __init__(self, desk: Desk, language: str = DEFAULT) -> None:
        """A server over a desk, which speaks a language (a BCP 47 tag) where it speaks of no story."""

        @asynccontextmanager
        async def lifespan(_: MCPServer[None]) -> AsyncIterator[None]:
            try:
                yield
            finally:
                await desk.close()

        super().__init__(
            name="recurrentgpt",
            title="RecurrentGPT",
            version=__version__,
            instructions=_INSTRUCTIONS,
            lifespan=lifespan,
            log_level="ERROR",
        )
        self.desk = desk
        self._language = language

    async def call_tool(self, name: str, arguments: dict[str, Any], context: Any = None) -> Any:  # noqa: ANN401
        """Call a tool; an error of ours is its answer, and so is an argument that it does not take."""
        known: dict[str, Any] = next(
            (tool.input_schema["properties"] for tool in await self.list_tools() if tool.name == name), {}
        )
        if wrong := misspelt(arguments, known):
            return self._told(SettingsError("argument_but_near", name=wrong[0], near=wrong[1]))
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            cause = error.__cause__
            if isinstance(cause, ValidationError) and not isinstance(error, UnexpectedToolError):
                cause = SettingsError("arguments_unusable", problems=describe(cause))
            if not isinstance(cause, RecurrentGPTError):
                raise
            return self._told(cause)

    async def get_prompt(self, name: str, arguments: dict[str, Any] | None = None, context: Any = None) -> Any:  # noqa: ANN401
        """What a prompt says.

        Raises:
            MCPError: there is none of that name, or it misses something.
        """
        known = {prompt.name: list(prompt.arguments or ()) for prompt in await self.list_prompts()}
        given = arguments or {}
        if missing := [each.name for each in known.get(name, ()) if each.required and not given.get(each.name)]:
            raise self._refused(SettingsError("prompt_needs", name=name, missing=missing))
        if name not in known:
            raise self._refused(SettingsError("no_prompt_called", name=name, known=sorted(known)))
        return await super().get_prompt(name, arguments, context)

    def _refused(self, error: RecurrentGPTError) -> MCPError:
        return MCPError(INVALID_PARAMS, sentence(error, self._language), error.as_data())

    async def read_resource(self, uri: Any, context: Any = None) -> Any:  # noqa: ANN401
        """Read a resource.

        Raises:
            ResourceError: an error of ours, with its sentence.
        """
        try:
            return await super().read_resource(uri, context)
        except ResourceError as error:
            if isinstance(error.__cause__, RecurrentGPTError):
                raise ResourceError(sentence(error.__cause__, self._language)) from error
            raise

    async def list_resources(self) -> list[Resource]:
        """What there is to read of the stories written last."""
        return [
            Resource(uri=uri_of(record.story_id, kind), name=f"{record.name}: {kind}", mime_type="text/markdown")
            for record in self.desk.library.records()[:_MOST_LISTED]
            for kind in ((BOOK,) if record.is_sealed else KINDS)
        ]

    def _told(self, error: RecurrentGPTError) -> CallToolResult:
        text = TextContent(type="text", text=sentence(error, self._language))
        return CallToolResult(content=[text], _meta={ERROR_DATA: error.as_data()}, is_error=True)


def make_server(library: Library, *, wait: float = WAIT, language: str = DEFAULT) -> StoryServer:
    """An MCP server over the stories of a library, to be run on a transport.

    Args:
        library: the stories, and what they are written with.
        wait: seconds after which a call returns although a story is still being written.
        language: in which errors and prompts that belong to no story are said (a BCP 47 tag).
    """
    desk = Desk(library, wait)
    server = StoryServer(desk, language)
    writes, reads = WritingTools(desk), ReadingTools(desk)
    for tool in (
        *(writes.begin_story, writes.choose_plan, writes.answer_pause, writes.other_plans),
        *(writes.continue_story, writes.stop),
        *(reads.edit_story, reads.branch_story, reads.go_to_branch, reads.undo),
    ):
        server.add_tool(tool, annotations=_WRITES)
    for tool in (reads.list_stories, writes.read_pause, reads.read_book, reads.recall, reads.facts, reads.export_book):
        server.add_tool(tool, annotations=_READS)
    Resources(desk, language).add_to(server)
    _add_prompts(server, language)
    return server


def _add_prompts(server: StoryServer, language: str) -> None:
    @server.prompt(title="Write a story together")
    def write_story(topic: str) -> str:
        """Begin a story about a topic, and choose its plans."""
        return say("prompt_write", language, topic=topic)

    @server.prompt(title="Play a story")
    def play_story(topic: str) -> str:
        """Be inside a story, and do what you like."""
        return say("prompt_play", language, topic=topic)

    @server.prompt(title="Go on with a story")
    def resume_story(story: str) -> str:
        """Take up a story from the shelf where it stands."""
        return say("prompt_continue", language, story=story)
