"""The texts that a look leaves out: who is shown one knows that it is older; a look at them can follow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from folders import DATA
from looks_at_hand import Answers, change, entries, look, tell
from recurrentgpt.graph.cycle import AT_THE_PAUSE
from recurrentgpt.memory import Lineage
from recurrentgpt.schemas.errors import StoryStateError
from recurrentgpt.schemas.facts import Fact, Knowledge
from recurrentgpt.schemas.languages import texts as phrases_of
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories import branches, looking, passages, proposals, rename
from recurrentgpt.stories.archive import pack, read_archive, unpack, write_archive
from recurrentgpt.stories.events import Reply
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.undo import undo
from stories_at_hand import FIRST, write

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from fake_model import FakeChatModel
    from recurrentgpt.memory import LongTermMemory
    from recurrentgpt.stories.story import Story

SITUATIONS = {one["id"]: one for one in map(json.loads, (DATA / "after_edits.jsonl").read_text("utf-8").splitlines())}
KINDS = [(language, mode) for language in ("en", "zh") for mode in ("author", "interactive_fiction")]
TOLD = {"en": SITUATIONS["en-place"], "zh": SITUATIONS["zh-gift"]}


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def model(fake_models: Callable[..., FakeChatModel], answers: Answers) -> FakeChatModel:
    return fake_models(interfere=answers)


@pytest.fixture(params=KINDS, ids=[" ".join(kind) for kind in KINDS])
async def story(request: pytest.FixtureRequest, home: Path, model: FakeChatModel) -> AsyncIterator[Story]:
    assert (home, model.asked) == (home, [])
    language, mode = request.param
    library = Library.of_the_process()
    record = library.begin(StoryInput(topic="T", title="T", outline="", language=language, mode=mode), FIRST)
    async with library.open(record) as opened:
        await write(opened, 0)
        await tell(opened, TOLD[language])
        yield opened


async def looked_after(story: Story, answers: Answers, *items: int, texts: bool = False) -> None:
    """Another text of the first passage, and the summaries of items accepted because of it."""
    await change(story, TOLD[story.record.language.tag]["change"])
    now = "阁楼里没有。" if story.record.language.tag == "zh" else "It is not in the attic."
    answers.leaning = [[{"item": item, "now": now, "why": "W"} for item in items]]
    await look(story, texts=texts)
    await proposals.accept(story, [one.id for one in await proposals.proposals(story)])


async def prompt(story: Story, model: FakeChatModel) -> str:
    """What who writes is shown next, with every passage whole."""
    model.asked.clear()
    await write(story, 1, FIRST.model_copy(update={"retrieve_k": 9, "synopsis_tokens": 0}))
    return next(messages[1].text for messages in model.asked)


def note(story: Story, numbers: str | None = "1") -> str:
    said = phrases_of(story.record.language.tag, "phrases", story.record.mode.name)
    return said["older_text"] if numbers is None else said["older_than"].replace("{numbers}", numbers)


async def test_under_a_text_that_is_older_than_what_is_told_of_it_that_is_said(
    story: Story, answers: Answers, model: FakeChatModel
) -> None:
    await looked_after(story, answers, 1)
    first, second, third = (entry.text for entry in await entries(story))
    shown = await prompt(story, model)
    assert f"{second}\n\n{note(story)}" in shown
    assert shown.count(note(story)) == 1, "nothing is told otherwise of the others"
    assert shown.count((await entries(story))[1].summary) == 1, "what is told of it by now stands beside it"
    assert (first in shown, third in shown) == (True, True)


async def nothing(_: Story) -> None:
    pass


async def seen_to(story: Story) -> None:
    await branches.edit(story, paragraph=2, text=f"{(await entries(story))[1].text} .")


async def seen_to_and_undone(story: Story) -> None:
    await seen_to(story)
    await undo(story)


async def accepted_and_undone(story: Story) -> None:
    await undo(story)


async def moved_on(story: Story) -> None:
    await passages.insert(story, 0, "X.")


async def taken_out(story: Story) -> None:
    await passages.remove(story, 1)


async def summed_up(story: Story) -> None:
    await branches.edit(story, paragraph=2, summary="S.")


async def renamed(story: Story) -> None:
    word = (await entries(story))[1].text[:3]
    await rename.rename(story, rename.Wording(word, f"{word}o", anywhere=True))


@pytest.mark.parametrize(
    ("act", "number"),
    [
        (nothing, "1"),
        (seen_to, ""),
        (seen_to_and_undone, "1"),
        (accepted_and_undone, ""),
        (moved_on, "2"),
        (taken_out, None),
        (summed_up, "1"),
        (renamed, "1"),
    ],
)
async def test_it_is_said_as_long_as_it_is_so(
    story: Story, answers: Answers, model: FakeChatModel, act: Callable[[Story], Awaitable[None]], number: str | None
) -> None:
    await looked_after(story, answers, 1)
    await act(story)
    shown = await prompt(story, model)
    assert [one for one in ("1", "2", None) if note(story, one) in shown] == ([] if number == "" else [number])


async def test_so_it_is_under_the_last_passage(story: Story, answers: Answers, model: FakeChatModel) -> None:
    await looked_after(story, answers, 1, 3)
    third = (await entries(story))[2].text
    assert f"{third}\n\n{note(story)}" in await prompt(story, model)


async def test_who_is_asked_for_other_plans_is_told_so_of_the_last_passage(
    story: Story, answers: Answers, model: FakeChatModel
) -> None:
    asks = FIRST.model_copy(update={"plan_selection": "human"})
    async for _ in story.run(asks):
        pass
    await looked_after(story, answers, 1, 3)
    async for _ in story.run(asks):
        pass
    pause = await story.pause()
    assert pause
    model.asked.clear()
    async for _ in story.run(asks, Reply({"feedback": "x"}, pause.interrupt_id)):
        pass
    last = (await entries(story))[-1].text
    assert f"{note(story)}\n\n{last}" in model.asked[0][1].text


async def test_nothing_of_it_is_said_where_the_texts_were_looked_at(
    story: Story, answers: Answers, model: FakeChatModel
) -> None:
    await looked_after(story, answers, 1, texts=True)
    assert note(story) not in await prompt(story, model)


async def test_a_look_at_the_texts_can_follow(story: Story, answers: Answers, model: FakeChatModel) -> None:
    await looked_after(story, answers, 1)
    assert (await looking.changed(story), len(await looking.changed(story, texts=True))) == ([], 1)
    with pytest.raises(StoryStateError, match="not looked after"):
        await look(story)
    cost = await looking.cost_of_look(story, FIRST, texts=True)
    answers.asked.clear()
    answers.asked_anew.clear()
    second = (await entries(story))[1].text
    looked = await look(story, texts=True)
    assert (len(looked), answers.asked_anew) == (cost.calls, []), "what was changed is not asked for anew"
    (asked,) = answers.asked
    assert second in asked
    assert await proposals.proposals(story) == []
    assert note(story) not in await prompt(story, model), "nothing of it has to be another"
    with pytest.raises(StoryStateError, match="not looked after"):
        await look(story, texts=True)


async def test_it_can_where_nothing_was_found_and_not_after_another_change(story: Story, answers: Answers) -> None:
    await looked_after(story, answers)
    second = (await entries(story))[1].text
    answers.leaning = [[{"item": 3, "words": second[:3], "now": "Y", "why": "W"}]]
    await look(story, texts=True)
    (only,) = await proposals.accept(story)
    assert (only.proposal.kind, (await entries(story))[1].text) == ("text", f"Y{second[3:]}")
    await branches.edit(story, paragraph=3, text="Z.")
    assert [one.place for one in await looking.changed(story, texts=True)] == [2]


async def test_an_archive_has_it(story: Story, answers: Answers, model: FakeChatModel, tmp_path: Path) -> None:
    await looked_after(story, answers, 1)
    write_archive(tmp_path / "story.json", await pack(story))
    library = story.library
    record = await unpack(library, read_archive(tmp_path / "story.json"), lambda *_: None)
    async with library.open(record) as copy:
        assert note(copy) in await prompt(copy, model)
        assert len(await looking.changed(copy, texts=True)) == 1


@pytest.mark.parametrize("accepts", [True, False], ids=["its facts accepted", "nothing found"])
async def test_a_text_that_speaks_of_what_is_on_record_no_longer_is_older_too(
    story: Story, answers: Answers, model: FakeChatModel, *, accepts: bool
) -> None:
    is_chinese = story.record.language.tag == "zh"
    names = ("陆鸣", "白玉簪") if is_chinese else ("Captain Emeric Stroud", "seal")
    texts = (
        ("陆鸣把白玉簪揣进袖里。", "陆鸣带着白玉簪下了船。", "陆鸣睡了。", "阿秀守着灯。")
        if is_chinese
        else ("Stroud has the seal.", "Stroud went down with the seal.", "Stroud slept.", "Isaura kept the lamp.")
    )
    fact = "白玉簪在陆鸣身上。" if is_chinese else "Captain Emeric Stroud has the seal."

    def append(memory: LongTermMemory) -> Lineage:
        path = Lineage()
        for number, text in enumerate(texts):
            known = Knowledge((Fact("#0", fact, names, quote=text),)) if not number else Knowledge()
            path = memory.append(path, text, text, "", known)
        return path

    path = await story.remember(append)
    state: Any = await story.state()
    new = {"lineage": path.to_json(), "step": path.length - 1, "paragraph": texts[-1], "summary": texts[-1]}
    values = {**state, **new, "opening": [], "chapters": []}
    await branches.switch(story, await branches.fork(story, values, AT_THE_PAUSE))
    await story.note_length()
    now = "阿秀把白玉簪锁进柜子。" if is_chinese else "Isaura locked the seal into the strongroom."
    lies = "白玉簪锁在柜子里。" if is_chinese else "The seal is in the strongroom."
    await branches.edit(story, paragraph=1, text=now)
    told = {"fact": lies, "about": [names[1]], "says": now, "replaces": []}
    answers.facts, answers.summaries = [[told] if accepts else []], [now]
    await look(story)
    assert bool(await proposals.proposals(story)) == accepts
    if accepts:
        await proposals.accept(story)
    shown = await prompt(story, model)
    assert f"{texts[1]}\n\n{note(story)}" in shown
    assert shown.count(note(story)) == 1, "the others speak of nothing that was changed"
