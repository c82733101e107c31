"""What stands beside a story comes back with its file: whose versions are, undone changes, save points, other words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from archives_at_hand import packed, seen_in, unpacked, walk
from recurrentgpt.memory import Lineage
from recurrentgpt.schemas.errors import StorageError
from recurrentgpt.stories import archive, branches
from recurrentgpt.stories.archive_past import edited_away, without_edited_away
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.passage_history import history
from recurrentgpt.stories.redo import can_redo, redo, undo
from recurrentgpt.stories.rename import Wording, rename
from recurrentgpt.stories.retelling import Wanted, retell
from recurrentgpt.stories.rewriting import accept, asked_for, rewritings, write_versions
from recurrentgpt.stories.saves import load, save, saves
from resources_at_hand import read_environment
from stories_at_hand import FIRST, at, begun

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fake_model import FakeChatModel
    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.stories.story import Story


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], Library]:
    """Wipe: from then on the library is an empty one."""

    def move() -> Library:
        monkeypatch.setenv("RECURRENTGPT_HOME", str(tmp_path / "other"))
        read_environment()
        return Library.of_the_process()

    return move


def lived(fake_model: FakeChatModel) -> tuple[Library, StoryRecord]:
    """A story with a save point, a rewriting taken, one that is not, words put in everywhere, and changes undone."""
    library, record = begun(1)
    asked_before: list[int] = []

    def answer(_: Any, schema: Any) -> str | None:
        asked_before.append(1)
        return f"Vera waits at the door, for the {len(asked_before)}th time." if schema is None else None

    fake_model.interfere = answer

    async def act(story: Story) -> None:
        for number, name in enumerate(("Ann", "Ben", "Eve"), start=1):
            await branches.edit(story, paragraph=number, text=f"{name} waits at the door.")
        await save(story, "before the door")
        asked = await asked_for(story, 2, "again", "Too slow.")
        async for _ in write_versions(story, FIRST, asked, 1):
            pass
        await accept(story, asked.name, 1)
        await rename(story, Wording("Vera", "Nell"))
        async for _ in write_versions(story, FIRST, await asked_for(story, 1, "show"), 2):
            pass
        async for _ in retell(story, FIRST, Wanted("second")):
            pass
        await branches.edit(story, paragraph=3, text="Nell waits at a door.")
        await branches.edit(story, short_term_memory="Nobody is trusted.")
        await undo(story)
        await undo(story)

    at(library, record, act)
    return library, library.latest(record)


async def beside(story: Story) -> dict[str, Any]:
    """All that there is to see of what stands beside a story."""
    count = Lineage.from_json((await story.state())["lineage"]).length
    return {
        "all": await walk(story),
        "versions": [await history(story, number) for number in range(1, count + 1)],
        "other words": await rewritings(story),
        "saves": saves(story.record),
        "can redo": await can_redo(story),
    }


def test_what_stands_beside_a_story_comes_back(
    fake_model: FakeChatModel, tmp_path: Path, elsewhere: Callable[[], Library]
) -> None:
    library, record = lived(fake_model)
    before = at(library, record, beside)
    assert {one.by for versions in before["versions"] for one in versions} >= {"rewriting", "rename", "model", "person"}
    assert before["other words"]
    assert (before["saves"], before["can redo"]) == (["before the door"], True)
    path = packed(library, record, tmp_path / "story.json")

    other = elsewhere()
    again = unpacked(other, path)
    assert at(other, again, beside) == before
    fake_model.interfere = lambda *_: pytest.fail("a model is asked")

    async def on_with_it(story: Story) -> None:
        assert [told async for told in retell(story, FIRST, Wanted("second"))][-1].done == 3
        await redo(story)
        assert (await story.entry(3)).text == "Nell waits at a door."
        await redo(story)
        assert (await story.state())["short_term_memory"] == "Nobody is trusted."
        assert not await can_redo(story)
        await undo(story)
        await undo(story)
        assert await can_redo(story)
        await load(story, "before the door")

    at(other, again, on_with_it)


def test_a_paragraph_that_was_undone_is_done_again_elsewhere(
    fake_model: FakeChatModel, tmp_path: Path, elsewhere: Callable[[], Library]
) -> None:
    del fake_model
    library, record = begun(1)
    at(library, record, lambda story: branches.edit(story, paragraph=3, text="A door."))
    at(library, record, undo)
    at(library, record, undo)
    path = packed(library, library.latest(record), tmp_path / "story.json")
    other = elsewhere()
    again = unpacked(other, path)
    at(other, again, redo)
    at(other, other.latest(again), redo)
    assert at(other, other.latest(again), lambda story: story.entry(3)).text == "A door."


def test_files_that_have_nothing_beside_them_open(
    fake_model: FakeChatModel, tmp_path: Path, elsewhere: Callable[[], Library]
) -> None:
    library, record = lived(fake_model)
    path = packed(library, record, tmp_path / "story.json")
    before = seen_in(library, record)
    kept = json.loads(path.read_text(encoding="utf-8"))
    del kept["beside"]
    path.write_text(json.dumps(kept), encoding="utf-8")
    other = elsewhere()
    again = unpacked(other, path)
    assert seen_in(other, again) == before
    assert not at(other, again, can_redo)


def test_a_file_as_the_story_stands_has_nothing_of_what_was_undone(fake_model: FakeChatModel) -> None:
    library, record = lived(fake_model)
    made = at(library, record, archive.pack)
    assert edited_away(made).states >= 3
    shown = without_edited_away(made)
    assert "Nobody is trusted" not in archive.archive_bytes(shown).decode()
    assert shown.beside.model_dump(exclude={"hands"}) == {"rewritings": [], "retold": {}, "asides": [], "undone": []}


# What strangers send


_MADE: list[str] = []


@pytest.fixture
def whole(fake_model: FakeChatModel, tmp_path: Path) -> str:
    """The file of such a story; made once."""
    if not _MADE:
        path = packed(*lived(fake_model), tmp_path / "whole.json")
        archive.read_archive(path)
        _MADE.append(path.read_text(encoding="utf-8"))
    return _MADE[0]


BROKEN: dict[str, tuple[str, object]] = {
    "hands of somebody else": ("hands/edits/0/2", "God"),
    "hands at no number": ("hands/edits/0/1", "x"),
    "a path that is a word": ("hands/paths/0/was", ["main"]),
    "a path that is a number": ("hands/paths/0/now", 7),
    "words that stand nowhere": ("rewritings/0/text", "Nobody wrote this."),
    "words before the passage": ("rewritings/0/start", -1),
    "words of no passage": ("rewritings/0/seq", 10**6),
    "a way that is none": ("rewritings/0/how", "burn"),
    "a name that is a script": ("rewritings/0/name", "<script>"),
    "a key that is a path": ("retold", {"../x": "text"}),
    "a state behind the newest": ("asides/0/behind", 10**5),
    "a state behind itself": ("asides/0/of", "aside"),
    "a state of no branch": ("asides/0/branch", "nowhere"),
    "a state that lacks something": ("asides/0/kept/state", {"topic": "?"}),
    "a state with a path to nowhere": ("asides/0/kept/state/lineage", [["main", 0, 10**9]]),
    "a state in the middle of a step": ("asides/0/kept/next", ["generate_paragraph"]),
    "a change that is not there": ("undone/0/aside", 99),
    "a change at the newest": ("undone/0/aside", None),
    "a change of another branch": ("undone/0/on", "before the door"),
    "something more": ("run", "import os"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_odd_values_are_refused_in_one_sentence(whole: str, tmp_path: Path, name: str) -> None:
    way, value = BROKEN[name]
    kept: Any = json.loads(whole)
    *steps, last = f"beside/{way}".split("/")
    here = kept
    for step in steps:
        here = here[int(step) if isinstance(here, list) else step]
    here[int(last) if isinstance(here, list) else last] = value
    path = tmp_path / "story.json"
    path.write_text(json.dumps(kept), encoding="utf-8")
    with pytest.raises(StorageError) as caught:
        archive.read_archive(path)
    assert "\n" not in str(caught.value)
