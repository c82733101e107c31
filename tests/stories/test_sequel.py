"""A book after another: it knows what that one told, changes nothing of it, and counts its own passages from one."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from commands import run as command
from graph_at_hand import THREAD, compiled
from page_client import begun as page_story
from page_client import page_client
from page_client import written as written_page
from recurrentgpt.memory import Lineage
from recurrentgpt.models.window import count_tokens
from recurrentgpt.schemas.errors import ModelUnavailableError, SettingsError, StoryStateError
from recurrentgpt.stories import continuity, continuity_reading
from recurrentgpt.stories.archive import pack, read_archive, unpack, write_archive
from recurrentgpt.stories.branches import edit
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.removal import delete
from recurrentgpt.stories.rename import Wording, rename
from recurrentgpt.stories.sequel import TOLD_TOKENS, begin_after
from stories_at_hand import FIRST, TOPIC, at, begun, run, texts, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel
    from recurrentgpt.schemas.before import BookBefore
    from recurrentgpt.stories.record import StoryRecord

NEXT = {"topic": "Ten years later Mara comes back"}


def tell(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
    """Of each passage a fact of Mara and an open question; and an end of the first fact that it is shown, if asked."""
    if schema is None or "facts" not in schema["properties"]:
        return None
    says = next(message for message in reversed(messages) if message.type == "ai").text.split(".", maxsplit=1)[0]
    fact = {"fact": f"Mara saw the {says.split()[-1]}.", "about": ["Mara"], "says": says}
    open_one = {"fact": f"Who lit the {says.split()[0]}?", "about": ["Mara"], "says": says, "open": True}
    told = "Mara saw a light."
    return json.dumps({"summary": told, "summaries": [told], "facts": [fact, open_one], "changes": []})


@pytest.fixture(autouse=True)
def model(fake_models: Callable[..., FakeChatModel]) -> FakeChatModel:
    return fake_models(interfere=tell)


def after(library: Library, earlier: StoryRecord, given: dict[str, object] | None = None, **more: Any) -> StoryRecord:
    made: StoryRecord = at(library, earlier, lambda story: begin_after(story, given or NEXT, FIRST, **more))
    return made


def written(paragraphs: int = 1, book: int = 1) -> tuple[Library, StoryRecord, StoryRecord]:
    """A book of so many passages and two more, and one after it, of so many and one more."""
    library, earlier = begun(book)
    later = after(library, library.latest(earlier))
    at(library, later, lambda story: write(story, paragraphs))
    return library, library.latest(earlier), library.latest(later)


def before(record: StoryRecord) -> BookBefore:
    assert record.begun_from.before
    return record.begun_from.before


def prompts(model: FakeChatModel, since: int) -> list[str]:
    return ["\n\n".join(message.text for message in asked) for asked in model.asked[since:]]


def test_it_is_a_book_of_its_own() -> None:
    library, earlier, later = written()
    book = texts(library, later)
    assert len(book) == 2
    assert later.paragraphs == 2
    assert not set(book) & set(texts(library, earlier))
    state = at(library, later, lambda story: story.state())
    assert Lineage.from_json(state["lineage"]).length == 2
    assert state["topic"] == NEXT["topic"]
    assert earlier.name in before(later).title


def test_its_prompts_know_what_the_book_before_told(model: FakeChatModel) -> None:
    library, earlier = begun(2)
    since = len(model.asked)
    later = after(library, library.latest(earlier))
    at(library, later, lambda story: write(story, 2))
    asked = prompts(model, since)
    last = texts(library, earlier)[-1]
    opening = next(text for text in asked if "Now write the opening" in text)
    assert last in opening
    facts = at(library, earlier, lambda story: story.facts()).facts.values()
    assert f"{next(iter(facts)).fact.text} [B1]" in opening
    assert "Who lit the" in opening
    assert all("This book goes on from the end of another" in text for text in asked)
    assert all("Mara saw a light." in text for text in asked)
    assert [text for text in asked if "Write the next paragraph" in text and "[B" in text]


def test_it_recalls_what_the_book_before_told(model: FakeChatModel) -> None:
    library, earlier = begun(6)
    later = after(library, library.latest(earlier))
    since = len(model.asked)
    at(library, later, lambda story: write(story, 1))
    state = at(library, later, lambda story: story.state())
    assert {hit["seq"] for hit in state["retrieved"]} <= set(range(-8, 0))
    assert state["retrieved"]
    step = next(text for text in prompts(model, since) if "Write the next paragraph" in text)
    assert f"B{state['retrieved'][0]['seq'] + 8 + 1}" in step
    wanted = texts(library, earlier)[2].split(".")[0] + "."
    found = at(library, later, lambda story: story.search(wanted, 1))
    assert (found[0].place, found[0].entry.text) == (-6, texts(library, earlier)[2])


def test_a_fact_of_the_book_before_holds_until_this_one_ends_it() -> None:
    library, earlier, later = written()
    history = at(library, later, lambda story: story.facts())
    old = [state for state in history.facts.values() if state.since < 0]
    assert len(old) == 6
    assert all(state.holds for state in old)
    assert {state.since for state in history.facts.values()} == {-3, -2, -1, 0, 1}
    run(library, later, lambda story: story.end_fact(old[0].fact.id, at=2))
    ended = at(library, later, lambda story: story.facts()).facts[old[0].fact.id]
    assert (ended.since, ended.until) == (-3, 1)
    assert all(state.holds for state in at(library, earlier, lambda story: story.facts()).facts.values())
    with pytest.raises(StoryStateError, match="of the book before this one"):
        run(library, later, lambda story: story.edit_fact(old[1].fact.id, text="Otherwise."))


def test_it_is_read_for_clashes_beside_the_book_before(model: FakeChatModel) -> None:
    library, earlier, later = written()
    old, new = texts(library, earlier)[0].split(".", maxsplit=1)[0], texts(library, later)[1].split(".", maxsplit=1)[0]
    pair = {"kind": "fact", "a": 1, "says_a": old, "b": 2, "says_b": new, "why": "Both.", "mend": "Change one."}

    def clash(_: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        return json.dumps({"clashes": [pair]}) if schema and "clashes" in schema["properties"] else None

    async def read(story: Any) -> list[Any]:
        return [one async for one in continuity_reading.read_for_clashes(story, FIRST)]

    model.interfere, since = clash, len(model.asked)
    cost = run(library, later, continuity_reading.cost_of_reading, FIRST)
    (made,) = at(library, later, read)
    (asked,) = prompts(model, since)
    assert all(text in asked for text in texts(library, earlier))
    assert "[paragraph B1]" in asked
    assert "with a B before their number are of the book before this one" in asked
    assert (made.total, made.found, made.left_out) == (2, 1, 0)
    assert made.usage["input_tokens"] < 2 * cost.input_tokens
    (note,) = run(library, later, continuity.notes, threads=False)
    assert [(side.place, side.quote) for side in note.clash.sides] == [(None, old), (1, new)]


def test_open_questions_of_the_book_before_are_in_the_ledger() -> None:
    library, _, later = written()
    ledger = at(library, later, lambda story: story.threads())
    assert [thread.opened for thread in ledger] == [-2, -1, 0, 1, 2]


def test_what_is_pinned_and_which_names_are_ones_comes_along() -> None:
    library, earlier = begun(1)
    fact = next(iter(at(library, earlier, lambda story: story.facts()).facts))
    run(library, earlier, lambda story: story.pin_fact(fact))
    run(library, earlier, lambda story: story.aliases.join("Mara", "the keeper"))
    later = after(library, library.latest(earlier))
    at(library, later, lambda story: write(story, 1))
    state = at(library, later, lambda story: story.state())
    known = at(library, later, lambda story: story.facts()).facts
    assert [known[pin].since for pin in state["pins"]] == [-3]
    assert state["aliases"] == [["Mara", "the keeper"]]
    assert state["standing"][0]["fact"]["id"] == state["pins"][0]


def test_the_style_is_inherited_where_nothing_else_is_said() -> None:
    library, _ = begun(0)
    style = TOPIC.model_copy(update={"style_sheet": "Mara: grey, brisk.", "genre": "mystery"})
    earlier = library.begin(style, FIRST)
    at(library, earlier, lambda story: write(story, 1))
    later = after(library, library.latest(earlier), {**NEXT, "genre": "comedy"})
    assert (later.begun_from.style_sheet, later.begun_from.genre) == ("Mara: grey, brisk.", "comedy")
    assert later.begun_from.outline == ""


def test_the_book_before_may_go_on_change_and_go() -> None:
    library, earlier, later = written()
    was = at(library, later, lambda story: story.facts()).facts
    at(library, earlier, lambda story: write(story, 1))
    assert at(library, later, lambda story: story.facts()).facts == was
    asyncio.run(delete(library, earlier))
    assert at(library, later, lambda story: story.facts()).facts == was
    at(library, later, lambda story: write(story, 1))
    assert len(texts(library, later)) == 3


def test_it_begins_from_any_passage_of_any_branch() -> None:
    library, earlier = begun(3)
    later = after(library, library.latest(earlier), at=2)
    at(library, later, lambda story: write(story, 1))
    assert (
        len([state for state in at(library, later, lambda story: story.facts()).facts.values() if state.since < 0]) == 4
    )


def test_a_third_book_knows_both(model: FakeChatModel) -> None:
    library, _, second = written(book=1)
    third = after(library, second)
    since = len(model.asked)
    at(library, third, lambda story: write(story, 2))
    places = [state.since for state in at(library, third, lambda story: story.facts()).facts.values()]
    assert sorted(set(places)) == [-5, -4, -3, -2, -1, 0, 1, 2]
    assert all(text.count("This book goes on from the end of another") == 1 for text in prompts(model, since))


def test_an_archive_has_it_all(tmp_path: Path) -> None:
    library, earlier, later = written()
    archive = at(library, later, pack)
    write_archive(tmp_path / "book.json", archive)
    asyncio.run(delete(library, earlier))
    asyncio.run(delete(library, later))
    again = asyncio.run(unpack(library, read_archive(tmp_path / "book.json"), lambda _done, _of: None))
    assert [state.since for state in at(library, again, lambda story: story.facts()).facts.values() if state.since < 0]
    at(library, again, lambda story: write(story, 1))
    assert len(texts(library, again)) == 3


def test_what_cannot_be_begun_says_so() -> None:
    library, earlier = begun(0)
    empty = library.begin(TOPIC, FIRST)
    with pytest.raises(StoryStateError, match="has no paragraph yet"):
        after(library, empty)
    with pytest.raises(SettingsError, match="is written in its language, 'en', and not in 'zh'"):
        after(library, library.latest(earlier), {**NEXT, "language": "zh"})
    with pytest.raises(StoryStateError, match="no paragraph 9"):
        after(library, library.latest(earlier), at=9)
    assert len(library.records()) == 2


def test_what_it_told_is_bounded(fake_models: Callable[..., FakeChatModel]) -> None:
    def long(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        if schema is None or "facts" not in schema["properties"]:
            return None
        number = len(messages[-2].text)
        told = " ".join(f"Mara saw light number {number} of {count}." for count in range(40))
        return json.dumps({"summary": told[:600], "summaries": [told[:600]], "facts": [], "changes": []})

    fake_models(interfere=long)
    library, earlier = begun(4)
    later = after(library, library.latest(earlier))
    told = before(later).told
    assert TOLD_TOKENS / 3 < count_tokens(told) <= TOLD_TOKENS


def test_at_the_terminal() -> None:
    library, earlier = begun(1)
    options = ("--topic", "Ten years later", "--paragraphs", "1", "--plans", "first", "--model", "fake")
    done = command(library.home, "write", "--after", earlier.story_id, *options)
    assert done.returncode == 0, done.stderr
    later = library.find()
    assert before(later).story_id == earlier.story_id
    assert "B1" in command(library.home, "memory", "threads", later.story_id).stdout


def test_on_the_page() -> None:
    with page_client() as client:
        earlier = page_story(client)
        page = client.get("/").text
        assert f"/new?after={earlier}" in page
        form = client.get(f"/new?after={earlier}").text
        assert f'name="after" value="{earlier}"' in form
        sent = {
            **NEXT,
            "after": earlier,
            "mode": "author",
            "language": "en",
            "model": "fake",
            "opening_paragraphs": "1",
        }
        answer = client.post("/new", data=sent, follow_redirects=False)
        assert answer.status_code == 303, answer.text
        later = answer.headers["location"].rpartition("/")[2]
        page = client.get(f"{answer.headers['location']}?panel=facts").text
        written_page(client, later)
        page = client.get(f"/story/{later}?panel=facts").text
        assert "B1" in page
        for panel in ("recalled", "archive", "memory", "prompts", "cost", "settings", "continuity"):
            assert client.get(f"/story/{later}?panel={panel}").status_code == 200
        assert client.get("/new?after=nowhere").status_code == 404


def test_a_name_that_was_replaced_is_still_that_of_the_book_before(model: FakeChatModel) -> None:
    library, _, later = written()
    run(library, later, lambda story: rename(story, Wording("Mara", "Nora")))
    state = at(library, later, lambda story: story.state())
    assert state["aliases"] == [["Nora", "Mara"]]
    told = {kept["fact"]["text"].split()[0] for kept in state["standing"] if kept["since"] < 0}
    assert "Mara" in told
    assert "Nora" not in told
    since = len(model.asked)
    at(library, later, lambda story: write(story, 1))
    step = next(text for text in prompts(model, since) if "Write the next paragraph" in text)
    assert "Names of one person or thing: Nora, Mara." in step


def test_what_is_said_against_a_fact_of_an_edited_book_before_is_noted(
    fake_models: Callable[..., FakeChatModel],
) -> None:
    def against(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        answer = tell(messages, schema)
        shown = re.search(r"^(\d+)\. Mara saw .*\[B1\]", "\n".join(message.text for message in messages), re.MULTILINE)
        if answer is None or shown is None:
            return answer
        says = next(message for message in reversed(messages) if message.type == "ai").text.split(".", maxsplit=1)[0]
        return json.dumps({**json.loads(answer), "clashes": [{"fact": int(shown[1]), "says": says}]})

    fake_models(interfere=against)
    library, earlier = begun(0)
    first = texts(library, earlier)[0]
    run(library, earlier, lambda story: edit(story, paragraph=1, text=f"{first} It rains."))
    later = after(library, library.latest(earlier))
    at(library, later, lambda story: write(story, 1))
    notes = at(library, later, lambda story: continuity.notes(story, threads=False))
    assert notes
    assert all(next(iter(note.clash.sides)).place is None for note in notes)


def test_what_was_pinned_later_does_not_come_along() -> None:
    library, earlier = begun(2)
    facts = at(library, earlier, lambda story: story.facts()).facts
    pinned = next(name for name, state in facts.items() if state.since == 3)
    run(library, earlier, lambda story: story.pin_fact(pinned))
    assert before(after(library, library.latest(earlier), at=2)).pins == []
    assert len(before(after(library, library.latest(earlier))).pins) == 1


def test_a_model_that_does_not_know_the_language_is_refused() -> None:
    library = Library.of_the_process()
    earlier = library.begin(TOPIC.model_copy(update={"language": "zh"}), FIRST)
    at(library, earlier, lambda story: write(story, 1))
    embedded = FIRST.model_copy(update={"model": "embedded"})
    with pytest.raises(ModelUnavailableError, match="English"):
        at(library, library.latest(earlier), lambda story: begin_after(story, NEXT, embedded))


PATHS: list[object] = ["x", 5, {"a": 1}, [["x"]], [["main", 5, 0]], [["main", -5, -1]], [], [["x", 0.5, 1]]]


@pytest.mark.parametrize("path", PATHS, ids=str)
def test_a_book_before_that_is_none_is_refused_in_a_sentence(path: object) -> None:
    told = {"story_id": "1", "title": "X", "path": path} if isinstance(path, list) else path
    with pytest.raises(SettingsError, match="The story's input cannot be used"):
        compiled().invoke({"topic": "Rain", "before": told}, THREAD, context=FIRST)
