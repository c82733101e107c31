"""What is reported is on the disk: synced before it has its name, the memory before the checkpoint that counts on it.

Power itself is cut by ``benchmarks/power_cut.py``, which needs a file system of its own; here the order is looked at.
"""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from recurrentgpt.memory import journal as journals
from recurrentgpt.memory.journal import Journal
from recurrentgpt.memory.store import NewPoint, Sparse
from recurrentgpt.schemas import files
from recurrentgpt.schemas.errors import StorageError
from recurrentgpt.stories import branches
from recurrentgpt.stories.copying import copy_file
from recurrentgpt.stories.record import write_text
from stories_at_hand import at, begun, texts, write

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeChatModel
    from recurrentgpt.stories.story import Story


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the system is told to do, in order: files synced and renamed, by name."""
    seen: list[str] = []
    sync, replace = os.fsync, os.replace

    def note(number: int) -> None:
        name = os.path.basename(os.readlink(f"/proc/self/fd/{number}"))  # noqa: PTH115, PTH119
        seen.append(f"sync {'scratch' if name.endswith('.new') else name}")
        sync(number)

    def note_move(source: Any, target: Any) -> None:
        seen.append(f"move to {os.path.basename(target)}")  # noqa: PTH119
        replace(source, target)

    monkeypatch.setattr(os, "fsync", note)
    monkeypatch.setattr(os, "replace", note_move)
    return seen


needs_proc = pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="names of open files are in /proc")  # noqa: PTH112


@needs_proc
def test_a_file_is_synced_moved_and_its_folder_synced(tmp_path: Path, done: list[str]) -> None:
    files.write_whole(tmp_path / "card", b"whole")
    assert done == ["sync scratch", "move to card", f"sync {tmp_path.name}"]
    assert [path.name for path in tmp_path.iterdir()] == ["card"]


@needs_proc
def test_what_can_be_made_again_waits_for_less(tmp_path: Path, done: list[str]) -> None:
    files.write_whole(tmp_path / "card", b"whole", may_be_older=True)
    files.write_whole(tmp_path / "head", b"whole", is_derived=True)
    assert done == ["sync scratch", "move to card", "move to head"]


@needs_proc
def test_new_folders_are_in_folders_that_are_synced(tmp_path: Path, done: list[str]) -> None:
    files.make_folders(tmp_path / "home" / "stories" / "abc")
    assert sorted(done) == sorted(["sync stories", "sync home", f"sync {tmp_path.name}"])


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "card").write_text("old", encoding="utf-8")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        write_text(tmp_path / "card", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["card"]
    assert (tmp_path / "card").read_text(encoding="utf-8") == "old"


def test_the_memory_is_on_the_disk_before_the_checkpoint_that_counts_on_it(
    fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    del fake_model
    library, record = begun(0)
    told: list[str] = []
    put, add = AsyncSqliteSaver.aput, Journal.add

    async def note(self: AsyncSqliteSaver, config: Any, checkpoint: Any, *given: Any) -> Any:
        lineage = checkpoint["channel_values"].get("lineage", [])
        told.append(f"checkpoint of {sum(last - first + 1 for _, first, last in lineage)}")
        return await put(self, config, checkpoint, *given)

    def note_too(self: Journal, written: Any) -> None:
        add(self, written)
        told.append("journal")

    async def act(story: Story) -> int:
        monkeypatch.setattr(AsyncSqliteSaver, "aput", note)
        monkeypatch.setattr(Journal, "add", note_too)
        await write(story, 1)
        found: list[Any] = [row async for row in await story.checkpoints.saver.conn.execute("PRAGMA synchronous")]  # type: ignore[attr-defined]
        return int(found[0][0])

    assert at(library, record, act) == 2  # FULL
    assert told.index("journal") < told.index("checkpoint of 3")


def lost(folder: Path, keep: Path) -> None:
    """The power went: the engine's files are as they were, the journal is what was synced."""
    shutil.rmtree(folder / "qdrant")
    shutil.copytree(keep, folder / "qdrant", copy_function=copy_file)


def test_what_the_engine_lost_with_the_power_comes_back_from_the_journal(
    fake_model: FakeChatModel, tmp_path: Path
) -> None:
    del fake_model
    library, record = begun(0)
    memory = library.folder(record) / "memory"
    shutil.copytree(memory / "qdrant", tmp_path / "before", copy_function=copy_file)
    at(library, record, lambda story: write(story, 2))
    at(library, record, lambda story: branches.edit(story, paragraph=1, text="Another beginning, by hand."))
    told = texts(library, record)
    found = at(library, record, lambda story: story.search("beginning", 3))
    lost(memory, tmp_path / "before")
    assert texts(library, record) == told
    assert at(library, record, lambda story: story.search("beginning", 3)) == found


def test_a_torn_last_line_of_the_journal_is_as_if_it_had_not_been(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = Journal(path)
    point = NewPoint(UUID(int=1), {"branch": "main", "seq": 0}, [[0.5, 0.25]], Sparse([1], [2.0]), UUID(int=2))
    journal.add([point])
    journal.add((UUID(int=1), {"facts": ["é"]}))
    journal.close()
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        again = Journal(path)
        assert again.read() == [[point], (UUID(int=1), {"facts": ["é"]})][: whole[:length].count(b"\n")]
        again.add([point])
        again.close()
        again = Journal(path)
        assert again.read()[-1] == [point]
        again.close()


def test_a_full_journal_makes_room_when_the_engine_has_it_all(
    fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    del fake_model
    monkeypatch.setattr(journals, "MOST", 1)
    library, record = begun(3)
    folder = library.folder(record) / "memory"
    assert (folder / "journal").read_bytes().count(b"\n") == 1
    shutil.copytree(folder, tmp_path / "copy", copy_function=copy_file)
    (folder / "journal").unlink()
    assert len(texts(library, record)) == 5


def test_a_head_that_was_torn_is_written_anew(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(1)
    head = library.folder(record) / "head.json"
    state = json.loads(head.read_text(encoding="utf-8"))["state"]
    kept = {name: state[name] for name in ("lineage", "plans", "short_term_memory", "paragraph", "story_id")}
    head.write_bytes(b"")
    assert len(texts(library, record)) == 3
    told = json.loads(head.read_text(encoding="utf-8"))["state"]
    assert {name: told[name] for name in kept} == kept
