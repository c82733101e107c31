"""What stands beside a recalled passage: what of it is no longer so, and what it does not tell as being so now."""

from __future__ import annotations

import re
from typing import Any

import pytest
from langgraph.types import Command

from changing_story import (
    BACK,
    BAG,
    CLAIM,
    EELS,
    FACTS,
    FILLER,
    HAS_KEY,
    IS_LOST,
    IS_SHUT,
    LOST,
    ONE,
    OPENING,
    OTHER,
    WHERE,
    Writer,
    asked_to_write,
    begun,
    few_facts,
    number_of,
    step,
)
from graph_at_hand import THREAD

KING = ["Strider", "Aragorn"]
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


OF_THOSE = "(newer, of"


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
    assert opening[-1] == f"(newer, of key: {number}, below)", "not the pond alone"
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
    newer = [line for line in beside if line.startswith(OF_THOSE) and str(number) in re.findall(r"\d+", line)]
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
    whole = few.model_copy(update={"retrieve_k": 3, "retrieve_in_short": 0})
    run.invoke(Command(resume=mill), THREAD, context=whole)
    prompt = asked_to_write(writer)
    assert prompt.count("Ines is dead.") == 1, prompt
    assert prompt.count("(changed since: Ines") == 3


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
    told = "(open there: Who sent the key? Told in paragraph 2: Mara sent the key. (of an earlier time))"
    assert told in beside, beside


def test_a_claim_that_took_the_place_of_another_is_told_as_a_claim(writer: Writer) -> None:
    run = begun(writer)
    claimed = {"fact": CLAIM, "about": ["Tom", "Mara"], "says": "Tom has it", "frame": "claimed"}
    another = {"fact": "Otto has the key of Tom.", "about": ["Otto", "Tom", "Mara"], "says": "Otto has it"}
    step(run, writer, f"“Tom has it,” said Mara. {FILLER}", {"facts": [claimed]})
    changed = {"facts": [{**another, "frame": "claimed", "replaces": CLAIM}]}
    step(run, writer, f"“Otto has it, of Tom’s,” said Mara. {FILLER}", changed)
    assert "(as told there: Tom has the key. In paragraph 3: Otto has the key of Tom. (claimed))" in few_facts(
        run, writer
    )


@pytest.mark.parametrize("frame", ["now", "earlier"])
def test_a_claim_that_is_shown_to_be_untrue_is_said_to_be_so_where_it_was_told(writer: Writer, frame: str) -> None:
    run = begun(writer)
    claimed = {"fact": CLAIM, "about": ["Tom"], "says": "Tom has it", "frame": "claimed"}
    step(run, writer, f"“Tom has it,” said Mara. {FILLER}", {"facts": [claimed]})
    ended = {"fact": CLAIM, "how": "ended", "says": "That was a lie", "frame": frame}
    step(run, writer, f"That was a lie. {FILLER}", {"changes": [ended]})
    beside = few_facts(run, writer)
    assert f"(only said, and shown untrue in paragraph 3: {CLAIM})" in beside
    assert "\n".join(beside).count(CLAIM) == 1, "once, in one form"


def test_what_was_so_once_stands_beside_the_lie_that_it_shows_up_as_of_its_time(writer: Writer) -> None:
    run = begun(writer)
    claimed = {"fact": CLAIM, "about": ["Tom"], "says": "Tom has it", "frame": "claimed"}
    step(run, writer, f"“Tom has it,” said Mara. {FILLER}", {"facts": [claimed]})
    sold = {"fact": "Tom once sold the key.", "about": ["Tom"], "says": "had sold it", "frame": "earlier"}
    step(run, writer, f"Tom had sold it, years ago. {FILLER}", {"facts": [{**sold, "replaces": CLAIM}]})
    said = "(as told there: Tom has the key. In paragraph 3: Tom once sold the key. (of an earlier time))"
    assert said in few_facts(run, writer)


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
    assert not [line for line in beside if line.startswith(OF_THOSE) and str(number) in line]


