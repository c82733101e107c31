"""A damaged story is put right as far as anything still knows it; copies are made, and put back.

Every file and every kind of damage: ``benchmarks/damage.py``. Here is one of each sort.
"""

from __future__ import annotations

import asyncio
import io
import re
import shutil
import sqlite3
import tarfile
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from filelock import FileLock

from recurrentgpt.schemas.errors import RecurrentGPTError, StorageError, StoryInUseError
from recurrentgpt.stories import backups, branches, trash
from recurrentgpt.stories.copying import copy_file
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.repair import Report, repair, repair_all
from resources_at_hand import close_memory
from stories_at_hand import at, begun, run, texts, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fake_model import FakeChatModel
    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.stories.story import Story


def story_with_a_branch() -> tuple[Library, StoryRecord]:
    library, record = begun(2)
    run(library, record, branches.new_branch, 3, "cellar", "2")
    at(library, record, lambda story: write(story, 1))
    run(library, record, branches.switch, "main")
    close_memory(record.story_id)
    return library, record


def told(library: Library, record: StoryRecord) -> dict[str, Any]:
    """All passages of all branches, with summaries."""

    async def act(story: Story) -> dict[str, Any]:
        return {
            view.branch.name: [(entry.text, entry.summary, entry.plan) for entry in view.entries]
            for view in await branches.tree(story)
        }

    found: dict[str, Any] = at(library, record, act)
    return found


def codes(report: Report) -> list[str]:
    return [found["part"] for found in (*report.mended, *report.lost)]


def mended(library: Library, record: StoryRecord) -> Report:
    close_memory(record.story_id)
    return asyncio.run(repair(library, library.folder_of(record.story_id)))


def without_memory(folder: Path) -> None:
    shutil.rmtree(folder / "memory")


def without_card(folder: Path) -> None:
    (folder / "story.json").unlink()


def without_both_cards(folder: Path) -> None:
    (folder / "story.json").unlink()
    (folder / "story.kept.json").unlink()


def without_card_and_head(folder: Path) -> None:
    without_both_cards(folder)
    (folder / "head.json").unlink()


def with_a_broken_memory(folder: Path) -> None:
    for file in (folder / "memory").rglob("*"):
        if file.is_file():
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (without_memory, ["repaired_memory"]),
        (with_a_broken_memory, ["repaired_memory"]),
        (without_card, ["repaired_card"]),
        (without_both_cards, ["repaired_card", "lost_settings"]),
        (without_card_and_head, ["repaired_card", "lost_settings", "repaired_head"]),
    ],
)
def test_what_can_be_derived_is_made_again(
    fake_model: FakeChatModel, damage: Callable[[Path], None], said: list[str]
) -> None:
    del fake_model
    library, record = story_with_a_branch()
    whole = told(library, record)
    close_memory(record.story_id)
    damage(library.folder(record))
    report = mended(library, record)
    assert sorted(codes(report)) == sorted(said)
    assert told(library, record) == whole
    assert mended(library, record).is_whole
    at(library, record, lambda story: write(story, 1))


