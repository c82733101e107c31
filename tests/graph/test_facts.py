"""A story in which things change: what is kept of it, and what the next prompts say of it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from langgraph.types import Command

from graph_at_hand import HUMAN, THREAD, TOPIC, compiled
from recurrentgpt.memory import Lineage
from resources_at_hand import open_memory
from tongues import EN

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel
    from recurrentgpt.schemas.context import Context

Told = dict[str, list[dict[str, Any]]]
ONE = HUMAN.model_copy(update={"opening_paragraphs": 1})
FILLER = " ".join(f"Rain fell on roof number {number}." for number in range(20))
OPENING = f"Ines kept the brass key in her coat. Who had sent it? {FILLER}"
LOST = f"The brass key slid from her coat and sank in the mill pond. {FILLER}"
OTHER = f"Ines slept with the key under her pillow. {FILLER}"

HAS_KEY = {"fact": "Ines has the brass key.", "about": ["Ines", "key"], "says": "kept the brass key in her coat"}
WHO_SENT = {"fact": "Who sent the key?", "about": ["key"], "says": "Who had sent it?", "open": True}
STOLE = "Tom stole the key."
CLAIM = "Tom has the key."
IS_AT = "The brass key lies in the mill pond."
IS_SHUT = "The mill is shut."
WHERE = "Where is Tom?"
FACTS = ("Ines has the brass key.", STOLE, CLAIM, "Who sent the key?", IS_AT, IS_SHUT, WHERE)

IS_LOST = {
    "fact": IS_AT,
    "about": ["key"],
    "says": "sank in the mill pond",
    "replaces": FACTS[0],
}

BACK = {"fact": "Ines has it again.", "about": ["Ines", "key"], "says": "Ines found the key", "replaces": IS_AT}


class Writer:
    """Answers with what it is given: texts one after the other, and what is said of each."""

    def __init__(self) -> None:
        self.texts = [OPENING]
        self.told: Told = {"facts": [HAS_KEY, WHO_SENT], "changes": []}
        self.facts_asked: list[str] = []
        self.broken = False
        self.model: FakeChatModel | None = None

    @property
    def asked(self) -> list[list[BaseMessage]]:
        assert self.model
        return self.model.asked

    def __call__(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        if schema is None:
            return self.texts[-1]
        if "facts" not in schema["properties"]:
            return None
        self.facts_asked.append(messages[-1].text)
        if self.broken:
            return "I would rather not."
        shown = "\n".join(message.text for message in messages)
        told = {name: [_numbered(item, shown) for item in items] for name, items in self.told.items()}
        return json.dumps({"summary": "A summary.", "summaries": ["A summary."], **told})


def _numbered(item: dict[str, Any], shown: str) -> dict[str, Any]:
    """An answer's item with the numbers of the facts that it means."""
    name = "fact" if "how" in item else "replaces"
    numbers = {name: number_of(item[name], shown)} if item.get(name) in FACTS else {}
    return {**item, **numbers}


@pytest.fixture
def writer(fake_models: Callable[..., FakeChatModel]) -> Writer:
    made = Writer()
    made.model = fake_models(interfere=made)
    return made


def begun(writer: Writer, context: Context = ONE, **more: Any) -> Any:
    assert writer
    run = compiled()
    run.invoke({**TOPIC, **more}, THREAD, context=context)
    return run


def step(  # noqa: PLR0913 (what a step is made of)
    run: Any, writer: Writer, text: str, told: Told, plan: object = 1, *, facts: bool = True
) -> Any:
    writer.texts.append(text)
    writer.told = {"facts": [], "changes": [], **told}
    context = ONE.model_copy(update={"use_facts": facts})
    return run.invoke(Command(resume=plan), THREAD, context=context)


def asked_to_write(writer: Writer) -> str:
    """The last prompt that a passage was first written to."""
    prompts = [asked[-1].text for asked in reversed(writer.asked) if "Plan for the next" in asked[-1].text]
    return next(prompt for prompt in prompts if "put this right" not in prompt)


def number_of(fact: str, prompt: str) -> int:
    line = next(line for line in prompt.splitlines() if fact in line and line[0].isdigit())
    return int(line.split(".", maxsplit=1)[0])


