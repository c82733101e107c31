"""What the embedded engine does alone: folders, threads, kills, full disks."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
import qdrant_edge as edge
from langchain_core.embeddings import DeterministicFakeEmbedding

from memories_at_hand import MODEL, SIZE, STORY, edge_store, memory_over, no_vector_size, texts_of, vector_size, written
from recurrentgpt.memory import Lineage, LongTermMemory
from recurrentgpt.memory.edge import EdgeStore
from recurrentgpt.memory.points import passage_id
from recurrentgpt.schemas.errors import MemoryInUseError, MemoryUnavailableError
from tongues import EN

if TYPE_CHECKING:
    from pathlib import Path


THREADS = 10


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


def test_searches_of_one_sort_are_neighbours_so_that_the_engine_does_them_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[edge.QueryRequest] = []
    make = edge.QueryRequest

    def kept(**of: Any) -> edge.QueryRequest:
        asked.append(make(**of))
        return asked[-1]

    monkeypatch.setattr("recurrentgpt.memory.edge.edge.QueryRequest", kept)
    with closing(edge_store(tmp_path / "memory")) as store:
        memory = memory_over(store)
        path = written(memory, STORY)[-1]
        memory.facts.about(path, ["the key", "the lamp", "the well"], 3, ["the mill"])
    weighted = [search.params is not None for search in asked[-1].prefetches]
    assert weighted == [False] * 4 + [True] * 5


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
    record = tmp_path / "memory" / "memory.json"
    record.write_text(json.dumps({**json.loads(record.read_text(encoding="utf-8")), "format": 99}), encoding="utf-8")
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


@pytest.mark.parametrize("killed_at", ["", "update_vectors", "delete_payload"])
def test_what_has_no_vectors_yet_has_them_before_anybody_searches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed_at: str
) -> None:
    with closing(edge_store(tmp_path / "memory")) as store:
        memory = memory_over(store)
        path = written(memory, STORY)[-1]
        was = memory.read(path)
        now = [replace(entry, text=entry.text.replace("Ada", "Eve")) for entry in was]
        renamed = memory.put_in_place(path, was, now)
        assert memory.put_in_place(path, was, now) == renamed
        operations = edge.UpdateOperation
        if killed_at:

            class Killed:
                """An engine that goes no further."""

                def __getattr__(self, name: str) -> Any:
                    if name == killed_at:
                        raise KeyboardInterrupt
                    return getattr(operations, name)

            with monkeypatch.context() as patched:
                patched.setattr("recurrentgpt.memory.edge.edge.UpdateOperation", Killed())
                with pytest.raises(KeyboardInterrupt):
                    memory.recall(renamed, ["Who wept?"], 1, by_words=False)
    with closing(EdgeStore(tmp_path / "memory", "story", MODEL, no_vector_size)) as store:
        memory = memory_over(store)
        for on, name in ((renamed, "Eve"), (path, "Ada")):
            found = memory.recall(on, ["Ada wept.", "Ada lit the lamp."], 5, by_words=False)
            assert {hit.entry.text for hit in found} == {text.replace("Ada", name) for text in STORY}
            assert found[0].similarity > 0.99
        ids = [passage_id("story", slot) for slot in (*path.slots(), *renamed.slots())]
        assert store.get(ids, ["like"]) == [{}] * 10
        vectors = store.vectors(ids)
        assert vectors[:5] == vectors[5:]


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
