"""What nothing can reach goes; branches, undo, other tries, going back and copies work as before."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from recurrentgpt.stories import archive, branches, undo
from recurrentgpt.stories.compact import compact
from stories_at_hand import FIRST, at, begun, run, texts, write

if TYPE_CHECKING:
    from fake_model import FakeChatModel
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
