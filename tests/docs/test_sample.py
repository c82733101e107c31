"""The sample story: it is read in, and its text, memory, facts, questions and plans are there and hold together."""

from __future__ import annotations

import asyncio
import re
import shlex
from typing import TYPE_CHECKING

from commands import run_all
from folders import ROOT
from reading import blocks
from recurrentgpt.memory import Lineage
from recurrentgpt.nodes.proof import says
from recurrentgpt.stories import archive
from recurrentgpt.stories.library import Library
from stories_at_hand import at

if TYPE_CHECKING:
    from pathlib import Path

    from recurrentgpt.memory import Entry
    from recurrentgpt.schemas.state import StoryState
    from recurrentgpt.stories.story import Story

SAMPLES = ROOT / "docs" / "samples"
SAMPLE = SAMPLES / "seven-from-seven.json"
PASSAGES = 15


def test_its_text_facts_plans_and_questions_are_there_and_hold_together() -> None:
    library = Library.of_the_process()
    record = asyncio.run(archive.unpack(library, archive.read_archive(SAMPLE), lambda *_: None))

    async def look(story: Story) -> None:
        state = await story.state()
        entries = await story.entries(Lineage.from_json(state["lineage"]))
        assert len(entries) == PASSAGES
        see_that_it_is_a_story_in_chapters(state, entries)
        see_that_its_facts_are_proved(state, entries)
        for after, key in ((3, "Dorcas Fenn has the brass key"), (8, "The brass key lies in the harbour")):
            assert [one for one in (await story.facts(at=after)).holding if one.fact.text.startswith(key)]
        assert not [one for one in (await story.facts()).holding if "key lies in the harbour" in one.fact.text]
        threads = await story.threads()
        assert len(threads) > 12
        assert not [thread.text for thread in threads if thread.settled is None]

    at(library, record, look)


def see_that_it_is_a_story_in_chapters(state: StoryState, entries: list[Entry]) -> None:
    assert [chapter["title"] for chapter in state["chapters"]] == ["The Second Book", "The Third Key", "The Audit"]
    assert all(entry.summary for entry in entries)
    assert all(entry.plan for entry in entries[3:])
    assert sum(len(entry.text.split()) for entry in entries) > 5000
    assert entries[5].plan == entries[6].plan == entries[7].plan  # one that lasted three passages


def see_that_its_facts_are_proved(state: StoryState, entries: list[Entry]) -> None:
    premise = f"{state['topic']}\n{state['background']}\n{state['style_sheet']}"
    proved = [(entry, fact) for entry in entries for fact in entry.facts if fact.quote]
    assert len(proved) > 60
    for entry, fact in proved:
        assert says(premise if fact.source == "premise" else entry.text, fact.quote), fact.text


def test_what_its_page_says_to_type_can_be_typed(home: Path) -> None:
    page = SAMPLES / "README.md"
    (shown,) = blocks(page, "sh")
    inline = re.findall(r"`recurrentgpt ((?:facts|memory|show|tree)\b[^`]*)`", page.read_text())
    assert len(inline) > 3
    said = run_all(home, [shlex.split(shown)[1:], *map(shlex.split, inline)], ROOT)
    assert "The brass key lies in the harbour" in said
    assert "seven from seven" in said