def test_what_was_lost_is_lost_in_the_next_prompt(writer: Writer) -> None:
    run = begun(writer)
    step(run, writer, OTHER, {})
    state = step(run, writer, LOST.replace("Rain", "Snow"), {"facts": [IS_LOST]})
    assert [fact["text"] for fact in state["knowledge"]["facts"]] == ["The brass key lies in the mill pond."]
    assert [change["what"] for change in state["knowledge"]["changes"]] == ["replaced"]
    state = step(run, writer, OTHER, {}, "Ines opens the mill with the brass key.")
    assert {type(note) for passage in state["retrieved"] for note in passage["since"]} == {str}, "plain JSON"
    prompt = asked_to_write(writer)
    assert "The brass key lies in the mill pond. [3]" in prompt
    assert "Ines has the brass key." not in prompt.split("As things stand")[1].split("Plan for")[0]
    number = number_of("The brass key lies in the mill pond. [3]", prompt.split("As things stand")[1])
    said = f"(changed since: Ines has the brass key. Now, below: {number})"
    assert said in prompt, "the opening was recalled"


FRAMES = {"imagined": "imagined", "claimed": "claimed", "earlier": "of an earlier time"}


@pytest.mark.parametrize(
    ("frame", "note"),
    [("imagined", "dreamt, feared or planned"), ("claimed", "only said"), ("earlier", "of an earlier time")],
)
def test_beside_a_passage_stands_what_it_does_not_tell_as_being_so(writer: Writer, frame: str, note: str) -> None:
    run = begun(writer)
    drowned = {"fact": "Ines is drowned.", "about": ["Ines"], "says": "drowned in the dream", "frame": frame}
    step(run, writer, f"Ines was drowned in the dream. {FILLER}", {"facts": [drowned]})
    step(run, writer, OTHER, {})
    for tokens in (170, 1):
        writer.texts.append(OTHER.replace("Rain", f"Snow{tokens}"))
        writer.told = {"facts": [], "changes": []}
        context = ONE.model_copy(update={"fact_tokens": tokens})
        state = run.invoke(Command(resume="Ines is drowned?"), THREAD, context=context)
        beside = [line for passage in state["retrieved"] for line in passage["since"]]
        assert [line for line in beside if note in line] == beside[:1]
        prompt = asked_to_write(writer)
        assert beside[0] in prompt
        assert prompt.count("Ines is drowned.") == 1, "it is not told twice"
        assert ("Ines is drowned." in beside[0]) == (tokens == 1)
        if tokens > 1:
            number = number_of("Ines is drowned.", prompt)
            assert beside[0].endswith(f": {number}, below)")
            assert f"{number}. Ines is drowned. [2] ({FRAMES[frame]})" in prompt


def beside_passages(run: Any, writer: Writer, plan: str) -> list[str]:
    state = step(run, writer, OTHER.replace("Rain", "Snow"), {}, plan)
    return [line for passage in state["retrieved"] for line in passage["since"]]


def test_what_is_newer_and_about_the_same_is_named_by_its_number_where_it_ended_nothing(writer: Writer) -> None:
    run = begun(writer)
    sunk = {**IS_LOST, "fact": "The key lies in the pond.", "replaces": []}
    deep = {"fact": "The pond is deep.", "about": ["pond"], "says": "sank in the mill pond"}
    step(run, writer, LOST.replace("Rain", "Snow"), {"facts": [sunk, deep]})
    step(run, writer, OTHER, {})
    plan = "Ines opens the mill with the brass key of the pond."
    state = step(run, writer, OTHER.replace("Rain", "Hail"), {}, plan)
    opening, lost = ([str(note) for note in passage["since"]] for passage in state["retrieved"])
    number = number_of("The key lies in the pond. [2]", asked_to_write(writer).split("As things stand")[1])
    assert opening[-1] == f"(newer, below: {number})", "not what is about the pond alone"
    assert lost == [], "it is newer than nothing of its own"


def test_what_is_newer_than_several_passages_is_named_once(writer: Writer) -> None:
    run = begun(writer)
    worn = {"fact": "The key is worn.", "about": ["Ines", "key"], "says": "the key under her pillow"}
    step(run, writer, OTHER, {"facts": [worn]})
    sunk = {**IS_LOST, "fact": "The key lies in the pond.", "about": ["Ines", "key"], "replaces": []}
    step(run, writer, LOST.replace("Rain", "Snow"), {"facts": [sunk]})
    step(run, writer, OTHER.replace("Rain", "Mist"), {})
    beside = beside_passages(run, writer, "Ines opens the mill with the brass key of the pond.")
    number = number_of("The key lies in the pond. [3]", asked_to_write(writer).split("As things stand")[1])
    newer = [line for line in beside if line.startswith("(newer") and str(number) in re.findall(r"\d+", line)]
    assert len(newer) == 1, beside


