"""A story in which things change: what is kept of it, and what the next prompts say of it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from langgraph.types import Command

from changing_story import (
    BACK,
    CLAIM,
    FACTS,
    FILLER,
    IS_AT,
    IS_LOST,
    LOST,
    ONE,
    OPENING,
    OTHER,
    STOLE,
    Writer,
    asked_to_write,
    begun,
    number_of,
    step,
)
from graph_at_hand import THREAD
from recurrentgpt.memory import Lineage
from resources_at_hand import open_memory
from tongues import EN


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
    assert "(what still stands there so need not be written again; what is now so" in edited


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


def test_of_two_that_are_about_the_same_the_newest_is_shown_if_one_is(writer: Writer) -> None:
    older = "The rider is Corvin Dray of the assize."
    rider = {"fact": older, "about": ["rider", "Corvin Dray", "assize"], "says": "kept the brass key"}
    writer.told = {"facts": [rider], "changes": []}
    run = begun(writer)
    none = {"fact": "Corvin Dray is no man of the assize.", "about": ["assize", "Corvin Dray"], "says": "no office"}
    step(run, writer, f"Dray had no office. {FILLER.replace('Rain', 'Snow')}", {"facts": [none]})
    step(run, writer, OTHER, {})
    for tokens, shown in ((14, 1), (40, 2)):
        writer.texts.append(OTHER.replace("Rain", f"Hail{tokens}"))
        writer.told = {"facts": [], "changes": []}
        few = ONE.model_copy(update={"fact_tokens": tokens, "retrieve_k": 0, "retrieve_in_short": 0})
        state = run.invoke(Command(resume=older), THREAD, context=few)
        told = [kept["fact"]["text"] for kept in state["standing"] if kept["fact"]["text"] in {older, none["fact"]}]
        assert told == [none["fact"], older][:shown]
