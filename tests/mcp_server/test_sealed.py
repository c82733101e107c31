"""A pack that is played, through the server for agents and the store: its scenes, and nothing behind them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError

from recurrentgpt import StoryStore
from recurrentgpt.mcp_server.server import make_server
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import StoryStateError
from recurrentgpt.stories.branches import edit
from recurrentgpt.stories.export import Wanted, book_bytes, book_of
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.pack import begin_pack
from recurrentgpt.stories.writers import as_markdown
from stories_at_hand import at, write

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeChatModel
    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.stories.story import Story

PACK = """
title = "Gull Rock"
topic = "topic-kept"
background = "background-kept"
outline = "outline-kept"
secrets = ["secret-kept"]
"""
PLAYED = Context(model="fake", opening_paragraphs=1, paragraph_sentences=3, plan_selection="first")


@pytest.fixture
def played(tmp_path: Path, fake_model: FakeChatModel) -> tuple[Library, StoryRecord]:
    """A sealed story whose summary and memory tell what its writer knows."""
    del fake_model
    file = tmp_path / "rock.toml"
    file.write_text(PACK, encoding="utf-8")
    library = Library.of_the_process()
    record = asyncio.run(begin_pack(library, file, PLAYED))

    async def tell(story: Story) -> None:
        await write(story, 2, PLAYED)
        await edit(story, paragraph=2, summary="The summary-kept.", short_term_memory="The memory-kept.")

    at(library, record, tell)
    return library, record


def test_an_agent_is_told_the_scenes_and_can_play_but_not_look_behind_them(played: Any) -> None:
    record = played[1]
    behind: dict[str, dict[str, Any]] = {
        "recall": {"question": "What is kept?"},
        "facts": {},
        "edit_story": {"what": "outline", "text": "x"},
        "branch_story": {"after": 1},
        "go_to_branch": {"name": "main"},
        "answer_pause": {"short_term_memory": "x"},
    }

    async def asked() -> list[str]:
        said = []
        async with Client(make_server(Library.of_the_process()), raise_exceptions=True) as client:
            for tool in ("list_stories", "read_book", "export_book", "read_pause", "other_plans", "undo"):
                answer = await client.call_tool(tool, {})
                assert not answer.is_error, tool
                said.append(str(answer))
            for tool, given in behind.items():
                answer = await client.call_tool(tool, given)
                assert answer.is_error, tool
                assert "is a pack that is played" in str(answer.content)
                said.append(str(answer))
            listed = [str(resource.uri) for resource in (await client.list_resources()).resources]
            assert listed == [f"story://{record.story_id}/book"]
            said.append(str(await client.read_resource(listed[0])))
            for kind in ("memory", "facts", "synopsis"):
                with pytest.raises(MCPError, match="is a pack that is played"):
                    await client.read_resource(f"story://{record.story_id}/{kind}")
        return said

    assert not [text[:200] for text in asyncio.run(asked()) if "-kept" in text]


def test_the_store_and_what_a_script_is_given_of_the_book_keep_it_too(played: Any) -> None:
    library, record = played

    async def made(story: Story) -> tuple[Any, str, str]:
        for wanted in (Wanted(synopsis=True), Wanted(codex=True), Wanted(notes=True)):
            with pytest.raises(StoryStateError, match="is a pack that is played"):
                await book_of(story, wanted)
        book = await book_of(story)
        return await story.state(), as_markdown(book), book_bytes(book, ".jsonl").decode()

    state, *books = at(library, record, made)
    assert not [text for text in books if "-kept" in text]
    store = StoryStore(library, state)
    place = ("stories", record.story_id, "passages")
    for look in (lambda: store.search(place), lambda: store.get(place, "1"), store.list_namespaces):
        with pytest.raises(StoryStateError, match="is a pack that is played"):
            look()