def test_what_took_the_place_of_several_facts_is_told_once(writer: Writer) -> None:
    writer.told["facts"] = [
        {"fact": f"Ines {does}.", "about": ["Ines"], "says": "kept the brass key"}
        for does in ("rows", "sings", "waits")
    ]
    run = begun(writer)
    died = {"fact": "Ines is dead.", "about": ["Ines"], "says": "sank in the mill pond", "replaces": [1, 2, 3]}
    writer.texts.append(LOST.replace("Rain", "Snow"))
    writer.told = {"facts": [died], "changes": []}
    few = ONE.model_copy(update={"fact_tokens": 10, "retrieve_k": 1, "retrieve_in_short": 2})
    run.invoke(Command(resume=1), THREAD, context=few)
    mill = "The mill is shut. The mill is old. The mill is dry."
    things = [{"fact": said, "about": ["mill"], "says": said} for said in mill.replace(". ", ".|").split("|")]
    step(run, writer, f"{mill} {FILLER.replace('Rain', 'Mist')}", {"facts": things})
    step(run, writer, FILLER.replace("Rain", "Frost"), {})
    writer.texts.append(OTHER.replace("Rain", "Hail"))
    writer.told = {"facts": [], "changes": []}
    run.invoke(Command(resume=mill), THREAD, context=few)
    prompt = asked_to_write(writer)
    assert prompt.count("Ines is dead.") == 1, prompt
    assert prompt.count("(changed since: Ines") == 3


def test_an_earlier_version_says_who_knew_what_and_what_was_only_claimed(writer: Writer) -> None:
    run = begun(writer)
    secret = {"fact": STOLE, "about": ["Tom"], "says": "Ines slept", "knows": ["Mara", "Ines"]}
    claim = {"fact": CLAIM, "about": ["Tom"], "says": "under her pillow", "frame": "claimed"}
    step(run, writer, OTHER, {"facts": [secret, claim]})
    writer.told = {"facts": [], "changes": []}
    run.invoke(Command(resume={"paragraph": f"{OTHER} Nobody saw it.", "plan": 1}), THREAD, context=ONE)
    edited = next(text for text in writer.facts_asked if "An earlier version" in text)
    assert re.search(rf"^\d+\. {STOLE} \(known to Mara, Ines\)$", edited, re.MULTILINE), edited
    assert re.search(rf"^\d+\. {CLAIM} \(claimed\)$", edited, re.MULTILINE)
    assert "(what still stands there so need not be written again)" in edited


def test_a_question_that_another_took_the_place_of_is_settled_where_that_one_is(writer: Writer) -> None:
    run = begun(writer)
    other = {"fact": WHERE, "about": ["Tom"], "says": "where Tom was", "open": True, "replaces": "Who sent the key?"}
    step(run, writer, f"Nobody knew where Tom was. {FILLER}", {"facts": [other]})
    few = ONE.model_copy(update={"fact_tokens": 1, "use_threads": False})
    writer.texts.append(OTHER.replace("Rain", "Sleet"))
    writer.told = {"facts": [], "changes": []}
    state = run.invoke(Command(resume="Who sent the key?"), THREAD, context=few)
    beside = [line for passage in state["retrieved"] for line in passage["since"]]
    assert f"(open there: Who sent the key? Told in paragraph 2: {WHERE})" in beside, beside
    found = {"fact": "Otto sleeps.", "about": ["Otto"], "says": "Otto slept", "replaces": WHERE}
    step(run, writer, f"Otto slept. {FILLER.replace('Rain', 'Mist')}", {"facts": [found]})
    beside = beside_passages(run, writer, "Who sent the key?")
    assert "(settled, since paragraph 4: Who sent the key?)" in beside, beside


