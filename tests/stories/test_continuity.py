"""Continuity: clashes that are noticed while writing and found by reading, with words of both sides; what is marked."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from recurrentgpt.memory import Lineage
from recurrentgpt.schemas.clashes import Clash, Side, found_in, with_new
from recurrentgpt.schemas.errors import ModelUnavailableError, StoryStateError
from recurrentgpt.stories import branches, continuity, continuity_reading
from recurrentgpt.stories.archive import pack, read_archive, unpack, write_archive
from recurrentgpt.stories.undo import undo
from stories_at_hand import FIRST, at, begun, run, texts, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel
    from recurrentgpt.stories.continuity import Note
    from recurrentgpt.stories.continuity_reading import PassagesRead, ReadingCost
    from recurrentgpt.stories.library import Library
    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.stories.story import Story


def first_of(text: str) -> str:
    return text.split(".", maxsplit=1)[0]


class Teller:
    """A model that clashes: of each passage the first sentence is a fact, and of later ones it is against fact 1."""

    def __init__(self, *, against: bool = False) -> None:
        self.against = against
        self.answers: list[Any] = []
        self.asked: list[str] = []

    def __call__(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        if schema is None:
            return None
        if "facts" in schema["properties"]:
            says = first_of(messages[-2].text)
            fact = {"fact": f"It is so: {says}.", "about": [says.split()[0]], "says": says}
            clashes = [{"fact": 1, "says": says}, {"fact": 1, "says": "words of nobody"}, "?"] if self.against else []
            told = {"summary": "In short.", "summaries": ["In short."], "facts": [fact], "changes": []}
            return json.dumps({**told, "clashes": clashes})
        if "clashes" in schema["properties"]:
            self.asked.append(messages[-1].text)
            return json.dumps({"clashes": self.answers.pop(0) if self.answers else []})
        return None


@pytest.fixture
def teller(fake_models: Callable[..., FakeChatModel]) -> Teller:
    made = Teller()
    fake_models(interfere=made)
    return made


def notes(library: Library, record: StoryRecord, *, every: bool = False) -> list[Note]:
    found: list[Note] = run(library, record, continuity.notes, every=every)
    return found


def read(library: Library, record: StoryRecord, *, again: bool = False) -> list[PassagesRead]:
    async def act(story: Story) -> list[PassagesRead]:
        return [one async for one in continuity_reading.read_for_clashes(story, FIRST, again=again)]

    found: list[PassagesRead] = at(library, record, act)
    return found


def cost(library: Library, record: StoryRecord, *, again: bool = False) -> ReadingCost:
    found: ReadingCost = run(library, record, continuity_reading.cost_of_reading, FIRST, again=again)
    return found


def clash(library: Library, record: StoryRecord, a: int, b: int, **others: object) -> dict[str, object]:
    """What a model says of the first sentences of two passages."""
    told = texts(library, record)
    sides = {"a": a, "says_a": first_of(told[a - 1]), "b": b, "says_b": first_of(told[b - 1])}
    return {"kind": "date", **sides, "why": "They differ.", "mend": "Change one.", **others}


# While it is written


def test_what_a_passage_says_against_a_fact_is_a_note_beside_it(teller: Teller) -> None:
    teller.against = True
    library, record = begun(1)
    found = notes(library, record)
    told = texts(library, record)
    assert [(note.paragraph, note.clash.kind) for note in found] == [(2, "fact"), (3, "fact")]
    first, second = found[0].clash.sides
    assert (first.place, second.place) == (0, 1)
    assert (first.quote, second.quote) == (first_of(told[0]), first_of(told[1]))


@pytest.mark.usefixtures("teller")
def test_what_an_answer_says_of_no_clash_is_none() -> None:
    library, record = begun(1)
    assert notes(library, record) == []
    assert "clashes" not in at(library, record, lambda story: story.state())


# Reading


def test_a_book_is_read_beside_what_tells_of_the_same_and_only_once(teller: Teller) -> None:
    library, record = begun(2)
    teller.answers = [[clash(library, record, 1, 3), clash(library, record, 1, 2, says_b="Nobody said this.")]]
    before = cost(library, record)
    (made,) = read(library, record)
    assert (made.paragraphs, made.done, made.total, made.found, made.left_out) == ((1, 2, 3, 4), 4, 4, 1, 1)
    assert (before.passages, before.calls) == (4, 1)
    assert made.usage["input_tokens"] / 2 < before.input_tokens < 2 * made.usage["input_tokens"]
    assert cost(library, record) == (0, 0, 0, 0)
    assert read(library, record) == []
    (note,) = notes(library, record)
    assert (note.paragraph, note.clash.kind, note.clash.why, note.clash.mend) == (
        3,
        "date",
        "They differ.",
        "Change one.",
    )
    at(library, record, lambda story: write(story, 1))
    assert cost(library, record).passages == 1
    read(library, record)
    assert "[paragraph 5]" in teller.asked[-1].split("Other passages")[0]
    assert "[paragraph 5]" not in teller.asked[-1].split("Other passages")[1]
    assert cost(library, record, again=True).passages == 5
    assert len(notes(library, record)) == 1


def test_an_edited_passage_is_new_and_its_note_goes_with_its_words(teller: Teller) -> None:
    library, record = begun(2)
    teller.answers = [[clash(library, record, 1, 3)]]
    read(library, record)
    run(library, record, branches.edit, paragraph=3, text="Something else stands here now.")
    assert notes(library, record) == []
    assert cost(library, record).passages == 1
    run(library, record, undo)
    assert len(notes(library, record)) == 1, "its words stand there again"


@pytest.mark.usefixtures("teller")
def test_a_reading_that_was_stopped_goes_on() -> None:
    library, record = begun(7)

    async def first_batch(story: Story) -> None:
        async for _ in continuity_reading.read_for_clashes(story, FIRST):
            break

    at(library, record, first_batch)
    assert cost(library, record).passages == 3
    (made,) = read(library, record)
    assert made.paragraphs == (7, 8, 9)


def test_a_model_that_answers_nothing_is_named_and_what_was_read_stays(
    fake_models: Callable[..., FakeChatModel],
) -> None:
    fake_models(interfere=lambda _, schema: "No." if schema and "clashes" in schema["properties"] else None)
    library, record = begun(1)
    with pytest.raises(ModelUnavailableError) as error:
        read(library, record)
    assert error.value.code == "no_clashes_read"
    assert cost(library, record).passages == 3


# What a person says of it


@pytest.fixture
def noted(teller: Teller) -> tuple[Library, StoryRecord, str]:
    library, record = begun(2)
    teller.answers = [[clash(library, record, 1, 3)]]
    read(library, record)
    return library, record, notes(library, record)[0].id


def test_what_is_meant_so_is_not_told_again(noted: tuple[Library, StoryRecord, str], teller: Teller) -> None:
    library, record, name = noted
    run(library, record, continuity.mark, name, "meant")
    assert notes(library, record) == []
    longer = clash(library, record, 1, 3)
    teller.answers = [[{**longer, "says_a": str(longer["says_a"])[:30], "a": 2}]]
    read(library, record, again=True)
    assert [note.mark for note in notes(library, record, every=True)] == ["meant"]
    run(library, record, undo)
    assert [note.mark for note in notes(library, record)] == [""], "a mark is taken back, and what was found stays"
    run(library, record, continuity.mark, name, "mend")
    run(library, record, continuity.mark, name, None)
    assert [note.mark for note in notes(library, record)] == [""]
    with pytest.raises(StoryStateError) as error:
        run(library, record, continuity.mark, "nothing", "meant")
    assert error.value.code == "no_clash"


def test_mending_puts_other_words_into_the_later_passage(noted: tuple[Library, StoryRecord, str]) -> None:
    library, record, name = noted
    before = texts(library, record)
    assert run(library, record, continuity.mend, name, "All was well") == 3
    after = texts(library, record)
    assert after[2] == before[2].replace(first_of(before[2]), "All was well", 1)
    assert [*after[:2], after[3]] == [*before[:2], before[3]]
    assert notes(library, record) == []


def test_marks_go_with_forks_and_archives(noted: tuple[Library, StoryRecord, str], tmp_path: Path) -> None:
    library, record, name = noted
    run(library, record, continuity.mark, name, "ignore")
    write_archive(tmp_path / "story.json", at(library, record, pack))
    copy = asyncio.run(unpack(library, read_archive(tmp_path / "story.json"), lambda *_: None))
    assert [(note.id, note.mark) for note in notes(library, copy, every=True)] == [(name, "ignore")]
    assert cost(library, copy).passages == 0


def test_a_finished_book_stays_finished(teller: Teller) -> None:
    library, record = begun(1)
    run(library, record, lambda story: story.end_in(1))
    at(library, record, lambda story: write(story, 1))
    assert run(library, record, lambda story: story.is_finished())
    teller.answers = [[clash(library, record, 1, 3)]]
    read(library, record)
    assert run(library, record, lambda story: story.is_finished())
    assert len(notes(library, record)) == 1


# The parts


def test_a_thread_that_was_dropped_is_a_note(fake_models: Callable[..., FakeChatModel]) -> None:
    def tell(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        if schema is None or "facts" not in schema["properties"]:
            return None
        says = first_of(messages[-2].text)
        told = [{"fact": f"Who sent {says}?", "about": ["letter"], "says": says, "open": True}]
        return json.dumps({"summary": "In short.", "summaries": ["In short."], "facts": told, "changes": []})

    fake_models(interfere=tell)
    library, record = begun(1)
    assert notes(library, record) == []
    run(library, record, lambda story: story.end_in(1))
    at(library, record, lambda story: write(story, 1))
    found = notes(library, record)
    assert [(note.clash.kind, note.paragraph) for note in found][:2] == [("thread", 1), ("thread", 2)]
    run(library, record, continuity.mark, found[0].id, "meant")
    assert len(notes(library, record)) == len(found) - 1


def test_a_quote_is_found_however_it_was_typed() -> None:
    text = "She said:  “It’s\nthe tower – no other.” Then she went."
    assert found_in(text, '"it\'s the tower - no other."') == (11, 39)
    assert found_in(text, "the tower falls") is None
    assert found_in(text, " ") is None


def test_the_same_is_kept_once_and_too_many_lose_the_oldest() -> None:
    def made(number: int, words: str = "the door was shut") -> Clash:
        return Clash("fact", (Side("it was open", 0, "main", 0), Side(words, number, "main", number)))

    kept = with_new([], [made(1), made(1, "the door was"), made(2)])
    assert [one["sides"][1]["place"] for one in kept] == [1, 2]
    assert [one["sides"][1]["place"] for one in with_new(kept, map(made, range(3, 203)))] == list(range(3, 203))


def test_what_was_read_is_a_path_without_what_was_not() -> None:
    path = Lineage.from_json([["main", 0, 9]])
    assert continuity_reading._without(path, {8, 9}).to_json() == [["main", 0, 7]]
    assert continuity_reading._without(path, {3, 9}).to_json() == [["main", 0, 2], ["main", 4, 8]]
    assert continuity_reading._without(path, set(range(10))).to_json() == []
