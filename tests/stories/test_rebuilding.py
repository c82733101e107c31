"""Checkpoints that are lost: what a repair makes of head and memory, and what it says cannot be had again."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from recurrentgpt.memory import Lineage
from recurrentgpt.schemas.errors import StorageError
from recurrentgpt.stories import branches
from recurrentgpt.stories.copying import copy_file
from recurrentgpt.stories.repair import Report, repair
from recurrentgpt.stories.retracing import Retraced
from resources_at_hand import close_memory
from stories_at_hand import at, begun, run, texts, write

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeChatModel
    from recurrentgpt.stories.library import Library
    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.stories.story import Story

FILE = "checkpoints.sqlite"


def told(library: Library, record: StoryRecord) -> dict[str, Any]:
    """All passages of all branches, with summaries and facts."""

    async def act(story: Story) -> dict[str, Any]:
        return {view.branch.name: view.entries for view in await branches.tree(story)}

    found: dict[str, Any] = at(library, record, act)
    return found


def mended(library: Library, record: StoryRecord) -> Report:
    close_memory(record.story_id)
    report = asyncio.run(repair(library, library.folder_of(record.story_id)))
    close_memory(record.story_id)
    return report


def parts(report: Report) -> set[tuple[str, str]]:
    return {(found["part"], str(found.get("branch", ""))) for found in (*report.mended, *report.lost)}


def with_a_branch() -> tuple[Library, StoryRecord, bytes]:
    """A story with a branch, back on its trunk; and its checkpoints of two steps earlier."""
    library, record = begun(1)
    close_memory(record.story_id)
    earlier = (library.folder(record) / FILE).read_bytes()
    at(library, record, lambda story: write(story, 1))
    run(library, record, branches.edit, paragraph=2, text="She keeps the light, and says nothing.", summary="Silent.")
    at(library, record, lambda story: write(story, 1))
    run(library, record, branches.new_branch, 3, "cellar", "2")
    at(library, record, lambda story: write(story, 2))
    run(library, record, branches.switch, "main")
    close_memory(record.story_id)
    return library, record, earlier


@pytest.mark.parametrize("how", ["removed", "emptied", "halved", "earlier", "another's"])
def test_every_branch_is_whole_again(fake_model: FakeChatModel, how: str) -> None:
    del fake_model
    library, record, earlier = with_a_branch()
    whole = told(library, record)
    close_memory(record.story_id)
    path = library.folder(record) / FILE
    if how == "removed":
        path.unlink()
    elif how == "another's":
        other, another = begun(0)
        close_memory(another.story_id)
        shutil.copy2(other.folder(another) / FILE, path)
    else:
        content = path.read_bytes()
        path.write_bytes({"emptied": b"", "halved": content[: len(content) // 2], "earlier": earlier}[how])
    report = mended(library, record)
    assert told(library, record) == whole
    # The head is the branch's that was written last; the trunk is made of the memory.
    assert parts(report) >= {("rebuilt_whole", "cellar"), ("lost_past", "cellar")}
    assert parts(report) >= {("rebuilt_branch", "main"), ("lost_between", "main")}
    assert mended(library, record).is_whole
    at(library, record, lambda story: write(story, 1))
    assert len(texts(library, record)) == len(whole["main"]) + 1


def test_without_a_repair_no_branch_is_taken_for_another(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record, _ = with_a_branch()
    (library.folder(record) / FILE).unlink()
    with pytest.raises(StorageError, match="repair the story"):
        texts(library, record)


def test_without_the_head_too_it_goes_on_from_the_memory(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(3)
    before = texts(library, record)
    close_memory(record.story_id)
    for name in (FILE, "head.json"):
        (library.folder(record) / name).unlink()
    assert parts(mended(library, record)) >= {("rebuilt_branch", "main"), ("lost_between", "main")}
    assert texts(library, record) == before
    at(library, record, lambda story: write(story, 1))
    assert texts(library, record)[: len(before)] == before


def test_it_says_how_many_of_a_branch_are_back(fake_model: FakeChatModel, tmp_path: Path) -> None:
    del fake_model
    library, record = begun(1)
    close_memory(record.story_id)
    kept = tmp_path / "earlier"
    shutil.copytree(library.folder(record), kept, copy_function=copy_file)
    at(library, record, lambda story: write(story, 2))
    close_memory(record.story_id)
    folder = library.folder(record)
    shutil.rmtree(folder / "memory")
    shutil.copytree(kept / "memory", folder / "memory", copy_function=copy_file)
    (folder / FILE).unlink()
    shutil.copy2(kept / "head.json", folder / "head.json")
    report = mended(library, record)
    (end,) = [found for found in report.lost if found["part"] == "lost_end"]
    assert (end["branch"], end["count"], end["had"]) == ("main", 3, 5)
    assert len(texts(library, record)) == 3


def test_what_was_taken_back_does_not_come_again(fake_model: FakeChatModel) -> None:
    del fake_model
    from recurrentgpt.stories import undo  # noqa: PLC0415

    library, record = begun(2)
    run(library, record, undo.undo)
    before = texts(library, record)
    assert not [one for one in parts(mended(library, record)) if one[0].startswith("rebuilt")]
    assert texts(library, record) == before


def test_a_passage_that_nothing_places_stands_on_no_path(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(2)
    entries = at(library, record, lambda story: story.remember(lambda memory: memory.entries()))
    found = Retraced([entry for entry in entries if entry.seq != 1])
    assert [path.length for path in found.ends] == [1]
    assert [entry.seq for entry in found.unplaced] == [2, 3]
    assert Retraced(entries).ends == [Lineage.from_json([["main", 0, 3]])]


def without_past(folder: Path) -> None:
    """Leave nothing of a story but its card and its head."""
    (folder / FILE).unlink()
    shutil.rmtree(folder / "memory")


def test_with_the_head_alone_its_branch_goes_on_and_marks_stand_for_what_is_lost(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record, _ = with_a_branch()
    whole = [entry.text for entry in told(library, record)["cellar"]]
    close_memory(record.story_id)
    without_past(library.folder(record))
    report = mended(library, record)
    assert parts(report) >= {("lost_branch", "main"), ("rebuilt_whole", "cellar"), ("lost_passages", "cellar")}
    after = texts(library, record)
    assert after == ["[This passage is lost.]"] * (len(whole) - 1) + whole[-1:]
    assert [branch.parent for branch in library.record(record.story_id).branches] == [""]
    assert mended(library, record).is_whole
    at(library, record, lambda story: write(story, 1))
    assert len(texts(library, record)) == len(whole) + 1


def test_a_card_of_an_earlier_day_gives_way_to_the_one_that_knows_the_branches(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(1)
    earlier = (library.folder(record) / "story.json").read_bytes()
    run(library, record, branches.new_branch, 2, "cellar", "2")
    at(library, record, lambda story: write(story, 1))
    run(library, record, branches.switch, "main")
    at(library, record, lambda story: write(story, 1))
    whole = told(library, record)
    close_memory(record.story_id)
    folder = library.folder(record)
    (folder / "story.json").write_bytes(earlier)
    (folder / FILE).unlink()
    with pytest.raises(StorageError, match="repair the story"):
        texts(library, record)
    assert ("repaired_card", "") in parts(mended(library, record))
    assert told(library, record) == whole


def test_a_head_that_is_shorter_than_the_story_is_not_taken_for_it(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(0)
    head = (library.folder(record) / "head.json").read_bytes()
    at(library, record, lambda story: write(story, 2))
    before = texts(library, record)
    close_memory(record.story_id)
    folder = library.folder(record)
    (folder / "head.json").write_bytes(head)
    (folder / FILE).unlink()
    with pytest.raises(StorageError, match="repair the story"):
        texts(library, record)
    assert ("rebuilt_branch", "main") in parts(mended(library, record))
    assert texts(library, record) == before


def test_another_storys_journal_adds_nothing_to_a_memory(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(0)
    _, other = begun(2)
    before = texts(library, record)
    for one in (record, other):
        close_memory(one.story_id)
    shutil.copy2(library.folder(other) / "memory/journal", library.folder(record) / "memory/journal")
    there = at(library, record, lambda story: story.remember(lambda memory: memory.entries()))
    assert [entry.text for entry in there] == before
    at(library, record, lambda story: write(story, 1))
    close_memory(record.story_id)
    shutil.rmtree(library.folder(record) / "memory/qdrant")
    there = at(library, record, lambda story: story.remember(lambda memory: memory.entries()))
    assert [entry.seq for entry in there] == [len(before)]
