"""The long-term memory, the same over both engines; then what each engine does alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding
from qdrant_client import QdrantClient

from recurrentgpt.memory import Lineage, LongTermMemory
from recurrentgpt.memory.edge import EdgeStore
from recurrentgpt.memory.embeddings import DEFAULT_MODEL, embedder, reads
from recurrentgpt.memory.sentences import sentences
from recurrentgpt.memory.served import COLLECTION, ServedStore, collection_with
from recurrentgpt.memory.stores import story_folder
from recurrentgpt.schemas.errors import MemoryInUseError, MemoryUnavailableError
from recurrentgpt.schemas.languages import language_named
from recurrentgpt.schemas.settings import settings
from tongues import EN, ZH

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

Store = EdgeStore | ServedStore

SIZE = 16
MODEL = "fake-embeddings"
STORY = [
    "Ada lit the lamp. The wind rose.",
    "Ben rowed out. The boat leaked. He sang.",
    "A ship sank. Nobody saw it.",
    "Ada wept. She kept the bell.",
    "The ice came. It stayed.",
]
THREADS = 10
SERVER, KEY = os.environ.get("QDRANT_URL", ""), os.environ.get("QDRANT_API_KEY")
"""Read before each test's environment is emptied."""


class Counting(DeterministicFakeEmbedding):
    """Fake vectors, the same for the same sentence, and an account of what was encoded."""

    encoded: list[str] = []  # noqa: RUF012 (pydantic copies it)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.encoded.extend(texts)
        return [self.embed_query(text) for text in texts]


def vector_size() -> int:
    return SIZE


def no_vector_size() -> int:
    pytest.fail("the embedder was asked although the memory is not new")


def edge_store(folder: Path, story_id: str = "story") -> EdgeStore:
    return EdgeStore(folder, story_id, MODEL, vector_size)


def memory_over(store: Store, embeddings: DeterministicFakeEmbedding | None = None) -> LongTermMemory:
    return LongTermMemory(store, embeddings or Counting(size=SIZE), EN)


def written(memory: LongTermMemory, texts: list[str], path: Lineage | None = None) -> list[Lineage]:
    """Every path from the one before the first text to the one after the last."""
    paths = [path if path is not None else Lineage()]
    for text in texts:
        paths.append(memory.append(paths[-1], text, f"Summary of: {text}", f"Plan of: {text}"))
    return paths


def texts_of(memory: LongTermMemory, path: Lineage) -> list[str]:
    return [entry.text for entry in memory.read(path)]


@pytest.fixture
def client() -> Iterator[QdrantClient]:
    with closing(QdrantClient(":memory:")) as client:
        yield client


@contextmanager
def a_collection_on_the_server() -> Iterator[tuple[QdrantClient, str]]:
    """A collection of the tests' own on the server that ``QDRANT_URL`` names; a library there is left alone."""
    place: dict[str, str | None] = {"location": SERVER} if SERVER == ":memory:" else {"url": SERVER, "api_key": KEY}
    with closing(QdrantClient(**place)) as client:  # type: ignore[arg-type]
        name = collection_with(client, MODEL, SIZE)
        try:
            yield client, name
        finally:
            client.delete_collection(name)


@pytest.fixture(params=["edge", "served", *(["server"] if SERVER else [])])
def open_store(
    request: pytest.FixtureRequest, tmp_path: Path, client: QdrantClient
) -> Iterator[Callable[[str], Store]]:
    """Opens the memory of a story in the engine at hand."""
    with ExitStack() as stack:
        at = stack.enter_context(a_collection_on_the_server()) if request.param == "server" else (client, COLLECTION)

        def open_it(story_id: str) -> Store:
            store: Store = (
                edge_store(tmp_path / story_id, story_id)
                if request.param == "edge"
                else ServedStore(at[0], story_id, MODEL, vector_size, at[1])
            )
            stack.callback(store.close)
            return store

        yield open_it


@pytest.fixture
def store(open_store: Callable[[str], Store]) -> Store:
    return open_store("story")


@pytest.fixture
def embeddings() -> Counting:
    return Counting(size=SIZE)


@pytest.fixture
def memory(store: Store, embeddings: Counting) -> LongTermMemory:
    return memory_over(store, embeddings)


# Writing and reading, in both engines


