"""The lasting plan of a book that has none: drawn from what it told, by its chapters; none is drawn over."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from recurrentgpt.schemas.beats import DONE, NOW, TO_COME
from recurrentgpt.schemas.errors import ModelUnavailableError, StoryStateError
from recurrentgpt.stories.beats import shown
from recurrentgpt.stories.branches import set_chapter, set_premise
from recurrentgpt.stories.outline_drawing import cost_of_outline, draw_outline
from recurrentgpt.stories.undo import undo
from stories_at_hand import FIRST, at, begun, run, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel
    from recurrentgpt.schemas.beats import Beat
    from recurrentgpt.stories.library import Library
    from recurrentgpt.stories.record import StoryRecord

TOLD, COMES = ["1. Mara comes.", "2) Mara finds\nthe key."], ["Mara leaves.", "The light is lit again."]


class Drawing:
    """Answers for an outline, one after the other; the last one again and again."""

    def __init__(self) -> None:
        self.answers: list[dict[str, Any]] = [{"done": TOLD, "to_come": COMES}]
        self.asked: list[str] = []

    def __call__(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        if schema is None or "done" not in schema["properties"]:
            return None
        self.asked.append("\n".join(message.text for message in messages))
        return json.dumps(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])


@pytest.fixture
def drawing() -> Drawing:
    return Drawing()


@pytest.fixture
def story(fake_models: Callable[..., FakeChatModel], drawing: Drawing) -> tuple[Library, StoryRecord]:
    fake_models(interfere=drawing)
    library, record = begun(2)
    run(library, record, set_premise, "outline", "")
    return library, record


def beats(library: Library, record: StoryRecord) -> list[Beat]:
    state = at(library, record, lambda story: story.state())
    return shown(state, record.language)


def test_what_was_told_is_done_and_what_may_come_is_in_the_next_prompt(
    story: tuple[Library, StoryRecord], drawing: Drawing
) -> None:
    library, record = story
    sent, answered = run(library, record, cost_of_outline, FIRST)
    assert not drawing.asked, "the cost is said before anything is asked"
    assert sent > 50 < answered
    run(library, record, draw_outline, FIRST)
    assert [(beat.text, beat.state) for beat in beats(library, record)] == [
        ("1. Mara comes.", DONE),
        ("2. Mara finds the key.", DONE),
        ("3. Mara leaves.", NOW),
        ("4. The light is lit again.", TO_COME),
    ]
    told = at(library, record, lambda story: story.synopsis())
    assert all(part.text in drawing.asked[0] for part in told)
    with pytest.raises(StoryStateError, match="has an outline already"):
        run(library, record, draw_outline, FIRST)
    at(library, record, lambda story: write(story, 1))
    assert "Mara leaves" in at(library, record, lambda story: story.state())["outline"]
    run(library, record, undo)
    run(library, record, undo)
    assert beats(library, record) == []


def test_a_part_for_each_chapter_and_what_comes_stays_open(
    story: tuple[Library, StoryRecord], drawing: Drawing
) -> None:
    library, record = story
    for paragraph, title in ((1, "The Key"), (3, "The Lamp")):
        run(library, record, set_chapter, paragraph, title)
    drawing.answers = [{"done": ["Only one."]}, {"done": TOLD, "to_come": COMES}]
    run(library, record, draw_outline, FIRST, leave_open=True)
    assert [beat.text for beat in beats(library, record)][1:] == ["2. Mara finds the key.", "3. Open: what comes next."]
    assert beats(library, record)[2].state == NOW
    assert "1. The Key\n2. The Lamp" in drawing.asked[0]
    assert "There are 2 chapters: one part for each." in drawing.asked[0]
    assert "the book has 2 chapters, and each is one" in drawing.asked[1]


def test_the_demonstration_draws_none(story: tuple[Library, StoryRecord], drawing: Drawing) -> None:
    library, record = story
    with pytest.raises(ModelUnavailableError, match="cannot draw an outline"):
        run(library, record, draw_outline, FIRST.model_copy(update={"model": "embedded"}))
    assert not drawing.asked