def test_what_took_a_facts_place_and_is_about_another_is_not_put_beside_it(writer: Writer) -> None:
    run = begun(writer)
    other = {"fact": "The mill burnt.", "about": ["mill"], "says": "The mill burnt down", "replaces": FACTS[0]}
    step(run, writer, f"The mill burnt down. {FILLER}", {"facts": [other]})
    beside = beside_passages(run, writer, "Ines has the brass key.")
    assert "(no longer so, since paragraph 2: Ines has the brass key.)" in beside


def test_what_took_a_facts_place_and_tells_a_part_of_it_is_pointed_at(writer: Writer) -> None:
    run = begun(writer)
    step(run, writer, f"{BAG} {FILLER}", {"facts": [{"fact": BAG, "about": ["bag"], "says": BAG}]})
    taken = "The irons came out cold"
    irons = {"fact": "The irons are in Tom's hand.", "about": ["irons", "Tom"], "says": taken, "replaces": BAG}
    step(run, writer, f"{taken}. {FILLER.replace('Rain', 'Mist')}", {"facts": [irons]}, BAG)
    step(run, writer, FILLER.replace("Rain", "Frost"), {})
    beside = beside_passages(run, writer, f"Tom has the irons in his hand. {BAG}")
    number = number_of("The irons are in Tom's hand.", asked_to_write(writer).split("As things stand")[1])
    assert f"(no longer so, since paragraph 3: {BAG} Told since, below: {number})" in beside


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
    answer: Any = Command(resume={"plan": "Strider polished the key. Then he takes it.", "recall": []})
    state = run.invoke(answer, THREAD, context=only)
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


@pytest.mark.parametrize(("does", "noted"), [("counted her eels", True), ("slept", False)])
def test_what_is_over_of_somebody_is_noted_beside_no_passage_that_names_them_and_says_nothing_of_it(
    writer: Writer, does: str, *, noted: bool
) -> None:
    sells = {"fact": EELS, "about": ["Ines"], "says": "kept the brass key"}
    writer.told = {"facts": [sells], "changes": []}
    run = begun(writer)
    step(run, writer, f"Ines {does}. {FILLER}", {})
    bread = {"fact": "Ines sells bread.", "about": ["Ines"], "says": "sold bread", "replaces": EELS}
    step(run, writer, f"Ines sold bread now. {FILLER.replace('Rain', 'Snow')}", {"facts": [bread]})
    step(run, writer, OTHER, {})
    writer.texts.append(OTHER.replace("Rain", "Hail"))
    writer.told = {"facts": [], "changes": []}
    only = ONE.model_copy(update={"retrieve_k": 1, "retrieve_in_short": 0})
    answer: Any = Command(resume={"plan": f"Ines {does}. {FILLER}", "recall": []})
    state = run.invoke(answer, THREAD, context=only)
    (passage,) = state["retrieved"]
    assert does in passage["text"]
    assert any(EELS in note for note in passage["since"]) is noted, passage["since"]


SAID = (
    "“Where is the brass key of the mill?” asked Tom.",
    "Ines had hidden it under the stair!",
    "“She has it with her,” Tom said.",
)


@pytest.mark.parametrize(("number", "shown"), [(0, "{} …"), (1, "… {} …"), (2, "… {}"), (None, "{}")])
def test_dots_stand_where_something_of_a_passage_is_left_out(writer: Writer, number: int | None, shown: str) -> None:
    sentence = SAID[1 if number is None else number]
    short = ONE.model_copy(update={"paragraph_sentences": 2, "synopsis_tokens": 0})
    run = begun(writer)
    for text in (sentence if number is None else " ".join(SAID), OTHER):
        writer.texts.append(text)
        writer.told = {"facts": [], "changes": []}
        run.invoke(Command(resume=1), THREAD, context=short)
    writer.texts.append(OTHER.replace("Rain", "Hail"))
    answer: Any = Command(resume={"plan": sentence, "recall": [sentence]})
    state = run.invoke(answer, THREAD, context=short, interrupt_before=["generate_paragraph"])
    run.update_state(THREAD, {"retrieved": [{**hit, "shown": "in short"} for hit in state["retrieved"]]})
    run.invoke(None, THREAD, context=short)
    prompt = asked_to_write(writer)
    assert f"\n\n{shown.format(sentence)}\n\n" in prompt, prompt