def test_an_answer_of_an_earlier_time_is_not_said_to_be_so_since_it_was_told(writer: Writer) -> None:
    run = begun(writer)
    asked = "Who sent the key?"
    answer = {
        "fact": "Mara sent the key.",
        "about": ["key"],
        "says": "I sent it",
        "frame": "earlier",
        "replaces": asked,
    }
    step(run, writer, f"“I sent it, long ago,” said Mara. {FILLER}", {"facts": [answer]})
    beside = few_facts(run, writer)
    assert "(open there: Who sent the key? Told in paragraph 2: Mara sent the key.)" in beside, beside


def test_a_claim_that_took_the_place_of_another_is_told_as_a_claim(writer: Writer) -> None:
    run = begun(writer)
    claimed = {"fact": CLAIM, "about": ["Tom", "Mara"], "says": "Tom has it", "frame": "claimed"}
    another = {"fact": "Otto has the key of Tom.", "about": ["Otto", "Tom", "Mara"], "says": "Otto has it"}
    step(run, writer, f"“Tom has it,” said Mara. {FILLER}", {"facts": [claimed]})
    changed = {"facts": [{**another, "frame": "claimed", "replaces": CLAIM}]}
    step(run, writer, f"“Otto has it, of Tom’s,” said Mara. {FILLER}", changed)
    assert "(as told there: Tom has the key. Since paragraph 3: Otto has the key of Tom. (claimed))" in few_facts(
        run, writer
    )


def test_a_claim_that_is_over_is_still_only_said_where_it_was_told(writer: Writer) -> None:
    run = begun(writer)
    claimed = {"fact": CLAIM, "about": ["Tom"], "says": "Tom has it", "frame": "claimed"}
    step(run, writer, f"“Tom has it,” said Mara. {FILLER}", {"facts": [claimed]})
    ended = {"fact": CLAIM, "how": "ended", "says": "That was a lie"}
    step(run, writer, f"That was a lie. {FILLER}", {"changes": [ended]})
    assert f"(only said or written, not shown to be so: {CLAIM})" in few_facts(run, writer)


def few_facts(run: Any, writer: Writer) -> list[str]:
    """What is noted beside passages in a step that shows one fact at most."""
    writer.texts.append(OTHER.replace("Rain", "Snow"))
    writer.told = {"facts": [], "changes": []}
    few = ONE.model_copy(update={"fact_tokens": 1})
    state = run.invoke(Command(resume="The mill is dry."), THREAD, context=few)
    return [line for passage in state["retrieved"] for line in passage["since"]]


def test_what_has_nothing_to_do_with_a_step_does_not_fill_its_prompt(writer: Writer) -> None:
    run = begun(writer)
    for word in ("Snow", "Hail"):
        about_otto = [
            {"fact": f"Otto has {word} bell {number}.", "about": ["Otto"], "says": "number 1"} for number in range(8)
        ]
        about_all = {"fact": f"A {word.lower()} bell is dear.", "about": [], "says": "number 1"}
        step(run, writer, OTHER.replace("Rain", word), {"facts": [*about_otto[:7], about_all]})
    context = ONE.model_copy(update={"retrieve_k": 0, "retrieve_in_short": 0})
    shown = []
    for plan in ("Ines buys a bell.", "Ines and Otto buy a bell."):
        writer.texts.append(OTHER.replace("Rain", plan[:-1]))
        writer.told = {"facts": [], "changes": []}
        run.invoke(Command(resume=plan), THREAD, context=context)
        shown.append(asked_to_write(writer).split("As things stand")[1].split("Plan for")[0])
    assert 0 < shown[0].count("Otto has") <= 8
    assert shown[1].count("Otto has") == 14
    assert [text.count("bell is dear") for text in shown] == [2, 2]
    assert all("Ines has the brass key." in text for text in shown)


def test_a_claim_that_proved_true_is_not_said_to_be_so_no_longer(writer: Writer) -> None:
    run = begun(writer)
    claimed = {"fact": CLAIM, "about": ["Tom"], "says": "Tom has it", "frame": "claimed"}
    proved = {"fact": "Tom holds the brass key.", "about": ["Tom"], "says": "Tom held up the key", "replaces": CLAIM}
    step(run, writer, f"“Tom has it,” said Mara. {FILLER}", {"facts": [claimed]})
    step(run, writer, f"Tom held up the key and laughed. {FILLER}", {"facts": [proved]})
    beside = beside_passages(run, writer, "Tom has the key?")
    number = number_of("Tom holds the brass key. [3]", asked_to_write(writer).split("As things stand")[1])
    assert f"(as told there: Tom has the key. Now, below: {number})" in beside, "what stands below is not said twice"
    assert not [line for line in beside if "no longer so: Tom has the key" in line]


