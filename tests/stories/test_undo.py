"""Taking changes back, trying every plan at once, running branches side by side, and what the models were sent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from recurrentgpt.schemas.errors import StoryStateError
from recurrentgpt.stories import branches, try_plans
from recurrentgpt.stories.events import Reply, Text
from recurrentgpt.stories.prompt_log import PromptLog, read_prompt_log
from recurrentgpt.stories.undo import undo
from stories_at_hand import FIRST, at, begun, run, texts, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_model import FakeChatModel
    from recurrentgpt.stories.story import Story


def memory_of(library: Any, record: Any) -> str:
    state = at(library, record, lambda story: story.state())
    return str(state["short_term_memory"])


def test_edits_are_taken_back_one_by_one(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(1)
    before, memory = texts(library, record), memory_of(library, record)
    run(library, record, branches.edit, short_term_memory="Mara trusts nobody.")
    run(library, record, branches.edit, paragraph=1, text="The bottle is under the stairs.")
    run(library, record, undo)
    assert (texts(library, record), memory_of(library, record)) == (before, "Mara trusts nobody.")
    run(library, record, undo)
    assert (texts(library, record), memory_of(library, record)) == (before, memory)
    at(library, record, lambda story: write(story, 1))
    assert texts(library, record)[:3] == before
    assert library.find().branch == "main"


def test_a_paragraph_that_is_taken_back_stays_on_its_branch(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(2)
    trunk = texts(library, record)
    run(library, record, undo)
    assert texts(library, record) == trunk[:-1]
    run(library, record, undo)
    assert texts(library, record) == trunk[:-2]
    run(library, record, branches.switch, "main")
    assert texts(library, record) == trunk
    before = len(library.find().branches)
    run(library, record, undo)
    assert texts(library, record) == trunk[:-1]
    assert len(library.find().branches) == before, "the branch that waits there is taken again"


def test_a_step_that_is_under_way_cannot_be_taken_back_and_it_is_said_how_to_go_on_without_it(
    fake_models: Callable[..., FakeChatModel],
) -> None:
    fake_models()
    library, record = begun(1)
    told = texts(library, record)

    def broken(_: Any, schema: dict[str, Any] | None) -> str | None:
        return "nonsense" if schema and "plans" in schema["properties"] else None

    fake_models(interfere=broken)
    with pytest.raises(Exception, match="propose_plans"):
        at(library, record, lambda story: write(story, 1))
    with pytest.raises(StoryStateError, match=f"from paragraph {len(told)}, in a branch") as refused:
        run(library, record, undo)
    number = refused.value.values["number"]
    fake_models()
    run(library, record, branches.new_branch, number)
    assert texts(library, record) == told


def test_another_try_is_taken_back_to_the_version_before_it(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(2)
    first = texts(library, record)
    run(library, record, branches.redo, FIRST, "Too slow.")
    at(library, record, lambda story: write(story, 1))
    second = texts(library, record)
    run(library, record, branches.redo, FIRST)
    at(library, record, lambda story: write(story, 1))
    assert len({tuple(first), tuple(second), tuple(texts(library, record))}) == 3
    run(library, record, undo)
    assert texts(library, record) == second
    run(library, record, undo)
    assert (texts(library, record), library.find().branch) == (first, "main")
    run(library, record, undo)
    assert texts(library, record) == first[:-1]


def test_an_opening_cannot_be_taken_back(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(0)
    run(library, record, undo)
    with pytest.raises(StoryStateError, match="only the opening"):
        run(library, record, undo)


def test_all_plans_are_written_side_by_side(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(1)
    trunk = texts(library, record)
    streamed: dict[str, str] = {}

    async def follow(story: Story, name: str) -> None:
        async for event in story.run(FIRST, branch=name):
            if isinstance(event, Text):
                streamed[name] = streamed.get(name, "") + event.text

    async def act(story: Story) -> list[str]:
        names = await try_plans.try_plans(story)
        await asyncio.gather(*(follow(story, name) for name in names))
        return names

    names = at(library, record, act)
    kept = library.find()
    assert (kept.branch, kept.paragraphs, len(names)) == ("main", 3, 3)
    assert texts(library, record) == trunk
    assert run(library, record, try_plans.try_plans) == names, "written once"
    for name in names:
        run(library, record, branches.switch, name)
        assert texts(library, record) == [*trunk, streamed[name]]
    assert len(set(streamed.values())) == 3


def test_what_the_models_were_sent_is_kept_to_the_letter(fake_model: FakeChatModel) -> None:
    library, record = begun(1)
    fake_model.asked.clear()

    async def act(story: Story) -> None:
        listening = PromptLog(story.folder, story.record.branch)
        async for _ in story.run(FIRST, callbacks=[listening]):
            pass
        listening.keep()

    at(library, record, act)
    kept = read_prompt_log(library.folder(record))
    sent = [[part.text for part in call] for gate in kept.values() for call in gate.calls]
    asked = [[message.text for message in messages] for messages in fake_model.asked]
    assert sorted(sent) == sorted(asked)
    assert set(kept) >= {"generate_paragraph", "rewrite_short_term", "append_summary", "propose_plans"}
    assert kept["generate_paragraph"].step == 2


def outline_of(library: Any, record: Any) -> str:
    state = at(library, record, lambda story: story.state())
    return str(state["outline"])


def test_another_outline_is_taken_back_as_any_edit(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(1)
    before = outline_of(library, record)
    run(library, record, branches.set_premise, "outline", "Mara sells the lamp.")
    assert outline_of(library, record) == "Mara sells the lamp."
    run(library, record, undo)
    assert outline_of(library, record) == before


def test_any_edit_is_taken_back_and_not_the_last_paragraph(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(1)
    trunk = texts(library, record)
    run(library, record, lambda story: story.end_in(9))
    at(library, record, lambda story: write(story, 0))
    assert at(library, record, lambda story: story.state())["target_paragraphs"] == 11
    run(library, record, lambda story: story.rename("Another"))
    run(library, record, undo)
    assert at(library, record, lambda story: story.state()).get("target_paragraphs") is None
    assert texts(library, record) == trunk
    run(library, record, undo)
    assert texts(library, record) == trunk[:-1]


def test_other_plans_that_were_asked_for_are_no_edit(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(1)
    trunk = texts(library, record)

    async def ask(story: Story) -> None:
        human = FIRST.model_copy(update={"plan_selection": "human"})
        async for _ in story.run(human):
            pass
        waiting = await story.pause()
        assert waiting is not None
        async for _ in story.run(human, Reply({"feedback": "Quieter."}, waiting.interrupt_id)):
            pass

    at(library, record, ask)
    assert at(library, record, lambda story: story.state())["refused"]
    run(library, record, undo)
    assert texts(library, record) == trunk[:-1]


def test_a_topic_is_never_taken_away(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(0)
    run(library, record, branches.set_premise, "topic", " ")
    assert at(library, record, lambda story: story.state())["topic"]


def test_the_card_says_how_long_the_branch_is_that_one_comes_to(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(2)
    assert library.latest(record).paragraphs == 4
    for length in (3, 2):
        run(library, record := library.latest(record), undo)
        assert library.latest(record).paragraphs == length
    run(library, library.latest(record), branches.switch, "main")
    run(library, library.latest(record), branches.new_branch, 3)
    assert library.latest(record).paragraphs == 3