def test_what_is_told_of_an_earlier_time_is_pointed_at_as_told_and_not_as_being_so_now(writer: Writer) -> None:
    run = begun(writer)
    claimed = {"fact": CLAIM, "about": ["Tom"], "says": "Tom has it", "frame": "claimed"}
    step(run, writer, f"“Tom has it,” said Mara. {FILLER}", {"facts": [claimed]})
    sold = {"fact": "Tom once sold the key.", "about": ["Tom"], "says": "had sold it", "frame": "earlier"}
    sent = {**sold, "fact": "Tom sent the key once.", "about": ["Tom", "key"], "replaces": "Who sent the key?"}
    told = {"facts": [{**sold, "replaces": CLAIM}, sent]}
    step(run, writer, f"Tom had sold it, years ago. {FILLER.replace('Rain', 'Mist')}", told)
    beside = beside_passages(run, writer, "Tom has the key that Tom once sold. Who sent the key?")
    below = asked_to_write(writer).split("Told, but not as being so now:")[1]
    lie, question = (number_of(fact, below) for fact in ("Tom once sold the key. [3]", "Tom sent the key once. [3]"))
    assert f"(as told there: Tom has the key. Told otherwise, below: {lie})" in beside, beside
    assert f"(open there: Who sent the key? Told since, below: {question})" in beside, beside


@pytest.mark.parametrize(("age", "noted"), [("", False), (" at 71", True)])
def test_what_is_over_of_somebodys_age_is_noted_where_that_age_is_told(
    writer: Writer, age: str, *, noted: bool
) -> None:
    keeper = {"fact": EELS.replace("sells eels", "is 71 and the keeper"), "about": ["Ines"], "says": "The keeper is 71"}
    writer.told = {"facts": [], "changes": []}
    run = begun(writer)
    step(run, writer, f"The keeper is 71, they say of Ines. {FILLER.replace('Rain', 'Fog')}", {"facts": [keeper]})
    step(run, writer, f"Ines was the keeper{age}. {FILLER}", {})
    died = {"fact": "Ines is dead.", "about": ["Ines"], "says": "Ines died", "replaces": [1]}
    step(run, writer, f"Ines died. {FILLER.replace('Rain', 'Snow')}", {"facts": [died]})
    step(run, writer, OTHER, {})
    plan = f"Ines was the keeper{age}. {FILLER}"
    only = ONE.model_copy(update={"retrieve_k": 1, "retrieve_in_short": 0})
    writer.texts.append(OTHER.replace("Rain", "Hail"))
    answer: Any = Command(resume={"plan": plan, "recall": []})
    (passage,) = run.invoke(answer, THREAD, context=only)["retrieved"]
    assert passage["text"].startswith("Ines was the keeper")
    assert any("71" in note for note in passage["since"]) is noted, passage["since"]


@pytest.mark.parametrize(
    ("words", "about", "noted"),
    [
        ("She stood there.", ["Ines", "eel"], False),
        ("Ines stood there.", ["Ines", "eel"], True),
        ("Ines stood there.", ["Ines", "eel", "Tom"], False),
        ("Ines stood there with Tom.", ["Ines", "eel", "Tom"], True),
    ],
)
def test_what_is_newer_is_named_beside_a_passage_that_names_of_whom_or_what_it_is_about(
    writer: Writer, words: str, about: list[str], *, noted: bool
) -> None:
    ines = {"fact": "Ines is tall.", "about": ["Ines"], "says": "stood there"}
    writer.texts[0], writer.told = f"{words} {FILLER}", {"facts": [ines], "changes": []}
    run = begun(writer)
    eel = {"fact": "Ines keeps the eel.", "about": about, "says": "Ines slept"}
    step(run, writer, OTHER, {"facts": [eel]})
    step(run, writer, OTHER.replace("Rain", "Mist"), {})
    writer.texts.append(OTHER.replace("Rain", "Hail"))
    only = ONE.model_copy(update={"retrieve_k": 2, "retrieve_in_short": 0})
    answer: Any = Command(resume={"plan": f"{words} {FILLER}", "recall": []})
    passage = run.invoke(answer, THREAD, context=only)["retrieved"][0]
    assert passage["text"].startswith(words)
    notes = [note for note in passage["since"] if note.startswith(OF_THOSE)]
    assert bool(notes) is noted, passage["since"]
    assert not any("eel" in note for note in notes), "it names whom of the passage it is about"


