"""What a person changes of facts, on one branch; what the premise says; what is pinned."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from commands import run as command
from fact_tellers import tell_first_sentence
from recurrentgpt.schemas.errors import StoryStateError
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.archive import pack, read_archive, write_archive
from recurrentgpt.stories.archive import unpack as put_back
from recurrentgpt.stories.branches import edit, new_branch, switch
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.undo import undo
from stories_at_hand import FIRST, at, begun, run, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel
    from recurrentgpt.schemas.facts import FactState
    from recurrentgpt.stories.record import StoryRecord

SWIMS = "Mara cannot swim."


@pytest.fixture(autouse=True)
def model(fake_models: Callable[..., FakeChatModel]) -> FakeChatModel:
    return fake_models(interfere=tell_first_sentence)


def facts(library: Library, record: StoryRecord, branch: str = "") -> dict[str, FactState]:
    return dict(at(library, record, lambda story: story.facts(branch=branch)).facts)


def add(library: Library, record: StoryRecord, text: str = SWIMS, **more: Any) -> str:
    name: str = at(library, record, lambda story: story.add_fact(text, ["Mara"], **more))
    return name


def test_a_fact_that_a_person_says_holds_from_where_they_say_and_needs_no_words_of_the_passage() -> None:
    library, record = begun(2)
    name = add(library, record, at=2, known_by=["Ines"])
    state = facts(library, record)[name]
    assert (state.since, state.until, state.fact.source, state.known_by) == (1, None, "person", ("Ines",))
    run(library, record, edit, paragraph=2, text="Another text.")
    assert facts(library, record)[name].holds, "an edit of the passage leaves it"
    for wrong in ({"text": " "}, {"text": "x" * 501}, {"text": "So.", "at": 9}):
        with pytest.raises(StoryStateError):
            add(library, record, **wrong)


def test_it_reaches_the_next_prompt_that_is_about_it(model: FakeChatModel) -> None:
    library, record = begun(1)
    add(library, record)
    at(library, record, lambda story: write(story, 1))
    assert any(f"{SWIMS} [3]" in asked[-1].text for asked in model.asked)


def test_a_fact_ends_where_a_person_says_and_once() -> None:
    library, record = begun(2)
    name = add(library, record, at=1)
    for wrong in (1, 9):
        with pytest.raises(StoryStateError, match=str(wrong)):
            run(library, record, lambda story, number: story.end_fact(name, at=number), wrong)
    run(library, record, lambda story: story.end_fact(name, at=3))
    assert (facts(library, record)[name].until, facts(library, record)[name].ended) == (2, "ended")
    run(library, record, edit, paragraph=3, text="Another text.")
    assert not facts(library, record)[name].holds
    with pytest.raises(StoryStateError, match="it ends once"):
        run(library, record, lambda story: story.end_fact(name))
    with pytest.raises(StoryStateError, match="no fact 'nothing'"):
        run(library, record, lambda story: story.end_fact("nothing"))
    run(library, record, undo)
    run(library, record, undo)
    assert facts(library, record)[name].holds


def test_a_wrong_end_is_taken_back_and_what_took_the_place_stands_by_itself() -> None:
    library, record = begun(2)
    told = facts(library, record)
    first, second, third = told["main:0:0"], told["main:1:0"], told["main:2:0"]
    assert (first.by, second.by, third.fact.roots) == ("main:1:0", "main:2:0", ("main:0:0",))
    run(library, record, lambda story: story.restore_fact("main:0:0"))
    told = facts(library, record)
    assert told["main:0:0"].holds
    assert (told["main:1:0"].until, told["main:1:0"].by) == (2, "main:2:0"), "its own end is no other's"
    assert (told["main:2:0"].by, told["main:3:0"].holds) == ("main:3:0", True)
    assert told["main:3:0"].fact.chain == ("main:1:0",), "the chain goes on without it"
    with pytest.raises(StoryStateError, match="there is no end to take back"):
        run(library, record, lambda story: story.restore_fact("main:0:0"))
    run(library, record, undo)
    assert not facts(library, record)["main:0:0"].holds


def test_a_fact_is_put_right_under_its_id_and_taken_out() -> None:
    library, record = begun(2)
    assert facts(library, record)["main:1:0"].until == 2
    run(library, record, lambda story: story.edit_fact("main:1:0", text=SWIMS, subjects=["Mara"], known_by=["Ines"]))
    state = facts(library, record)["main:1:0"]
    assert (state.fact.text, state.fact.subjects, state.known_by) == (SWIMS, ("Mara",), ("Ines",))
    assert (state.since, state.until) == (1, 2), "what ended it still does"
    run(library, record, lambda story: story.edit_fact("main:1:0", text=""))
    told = facts(library, record)
    assert "main:1:0" not in told
    assert told["main:0:0"].until == 2, "what it had replaced was ended with it, by what closed the chain"


def test_other_branches_keep_theirs() -> None:
    library, record = begun(2)
    run(library, record, new_branch, 3, "other")
    name = add(library, record, at=1)
    assert name in facts(library, record)
    assert name not in facts(library, record, "main")
    run(library, record, switch, "main")
    assert name not in facts(library, record)


def test_what_is_pinned_is_told_first_as_long_as_it_holds(fake_models: Callable[..., FakeChatModel]) -> None:
    library, record = begun(1)
    fake_models()  # says nothing of facts that is proved
    name = add(library, record, at=1)
    run(library, record, lambda story: story.pin_fact(name))
    at(library, record, lambda story: write(story, 1))
    assert at(library, record, lambda story: story.state())["standing"][0]["fact"]["id"] == name
    small = FIRST.model_copy(update={"fact_tokens": 15})
    at(library, record, lambda story: write(story, 1, small))
    standing = at(library, record, lambda story: story.state())["standing"]
    assert [kept["fact"]["id"] for kept in standing] == [name]
    run(library, record, lambda story: story.end_fact(name))
    at(library, record, lambda story: write(story, 1, small))
    assert name not in [kept["fact"]["id"] for kept in at(library, record, lambda story: story.state())["standing"]]
    with pytest.raises(StoryStateError, match="nothing"):
        run(library, record, lambda story: story.pin_fact("nothing"))
    run(library, record, lambda story: story.unpin_fact(name))
    assert at(library, record, lambda story: story.state())["pins"] == []


def test_pins_and_a_persons_facts_go_with_forks_and_archives(tmp_path: Path) -> None:
    library, record = begun(1)
    name = add(library, record, at=1)
    run(library, record, lambda story: story.pin_fact(name))
    run(library, record, new_branch, 2, "earlier")
    assert not at(library, record, lambda story: story.state()).get("pins"), "it was not pinned then"
    run(library, record, switch, "main")
    write_archive(tmp_path / "story.json", at(library, record, pack))

    async def back() -> Any:
        return await put_back(library, read_archive(tmp_path / "story.json"), lambda *_: None)

    copy = asyncio.run(back())
    assert at(library, copy, lambda story: story.state())["pins"] == [name]
    assert facts(library, copy)[name] == facts(library, record)[name]


BACKGROUND = "Old Tom lives in the mill. His leg is lame."


def test_the_premise_makes_facts_that_hold_from_the_beginning(fake_models: Callable[..., FakeChatModel]) -> None:
    lame = {"fact": "Tom is lame.", "about": ["Tom"], "says": "leg is lame"}
    made_up = {"fact": "Tom is rich.", "about": ["Tom"], "says": "gold under the bed"}
    shown: list[str] = []

    def tell(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        if schema is None or "facts" not in schema["properties"]:
            return None
        shown.append(messages[-1].text)
        told = [lame, made_up] if len(shown) == 1 else [{**lame, "fact": "Tom limps."}]
        return json.dumps({"summary": "In short.", "summaries": ["In short."], "facts": told, "changes": []})

    fake_models(interfere=tell)
    library = Library.of_the_process()
    record = library.begin(StoryInput(topic="A mill", background=BACKGROUND), FIRST)
    at(library, record, lambda story: write(story, 1))
    at(library, record, lambda story: write(story, 1))
    (state,) = facts(library, record).values()
    assert (state.fact.text, state.fact.source, state.since) == ("Tom is lame.", "premise", 0)
    assert "The book begins here" in shown[0]
    assert all("The book begins here" not in text for text in shown[1:]), "and later passages prove nothing by it"
    run(library, record, edit, paragraph=1, text="Another beginning.")
    assert facts(library, record)[state.fact.id].holds
    run(library, record, lambda story: story.end_fact(state.fact.id, at=2))
    assert facts(library, record)[state.fact.id].until == 1


def test_the_command_line_changes_them(home: Path) -> None:
    begin = ("write", "--topic", "Rain", "--plans", "first", "--model", "teller", "--set", "opening_paragraphs=1")
    command(home, *begin, "--paragraphs", "1")
    done = command(home, "facts", "--add", SWIMS, "--about", "Mara", "--at", "1")
    assert done.returncode == 0, done.stderr
    told = {one["fact"]["text"]: one["fact"]["id"] for one in json.loads(command(home, "facts", "--json").stdout)}
    assert told[SWIMS] in command(home, "facts").stdout
    for change in (("--pin", told[SWIMS]), ("--edit", told[SWIMS], "--text", "Mara swims."), ("--end", told[SWIMS])):
        done = command(home, "facts", *change)
        assert done.returncode == 0, done.stderr
    (ended,) = [
        one for one in json.loads(command(home, "facts", "--all", "--json").stdout) if one["fact"]["id"] == told[SWIMS]
    ]
    assert (ended["fact"]["text"], ended["until"], ended["ended"]) == ("Mara swims.", 1, "ended")
    unclear = command(home, "facts", "--pin", told[SWIMS], "--end", told[SWIMS])
    assert unclear.returncode == 2
    assert "One of these: --add" in unclear.stderr
