"""A pause says what was changed since its plans were made, and that a chapter begins with what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from langgraph.types import Command
from typer.testing import CliRunner

from graph_at_hand import HUMAN, THREAD, TOPIC, compiled
from page_client import begun as begun_on_page
from page_client import page_client, path_of
from plain_model import PlainWriter
from recurrentgpt.schemas.catalogue import say_part
from recurrentgpt.schemas.state import PlanThread
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories import branches, rename
from recurrentgpt.stories.beats import set_beat
from recurrentgpt.stories.events import Reply
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.splitting import split
from recurrentgpt.stories.table import beside_the_plans
from recurrentgpt.stories.undo import undo
from stories_at_hand import FIRST, at, run, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from recurrentgpt.stories.record import StoryRecord

ASKED = FIRST.model_copy(update={"plan_selection": "human", "synopsis_tokens": 10})
ONE = HUMAN.model_copy(update={"opening_paragraphs": 1})
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])
MODES = pytest.mark.parametrize("mode", ["author", "interactive_fiction"])
OLDER = {
    ("en", "author"): "These plans are older than a change of {}.",
    ("en", "interactive_fiction"): "These actions are older than a change of {}.",
    ("zh", "author"): "这些计划是在改动之前拟的；改动的是：{}。",
    ("zh", "interactive_fiction"): "这些行动是在改动之前给出的；改动的是：{}。",
}
OUTLINE = {"en": "the outline", "zh": "大纲"}
CHAPTERS = "Chapter 1: The Letter\nMara finds it.\nChapter 2: The Lamp\nShe puts it out."


def asked(story: Any, answer: object) -> dict[str, Any]:
    question: dict[str, Any] = story.invoke(Command(resume=answer), THREAD, context=ONE)["__interrupt__"][0].value
    return question


@LANGUAGES
@MODES
@pytest.mark.usefixtures("fake_model")
def test_a_pause_says_that_its_plans_are_older_than_an_answer_s_change(language: str, mode: str) -> None:
    story = compiled()
    words = OLDER[language, mode].format(OUTLINE[language])
    told = {**TOPIC, "language": language, "mode": mode}
    assert not story.invoke(told, THREAD, context=ONE)["__interrupt__"][0].value["remarks"]
    question = asked(story, {"outline": "Mara keeps the lamp.\nShe puts it out."})
    assert [remark.startswith(words) for remark in question["remarks"]] == [True]
    assert question["remarks"][0] in question["action_requests"][0]["description"]
    both = asked(story, {"genre": "A comedy"})["remarks"][0]
    assert OUTLINE[language] in both
    assert len(both) > len(question["remarks"][0])
    assert not asked(story, {"feedback": "others"})["remarks"], "these were made for it"
    asked(story, {"style_sheet": "Mara, fifty."})
    assert not asked(story, 1)["remarks"]


# On the shelf


@pytest.fixture
def shelf(fake_models: Callable[..., object]) -> tuple[Library, StoryRecord]:
    fake_models(interfere=PlainWriter("en"))
    library = Library.of_the_process()
    record = library.begin(StoryInput(topic="A lighthouse", title="The Lamp", outline=CHAPTERS), FIRST)
    at(library, record, lambda story: write(story, 3))
    return library, record


def remarks(library: Library, record: StoryRecord, **settings: Any) -> list[str]:
    state, card = at(library, record, lambda story: story.state()), library.find(record.story_id)
    return [say_part(one) for one in beside_the_plans(card, state, FIRST.model_copy(update=settings))]


CHANGES: dict[str, tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = {
    "the outline": (branches.set_premise, ("outline", "Chapter 1: The Letter\nShe burns it."), {}),
    "the genre": (branches.set_premise, ("genre", "comedy"), {}),
    "the topic": (branches.set_premise, ("topic", "A lightship"), {}),
    "the background": (branches.set_premise, ("background", "The coast is rich."), {}),
    "the style sheet": (branches.set_premise, ("style_sheet", "Mara, thirty."), {}),
    "the part of the outline that is told now": (set_beat, (2,), {}),
    "the short-term memory": (branches.edit, (), {"short_term_memory": "Mara is at sea."}),
    "the last paragraph": (branches.edit, (), {"paragraph": 4, "text": "Mara rows out alone."}),
    "what is told so far or on record": (branches.edit, (), {"paragraph": 2, "text": "Mara rows out alone."}),
}


@pytest.mark.parametrize("changed", CHANGES)
def test_whatever_a_person_changes_that_plans_are_made_for_is_said(
    shelf: tuple[Library, StoryRecord], changed: str
) -> None:
    library, record = shelf
    change, given, named = CHANGES[changed]
    assert not remarks(library, record)
    run(library, record, change, *given, **named)
    older = [one for one in remarks(library, record) if "older" in one]
    assert [one.partition(".")[0] for one in older] == [f"These plans are older than a change of {changed}"]
    run(library, record, undo)
    assert not [one for one in remarks(library, record) if "older" in one]


def test_what_changes_no_word_of_it_or_the_plans_too_is_not_said(shelf: tuple[Library, StoryRecord]) -> None:
    library, record = shelf
    run(library, record, branches.set_premise, "genre", "")
    run(library, record, branches.set_premise, "not_like", "A brochure.")
    run(library, record, split, 2, 12)
    run(library, record, rename.rename, rename.Wording("Passage", "Page"))
    assert not remarks(library, record)


def test_every_face_says_it(shelf: tuple[Library, StoryRecord]) -> None:
    from recurrentgpt.cli.main import app  # noqa: PLC0415

    library, record = shelf
    run(library, record, branches.set_premise, "genre", "comedy")
    words = "These plans are older than a change of the genre."
    assert words in " ".join(CliRunner().invoke(app, ["show"]).output.split())
    with page_client() as client:
        assert words in client.get(f"/story/{record.story_id}").text


def test_the_page_says_it_in_its_own_language(fake_models: Callable[..., object]) -> None:
    fake_models(interfere=PlainWriter("en"))
    with page_client() as client:
        client.headers["accept-language"] = "zh"
        address = f"/story/{begun_on_page(client)}"
        client.post(f"{address}/settings", data=path_of(client, address) | {"outline": "One alone."})
        assert OLDER["zh", "author"].format("大纲") in client.get(address).text


NOW = "Mara burns the ledger. The sea is flat, and nobody comes. SENTINEL stays."


@pytest.mark.parametrize("before", [2, 6])
def test_other_plans_are_asked_for_with_the_pages_as_they_now_are(fake_models: Callable[..., Any], before: int) -> None:
    model = fake_models(interfere=PlainWriter("en"))
    library = Library.of_the_process()
    record = library.begin(StoryInput(topic="A lighthouse", title="The Lamp", outline=CHAPTERS), FIRST)
    at(library, record, lambda story: write(story, before))
    was = at(library, record, lambda story: story.manuscript())[1].text
    run(library, record, branches.edit, paragraph=2, text=NOW)

    async def asks_for_others(story: Any) -> None:
        for said in ("", "Slower.", "No ghosts."):
            pause = await story.pause()
            async for _ in story.run(ASKED, Reply({"feedback": said}, pause.interrupt_id) if pause else None):
                pass

    at(library, record, asks_for_others)
    for asked in model.asked[-2:]:
        told = "\n".join(message.text for message in asked)
        assert "has changed what is told so far or on record" in told
        assert "Mara burns the ledger." in told
        assert was not in told
        assert "The plan for" not in told
        assert ("\n1. Fact" in told) == ("Open questions" in told), "nothing above has a number"


# Chapters


def test_a_pause_says_which_chapter_begins_with_what_comes_next(shelf: tuple[Library, StoryRecord]) -> None:
    library, record = shelf
    assert not remarks(library, record)
    by_length = "With the next paragraph a chapter begins."
    assert remarks(library, record, chapter_paragraphs=4) == [by_length]
    assert not remarks(library, record, chapter_paragraphs=5)
    run(library, record, set_beat, 2)
    assert remarks(library, record)[0] == "With the next paragraph a chapter begins: “The Lamp”."


@pytest.mark.usefixtures("fake_model")
def test_a_plan_in_its_middle_keeps_a_chapter_waiting_and_that_is_said() -> None:
    story, chapters = compiled(), ONE.model_copy(update={"chapter_paragraphs": 2})
    story.invoke(TOPIC, THREAD, context=chapters)
    own = {"instruction": "Mara rows to the wreck and comes back with the bell.", "passages": 3}
    said: list[str] = story.invoke(Command(resume=own), THREAD, context=chapters)["__interrupt__"][0].value["remarks"]
    assert said == ["With the next paragraph a chapter begins, unless it goes on with plan 1."]


def titles(library: Library, record: StoryRecord) -> list[str]:
    state = at(library, record, lambda story: story.state())
    return [chapter["title"] for chapter in state["chapters"]]


def test_a_title_from_the_outline_follows_it_and_one_that_a_person_gave_stays(
    shelf: tuple[Library, StoryRecord],
) -> None:
    library, record = shelf
    run(library, record, branches.set_chapter, 3, "By Night")
    assert titles(library, record) == ["The Letter", "By Night"]
    run(library, record, branches.set_premise, "outline", CHAPTERS.replace("The Letter", "A Bottle"))
    assert titles(library, record) == ["A Bottle", "By Night"]
    run(library, record, branches.set_chapter, 1, "Mara")
    run(library, record, branches.set_premise, "outline", CHAPTERS.replace("The Letter", "The Find"))
    assert titles(library, record) == ["Mara", "By Night"]
    run(library, record, branches.set_premise, "outline", f"Chapter 1: Before\nNothing.\n{CHAPTERS}")
    assert titles(library, record) == ["Mara", "By Night"], "which part became which is not known"


ANOTHER = "Chapter 1: The Wreck\nJem dives for the bell all night.\nChapter 2: The Bell\nIt rings under water."


def test_chapters_that_are_told_keep_their_titles_where_the_outline_is_another_and_that_is_said(
    shelf: tuple[Library, StoryRecord],
) -> None:
    library, record = shelf
    run(library, record, branches.set_premise, "outline", ANOTHER)
    assert titles(library, record) == ["The Letter"]
    kept = "Chapters that have begun keep their titles, though the outline has none called so any more: The Letter."
    assert kept in remarks(library, record)
    run(library, record, branches.set_premise, "outline", ANOTHER.replace("night", "day"))
    assert kept not in remarks(library, record), "it was said when it became so"
    run(library, record, undo)
    assert kept in remarks(library, record)
    run(library, record, undo)
    assert not remarks(library, record)
    run(library, record, branches.set_premise, "outline", "Chapter 1: The Wreck\nChapter 2: The Lamp\nShe puts it out.")
    assert titles(library, record) == ["The Wreck"], "a bare title, where the other part is as it was"


# Plans


def test_what_a_plan_takes_up_is_named_as_it_is_on_record(shelf: tuple[Library, StoryRecord]) -> None:
    library, record = shelf
    states = at(library, record, lambda story: story.threads())
    state = at(library, record, lambda story: story.state())
    assert states, "the plain writer opens some"
    ids = [thread.id for thread in states[:2]]
    threads = [PlanThread(id=name, text="As it was.", since=0) for name in ids]
    plans = [{**state["plans"][0], "threads": threads}, *state["plans"][1:]]
    at(library, record, lambda story: story.change({"plans": plans}))
    run(library, record, lambda story: story.edit_fact(ids[0], text="Who lit it?"))
    shown = at(library, record, lambda story: story.state())["plans"][0]["threads"]
    assert shown[0]["text"] == "Who lit it?"
    for name in ids:
        run(library, record, lambda story, name=name: story.edit_fact(name, text=""))
    assert "threads" not in at(library, record, lambda story: story.state())["plans"][0]


@LANGUAGES
def test_each_part_of_a_plan_for_several_is_recalled_for_by_cues_of_its_own(
    fake_models: Callable[..., Any], language: str
) -> None:
    model = fake_models(interfere=PlainWriter(language))
    story, few = compiled(), ONE.model_copy(update={"retrieve_k": 1, "retrieve_in_short": 0})
    story.invoke({**TOPIC, "language": language}, THREAD, context=few)
    for answer in (1, 1, {"plan": 1, "passages": 3}, 1, 1):
        story.invoke(Command(resume=answer), THREAD, context=few)
    where = {"en": "of which the next is number", "zh": "下一段是其中第"}[language]
    cues = [one[-1].text for one in model.asked if where in one[-1].text]
    assert [number in text for number, text in zip("23", cues, strict=True)] == [True, True], "the first has the plan's"


@pytest.mark.usefixtures("fake_model")
def test_what_a_person_said_that_a_plan_leans_on_holds_for_all_of_it() -> None:
    story = compiled()
    story.invoke(TOPIC, THREAD, context=ONE)
    own = {"instruction": "Mara rows to the wreck and comes back with the bell.", "recall": ["a bell"], "passages": 3}
    assert asked(story, own)["plans"][0]["recall"] == ["a bell"]
    asked(story, 1)
    assert story.get_state(THREAD).values["plan"]["recall"] == ["a bell"]
    asked(story, {"plan": 1, "recall": []})
    assert not story.get_state(THREAD).values["plan"]["recall"]
