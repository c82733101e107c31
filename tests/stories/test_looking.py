"""Looking after an edit: what leans on it is found, proposed, accepted in one change, and taken back by one undo."""

from __future__ import annotations

import json
from shutil import copytree
from typing import TYPE_CHECKING, Any

import pytest

from folders import DATA
from looks_at_hand import Answers, change, entries, everything, look, records, tell
from recurrentgpt.schemas.errors import ModelUnavailableError, StoryStateError
from recurrentgpt.schemas.leaning import MOST_PROPOSED
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories import branches, fact_edits, looking, passages, proposals, rename
from recurrentgpt.stories.archive import pack, read_archive, unpack, write_archive
from recurrentgpt.stories.beats import set_beat
from recurrentgpt.stories.copying import copy_file
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.undo import undo
from resources_at_hand import read_environment
from stories_at_hand import FIRST, write

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from fake_model import FakeChatModel
    from recurrentgpt.stories.story import Story

SITUATIONS = {one["id"]: one for one in map(json.loads, (DATA / "after_edits.jsonl").read_text("utf-8").splitlines())}


@pytest.fixture
def answers(fake_models: Callable[..., FakeChatModel]) -> Answers:
    made = Answers()
    fake_models(interfere=made)
    return made


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the stories are kept that are begun once."""
    return tmp_path_factory.mktemp("kept")


async def opened(home: Path, kept: Path, language: str) -> AsyncIterator[Story]:
    folder = kept / language
    if folder.exists():
        copytree(folder, home, copy_function=copy_file)
    else:
        with Library.of_the_process() as library:
            record = library.begin(StoryInput(topic="T", title="T", outline="O", language=language), FIRST)
            async with library.open(record) as story:
                await write(story, 0)
        copytree(home, folder, copy_function=copy_file)
        read_environment()
    library = Library.of_the_process()
    async with library.open(library.find()) as story:
        yield story


@pytest.fixture
async def story(home: Path, kept: Path, answers: Answers) -> AsyncIterator[Story]:
    assert answers.asked == []
    async for one in opened(home, kept, "en"):
        await tell(one, SITUATIONS["en-place"])
        yield one


@pytest.fixture(params=SITUATIONS.values(), ids=list(SITUATIONS))
async def situation(
    request: pytest.FixtureRequest, home: Path, kept: Path, answers: Answers
) -> AsyncIterator[tuple[Story, dict[str, Any]]]:
    assert answers.asked == []
    async for one in opened(home, kept, request.param["id"][:2]):
        yield one, request.param


async def test_nothing_of_the_old_is_left_and_one_undo_brings_it_back(
    situation: tuple[Story, dict[str, Any]], answers: Answers
) -> None:
    story, told = situation
    await tell(story, SITUATIONS["en-name"])
    sibling, others = story.record.branch, await everything(story)
    await tell(story, told)
    untouched = await everything(story)
    await change(story, told["change"])
    before = await everything(story)
    patched = (await entries(story))[told["change"].get("paragraph", told["change"].get("after", 0) + 1) - 1].summary
    summary = told.get("summary", patched)
    answers.facts, answers.leaning, answers.summaries = [told["facts"]], [told["leaning"]], [summary]
    cost = await looking.cost_of_look(story, FIRST, texts=told["texts"])
    looked = await look(story, texts=told["texts"])
    assert await everything(story) == before, "a look changes nothing"
    assert (len(looked), looked[-1].total) == (cost.calls, cost.calls)
    if told["id"].startswith("en"):  # The model here counts words.
        sent = looked[-1].usage["input_tokens"]
        assert sent / 2 < cost.input_tokens < 2 * sent
    assert sum(one.left_out for one in looked) == told["left_out"], answers.asked
    found = await proposals.proposals(story)
    assert len(found) == len(told["leaning"]) - told["left_out"] + bool(told["facts"]) + (summary != patched)
    if found:
        assert len(await proposals.accept(story)) == len(found)
    kept = await records(story, texts=told["texts"])
    assert [words for words in told["gone"] if words in kept] == [], kept
    assert [words for words in told["kept"] if words not in await records(story, texts=True)] == []
    assert not (await story.state()).get("look")
    if found:
        await undo(story)
    assert await everything(story) == before
    assert len(await proposals.proposals(story)) == len(found)
    await undo(story)
    assert await everything(story) == untouched
    assert await everything(story, sibling) == others


# What was changed


async def how(story: Story) -> list[tuple[str, int, str, str]]:
    """What was changed: how, the paragraph, what it was and what it is."""
    return [
        (one.how, one.place + 1, one.was.text if one.was else "", one.now.text if one.now else "")
        for one in await looking.changed(story)
    ]


async def test_what_was_changed_follows_from_the_path_before(story: Story) -> None:
    one, two, three = (entry.text for entry in await entries(story))
    assert await how(story) == []
    await branches.edit(story, paragraph=2, text=f"{two} Twice.")
    await passages.insert(story, 0, "Own.")
    assert await how(story) == [("put in", 1, "", "Own."), ("edited", 3, two, f"{two} Twice.")]
    await passages.move(story, 4, 2)
    assert [told[:2] for told in await how(story)] == [("put in", 1), ("moved", 2), ("edited", 4)]
    assert (await looking.changed(story))[1].came_from == 2
    await passages.remove(story, 3)
    await branches.edit(story, paragraph=3, text="Something else altogether, and longer than what it was.")
    assert ("taken out", one) in [(told[0], told[2]) for told in await how(story)]
    await undo(story)
    await undo(story)
    await undo(story)
    await passages.remove(story, 1)
    await undo(story)
    await undo(story)
    await undo(story)
    assert await how(story) == []
    assert (await entries(story))[2].text == three


async def test_what_is_put_back_was_not_changed(story: Story) -> None:
    await passages.move(story, 1, 3)
    assert await looking.lies_after(story) == 3
    await passages.move(story, 3, 1)
    assert not (await story.state())["look"]
    assert await looking.lies_after(story) == 0


@pytest.mark.parametrize("ends", [True, False], ids=["with a memory", "without"])
async def test_all_that_a_passage_was_moved_past_is_looked_at(
    story: Story, answers: Answers, monkeypatch: pytest.MonkeyPatch, *, ends: bool
) -> None:
    monkeypatch.setattr("recurrentgpt.nodes.leaning._ITEMS", 20)
    monkeypatch.setattr("recurrentgpt.nodes.leaning._LEAST", 20)
    if not ends:
        await tell(story, {**SITUATIONS["en-place"], "memory": []})
        await branches.set_premise(story, "outline", "")
    await passages.move(story, 1, 3)
    assert (await looking.cost_of_look(story, FIRST)).passages == await looking.lies_after(story) == 3
    answers.asked.clear()
    async for _ in looking.look(story, FIRST):
        break
    left = await looking.lies_after(story)
    assert left == (await looking.cost_of_look(story, FIRST)).passages == 2
    await look(story)
    assert await looking.lies_after(story) == 0
    assert not (await story.state())["look"]
    told = "".join(answers.asked)
    assert all(f"[paragraph {number}]" in told for number in (1, 2, 3))


async def test_what_is_written_since_is_no_change_and_is_looked_at(story: Story, answers: Answers) -> None:
    await branches.edit(story, paragraph=2, summary="In vain.")
    await write(story, 1)
    await branches.edit(story, paragraph=3, summary="She fetches it.")
    await write(story, 1)
    assert [(one.how, one.place) for one in await looking.changed(story)] == [("edited", 1), ("edited", 2)]
    answers.asked.clear()
    await look(story)
    assert all(f"[paragraph {number}]" in answers.asked[-1] for number in (2, 3, 4, 5))
    assert "[paragraph 1]" not in answers.asked[-1]


async def test_where_nothing_was_changed_nothing_is_looked_at(story: Story) -> None:
    with pytest.raises(StoryStateError, match="not looked after"):
        await look(story)
    assert await looking.cost_of_look(story, FIRST) == (0, 0, 0, 0)
    assert await proposals.proposals(story) == []
    await proposals.leave(story)
    for act in (proposals.accept, proposals.leave):
        with pytest.raises(StoryStateError, match="no proposal 'x'"):
            await act(story, ["x"])


# Accepting and leaving


async def proposed(story: Story, answers: Answers, *items: tuple[int, str, str], texts: bool = False) -> list[str]:
    """The ids of what is proposed of the items after the first paragraph's summary was changed."""
    await branches.edit(story, paragraph=1, summary="Mara hides the bottle in the attic.")
    answers.leaning = [[{"item": item, "words": words, "now": now, "why": "W"} for item, words, now in items]]
    await look(story, texts=texts)
    return [one.id for one in await proposals.proposals(story)]