def test_what_was_appended_is_read_back_in_order(memory: LongTermMemory) -> None:
    path = written(memory, STORY)[-1]
    assert [(entry.seq, entry.text, entry.summary, entry.plan) for entry in memory.read(path)] == [
        (seq, text, f"Summary of: {text}", f"Plan of: {text}") for seq, text in enumerate(STORY)
    ]
    assert memory.count() == len(STORY)
    assert path.to_json() == [["main", 0, 4]]


def test_an_older_state_sees_what_there_was_then(memory: LongTermMemory) -> None:
    paths = written(memory, STORY)
    assert [texts_of(memory, path) for path in paths] == [STORY[:count] for count in range(len(STORY) + 1)]


@pytest.mark.parametrize("text", ["灯亮了。风起了。", "{x} <b>%s</b> \\1", "…", "a\n\nb", "x" * 20_000])
def test_any_text_is_kept_to_the_letter(memory: LongTermMemory, text: str) -> None:
    assert texts_of(memory, memory.append(Lineage(), text, text, text)) == [text]


def test_every_sentence_is_encoded_once(memory: LongTermMemory, embeddings: Counting) -> None:
    written(memory, STORY[:2])
    assert embeddings.encoded == [
        "Ada lit the lamp.",
        "The wind rose.",
        "Summary of: Ada lit the lamp.",
        "The wind rose.",
        "Ben rowed out.",
        "The boat leaked.",
        "He sang.",
        "Summary of: Ben rowed out.",
        "The boat leaked.",
        "He sang.",
    ]


def test_a_replay_writes_nothing_and_encodes_nothing(memory: LongTermMemory, embeddings: Counting) -> None:
    paths = written(memory, STORY)
    encoded = list(embeddings.encoded)
    assert written(memory, STORY) == paths
    assert embeddings.encoded == encoded
    assert memory.count() == len(STORY)


def test_a_replay_keeps_the_first_summary(memory: LongTermMemory) -> None:
    path = memory.append(Lineage(), STORY[0], "the first summary")
    assert memory.append(Lineage(), STORY[0], "another summary") == path
    assert [entry.summary for entry in memory.read(path)] == ["the first summary"]


def test_a_replay_of_a_fork_writes_nothing_and_encodes_nothing(memory: LongTermMemory, embeddings: Counting) -> None:
    paths = written(memory, STORY[:3])
    forked = written(memory, ["Ada slept.", "She woke."], paths[1])
    encoded = list(embeddings.encoded)
    assert written(memory, ["Ada slept.", "She woke."], paths[1]) == forked
    assert embeddings.encoded == encoded
    assert memory.count() == 5


def test_another_text_in_a_taken_slot_opens_a_branch(memory: LongTermMemory) -> None:
    paths = written(memory, STORY[:3])
    forked = written(memory, ["Ada slept.", "She woke."], paths[1])[-1]
    assert texts_of(memory, paths[-1]) == STORY[:3]
    assert texts_of(memory, forked) == [STORY[0], "Ada slept.", "She woke."]
    assert [(first, last) for _, first, last in forked] == [(0, 0), (1, 2)]


def test_the_very_first_paragraph_may_be_written_anew(memory: LongTermMemory) -> None:
    path = written(memory, STORY[:2])[-1]
    other = written(memory, ["Ben slept.", STORY[1]])[-1]
    assert texts_of(memory, path) == STORY[:2]
    assert texts_of(memory, other) == ["Ben slept.", STORY[1]]


def test_forks_of_forks_read_their_own_texts(memory: LongTermMemory) -> None:
    trunk = written(memory, STORY[:3])
    left = written(memory, ["a one.", "a two."], trunk[2])
    right = written(memory, ["b one.", "b two."], trunk[2])
    twig = written(memory, ["c two."], left[1])
    assert texts_of(memory, left[-1]) == [*STORY[:2], "a one.", "a two."]
    assert texts_of(memory, right[-1]) == [*STORY[:2], "b one.", "b two."]
    assert texts_of(memory, twig[-1]) == [*STORY[:2], "a one.", "c two."]
    assert memory.count() == 8


def test_the_same_text_twice_in_a_row_is_two_paragraphs(memory: LongTermMemory) -> None:
    assert texts_of(memory, written(memory, [STORY[0], STORY[0]])[-1]) == [STORY[0], STORY[0]]


