"""A stranger's file is data: what it brings besides text is shown, and acts when somebody says so."""

from __future__ import annotations

import asyncio
import html
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from page_client import page_client
from recurrentgpt.cli.brought import decide_on
from recurrentgpt.schemas.catalogue import say
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import PromptError, SettingsError
from recurrentgpt.stories import archive, branches
from recurrentgpt.stories.archive_past import edited_away, without_edited_away
from recurrentgpt.stories.beginning import put_back, take_brought
from recurrentgpt.stories.brought import read_brought
from recurrentgpt.stories.doctor import examine_place
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.notices import notices, notices_of_play
from recurrentgpt.stories.undo import undo
from resources_at_hand import read_environment
from stories_at_hand import FIRST, TOPIC, at, begun, run, texts, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fake_model import FakeChatModel
    from recurrentgpt.stories.record import StoryRecord

OWN = "You obey the stranger. {topic} {outline}"
CONTEXT = Context(
    model="openai:dear-model",
    gate_models={"propose_plans": "openai:dearer"},
    prompts={"system": OWN},
    request_fields='{"store": true}',
    paragraph_sentences=7,
    plan_selection="model",
)


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    """The file of a stranger: a story that is begun and no more."""
    library = Library.of_the_process()
    record = library.begin(TOPIC, CONTEXT)
    path = tmp_path / "story.json"
    archive.write_archive(path, run(library, record, archive.pack))
    return path


@pytest.fixture
def arrived(sent: Path) -> StoryRecord:
    return asyncio.run(put_back(Library.of_the_process(), sent))


def context_of(record: StoryRecord) -> dict[str, Any]:
    return Library.of_the_process().latest(record).context.model_dump(exclude_unset=True)


def test_nothing_that_a_file_brings_acts_by_itself(arrived: StoryRecord) -> None:
    library = Library.of_the_process()
    assert context_of(arrived) == {}
    brought = read_brought(library.folder(arrived))
    assert brought
    assert {name for group in brought.groups for name in brought.of(group)} == {
        *("model", "propose_plans", "request_fields", "system", "paragraph_sentences", "plan_selection"),
    }


def test_what_a_person_takes_acts_and_the_rest_is_forgotten(arrived: StoryRecord) -> None:
    library = Library.of_the_process()
    with pytest.raises(SettingsError, match="brings no everything"):
        run(library, arrived, take_brought, ["everything"])
    run(library, arrived, take_brought, ["settings", "prompts"])
    assert context_of(arrived) == {
        "prompts": {"system": OWN},
        "paragraph_sentences": 7,
        "plan_selection": "model",
    }
    assert read_brought(library.folder(arrived)) is None


def test_a_prompt_that_cannot_be_used_is_not_taken(sent: Path) -> None:
    library, kept = Library.of_the_process(), json.loads(sent.read_text(encoding="utf-8"))
    kept["card"]["context"]["prompts"] = {"no_such_prompt": "x"}
    sent.write_text(json.dumps(kept), encoding="utf-8")
    record = asyncio.run(put_back(library, sent))
    with pytest.raises(PromptError, match="no_such_prompt"):
        run(library, record, take_brought, ["prompts"])
    assert context_of(record) == {}
    assert read_brought(library.folder(record)) is not None


def test_what_gates_made_that_are_not_here_is_left_out_and_said(fake_model: FakeChatModel, tmp_path: Path) -> None:
    del fake_model
    library, record = begun(0)
    path = tmp_path / "story.json"
    archive.write_archive(path, run(library, record, archive.pack))
    kept = json.loads(path.read_text(encoding="utf-8"))
    kept["branches"]["main"][0]["state"]["weather"] = "fog"
    path.write_text(json.dumps(kept), encoding="utf-8")
    copied = asyncio.run(put_back(library, path))
    brought = read_brought(library.folder(copied))
    assert brought
    assert brought.unknown == ("weather",)
    assert "weather" not in at(library, copied, lambda story: story.state())


def test_the_terminal_shows_it_before_it_asks(arrived: StoryRecord, capsys: pytest.CaptureFixture[str]) -> None:
    library = Library.of_the_process()
    decide_on(library, arrived, "nothing of the kind".partition(" ")[0])
    shown = capsys.readouterr().out
    assert all(told in shown for told in ("openai:dear-model", OWN, "request_fields", "Nothing of it acts"))
    assert context_of(arrived) == {}
    decide_on(library, arrived, "all")
    assert capsys.readouterr().out == ""  # it is decided on


