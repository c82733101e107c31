"""Chapters, the style sheet at a pause, and the chance of a new character."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from langgraph.types import Command

from graph_at_hand import FIRST, HUMAN, THREAD, TOPIC, compiled
from recurrentgpt.schemas.errors import StoryStateError
from recurrentgpt.schemas.languages import texts
from recurrentgpt.stories import branches, export, writers
from stories_at_hand import at, begun, run, write

if TYPE_CHECKING:
    from fake_model import FakeChatModel

ONE = {"opening_paragraphs": 1}
INVITED = texts("en", "phrases")["new_character"]


def test_chapters_of_a_length_begin_by_themselves(fake_model: FakeChatModel) -> None:
    context = FIRST.model_copy(update={**ONE, "chapter_paragraphs": 2})
    state = compiled().invoke({**TOPIC, "target_paragraphs": 5}, THREAD, context=context)
    assert [chapter["seq"] for chapter in state["chapters"]] == [0, 2, 4]
    assert all(chapter["title"] for chapter in state["chapters"])
    begins = [asked for asked in fake_model.asked if "begins a new chapter" in asked[-1].text]
    assert len(begins) == 2


def test_without_a_length_no_chapter_begins(fake_model: FakeChatModel) -> None:
    del fake_model
    state = compiled().invoke({**TOPIC, "target_paragraphs": 3}, THREAD, context=FIRST)
    assert state["chapters"] == []


@pytest.mark.parametrize("title", ["The Cellar", ""])
def test_a_person_begins_a_chapter(fake_model: FakeChatModel, title: str) -> None:
    context = HUMAN.model_copy(update=ONE)
    story = compiled()
    story.invoke(TOPIC, THREAD, context=context)
    state = story.invoke(Command(resume={"plan": 2, "chapter": title}), THREAD, context=context)
    (chapter,) = state["chapters"]
    assert chapter["seq"] == 1
    assert chapter["title"] == title or (not title and chapter["title"])
    wrote = next(asked for asked in fake_model.asked if "begins a new chapter" in asked[1].text)
    assert title in wrote[1].text
    assert story.invoke(Command(resume=1), THREAD, context=context)["chapters"] == [chapter]


def test_a_chapter_alone_asks_for_plans_that_open_it(fake_model: FakeChatModel) -> None:
    context = HUMAN.model_copy(update=ONE)
    story = compiled()
    before = story.invoke(TOPIC, THREAD, context=context)
    waiting = story.invoke(Command(resume={"chapter": "The Cellar"}), THREAD, context=context)
    assert waiting["__interrupt__"]
    assert waiting["plans"] != before["plans"]
    assert "“The Cellar”" in fake_model.asked[-1][-1].text
    state = story.invoke(Command(resume=1), THREAD, context=context)
    assert state["chapters"] == [{"title": "The Cellar", "seq": 1}]


@pytest.mark.parametrize("sheet", ["Mara never lies.", ""])
def test_a_style_sheet_changed_at_the_pause_is_in_every_prompt_to_come(fake_model: FakeChatModel, sheet: str) -> None:
    context = HUMAN.model_copy(update=ONE)
    story = compiled()
    paused = story.invoke({**TOPIC, "style_sheet": "Mara lies."}, THREAD, context=context)
    assert paused["__interrupt__"][0].value["style_sheet"] == "Mara lies."
    calls = len(fake_model.asked)
    story.invoke(Command(resume={"plan": 1, "style_sheet": sheet}), THREAD, context=context)
    for asked in fake_model.asked[calls:]:
        assert "Mara lies." not in asked[0].text
        assert sheet in asked[0].text


@pytest.mark.parametrize(("chance", "least", "most"), [(0, 0, 0), (1, 8, 8), (0.5, 1, 7)])
def test_somebody_new_is_invited_by_seeded_chance(
    fake_model: FakeChatModel, chance: float, least: int, most: int
) -> None:
    context = HUMAN.model_copy(update={"new_character_chance": chance, "seed": 3, "retrieve_k": 0})

    def invitations() -> list[bool]:
        fake_model.asked.clear()
        story = compiled()
        story.invoke(TOPIC, THREAD, context=context)
        for _ in range(8):
            story.invoke(Command(resume=1), THREAD, context=context)
        wrote = [
            asked[1].text for asked in fake_model.asked if len(asked) == 2 and "Plan for the next" in asked[1].text
        ]
        return [INVITED in text for text in wrote]

    first = invitations()
    assert least <= sum(first) <= most
    assert invitations() == first


def test_the_state_says_whether_somebody_was_invited(fake_model: FakeChatModel) -> None:
    del fake_model
    context = HUMAN.model_copy(update={"new_character_chance": 1})
    story = compiled()
    story.invoke(TOPIC, THREAD, context=context)
    assert story.invoke(Command(resume=1), THREAD, context=context)["new_character"] is True


# On the shelf and in books


def test_a_chapter_is_set_named_anew_and_taken_away(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(2)

    def chapters() -> Any:
        return at(library, record, lambda story: story.state())["chapters"]

    run(library, record, branches.set_chapter, 3, "Later")
    run(library, record, branches.set_chapter, 1, "Sooner")
    run(library, record, branches.set_chapter, 3, "Much later")
    assert chapters() == [{"title": "Sooner", "seq": 0}, {"title": "Much later", "seq": 2}]
    run(library, record, branches.set_chapter, 1, "")
    assert chapters() == [{"title": "Much later", "seq": 2}]
    with pytest.raises(StoryStateError, match="There is no paragraph 9"):
        run(library, record, branches.set_chapter, 9, "x")
    at(library, record, lambda story: write(story, 1))
    assert chapters() == [{"title": "Much later", "seq": 2}]


BOOK = export.Book(
    "abc",
    "The Shore",
    "en",
    ("One.", "Two.", "Three."),
    ({"title": "The <Cellar>", "seq": 1}, {"title": "Light", "seq": 2}, {"title": "Lost", "seq": 9}),
)


def test_a_book_has_its_chapters() -> None:
    chapters = [(chapter.title, chapter.paragraphs) for chapter in BOOK.manuscript.chapters]
    assert chapters == [("", ("One.",)), ("The <Cellar>", ("Two.",)), ("Light", ("Three.",))]
    assert "## The \\<Cellar\\>\n\nTwo." in writers.as_markdown(BOOK)
    assert "The <Cellar>\n\nTwo." in writers.as_text(BOOK)
    assert "<h2>The &lt;Cellar&gt;</h2>" in writers.as_html(BOOK)
    with zipfile.ZipFile(io.BytesIO(export.book_bytes(BOOK, ".epub"))) as packed:
        pages = {name: packed.read(name).decode() for name in packed.namelist()}
    contents = re.findall(r'<a href="text/ch[^"]*">(.*?)</a>', pages["EPUB/nav.xhtml"].partition("landmarks")[0])
    assert contents == ["The Shore", "The &lt;Cellar&gt;", "Light"]
    assert "Two." in pages["EPUB/text/ch002.xhtml"]
