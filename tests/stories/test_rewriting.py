"""Words of a passage in other versions: written beside the book, kept, and one of them taken as an edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from recurrentgpt.schemas.errors import RecurrentGPTError
from recurrentgpt.stories.branches import edit
from recurrentgpt.stories.rewriting import (
    WAYS,
    Rewriting,
    Selection,
    accept,
    asked_for,
    leave,
    rewritings,
    write_versions,
)
from recurrentgpt.stories.undo import undo
from stories_at_hand import FIRST, at, begun, texts

if TYPE_CHECKING:
    from fake_model import FakeChatModel
    from recurrentgpt.stories.story import Story

TEXT = "The lamp was out. Mara was afraid of the dark. Nobody came."
WORDS = Selection(TEXT.index("Mara"), "Mara was afraid of the dark.")


async def versions(
    story: Story, how: str = "show", said: str = "", words: Selection = WORDS, count: int = 3
) -> Rewriting:
    await edit(story, paragraph=2, text=TEXT)
    asked = await asked_for(story, 2, how, said, words)
    return [made async for made in write_versions(story, FIRST, asked, count)][-1]


def answers(fake_model: FakeChatModel) -> list[str]:
    """Let it answer with one text after the other; what it was asked."""
    asked: list[str] = []

    def answer(messages: Any, schema: Any) -> str | None:
        if schema is not None:
            return None
        asked.append(messages[-1].text)
        return f"Mara held the wall, number {len(asked)}."

    fake_model.interfere = answer
    return asked


def test_three_versions_are_kept_and_one_is_taken_as_an_edit(fake_model: FakeChatModel) -> None:
    library, record = begun(0)
    first = texts(library, record)[0]
    asked = answers(fake_model)

    async def act(story: Story) -> None:
        made = await versions(story, said="Let her hands say it.")
        assert made.versions == tuple(f"Mara held the wall, number {number}." for number in (1, 2, 3))
        assert "Show it: let the reader see" in asked[0]
        assert "Let her hands say it." in asked[0]
        assert "The lamp was out.\n\nThen comes" in asked[0]
        assert f"<<<\n{WORDS.text}\n>>>\n\nAnd then goes on, as it is:\nNobody came." in asked[0]
        assert first[-200:] in asked[0]
        assert made.versions[1] in asked[2], "it is to be another than those before"
        assert await rewritings(story) == {2: [made]}
        with pytest.raises(RecurrentGPTError, match="no version 4"):
            await accept(story, made.name, 4)
        assert await accept(story, made.name, 2) == 2
        entry = await story.entry(2)
        assert entry.text == f"The lamp was out. {made.versions[1]} Nobody came."
        assert (await story.state())["look"], "what leans on it can be looked at, as after any edit"
        assert await rewritings(story) == {}, "its words are there no more"
        await undo(story)
        assert await rewritings(story) == {2: [made]}
        leave(story, made.name)
        assert await rewritings(story) == {}

    at(library, record, act)


@pytest.mark.parametrize("how", WAYS)
def test_a_whole_passage_is_rewritten_in_each_way(fake_model: FakeChatModel, how: str) -> None:
    library, record = begun(0)
    asked = answers(fake_model)

    async def act(story: Story) -> None:
        made = await versions(story, how, "" if how != "otherwise" else "Too hasty.", Selection(), 1)
        assert (made.start, made.text, len(made.versions)) == (0, TEXT, 1)

    at(library, record, act)
    assert f"<<<\n{TEXT}\n>>>" in asked[0]
    assert ("Too hasty." in asked[0]) == (how == "otherwise")


def test_what_cannot_be_rewritten_is_a_sentence(fake_model: FakeChatModel) -> None:
    library, record = begun(0)
    answers(fake_model)

    async def act(story: Story) -> None:
        for number, how, said, words, problem in (
            (2, "better", "", WORDS, "no way to rewrite"),
            (2, "show", "x" * 9000, WORDS, "at most"),
            (9, "show", "", WORDS, "no paragraph 9"),
            (2, "show", "", Selection(3, "No such words."), "do not stand"),
        ):
            with pytest.raises(RecurrentGPTError, match=problem):
                await asked_for(story, number, how, said, words)
        made = await asked_for(story, 2, "show")
        await edit(story, paragraph=2, text=TEXT)
        with pytest.raises(RecurrentGPTError, match="do not stand"):
            async for _ in write_versions(story, FIRST, made, 1):
                pass

    at(library, record, act)