def test_a_path_that_came_from_json_goes_on_where_it_was(memory: LongTermMemory) -> None:
    trunk = written(memory, STORY[:2])
    forked = written(memory, ["Ada slept."], trunk[1])[-1]
    read = Lineage.from_json(json.loads(json.dumps(forked.to_json())))
    assert texts_of(memory, written(memory, ["She woke."], read)[-1]) == [STORY[0], "Ada slept.", "She woke."]


# Recall, in both engines


@pytest.mark.parametrize("seq", range(len(STORY)))
def test_recall_finds_the_paragraph_with_the_nearest_sentence(memory: LongTermMemory, seq: int) -> None:
    path = written(memory, STORY)[-1]
    for sentence in sentences(STORY[seq], EN):
        best = memory.recall(path, [sentence], 1)[0]
        assert best.entry.text == STORY[seq]
        assert best.entry.seq == seq
        assert best.entry.summary == f"Summary of: {STORY[seq]}"
        assert best.similarity == pytest.approx(1, abs=1e-4)
        assert best.sentence == best.question == sentence


def test_recall_gives_the_best_first_and_no_more_than_asked_for(memory: LongTermMemory) -> None:
    path = written(memory, STORY)[-1]
    for limit in (1, 3, 5, 20):
        hits = memory.recall(path, ["He sang."], limit)
        assert len(hits) == min(limit, len(STORY))
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        assert len({hit.entry.seq for hit in hits}) == len(hits)


def test_recall_sees_only_its_path(memory: LongTermMemory) -> None:
    trunk = written(memory, STORY)
    forked = written(memory, ["Ada slept.", "She woke."], trunk[2])[-1]
    assert {hit.entry.text for hit in memory.recall(trunk[-1], ["She woke."], 20)} == set(STORY)
    assert {hit.entry.text for hit in memory.recall(forked, ["Nobody saw it."], 20)} == {
        *STORY[:2],
        "Ada slept.",
        "She woke.",
    }


def test_recall_does_not_see_what_comes_later(memory: LongTermMemory) -> None:
    paths = written(memory, STORY)
    assert {hit.entry.text for hit in memory.recall(paths[2], ["The ice came."], 20)} == set(STORY[:2])


@pytest.mark.parametrize("places", [(1,), (0, 1, 4), range(5), [7], {1}])
def test_recall_leaves_places_out(memory: LongTermMemory, places: Collection[int]) -> None:
    path = written(memory, STORY)[-1]
    hits = memory.recall(path, ["He sang."], 20, places)
    assert sorted(hit.entry.seq for hit in hits) == [seq for seq in range(5) if seq not in places]


def test_nothing_is_recalled_where_there_is_nothing_or_nothing_is_wanted(memory: LongTermMemory) -> None:
    assert memory.recall(Lineage(), ["He sang."], 3) == []
    path = written(memory, STORY)[-1]
    assert memory.recall(path, ["He sang."], 0) == []
    assert memory.read(Lineage()) == []


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


# Editing


def test_an_edit_is_seen_by_its_own_path_only(memory: LongTermMemory) -> None:
    path = written(memory, STORY)[-1]
    edited = memory.edit(path, 2, text="A ship came home. All saw it.")
    assert texts_of(memory, edited) == [*STORY[:2], "A ship came home. All saw it.", *STORY[3:]]
    assert texts_of(memory, path) == STORY
    assert memory.count() == len(STORY) + 1


def test_an_edited_summary_keeps_the_paragraph_and_its_plan(memory: LongTermMemory) -> None:
    path = written(memory, STORY)[-1]
    entry = memory.read(memory.edit(path, 0, summary="Another summary."))[0]
    assert (entry.text, entry.summary, entry.plan) == (STORY[0], "Another summary.", f"Plan of: {STORY[0]}")


def test_the_same_edit_made_twice_is_written_once(memory: LongTermMemory, embeddings: Counting) -> None:
    path = written(memory, STORY)[-1]
    first = memory.edit(path, 1, text="Ben swam.")
    encoded = len(embeddings.encoded)
    assert memory.edit(path, 1, text="Ben swam.") == first
    assert memory.edit(first, 1, text="Ben swam.") == first
    assert len(embeddings.encoded) == encoded
    assert memory.count() == len(STORY) + 1


