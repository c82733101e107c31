"""The codex: who and what is in a book, made of its facts, as of any passage, with a person's own words beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from page_at_hand import book, shelf
from recurrentgpt.schemas.errors import SettingsError, StoryStateError
from recurrentgpt.stories.rename import Wording, rename
from recurrentgpt.stories.undo import undo
from stories_at_hand import at

if TYPE_CHECKING:
    from pathlib import Path

    from recurrentgpt.stories.story import Story


def test_it_follows_from_the_facts_as_of_any_passage(tmp_path: Path) -> None:
    with shelf(tmp_path) as library:
        record = book(library, 25)

        async def looked(story: Story) -> None:
            (mara,) = (await story.codex.read()).entries
            assert (mara.name, mara.kind, mara.is_own) == ("Mara", "", False)
            assert [(one.fact.text, one.since + 1) for one in mara.now] == [
                ("Mara has key 21.", 21),
                ("Mara has key 11.", 11),
            ]
            await story.end_fact(mara.now[1].fact.id, at=15)
            secret = await story.add_fact("The lamp is oiled.", ["The lamp"], at=18, known_by=["Tobias"])
            await story.add_fact("Who has the oil?", ["The lamp"], at=18, is_open=True)
            await story.add_fact("Tobias is old.", ["Tobias"], at=18)
            await story.pin_fact(secret)
            now = await story.codex.read()
            assert [(one.name, one.kind) for one in now.entries] == [
                ("Tobias", "person"),
                ("Mara", ""),
                ("The lamp", ""),
            ]
            mara = now.entries[1]
            assert [one.fact.text for one in mara.now] == ["Mara has key 21."]
            assert [(one.fact.text, one.until) for one in mara.was] == [("Mara has key 11.", 14)]
            lamp = now.entry("THE LAMP")
            assert lamp is not None
            assert [thread.text for thread in lamp.threads] == ["Who has the oil?"]
            assert lamp.told_in == (18,)
            assert now.pins == {secret}
            early = await story.codex.read(12)
            assert (early.at, early.length) == (12, 25)
            assert [(one.name, [state.fact.text for state in one.now]) for one in early.entries] == [
                ("Mara", ["Mara has key 11."])
            ]
            assert early.threads == ()
            told = now.to_json()
            assert told["entries"][1]["was"][0]["until"] == 15
            assert told["threads"] == [{"text": "Who has the oil?", "status": "open", "opened": 18}]
            await story.aliases.join("Mara", "The keeper")
            joined = (await story.codex.read()).entry("the keeper")
            assert joined is not None
            assert (joined.name, joined.names) == ("Mara", ("The keeper",))

        at(library, record, looked)


def test_what_a_person_says_stands_beside_it_and_is_of_its_branch(tmp_path: Path) -> None:
    with shelf(tmp_path) as library:
        record = book(library, 12)

        async def looked(story: Story) -> None:
            await story.codex.put("Mara", kind="person", note="Tall. ")
            await story.codex.put("Skerry Point", kind="place")
            await story.codex.put(" mara", hide=True)
            first, second = (await story.codex.read()).entries
            assert (first.name, first.kind, first.is_own) == ("Skerry Point", "place", True)
            assert (second.name, second.kind, second.note, second.is_hidden) == ("Mara", "person", "Tall.", True)
            await rename(story, Wording("Mara", "Ada"))
            renamed = (await story.codex.read()).entry("Ada")
            assert renamed is not None
            assert renamed.note == "Tall."
            await undo(story)
            assert (await story.codex.read()).entry("Mara") is not None
            await story.codex.remove("Skerry Point")
            await story.codex.remove("Mara")
            (mara,) = (await story.codex.read()).entries
            assert (mara.kind, mara.note, mara.is_hidden) == ("", "", False)
            with pytest.raises(StoryStateError, match="nothing of 'Mara'"):
                await story.codex.remove("Mara")
            with pytest.raises(SettingsError, match="'ghost' is no kind"):
                await story.codex.put("Mara", kind="ghost")
            for name, note in (("  ", ""), ("x" * 81, ""), ("x", "y" * 2001)):
                with pytest.raises(StoryStateError):
                    await story.codex.put(name, note=note)

        at(library, record, looked)
