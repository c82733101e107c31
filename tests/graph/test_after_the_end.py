"""A story that has its length makes no plans; should it go on after all, they are made first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from langgraph.types import Command

from graph_at_hand import FIRST, HUMAN, THREAD, TOPIC, compiled
from recurrentgpt.graph.cycle import is_between_steps
from recurrentgpt.schemas.errors import StoryStateError
from recurrentgpt.stories.branches import edit, new_branch, set_premise
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.passages import remove
from recurrentgpt.stories.try_plans import try_plans
from stories_at_hand import TOPIC as PREMISE
from stories_at_hand import at, write

if TYPE_CHECKING:
    from fake_model import FakeChatModel

ONE = FIRST.model_copy(update={"opening_paragraphs": 1})
ASKED = HUMAN.model_copy(update={"opening_paragraphs": 1})


def plans_asked(model: FakeChatModel) -> int:
    return sum("Propose 3 plans" in asked[-1].text for asked in model.asked)


@pytest.mark.parametrize("target", [0, 1, 3])
def test_none_are_made_after_the_end_and_the_step_is_finished_all_the_same(
    fake_model: FakeChatModel, target: int
) -> None:
    story = compiled()
    state = story.invoke({**TOPIC, "target_paragraphs": target}, THREAD, context=ONE)
    assert (state["step"], state["plans"]) == (target, [])
    assert plans_asked(fake_model) == target
    assert is_between_steps(story.get_state(THREAD))


def test_who_goes_on_after_all_is_shown_plans_for_what_comes_next(fake_model: FakeChatModel) -> None:
    story = compiled()
    story.invoke({**TOPIC, "target_paragraphs": 1}, THREAD, context=ONE)
    paused = story.invoke({"target_paragraphs": 2}, THREAD, context=ASKED)
    assert len(paused["plans"]) == 3
    assert plans_asked(fake_model) == 2
    state = story.invoke(Command(resume=2), THREAD, context=ASKED)
    assert (state["step"], state["plan"]["number"], state["plans"]) == (2, 2, [])
    assert plans_asked(fake_model) == 2


def test_a_state_without_plans_that_is_asked_for_one_makes_them_first(fake_model: FakeChatModel) -> None:
    story = compiled()
    story.invoke({**TOPIC, "target_paragraphs": 1}, THREAD, context=ONE)
    story.update_state(THREAD, {"target_paragraphs": None}, as_node="propose_plans")
    paused = story.invoke(None, THREAD, context=ASKED)
    assert len(paused["plans"]) == 3
    assert plans_asked(fake_model) == 2


def test_at_the_end_of_a_story_on_the_shelf_there_is_nothing_to_choose_until_it_goes_on(
    fake_model: FakeChatModel,
) -> None:
    assert fake_model
    library = Library.of_the_process()
    record = library.begin(PREMISE.model_copy(update={"target_paragraphs": 1}), ONE)
    at(library, record, lambda story: write(story, 1))
    assert at(library, record, lambda story: story.is_finished())
    assert at(library, record, try_plans) == []
    for answer in (1, True):
        with pytest.raises(StoryStateError, match="There is no plan 1"):
            at(library, record, lambda story, answer=answer: new_branch(story, 2, answer=answer))  # type: ignore[misc]
    at(library, record, lambda story: story.end_in(1))
    at(library, record, lambda story: write(story, 1))
    state: Any = at(library, record, lambda story: story.state())
    assert (state["step"], state["plans"]) == (2, [])
    assert state["plan"]["chosen_by"] == "first"


def test_what_goes_on_after_its_end_comes_to_no_climax(fake_model: FakeChatModel) -> None:
    library = Library.of_the_process()
    record = library.begin(PREMISE.model_copy(update={"target_paragraphs": 1}), ONE)
    at(library, record, lambda story: write(story, 1))
    before = len(fake_model.asked)
    at(library, record, lambda story: story.end_in(8))
    at(library, record, lambda story: write(story, 8))
    asked = "\n".join(told[-1].text for told in fake_model.asked[before:])
    assert "This will be paragraph 9 of 10. The story is ending" in asked
    assert "climax" not in asked


def test_the_outline_s_end_is_not_asked_for_again_where_it_is_told_unless_the_outline_is_another(
    fake_model: FakeChatModel,
) -> None:
    def last_asked() -> str:
        return next(asked[-1].text for asked in reversed(fake_model.asked) if "Plan for the next" in asked[-1].text)

    library = Library.of_the_process()
    outline = "1. Mara finds the letter.\n2. She puts the lamp out."
    record = library.begin(PREMISE.model_copy(update={"target_paragraphs": 1, "outline": outline}), ONE)
    at(library, record, lambda story: write(story, 1))
    assert "as the last of the 2 parts of the outline has it, “She puts the lamp out”; what of that" in last_asked()
    at(library, record, lambda story: story.end_in(2))
    at(library, record, lambda story: write(story, 1))
    assert "the book's end was told, and after it the author has lengthened the book" in last_asked()
    assert "puts the lamp out" not in last_asked()
    at(library, record, lambda story: set_premise(story, "outline", f"{outline}\n3. She rows away."))
    at(library, record, lambda story: write(story, 1))
    assert "“She rows away”" in last_asked()
    assert "lengthened" not in last_asked()


def test_an_end_that_was_taken_out_is_not_told(fake_model: FakeChatModel) -> None:
    library = Library.of_the_process()
    outline = "1. Mara finds the letter.\n2. She puts the lamp out."
    record = library.begin(PREMISE.model_copy(update={"target_paragraphs": 1, "outline": outline}), ONE)
    at(library, record, lambda story: write(story, 1))
    at(library, record, lambda story: remove(story, 2))
    at(library, record, lambda story: story.end_in(1))
    at(library, record, lambda story: write(story, 1))
    prompt = next(asked[-1].text for asked in reversed(fake_model.asked) if "Plan for the next" in asked[-1].text)
    assert "“She puts the lamp out”" in prompt


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            "the length of the book (the last paragraph was its end); what is told so far or on record; the short-term",
        ),
        ("zh", "改动的是：全书的篇幅（上一段本是结尾）；前文或记录；短期记忆。以下"),
    ],
)
def test_who_goes_on_after_the_end_is_told_of_all_that_was_changed_since(
    fake_model: FakeChatModel, language: str, told: str
) -> None:
    library = Library.of_the_process()
    premise = PREMISE.model_copy(update={"target_paragraphs": 1, "language": language})
    record = library.begin(premise, ONE)
    at(library, record, lambda story: write(story, 1))
    at(library, record, lambda story: edit(story, paragraph=1, text="Mara rows. 雨停了。"))
    memory = "她带着信。灯灭了。" if language == "zh" else "She has it. It is dark."
    at(library, record, lambda story: edit(story, short_term_memory=memory))
    at(library, record, lambda story: story.end_in(2))
    fake_model.asked.clear()
    at(library, record, lambda story: write(story, 1))
    asked = [messages[-1].text for messages in fake_model.asked]
    assert sum(told in text for text in asked) == 1, asked[0]
    at(library, record, lambda story: write(story, 1))
    assert not any(told in messages[-1].text for messages in fake_model.asked[len(asked) :])