def test_recall_follows_an_edit(memory: LongTermMemory) -> None:
    path = written(memory, STORY)[-1]
    edited = memory.edit(path, 2, text="The zeppelin burned.")
    assert memory.recall(edited, ["zeppelin"], 1)[0].entry.text == "The zeppelin burned."
    assert "The zeppelin burned." not in {hit.entry.text for hit in memory.recall(path, ["zeppelin"], 20)}


@pytest.mark.parametrize("place", [-1, 5, 99])
def test_an_edit_where_nothing_stands_is_refused(memory: LongTermMemory, place: int) -> None:
    path = written(memory, STORY)[-1]
    with pytest.raises(ValueError, match=f"place {place} is not on a path of 5"):
        memory.edit(path, place, text="x")


def test_recall_sees_no_other_story(open_store: Callable[[str], Store]) -> None:
    ours, theirs = memory_over(open_store("ours")), memory_over(open_store("theirs"))
    path = written(ours, STORY[:2])[-1]
    written(theirs, STORY[2:])
    assert {hit.entry.text for hit in ours.recall(path, ["Nobody saw it."], 20)} == set(STORY[:2])


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

    class Rival(Counting):
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


# What the embedded engine does alone


def test_ten_threads_that_fork_lose_nothing(tmp_path: Path) -> None:
    with closing(edge_store(tmp_path / "memory")) as store:
        memory = memory_over(store)
        trunk = written(memory, STORY[:1])[-1]
        start = Barrier(THREADS)

        def write(thread: int) -> tuple[list[str], Lineage]:
            texts = [f"Thread {thread} wrote paragraph {number}. It was good." for number in range(5)]
            start.wait()
            return [STORY[0], *texts], written(memory, texts, trunk)[-1]

        with ThreadPoolExecutor(THREADS) as pool:
            results = list(pool.map(write, range(THREADS)))

        assert [texts_of(memory, path) for _, path in results] == [texts for texts, _ in results]
        assert memory.count() == 1 + THREADS * 5


def test_ten_threads_that_replay_the_same_write_it_once(tmp_path: Path) -> None:
    with closing(edge_store(tmp_path / "memory")) as store:
        memory = memory_over(store)
        start = Barrier(THREADS)

        def write(_: int) -> Lineage:
            start.wait()
            return written(memory, STORY)[-1]

        with ThreadPoolExecutor(THREADS) as pool:
            paths = set(pool.map(write, range(THREADS)))

        assert paths == {Lineage.from_json([["main", 0, 4]])}
        assert memory.count() == len(STORY)


def test_a_reopened_folder_keeps_everything(tmp_path: Path) -> None:
    with closing(edge_store(tmp_path / "memory")) as store:
        trunk = written(memory_over(store), STORY)
        forked = written(memory_over(store), ["Ada slept."], trunk[2])[-1]
    with closing(EdgeStore(tmp_path / "memory", "story", MODEL, no_vector_size)) as store:
        memory = memory_over(store)
        assert texts_of(memory, trunk[-1]) == STORY
        assert texts_of(memory, forked) == [*STORY[:2], "Ada slept."]
        assert memory.recall(trunk[-1], ["He sang."], 1)[0].entry.text == STORY[1]
        assert memory.count() == 6
        assert texts_of(memory, written(memory, ["The end."], trunk[-1])[-1]) == [*STORY, "The end."]


def test_a_moved_folder_keeps_everything(tmp_path: Path) -> None:
    with closing(edge_store(tmp_path / "here")) as store:
        path = written(memory_over(store), STORY)[-1]
    (tmp_path / "here").rename(tmp_path / "there")
    with closing(edge_store(tmp_path / "there")) as store:
        assert texts_of(memory_over(store), path) == STORY


def test_a_deleted_memory_leaves_no_folder(tmp_path: Path) -> None:
    store = edge_store(tmp_path / "memory")
    written(memory_over(store), STORY)
    store.delete()
    assert not (tmp_path / "memory").exists()


def test_a_folder_that_is_open_is_in_use(tmp_path: Path) -> None:
    with closing(edge_store(tmp_path / "memory")), pytest.raises(MemoryInUseError, match="QDRANT_URL"):
        edge_store(tmp_path / "memory")
    with closing(edge_store(tmp_path / "memory")) as store:
        assert store.count() == 0


