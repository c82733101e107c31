"""Passages cut and joined, chapters moved, what was undone done again, branches deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from recurrentgpt.schemas.errors import StoryStateError
from recurrentgpt.stories.archive_states import states_of
from recurrentgpt.stories.branch_removal import remove_branch
from recurrentgpt.stories.branches import edit, new_branch, set_chapter, switch
from recurrentgpt.stories.redo import can_redo, redo, undo
from recurrentgpt.stories.splitting import merge, move_chapter, split
from stories_at_hand import at, begun, write

if TYPE_CHECKING:
    from recurrentgpt.stories.story import Story

pytestmark = pytest.mark.usefixtures("fake_model")


async def texts(story: Story) -> list[str]:
    return [entry.text for entry in await story.manuscript()]


async def chapters(story: Story) -> list[tuple[str, int]]:
    return [(chapter["title"], chapter["seq"]) for chapter in (await story.state()).get("chapters", [])]


def test_a_passage_is_cut_and_joined_again_and_its_facts_go_with_their_words() -> None:
    library, record = begun(1)

    async def act(story: Story) -> None:
        await edit(story, paragraph=2, text="Mara rows out. The lamp is dark.")
        for name, number in (("One", 1), ("Two", 3)):
            await set_chapter(story, number, name)
        whole, memory = await texts(story), (await story.state())["short_term_memory"]
        await split(story, 2, len("Mara rows out. "))
        assert await texts(story) == [whole[0], "Mara rows out.", "The lamp is dark.", whole[2]]
        assert await chapters(story) == [("One", 0), ("Two", 3)]
        state = await story.state()
        assert (state["short_term_memory"], state.get("look") or {}) == (memory, (state.get("look") or {}))
        await merge(story, 2)
        assert await texts(story) == [whole[0], "Mara rows out.\n\nThe lamp is dark.", whole[2]]
        assert await chapters(story) == [("One", 0), ("Two", 2)]
        await undo(story)
        await undo(story)
        assert await texts(story) == whole
        await merge(story, 2)
        assert await chapters(story) == [("One", 0)]
        assert (await story.state())["paragraph"] == (await texts(story))[-1]
        await write(story, 1)
        assert len(await texts(story)) == 3
        for number, place in ((1, 0), (1, 10**6)):
            with pytest.raises(StoryStateError, match="cannot be cut"):
                await split(story, number, place)
        with pytest.raises(StoryStateError, match="there is none"):
            await merge(story, 3)

    at(library, record, act)


@pytest.mark.parametrize(
    ("summary", "first"),
    [
        ("Ines is the thief.", "Ines is the thief. Mara rows out, lamp in hand."),
        ("Mara rows. It is dark.", "Mara rows. It is dark."),
    ],
)
def test_a_summary_that_a_person_wrote_stays_theirs_where_its_passage_is_cut_and_joined(
    summary: str, first: str
) -> None:
    library, record = begun(1)

    async def told(story: Story) -> list[tuple[str, bool]]:
        return [(entry.summary, entry.is_put_right) for entry in (await story.manuscript())[1:]]

    async def act(story: Story) -> None:
        await edit(story, paragraph=2, text="Mara rows out, lamp in hand. The hall is dark.", summary=summary)
        last = (await told(story))[1]
        await split(story, 2, len("Mara rows out, lamp in hand. "))
        assert await told(story) == [(first, True), ("The hall is dark.", False), last]
        await merge(story, 3)
        await merge(story, 2)
        ((joined, is_theirs),) = await told(story)
        assert is_theirs
        assert all(part in joined for part in summary.split(". "))
        for _ in range(3):
            await undo(story)
        assert await told(story) == [(summary, True), last]

    at(library, record, act)


@pytest.mark.parametrize(
    ("number", "before", "order", "begins"),
    [
        (1, 6, [2, 3, 4, 0, 1], [("B", 0), ("C", 2), ("A", 3)]),
        (3, 1, [2, 3, 0, 1, 4], [("B", 0), ("A", 2), ("C", 4)]),
        (5, 3, [0, 1, 4, 2, 3], [("A", 0), ("C", 2), ("B", 3)]),
        (3, 5, [0, 1, 2, 3, 4], [("A", 0), ("B", 2), ("C", 4)]),
    ],
)
def test_a_chapter_is_moved_with_its_passages(
    number: int, before: int, order: list[int], begins: list[tuple[str, int]]
) -> None:
    library, record = begun(3)

    async def act(story: Story) -> None:
        for name, place in (("A", 1), ("B", 3), ("C", 5)):
            await set_chapter(story, place, name)
        was = await texts(story)
        await move_chapter(story, number, before)
        assert await texts(story) == [was[place] for place in order]
        assert await chapters(story) == begins
        assert (await story.state())["paragraph"] == (await texts(story))[-1]
        await write(story, 1)
        await undo(story)
        assert await texts(story) == [was[place] for place in order]
        with pytest.raises(StoryStateError, match="No chapter begins with paragraph 2"):
            await move_chapter(story, 2, before)

    at(library, record, act)


def test_what_was_undone_is_done_again_until_something_else_is_changed() -> None:
    library, record = begun(1)

    async def act(story: Story) -> None:
        was = await texts(story)
        await edit(story, paragraph=1, text="Mine.")
        await edit(story, paragraph=2, text="Too.")
        assert not await can_redo(story)
        edited = await texts(story)
        for _ in range(3):
            await undo(story)
        assert await texts(story) == was[:2], "two edits, and the last paragraph"
        for expected in (was, ["Mine.", *was[1:]], edited):
            await redo(story)
            assert await texts(story) == expected
        assert not await can_redo(story)
        await undo(story)
        await edit(story, paragraph=1, text="Other.")
        with pytest.raises(StoryStateError, match="changed since"):
            await redo(story)

    at(library, record, act)


def test_a_branch_that_nobody_stands_on_and_none_left_is_deleted() -> None:
    library, record = begun(1)

    async def act(story: Story) -> None:
        await new_branch(story, 2, "cellar")
        with pytest.raises(StoryStateError, match="stands on it"):
            await remove_branch(story, "cellar")
        with pytest.raises(StoryStateError, match="or others left it"):
            await remove_branch(story, "main")
        await switch(story, "main")
        await remove_branch(story, "cellar")
        assert [branch.name for branch in story.record.branches] == ["main"]
        with pytest.raises(StoryStateError, match="no branch"):
            await remove_branch(story, "cellar")
        assert len(await texts(story)) == 3
        await new_branch(story, 2, "cellar")
        assert len(await texts(story)) == 2, "the name is free, and nothing is left under it"

    at(library, record, act)


@pytest.mark.parametrize("is_begun_anew", [False, True])
def test_what_was_undone_on_a_branch_that_is_deleted_since_is_not_done_again(*, is_begun_anew: bool) -> None:
    library, record = begun(1)

    async def act(story: Story) -> None:
        await new_branch(story, 3, "cellar")
        await write(story, 1)
        await undo(story)
        assert (story.record.branch, await can_redo(story)) == ("main", True)
        await remove_branch(story, "cellar")
        if is_begun_anew:
            await new_branch(story, 2, "cellar")
            await switch(story, "main")
        assert not await can_redo(story)
        with pytest.raises(StoryStateError, match="changed since"):
            await redo(story)

    at(library, record, act)


def test_a_branch_has_nothing_of_one_of_its_name_that_was_half_deleted() -> None:
    """A kill between the card, which no longer names it, and its checkpoints."""
    library, record = begun(1)

    async def act(story: Story) -> None:
        await new_branch(story, 3, "cellar")
        await edit(story, paragraph=3, text="It was wet down there.")
        await edit(story, paragraph=3, text="It was wet.")
        await switch(story, "main")
        story.update_record(branches=story.record.branches[:1])
        await new_branch(story, 3, "cellar")
        was = await texts(story)
        await undo(story)
        assert await texts(story) == was[:2]
        assert len(await states_of(story, "main")) > len(await states_of(story, "cellar")) == 1

    at(library, record, act)
