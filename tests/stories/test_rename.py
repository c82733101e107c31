"""Another name everywhere in a story: what is found, what is left, and that one undo brings every byte back."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from recurrentgpt.memory import Lineage
from recurrentgpt.schemas.clashes import Clash, Side
from recurrentgpt.schemas.errors import StoryStateError
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories import branches, continuity
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.rename import LONGEST, Wording, preview, rename
from recurrentgpt.stories.undo import undo
from stories_at_hand import FIRST, at, run, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.messages import BaseMessage

    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.stories.story import Story

SAYS = {
    "en": ("Anna rows out. Anna's boat leaks! Joanna waits, and ANNA sings number {}.", "Anna owns boat {}."),
    "zh": ("王明出海。王明山在岸上等第{}天。", "王明有第{}条船。"),
}
ABOUT = {"en": ["Anna", "boat"], "zh": ["王明", "王明山"]}
QUOTE = {"en": "Anna's boat leaks", "zh": "王明出海"}


def teller(language: str) -> Callable[[list[BaseMessage], dict[str, Any] | None], str]:
    said = iter(range(10_000))

    def tell(_: list[BaseMessage], schema: dict[str, Any] | None) -> str:
        text, fact = SAYS[language]
        number = next(said)
        if schema is None:
            return (" " if language == "en" else "").join(text.format(f"{number}-{part}") for part in range(4))
        facts = [{"fact": fact.format(number), "about": ABOUT[language], "says": QUOTE[language]}]
        sentence = text.format(number)
        plans = [{"text": f"{sentence} {way}", "recall": [sentence]} for way in ("Up", "Down", "Away to sea")]
        answer = {"summary": sentence, "summaries": [sentence], "facts": facts, "changes": [], "plans": plans}
        answer |= {
            "rationale": sentence,
            "memory": [sentence] * 10,
            "synopsis": sentence,
            "title": "T",
            "outline": sentence,
        }
        return json.dumps({name: value for name, value in answer.items() if name in schema["properties"]})

    return tell


@pytest.fixture(params=["en", "zh"])
def told(request: pytest.FixtureRequest, fake_models: Callable[..., object]) -> tuple[Library, StoryRecord, str]:
    """A story of 13 passages that name somebody in all that there is."""
    language: str = request.param
    fake_models(interfere=teller(language))
    library = Library.of_the_process()
    name = SAYS[language][0]
    given = StoryInput(topic=name, title="T", outline=name, background=name, style_sheet=name, language=language)
    context = FIRST.model_copy(update={"paragraph_sentences": 2, "repetition_limit": 1})
    record = library.begin(given, context)
    at(library, record, lambda story: write(story, 13, context))
    return library, record, language


async def everything(story: Story) -> str:
    """All that can be read of a branch."""
    state: Any = await story.state()
    entries = await story.entries(Lineage.from_json(state["lineage"]))
    facts = await story.facts()
    synopsis = await story.synopsis()
    kept = {name: value for name, value in state.items() if name not in {"usage", "remaining_steps"}}
    return json.dumps([kept, [str(one) for one in entries], str(facts), str(synopsis)], ensure_ascii=False)


OLD, NEW = {"en": "Anna", "zh": "王明"}, {"en": "Clara", "zh": "李清"}


def test_it_is_changed_in_all_that_there_is_and_one_undo_brings_every_byte_back(
    told: tuple[Library, StoryRecord, str],
) -> None:
    library, record, language = told
    run(library, record, branches.new_branch, 4, "sibling")
    sibling = at(library, record, everything)
    run(library, library.find(), branches.switch, "main")
    before = at(library, record, everything)
    wording = Wording(OLD[language], NEW[language])
    hits, forms = run(library, record, preview, wording)
    assert at(library, record, everything) == before, "a look changes nothing"
    assert {hit.where for hit in hits} == {"text", "summary", "fact", "memory", "plans", "premise"}
    assert [hit.number for hit in hits] == list(range(1, len(hits) + 1))
    assert run(library, record, rename, wording) == hits
    after = at(library, record, everything)
    alone = after.replace("Joanna", "").replace("王明山", "").replace("ANNA", "")
    left = re.findall(f".{{30}}{OLD[language]}.{{30}}", alone)
    assert not left
    assert NEW[language] in alone
    assert (
        len(after) - len(before)
        == after.count(NEW[language]) * (len(NEW[language]) - len(OLD[language]))
        + (len(json.dumps(json.loads(after)[0]["lineage"])) - len(json.dumps(json.loads(before)[0]["lineage"])))
        or "branch" in after
    )
    texts = at(library, record, lambda story: story.manuscript())
    if language == "en":
        assert all("Clara rows out. Clara's boat leaks! Joanna waits, and ANNA" in entry.text for entry in texts)
        assert [(form.form, form.becomes) for form in forms] == [("ANNA", "CLARA")]
    else:
        assert all("李清出海。王明山在岸上" in entry.text for entry in texts)
        assert [(form.form, form.becomes) for form in forms] == [("王明山", "李清山")]
    known = at(library, record, lambda story: story.facts()).facts.values()
    assert all(fact.fact.quote in texts[fact.since].text for fact in known)
    assert len(json.loads(after)[0]["lineage"]) <= len(json.loads(before)[0]["lineage"]) + 2
    assert any(part.level for part in at(library, record, lambda story: story.synopsis())), "nothing is condensed anew"
    run(library, record, undo)
    assert at(library, record, everything) == before
    assert at(library, library.find(), lambda story: _of(story, "sibling")) == sibling


async def _of(story: Story, branch: str) -> str:
    await branches.switch(story, branch)
    found = await everything(story)
    await branches.switch(story, "main")
    return found


def test_a_place_that_is_left_out_stays_and_still_proves_its_fact(told: tuple[Library, StoryRecord, str]) -> None:
    library, record, language = told
    wording = Wording(OLD[language], NEW[language])
    hits, _ = run(library, record, preview, wording)
    second = [hit.number for hit in hits if hit.where == "text" and hit.paragraph == 2]
    run(library, record, rename, Wording(OLD[language], NEW[language], leave_out=frozenset(second)))
    texts = at(library, record, lambda story: story.manuscript())
    assert NEW[language] not in texts[1].text
    assert all(NEW[language] in entry.text for entry in texts if entry is not texts[1])
    known = at(library, record, lambda story: story.facts()).facts.values()
    assert all(fact.fact.quote in texts[fact.since].text for fact in known)


def test_other_forms_change_where_a_person_says_so_and_all_can_be_found_by_the_new_name(
    told: tuple[Library, StoryRecord, str],
) -> None:
    library, record, language = told
    form, becomes = {"en": ("ANNA", "CLARA"), "zh": ("王明山", "李大山")}[language]
    run(library, record, rename, Wording(OLD[language], NEW[language], {form: becomes}))
    texts = at(library, record, lambda story: story.manuscript())
    assert all(becomes in entry.text and form not in entry.text for entry in texts)
    assert at(library, record, lambda story: story.search(NEW[language], 3))
    run(library, record, rename, Wording(becomes, "Z", anywhere=True))
    at(library, record, lambda story: write(story, 1))


def test_what_stands_in_the_plans_alone_is_taken_back_too(told: tuple[Library, StoryRecord, str]) -> None:
    library, record, _ = told
    before = at(library, record, everything)
    hits = run(library, record, rename, Wording("Away", "Aside"))
    assert {hit.where for hit in hits} == {"plans"}
    assert "Aside to sea" in at(library, record, everything)
    run(library, record, undo)
    assert at(library, record, everything) == before


def test_notes_and_their_marks_are_taken_back_with_the_words(told: tuple[Library, StoryRecord, str]) -> None:
    library, record, language = told

    async def act(story: Story) -> None:
        state = await story.state()
        path = Lineage.from_json(state["lineage"])

        def clash(*places: int) -> dict[str, Any]:
            quote = QUOTE[language].replace(OLD[language], name)
            return Clash("fact", tuple(Side(quote, place, *path.at(place)) for place in places), f"{name}?").to_json()

        name = OLD[language]
        await continuity.keep(story, state, {"clashes": [clash(1, 3)]})
        (known,) = await continuity.notes(story, threads=False)
        await continuity.mark(story, known.id, "mend")
        before = await continuity.notes(story, threads=False)
        await rename(story, Wording(OLD[language], NEW[language]))
        (reworded,) = await continuity.notes(story, threads=False)
        assert (reworded.mark, NEW[language] in reworded.clash.why) == ("mend", True)
        path, name = Lineage.from_json((await story.state())["lineage"]), NEW[language]
        kept = (await story.state())["clashes"]
        await continuity.keep(story, state, {"clashes": [*kept, clash(2, 4)]})
        await undo(story)
        assert await continuity.notes(story, threads=False) == before
        assert len((await story.state())["clashes"]) == 2, "what was found since was paid for"

    at(library, record, act)


def test_what_cannot_be_looked_for_is_refused(told: tuple[Library, StoryRecord, str]) -> None:
    library, record, _ = told
    with pytest.raises(StoryStateError, match="empty"):
        run(library, record, preview, Wording(" ", "x"))
    with pytest.raises(StoryStateError, match=str(LONGEST)):
        run(library, record, rename, Wording("x", "x" * (LONGEST + 1)))
    assert run(library, record, rename, Wording("Nobody at all", "x")) == []


def test_a_name_that_an_id_has_in_itself_leaves_the_ids_alone(fake_models: Callable[..., object]) -> None:
    """Facts are called by the branch of their passage, the first of which is ``main``; what changes them names them."""
    teller_of_main = teller("en")

    def tell(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str:
        answer = teller_of_main(messages, schema)
        if schema is None or "changes" not in schema["properties"]:
            return answer
        told = json.loads(answer)
        return json.dumps({**told, "changes": [{"fact": 1, "how": "ended", "says": QUOTE["en"]}]})

    fake_models(interfere=tell)
    library = Library.of_the_process()
    context = FIRST.model_copy(update={"paragraph_sentences": 2, "repetition_limit": 1})
    record = library.begin(StoryInput(topic="main", title="T", outline="main"), context)
    at(library, record, lambda story: write(story, 3, context))
    before: Any = at(library, record, lambda story: story.state())
    assert before["knowledge"]["changes"]
    run(library, record, rename, Wording("main", "X"))
    after: Any = at(library, record, lambda story: story.state())
    assert after["topic"] == "X"
    for name in ("knowledge", "standing", "lineage"):
        assert after[name] == before[name]