def after_eels(run: Any, writer: Writer, cue: str) -> Any:
    """The state once a key was lost, eels were caught, and what a cue finds was recalled, all but one in short."""
    step(run, writer, LOST.replace("Rain", "Snow"), {"facts": [IS_LOST]})
    eels = f"Ines caught an eel. {FILLER.replace('Rain', 'Fog')}"
    step(run, writer, eels, {})
    step(run, writer, OTHER.replace("Rain", "Mist"), {})
    writer.texts.append(OTHER.replace("Rain", "Hail"))
    writer.told = {"facts": [], "changes": []}
    short = ONE.model_copy(update={"retrieve_k": 1, "retrieve_in_short": 2})
    answer: Any = Command(resume={"plan": eels, "recall": [eels[:40], cue, eels[:60]]})
    return run.invoke(answer, THREAD, context=short)


@pytest.mark.parametrize(
    ("cue", "noted"), [("Ines kept the brass key in her coat.", True), ("Rain fell on roof number 3.", False)]
)
def test_beside_a_passage_in_short_no_note_speaks_of_what_ended_of_it_and_is_not_shown(
    writer: Writer, cue: str, *, noted: bool
) -> None:
    run = begun(writer)
    state = after_eels(run, writer, cue)
    passage = next(hit for hit in state["retrieved"] if hit["seq"] == 0)
    assert (passage["shown"], passage["sentence"]) == ("in short", cue)
    assert any(FACTS[0] in note for note in passage["since"]) is noted, passage["since"]


@pytest.mark.parametrize(
    ("cue", "noted"), [("Tom had weighed five ounces.", True), ("Mist fell on roof number 3.", False)]
)
def test_beside_a_passage_in_short_no_note_speaks_of_what_is_not_shown(
    writer: Writer, cue: str, *, noted: bool
) -> None:
    run = begun(writer)
    weighed = {"fact": "Tom once weighed five ounces.", "about": ["Tom"], "says": "five ounces", "frame": "earlier"}
    mist = FILLER.replace("Rain", "Mist")
    step(run, writer, f"Tom had weighed five ounces. {mist}", {"facts": [weighed]})
    step(run, writer, OTHER, {})
    writer.texts.append(OTHER.replace("Rain", "Hail"))
    writer.told = {"facts": [], "changes": []}
    kept = "Ines kept the brass key in her coat."
    short = ONE.model_copy(update={"retrieve_k": 1, "retrieve_in_short": 1, "fact_tokens": 1})
    state = run.invoke(Command(resume={"plan": kept, "recall": [kept, cue, "Who had sent it?"]}), THREAD, context=short)
    passage = next(hit for hit in state["retrieved"] if hit["seq"] == 1)
    assert (passage["shown"], passage["sentence"]) == ("in short", cue)
    assert any("weighed" in note for note in passage["since"]) is noted, passage["since"]


@pytest.mark.parametrize(
    ("cue", "noted"), [("Ines kept the brass key in her coat.", True), ("Rain fell on roof number 3.", False)]
)
def test_beside_a_passage_in_short_whose_summary_stands_above_no_note_speaks_of_what_only_that_says(
    writer: Writer, cue: str, *, noted: bool
) -> None:
    writer.summary = "Of brass is what opens the shut mill."
    run = begun(writer)
    writer.summary = "It is fog and eels that the day brings."
    after_eels(run, writer, cue)
    prompt = asked_to_write(writer)
    above, recalled = prompt.split("Recalled from earlier", maxsplit=1)
    assert "opens the shut mill" in above, "the summary stands above"
    assert cue in recalled
    assert (f"changed since: {FACTS[0]}" in recalled) is noted, recalled