async def test_some_are_accepted_and_others_left(story: Story, answers: Answers) -> None:
    first, second, third, memory = await proposed(
        story, answers, (3, "", "In vain."), (5, "", "She fetches it."), (6, "", ""), (8, "", "")
    )
    assert [one.place for one in await proposals.accept(story, [second])] == [2]
    assert (await proposals.proposals(story))[0].id == first
    left = await proposals.proposals(story)
    assert [(one.proposal.kind, one.proposal.was) for one in left][1:] == [
        ("fact", "Mara has the bottle."),
        ("memory", "The inspector found nothing."),
    ]
    assert memory == left[-1].id
    assert third != left[1].id, "its passage is another now"
    await proposals.leave(story, [first])
    await proposals.accept(story)
    told = await entries(story)
    assert [entry.summary for entry in told][1:] == ["The inspector searches the house in vain.", "She fetches it."]
    assert told[2].facts == ()
    assert (await story.state())["short_term_memory"] == "The bottle was hidden in the cellar."
    assert (await story.state())["summary"] == "She fetches it."
    assert not (await story.state())["look"]
    await undo(story)
    await undo(story)
    assert len(await proposals.proposals(story)) == 4


async def test_what_was_changed_meanwhile_is_proposed_no_more(story: Story, answers: Answers) -> None:
    found = await proposed(story, answers, (3, "", "In vain."), (8, "", "It found him."))
    await branches.edit(story, paragraph=2, summary="By hand.")
    await branches.edit(story, short_term_memory="By hand.")
    assert await proposals.proposals(story) == []
    with pytest.raises(StoryStateError, match="no proposal"):
        await proposals.accept(story, found)
    assert await looking.lies_after(story) == 3, "it is to be looked at anew"
    await proposals.leave(story)
    assert await looking.lies_after(story) == 0


