"""A story's facts by one call, after any passage, on any branch; they go with an archive, and follow an edit."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from fact_tellers import tell_first_sentence
from recurrentgpt.cli.facts import list_facts
from recurrentgpt.schemas.errors import StoryStateError
from recurrentgpt.stories.archive import pack, read_archive, unpack, write_archive
from recurrentgpt.stories.branches import edit
from stories_at_hand import at, begun, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fake_model import FakeChatModel
    from recurrentgpt.schemas.facts import FactHistory


@pytest.fixture(autouse=True)
def _tells(fake_models: Callable[..., FakeChatModel]) -> None:
    fake_models(interfere=tell_first_sentence)


def as_told(history: FactHistory) -> list[tuple[int, int | None, str]]:
    return [(state.since, state.until, state.fact.id) for state in history.facts.values()]


def test_the_facts_are_those_after_so_many_passages() -> None:
    library, record = begun(2)
    now = at(library, record, lambda story: story.facts())
    assert as_told(now) == [(0, 1, "main:0:0"), (1, 2, "main:1:0"), (2, 3, "main:2:0"), (3, None, "main:3:0")]
    then = at(library, record, lambda story: story.facts(at=2))
    assert as_told(then) == [(0, 1, "main:0:0"), (1, None, "main:1:0")]
    assert as_told(at(library, record, lambda story: story.facts(at=0))) == []
    with pytest.raises(StoryStateError, match="9"):
        at(library, record, lambda story: story.facts(at=9))


def test_they_come_back_from_an_archive(tmp_path: Path) -> None:
    library, record = begun(2)
    before = at(library, record, lambda story: story.facts())
    write_archive(tmp_path / "story.json", at(library, record, pack))

    async def back() -> Any:
        return await unpack(library, read_archive(tmp_path / "story.json"), lambda *_: None)

    copy = asyncio.run(back())
    assert copy.story_id != record.story_id
    assert at(library, copy, lambda story: story.facts()) == before


def test_the_command_line_lists_them(capsys: pytest.CaptureFixture[str]) -> None:
    begun(1)
    list_facts(at=2, every=True, as_json=True)
    shown = json.loads(capsys.readouterr().out)
    assert [(fact["since"], fact["until"], fact["fact"]["id"]) for fact in shown] == [
        (0, 1, "main:0:0"),
        (1, None, "main:1:0"),
    ]
    list_facts()
    table = capsys.readouterr().out
    assert "It is so:" in table
    assert " ".join(table.split()).count("since paragraph 3") == 1


def test_an_edited_passage_keeps_what_its_words_still_say() -> None:
    library, record = begun(2)
    *_, third, _ = at(library, record, lambda story: story.manuscript())
    run(library, record, edit, paragraph=3, text=f"{third.text} And more.")
    assert as_told(at(library, record, lambda story: story.facts()))[2] == (2, 3, "main:2:0")
    run(library, record, edit, paragraph=3, text="Nothing of it is so any longer.")
    told = as_told(at(library, record, lambda story: story.facts()))
    assert [since for since, *_ in told] == [0, 1, 3]
    assert told[1] == (1, 3, "main:1:0"), "what closed its chain later still does"
