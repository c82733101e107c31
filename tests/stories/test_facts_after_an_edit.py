"""Facts of an edited passage, made anew: what had ended the old ones ends them, and who had learned what is asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from looks_at_hand import Answers, entries, everything, look
from recurrentgpt.graph.cycle import AT_THE_PAUSE
from recurrentgpt.memory import Lineage
from recurrentgpt.schemas.facts import Change, Fact, Knowledge
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories import branches, proposals
from recurrentgpt.stories.fact_edits import restore_fact
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.undo import undo
from stories_at_hand import FIRST, write

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from fake_model import FakeChatModel
    from recurrentgpt.memory import LongTermMemory
    from recurrentgpt.stories.story import Story

TEXTS = {
    "en": (
        "Shen has an old booklet. Only he knows where.",
        "Nan slips the booklet under her coat. Kay sees it, and hears who owns the shop.",
        "At dawn Nan's coat is empty: the booklet is gone.",
        "The booklet burns in Kay's stove.",
    ),
    "zh": (
        "沈掌柜有一本旧册子。只有他知道放在哪里。",
        "小满把册子按进怀里。高岳看见了，也听说了铺子是谁的。",
        "清早，小满怀里空了：册子不见了。",
        "册子在高岳的炉子里烧着。",
    ),
}
EDITED = {
    "en": ("Nan buries the booklet in the rice jar. Kay sees it.", "Nan drops the booklet down the well. Kay sees it."),
    "zh": ("小满把册子埋进米缸。高岳看见了。", "小满把册子扔下井。高岳看见了。"),
}
FACTS: dict[str, dict[str, Any]] = {
    "en": {
        "owner": "Shen owns the shop.",
        "coat": "The booklet is under Nan's coat.",
        "gone": "The booklet is gone from Nan.",
        "burns": "The booklet burns.",
        "jar": "The booklet is in the rice jar.",
        "covered": "Rice lies on it.",
        "well": "The booklet is down the well.",
        "names": ["booklet", "Nan"],
        "over": "(no longer so since paragraph 3)",
        "learned": r"Kay learned 1 \(the words that showed it are gone: if it still is so, .* in changes, or it goes\)",
    },
    "zh": {
        "owner": "铺子是沈掌柜的。",
        "coat": "册子在小满怀里。",
        "gone": "册子从小满身上不见了。",
        "burns": "册子在烧。",
        "jar": "册子在米缸里。",
        "covered": "米盖在上面。",
        "well": "册子在井里。",
        "names": ["册子", "小满"],
        "over": "（自第 3 段起不再如此）",
        "learned": "高岳得知了第 1 条（说它的字句已经不在：若仍是如此，在 changes 里另写，否则作废）",
    },
}
QUOTES = {
    "en": ("Only he knows", "slips the booklet under her coat", "the booklet is gone", "The booklet burns"),
    "zh": ("只有他知道", "把册子按进怀里", "册子不见了", "册子在高岳的炉子里烧着"),
}


@pytest.fixture
def answers(fake_models: Callable[..., FakeChatModel]) -> Answers:
    made = Answers()
    fake_models(interfere=made)
    return made


@pytest.fixture(params=["en", "zh"])
async def story(request: pytest.FixtureRequest, home: Path, answers: Answers) -> AsyncIterator[Story]:
    """A thing is in one place, then it is gone from there, then it burns: each took the place of the one before."""
    assert (home, answers.asked) == (home, [])
    library = Library.of_the_process()
    record = library.begin(StoryInput(topic="T", title="T", outline="", language=request.param), FIRST)
    async with library.open(record) as opened:
        await write(opened, 0)
        await _tell(opened)
        yield opened


async def _tell(story: Story) -> None:
    told, quotes = FACTS[story.record.language.tag], QUOTES[story.record.language.tag]
    names = tuple(told["names"])
    kay, heard = ("Kay", "hears who owns the shop") if names[1] == "Nan" else ("高岳", "听说了铺子是谁的")

    def append(memory: LongTermMemory) -> Lineage:
        path, fact = Lineage(), Fact("#0", told["owner"], known_by=(names[1],), quote=quotes[0])
        changes: list[Change] = []
        for number, text in enumerate(TEXTS[story.record.language.tag]):
            path = memory.append(path, text, text, "", Knowledge((fact,), tuple(changes)))
            kept = memory.entry(path, number).facts[0]
            if not number:
                changes = [Change("learned", kept.id, who=(kay,), quote=heard)]
                fact = Fact("#0", told["coat"], names, quote=quotes[1])
            elif number < len(quotes) - 1:
                quote = quotes[number + 1]
                changes = [Change("replaced", kept.id, kept.chain, "#0", quote=quote)]
                fact = Fact("#0", told["gone" if number == 1 else "burns"], names, quote=quote, roots=kept.chain)
        return path

    path = await story.remember(append)
    state: Any = await story.state()
    last = TEXTS[story.record.language.tag][-1]
    new = {"lineage": path.to_json(), "step": path.length - 1, "paragraph": last, "summary": last, "opening": []}
    await branches.switch(story, await branches.fork(story, {**state, **new, "chapters": []}, AT_THE_PAUSE))
    await story.note_length()


async def holding(story: Story) -> list[str]:
    return [one.fact.text for one in (await story.facts()).holding]


async def anew(story: Story, answers: Answers, version: int, *facts: dict[str, Any]) -> str:
    """Edit the second passage, look after it with these of its facts, and accept; gives what was shown of them."""
    text = EDITED[story.record.language.tag][version]
    quote = re.split("[.。]", text)[0]
    await branches.edit(story, paragraph=2, text=text)
    answers.facts = [[{"says": quote, **fact} for fact in facts]]
    await look(story)
    (shown,) = [one.proposal.now for one in await proposals.proposals(story) if one.proposal.kind == "facts"] or [""]
    await proposals.accept(story)
    return shown


async def test_what_ended_a_fact_ends_what_took_its_place(story: Story, answers: Answers) -> None:
    told = FACTS[story.record.language.tag]
    sibling, others = story.record.branch, await everything(story)
    assert await holding(story) == [told["owner"], told["burns"]]
    shown = await anew(story, answers, 0, {"fact": told["jar"], "about": [*told["names"], "x"]})
    assert re.sub(" (?=[(])", "", shown) == told["jar"] + told["over"]
    assert await holding(story) == [told["owner"], told["burns"]]
    states = {one.fact.text: one for one in (await story.facts()).facts.values()}
    assert (states[told["jar"]].until, states[told["gone"]].until) == (2, 3)
    assert states[states[told["jar"]].fact.text].by == states[told["gone"]].fact.id
    once = await everything(story)
    shown = await anew(story, answers, 1, {"fact": told["well"], "about": told["names"]})
    assert re.sub(" (?=[(])", "", shown) == told["well"] + told["over"], "of an edit of what was edited too"
    assert await holding(story) == [told["owner"], told["burns"]]
    await undo(story)
    await undo(story)
    assert await everything(story) == once
    await undo(story)
    await undo(story)
    assert await everything(story) == others == await everything(story, sibling)


async def test_it_holds_again_where_a_person_takes_its_end_back(story: Story, answers: Answers) -> None:
    told = FACTS[story.record.language.tag]
    await anew(story, answers, 0, {"fact": told["jar"], "about": told["names"]})
    (jar,) = [name for name, one in (await story.facts()).facts.items() if one.fact.text == told["jar"]]
    await restore_fact(story, jar)
    assert await holding(story) == [told["owner"], told["jar"], told["burns"]]


async def test_two_that_took_the_place_of_one_end_with_it(story: Story, answers: Answers) -> None:
    told = FACTS[story.record.language.tag]
    numbered = {"replaces": [2], "about": ["y"]}
    await anew(story, answers, 0, {"fact": told["jar"], **numbered}, {"fact": told["covered"], **numbered})
    (asked,) = answers.asked_anew
    assert f"2. {told['coat']}" in asked
    assert re.search("has its number in replaces|replaces 写旧的编号", asked)
    facts = (await story.facts()).facts.values()
    assert {told["jar"], told["covered"]} <= {one.fact.text for one in facts}
    assert await holding(story) == [told["owner"], told["burns"]]


async def test_what_nothing_took_the_place_of_ends_nothing_else(story: Story, answers: Answers) -> None:
    told = FACTS[story.record.language.tag]
    shown = await anew(story, answers, 0, {"fact": told["covered"], "about": [told["names"][0]]})
    assert shown == told["covered"]
    assert await holding(story) == [told["owner"], told["covered"], told["burns"]]


async def test_who_had_learned_something_by_words_that_are_gone_is_asked(story: Story, answers: Answers) -> None:
    told = FACTS[story.record.language.tag]
    await anew(story, answers, 0)
    (asked,) = answers.asked_anew
    assert re.search(rf"^{told['learned']}$", asked, re.MULTILINE), asked
    before = (await entries(story))[1].text
    await branches.edit(story, paragraph=2, text=f"{before} {TEXTS[story.record.language.tag][0]}")
    await look(story)
    assert not re.search(told["learned"], answers.asked_anew[-1]), "nothing is gone"