async def test_words_of_a_text_change_with_what_proves_its_facts(story: Story, answers: Answers) -> None:
    # Of each paragraph there are a summary, a fact and a text.
    told = ((9, "KISSED  the bottle", "kissed the flask"), (9, "kissed the bottle", ""), (9, "no such words", "others"))
    await proposed(story, answers, *told, texts=True)
    (only,) = await proposals.accept(story)
    assert only.to_json()["paragraph"] == 3
    last = (await entries(story))[-1]
    assert "kissed the flask" in last.text
    assert [(fact.text, fact.quote) for fact in last.facts] == [("Mara has the bottle.", "kissed the flask")]
    assert (await story.state())["paragraph"] == last.text


async def test_facts_made_anew_leave_what_a_person_said_of_them(story: Story, answers: Answers) -> None:
    told = await entries(story)
    (first,) = (fact.id for fact in told[0].facts)
    await fact_edits.end_fact(story, first, at=3)
    await fact_edits.add_fact(story, "Mara is tired.", at=3)
    text = told[2].text
    await branches.edit(story, paragraph=3, text=f"{text} It rains on the roof.")
    answers.facts = [[{"fact": "It rains.", "says": "It rains on the roof"}]]
    await look(story)
    await proposals.accept(story)
    holding = [one.fact.text for one in (await story.facts()).holding]
    assert {"It rains.", "Mara is tired.", *(fact.text for fact in told[2].facts)} <= set(holding)
    assert first not in [one.fact.id for one in (await story.facts()).holding]


async def test_what_leans_is_asked_with_the_facts_that_were_made_anew(story: Story, answers: Answers) -> None:
    told = await entries(story)
    quote = told[2].facts[0].quote
    first, _, rest = told[2].text.partition(quote)
    text = f"It rains on the roof. {first}{quote[:-1]}ish{rest} It rains again."
    await branches.edit(story, paragraph=3, text=text)
    again = {"fact": told[2].facts[0].text, "says": "It rains on the roof"}
    answers.facts = [[again, {"fact": "The roof leaks.", "says": "It rains again"}]]
    await look(story)
    (asked,) = [text for text in answers.asked if "It now says:" in text]
    assert "It is now on record since paragraph 3: The roof leaks." in asked
    assert "is no longer" not in asked, "it was found anew"


