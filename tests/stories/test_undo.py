"""Taking changes back, trying every plan at once, running branches side by side, and what the models were sent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from recurrentgpt.schemas.errors import StoryStateError
from recurrentgpt.stories import branches, siblings
from recurrentgpt.stories.events import Text
from recurrentgpt.stories.sent import SentPrompts, read_sent
from recurrentgpt.stories.undo import undo
from stories_at_hand import FIRST, at, begun, run, texts, write

if TYPE_CHECKING:
    from fake_model import FakeChatModel
    from recurrentgpt.stories.story import Story


def memory_of(shelf: Any, card: Any) -> str:
    state = at(shelf, card, lambda story: story.state())
    return str(state["short_term_memory"])


def test_edits_are_taken_back_one_by_one(fake_model: FakeChatModel) -> None:
    del fake_model
    shelf, card = begun(1)
    before, memory = texts(shelf, card), memory_of(shelf, card)
    run(shelf, card, branches.edit, short_term_memory="Mara trusts nobody.")
    run(shelf, card, branches.edit, paragraph=1, text="The bottle is under the stairs.")
    run(shelf, card, undo)
    assert (texts(shelf, card), memory_of(shelf, card)) == (before, "Mara trusts nobody.")
    run(shelf, card, undo)
    assert (texts(shelf, card), memory_of(shelf, card)) == (before, memory)
    at(shelf, card, lambda story: write(story, 1))
    assert texts(shelf, card)[:3] == before
    assert shelf.find().branch == "main"


def test_a_paragraph_that_is_taken_back_stays_on_its_branch(fake_model: FakeChatModel) -> None:
    del fake_model
    shelf, card = begun(2)
    trunk = texts(shelf, card)
    run(shelf, card, undo)
    assert texts(shelf, card) == trunk[:-1]
    run(shelf, card, undo)
    assert texts(shelf, card) == trunk[:-2]
    run(shelf, card, branches.switch, "main")
    assert texts(shelf, card) == trunk
    before = len(shelf.find().branches)
    run(shelf, card, undo)
    assert texts(shelf, card) == trunk[:-1]
    assert len(shelf.find().branches) == before, "the branch that waits there is taken again"


def test_an_opening_cannot_be_taken_back(fake_model: FakeChatModel) -> None:
    del fake_model
    shelf, card = begun(0)
    run(shelf, card, undo)
    with pytest.raises(StoryStateError, match="only the opening"):
        run(shelf, card, undo)


def test_all_plans_are_written_side_by_side(fake_model: FakeChatModel) -> None:
    del fake_model
    shelf, card = begun(1)
    trunk = texts(shelf, card)
    streamed: dict[str, str] = {}

    async def follow(story: Story, name: str) -> None:
        async for event in story.run(FIRST, branch=name):
            if isinstance(event, Text):
                streamed[name] = streamed.get(name, "") + event.text

    async def act(story: Story) -> list[str]:
        names = await siblings.try_all(story)
        await asyncio.gather(*(follow(story, name) for name in names))
        return names

    names = at(shelf, card, act)
    kept = shelf.find()
    assert (kept.branch, kept.paragraphs, len(names)) == ("main", 3, 3)
    assert texts(shelf, card) == trunk
    assert run(shelf, card, siblings.try_all) == names, "written once"
    for name in names:
        run(shelf, card, branches.switch, name)
        assert texts(shelf, card) == [*trunk, streamed[name]]
    assert len(set(streamed.values())) == 3


def test_what_the_models_were_sent_is_kept_to_the_letter(fake_model: FakeChatModel) -> None:
    shelf, card = begun(1)
    fake_model.asked.clear()

    async def act(story: Story) -> None:
        listening = SentPrompts(story.folder, story.card.branch)
        async for _ in story.run(FIRST, callbacks=[listening]):
            pass
        listening.keep()

    at(shelf, card, act)
    kept = read_sent(shelf.folder(card))
    sent = [[part.text for part in call] for gate in kept.values() for call in gate.calls]
    asked = [[message.text for message in messages] for messages in fake_model.asked]
    assert sorted(sent) == sorted(asked)
    assert set(kept) >= {"generate_paragraph", "rewrite_short_term", "append_summary", "propose_plans"}
    assert kept["generate_paragraph"].step == 2
