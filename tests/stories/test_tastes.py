"""What who plays likes steers what is offered: as they say it, as their choices show it, until they switch it off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from commands import run
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import SettingsError
from recurrentgpt.schemas.modes import AUTHOR, INTERACTIVE_FICTION
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.events import Reply
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.tastes import forget_choices, heed_tastes, state_tastes, tastes
from recurrentgpt.stories.undo import undo
from stories_at_hand import at

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeChatModel
    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.stories.story import Story

PLAYED = Context(model="fake", opening_paragraphs=1, paragraph_sentences=3)
RIDDLES = "Riddles {and} old doors."


def a_play(mode: str = INTERACTIVE_FICTION.name) -> tuple[Library, StoryRecord]:
    library = Library.of_the_process()
    return library, library.begin(StoryInput(topic="A lighthouse", mode=mode), PLAYED)


async def go_on(story: Story, answer: object = None) -> None:
    pause = await story.pause()
    reply = Reply(answer, pause.interrupt_id) if pause and answer is not None else None
    async for _ in story.run(story.record.context, reply):
        pass


def planned(model: FakeChatModel) -> str:
    """What whoever planned last was told."""
    return next(asked[-1].text for asked in reversed(model.asked) if "Offer 3 actions" in asked[-1].text)


def test_what_one_says_and_chooses_is_told_to_who_plans(fake_model: FakeChatModel) -> None:
    library, record = a_play()

    async def play(story: Story) -> None:
        await go_on(story)
        assert "tastes" not in planned(fake_model)
        state_tastes(story, RIDDLES)
        offered = [plan["text"] for plan in (await story.state())["plans"]]
        await go_on(story, 2)
        told = planned(fake_model)
        assert f"in their own words: {RIDDLES}" in told
        assert f"+ {offered[1]}\n− {offered[0]}\n− {offered[2]}" in told
        known = tastes(story.record.context, await story.state())
        assert (known.stated, known.is_on, [made["took"] for made in known.shown]) == (RIDDLES, True, [offered[1]])

        await undo(story)
        await go_on(story)
        assert tastes(story.record.context, await story.state()).shown == []
        assert story.record.context.tastes == RIDDLES

        heed_tastes(story, is_on=False)
        await go_on(story, "I open the door.")
        assert RIDDLES not in planned(fake_model)
        assert not tastes(story.record.context, await story.state()).is_on
        heed_tastes(story, is_on=True)
        await go_on(story, 1)
        assert "+ I open the door." in planned(fake_model)

        await forget_choices(story)
        assert tastes(story.record.context, await story.state()).shown == []
        before = len(await story.manuscript())
        await undo(story)
        assert len(await story.manuscript()) == before - 1
        with pytest.raises(SettingsError):
            state_tastes(story, "x" * 2001)

    at(library, record, play)


def test_what_was_said_aloud_is_a_choice_and_what_was_only_told_is_none(fake_model: FakeChatModel) -> None:
    library, record = a_play()

    async def play(story: Story) -> Any:
        await go_on(story)
        await go_on(story, {"instruction": "Open, in the name of the king!", "act": "say"})
        assert "+ “Open, in the name of the king!”" in planned(fake_model)
        await go_on(story, {"instruction": "The door burns down.", "act": "story"})
        return (await story.state())["choices"]

    assert [made["took"] for made in at(library, record, play)] == ["“Open, in the name of the king!”"]


def test_no_more_choices_are_kept_than_a_few(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = a_play()

    async def play(story: Story) -> Any:
        await go_on(story)
        for turn in range(10):
            await go_on(story, f"I wait {turn} hours.")
        return (await story.state())["choices"]

    assert [made["took"] for made in at(library, record, play)] == [f"I wait {turn} hours." for turn in range(2, 10)]


def test_who_writes_has_no_tastes_told(fake_model: FakeChatModel) -> None:
    library, record = a_play(AUTHOR.name)

    async def write(story: Story) -> Any:
        state_tastes(story, RIDDLES)
        await go_on(story)
        await go_on(story, 1)
        return await story.state()

    assert "choices" not in at(library, record, write)
    assert not any(RIDDLES in asked[-1].text for asked in fake_model.asked)


def test_they_are_seen_changed_and_switched_off_in_the_terminal(home: Path) -> None:
    lines = ["y", "y I like riddles", "1", "y", "y off", "y", "y forget", "y on", "q"]
    done = run(home, "play", "--topic", "A lighthouse", "--model", "fake", stdin="\n".join(lines) + "\n")
    assert done.returncode == 0, done.stderr
    for told in ("You have said nothing of them.", "I like riddles", "not heeded", "forgotten", "are heeded"):
        assert told in done.stdout, told
    record = Library(home).find()
    assert (record.context.tastes, record.context.use_tastes) == ("I like riddles", True)