async def test_sentences_that_others_stand_between_do_not_stand_side_by_side(story: Story, answers: Answers) -> None:
    text = (await entries(story))[2].text
    await branches.edit(story, paragraph=3, text=f"It rains. {text} It rains again.")
    await look(story)
    assert "It now says:\nIt rains. … It rains again.\n" in answers.asked[0]


async def test_words_of_the_outline_change_with_the_part_that_is_told(story: Story, answers: Answers) -> None:
    outline = "1. Mara hides the bottle in the cellar.\n2. The inspector comes.\n3. He finds the cellar."
    await branches.set_premise(story, "outline", outline)
    await set_beat(story, 2)
    # Two sentences of memory come before it.
    (first, second) = await proposed(
        story, answers, (9, "the bottle in the cellar", "it in the attic"), (9, "3.", "4.")
    )
    (changed,) = await proposals.accept(story, [first])
    assert (changed.proposal.kind, changed.place) == ("outline", None)
    state = await story.state()
    assert state["outline"] == outline.replace("the bottle in the cellar", "it in the attic")
    assert state["beat"] == 1
    await undo(story)
    assert (await story.state())["outline"] == outline
    await branches.set_premise(story, "outline", "Another.")
    assert await proposals.proposals(story) == []
    assert second


async def test_words_of_a_summary_or_a_fact_change_in_the_whole_of_it(story: Story, answers: Answers) -> None:
    told = ((5, "the cellar", "the attic"), (6, "the bottle", "the flask"), (3, "no such words", "others"))
    await proposed(story, answers, *told)
    await proposals.accept(story)
    last = (await entries(story))[-1]
    assert (last.summary, last.facts[0].text) == ("Mara fetches the bottle from the attic.", "Mara has the flask.")


async def test_the_memory_follows_the_summary_of_what_was_put_at_the_end(story: Story, answers: Answers) -> None:
    memory = (await story.state())["short_term_memory"]
    await passages.insert(story, 3, "The bottle stands on the shelf.")
    answers.summaries = ["The bottle stands on the sill."]
    await look(story)
    await proposals.accept(story)
    assert (await story.state())["short_term_memory"] == f"{memory}\nThe bottle stands on the sill."
    await passages.remove(story, 4)
    assert (await story.state())["short_term_memory"] == memory


async def test_another_name_everywhere_ends_the_look(story: Story, answers: Answers) -> None:
    await proposed(story, answers, (5, "", "She fetches it."))
    await rename.rename(story, rename.Wording("Mara", "Ada"))
    assert await proposals.proposals(story) == []
    assert await looking.changed(story) == []


async def test_archives_hold_it(story: Story, answers: Answers, tmp_path: Path) -> None:
    await proposed(story, answers, (5, "", "She fetches it."))
    write_archive(tmp_path / "story.json", await pack(story))
    copy = await unpack(story.library, read_archive(tmp_path / "story.json"), lambda *_: None)
    async with story.library.open(copy) as back:
        assert [one.to_json() for one in await proposals.proposals(back)] == [
            one.to_json() for one in await proposals.proposals(story)
        ]
        await proposals.accept(back)
        assert (await entries(back))[-1].summary == "She fetches it."


# The summary of what was changed


async def test_the_summary_of_an_edited_passage_is_made_anew_with_its_facts(story: Story, answers: Answers) -> None:
    entry = (await entries(story))[2]
    await branches.edit(story, paragraph=3, text=f"{entry.text} She threw the ledger into the stove.")
    before = await everything(story)
    calls = (await looking.cost_of_look(story, FIRST)).calls
    answers.summaries = [f"{entry.summary} She burns the ledger."]
    assert len(await look(story)) == calls == 2, "the facts' conversation, and what leans on it"
    (asked,) = answers.asked_anew
    assert f"The author has changed paragraph 3. It now reads:\n\n{entry.text} She threw" in asked
    assert f"the paragraph was summed up so:\n{entry.summary}\n\n" in asked
    assert "manuscript" not in asked
    (leans,) = answers.asked
    assert "[paragraph 3]" not in leans, "nothing of it is asked for twice"
    assert "leaves out what the change brought in" not in leans
    (found,) = await proposals.proposals(story)
    assert (found.proposal.kind, found.place) == ("summary", 2)
    await proposals.accept(story)
    assert (await entries(story))[2].summary == f"{entry.summary} She burns the ledger."
    assert not (await story.state())["look"]
    await undo(story)
    assert await everything(story) == before