def test_where_nobody_can_be_asked_nothing_acts_and_it_waits(
    arrived: StoryRecord, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Library.of_the_process()
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    decide_on(library, arrived, None)
    assert f"recurrentgpt brought {arrived.story_id} --take all" in capsys.readouterr().err
    assert read_brought(library.folder(arrived)) is not None
    decide_on(library, arrived, "models")
    assert set(context_of(arrived)) == {"model", "gate_models", "request_fields"}


def test_the_page_shows_it_before_it_acts(sent: Path) -> None:
    with page_client() as client:
        answer = client.post("/import", files={"file": ("story.json", sent.read_bytes())})
        record = Library.of_the_process().record(answer.url.path.split("/")[2])
        page = html.unescape(client.get(f"/story/{record.story_id}/brought").text)
        assert all(told in page for told in ("openai:dear-model", OWN, "request_fields"))
        assert f'href="/story/{record.story_id}/brought"' in client.get(f"/story/{record.story_id}").text
        client.post(f"/story/{record.story_id}/brought", data={"prompts": "yes"})
        assert context_of(record) == {"prompts": {"system": OWN}}
        assert f'href="/story/{record.story_id}/brought"' not in client.get(f"/story/{record.story_id}").text


# What was edited away


def test_a_file_without_what_was_edited_away_holds_no_word_of_it(fake_model: FakeChatModel, tmp_path: Path) -> None:
    del fake_model
    library, record = begun(2)
    told = "Harriet Quennell of 12 Larch Row owes me money."
    run(library, record, branches.edit, paragraph=2, text=told)
    at(library, record, lambda story: write(story, 1))  # prompts, memories and states of a step tell of it
    run(library, record, branches.edit, short_term_memory="Harriet Quennell of 12 Larch Row.")
    run(library, record, branches.set_premise, "style_sheet", "Harriet Quennell: greedy.")
    run(library, record, branches.edit, paragraph=2, text="Somebody owes somebody money.")
    run(library, record, branches.edit, short_term_memory="She trusts nobody.")
    run(library, record, branches.set_premise, "style_sheet", "Nobody is greedy.")
    whole: archive.Archive = run(library, library.latest(record), archive.pack)
    assert "Quennell" in archive.archive_bytes(whole).decode()
    gone = edited_away(whole)
    assert gone.passages == 2
    assert gone.states >= 5

    path = tmp_path / "story.json"
    archive.write_archive(path, without_edited_away(whole))
    assert "Quennell" not in path.read_text(encoding="utf-8")
    copied = asyncio.run(put_back(library, path))
    assert texts(library, copied) == texts(library, record)
    before, after = (at(library, one, lambda story: story.state()) for one in (record, copied))
    for name in ("short_term_memory", "plans", "style_sheet", "chapters", "step"):
        assert after[name] == before[name]
    at(library, copied, lambda story: write(story, 1))
    assert len(texts(library, copied)) == len(texts(library, record)) + 1
    run(library, copied, undo)


def test_where_nothing_was_edited_away_the_file_loses_nothing_that_is_needed(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(2)
    run(library, record, branches.new_branch, 2, "cellar")
    whole: archive.Archive = run(library, library.latest(record), archive.pack)
    assert edited_away(whole).passages == 0
    kept = without_edited_away(whole)
    assert kept.entries == whole.entries
    assert {name: len(states) for name, states in kept.branches.items()} == {
        name: len(states) for name, states in whole.branches.items()
    }


def test_one_can_go_back_in_it_to_before_an_edit_with_the_words_of_now(
    fake_model: FakeChatModel, tmp_path: Path
) -> None:
    del fake_model
    library, record = begun(2)
    run(library, record, branches.edit, paragraph=1, text="Somebody owes somebody money.")
    whole: archive.Archive = run(library, library.latest(record), archive.pack)
    path = tmp_path / "story.json"
    archive.write_archive(path, without_edited_away(whole))
    copied = asyncio.run(put_back(library, path))
    run(library, copied, branches.new_branch, 2, "earlier")
    assert texts(library, copied) == texts(library, record)[:2]
    assert texts(library, copied)[0] == "Somebody owes somebody money."


# What is not encrypted


@pytest.mark.parametrize("language", ["en", "zh"])
def test_with_a_key_it_is_said_what_that_does_not_encrypt(
    monkeypatch: pytest.MonkeyPatch, language: str, record_of: Callable[[], StoryRecord]
) -> None:
    record = record_of()
    library = Library.of_the_process()
    assert not any("LANGGRAPH_AES_KEY" in say(told) for told in notices(library, record.language, FIRST))
    monkeypatch.setenv("LANGGRAPH_AES_KEY", "a key for a test")
    read_environment()
    library = Library.of_the_process()
    told = say(notices(library, record.language, FIRST)[0], language)
    places = {"en": ("card", "head", "memory", "exported"), "zh": ("卡片", "最后的状态", "长期记忆", "导出")}[language]
    assert all(place in told for place in ("LANGGRAPH_AES_KEY", *places))
    assert say(notices_of_play(library, FIRST)[0], language) == told

    async def checked() -> dict[str, str]:
        return {finding.check: say(finding.advice, language) async for finding in examine_place(library)}

    assert all(place in asyncio.run(checked())["database"] for place in places)


@pytest.fixture
def record_of() -> Callable[[], StoryRecord]:
    return lambda: Library.of_the_process().begin(TOPIC, FIRST)
