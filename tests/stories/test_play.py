"""A story that is played: what was stopped is taken back, actions that are too alike end nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import StoryStateError
from recurrentgpt.schemas.modes import INTERACTIVE_FICTION
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.events import Pause, Reply, Text
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.stopped import take_back_step
from stories_at_hand import at

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_model import FakeChatModel
    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.stories.story import Story

PLAYED = Context(model="fake", opening_paragraphs=1, paragraph_sentences=3)


def a_play(**given: Any) -> tuple[Library, StoryRecord]:
    library = Library.of_the_process()
    made = StoryInput(topic="A lighthouse", mode=INTERACTIVE_FICTION.name, **given)
    return library, library.begin(made, PLAYED)


async def act(story: Story, answer: object = None) -> Pause | None:
    """Do something, and come to where one is asked again; ``None``: to the end."""
    pause = await story.pause()
    reply = Reply(answer, pause.interrupt_id) if pause and answer is not None else None
    async for _ in story.run(PLAYED, reply):
        pass
    return await story.pause()


async def stopped(story: Story, answer: object) -> None:
    """Do something, and stop while the scene is written."""
    pause = await story.pause()
    assert pause
    events = story.run(PLAYED, Reply(answer, pause.interrupt_id))
    async for event in events:
        if isinstance(event, Text):
            break
    await events.aclose()  # type: ignore[attr-defined]


def test_a_scene_that_was_stopped_is_taken_back(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = a_play()

    async def play(story: Story) -> None:
        first = await act(story)
        assert first
        with pytest.raises(StoryStateError, match="No step is under way"):
            await take_back_step(story)
        await stopped(story, "I open the door.")
        with pytest.raises(StoryStateError):
            await story.state_between_steps()
        await take_back_step(story)
        again = await story.pause() or await act(story)
        assert again
        assert again.request["plans"] == first.request["plans"]
        await act(story, "I keep it shut.")
        assert [entry.plan for entry in await story.manuscript()] == ["", "I keep it shut."]

    at(library, record, play)


def alike(asked: Any, schema: dict[str, Any] | None) -> str | None:
    del asked
    if schema and "plans" in schema["properties"]:
        return json.dumps({"plans": [{"text": "You wait for the tide to turn.", "recall": ["the tide"]}] * 3})
    return None


def test_actions_that_are_all_alike_end_nothing(fake_models: Callable[..., FakeChatModel]) -> None:
    fake_models(interfere=alike)
    library, record = a_play()

    async def play(story: Story) -> None:
        pause = await act(story)
        assert pause
        assert [plan["text"] for plan in pause.request["plans"]] == ["You wait for the tide to turn."]
        pause = await act(story, {"type": "reject"})
        assert pause
        pause = await act(story, "I wait for nothing.")
        assert pause
        assert (await story.state())["step"] == 1

    at(library, record, play)


def test_an_act_is_one_of_three(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = a_play()

    async def play(story: Story) -> None:
        await act(story)
        pause = await act(story, {"instruction": "Hello", "act": "sing"})
        assert pause
        assert "'sing'" in (await story.state())["review_problem"]
        await act(story, {"instruction": "Hello", "act": "say"})
        assert (await story.state())["plan"]["text"] == "“Hello”"

    at(library, record, play)


@pytest.mark.parametrize(
    ("said", "spoken", "is_mixed"),
    [
        ({"instruction": '"Whose hand?" I ask, and tie the ring on.', "act": "say"}, "", True),
        ('"Whose hand?" I ask, and tie the ring on.', "", True),
        ({"instruction": '"Whose hand?"', "act": "say"}, "“Whose hand?”", False),
        ("I tie the ring on.", "", False),
    ],
)
def test_what_stands_in_quotation_marks_is_said_and_the_rest_is_done(
    fake_model: FakeChatModel, said: object, spoken: str, *, is_mixed: bool
) -> None:
    library, record = a_play()

    async def play(story: Story) -> None:
        await act(story)
        await act(story, said)
        words = said["instruction"] if isinstance(said, dict) else said
        prompt = next(asked[-1].text for asked in reversed(fake_model.asked) if "inside the story:" in asked[-1].text)
        assert f"inside the story:\n{spoken or words}\n" in prompt
        assert ("The rest is what the player does" in prompt) == is_mixed
        assert ("These are the player's own words" in prompt) == bool(spoken)

    at(library, record, play)


def test_what_is_told_from_outside_the_story_is_nothing_that_the_player_does(fake_model: FakeChatModel) -> None:
    library, record = a_play()

    async def play(story: Story) -> None:
        await act(story)
        await story.end_in(1)
        await act(story)
        await act(story, {"instruction": "The pier goes.", "act": "story"})
        prompt = next(asked[-1].text for asked in reversed(fake_model.asked) if "The pier goes." in asked[-1].text)
        assert "the last passage of the story" in prompt
        assert "player now does" not in prompt

    at(library, record, play)
