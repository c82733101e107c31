"""One's own words in a book: at its end, as its beginning, in place of a passage that a model did not finish."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from fact_tellers import tell_first_sentence
from recurrentgpt.schemas.errors import GateError, StoryStateError
from recurrentgpt.schemas.languages import texts as phrases_of
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.branches import redo
from recurrentgpt.stories.events import Reply
from recurrentgpt.stories.importing import read_on
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.own_prose import begin_with, passages_of, put_at_end
from recurrentgpt.stories.passages import insert
from recurrentgpt.stories.undo import leave_step, undo
from stories_at_hand import FIRST, TOPIC, at, begun, texts, write
from tongues import EN, ZH

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_model import FakeChatModel
    from recurrentgpt.stories.story import Story

MINE = "She rows out before light. *Nobody* sees her go."
ASKED = FIRST.model_copy(update={"plan_selection": "human"})


async def run(story: Story) -> None:
    async for _ in story.run(ASKED):
        pass


@pytest.mark.parametrize("mode", ["author", "interactive_fiction"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_whoever_reads_what_a_person_put_at_the_end_is_told_what_it_is(
    fake_model: FakeChatModel, language: str, mode: str
) -> None:
    library = Library.of_the_process()
    record = library.begin(StoryInput(topic="T", title="T", language=language, mode=mode), FIRST)
    said = phrases_of(language, "phrases", mode)

    async def act(story: Story) -> None:
        await write(story, 1)
        fake_model.asked.clear()
        await put_at_end(story, MINE)
        await run(story)
        asked = [messages[1].text for messages in fake_model.asked]
        assert all(f"{said['read_own']}\n\n{MINE}" in text for text in asked)
        assert not any(said["read_next_part"] in text for text in asked), "no manuscript is read"
        last = (await story.manuscript())[-1]
        await insert(story, (await story.manuscript()).index(last) + 1, "Put in.")
        await run(story)
        pause = await story.pause()
        assert pause
        fake_model.asked.clear()
        async for _ in story.run(ASKED, Reply({"feedback": "x"}, pause.interrupt_id)):
            pass
        (messages,) = fake_model.asked
        assert f"{said['read_end']}\n\n{last.text}\n\nPut in." in messages[1].text
        assert said["read_next_part"] not in messages[1].text

    at(library, record, act)


def test_the_memory_follows_it_and_the_model_goes_on_from_it(fake_model: FakeChatModel) -> None:
    library, record = begun(0)
    before = texts(library, record)

    async def act(story: Story) -> None:
        fake_model.asked.clear()
        was = await story.state()
        await put_at_end(story, MINE)
        await run(story)
        told = [messages[-1].text for messages in fake_model.asked]
        assert len(told) == 3, "a memory, a summary, plans; nothing is written"
        assert all(MINE in messages[1].text for messages in fake_model.asked)
        state = await story.state()
        assert (state["step"], state["paragraph"], state["plan"]["text"]) == (was["step"] + 1, MINE, "")
        assert state["short_term_memory"] != was["short_term_memory"]
        assert state["plans"] != was["plans"]
        assert (await story.entry(3)).summary
        with pytest.raises(StoryStateError, match="put there by hand"):
            await redo(story, ASKED)
        fake_model.asked.clear()
        await write(story, 1)
        assert MINE in next(one[-1].text for one in fake_model.asked if "Plan for the next paragraph" in one[-1].text)
        await undo(story)
        await undo(story)
        assert (await story.state())["plans"] == was["plans"]

    at(library, record, act)
    assert texts(library, record) == before


def test_what_its_facts_may_change_stands_there_with_numbers_from_1(fake_models: Callable[..., FakeChatModel]) -> None:
    model = fake_models(interfere=tell_first_sentence)
    library, record = begun(2)

    async def act(story: Story) -> None:
        assert (await story.state())["standing"]
        model.asked.clear()
        await put_at_end(story, MINE)
        await run(story)

    at(library, record, act)
    (asked,) = [one[-1].text for one in model.asked if "Keep the record" in one[-1].text]
    listed = asked[asked.index("Keep the record") :]
    assert "change too" not in listed
    assert re.findall(r"^(\d+)\. It is so", listed, re.MULTILINE)[0] == "1"


def test_a_book_begins_with_ones_own_words(fake_model: FakeChatModel) -> None:
    library = Library.of_the_process()
    record = library.begin(TOPIC.model_copy(update={"title": "Untitled"}), FIRST)

    async def act(story: Story) -> None:
        begin_with(story, MINE)
        async for _ in read_on(story, ASKED):
            pass
        state = await story.state()
        assert [entry.text for entry in await story.manuscript()] == [MINE]
        assert (state["title"], state["outline"], len(state["plans"])) == ("Untitled", "", 3)
        assert len(fake_model.asked) == 3, "a memory, a summary, plans: no title, no outline, no opening"
        await write(story, 1)

    at(library, record, act)
    assert len(texts(library, record)) == 2


@pytest.mark.parametrize(("where", "counts"), [("prose", (2, 3)), ("memory", (3, 3))])
def test_a_step_that_failed_can_be_left_or_takes_ones_own_words(
    fake_model: FakeChatModel, where: str, counts: tuple[int, int]
) -> None:
    """Whether it failed before its passage was there, or after that."""
    library, record = begun(0)

    def fail(_: Any, schema: dict[str, Any] | None) -> str | None:
        is_here = schema is None if where == "prose" else bool(schema and "memory" in schema["properties"])
        return "" if is_here else None

    async def act(story: Story) -> None:
        was = await story.state()
        with pytest.raises(StoryStateError, match="stopped in the middle"):
            await leave_step(story)
        fake_model.interfere = fail
        with suppress(GateError):
            await write(story, 1)
        stopped = await story.state()
        assert stopped["step"] == counts[0] - 1
        if where == "memory":
            with pytest.raises(StoryStateError, match="middle of a step"):
                await put_at_end(story, MINE)
            assert await leave_step(story) == stopped["paragraph"]
        else:
            assert await leave_step(story) == ""
        state = await story.state()
        assert (state["step"], state["plans"], state["lineage"]) == (was["step"], was["plans"], was["lineage"])
        if where == "prose":
            with suppress(GateError):
                await write(story, 1)
            plan = (await story.state())["plan"]["text"]
            await put_at_end(story, MINE)
            fake_model.interfere = None
            await run(story)
            assert (await story.entry(3)).plan == plan, "it is the passage of that step"
        else:
            fake_model.interfere = None
            await write(story, 1)

    at(library, record, act)
    assert len(texts(library, record)) == counts[1]


def test_long_texts_become_several_passages_and_lose_no_letter() -> None:
    assert passages_of(f"  {MINE}\n", EN) == [MINE]
    scenes = [f"Scene {number}. " + "The lamp went out. " * 60 for number in range(9)]
    found = passages_of("\n\n".join(scenes), EN)
    assert "".join("".join(found).split()) == "".join("".join(scenes).split())
    assert max(map(len, found)) < 5000
    chinese = "灯灭了，没有人来。" * 1200
    assert "".join(passages_of(chinese, ZH)) == chinese
    assert max(map(len, passages_of(chinese, ZH))) < 5000
    for text, problem in (("  ", "empty"), ("x" * 170_000, "at most")):
        with pytest.raises(StoryStateError, match=problem):
            passages_of(text, EN)