def test_a_question_that_was_answered_was_open(writer: Writer) -> None:
    run = begun(writer)
    answer = {
        "fact": "Mara sent the key.",
        "about": ["Mara", "key"],
        "says": "I sent it",
        "replaces": "Who sent the key?",
    }
    step(run, writer, f"“I sent it,” said Mara. {FILLER}", {"facts": [answer]})
    beside = beside_passages(run, writer, "Who sent the key?")
    number = number_of("Mara sent the key. [2]", asked_to_write(writer).split("As things stand")[1])
    asked = [line for line in beside if "Who sent the key?" in line]
    assert asked == [f"(open there: Who sent the key? Now, below: {number})"], "once, in one form"
    assert not [line for line in beside if line.startswith("(newer") and str(number) in line]


def test_what_took_a_facts_place_and_is_about_another_is_not_put_beside_it(writer: Writer) -> None:
    run = begun(writer)
    other = {"fact": "The mill burnt.", "about": ["mill"], "says": "The mill burnt down", "replaces": FACTS[0]}
    step(run, writer, f"The mill burnt down. {FILLER}", {"facts": [other]})
    beside = beside_passages(run, writer, "Ines has the brass key.")
    assert "(no longer so, since paragraph 2: Ines has the brass key.)" in beside


def test_the_state_says_what_the_step_changed_with_its_ids(writer: Writer) -> None:
    state = begun(writer).get_state(THREAD).values
    assert [fact["id"] for fact in state["knowledge"]["facts"]] == ["main:0:0", "main:0:1"]
    assert state["summary"] == "A summary."
    json.dumps(state["knowledge"])


def test_without_the_passages_words_there_is_no_fact_and_that_is_counted(writer: Writer) -> None:
    run = begun(writer)
    state = step(run, writer, OTHER, {"facts": [IS_LOST], "changes": [{"fact": 1, "how": "ended", "says": "no words"}]})
    assert state["knowledge"] == {"facts": [], "changes": [], "left_out": 2}


def test_a_model_that_cannot_tell_facts_goes_on_without(writer: Writer) -> None:
    writer.broken = True
    run = begun(writer)
    state = step(run, writer, OTHER, {})
    assert state["step"] == 1
    assert state["knowledge"] == {"facts": [], "changes": [], "left_out": 0}
    with open_memory(state["story_id"], EN) as memory:
        entries = memory.read(Lineage.from_json(state["lineage"]))
    assert [entry.knowledge for entry in entries] == [None, None], "they can be made later"


def test_they_can_be_left_out(writer: Writer) -> None:
    without = ONE.model_copy(update={"use_facts": False})
    run = begun(writer, without)
    step(run, writer, OTHER, {}, facts=False)
    assert not writer.facts_asked
    assert "As things stand" not in asked_to_write(writer)


def test_open_questions_reach_the_planner_and_the_ending(writer: Writer) -> None:
    run = begun(writer, target_paragraphs=1)
    asked = [messages[-1].text for messages in writer.asked]
    assert any("Open questions and promises" in text and "Who sent the key? [1]" in text for text in asked)
    step(run, writer, OTHER, {})
    assert "Still open:\n2. Who sent the key? [1]" in asked_to_write(writer)


def test_every_open_question_can_be_settled_as_long_as_they_are_few(writer: Writer) -> None:
    asks = [f"Will {name} come back?" for name in ("Ada", "Bo", "Cy", "Di", "Ed", "Flo")]
    writer.texts[0] = f"{OPENING} {' '.join(asks)}"
    writer.told["facts"] = [{"fact": ask, "about": [ask.split()[1]], "says": ask, "open": True} for ask in asks]
    run = begun(writer)
    for number in range(4):
        things = [f"The lamp of room {number}{room} is lit." for room in range(8)]
        facts = [{"fact": said, "about": ["lamp"], "says": said} for said in things]
        step(run, writer, f"{' '.join(things)} {FILLER.replace('Rain', f'Snow{number}')}", {"facts": facts})
    step(run, writer, f"Nobody would ever know, he said, by the lamp. {FILLER.replace('Rain', 'Dust')}", {})
    asked = next(messages for messages in reversed(writer.asked) if messages[-1].text == writer.facts_asked[-1])
    shown = "\n".join(message.text for message in asked)
    assert all(re.search(rf"^\d+\. {re.escape(ask)}", shown, re.MULTILINE) for ask in asks)