def test_a_folder_of_another_embedding_model_is_refused(tmp_path: Path) -> None:
    edge_store(tmp_path / "memory").close()
    with pytest.raises(MemoryUnavailableError, match=f"{MODEL}.*another-model.*RECURRENTGPT_EMBEDDING_MODEL"):
        EdgeStore(tmp_path / "memory", "story", "another-model", vector_size)


def test_a_folder_of_a_format_from_the_future_is_refused(tmp_path: Path) -> None:
    edge_store(tmp_path / "memory").close()
    card = tmp_path / "memory" / "memory.json"
    card.write_text(json.dumps({**json.loads(card.read_text(encoding="utf-8")), "format": 99}), encoding="utf-8")
    with pytest.raises(MemoryUnavailableError, match="format 99; this version reads 1"):
        edge_store(tmp_path / "memory")


@pytest.mark.parametrize(
    "card", ["", "{", "[]", "null", '{"format": 1}', f'{{"format": 1, "embedding_model": "{MODEL}"}}']
)
def test_a_folder_with_a_broken_card_is_refused(tmp_path: Path, card: str) -> None:
    edge_store(tmp_path / "memory").close()
    (tmp_path / "memory" / "memory.json").write_text(card, encoding="utf-8")
    with pytest.raises(MemoryUnavailableError):
        edge_store(tmp_path / "memory")


def test_a_place_that_cannot_hold_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(MemoryUnavailableError, match="file"):
        edge_store(tmp_path / "file" / "memory")


WRITER = """
import sys
from pathlib import Path
from langchain_core.embeddings import DeterministicFakeEmbedding
from recurrentgpt.memory import Lineage, LongTermMemory
from recurrentgpt.memory.edge import EdgeStore
from recurrentgpt.schemas.languages import language_named

store = EdgeStore(Path(sys.argv[1]), "story", "fake-embeddings", lambda: 16)
memory = LongTermMemory(store, DeterministicFakeEmbedding(size=16), language_named("en"))
path = Lineage()
for number in range(20):
    path = memory.append(path, f"Paragraph {number}. It was good.", "", "")
print("written", flush=True)
sys.stdin.read()
"""


def test_a_killed_process_loses_nothing(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path / "memory")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        with pytest.raises(MemoryInUseError):
            edge_store(tmp_path / "memory")
        process.kill()
    assert said == "written\n"
    with closing(edge_store(tmp_path / "memory")) as store:
        memory = memory_over(store)
        path = Lineage.from_json([["main", 0, 19]])
        assert texts_of(memory, path) == [f"Paragraph {number}. It was good." for number in range(20)]
        assert memory.recall(path, ["Paragraph 7."], 1)[0].entry.seq == 7
        assert memory.count() == 20


# Where a story lives


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("RECURRENTGPT_HOME", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


@pytest.mark.parametrize("story_id", ["a", "0", "the-lamp", "a" * 64])
def test_a_story_lives_in_the_data_folder(home: Path, story_id: str) -> None:
    assert story_folder(story_id) == home / "stories" / story_id


@pytest.mark.parametrize(
    "story_id",
    ["../x", "a/b", "", "A", "a" * 100, "a" * 65, ".", "..", "/etc", "-a", "a b", "a\n", "a\\b", "灯", "a\0"],
)
def test_what_is_no_story_id_is_no_folder(home: Path, story_id: str) -> None:
    with pytest.raises(MemoryUnavailableError, match="is no story id"):
        story_folder(story_id)
    assert not list(home.iterdir())


# Where sentences end


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Ada left. Ben stayed.", "en", ["Ada left.", "Ben stayed."]),
        ("Mr. Ash left! Did he?", "en", ["Mr. Ash left!", "Did he?"]),
        ("林在屋里。王走了！", "zh", ["林在屋里。", "王走了！"]),
        ("No full stop", "en", ["No full stop"]),
        ("", "en", [""]),
        ("  ", "en", ["  "]),
    ],
)
def test_a_text_is_cut_at_its_sentences(text: str, language: str, expected: list[str]) -> None:
    assert sentences(text, language_named(language)) == expected


def test_a_long_text_has_sixty_four_sentences_and_loses_nothing() -> None:
    parts = [f"Ada counted {number} waves." for number in range(200)]
    found = sentences(" ".join(parts), EN)
    assert len(found) == 64
    assert " ".join(found) == " ".join(parts)


