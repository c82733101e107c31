"""What the player carries and knows after twenty scenes with two undos, of recorded answers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from played_stories import story_says
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.modes import AUTHOR, INTERACTIVE_FICTION
from recurrentgpt.schemas.pack import Hidden
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.events import Reply
from recurrentgpt.stories.export import book_of
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.possessions import Possessions, possessions
from recurrentgpt.stories.undo import undo
from stories_at_hand import at

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_model import FakeChatModel
    from recurrentgpt.stories.story import Story

PLAYED = Context(model="fake", opening_paragraphs=1, paragraph_sentences=3)
UNDO = "undo"
SCRIPT = (
    "You take the lamp.",
    "You take the rusty key.",
    "You ask where the boat is.",
    "You give the lamp to Mara.",
    "You learn that the cellar is flooded.",
    "You take the rope.",
    "You give the rope to Mara.",
    UNDO,  # The rope is kept.
    "Mara learns that you lied.",
    "You take the silver coin.",
    "You read the map.",
    "You take the map.",
    "You give the silver coin to Mara.",
    "You take the oar.",
    "You take the bell.",
    UNDO,  # There is no bell.
    "You learn that the oar is cracked.",
    "You give the rusty key to Mara.",
    "You take the rusty key.",
    "You find the boat.",
    "You row into the fog.",
    "You land.",
    "You climb the cliff.",
    "You look back.",
)
CARRIED = ["the rope", "the map", "the oar", "the rusty key"]
KNOWN = ["the oar is cracked", "Mara has the silver coin", "the cellar is flooded", "Mara has the lamp"]


async def play(story: Story, script: tuple[str, ...]) -> None:
    async for _ in story.run(PLAYED):
        pass
    for line in script:
        if line == UNDO:
            await undo(story)
            async for _ in story.run(PLAYED):
                pass
            continue
        pause = await story.pause()
        assert pause
        async for _ in story.run(PLAYED, Reply(line, pause.interrupt_id)):
            pass


def test_the_inventory_is_right_after_twenty_scenes_and_two_undos(fake_models: Callable[..., FakeChatModel]) -> None:
    fake_models(interfere=story_says)
    library = Library.of_the_process()
    given = StoryInput(topic="A lighthouse", mode=INTERACTIVE_FICTION.name, target_paragraphs=20)
    record = library.begin(given, PLAYED)

    async def played(story: Story) -> tuple[Possessions, str, bool]:
        await play(story, SCRIPT)
        book = await book_of(story)
        return await possessions(story), "\n\n".join(book.paragraphs), await story.is_finished()

    has, book, is_finished = at(library, record, played)
    assert [state.fact.text for state in has.carried] == [f"You carry {thing}." for thing in CARRIED]
    known = [state.fact.text for state in has.known]
    assert known[0] == "The boat lies in the cove."
    assert [text for text in known if any(what in text for what in KNOWN)] == [
        "It is so that the oar is cracked.",
        "Mara has the silver coin.",
        "It is so that the cellar is flooded.",
        "Mara has the lamp.",
    ]
    assert "You lied." not in known
    assert has.open == []
    assert is_finished
    done = re.findall(r"^> (.+)$", book, re.MULTILINE)
    assert done == [line for line, then in zip(SCRIPT, (*SCRIPT[1:], ""), strict=True) if UNDO not in (line, then)]


def test_whoever_judges_an_action_is_shown_all_that_the_player_carries(
    fake_models: Callable[..., FakeChatModel],
) -> None:
    fake_models(interfere=story_says)
    library = Library.of_the_process()
    record = library.begin(StoryInput(topic="A lighthouse", mode=INTERACTIVE_FICTION.name), PLAYED)
    things = [f"the {what}" for what in ("lamp", "key", "rope", "coin", "map", "oar", "bell", "knife", "sack", "flute")]
    given = PLAYED.model_copy(update={"fact_tokens": 40, "retrieve_k": 0, "retrieve_in_short": 0})

    async def act(story: Story) -> str:
        async for _ in story.run(given):
            pass
        for line in (*(f"You take {thing}." for thing in things), "You give the rope to Mara.", "You whistle."):
            pause = await story.pause()
            assert pause
            async for _ in story.run(given, Reply(line, pause.interrupt_id)):
                pass
        return (await story.state())["prompt"]

    stands = at(library, record, act).partition("As things stand")[2]
    assert [thing for thing in things if f"You carry {thing}." not in stands] == ["the rope"]


@pytest.mark.parametrize("mode", [AUTHOR, INTERACTIVE_FICTION])
def test_only_who_plays_is_asked_what_is_carried(fake_models: Callable[..., FakeChatModel], mode: Any) -> None:
    asked: list[bool] = []

    def note(messages: list[Any], schema: dict[str, Any] | None) -> None:
        del messages
        if schema and "facts" in schema["properties"]:
            asked.append("carried" in schema["properties"]["facts"]["items"]["properties"])

    fake_models(interfere=note)
    library = Library.of_the_process()
    record = library.begin(StoryInput(topic="A lighthouse", mode=mode.name), PLAYED)
    at(library, record, lambda story: play(story, ("You wait.",)))
    assert set(asked) == {mode.asks_for_actions}


@pytest.mark.parametrize("is_open", [False, True])
def test_a_question_that_only_the_author_of_a_pack_told_of_is_not_asked(
    fake_models: Callable[..., FakeChatModel], *, is_open: bool
) -> None:
    """It is one of what the story is begun from, as a fact is that stands there."""

    def ask_of_the_background(_: list[Any], schema: dict[str, Any] | None) -> str | None:
        if schema is None or "facts" not in schema["properties"]:
            return None
        asked = {"fact": "Who is the thief?", "about": ["you"], "says": "Who is the thief?", "open": True}
        fact = asked | {"carried": False, "knows": [], "replaces": []}
        return json.dumps({"summary": "Rain.", "summaries": ["Rain."], "facts": [fact], "changes": []})

    fake_models(interfere=ask_of_the_background)
    library = Library.of_the_process()
    hidden = Hidden(secrets=["Mara is."], is_open=is_open)
    background = "An inn. Who is the thief?"
    given = StoryInput(topic="A theft", background=background, mode=INTERACTIVE_FICTION.name, pack=hidden)
    record = library.begin(given, PLAYED)

    async def played(story: Story) -> Possessions:
        await play(story, ())
        return await possessions(story)

    assert len(at(library, record, played).open) == is_open