def test_an_edit_that_unmakes_a_change_makes_what_was_hold_again(writer: Writer) -> None:
    run = begun(writer)
    step(run, writer, OTHER, {})
    step(run, writer, LOST, {"facts": [IS_LOST]})
    writer.told = {"facts": [], "changes": []}
    step(run, writer, OTHER, {}, {"paragraph": OTHER.replace("slept", "woke"), "plan": 1})
    assert "The brass key lies in the mill pond." in writer.facts_asked[-2], "what the earlier version said is shown"
    prompt = asked_to_write(writer)
    assert "Ines has the brass key. [1]" in prompt
    assert "mill pond" not in prompt.split("As things stand")[1].split("Plan for")[0]


def test_an_edit_is_shown_once_what_its_passage_ended_and_nothing_that_had_ended_before(writer: Writer) -> None:
    run = begun(writer)
    step(run, writer, LOST, {"facts": [IS_LOST]})
    step(run, writer, f"Ines found the key. {FILLER}", {"facts": [BACK]})
    writer.told = {"facts": [], "changes": []}
    step(run, writer, OTHER, {}, {"paragraph": f"Ines sought the key. {FILLER}", "plan": 1})
    numbered = [line for line in writer.facts_asked[-2].splitlines() if line[:1].isdigit()]
    facts = [line.split(". ", maxsplit=1)[1].split(" [", maxsplit=1)[0].split(" (", maxsplit=1)[0] for line in numbered]
    assert sorted(facts) == sorted(set(facts))
    assert IS_AT in "\n".join(message.text for message in writer.asked[-1]) + writer.facts_asked[-2]
    assert FACTS[0] not in facts, facts


def test_what_an_edited_passage_still_ends_in_the_same_words_is_not_shown_as_holding(writer: Writer) -> None:
    run = begun(writer)
    few = ONE.model_copy(update={"fact_tokens": 1, "use_threads": False})
    writer.texts.append(LOST)
    writer.told = {"facts": [IS_LOST], "changes": []}
    run.invoke(Command(resume=1), THREAD, context=few)
    writer.texts.append(OTHER)
    writer.told = {"facts": [], "changes": []}
    run.invoke(Command(resume={"paragraph": LOST.replace("Rain", "Hail"), "plan": 1}), THREAD, context=few)
    edited = next(asked for asked in writer.facts_asked if "An earlier version" in asked)
    assert "The brass key lies in the mill pond." in edited
    assert "Ines has the brass key." not in edited


def test_who_knows_a_secret_is_said(writer: Writer) -> None:
    secret = {"fact": STOLE, "about": ["Tom"], "says": "kept the brass key", "knows": ["Mara"]}
    hidden = {"fact": "Tom is a ghost.", "about": ["Tom"], "says": "in her coat", "knows": ["reader"]}
    claimed = {"fact": "Tom has fled.", "about": ["Tom"], "says": "Who had sent it", "frame": "claimed"}
    writer.told = {"facts": [secret, hidden, claimed], "changes": []}
    run = begun(writer)
    step(run, writer, OTHER, {}, "Tom walks in.")
    prompt = asked_to_write(writer)
    assert "Known only to some:\n1. Tom stole the key. [1] (known to Mara)" in prompt
    assert "nobody in the story:\n" in prompt
    assert "Tom has fled. [1] (claimed)" in prompt
    learned = {"fact": STOLE, "how": "learned", "who": ["Ines"], "says": "Ines slept"}
    step(run, writer, OTHER.replace("Rain", "Snow"), {"changes": [learned]}, "Tom walks in again.")
    step(run, writer, OTHER.replace("Rain", "Dust"), {}, "Tom walks in once more.")
    assert "(known to Mara, Ines)" in asked_to_write(writer)


