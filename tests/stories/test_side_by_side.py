"""Several libraries in one process, each with its home, its embeddings, its models: nothing of one is in another."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from counting_embeddings import CountingEmbeddings
from fake_model import FakeChatModel
from graph_at_hand import THREAD
from recurrentgpt import Library, Settings, StoryInput, begin, put_back
from recurrentgpt.nodes import resources as of_the_process
from recurrentgpt.schemas.errors import StoryNotFoundError
from recurrentgpt.stories.archive import pack, write_archive
from stories_at_hand import FIRST, at, texts, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.stories.story import Story

SAME = {"topic": "A lighthouse keeper finds a message in a bottle", "story_id": "the-lamp"}
"""Two stories of one id: whatever two libraries shared, they would meet there."""


class Side(NamedTuple):
    """A library, and what it writes and remembers with."""

    library: Library
    model: FakeChatModel
    encoder: CountingEmbeddings

    def begin(self) -> StoryRecord:
        return asyncio.run(begin(self.library, StoryInput.model_validate(SAME), FIRST))

    async def write(self, record: StoryRecord) -> None:
        async with self.library.open(record) as story:
            await write(story, 2)


def side(home: Path, name: str, size: int, qdrant_url: str) -> Side:
    model, encoder = FakeChatModel(salt=name), CountingEmbeddings(size=size)
    settings = Settings(home=home / name, embedding_model=f"{name}-vectors", qdrant_url=qdrant_url)
    made = Library(
        settings=settings, chat_models={"fake": lambda: model}, embeddings={f"{name}-vectors": lambda: encoder}
    )
    return Side(made, model, encoder)


@pytest.fixture(params=["", ":memory:"], ids=["embedded", "served"])
def sides(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Side, Side]]:
    """Two libraries that have nothing in common."""
    one, other = side(tmp_path, "one", 16, request.param), side(tmp_path, "other", 8, request.param)
    with one.library, other.library:
        yield one, other


def written(*sides: Side) -> list[StoryRecord]:
    """A story in each, all written at the same time."""
    records = [each.begin() for each in sides]

    async def all_of_them() -> None:
        await asyncio.gather(*(each.write(record) for each, record in zip(sides, records, strict=True)))

    asyncio.run(all_of_them())
    return records


def test_stories_written_at_the_same_time_do_not_meet(sides: tuple[Side, Side], home: Path) -> None:
    one, other = sides
    records = written(one, other)
    books = [texts(each.library, record) for each, record in zip(sides, records, strict=True)]
    assert [len(book) for book in books] == [3, 3]
    assert not set(books[0]) & set(books[1])
    for each, book, foreign in ((one, books[0], books[1]), (other, books[1], books[0])):
        sent = "\n".join(message.text for messages in each.model.asked for message in messages)
        assert book[0] in sent
        assert not [text for text in foreign if text in sent or text in "\n".join(each.encoder.encoded)]
        assert [record.paragraphs for record in each.library.records()] == [3]
    assert not home.exists(), "the data folder that the environment names is nobody's here"
    assert of_the_process._PROCESS._resources is None, "nor is anything made of what it says"


def test_a_story_of_one_is_not_found_in_the_other(sides: tuple[Side, Side]) -> None:
    one, other = sides
    (record,) = written(one)
    assert one.library.find("the-lamp") == one.library.record(record.story_id)
    with pytest.raises(StoryNotFoundError):
        other.library.find("the-lamp")
    assert other.library.records() == []


def test_a_search_finds_what_its_own_library_remembers(sides: tuple[Side, Side]) -> None:
    one, other = sides
    records = written(one, other)
    question = texts(one.library, records[0])[0]

    async def search(story: Story) -> list[str]:
        return [hit.entry.text for hit in await story.search(question, 3)]

    # By its words it is the first; by the vectors of these embeddings, which mean nothing, any may be.
    assert question in at(one.library, records[0], search)
    assert question not in at(other.library, records[1], search)


def test_closing_one_leaves_the_other_at_work(sides: tuple[Side, Side]) -> None:
    one, other = sides
    records = written(one, other)
    memories = one.library.resources.memories
    client = memories.client if memories.server else None

    async def meanwhile(story: Story) -> int:
        before = len(await story.manuscript())
        one.library.close()
        await write(story, 1)
        return len(await story.manuscript()) - before

    assert at(other.library, records[1], meanwhile) == 1
    if client is not None:
        with pytest.raises(RuntimeError, match="closed"):
            client.get_collections()


def test_what_was_closed_is_free_and_can_be_opened_again(tmp_path: Path) -> None:
    one = side(tmp_path, "one", 16, "")
    (record,) = written(one)
    book = texts(one.library, record)
    with one.library:
        story: Any = one.library.builder.compile(checkpointer=InMemorySaver())
        state = story.invoke({"topic": "Rain", "story_id": "rain", "target_paragraphs": 0}, THREAD, context=FIRST)
        assert one.library.passages(state)
    with side(tmp_path, "one", 16, "").library as again:
        assert texts(again, record) == book
        assert again.passages(state)
    at(one.library, record, lambda story: write(story, 1))
    assert texts(one.library, record)[:3] == book
    one.library.close()
    one.library.close()


def test_a_story_moves_from_one_to_the_other_as_a_file(sides: tuple[Side, Side], tmp_path: Path) -> None:
    one, other = sides
    (record,) = written(one)
    write_archive(tmp_path / "lamp.json", at(one.library, record, pack))
    moved = asyncio.run(put_back(other.library, tmp_path / "lamp.json"))
    assert texts(other.library, moved) == texts(one.library, record)
    asyncio.run(other.write(moved))
    assert len(texts(other.library, moved)) == 5
    assert len(texts(one.library, record)) == 3
