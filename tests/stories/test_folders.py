"""A story is its folder: copied, renamed, moved, deleted and brought back, synced by another program."""

from __future__ import annotations

import asyncio
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from recurrentgpt.schemas.errors import StoryNotFoundError
from recurrentgpt.schemas.story_folders import Identity, identities
from recurrentgpt.stories import branches, removal, trash, undo
from recurrentgpt.stories.copying import copy_file
from recurrentgpt.stories.library import Library
from resources_at_hand import close_memory, memories, open_memory, read_environment
from stories_at_hand import at, begun, run, texts, write

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeChatModel
    from recurrentgpt.stories.record import StoryRecord


def folder_copied(library: Library, record: StoryRecord, name: str = "abc (copy)") -> StoryRecord:
    """As a file manager does it; gives the copy as the shelf shows it."""
    folder = library.folder(record)
    shutil.copytree(folder, folder.with_name(name), copy_function=copy_file)
    return next(kept for kept in library.records() if kept.copy_of)


def state(library: Library, record: StoryRecord) -> dict[str, Any]:
    found: dict[str, Any] = at(library, record, lambda story: story.state())
    return found


def test_a_copy_is_offered_as_a_copy_and_is_a_story_of_its_own(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(2)
    before = texts(library, record)
    copy = folder_copied(library, record)
    assert copy.copy_of == record.story_id != copy.story_id
    assert {kept.story_id for kept in library.records()} == {record.story_id, copy.story_id}
    assert texts(library, copy) == before
    assert state(library, copy)["story_id"] == copy.story_id
    assert not library.record(copy.story_id).copy_of
    at(library, copy, lambda story: write(story, 2))
    run(library, copy, branches.edit, paragraph=1, text="The copy begins otherwise.")
    assert texts(library, record) == before
    assert texts(library, copy)[0] == "The copy begins otherwise."
    with open_memory(copy.story_id, copy.language) as memory:
        assert memory.count() == len(before) + 3
    with open_memory(record.story_id, record.language) as memory:
        assert memory.count() == len(before)


def test_every_state_of_a_copy_is_the_copys(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(2)
    run(library, record, branches.edit, short_term_memory="Mara trusts nobody.")
    copy = folder_copied(library, record)
    run(library, copy, undo.undo)
    run(library, copy, branches.new_branch, 3, "cellar", "2")
    at(library, copy, lambda story: write(story, 1))

    async def ids(story: Any) -> set[str]:
        kept = [one async for one in story.checkpoints.saver.alist(None)]
        return {one.checkpoint["channel_values"].get("story_id", copy.story_id) for one in kept}

    assert at(library, copy, ids) == {copy.story_id}
    assert len(texts(library, copy)) == 4


@pytest.mark.parametrize("opened", [False, True])
def test_deleting_a_copy_leaves_the_story_and_the_other_way_round(fake_model: FakeChatModel, *, opened: bool) -> None:
    del fake_model
    library, record = begun(1)
    before = texts(library, record)
    copy = folder_copied(library, record)
    if opened:
        texts(library, copy)
    asyncio.run(removal.delete(library, copy, for_good=True))
    assert [kept.story_id for kept in library.records()] == [record.story_id]
    assert texts(library, record) == before
    other = folder_copied(library, record)
    if opened:
        texts(library, other)
    asyncio.run(removal.delete(library, record, for_good=True))
    (left,) = library.records()
    assert texts(library, left) == before


def test_a_copy_on_a_server_has_points_of_its_own(fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch) -> None:
    del fake_model
    monkeypatch.setenv("QDRANT_URL", ":memory:")
    read_environment()
    library, record = begun(1)
    before = texts(library, record)
    copy = folder_copied(library, record)
    assert texts(library, copy) == before
    asyncio.run(removal.delete(library, copy, for_good=True))
    assert texts(library, record) == before
    assert memories().stories_with_points() == [record.story_id]


def test_a_copy_that_was_stopped_half_way_becomes_one_the_next_time(
    fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    del fake_model
    library, record = begun(1)
    before = texts(library, record)
    copy = folder_copied(library, record)
    from recurrentgpt.stories import copies  # noqa: PLC0415

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(copies, "write_record", killed)
        with pytest.raises(KeyboardInterrupt):
            texts(library, copy)
    assert next(kept for kept in library.records() if kept.copy_of).story_id == copy.story_id
    assert texts(library, copy) == before
    assert texts(library, record) == before


def test_what_was_under_way_is_not_gone_on_with_in_a_copy(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(1)
    (library.folder(record) / "under_way.json").write_text('{"kind": "write", "paragraphs": 3}', encoding="utf-8")
    copy = folder_copied(library, record)
    texts(library, copy)
    assert not (library.folder(copy) / "under_way.json").exists()
    assert (library.folder(record) / "under_way.json").exists()


@pytest.mark.parametrize("name", ["The keeper", "守灯人", "abc"])
def test_a_renamed_folder_is_the_same_story(fake_model: FakeChatModel, name: str) -> None:
    del fake_model
    library, record = begun(1)
    close_memory(record.story_id)
    folder = library.folder(record)
    folder.rename(folder.with_name(name))
    assert library.find().story_id == record.story_id
    at(library, library.find(), lambda story: write(story, 1))
    assert len(texts(library, library.record(record.story_id))) == 4
    assert [path.name for path in folder.parent.iterdir()] == [name]


@pytest.mark.parametrize("name", ["copy", "a much longer name of it"])
def test_a_copy_of_a_renamed_folder_is_the_copy_whatever_it_is_called(fake_model: FakeChatModel, name: str) -> None:
    """Else both ids would lead to one folder, and deleting the copy would delete the story."""
    del fake_model
    library, record = begun(1)
    folder = library.folder(record)
    renamed = folder.rename(folder.with_name("my lighthouse"))
    before = texts(library, record)
    copy = folder_copied(library, record, name)
    assert [library.folder(one).name for one in (record, copy)] == [renamed.name, name]
    run(library, record, branches.edit, paragraph=1, text="It goes on here.")
    assert texts(library, copy) == before
    asyncio.run(removal.delete(library, library.record(copy.story_id)))
    assert texts(library, record)[0] == "It goes on here."


def test_a_folder_moved_to_another_shelf_is_the_same_story(fake_model: FakeChatModel, tmp_path: Path) -> None:
    del fake_model
    library, record = begun(1)
    before = texts(library, record)
    (tmp_path / "other" / "stories").mkdir(parents=True)
    shutil.move(library.folder(record), tmp_path / "other" / "stories" / "moved")
    other = library.at(tmp_path / "other")
    assert texts(other, other.find()) == before
    assert other.find().story_id == record.story_id


def test_identities_hang_on_the_id_and_on_the_place() -> None:
    found = identities({"a": "a", "a (copy)": "a", "moved": "b", "moved 2": "b", "c": "c"})
    assert [found[name] for name in ("a", "moved", "c")] == [Identity("a"), Identity("b"), Identity("c")]
    assert [found[name].copy_of for name in ("a (copy)", "moved 2")] == ["a", "b"]
    assert len({identity.story_id for identity in found.values()}) == 5
    assert identities({"a": "a", "a (copy)": "a"})["a (copy)"] == found["a (copy)"]


def test_a_deleted_story_comes_back(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(1)
    before = texts(library, record)
    asyncio.run(removal.delete(library, record))
    assert library.records() == []
    assert [one.story_id for one in trash.deleted(library)] == [record.story_id]
    with pytest.raises(StoryNotFoundError, match="Nothing in the trash"):
        trash.undelete(library, "nothing of the kind")
    assert trash.undelete(library, record.story_id[:4]).story_id == record.story_id
    assert texts(library, record) == before
    assert trash.deleted(library) == []


def test_brought_back_beside_its_copy_it_is_the_story_and_the_copy_a_copy(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(1)
    before = texts(library, record)
    folder_copied(library, record)
    asyncio.run(removal.delete(library, record))
    (left,) = library.records()
    at(library, left, lambda story: write(story, 1))
    assert trash.undelete(library).copy_of == ""
    assert texts(library, record) == before
    (other,) = [kept for kept in library.records() if kept.copy_of]
    assert len(texts(library, other)) == len(before) + 1


def test_the_trash_is_emptied_by_age_and_by_size_but_never_of_the_last_few_by_age(
    fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    del fake_model
    library, record = begun(0)
    folder = library.folder(record)
    close_memory(record.story_id)
    for number in range(8):
        gone = library.home / "trash" / f"old-{number}"
        shutil.copytree(folder, gone, copy_function=copy_file)
        kept = {"when": f"2020-01-0{number + 1}T00:00:00+00:00", "folder": f"old-{number}"}
        (gone / "deleted.json").write_text(json.dumps(kept), encoding="utf-8")
    asyncio.run(trash.empty(library))
    assert [one.was for one in trash.deleted(library)] == [f"old-{number}" for number in (7, 6, 5, 4, 3)]
    monkeypatch.setattr(trash, "KEPT_BYTES", 1)
    asyncio.run(trash.empty(library))
    assert [one.was for one in trash.deleted(library)] == ["old-7"]
    asyncio.run(trash.empty(library, everything=True))
    assert trash.deleted(library) == []
    assert len(texts(library, record)) == 2


@pytest.mark.parametrize(
    "name",
    [
        "story (Anna's conflicted copy 2026-11-27).json",
        "checkpoints.sync-conflict-20261127-101112-ABCDEFG.sqlite",
        "story 2.json",
        "story-DESKTOP-7QX1.json",
        "checkpoints (1).sqlite",
    ],
)
def test_files_of_two_machines_are_noticed(fake_model: FakeChatModel, name: str) -> None:
    del fake_model
    library, record = begun(-1)
    assert library.problems() == []
    (library.folder(record) / name).touch()
    (problem,) = library.problems()
    assert problem.code == "sync_conflict"
    assert name in str(problem)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("story.json", b""),
        ("story.json", b'{"format": 3, "story_id": "abc", "written": "2020-01-01T00:00:00"}'),
        ("story.json", b"[]"),
        ("head.json", b'{"format": 1, "state": {"lineage": 7}}'),
        ("head.json", b'{"format": 1, "state": {"topic": ["x"]}}'),
        ("checkpoints.sqlite", b"no database"),
    ],
)
def test_a_broken_story_hides_no_other(fake_model: FakeChatModel, file: str, content: bytes) -> None:
    del fake_model
    library, record = begun(-1)
    broken = library.home / "stories" / "broken"
    broken.mkdir()
    (broken / file).write_bytes(content)
    assert [kept.story_id for kept in library.records()] == [record.story_id]
    assert len(library.problems()) == 1
    assert str(broken) in str(library.problems()[0])
    assert Library.of_the_process().find().story_id == record.story_id


def test_a_card_does_not_say_that_it_is_a_copy(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(-1)
    card = library.folder(record) / "story.json"
    kept = json.loads(card.read_text(encoding="utf-8"))
    assert "copy_of" not in kept
    card.write_text(json.dumps({**kept, "copy_of": "another"}), encoding="utf-8")
    assert library.find().copy_of == ""