def test_who_is_dead_is_not_among_those_who_know(writer: Writer) -> None:
    secret = {"fact": STOLE, "about": ["Tom"], "says": "kept the brass key", "knows": ["Mara", "Ada Reed"]}
    writer.told = {"facts": [secret], "changes": []}
    run = begun(writer)
    run.update_state(THREAD, {"aliases": [["Ada Reed", "the miller's wife"]]})
    rumour = {"fact": "Mara is dead.", "about": ["Mara"], "says": "Ines slept", "frame": "claimed", "dead": ["Mara"]}
    step(run, writer, OTHER, {"facts": [rumour]}, "Tom walks in.")
    died = {
        "fact": "Ada drowned.",
        "about": ["the miller's wife"],
        "says": "She drowned",
        "dead": ["the miller's wife"],
    }
    step(run, writer, f"She drowned. {FILLER.replace('Rain', 'Hail')}", {"facts": [died]}, "Tom walks in again.")
    assert "Tom stole the key. [1] (known to Mara, Ada Reed)" in asked_to_write(writer)
    killed = {"fact": "Mara died.", "about": ["Mara"], "says": "Mara died", "dead": ["Mara"], "replaces": []}
    step(run, writer, f"Mara died. {FILLER.replace('Rain', 'Snow')}", {"facts": [killed]}, "Tom walks in once more.")
    assert "Tom stole the key. [1] (known to Mara)" in asked_to_write(writer)
    step(run, writer, OTHER.replace("Rain", "Dust"), {}, "Tom walks in at last.")
    assert "nobody in the story:\n3. Tom stole the key. [1]\n" in asked_to_write(writer), "what only the dead knew"


KING = ["Strider", "Aragorn"]
LAME = {"fact": "Aragorn is lame.", "about": ["Aragorn"], "says": "in her coat"}
OF_STRIDER = [
    {"fact": f"Strider sits on chair {number}.", "about": ["Strider"], "says": "in her coat"} for number in range(50)
]
FEW = ONE.model_copy(update={"fact_tokens": 60})
"""Room for about four facts."""


def in_a_story_of_strider(writer: Writer, groups: list[list[str]], **settings: Any) -> tuple[str, str]:
    """The prompt of a passage that names Strider and not Aragorn, and what was asked of its facts."""
    writer.told = {"facts": [*OF_STRIDER, LAME], "changes": []}
    run = begun(writer)
    run.update_state(THREAD, {"aliases": groups})
    writer.texts.append(f"Strider sat on another chair. {FILLER}")
    writer.told = {"facts": [], "changes": []}
    run.invoke(Command(resume="Strider sits on a chair."), THREAD, context=FEW.model_copy(update=settings))
    return asked_to_write(writer), writer.facts_asked[-1]


def test_two_names_are_two_until_somebody_joins_them(writer: Writer) -> None:
    prompt, asked = in_a_story_of_strider(writer, [])
    assert "Strider sits on chair" in prompt
    assert "Aragorn" not in prompt
    assert "Aragorn" not in asked


def test_what_is_told_of_one_name_is_found_by_another_and_the_writer_is_told_why(writer: Writer) -> None:
    prompt, asked = in_a_story_of_strider(writer, [KING, ["the captain", "Voss"]])
    stands = prompt.split("As things stand")[1].split("Plan for")[0]
    assert "Aragorn is lame. [1]" in stands
    assert "\nNames of one person or thing: Strider, Aragorn.\n1. " in stands
    assert "Voss" not in prompt
    assert "Aragorn is lame. [1]" in prompt + asked


def test_what_a_passage_of_another_name_may_change_is_shown_too(writer: Writer) -> None:
    prompt, asked = in_a_story_of_strider(writer, [KING], fact_tokens=1)
    assert "Names of one person or thing: Strider, Aragorn." in prompt, "the plan names one of them"
    assert "Aragorn is lame." not in prompt
    assert "Aragorn is lame. [1]" in asked


@pytest.mark.parametrize("groups", [[], [["大步佬", "阿拉贡"]]])
def test_in_chinese_a_name_is_found_within_a_sentence(writer: Writer, groups: list[list[str]]) -> None:
    chairs = [{**OF_STRIDER[0], "fact": f"大步佬坐过第{number}把椅子。"} for number in range(50)]
    writer.told = {"facts": [*chairs, {**LAME, "fact": "阿拉贡腿瘸。", "about": ["阿拉贡"]}], "changes": []}
    rain = "".join(f"雨落在第{number}个屋顶上。" for number in range(20))
    writer.texts.append(f"{rain}Ines kept the brass key in her coat.")
    run = begun(writer, language="zh")
    run.update_state(THREAD, {"aliases": groups})
    writer.texts.append(f"夜里下雨了。{rain}")
    writer.told = {"facts": [], "changes": []}
    state = run.invoke(Command(resume="只见大步佬坐到椅子上。"), THREAD, context=FEW)
    assert ("阿拉贡腿瘸。" in [kept["fact"]["text"] for kept in state["standing"]]) is bool(groups)
    prompt = run.get_state(THREAD).values["prompt"]
    assert ("同指一人或一物：大步佬、阿拉贡。" in prompt) is bool(groups)


