"""Stories beside each other in a store, what the served engine does alone, and where a story lives."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from threading import Barrier
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

import pytest
from qdrant_client import QdrantClient

from counting_embeddings import CountingEmbeddings
from memories_at_hand import MODEL, SIZE, STORY, Store, memory_over, no_vector_size, texts_of, vector_size, written
from qdrant_stand_in import QdrantStandIn
from recurrentgpt.memory import Lineage, sparse
from recurrentgpt.memory.served import COLLECTION, ServedStore
from recurrentgpt.memory.store import NewPoint, Question, Seen, Sparse
from recurrentgpt.schemas.errors import MemoryUnavailableError
from recurrentgpt.schemas.lineage import Segment
from resources_at_hand import memories, read_environment
from tongues import EN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


# Stories beside each other, in both engines


def test_two_stories_do_not_see_each_other(open_store: Callable[[str], Store]) -> None:
    ours, theirs = memory_over(open_store("ours")), memory_over(open_store("theirs"))
    our_path = written(ours, STORY[:2])[-1]
    their_path = written(theirs, STORY[2:])[-1]
    assert texts_of(ours, our_path) == STORY[:2]
    assert texts_of(theirs, their_path) == STORY[2:]
    assert (ours.count(), theirs.count()) == (2, 3)
    assert texts_of(ours, their_path.cut(2)) == STORY[:2]


def test_what_is_gone_is_named_and_never_begun_anew(open_store: Callable[[str], Store]) -> None:
    store = open_store("story")
    path = written(memory_over(store), STORY[:2])[-1]
    store.delete()
    emptied = memory_over(open_store("story"))
    for use in (
        lambda: emptied.read(path),
        lambda: emptied.append(path, STORY[2], "A summary."),
        lambda: emptied.recall(path, ["Who rowed?"], 3),
        lambda: emptied.edit(path, 1, text="Other."),
    ):
        with pytest.raises(MemoryUnavailableError, match=r"has lost paragraph [12],.*bring it back from a copy"):
            use()
    assert emptied.count() == 0


@pytest.mark.parametrize("attempt", range(3))
def test_many_that_begin_at_once_on_a_new_server_share_the_collection(attempt: int) -> None:
    del attempt
    many = 8
    together = Barrier(many)

    def begin(server: QdrantStandIn, number: int) -> list[str]:
        with closing(QdrantClient(url=server.url, check_compatibility=False)) as client:
            together.wait(20)
            memory = memory_over(ServedStore(client, f"story {number}", MODEL, vector_size))
            return texts_of(memory, written(memory, STORY[:2])[-1])

    with QdrantStandIn() as server, ThreadPoolExecutor(many) as threads:
        assert list(threads.map(partial(begin, server), range(many))) == [STORY[:2]] * many
        assert sum(asked.startswith("DELETE") for asked in server.asked) == 0


def test_deleting_one_story_leaves_the_other(open_store: Callable[[str], Store]) -> None:
    ours, theirs = open_store("ours"), open_store("theirs")
    path = written(memory_over(theirs), STORY)[-1]
    written(memory_over(ours), STORY)
    ours.delete()
    assert texts_of(memory_over(theirs), path) == STORY
    assert memory_over(open_store("ours")).count() == 0


def test_a_deleted_story_may_be_written_anew(open_store: Callable[[str], Store]) -> None:
    store = open_store("story")
    written(memory_over(store), STORY)
    store.delete()
    memory = memory_over(open_store("story"))
    assert texts_of(memory, written(memory, STORY[3:])[-1]) == STORY[3:]
    assert memory.count() == 2


def test_a_slot_is_written_once(store: Store) -> None:
    """Two writers that both found a slot free: the first one's text stands, the other's is not written over it."""

    class Rival(CountingEmbeddings):
        """Writes another text into the slot while this one is being encoded."""

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            if not self.encoded:
                memory_over(store).append(Lineage(), "The rival was first.", "")
            return super().embed_documents(texts)

    memory = memory_over(store, Rival(size=SIZE))
    path = memory.append(Lineage(), STORY[0], "")
    assert texts_of(memory, path) == [STORY[0]]
    assert texts_of(memory, Lineage.from_json([["main", 0, 0]])) == ["The rival was first."]
    assert memory.count() == 2


# What the served engine does alone


def test_a_collection_of_another_embedding_model_is_refused(client: QdrantClient) -> None:
    ServedStore(client, "story", MODEL, vector_size)
    with pytest.raises(MemoryUnavailableError, match=f"{MODEL}.*another-model"):
        ServedStore(client, "story", "another-model", vector_size)


def test_a_collection_that_is_there_needs_no_vector_size(client: QdrantClient) -> None:
    ServedStore(client, "story", MODEL, vector_size)
    assert ServedStore(client, "other", MODEL, no_vector_size).count() == 0


def test_a_collection_of_a_format_from_the_future_is_refused(client: QdrantClient) -> None:
    ServedStore(client, "story", MODEL, vector_size)
    config = client.get_collection(COLLECTION).config
    vectors = config.params.vectors
    client.delete_collection(client.get_aliases().aliases[0].collection_name)
    client.create_collection(COLLECTION, vectors_config=vectors, metadata={**(config.metadata or {}), "format": 99})
    with pytest.raises(MemoryUnavailableError, match="99"):
        ServedStore(client, "story", MODEL, vector_size)


# Where a story lives


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("RECURRENTGPT_HOME", str(tmp_path))
    read_environment()
    yield tmp_path
    read_environment()


@pytest.mark.parametrize("story_id", ["a", "0", "the-lamp", "a" * 64])
def test_a_story_lives_in_the_data_folder(home: Path, story_id: str) -> None:
    assert memories().folder(story_id) == home / "stories" / story_id


@pytest.mark.parametrize(
    "story_id",
    ["../x", "a/b", "", "A", "a" * 100, "a" * 65, ".", "..", "/etc", "-a", "a b", "a\n", "a\\b", "灯", "a\0"],
)
def test_what_is_no_story_id_is_no_folder(home: Path, story_id: str) -> None:
    with pytest.raises(MemoryUnavailableError, match="is no story id"):
        memories().folder(story_id)
    assert not list(home.iterdir())


# Points that are like others


def point(text: str, vector: list[float], *, like: NewPoint | None = None, seq: int = 0) -> NewPoint:
    words = sparse.of_document(text, EN, by_characters=False)
    id_ = uuid5(NAMESPACE_URL, text)
    return NewPoint(
        id_, {"branch": "main", "seq": seq, "text": text}, [] if like else [vector], words, like.id if like else None
    )


def near(store: Store, vector: list[float]) -> list[str]:
    """What is found by meaning alone."""
    hits = store.query([Question(vector, Sparse([], []))], Seen(Lineage([Segment("main", 0, 9)])), 9)
    return [hit.payload["text"] for hit in hits]


def test_a_point_that_is_like_another_is_found_as_that_is_and_by_its_own_words(
    open_store: Callable[[str], Store],
) -> None:
    store, other = open_store("story"), [0.0] * SIZE
    north, east = [1.0, *other[1:]], [0.0, 1.0, *other[2:]]
    ada, ben = point("Ada rows.", north), point("Ben sings.", east, seq=1)
    store.insert([ada, ben])
    store.insert([cleo := point("Cleo rows.", north, like=ada, seq=2)])
    store.insert([point("Dora rows.", north, like=cleo, seq=3), point("Emil sings.", east, like=ben, seq=4)])
    store.insert([point("Dora rows.", north, like=ben, seq=3)])
    assert store.vectors([cleo.id]) == store.vectors([ada.id])
    assert set(near(store, north)[:3]) == {"Ada rows.", "Cleo rows.", "Dora rows."}
    assert set(near(store, east)[:2]) == {"Ben sings.", "Emil sings."}
    by_words = [Question([], sparse.of_question("Cleo", EN, by_characters=False))]
    (hit,) = store.query(by_words, Seen(Lineage([Segment("main", 0, 9)])), 9)
    assert hit.payload["text"] == "Cleo rows."
    assert store.get([cleo.id], ["like"]) == [{}]
