"""The sample story: it is read in, and its text, memory, facts, questions and plans are there and hold together."""

from __future__ import annotations

import asyncio
import json
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


def test_the_chinese_one_leaves_no_question_open_and_what_has_changed_is_ended() -> None:
    library = Library.of_the_process()
    record = asyncio.run(archive.unpack(library, archive.read_archive(SAMPLES / "tong-yu-fu.json"), lambda *_: None))

    async def look(story: Story) -> None:
        state = await story.state()
        entries = await story.entries(Lineage.from_json(state["lineage"]))
        assert len(entries) == PASSAGES
        assert all(
            says(entry.text, fact.quote) for entry in entries for fact in entry.facts if fact.source == "passage"
        )
        assert not [thread.text for thread in await story.threads() if thread.settled is None]
        begun, ended = (await story.facts(at=4)), (await story.facts())
        assert [one for one in begun.holding if one.fact.text.startswith("沈守义患肺病")]
        assert not [one for one in ended.holding if one.fact.text.startswith("沈守义患肺病")]

    at(library, record, look)


def test_the_picture_of_it_moves_and_is_small_and_the_front_page_shows_it() -> None:
    picture = ROOT / "docs" / "pictures" / "sample.gif"
    assert picture.stat().st_size < 2_000_000
    image = picture.read_bytes()
    assert image.startswith(b"GIF89a")
    assert image.count(b"\x21\xf9\x04") > 10, "each picture of it has a control of its own"
    assert "docs/pictures/sample.gif" in (ROOT / "README.md").read_text(encoding="utf-8")


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


def test_the_demonstration_opens_it_and_shows_what_the_readme_shows(home: Path) -> None:
    makefile = (ROOT / "Makefile").read_text()
    demo = re.search(r"^demo: setup\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert demo
    shelf = [line.rstrip(" &\\") for line in re.findall(r"\$\(SHELF\) ((?:import|memory) .+)$", demo[1], re.MULTILINE)]
    assert len(shelf) == 2
    branch = re.search(r"recurrentgpt (branch .+)\"$", demo[1], re.MULTILINE)
    assert branch
    typed = [shlex.split(line.replace("$(SAMPLE)", "Seven from Seven")) for line in (*shelf, branch[1])]
    said = run_all(home, typed, ROOT, COLUMNS="80")
    (shown,) = [text for text in blocks(ROOT / "README.md", "text") if text.startswith("· ")]
    assert " ".join(shown.split()) in " ".join(said.split())
    assert "after paragraph 8" in said
    quoted = re.findall(r"^> ?(.*)$", (ROOT / "README.md").read_text(), re.MULTILINE)
    prose = json.loads(SAMPLE.read_text())["entries"]
    for part in " ".join(quoted).replace("  ", "\n").split("\n"):
        for words in part.split("[…]"):
            assert any(words.strip() in entry["text"] for entry in prose), words