@pytest.mark.parametrize("off", [{"use_facts": False}, {"fact_tokens": 0}])
def test_without_facts_no_names_are_told(writer: Writer, off: dict[str, Any]) -> None:
    prompt, _ = in_a_story_of_strider(writer, [KING], **off)
    assert "Aragorn" not in prompt


@pytest.mark.parametrize("groups", [[], [KING]])
def test_beside_a_passage_stands_what_is_over_of_whom_it_calls_by_another_name(
    writer: Writer, groups: list[list[str]]
) -> None:
    has_sword = {"fact": FACTS[0], "about": ["Aragorn", "key"], "says": "kept the brass key"}
    writer.told = {"facts": [has_sword], "changes": []}
    run = begun(writer)
    run.update_state(THREAD, {"aliases": groups})
    step(run, writer, f"Strider polished the key. {FILLER}", {})
    step(run, writer, LOST.replace("Rain", "Snow"), {"facts": [IS_LOST]})
    writer.texts.append(OTHER)
    writer.told = {"facts": [], "changes": []}
    only = ONE.model_copy(update={"retrieve_k": 1, "retrieve_in_short": 0})
    state = run.invoke(Command(resume="Strider polished the key. Then he takes it."), THREAD, context=only)
    (passage,) = state["retrieved"]
    assert "polished" in passage["text"], "what said it is not recalled"
    assert passage["since"] == ([f"(no longer so, since paragraph 3: {FACTS[0]})"] if groups else [])


def test_a_thing_that_came_back_is_not_said_to_be_gone(writer: Writer) -> None:
    run = begun(writer)
    step(run, writer, LOST.replace("Rain", "Snow"), {"facts": [IS_LOST]})
    step(run, writer, f"Ines found the key. {FILLER}", {"facts": [BACK]})
    for tokens, note in (
        (400, "(changed since: {old} Now, below: 1)"),
        (6, "(changed since, and not once: {old} Since"),
    ):
        context = ONE.model_copy(update={"fact_tokens": tokens})
        writer.texts.append(OTHER.replace("Rain", f"Hail {tokens}"))
        writer.told = {"facts": [], "changes": []}
        state = run.invoke(Command(resume="Ines opens the mill with the brass key."), THREAD, context=context)
        beside = "\n".join(line for passage in state["retrieved"] for line in passage["since"])
        assert note.format(old=FACTS[0]) in beside
        assert f"no longer so: {FACTS[0]}" not in beside


def test_what_a_premise_says_and_what_others_claim_is_not_noted_beside_a_passage_without_it(writer: Writer) -> None:
    claimed = {"fact": CLAIM, "about": ["Tom"], "says": "Tom has it", "frame": "claimed"}
    mill = {"fact": IS_SHUT, "about": ["mill"], "says": "the mill is shut"}
    writer.told = {"facts": [HAS_KEY, mill], "changes": []}
    run = begun(writer, background="Since the war the mill is shut.")
    step(run, writer, f"“Tom has it,” said Mara. {FILLER}", {"facts": [claimed]})
    step(run, writer, f"Tom was here. {FILLER}", {})
    proved = {"fact": "Tom holds the brass key.", "about": ["Tom"], "says": "Tom held up the key", "replaces": CLAIM}
    opens = {"fact": "The mill runs.", "about": ["mill"], "says": "The mill ran", "replaces": IS_SHUT}
    step(run, writer, f"Tom held up the key and laughed. The mill ran. {FILLER}", {"facts": [proved, opens]})
    state = step(run, writer, OTHER.replace("Rain", "Hail"), {}, "Tom has the key of the mill that is shut?")
    beside = {passage["text"][:8]: "\n".join(passage["since"]) for passage in state["retrieved"]}
    assert CLAIM not in beside["Tom was "], beside
    assert IS_SHUT not in beside[OPENING[:8]], beside
