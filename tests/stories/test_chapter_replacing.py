"""A manuscript into a story that is there: chapters after its end, a chapter edited elsewhere in its own place."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from recurrentgpt.memory import Lineage
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import GateError, StoryStateError
from recurrentgpt.schemas.light_markdown import paragraphs_of
from recurrentgpt.schemas.manuscript import Chapter, Manuscript
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories import chapter_replacing
from recurrentgpt.stories.branch_removal import remove_branch
from recurrentgpt.stories.branches import edit, new_branch, switch
from recurrentgpt.stories.chapter_replacing import _aligned, compare, replace_chapter
from recurrentgpt.stories.events import Done
from recurrentgpt.stories.export import book_bytes, book_of
from recurrentgpt.stories.importing import append, keep_manuscript, read_on, unread
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.manuscript import ToRead
from recurrentgpt.stories.passages import insert
from recurrentgpt.stories.readers import read_file
from recurrentgpt.stories.redo import can_redo, undo
from recurrentgpt.stories.saves import save
from stories_at_hand import at, run, texts, write
from tongues import EN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fake_model import FakeChatModel
    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.stories.story import Story

CONTEXT = Context(model="fake", plan_selection="first")
PASSAGES = [f"{name} 1: she counted the boats.\n\n{name} 2: nobody came.\n\n{name} 3: it was late." for name in "ABCD"]
CHAPTERS: list[Any] = [{"title": "One", "seq": 0}, {"title": "Two", "seq": 2, "part": "Part II"}]


def read_all(library: Library, record: StoryRecord) -> list[int]:
    """Read what is to be read; gives how many passages there were after each batch."""

    async def act(story: Story) -> list[int]:
        return [
            Lineage.from_json(event.update["lineage"]).length
            async for event in read_on(story, CONTEXT)
            if isinstance(event, Done) and "lineage" in event.update
        ]

    counts: list[int] = at(library, record, act)
    return counts


@pytest.fixture
def shelf(fake_model: FakeChatModel) -> tuple[Library, StoryRecord]:
    """A story of four passages that were read, in two chapters."""
    del fake_model
    library = Library.of_the_process()
    record = library.begin(
        StoryInput(topic="The Shore", title="The Shore"),
        CONTEXT,
        before=lambda folder: keep_manuscript(folder, ToRead("", PASSAGES, CHAPTERS)),
    )
    read_all(library, record)
    return library, record


def chapters_of(library: Library, record: StoryRecord) -> list[Any]:
    chapters: list[Any] = at(library, record, lambda story: story.state())["chapters"]
    return chapters


def test_chapters_are_read_behind_the_end(shelf: tuple[Library, StoryRecord], fake_model: FakeChatModel) -> None:
    library, record = shelf
    at(library, record, lambda story: write(story, 1))
    before = texts(library, record)
    fake_model.asked.clear()
    more = ToRead("", ["E 1: the ebb.", "F 1: the flood."], [{"title": "Three", "seq": 0}])
    run(library, record, append, more)
    assert unread(library.folder(record)) == 7
    with pytest.raises(StoryStateError, match="still being read"):
        run(library, record, append, more)
    read_all(library, record)
    assert texts(library, record) == [*before, *more.paragraphs]
    assert chapters_of(library, record) == [*CHAPTERS, {"title": "Three", "seq": 5}]
    told = "\n".join(message.text for asked in fake_model.asked for message in asked)
    assert "E 1: the ebb." in told
    assert len(fake_model.asked) <= 3, "what was there is not read again"
    entries = at(library, record, lambda story: story.manuscript())
    assert all(entry.summary for entry in entries)
    assert unread(library.folder(record)) == 0
    at(library, record, lambda story: write(story, 1))
    assert len(texts(library, record)) == 8
    assert library.find().paragraphs == 8


def test_what_is_appended_goes_on_where_it_was_stopped(
    shelf: tuple[Library, StoryRecord], fake_models: Callable[..., FakeChatModel]
) -> None:
    library, record = shelf
    left = {"calls": 3}

    def stops(_: Any, schema: dict[str, Any] | None) -> str | None:
        left["calls"] -= 1
        return "nonsense" if schema and left["calls"] < 0 else None

    fake_models(interfere=stops)
    more = ToRead("", [f"Passage {number}." for number in range(6)], [])
    run(library, record, append, more)
    with pytest.raises(GateError):
        read_all(library, record)
    assert texts(library, record) == PASSAGES, "the branch is as it was until all of it is read"
    model = fake_models()
    assert read_all(library, record)[-1] == 10
    assert len(model.asked) < 6
    assert texts(library, record) == [*PASSAGES, *more.paragraphs]


def of_file(*chapters: tuple[str, str]) -> Manuscript:
    return Manuscript("", "", "", tuple(Chapter(title, tuple(paragraphs_of(text))) for title, text in chapters))


def test_only_what_changed_of_a_chapter_is_another_passage(
    shelf: tuple[Library, StoryRecord], fake_model: FakeChatModel
) -> None:
    library, record = shelf
    slots = at(library, record, _slots)
    fake_model.asked.clear()
    edited = f"{PASSAGES[2]}\n\n{PASSAGES[3]}".replace("C 2: nobody came", "C 2: *Tom* came") + "\n\nD 4: the end."
    file = of_file(("One", PASSAGES[0]), ("Two", edited))
    replacement = run(library, record, compare, 2, file)
    assert (replacement.edited, replacement.added, replacement.removed, replacement.kept) == (2, 0, 0, 0)
    run(library, record, replace_chapter, replacement)
    assert texts(library, record) == [
        *PASSAGES[:2],
        PASSAGES[2].replace("nobody", "*Tom*"),
        f"{PASSAGES[3]}\n\nD 4: the end.",
    ]
    assert at(library, record, _slots)[:2] == slots[:2]
    assert chapters_of(library, record) == CHAPTERS
    again = run(library, record, compare, 2, file)
    assert (again.edited, again.kept) == (0, 2), "a second time there is nothing to do"
    assert not fake_model.asked


async def _slots(story: Story) -> list[Any]:
    lineage = Lineage.from_json((await story.state())["lineage"])
    return [lineage.at(place) for place in range(lineage.length)]


def test_passages_go_and_come_and_a_title_changes(shelf: tuple[Library, StoryRecord]) -> None:
    library, record = shelf
    long = "\n\n".join(f"New {number}: {'and so on ' * 30}." for number in range(16))
    file = of_file(("The Beginning", f"{PASSAGES[0]}\n\n{long}"))
    replacement = run(library, record, compare, 1, file)
    assert (replacement.kept, replacement.title) == (1, "The Beginning")
    run(library, record, replace_chapter, replacement)
    told = texts(library, record)
    assert "\n\n".join(told) == "\n\n".join([PASSAGES[0], long, *PASSAGES[2:]])
    assert [chapter["title"] for chapter in chapters_of(library, record)] == ["The Beginning", "Two"]
    assert chapters_of(library, record)[1]["part"] == "Part II"
    begins = chapters_of(library, record)[1]["seq"]
    assert told[begins] == PASSAGES[2]


@pytest.mark.parametrize("is_done", [False, True])
@pytest.mark.parametrize("act", ["edit", "insert", "insert again", "remove", "set_chapter"])
def test_replacing_that_was_killed_is_done_by_doing_it_again(
    shelf: tuple[Library, StoryRecord], monkeypatch: pytest.MonkeyPatch, act: str, *, is_done: bool
) -> None:
    library, record = shelf
    more = [f"New {number}: {'and so on ' * 30}." for number in range(32)]
    whole = "\n\n".join(["A 1: else.", "A 2: nobody came.", *more, "A 3: it was late."])
    file = of_file(("The Beginning", whole))

    class KilledError(BaseException):
        """Stands for the end of the process."""

    name, _, again = act.partition(" ")
    meant = getattr(chapter_replacing, name)
    left = [0, 1][bool(again)]

    async def killed(*args: Any, **kwargs: Any) -> None:
        nonlocal left
        if left:
            left -= 1
            await meant(*args, **kwargs)
            return
        if is_done:
            await meant(*args, **kwargs)
        raise KilledError

    replacement = run(library, record, compare, 1, file)
    assert (replacement.edited, replacement.removed, replacement.title) == (1, 1, "The Beginning")
    assert replacement.added > 1
    with monkeypatch.context() as patched:
        patched.setattr(chapter_replacing, name, killed)
        with pytest.raises(KilledError):
            run(library, record, replace_chapter, replacement)
    run(library, record, replace_chapter, run(library, record, compare, 1, file))
    assert texts(library, record)[-2:] == PASSAGES[2:]
    assert "\n\n".join(texts(library, record)[:-2]) == whole
    assert [chapter["title"] for chapter in chapters_of(library, record)] == ["The Beginning", "Two"]
    assert run(library, record, compare, 1, file).is_the_same


def test_which_chapter_is_meant_is_clear_or_asked(shelf: tuple[Library, StoryRecord]) -> None:
    library, record = shelf
    with pytest.raises(StoryStateError, match="no chapter 3: it has 2"):
        run(library, record, compare, 3, of_file(("Two", "x")))
    with pytest.raises(StoryStateError, match="2 chapters, and none of them is called 'Two'"):
        run(library, record, compare, 2, of_file(("A", "x"), ("B", "y")))


def test_a_scene_break_beside_a_heading_is_in_no_book_and_stays_in_the_story(
    shelf: tuple[Library, StoryRecord], tmp_path: Path
) -> None:
    library, record = shelf
    run(library, record, insert, 2, "* * *")
    run(library, record, edit, paragraph=1, text=f"* * *\n\n{PASSAGES[0]}")
    was = texts(library, record)
    assert was[2] == "* * *"
    file = tmp_path / "book.md"
    file.write_bytes(book_bytes(at(library, record, book_of), ".md"))
    assert "* * *" not in file.read_text(encoding="utf-8")
    back = read_file(file, EN).manuscript
    assert run(library, record, compare, 1, back).is_the_same
    edited = of_file(("One", "\n\n".join([PASSAGES[0], PASSAGES[1].replace("nobody", "Tom")])))
    run(library, record, replace_chapter, run(library, record, compare, 1, edited))
    assert texts(library, record) == [was[0], was[1].replace("nobody", "Tom"), *was[2:]]


def test_a_person_s_own_passage_is_no_reason_to_read_anything(shelf: tuple[Library, StoryRecord]) -> None:
    library, record = shelf
    asyncio.run(_inserted(library, record))
    file = of_file(("One", f"{PASSAGES[0]}\n\nMine.\n\n{PASSAGES[1]}"))
    assert run(library, record, compare, 1, file).kept == 3


async def _inserted(library: Library, record: StoryRecord) -> None:
    async with library.open(record) as story:
        await insert(story, 1, "Mine.")


WORDS = st.sampled_from(["Mara came.", "Nobody.", "*Tom* left.", "It rained."])
TEXTS = st.lists(st.lists(WORDS, min_size=1, max_size=4).map("\n\n".join), min_size=1, max_size=5)


@given(TEXTS, st.lists(WORDS, min_size=1, max_size=12))
@hypothesis_settings(deadline=None, database=None, max_examples=150)
def test_the_file_s_paragraphs_are_all_there_in_order(before: list[str], new: list[str]) -> None:
    made = _aligned(before, new, EN)
    assert [paragraph for texts in made for text in texts for paragraph in paragraphs_of(text)] == new
    whole = [paragraph for text in before for paragraph in paragraphs_of(text)]
    assert _aligned(before, whole, EN) == tuple((text,) for text in before)


def test_while_chapters_are_read_the_branch_is_not_changed_and_undo_lets_go_of_them(
    shelf: tuple[Library, StoryRecord],
) -> None:
    """An edit would be overwritten by what was read; a branch that is not there any more would get it."""
    library, record = shelf
    was = texts(library, record)
    more = ToRead("", ["E 1: the boats came.", "F 1: they went."], [{"title": "Three", "seq": 0}])

    async def act(story: Story) -> None:
        await append(story, more)
        for change in (edit(story, paragraph=1, text="Mine."), insert(story, 1, "Mine."), save(story)):
            with pytest.raises(StoryStateError, match="still being read"):
                await change
        await undo(story)
        assert not unread(story.folder)
        assert not await can_redo(story)
        await edit(story, paragraph=1, text="Mine.")
        await undo(story)
        await append(story, more)
        await new_branch(story, 4, "cellar")
        with pytest.raises(StoryStateError, match="is still being read"):
            await remove_branch(story, "main")
        await edit(story, paragraph=1, text="Another beginning.")

    at(library, record, act)
    read_all(library, record)
    assert texts(library, record) == ["Another beginning.", *was[1:]], "it stands on the other branch"
    run(library, record, switch, "main")
    assert texts(library, record) == [*was, *more.paragraphs]
