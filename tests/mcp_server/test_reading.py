"""The MCP server with the official client: what it reads, puts right and tells of a story."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

from commands import environment
from folders import HELPERS
from recurrentgpt.mcp_server.server import make_server
from recurrentgpt.stories.library import Library
from stories_at_hand import begun

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from fake_model import FakeChatModel
    from recurrentgpt.stories.record import StoryRecord


@asynccontextmanager
async def connected(**how: Any) -> AsyncIterator[Client]:
    async with Client(make_server(Library.of_the_process()), raise_exceptions=True, **how) as client:
        yield client


async def call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    answer = await client.call_tool(tool, arguments)
    assert not answer.is_error, answer.content
    return dict(answer.structured_content)


@pytest.fixture
def story(fake_model: FakeChatModel) -> StoryRecord:
    """A story of four passages."""
    del fake_model
    return begun(2)[1]


async def test_the_shelf_is_listed(story: StoryRecord) -> None:
    async with connected() as client:
        (card,) = (await call(client, "list_stories"))["stories"]
    assert (card["story_id"], card["branches"], card["paragraphs"]) == (story.story_id, ["main"], 4)


async def test_the_book_the_memory_and_the_facts_are_read(story: StoryRecord) -> None:
    async with connected() as client:
        book = (await call(client, "read_book"))["passages"]
        middle = (await call(client, "read_book", first=2, last=3))["passages"]
        found = (await call(client, "recall", question=book[1]["text"].split(".")[0] + ".", limit=2))["passages"]
        facts = await call(client, "facts")
        texts = [(await call(client, "export_book", format=name))["text"] for name in ("markdown", "text", "html")]
    assert [passage["number"] for passage in book] == [1, 2, 3, 4]
    assert middle == book[1:3]
    assert found[0]["number"] == 2
    assert found[0]["sentence"] in f"{book[1]['text']} {book[1]['summary']}"
    assert facts["story_id"] == story.story_id
    assert all(book[0]["text"].split(".")[0] in text for text in texts)
    assert texts[2].startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("what", "number", "kept"),
    [
        ("paragraph", 2, "book"),
        ("summary", 2, "book"),
        ("chapter", 2, "export"),
        ("short_term_memory", None, "short_term_memory"),
        ("title", None, "title"),
        ("outline", None, ""),
    ],
)
async def test_what_is_put_right_stays_so_and_can_be_taken_back(
    story: StoryRecord, what: str, number: int | None, kept: str
) -> None:
    del story
    async with connected() as client:
        before = await call(client, "read_pause")
        now = await call(client, "edit_story", what=what, text="SENTINEL.", number=number)
        places = {
            "book": str((await call(client, "read_book"))["passages"]),
            "export": (await call(client, "export_book"))["text"],
            **{name: str(now[name]) for name in ("short_term_memory", "title")},
        }
        if kept:
            assert "SENTINEL" in places[kept]
        if what != "title":
            await call(client, "undo")
            assert "SENTINEL" not in (await call(client, "export_book"))["text"]
            assert (await call(client, "read_pause"))["short_term_memory"] == before["short_term_memory"]


async def test_branches_are_begun_written_on_and_gone_back_to(story: StoryRecord) -> None:
    del story
    async with connected() as client:
        before = (await call(client, "read_book"))["passages"]
        now = await call(client, "branch_story", after=3, name="other")
        assert (now["branch"], now["paragraphs"], now["standing"]) == ("other", 3, "waiting")
        now = await call(client, "answer_pause", instruction="She leaves.")
        there = (await call(client, "read_book"))["passages"]
        now = await call(client, "go_to_branch", name="main")
        assert (await call(client, "read_book"))["passages"] == before
        await call(client, "undo")
        assert (await call(client, "read_pause"))["paragraphs"] == 3
    assert (there[:3], len(there)) == (before[:3], 4)
    assert there[3] != before[3]


async def test_prompts_lead_to_the_tools() -> None:
    async with connected() as client:
        prompts = {prompt.name for prompt in (await client.list_prompts()).prompts}
        said = await client.get_prompt("write_story", {"topic": "Foxes {x}"})
    assert prompts == {"write_story", "play_story", "resume_story"}
    assert "Foxes {x}" in said.messages[0].content.text  # type: ignore[union-attr]


async def test_every_tool_says_what_it_answers_with() -> None:
    async with connected() as client:
        tools = (await client.list_tools()).tools
    assert all(tool.output_schema and tool.description for tool in tools)
    assert {tool.name for tool in tools if tool.annotations and tool.annotations.read_only_hint} == {
        *("list_stories", "read_pause", "read_book", "recall", "facts", "export_book")
    }


@pytest.mark.parametrize(
    ("tool", "given", "code", "said"),
    [
        ("begin_story", {}, "arguments_unusable", "topic"),
        ("begin_story", {"topic": 5}, "arguments_unusable", "topic=5"),
        ("begin_story", {"topic": "Rain", "target_paragraf": 3}, "argument_but_near", "target_paragraphs"),
        ("answer_pause", {"plan": "two"}, "arguments_unusable", "plan='two'"),
        ("answer_pause", {"plans": 2}, "argument_but_near", "plan"),
        ("edit_story", {"what": "weather", "text": "x"}, "arguments_unusable", "what='weather'"),
        ("edit_story", {"what": "paragraph", "text": "x", "number": 0}, "arguments_unusable", "number=0"),
        ("edit_story", {"what": "genre", "text": "x" * 201}, "text_too_long", "201"),
        ("recall", {"question": "Rain?", "limit": 0}, "arguments_unusable", "limit=0"),
    ],
)
async def test_what_a_tool_does_not_take_is_one_sentence(
    story: StoryRecord, tool: str, given: dict[str, Any], code: str, said: str
) -> None:
    del story
    async with connected() as client:
        before = await call(client, "read_pause")
        answer = await client.call_tool(tool, given)
        assert await call(client, "read_pause") == before
    assert answer.is_error
    (content,) = answer.content
    assert said in content.text  # type: ignore[union-attr]
    assert "pydantic" not in content.text  # type: ignore[union-attr]
    assert answer.meta is not None
    assert answer.meta["recurrentgpt/error"]["code"] == code


@pytest.mark.parametrize(
    ("name", "given", "said"), [("write_stori", {}, "write_story"), ("write_story", {"topic": ""}, "needs topic")]
)
async def test_a_prompt_that_is_not_there_or_misses_something_says_so(
    name: str, given: dict[str, str], said: str
) -> None:
    async with connected() as client:
        with pytest.raises(MCPError, match=said):
            await client.get_prompt(name, given)


@pytest.mark.real
async def test_over_standard_input_and_output(tmp_path: Path) -> None:
    server = StdioServerParameters(
        command=sys.executable,
        args=[str(HELPERS / "cli_with_fakes.py"), "mcp"],
        env=environment(tmp_path / "there", RECURRENTGPT_MODEL="fake"),
    )
    async with Client(server) as client:
        assert (await call(client, "list_stories"))["stories"] == []
        now = await call(client, "begin_story", topic="Rain")
        now = await call(client, "answer_pause", plan=2)
    assert (now["standing"], now["paragraphs"]) == ("waiting", 2)


@pytest.mark.long
async def test_a_server_that_is_killed_in_the_middle_of_a_passage_goes_on_with_it(tmp_path: Path) -> None:
    """The second server is asked how the story stands, and nothing else."""

    def server(**more: str) -> StdioServerParameters:
        env = environment(tmp_path / "there", RECURRENTGPT_MODEL="fake", **more)
        return StdioServerParameters(command=sys.executable, args=[str(HELPERS / "cli_with_fakes.py"), "mcp"], env=env)

    async with Client(server()) as client:
        before = await call(client, "begin_story", topic="Rain")
    with pytest.raises(BaseException):  # noqa: B017, PT011 (whatever the client makes of a server that is gone)
        async with Client(server(KILL_AT="prose:1")) as client, asyncio.timeout(60):
            await call(client, "answer_pause", instruction="She sells the light.")
    async with Client(server()) as client:
        now = await call(client, "read_pause")
        book = (await call(client, "read_book"))["passages"]
    assert (now["standing"], now["paragraphs"]) == ("waiting", before["paragraphs"] + 1)
    assert book[-1]["text"] == now["passage"]


async def _started(server: uvicorn.Server) -> None:
    while not server.started:  # noqa: ASYNC110 (uvicorn has no event of its own)
        await asyncio.sleep(0.01)


async def test_over_http_on_this_machine_alone(story: StoryRecord) -> None:
    app = make_server(Library.of_the_process()).streamable_http_app(host="127.0.0.1")
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", ws="none"))
    serving = asyncio.create_task(server.serve())
    await asyncio.wait_for(_started(server), 20)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/mcp"
    async with Client(streamable_http_client(url)) as client:
        (card,) = (await call(client, "list_stories"))["stories"]
    async with httpx.AsyncClient() as browser:
        elsewhere = await browser.post(url, json={}, headers={"Host": "evil.example", "Origin": "http://evil.example"})
    server.should_exit = True
    await serving
    assert card["story_id"] == story.story_id
    assert elsewhere.status_code in (403, 421)
