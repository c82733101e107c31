"""Chapters that the outline has are the book's: each begins, with its title, where its part of the outline does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from langgraph.types import Command

from graph_at_hand import HUMAN, THREAD, compiled
from plain_model import PlainWriter
from recurrentgpt.nodes.outline_parts import chapter_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.messages import BaseMessage

ONE = HUMAN.model_copy(update={"opening_paragraphs": 1})
OUTLINE = {
    "en": "Chapter 1: The Bottle. Mara finds it.\nChapter 2: The Letter\nShe reads it.\nChapter 3\nThe lamp goes out.",
    "zh": "第一章 瓶子\n玛拉找到它。\n第二章 信\n她读了信。\n第三章\n她熄了灯。",
}
TWO = {
    "en": "Chapter 1: The Bottle. Mara finds it.\nChapter 2: The Letter\nShe reads it.",
    "zh": "第一章 瓶子\n玛拉找到它。\n第二章 信\n她读了信。",
}
TITLES = {"en": ["The Bottle", "The Letter"], "zh": ["瓶子", "信"]}


@pytest.mark.parametrize(
    ("part", "title"),
    [
        ("# The Lamp\nShe finds it.", "The Lamp"),
        ("## Chapter 2: The Letter", "The Letter"),
        ("Chapter Two — The Letter\nShe reads.", "The Letter"),
        ("**Chapter IV. The Letter**", "The Letter"),
        ("Chapter 1: The Bottle. Mara finds it, and hides it under the stairs.", "The Bottle"),
        ("Chapter 3", ""),
        ("Chapter 3: " + "Mara finds the bottle and hides it " * 4, ""),
        ("第二章 信\n她读了信。", "信"),
        ("第三章：信。她读了信，哭了。", "信"),
        ("第三章", ""),
        ("Chapter 1: The Letter: Mara reads it, and hides it.", "The Letter"),
        ("# Chapter 1: The Weighing\nInes Harrow comes to Cold Lock.", "The Weighing"),
        ("# Cold Lock: The Weighing\nInes Harrow comes to Cold Lock.", "Cold Lock: The Weighing"),
        ("# The Weighing: Ines Harrow comes to Cold Lock", "The Weighing"),
        ("Chapter 3: The 3:30 train", "The 3:30 train"),
        ("第一章 死人的信：沈阿满收到信，铜邮戳不见了", "死人的信"),
        ("第一章：死人的信——沈阿满收到信", "死人的信"),
        ("第1章《死人的信》沈阿满收到信", "死人的信"),
        ("第一章\u3000死人的信\u3000沈阿满收到信", "死人的信"),
        ("第一章 死人的信 沈阿满收到信", "死人的信"),
        ("尾声\n灯灭。", "尾声"),
        ("Epilogue", "Epilogue"),
        ("Act II: The Storm", None),
        ("Part One", None),
        ("Mara finds it.", None),
        ("1. Mara finds it.", None),
    ],
)
def test_a_part_says_whether_it_is_a_chapter(part: str, title: str | None) -> None:
    assert chapter_in(part) == title


class Planner(PlainWriter):
    """Says which part of the outline is told next."""

    said: object = None

    def __call__(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> str:
        answer = super().__call__(messages, schema)
        if schema is None or "beat" not in schema["properties"]:
            return answer
        return json.dumps({**json.loads(answer), "beat": self.said})


def begun(fake_models: Callable[..., object], language: str, **more: Any) -> tuple[Any, Planner]:
    writer = Planner(language)
    fake_models(interfere=writer)
    story = compiled()
    given = {"topic": "A lighthouse keeper", "title": "The Lamp", "language": language, "outline": OUTLINE[language]}
    story.invoke({**given, **more}, THREAD, context=ONE)
    return story, writer


def after(story: Any, answer: object) -> dict[str, Any]:
    story.invoke(Command(resume=answer), THREAD, context=ONE)
    return dict(story.get_state(THREAD).values)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_chapter_begins_with_its_part(fake_models: Callable[..., object], language: str) -> None:
    first, second = TITLES[language]
    story, writer = begun(fake_models, language)
    state = story.get_state(THREAD).values
    assert state["chapters"] == [{"title": first, "seq": 0}]
    assert state["next_chapter"] is None, "the opening is in it"
    writer.said = 2
    state = after(story, 1)
    assert (state["beat"], state["next_chapter"]) == (1, second)
    writer.said = 2
    state = after(story, 1)
    assert state["chapters"][1:] == [{"title": second, "seq": 2}]
    assert {"en": f"“{second}”", "zh": f"《{second}》"}[language] in state["prompt"]
    writer.said = 3
    assert after(story, 1)["next_chapter"] == "", "the model finds a title where the outline has none"
    assert len(after(story, 1)["chapters"]) == 3


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_last_chapter_begins_in_the_ending_too(fake_models: Callable[..., object], language: str) -> None:
    story, writer = begun(fake_models, language, outline=TWO[language], target_paragraphs=6)
    for _ in range(3):
        writer.said = 1
        after(story, 1)
    writer.said = 2
    assert after(story, 1)["beat"] == 1
    state = after(story, 1)
    assert [chapter["seq"] for chapter in state["chapters"]] == [0, 5]


def test_a_person_who_says_where_it_is_begins_the_chapter_or_takes_it_back(fake_models: Callable[..., object]) -> None:
    story, _ = begun(fake_models, "en")
    assert after(story, {"beat": 2})["next_chapter"] == "The Letter"
    assert after(story, {"beat": 1})["next_chapter"] is None
    assert after(story, {"beat": 2, "chapter": "The Envelope"})["next_chapter"] == "The Envelope"
    state = after(story, 1)
    assert [chapter["title"] for chapter in state["chapters"]] == ["The Bottle", "The Envelope"]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("new", [{"en": "The Chest", "zh": "箱子"}, {}])
def test_a_chapter_about_to_begin_is_that_of_the_outline_as_it_now_is(
    fake_models: Callable[..., object], language: str, new: dict[str, str]
) -> None:
    story, writer = begun(fake_models, language)
    writer.said = 2
    assert after(story, 1)["next_chapter"] == TITLES[language][1]
    other = {"en": "Mara finds it.\nShe reads it.\nShe burns it.", "zh": "玛拉找到它。\n她读了信。\n她烧了它。"}
    outline = OUTLINE[language].replace(TITLES[language][1], new[language]) if new else other[language]
    assert after(story, {"outline": outline})["next_chapter"] == new.get(language)
    assert after(story, {"outline": outline, "chapter": "X"})["next_chapter"] == "X", "a person's own stays"
    assert after(story, {"outline": OUTLINE[language]})["next_chapter"] == "X"


def test_parts_that_are_no_chapters_begin_none(fake_models: Callable[..., object]) -> None:
    story, writer = begun(fake_models, "en", outline="Mara finds it.\nShe reads it.\nShe puts the lamp out.")
    writer.said = 2
    state = after(story, 1)
    assert (state["beat"], state["chapters"], state["next_chapter"]) == (1, [], None)