async def test_a_new_passage_is_summed_up_with_its_facts(story: Story, answers: Answers) -> None:
    await passages.insert(story, 1, "It rained all night. Nobody slept.")
    await look(story)
    (asked,) = answers.asked_anew
    assert "The author has put in a new paragraph, number 2. It reads:\n\nIt rained" in asked
    assert "Now sum up the new paragraph" in asked
    assert "was summed up so" not in asked
    assert [one.proposal.now for one in await proposals.proposals(story)] == ["Summed up anew."]


async def test_a_summary_that_a_person_wrote_is_not_made_anew(story: Story, answers: Answers) -> None:
    await branches.edit(story, paragraph=3, summary="She has it, and she will keep it.")
    text = (await entries(story))[2].text
    await branches.edit(story, paragraph=3, text=f"{text} It rained.")
    assert (await entries(story))[2].summary == "She has it, and she will keep it."
    await look(story)
    assert answers.asked_anew == []
    assert "1. In short: She has it, and she will keep it.\n" in answers.asked[0]
    assert await proposals.proposals(story) == []


async def test_without_facts_the_look_is_shown_the_passage_and_mends_its_summary(
    story: Story, answers: Answers
) -> None:
    entry = (await entries(story))[2]
    await branches.edit(story, paragraph=3, text=f"{entry.text} She burned the ledger.")
    context = FIRST.model_copy(update={"use_facts": False})
    answers.leaning = [[{"item": 1, "now": f"{entry.summary} She burns the ledger."}]]
    assert [one async for one in looking.look(story, context)]
    assert answers.asked_anew == []
    (asked,) = answers.asked
    assert f"Around that, paragraph 3 is unchanged (dots for what is left out here):\n{entry.text} …\n" in asked
    assert asked.count("She burned the ledger.") == 1, "what was changed stands there once"
    assert f"1. In short: {entry.summary}\n" in asked
    assert "leaves out what the change brought in" in asked
    await proposals.accept(story)
    assert (await entries(story))[2].summary == f"{entry.summary} She burns the ledger."


