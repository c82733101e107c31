"""What nothing can reach goes; branches, undo, other tries, going back and copies work as before."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from recurrentgpt.stories import archive, branches, undo
from recurrentgpt.stories import compact as compacting
from recurrentgpt.stories.compact import compact
from recurrentgpt.stories.packing import Packing
from stories_at_hand import FIRST, at, begun, run, texts, write

if TYPE_CHECKING:
    import pytest

    from fake_model import FakeChatModel
    from recurrentgpt.stories.library import Library
    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.stories.story import Story


def test_a_compacted_story_can_all_that_it_could(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(6)
    run(library, record, branches.new_branch, 4, "cellar", "2")
    at(library, record, lambda story: write(story, 2))
    run(library, record, branches.switch, "main")
    run(library, record, branches.edit, short_term_memory="Mara trusts nobody.")
    run(library, record, branches.edit, short_term_memory="Mara trusts the bottle.")

    async def seen(story: Story) -> Any:
        tree = [(view.branch, [entry.text for entry in view.entries], view.own) for view in await branches.tree(story)]
        states = [await branches.state_at(story, number) for number in range(2, 9)]
        return tree, states, await archive.pack(story)

    before = at(library, record, seen)
    done = at(library, record, compact)
    assert done.after < done.before / 2
    assert done.bytes_after < done.bytes_before
    tree, states, packed = at(library, record, seen)
    assert (tree, states) == before[:2]
    assert packed.branches.keys() == before[2].branches.keys()
    for name, kept in packed.branches.items():
        assert kept[-1] == before[2].branches[name][-1]
        assert {one.state["step"] for one in kept} == {one.state["step"] for one in before[2].branches[name]}
    memories = []
    for _ in range(2):
        run(library, record, undo.undo)
        memories.append(at(library, record, lambda story: story.state())["short_term_memory"])
    assert memories[0] == "Mara trusts nobody."
    assert memories[1] not in ("Mara trusts nobody.", "Mara trusts the bottle.")
    run(library, record, undo.undo)
    assert len(texts(library, record)) == 7
    run(library, record, branches.new_branch, 3, "attic", "1")
    at(library, record, lambda story: write(story, 1))
    run(library, record, branches.redo, FIRST)
    at(library, record, lambda story: write(story, 1))
    assert len(texts(library, record)) == 4


def test_compacted_twice_nothing_more_goes(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(3)
    first = at(library, record, compact)
    again = at(library, record, compact)
    assert again.before == again.after == first.after


def checkpoints_of(library: Library, record: StoryRecord) -> list[tuple[str, int]]:
    """The kind and the bytes of every checkpoint."""
    with closing(sqlite3.connect(library.folder(record) / "checkpoints.sqlite")) as kept:
        return kept.execute("SELECT type, length(checkpoint) FROM checkpoints").fetchall()


def test_it_is_done_by_itself_where_it_pays(fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch) -> None:
    del fake_model
    library, record = begun(4)
    before = len(checkpoints_of(library, record))
    told = texts(library, record)
    monkeypatch.setattr(compacting, "_PAYS_FROM", before + 1)
    assert texts(library, record) == told
    assert len(checkpoints_of(library, record)) == before
    monkeypatch.setattr(compacting, "_PAYS_FROM", before)
    assert texts(library, record) == told
    left = len(checkpoints_of(library, record))
    assert left < before / 2
    monkeypatch.setattr(compacting, "_PAYS_FROM", before - left)
    at(library, record, lambda story: write(story, 1))
    assert len(checkpoints_of(library, record)) == left + 5, "it waits until it pays again"
    at(library, record, lambda story: write(story, 4))
    assert len(checkpoints_of(library, record)) < left + 10
    states = at(library, record, lambda story: branches.state_at(story, 3))
    assert states["step"] == 2


def test_few_are_looked_at_where_nobody_asked(fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch) -> None:
    del fake_model
    library, record = begun(6)
    before = len(checkpoints_of(library, record))
    monkeypatch.setattr(compacting, "_PAYS_FROM", 1)
    monkeypatch.setattr(compacting, "_MOST", 12)
    told = texts(library, record)
    assert before - 12 < len(checkpoints_of(library, record)) < before
    for paragraph in range(2, len(told)):
        run(library, record, branches.new_branch, paragraph, f"from-{paragraph}")
        assert texts(library, record) == told[:paragraph]
        run(library, record, branches.switch, "main")


def test_what_an_earlier_version_kept_is_read_and_packed(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(2)
    told, packing, plain = texts(library, record), Packing(), JsonPlusSerializer()
    with closing(sqlite3.connect(library.folder(record) / "checkpoints.sqlite")) as kept, kept:
        for table, column in (("checkpoints", "checkpoint"), ("writes", "value")):
            for row, kind, value in kept.execute(f"SELECT rowid, type, {column} FROM {table}").fetchall():  # noqa: S608 (our own names)
                unpacked = plain.dumps_typed(packing.loads_typed((kind, value)))
                change = f"UPDATE {table} SET type = ?, {column} = ? WHERE rowid = ?"  # noqa: S608 (our own names)
                kept.execute(change, (*unpacked, row))
    before = checkpoints_of(library, record)
    assert {kind for kind, _ in before} == {"msgpack"}
    assert texts(library, record) == told
    at(library, record, compact)
    after = checkpoints_of(library, record)
    assert max(size for _, size in after) < max(size for _, size in before) / 2
    assert texts(library, record) == told
    at(library, record, lambda story: write(story, 1))


def test_a_step_under_way_goes_on(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(2)

    async def stopped(story: Story) -> None:
        events = story.run(FIRST)
        async for event in events:
            if getattr(event, "gate", "") == "generate_paragraph" and hasattr(event, "update"):
                break
        await events.aclose()  # type: ignore[attr-defined]
        await asyncio.sleep(0)
        await compact(story)

    at(library, record, stopped)
    at(library, record, lambda story: write(story, 1))
    assert len(set(texts(library, record))) >= 4
