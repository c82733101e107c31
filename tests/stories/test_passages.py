"""Passages put in, taken out and moved: what follows them, what is void, and that one undo brings every byte back."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from shutil import copytree
from typing import TYPE_CHECKING, Any

import pytest

from recurrentgpt.memory import Lineage
from recurrentgpt.schemas.clashes import Clash, Side
from recurrentgpt.schemas.errors import StoryStateError
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories import branches, continuity, export, passages
from recurrentgpt.stories.archive import pack, read_archive, unpack, write_archive
from recurrentgpt.stories.copying import copy_file
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.undo import undo
from resources_at_hand import read_environment
from stories_at_hand import FIRST, at, write

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel
    from recurrentgpt.stories.story import Story

WORDS = {
    "en": ("Mara lights lamp {0}. The gull of night {0} cries. Nobody sleeps in room {0}.", "Lamp {0} burns."),
    "zh": ("玛拉点亮第{0}盏灯。第{0}夜的海鸥在叫。第{0}间屋里没有人睡。", "第{0}盏灯亮着。"),
}
QUOTES = {
    "en": ("Mara lights lamp {0}", "The gull of night {0} cries"),
    "zh": ("玛拉点亮第{0}盏灯", "第{0}夜的海鸥在叫"),
}
LENGTH = 6


class Teller:
    """Writes numbered passages. Each states that its lamp burns, and ends what the passage three before it stated."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.written = 0
        self.asked: list[list[BaseMessage]] = []

    def __call__(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> str:
        text, fact = WORDS[self.language]
        if schema is None:
            self.written += 1
            return text.format(self.written)
        number = self.written
        self.asked.append(messages)
        lit, cries = (quote.format(number) for quote in QUOTES[self.language])
        asked = "\n".join(message.text for message in messages)
        shown = next((n for n in range(1, 9) if f"{n}. {fact.format(number - 3)}" in asked), 0)
        told = {
            "summary": fact.format(number),
            "summaries": [fact.format(number)] * schema["properties"].get("summaries", {}).get("minItems", 0),
            "facts": [{"fact": fact.format(number), "about": [f"{number}"], "says": lit}],
            "changes": [{"fact": shown, "how": "ended", "says": cries}] if shown else [],
            "plans": [{"text": f"{text.format(number)} {way}", "recall": [lit]} for way in ("Up", "Down", "Away")],
            "memory": [f"{fact.format(number)} {part}" for part in range(3)],
            "rationale": fact.format(number),
            "title": "T",
            "outline": fact.format(0),
            "chapter": f"C{number}",
        }
        return json.dumps({name: told[name] for name in schema["properties"] if name in told})


CONTEXT = FIRST.model_copy(
    update={"paragraph_sentences": 3, "repetition_limit": 1, "memory_min_sentences": 3, "memory_max_sentences": 3}
)


@pytest.fixture(params=["en", "zh"])
def teller(request: pytest.FixtureRequest, fake_models: Callable[..., FakeChatModel]) -> Teller:
    made = Teller(request.param)
    fake_models(interfere=made)
    return made


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the stories are kept that are written once."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
async def story(home: Path, teller: Teller, kept: Path) -> AsyncIterator[Story]:
    """A copy of a story of six passages, with a chapter that begins at the third and one at the fifth."""
    folder = kept / teller.language
    if folder.exists():
        copytree(folder, home, copy_function=copy_file)
        teller.written = LENGTH
    else:
        await _write(teller.language)
        copytree(home, folder, copy_function=copy_file)
        read_environment()
    library = Library.of_the_process()
    async with library.open(library.find()) as opened:
        yield opened


async def _write(language: str) -> None:
    with Library.of_the_process() as library:
        record = library.begin(StoryInput(topic="T", title="T", outline="O", language=language), CONTEXT)
        async with library.open(record) as opened:
            await write(opened, LENGTH - 1, CONTEXT)
            await branches.set_chapter(opened, 3, "Three")
            await branches.set_chapter(opened, 5, "Five")


async def everything(story: Story) -> str:
    """All that can be read of the current branch."""
    state: Any = await story.state()
    kept = {name: value for name, value in state.items() if name not in {"usage", "remaining_steps"}}
    entries = await story.entries(Lineage.from_json(state["lineage"]))
    known = (await story.facts(), await story.synopsis(), await continuity.notes(story))
    return json.dumps([kept, [str(one) for one in entries], str(known), story.record.paragraphs], ensure_ascii=False)


async def texts(story: Story) -> list[str]:
    return [entry.text for entry in await story.manuscript()]


async def numbers(story: Story) -> list[str]:
    """Which of the teller's passages stand there; of a person's, their texts."""
    return [re.sub(r"^\D+(\d+).*", r"\1", text, flags=re.DOTALL) for text in await texts(story)]


async def chapters(story: Story) -> dict[str, int]:
    return {chapter["title"]: chapter["seq"] + 1 for chapter in (await story.state())["chapters"]}


async def holding(story: Story) -> dict[str, int]:
    """The facts that hold by their numbers, with the paragraph that each is so from: looked up, and folded."""
    looked_up = {state.fact.subjects[0]: state.since + 1 for state in await story.holding()}
    folded = {state.fact.subjects[0]: state.since + 1 for state in (await story.facts()).holding}
    assert looked_up == folded
    return folded


CHANGES: list[tuple[Callable[..., Any], tuple[Any, ...], list[str], dict[str, int]]] = [
    (passages.insert, (2, "Own."), ["1", "2", "Own.", "3", "4", "5", "6"], {"Three": 4, "Five": 6}),
    (passages.insert, (0, "Own."), ["Own.", "1", "2", "3", "4", "5", "6"], {"Three": 4, "Five": 6}),
    (passages.insert, (6, "Own."), ["1", "2", "3", "4", "5", "6", "Own."], {"Three": 3, "Five": 5}),
    (passages.remove, (3,), ["1", "2", "4", "5", "6"], {"Three": 3, "Five": 4}),
    (passages.remove, (1,), ["2", "3", "4", "5", "6"], {"Three": 2, "Five": 4}),
    (passages.remove, (6,), ["1", "2", "3", "4", "5"], {"Three": 3, "Five": 5}),
    (passages.move, (1, 4), ["2", "3", "4", "1", "5", "6"], {"Three": 2, "Five": 5}),
    (passages.move, (5, 1), ["5", "1", "2", "3", "4", "6"], {"Three": 4, "Five": 6}),
    (passages.move, (3, 6), ["1", "2", "4", "5", "6", "3"], {"Three": 3, "Five": 4}),
    (passages.move, (6, 2), ["1", "6", "2", "3", "4", "5"], {"Three": 4, "Five": 6}),
]


async def test_what_follows_follows_and_one_undo_brings_every_byte_back(story: Story) -> None:
    before = await everything(story)
    for act, given, order, begins in CHANGES:
        await act(story, *given)
        changed = await everything(story)
        assert await numbers(story) == order
        assert await chapters(story) == begins
        assert story.record.paragraphs == len(order)
        state, last = await story.state(), (await story.manuscript())[-1]
        assert (state["paragraph"], state["summary"]) == (last.text, last.summary)
        facts = (await story.facts()).facts
        assert all(order[one.since] == one.fact.subjects[0] for one in facts.values())
        assert set(await holding(story)) <= set(order)
        book = await export.book_of(story)
        assert book.begins == tuple({"title": name, "seq": number - 1} for name, number in begins.items())
        await undo(story)
        assert await everything(story) == before
        await act(story, *given)
        assert await everything(story) == changed, "the same once more is the same"
        await undo(story)


async def test_a_chapter_of_one_goes_with_its_passage(story: Story) -> None:
    await branches.set_chapter(story, 6, "Six")
    await passages.move(story, 6, 1)
    assert await chapters(story) == {"Three": 4, "Five": 6}
    await undo(story)
    await branches.set_chapter(story, 4, "Four")
    await passages.remove(story, 3)
    assert await chapters(story) == {"Four": 3, "Five": 4, "Six": 5}


async def test_other_branches_and_older_steps_keep_theirs(story: Story) -> None:
    await branches.new_branch(story, 4, "sibling")
    await story.note_length()
    sibling = await everything(story)
    await branches.switch(story, "main")
    older = await branches.state_at(story, 2)
    for act, given in ((passages.insert, (2, "Own.")), (passages.remove, (5,)), (passages.move, (1, 6))):
        await act(story, *given)
    assert await branches.state_at(story, 2, "sibling") == older
    await branches.switch(story, "sibling")
    await story.note_length()
    assert await everything(story) == sibling


@pytest.mark.parametrize("change", [0, 2, 5, 8])
async def test_the_story_goes_on_and_is_taken_back_step_by_step(story: Story, change: int, teller: Teller) -> None:
    act, given, order, _ = CHANGES[change]
    await act(story, *given)
    before = json.loads(await everything(story))
    await write(story, 1, CONTEXT)
    assert await numbers(story) == [*order, "7"]
    last = (await texts(story))[len(order) - 1]
    assert any(last in message.text for message in teller.asked[-3]), "the last passage is told"
    await undo(story)
    left = json.loads(await everything(story))
    for name in ("short_term_memory", "lineage", "chapters", "plans"):
        assert left[0][name] == before[0][name]
    assert left[1] == before[1]


@pytest.mark.parametrize("change", [1, 2, 3, 4, 5, 7, 8, 9])
async def test_taken_back_again_what_is_left_ends_with_what_its_memory_tells(story: Story, change: int) -> None:
    act, given, order, _ = CHANGES[change]
    put = "Own." if act is passages.insert else str(given[0]) if act is passages.move else ""
    await act(story, *given)
    await write(story, 1, CONTEXT)
    await undo(story)
    assert await numbers(story) == order
    left = order
    for _ in range(LENGTH):
        before = left
        with suppress(StoryStateError):
            await undo(story)
        left = await numbers(story)
        if left == before:
            break
        assert left == order[: len(left)]
        assert 1 <= len(left) < len(before)
        newest = next(number for number in reversed(left) if number != put)
        state = await story.state()
        told = (state["short_term_memory"].splitlines()[0], state["plans"][0]["text"], state["plans"][0]["recall"][0])
        assert all(re.search(rf"\D{newest}\D", f"{text} ") for text in told), (left, told)
    assert len([number for number in left if number != put]) == 1, "all is taken back but how it began"
    with pytest.raises(StoryStateError, match="only the opening"):
        await undo(story)


async def test_what_was_taken_out_is_not_what_undo_takes_back(story: Story, tmp_path: Path) -> None:
    for _ in range(LENGTH - 1):
        await passages.remove(story, 1)
    write_archive(tmp_path / "story.json", await pack(story))
    await write(story, 1, CONTEXT)
    await undo(story)
    assert await numbers(story) == ["6"]
    with pytest.raises(StoryStateError, match="only the opening"):
        await undo(story)
    await branches.new_branch(story, 1)
    with pytest.raises(StoryStateError, match="only the opening"):
        await undo(story)
    copy = await unpack(story.library, read_archive(tmp_path / "story.json"), lambda *_: None)
    async with story.library.open(copy) as back:
        assert await numbers(back) == ["6"]
        await undo(back)  # in a copy, too, what was taken out last comes back
        assert await numbers(back) == ["5", "6"]


async def test_where_the_last_is_taken_out_the_memory_and_the_plans_are_those_of_before(story: Story) -> None:
    was: Any = await story.state()
    then: Any = await branches.state_at(story, LENGTH - 1)
    await passages.remove(story, LENGTH)
    state: Any = await story.state()
    for name in ("short_term_memory", "rationale", "plans", "plan", "prompt", "retrieved"):
        assert state[name] == then[name] != was[name]
    await passages.remove(story, LENGTH - 1)
    memory = (await story.state())["short_term_memory"]
    assert "4" in memory
    assert not any(number in memory for number in "56")


async def test_a_memory_that_a_person_put_right_stays_theirs(story: Story) -> None:
    await branches.edit(story, short_term_memory="Mara trusts nobody.")
    await passages.remove(story, LENGTH)
    assert (await story.state())["short_term_memory"] == "Mara trusts nobody."


async def test_what_is_put_at_the_end_is_remembered_and_forgotten_with_it(story: Story) -> None:
    memory = (await story.state())["short_term_memory"]
    await passages.insert(story, LENGTH, "Ines comes home.")
    assert (await story.state())["short_term_memory"] == f"{memory}\nInes comes home."
    with pytest.raises(StoryStateError, match="put there by hand"):
        await branches.redo(story, CONTEXT)
    await passages.remove(story, LENGTH + 1)
    assert (await story.state())["short_term_memory"] == memory
    await branches.redo(story, CONTEXT)


async def test_what_is_put_at_the_end_stays_put_in_when_the_passage_before_it_goes(story: Story) -> None:
    then = [(await branches.state_at(story, length))["short_term_memory"] for length in range(1, LENGTH)]
    await passages.insert(story, LENGTH, "Ines comes home.")
    await passages.insert(story, LENGTH + 1, "Ines sleeps.")
    for length in (LENGTH - 1, LENGTH - 2):
        await passages.remove(story, length + 1)
        state: Any = await story.state()
        assert state["short_term_memory"] == f"{then[length - 1]}\nInes comes home.\nInes sleeps."
        assert str(length) in state["plans"][0]["text"]
        assert state["opening"] == ["Ines comes home.", "Ines sleeps."]
        with pytest.raises(StoryStateError, match="put there by hand"):
            await branches.redo(story, CONTEXT)
    await passages.remove(story, length + 2)
    assert (await story.state())["short_term_memory"] == f"{then[length - 1]}\nInes comes home."
    await passages.remove(story, length + 1)
    assert (await story.state())["short_term_memory"] == then[length - 1]
    await branches.redo(story, CONTEXT)
    assert await numbers(story) == ["1", "2", "3"]


async def test_what_is_put_at_the_end_is_forgotten_as_it_was_changed(story: Story) -> None:
    memory = (await story.state())["short_term_memory"]
    await passages.insert(story, LENGTH, "Ines comes home.")
    await passages.insert(story, LENGTH + 1, "Ines sleeps.")
    await branches.edit(story, paragraph=LENGTH + 1, text="Ines comes back.")
    await branches.edit(story, paragraph=LENGTH + 2, summary="Ines is asleep.")
    told = (await story.state())["short_term_memory"]
    assert told == f"{memory}\nInes comes back.\nInes is asleep."
    await passages.remove(story, LENGTH + 2)
    await passages.remove(story, LENGTH + 1)
    assert (await story.state())["short_term_memory"] == memory


async def test_an_end_that_stands_before_its_fact_is_void_and_told_of(story: Story) -> None:
    assert list(await holding(story)) == ["4", "5", "6"]
    moved = await passages.move(story, 4, 1)
    (void,) = moved.void
    assert (moved.paragraph, void.paragraph, void.what) == (1, 1, "ended")
    assert void.fact in {"Lamp 1 burns.", "第1盏灯亮着。"}
    assert void.quote in (await texts(story))[0]
    assert await holding(story) == {"4": 1, "1": 2, "5": 5, "6": 6}
    again = await passages.move(story, 1, 5)
    assert again.void == (), "only what is newly so"
    assert set(await holding(story)) == {"4", "5", "6"}
    (gone,) = (await passages.remove(story, 3)).void
    assert (gone.paragraph, gone.what) == (5, "ended")
    assert len((await story.facts()).void) == 1


async def test_notes_on_clashes_and_what_was_recalled_follow_the_passages(story: Story) -> None:
    first, *_, fifth, _ = await texts(story)
    path = Lineage.from_json((await story.state())["lineage"])
    sides = (Side(first, 0, *path.at(0)), Side(fifth, 4, *path.at(4)))
    await continuity.keep(story, await story.state(), {"clashes": [Clash("fact", sides).to_json()]})
    await branches.edit(story, paragraph=5, text=f"{fifth} !")
    recalled = {hit["sentence"]: hit["seq"] for hit in (await story.state())["retrieved"]}
    assert recalled
    await passages.insert(story, 0, "Own.")
    (found,) = await continuity.notes(story)
    assert [side.place for side in found.clash.sides] == [1, 5]
    now = {hit["sentence"]: hit["seq"] for hit in (await story.state())["retrieved"]}
    assert now == {sentence: place + 1 for sentence, place in recalled.items()}
    taken = next(iter(now))
    await passages.remove(story, now[taken] + 1)
    assert taken not in {hit["sentence"] for hit in (await story.state())["retrieved"]}
    await passages.remove(story, (await texts(story)).index(f"{fifth} !") + 1)
    assert await continuity.notes(story) == []


async def test_branches_begin_where_a_person_sees_the_paragraph(story: Story) -> None:
    await passages.insert(story, 2, "Own.")
    await passages.remove(story, 5)
    assert await numbers(story) == ["1", "2", "Own.", "3", "5", "6"]
    for order, step in (("1 2", 1), ("1 2 Own.", 1), ("1 2 Own. 3", 2), ("1 2 Own. 3 5", 4)):
        await branches.switch(story, "main")
        await branches.new_branch(story, len(order.split()))
        assert await numbers(story) == order.split()
        state = await story.state()
        assert (state["paragraph"], state["step"]) == ((await texts(story))[-1], step)
    views = {view.branch.name: (view.own, len(view.entries)) for view in await branches.tree(story)}
    assert views == {"main": (0, 6), "branch-2": (2, 2), "branch-3": (3, 3), "branch-4": (4, 4), "branch-5": (5, 5)}
    await write(story, 1, CONTEXT)
    view = next(view for view in await branches.tree(story) if view.branch.name == "branch-5")
    assert (view.own, len(view.entries)) == (5, 6)


async def test_archives_hold_it(story: Story, tmp_path: Path) -> None:
    await passages.insert(story, 2, "Own.")
    await passages.move(story, 1, 6)
    write_archive(tmp_path / "story.json", await pack(story))
    copy = await unpack(story.library, read_archive(tmp_path / "story.json"), lambda *_: None)
    async with story.library.open(copy) as back:
        assert await texts(back) == await texts(story)
        assert await chapters(back) == await chapters(story)
        assert await holding(back) == await holding(story)
        await passages.remove(back, LENGTH + 1)
        assert await texts(back) == (await texts(story))[:-1]
        assert "2" not in (await back.state())["paragraph"]


async def test_what_cannot_be_done_is_refused_and_changes_nothing(story: Story) -> None:
    before = await everything(story)
    for act, given, why in (
        (passages.insert, (7, "Own."), "0 to 6"),
        (passages.insert, (-1, "Own."), "0 to 6"),
        (passages.insert, (1, " "), "empty"),
        (passages.remove, (0,), "1 to 6"),
        (passages.remove, (7,), "1 to 6"),
        (passages.move, (1, 7), "1 to 6"),
        (passages.move, (0, 1), "1 to 6"),
    ):
        with pytest.raises(StoryStateError, match=why):
            await act(story, *given)
    assert (await passages.move(story, 2, 2)).paragraph == 2
    assert await everything(story) == before
    for _ in range(LENGTH - 1):
        await passages.remove(story, 1)
    with pytest.raises(StoryStateError, match="only paragraph"):
        await passages.remove(story, 1)


def test_an_opening_of_several_is_told_as_it_is(teller: Teller) -> None:
    library = Library.of_the_process()
    several = CONTEXT.model_copy(update={"opening_paragraphs": 3, "paragraph_sentences": 1})
    record = library.begin(StoryInput(topic="T", title="T", outline="O", language=teller.language), several)

    async def act(story: Story) -> None:
        await write(story, 0, several)
        one, two, three = await texts(story)
        for change, given, opening in (
            (passages.insert, (1, "Own."), [one, "Own.", two, three]),
            (passages.move, (1, 3), ["Own.", two, one, three]),
            (passages.remove, (1,), [two, one, three]),
            (passages.remove, (3,), [two, one]),
        ):
            await change(story, *given)
            assert await texts(story) == (await story.state())["opening"] == opening
        await branches.edit(story, paragraph=2, text="Other.")
        assert (await story.state())["opening"] == [two, "Other."]
        await write(story, 1, several)
        assert len(await texts(story)) == 3

    at(library, record, act)