def test_a_dry_run_says_the_same_and_does_nothing(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = story_with_a_branch()
    folder = library.folder(record)
    without_memory(folder)
    before = sorted(str(path) for path in folder.rglob("*"))
    would = asyncio.run(repair(library, folder, dry_run=True))
    assert codes(would) == ["repaired_memory"]
    assert sorted(str(path) for path in folder.rglob("*") if path.name != "lock") == [
        path for path in before if not path.endswith("lock")
    ]
    assert codes(mended(library, record)) == codes(would)


def test_nothing_is_thrown_away_and_a_copy_is_kept_before(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = story_with_a_branch()
    (library.folder(record) / "story.json").write_bytes(b"half a card")
    (library.folder(record) / "head 2.json").write_bytes(b"of another machine")
    report = mended(library, record)
    kept = {name: path.read_bytes() for name, path in report.moved}
    assert kept == {"story.json": b"half a card", "head 2.json": b"of another machine"}
    assert all(path.is_relative_to(library.home / "lost+found") for _, path in report.moved)
    (copy,) = backups.ring_of(library)
    with tarfile.open(copy) as packed:
        names = packed.getnames()
    assert f"stories/{record.story_id}/head 2.json" in names
    assert library.problems() == []


def test_broken_checkpoints_leave_what_can_be_read(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(20)
    before = texts(library, record)
    close_memory(record.story_id)
    path = library.folder(record) / "checkpoints.sqlite"
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 8192] = b"\xff" * 8192
    path.write_bytes(content)
    report = mended(library, record)
    assert "repaired_checkpoints" in codes(report)
    after = texts(library, record)
    assert after == before[: len(after)]
    assert len(after) > len(before) // 2
    assert mended(library, record).is_whole


def test_one_flipped_byte_in_what_is_packed_is_found_and_put_aside(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(2)
    before = texts(library, record)
    close_memory(record.story_id)
    with closing(sqlite3.connect(library.folder(record) / "checkpoints.sqlite")) as database:
        query = "SELECT rowid, checkpoint FROM checkpoints WHERE type LIKE '%.z' ORDER BY rowid DESC LIMIT 1"
        number, kept = database.execute(query).fetchone()
        broken = kept[:20] + bytes([kept[20] ^ 255]) + kept[21:]
        database.execute("UPDATE checkpoints SET checkpoint = ? WHERE rowid = ?", (broken, number))
        database.commit()
    assert "repaired_checkpoints" in codes(mended(library, record))
    assert texts(library, record) == before
    assert mended(library, record).is_whole


def test_passages_of_another_story_are_taken_out_of_the_memory(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = story_with_a_branch()
    whole = told(library, record)
    _, other = begun(1)
    close_memory(record.story_id)
    close_memory(other.story_id)
    shutil.rmtree(library.folder(record) / "memory")
    shutil.copytree(library.folder(other) / "memory", library.folder(record) / "memory", copy_function=copy_file)
    assert codes(mended(library, record)) == ["repaired_memory"]
    assert told(library, record) == whole
    assert len(texts(library, other)) == 3


def test_a_card_of_another_story_is_not_believed(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = story_with_a_branch()
    whole = told(library, record)
    _, other = begun(-1)
    shutil.copy2(library.folder(other) / "story.json", library.folder(record) / "story.json")
    assert {kept.story_id for kept in library.records()} == {record.story_id, other.story_id}
    assert "repaired_anothers" in codes(mended(library, record))
    assert told(library, record) == whole


def test_a_story_that_is_open_elsewhere_is_named_by_its_title(fake_model: FakeChatModel) -> None:
    assert fake_model
    library, record = begun(1)
    title = re.escape(library.record(record.story_id).title)
    with FileLock(library.folder(record) / "lock"), pytest.raises(StoryInUseError, match=f"'{title}'"):
        asyncio.run(repair(library, library.folder(record)))
    close_memory(record.story_id)


def test_what_a_clock_had_hidden_is_the_newest_again(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(2)
    before = texts(library, record)
    close_memory(record.story_id)
    with closing(sqlite3.connect(library.folder(record) / "checkpoints.sqlite")) as database:
        rows = database.execute("SELECT rowid, checkpoint_id FROM checkpoints ORDER BY rowid").fetchall()
        names = {name: f"0{name[1:]}" for _, name in rows[-6:]}  # as a clock of centuries ago
        for table in ("checkpoints", "writes"):
            for was, now in names.items():
                database.execute(f"UPDATE {table} SET checkpoint_id = ? WHERE checkpoint_id = ?", (now, was))  # noqa: S608
        for was, now in names.items():
            database.execute(
                "UPDATE checkpoints SET parent_checkpoint_id = ? WHERE parent_checkpoint_id = ?", (now, was)
            )
        database.commit()
    assert len(texts(library, record)) < len(before)
    assert "repaired_order" in codes(mended(library, record))
    assert texts(library, record) == before


def test_one_story_that_cannot_be_looked_at_does_not_keep_the_others_from_it(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(0)
    _, other = begun(0)
    close_memory(other.story_id)
    without_memory(library.folder(other))

    async def act(_: Story) -> list[Any]:
        return await repair_all(library)

    found = at(library, record, act)
    assert sum(isinstance(one, RecurrentGPTError) for one in found) == 1
    assert len(texts(library, other)) == 2


# Copies


def test_a_backup_is_whole_while_it_is_written_on_and_comes_back(fake_model: FakeChatModel, tmp_path: Path) -> None:
    del fake_model
    library, record = story_with_a_branch()
    path = tmp_path / f"kept{backups.ENDING}"

    async def act(story: Story) -> None:
        await write(story, 1)
        await backups.back_up(library, library.records(), path)
        await write(story, 1)

    at(library, record, act)
    whole = told(library, record)
    other = library.at(tmp_path / "other")
    (back,) = asyncio.run(backups.restore(other, path))
    assert back.story_id == record.story_id
    assert told(other, back)["main"] == whole["main"][:-1]
    assert told(other, back)["cellar"] == whole["cellar"]
    other.close()


@pytest.mark.parametrize("name", ["", "The keeper"])
@pytest.mark.parametrize("replace", [False, True])
def test_restored_over_a_story_neither_is_lost(
    fake_model: FakeChatModel, tmp_path: Path, name: str, *, replace: bool
) -> None:
    del fake_model
    library, record = begun(1)
    before = texts(library, record)
    path = tmp_path / f"kept{backups.ENDING}"
    asyncio.run(backups.back_up(library, [record], path))
    if name:
        close_memory(record.story_id)
        library.folder(record).rename(library.home / "stories" / name)
    at(library, record, lambda story: write(story, 1))
    later = texts(library, record)
    (back,) = asyncio.run(backups.restore(library, path, replace=replace))
    assert texts(library, back) == before
    if replace:
        assert back.story_id == record.story_id
        assert [one.story_id for one in trash.deleted(library)] == [record.story_id]
    else:
        assert back.copy_of == record.story_id
        assert texts(library, record) == later


@pytest.mark.parametrize(
    "name", ["../outside", "stories/../../outside", "/etc/outside", "stories/.x/y", "stories/a/link"]
)
def test_a_backup_writes_nowhere_else(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bad.tar.gz"
    with tarfile.open(path, "w:gz") as packed:
        head = tarfile.TarInfo("recurrentgpt-backup.json")
        content = b'{"format": 1, "stories": []}'
        head.size = len(content)
        packed.addfile(head, io.BytesIO(content))
        member = tarfile.TarInfo(name)
        if name.endswith("link"):
            member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        packed.addfile(member, io.BytesIO(b""))
    library = Library.of_the_process()
    with pytest.raises(StorageError, match="no backup"):
        asyncio.run(backups.restore(library, path))
    assert sorted(found.name for found in tmp_path.iterdir()) == ["bad.tar.gz", "home"]
    assert library.records() == []


@pytest.mark.parametrize("content", [b"", b"no tar", b"\x1f\x8b\x08\x00half"])
def test_what_is_no_backup_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.tar.gz").write_bytes(content)
    with pytest.raises(StorageError, match="no backup"):
        asyncio.run(backups.restore(Library.of_the_process(), tmp_path / "bad.tar.gz"))


def test_the_ring_keeps_the_last_three(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(-1)
    close_memory(record.story_id)
    for number in range(5):
        backups.keep_copy(library, library.folder(record), f"test{number}")
    assert [path.name for path in backups.ring_of(library)] == [
        f"000{number + 1}-test{number}.tar.gz" for number in (2, 3, 4)
    ]
