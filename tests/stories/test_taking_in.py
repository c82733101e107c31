"""A manuscript before it is read: what is shown of it, and what a person may change."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from book_files import epub
from recurrentgpt.models.window import count_tokens
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import RecurrentGPTError, SettingsError
from recurrentgpt.schemas.manuscript import Chapter, Manuscript
from recurrentgpt.stories import taking_in
from recurrentgpt.stories.export import Wanted, book_of
from recurrentgpt.stories.importing import read_on
from recurrentgpt.stories.intake_plan import ChapterPlan, IntakePlan, Split, plan_text, planned, read_plan
from recurrentgpt.stories.library import Library

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeChatModel

CONTEXT = Context(model="fake", plan_selection="first")
PROSE = "She counted them again, slowly, from the harbour wall, and there was one too few. " * 30


def looked(path: Path, plan: IntakePlan | None = None, language: str = "") -> taking_in.Looked:
    return asyncio.run(taking_in.look(Library.of_the_process(), path, CONTEXT, plan or IntakePlan(), language=language))


def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.epub"
    pages = {
        "rights.xhtml": "<p>Copyright 2026. All rights reserved.</p>",
        "one.xhtml": f"<h1>The Jetty</h1><p>Mara <i>counted</i> the boats.</p><p>{PROSE}</p>",
        "two.xhtml": f"<h1>The Cellar</h1><p>It was dark.</p><p>{PROSE}</p><p>She came up.</p>",
        "end.xhtml": "<h1>Afterword</h1><p>Thanks to all of you.</p>",
    }
    path.write_bytes(epub(pages, ncx={}))
    return path


def test_what_is_there_is_shown_and_nothing_is_written(tmp_path: Path, fake_model: FakeChatModel) -> None:
    found = looked(book(tmp_path))
    assert (found.manuscript.title, found.manuscript.author, found.language.tag) == ("The Shore", "A. Writer", "en")
    assert [(one.number, one.title, one.kind, one.paragraphs) for one in found.chapters] == [
        (1, "The Jetty", "chapter", 2),
        (2, "The Cellar", "chapter", 3),
        (3, "Afterword", "back", 1),
    ]
    assert found.chapters[0].first_words == "Mara counted the boats."
    assert found.chapters[0].length == 4 + len(PROSE.split())
    assert [(left.why, left.text) for left in found.reading.left_out] == [
        ("copyright", "Copyright 2026. All rights reserved.")
    ]
    assert not fake_model.asked
    assert Library.of_the_process().records() == []


def test_what_it_costs_is_about_what_reading_sends(tmp_path: Path, fake_model: FakeChatModel) -> None:
    path = tmp_path / "book.txt"
    path.write_text("\n\n".join(f"Chapter {number}\n\n{PROSE}" for number in range(1, 13)), encoding="utf-8")
    found = looked(path)
    library = Library.of_the_process()
    taken = asyncio.run(taking_in.take_in(library, found, {}, CONTEXT, name="book"))

    async def read() -> None:
        async with library.open(taken.record) as story:
            async for _ in read_on(story, CONTEXT):
                pass

    asyncio.run(read())
    sent = sum(count_tokens(message.text) for asked in fake_model.asked for message in asked)
    assert found.cost.passages == len(taken.manuscript.paragraphs)
    assert 0.5 * sent < found.cost.input_tokens < 1.5 * sent
    assert 0.5 * len(fake_model.asked) <= found.cost.calls <= 1.5 * len(fake_model.asked)
    assert looked(path).cost.seconds is not None


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        (PROSE, "en"),
        ("他把伞放在墙角，看见桌上有一封没有署名的信。" * 5, "zh"),
        ("Sie ging in das Haus und sah, dass die Lampe nicht mehr auf dem Tisch war. " * 5, "de"),
        ("Elle est entrée dans la maison et a vu que les lampes ne brûlaient pas. " * 5, "fr"),
    ],
)
def test_its_language_is_found_out(tmp_path: Path, text: str, tag: str) -> None:
    path = tmp_path / "book.txt"
    path.write_text(text, encoding="utf-8")
    assert looked(path).language.tag == tag
    assert looked(path, language="fr").language.tag == "fr"
    assert looked(path, IntakePlan(language="it")).language.tag == "it"


MANUSCRIPT = Manuscript(
    "The Shore", "A. Writer", "", tuple(Chapter(name, (f"{name} 1.", f"{name} 2.", f"{name} 3.")) for name in "ABC")
)


@pytest.mark.parametrize(
    ("chapters", "expected"),
    [
        ([], [("A", 3), ("B", 3), ("C", 3)]),
        ([{"number": 1, "take": False}], [("B", 3), ("C", 3)]),
        ([{"number": 2, "title": " The  Cellar "}], [("A", 3), ("The Cellar", 3), ("C", 3)]),
        ([{"number": 2, "join": True}], [("A", 6), ("C", 3)]),
        ([{"number": 1, "join": True}], [("A", 3), ("B", 3), ("C", 3)]),
        ([{"number": 1, "take": False}, {"number": 2, "join": True}], [("B", 3), ("C", 3)]),
        ([{"number": 3, "split": [{"at": 3}, {"at": 2, "title": "D"}]}],
         [("A", 3), ("B", 3), ("C", 1), ("D", 1), ("C 3.", 1)]),
        ([{"number": 2, "join": True, "split": [{"at": 2, "title": "D"}]}], [("A", 4), ("D", 2), ("C", 3)]),
    ],
)  # fmt: skip
def test_a_person_ticks_renames_joins_and_splits(
    chapters: list[dict[str, Any]], expected: list[tuple[str, int]]
) -> None:
    plan = IntakePlan(chapters=tuple(ChapterPlan.model_validate(chapter) for chapter in chapters))
    made = planned(MANUSCRIPT, plan)
    assert [(chapter.title, len(chapter.paragraphs)) for chapter in made.chapters] == expected


@pytest.mark.parametrize(
    ("plan", "problem"),
    [
        (IntakePlan(chapters=(ChapterPlan(number=4),)), "no chapter 4 in the file: it has 3"),
        (IntakePlan(chapters=(ChapterPlan(number=1, split=(Split(at=9),)),)), "no paragraph 9"),
        (IntakePlan(chapters=tuple(ChapterPlan(number=n, take=False) for n in (1, 2, 3))), "take at least one"),
    ],
)
def test_a_plan_that_names_what_is_not_there_is_one_sentence(plan: IntakePlan, problem: str) -> None:
    with pytest.raises(SettingsError, match=problem):
        planned(MANUSCRIPT, plan)


def test_a_plan_is_a_file_that_can_be_edited(tmp_path: Path) -> None:
    found = looked(book(tmp_path))
    path = tmp_path / "plan.toml"
    path.write_text(plan_text(found.reading, found.language.tag), encoding="utf-8")
    assert planned(found.reading.manuscript, read_plan(path)).chapters == found.manuscript.chapters
    edited = path.read_text(encoding="utf-8").replace("keep = []", 'keep = ["copyright"]').replace("The Jetty", "One")
    path.write_text(edited, encoding="utf-8")
    again = looked(book(tmp_path), read_plan(path))
    assert again.reading.left_out == ()
    assert next(chapter.title for chapter in again.reading.manuscript.chapters) == ""
    for text in ("title = ", "titel = 'x'", "keep = ['nonsense']", "[[chapters]]\nnumber = 0"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(RecurrentGPTError, match="cannot be used as a plan"):
            read_plan(path)


def test_who_wrote_a_book_is_named_in_what_is_made_of_it(tmp_path: Path, fake_model: FakeChatModel) -> None:
    """As the file has it, as the plan says, or as the export says; and where the plan says nobody, nobody."""
    del fake_model
    library = Library.of_the_process()

    async def author_of(plan: IntakePlan, given: dict[str, object], wanted: Wanted) -> str:
        taken = await taking_in.take_in(
            library, await taking_in.look(library, book(tmp_path), CONTEXT, plan), given, CONTEXT, name="book"
        )
        async with library.open(taken.record) as story:
            async for _ in read_on(story, CONTEXT):
                pass
            return (await book_of(story, wanted)).author

    cases: list[tuple[IntakePlan, dict[str, object], Wanted, str]] = [
        (IntakePlan(), {}, Wanted(), "A. Writer"),
        (IntakePlan(author="B. Writer"), {}, Wanted(), "B. Writer"),
        (IntakePlan(author=""), {}, Wanted(), ""),
        (IntakePlan(), {"author": "C. Writer"}, Wanted(), "C. Writer"),
        (IntakePlan(), {}, Wanted(author="D. Writer"), "D. Writer"),
        (IntakePlan(), {}, Wanted(author=""), ""),
    ]
    for plan, given, wanted, author in cases:
        assert asyncio.run(author_of(plan, given, wanted)) == author