async def test_a_long_passage_is_shown_as_far_as_there_is_room(
    story: Story, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recurrentgpt.nodes.apart._AROUND", 30)
    await branches.edit(story, paragraph=3, text="It rained on the roof. " * 20 + "She threw the ledger away.")
    await branches.edit(story, paragraph=3, text="It rained on the roof. " * 20 + "She burned the ledger.")
    await proposals.leave(story)
    await branches.edit(story, paragraph=3, text="It rained on the roof. " * 20 + "She kept the ledger.")
    await look(story)
    assert "left out here):\n… It rained on the roof. It rained on the roof." in answers.asked[0]


async def test_what_is_open_or_over_is_shown_as_that(story: Story, answers: Answers) -> None:
    first = (await entries(story))[0].facts[0]
    await fact_edits.add_fact(story, "Who saw her?", at=1, is_open=True)
    await fact_edits.end_fact(story, first.id, at=3)
    await branches.edit(story, paragraph=1, summary="Mara hides the bottle in the attic.")
    await look(story)
    asked = "".join(answers.asked)
    assert f". Fact: {first.text} (no longer so)\n" in asked
    assert ". Open question or promise: Who saw her?\n" in asked


async def test_words_of_a_text_are_asked_for_only_where_one_is_shown(story: Story, answers: Answers) -> None:
    await branches.set_premise(story, "outline", "")
    await branches.edit(story, paragraph=1, summary="Mara hides the bottle in the attic.")
    await look(story)
    await branches.edit(story, paragraph=1, summary="Mara hides the bottle in the barn.")
    await look(story, texts=True)
    without, with_texts = answers.asked
    assert "words, empty unless" not in without
    assert "words, empty unless the item is a text:" in with_texts
    await branches.set_premise(story, "outline", "She hides it.")
    await branches.edit(story, paragraph=1, summary="Mara hides the bottle in the shed.")
    await look(story)
    assert "words, empty unless the item is the outline:" in answers.asked[-1]


# In batches


async def test_it_goes_on_where_it_was_stopped(story: Story, answers: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recurrentgpt.nodes.leaning._ITEMS", 20)
    monkeypatch.setattr("recurrentgpt.nodes.leaning._LEAST", 20)
    await branches.edit(story, paragraph=1, summary="Mara hides the bottle in the attic.")
    answers.leaning = [[], [{"item": 1, "now": "In vain."}]]
    assert (await looking.cost_of_look(story, FIRST)).calls == 4
    async for looked in looking.look(story, FIRST):
        if looked.done == 2:
            break
    assert (await looking.cost_of_look(story, FIRST)).calls == 2
    assert [one.paragraphs for one in await look(story)] == [(3,), ()]
    assert [one.proposal.now for one in await proposals.proposals(story)] == ["In vain."]
    assert await look(story) == []
    assert [one.paragraphs for one in await look(story, texts=True)] == [(1,), (2,), (3,), ()], (
        "with the texts, all of it"
    )


async def test_many_changes_are_shown_in_parts_and_none_is_left_out(
    story: Story, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recurrentgpt.nodes.leaning._CHANGES", 30)
    monkeypatch.setattr("recurrentgpt.nodes.leaning._LEAST", 30)
    await branches.edit(story, paragraph=1, summary="Mara hides the bottle in the attic.")
    await branches.edit(story, paragraph=2, summary="The inspector searches the house from the attic down, in vain.")
    cost = await looking.cost_of_look(story, FIRST)
    await look(story)
    assert len(answers.asked) == cost.calls
    told = "".join(answers.asked)
    assert told.count("Mara hides the bottle in the attic.\n\nWhat else") == told.count("in vain.\n\nWhat else") > 0


async def test_with_too_many_a_person_decides_first(story: Story, answers: Answers) -> None:
    told = {"text": "It rains.", "summary": "Rain.", "facts": [("It rains.", "It rains")] * 9}
    situation = {"passages": [told] * 20, "memory": [f"Memory {number}." for number in range(9)]}
    await tell(story, situation)
    await branches.edit(story, paragraph=1, summary="Sun.")
    answers.leaning = [[{"item": item, "now": f"New {item}."} for item in range(1, 300)]] * 3
    async for _ in looking.look(story, FIRST):
        pass
    assert len(await proposals.proposals(story)) >= MOST_PROPOSED


@pytest.mark.parametrize(
    "said", ["", "{", '{"leaning": "?"}', '{"leaning": ["2 | now: New. | why: W", "?", {"item": "none"}]}']
)
async def test_what_cannot_be_read_is_told_of(
    story: Story, fake_models: Callable[..., FakeChatModel], said: str
) -> None:
    fake_models(interfere=lambda _, schema: said if schema and "leaning" in schema["properties"] else None)
    await branches.edit(story, paragraph=1, summary="Mara hides the bottle in the attic.")
    if "item" in said or "?" in said:
        (looked,) = await look(story)
        assert looked.left_out == said.count('"?"') + said.count("none")
        return
    with pytest.raises(ModelUnavailableError, match="usable answer"):
        await look(story)
    assert await looking.lies_after(story) == 3


async def test_the_embedded_model_is_not_asked(story: Story) -> None:
    await branches.edit(story, paragraph=1, summary="Mara hides the bottle in the attic.")
    with pytest.raises(ModelUnavailableError, match="embedded model"):
        async for _ in looking.look(story, FIRST.model_copy(update={"model": "embedded"})):
            pass


async def test_what_is_only_claimed_is_shown_as_a_claim(story: Story, answers: Answers) -> None:
    hidden, searched, fetched = SITUATIONS["en-place"]["passages"]
    lie = {**searched, "text": "“It is empty,” he said.", "facts": [["The house is empty.", "It is empty", "claimed"]]}
    await tell(story, {**SITUATIONS["en-place"], "passages": [hidden, lie, fetched]})
    await change(story, SITUATIONS["en-place"]["change"])
    await look(story)
    assert "Fact: The house is empty. (claimed)" in "".join(answers.asked)
    assert "Fact: Mara has the bottle.\n" in "".join(answers.asked)