def test_a_full_disk_is_said_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = EdgeStore(tmp_path / "memory", "story", "fake", lambda: SIZE)
    memory = LongTermMemory(store, DeterministicFakeEmbedding(size=SIZE), EN)
    path = memory.append(Lineage(), "One.", "1")
    full = shutil.disk_usage(tmp_path)._replace(free=2**20)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: full)
        with pytest.raises(MemoryUnavailableError, match=r"is full \(1 MB free, 64 MB needed\)"):
            memory.append(path, "Two.", "2")
    path = memory.append(path, "Two.", "2")
    assert [entry.text for entry in memory.read(path)] == ["One.", "Two."]
    store.close()


def test_a_folder_that_was_half_made_is_made_again(tmp_path: Path) -> None:
    half_made = tmp_path / "memory" / "qdrant.new"
    half_made.mkdir(parents=True)
    (half_made / "segments").write_text("not a folder")
    store = EdgeStore(tmp_path / "memory", "story", "fake", lambda: SIZE)
    assert store.count() == 0
    store.close()


def test_a_rare_word_leads_where_likeness_does_not(memory: LongTermMemory) -> None:
    # The vectors are noise here, so only the words can find it.
    path = written(memory, [*STORY, "The astrolabe lay under the quince tree.", *STORY])[-1]
    best = memory.recall(path, ["Who has the astrolabe?"], 2)
    assert "astrolabe" in {word for found in best for word in found.entry.text.casefold().split()}


def test_several_questions_are_searched_at_once_and_each_hit_says_which_it_answers(memory: LongTermMemory) -> None:
    path = written(memory, STORY)[-1]
    wanted = [sentences(STORY[0], EN)[0], sentences(STORY[4], EN)[0]]
    found = memory.recall(path, wanted, 2)
    assert {hit.question for hit in found} == set(wanted)
    assert {hit.entry.seq for hit in found} == {0, 4}


def test_another_branch_never_changes_a_score(memory: LongTermMemory) -> None:
    # IDF is counted over the lineage: what a sibling says of an astrolabe is not this path's affair.
    path = written(memory, ["The astrolabe gleamed.", "The lamp burned.", "He left."])[-1]
    before = [(hit.entry.seq, hit.score) for hit in memory.recall(path, ["astrolabe lamp"], 3)]
    fork = path.from_json([["main", 0, 0]])
    written(memory, [f"Astrolabe number {number} gleamed." for number in range(30)], fork)
    assert [(hit.entry.seq, hit.score) for hit in memory.recall(path, ["astrolabe lamp"], 3)] == before


def test_of_equals_the_later_paragraph_comes_first_every_time(memory: LongTermMemory) -> None:
    path = written(memory, ["The amber bell rang.", "A fox crossed the marsh."])[-1]
    questions = [entry.text for entry in memory.read(path)]
    assert {memory.recall(path, questions, 1)[0].entry.seq for _ in range(20)} == {1}


@pytest.mark.parametrize("question", ["🦊🦊🦊", "!?"])
def test_a_question_without_words_is_no_error(memory: LongTermMemory, question: str) -> None:
    path = written(memory, STORY)[-1]
    assert len(memory.recall(path, [question], 2)) in (0, 2)


@pytest.mark.real
@pytest.mark.xdist_group("embedder")
def test_what_the_embedding_model_cannot_read_is_searched_by_its_words(tmp_path: Path) -> None:
    model = embedder(DEFAULT_MODEL)
    assert reads(model, "Mara cannot swim.")
    assert not reads(model, "玛拉不会游泳，水一没过腰就会往下沉。")
    with closing(EdgeStore(tmp_path, "story", DEFAULT_MODEL, lambda: 384)) as store:
        memory = LongTermMemory(store, model, ZH)
        path = written(memory, ["天亮了。玛拉长在旱地，从没学过游泳。", "鲁索在火堆旁擦头盔。", "皮姆数着骆驼。"])[-1]
        found = memory.recall(path, ["玛拉要游泳渡河"], 1)[0]
        assert (found.entry.seq, found.sentence) == (0, "玛拉长在旱地，从没学过游泳。")
        assert 0 < found.similarity <= 1
        assert memory.recall(path, ["🦊🦊"], 1) == []
