"""The versions of a passage: who made each, what differs, and any of them taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from recurrentgpt.memory import Lineage
from recurrentgpt.schemas.facts import DRAFT, Fact, Knowledge
from recurrentgpt.stories.branches import edit
from recurrentgpt.stories.passage_history import history
from recurrentgpt.stories.passages import insert
from recurrentgpt.stories.rename import Wording, rename
from recurrentgpt.stories.rewriting import Selection, accept, asked_for, write_versions
from recurrentgpt.stories.undo import undo
from recurrentgpt.stories.word_diff import word_diff
from stories_at_hand import FIRST, at, begun

if TYPE_CHECKING:
    from fake_model import FakeChatModel
    from recurrentgpt.stories.story import Story


def test_versions_say_who_made_them_and_what_was_taken_back(fake_model: FakeChatModel) -> None:
    library, record = begun(1)
    fake_model.interfere = lambda _, schema: "Vera waits at the door." if schema is None else None

    async def act(story: Story) -> None:
        first = (await story.entry(2)).text
        assert [(one.by, one.is_now, one.diff) for one in await history(story, 2)] == [("model", True, ())]
        await edit(story, paragraph=2, text="Mara waits at the door.")
        await edit(story, paragraph=2, summary="She waits.")
        await edit(story, paragraph=2, text="Mara waits at a door.")
        await undo(story)
        asked = await asked_for(story, 2, "again", "Too slow.")
        async for _ in write_versions(story, FIRST, asked, 1):
            pass
        await accept(story, asked.name, 1)
        await insert(story, 1, "Before it.")
        await rename(story, Wording("Vera", "Nell"))
        told = await history(story, 3)
        assert [(one.text, one.by, one.is_now, one.is_past) for one in told] == [
            (first, "model", False, True),
            ("Mara waits at the door.", "person", False, True),
            ("Mara waits at a door.", "person", False, False),
            ("Vera waits at the door.", "rewriting", False, True),
            ("Nell waits at the door.", "rename", True, True),
        ]
        assert told[2].diff == (("same", "Mara waits at "), ("gone", "the"), ("new", "a"), ("same", " door."))
        await edit(story, paragraph=3, text=told[1].text)
        assert (await history(story, 3))[-1].text == told[1].text
        assert [one.by for one in await history(story, 2)] == ["first"]

    at(library, record, act)


@pytest.mark.usefixtures("fake_model")
def test_an_edit_is_known_by_what_named_it_with_facts_of_its_own_or_told_later() -> None:
    library, record = begun(0)

    async def act(story: Story) -> None:
        path = Lineage.from_json((await story.state())["lineage"])
        knowledge = Knowledge((Fact(f"{DRAFT}0", "The lamp is out.", subjects=("lamp",), quote="The lamp was out."),))
        text = "The lamp was out."
        path = await story.remember(lambda memory: memory.edit(path, 0, text=text, knowledge=knowledge))
        path = await story.remember(lambda memory: memory.edit(path, 1, text=text))
        await story.remember(lambda memory: memory.learn(path, 1, knowledge))
        await story.change({"lineage": path.to_json()})
        for number in (1, 2):
            assert [one.is_past for one in await history(story, number)] == [True, True]

    at(library, record, act)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("一盏灯亮着。", "一盏灯灭了。", [("same", "一盏灯"), ("gone", "亮着"), ("new", "灭了"), ("same", "。")]),
        ("A. " * 900, "A. " * 900 + "B.", [("same", "A. " * 900), ("new", "B.")]),
        ("", "", []),
    ],
    ids=["characters", "sentences where it is long", "nothing"],
)
def test_what_differs(before: str, after: str, told: list[tuple[str, str]]) -> None:
    assert word_diff(before, after) == told


def test_it_goes_on_from_the_cursor_and_joins(fake_model: FakeChatModel) -> None:
    library, record = begun(0)
    asked: list[str] = []

    def answer(messages: list[object], schema: object) -> str | None:
        if schema is None:
            asked.append(messages[-1].text)  # type: ignore[attr-defined]
            return "and saw nobody"
        return None

    fake_model.interfere = answer  # type: ignore[assignment]

    async def act(story: Story) -> None:
        await edit(story, paragraph=2, text="Mara looked out. She went to bed.")
        made = await asked_for(story, 2, "on", words=Selection(0, "Mara looked out"))
        assert (made.start, made.text) == (len("Mara looked out"), "")
        versions = [one async for one in write_versions(story, FIRST, made, 1)]
        assert versions[-1].versions == (" and saw nobody",)
        await accept(story, made.name, 1)
        assert (await story.entry(2)).text == "Mara looked out and saw nobody. She went to bed."

    at(library, record, act)
    assert "the very next words" in asked[0]
    assert "Mara looked out\n\nThis stands behind that place, as it is:\n. She went to bed." in asked[0]
