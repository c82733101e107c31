"""What a person changed at a pause reaches who writes the memories, in whatever order it was changed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from recurrentgpt.schemas.languages import texts
from recurrentgpt.stories import branches
from recurrentgpt.stories.events import Reply
from recurrentgpt.stories.summaries import follows
from situations import SITUATIONS, Telling
from stories_at_hand import FIRST, at, begun, run, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_model import FakeChatModel
    from recurrentgpt.stories.story import Story

EVERY = pytest.mark.parametrize(
    ("language", "mode"), [(tag, mode) for tag in ("en", "zh") for mode in ("author", "interactive_fiction")]
)


@EVERY
@pytest.mark.parametrize("rationale", [True, False])
def test_a_memory_that_was_edited_before_the_paragraph_comes_into_the_new_one(
    fake_models: Callable[..., object], language: str, mode: str, *, rationale: bool
) -> None:
    telling = Telling(fake_models, language, mode)
    telling.begin()
    telling.answer(1)
    telling.answer({"feedback": "x", "short_term_memory": telling.words["memory"]})
    telling.look_from_here()
    telling.answer({"paragraph": telling.words["paragraph"]}, use_rationale=rationale)
    (asked,) = [call for call in telling.asked if call.gate == "rewrite_short_term"]
    assert telling.words["memory"] in asked.messages[-1].text
    assert asked.messages[-2].text == telling.words["paragraph"]
    telling.look_from_here()
    telling.answer({"plan": 1})
    (asked,) = [call for call in telling.asked if call.gate == "rewrite_short_term"]
    assert telling.words["memory"] not in asked.messages[-1].text, "it is in the memory by now"


@EVERY
def test_of_an_opening_only_the_paragraph_that_was_edited_is_summed_up(
    fake_models: Callable[..., object], language: str, mode: str
) -> None:
    telling = Telling(fake_models, language, mode)
    SITUATIONS["edited opening of three"](telling)
    (asked,) = [call for call in telling.asked if call.gate == "append_summary"]
    before, _ = texts(language, "phrases", mode)["only_this"].split("{text}")
    assert f"{before}{telling.words['paragraph']}\n\n" in asked.messages[-1].text


@pytest.mark.parametrize(
    ("summary", "before", "after", "follow"),
    [
        ("Mara rows out.", "Mara rows out. It rains.", "Mara rows out. It snows.", "Mara rows out."),
        ("Mara rows out in rain.", "Mara rows out. It rains in rain.", "Mara rows out.", "Mara rows out."),
        (
            "Mara is alive.",
            "Mara is alive, and rows on.",
            "Mara is dead, and drifts on.",
            "Mara is dead, and drifts on.",
        ),
        ("", "Rain.", "Snow falls.", "Snow falls."),
        ("玛拉活着。", "玛拉活着，划船出海。", "玛拉死了，船在海上漂。", "玛拉死了，船在海上漂。"),
        (
            "Mara rows out; Jem keeps the lamp. The sea is flat.",
            "Mara rows out alone. Jem keeps the lamp lit. The sea is flat and grey all day.",
            "Mara rows out alone. Tom keeps the fire lit. The sea is flat and grey all day.",
            "The sea is flat. Tom keeps the fire lit.",
        ),
        (
            "玛拉打开铜盒，里面是一本账，由老金（镇长的父亲）签名。",
            "夜里玛拉在旅店打开铜盒。里面是一本账，一页也没烂。每一页都由老金签名，他是镇长的父亲。",
            "夜里玛拉在旅店打开铜盒。里面是一本账，一页也没烂。每一页都由老金签名，他就是镇长。",
            "夜里玛拉在旅店打开铜盒。每一页都由老金签名，他就是镇长。",
        ),
        ("玛拉出海。", "玛拉出海。海面平静。", "玛拉出海。海面很平静。", "玛拉出海。"),
        ("", "雨。", "玛拉死了。船在漂。" + "夜里下了雨。" * 4, "玛拉死了。船在漂。夜里下了雨。"),
        ("", "Rain.", "Mara is dead. " + "It rains. " * 6, "Mara is dead. It rains. It rains."),
    ],
)
def test_a_summary_says_nothing_that_is_gone(summary: str, before: str, after: str, follow: str) -> None:
    assert follows(summary, before, after) == follow


def test_the_summary_of_an_edited_passage_follows_its_text(fake_model: FakeChatModel) -> None:
    assert fake_model is not None
    library, record = begun(2)
    run(library, record, branches.edit, paragraph=2, text="Mara is dead. Nobody rows.")
    changed = at(library, record, lambda story: story.entry(2))
    assert (changed.text, changed.summary) == ("Mara is dead. Nobody rows.", "Mara is dead. Nobody rows.")
    run(library, record, branches.edit, paragraph=2, text="Mara is dead.", summary="She died.")
    assert at(library, record, lambda story: story.entry(2)).summary == "She died."


def test_what_a_passage_says_to_the_letter_is_not_said_in_short_beside_it(fake_model: FakeChatModel) -> None:
    library, record = begun(3)
    text = "Ines counted the keys. " + " ".join(f"Key {number} was rusty." for number in range(9))
    run(library, record, branches.edit, paragraph=2, text=text)
    context = FIRST.model_copy(update={"synopsis_tokens": 0, "retrieve_k": 9})
    at(library, record, lambda story: write(story, 1, context))
    assert at(library, record, lambda story: story.entry(2)).summary in text, "it is how the text begins"
    prompt = next(asked[-1].text for asked in reversed(fake_model.asked) if "Plan for the next" in asked[-1].text)
    assert prompt.count("Ines counted the keys.") == 1


def test_a_summary_that_a_person_wrote_stands_beside_its_text_and_another_does_not(fake_model: FakeChatModel) -> None:
    library, record = begun(3)
    run(library, record, branches.edit, paragraph=2, summary="Ines is the thief.")
    other = at(library, record, lambda story: story.entry(1)).summary
    for tokens in (0, 800):
        context = FIRST.model_copy(update={"synopsis_tokens": tokens, "retrieve_k": 9})
        at(library, record, partial(write, paragraphs=1, context=context))
        prompt = next(asked[-1].text for asked in reversed(fake_model.asked) if "Plan for the next" in asked[-1].text)
        assert prompt.count("Ines is the thief.") == 1
        assert other not in prompt
    text = at(library, record, lambda story: story.entry(2)).text
    run(library, record, branches.edit, paragraph=2, text=f"{text} Nobody saw it.")
    kept = at(library, record, lambda story: story.entry(2))
    assert (kept.summary, kept.is_put_right) == ("Ines is the thief.", True)
    run(library, record, branches.edit, paragraph=2, text="Mara is dead. Nobody rows.")
    assert not at(library, record, lambda story: story.entry(2)).is_put_right, "it is the new text's now"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_last_scene_of_a_play_does_not_wait_for_another_action(
    fake_models: Callable[..., object], language: str
) -> None:
    stops = texts(language, "phrases", "interactive_fiction")["scene_stops"]
    for situation, waits in (("the last", False), ("near the end", True)):
        telling = Telling(fake_models, language, "interactive_fiction")
        SITUATIONS[situation](telling)
        (asked,) = [call for call in telling.asked if call.gate == "generate_paragraph"]
        assert (stops in asked.messages[-1].text) is waits


def test_a_summary_that_a_person_wrote_stays_where_the_paragraph_is_edited_at_the_pause(
    fake_model: FakeChatModel,
) -> None:
    assert fake_model
    library, record = begun(2)
    asks = FIRST.model_copy(update={"plan_selection": "human"})

    async def told(story: Story, answer: object = None) -> None:
        pause = await story.pause()
        async for _ in story.run(asks, Reply(answer, pause.interrupt_id) if pause and answer else None):
            pass

    last = len(at(library, record, lambda story: story.manuscript()))
    run(library, record, branches.edit, paragraph=last, summary="Ines is the thief.")
    text = at(library, record, lambda story: story.entry(last)).text
    at(library, record, told)
    at(library, record, lambda story: told(story, {"plan": 1, "paragraph": f"{text} Nobody saw it."}))
    kept = at(library, record, lambda story: story.entry(last))
    assert kept.text.endswith("Nobody saw it.")
    assert (kept.summary, kept.is_put_right) == ("Ines is the thief.", True)
