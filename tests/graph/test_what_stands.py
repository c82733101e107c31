"""Which facts and open questions a passage's writer is shown, where there is no room for all."""

from __future__ import annotations

import re
from typing import Any

import pytest
from langgraph.types import Command

from changing_story import ONE, OPENING, OTHER, Writer, asked_to_write, begun, step
from graph_at_hand import THREAD, TOPIC
from recurrentgpt.memory import Lineage
from recurrentgpt.schemas.facts import fold
from resources_at_hand import open_memory
from tongues import EN


def stands(prompt: str) -> str:
    return re.split("Plan for|的计划", re.split("As things stand|眼下的实情", prompt)[1])[0]


def written(run: Any, writer: Writer, plan: str, tokens: int) -> str:
    """What stands in the prompt for a plan of a person's own, with room for so many tokens of facts."""
    writer.texts.append(f"{writer.texts[-1]} At last.")
    writer.told = {"facts": [], "changes": []}
    run.invoke(
        Command(resume={"plan": plan, "recall": []}), THREAD, context=ONE.model_copy(update={"fact_tokens": tokens})
    )
    return stands(run.get_state(THREAD).values["prompt"])


RAIN = "".join(f"雨落在第{number}个屋顶上。" for number in range(20))
WORDS = {
    "en": (
        [f"{name} {does}." for name in ("Xiaoman", "Gao") for does in ("is thirty", "boils tea", "sings", "limps")],
        [
            ("At dawn Gao points at the stove.", ["Gao"]),
            ("Xiaoman finds at dawn that it is gone.", ["Xiaoman"]),
            ("It is gone from the stove, Gao finds.", ["Gao"]),
            ("Xiaoman has the booklet.", ["booklet", "Xiaoman"]),
        ],
        "At dawn Xiaoman finds that the booklet is gone; Gao points at the stove.",
        OTHER,
        60,
    ),
    "zh": (
        [f"{name}{does}。" for name in ("小满", "高岳") for does in ("三十岁", "煎茶", "唱戏", "跛足")],
        [
            ("清早高岳指着炉膛。", ["高岳"]),
            ("清早小满发现不见了。", ["小满"]),
            ("炉膛不见了，高岳发现。", ["高岳"]),
            ("小满藏着方册。", ["方册", "小满"]),
        ],
        "清早小满发现方册不见了；高岳指着炉膛。",
        f"{RAIN}Ines slept with the key under her pillow.",
        60,
    ),
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_fact_that_a_plan_is_about_stands_before_those_that_share_one_name_with_it(
    writer: Writer, language: str
) -> None:
    others, latest, plan, text, room = WORDS[language]
    names = ["Xiaoman", "Gao", "小满", "高岳"]
    told = [
        {"fact": other, "about": [name for name in names if name in other], "says": "under her pillow"}
        for other in others
    ]
    writer.texts[0], writer.told = text, {"facts": told, "changes": []}
    run = begun(writer, language=language)
    for change in ("two", "three"):
        more = [{**one, "fact": f"{one['fact'][:-1]} {change}{one['fact'][-1]}"} for one in told]
        step(run, writer, f"{text} {change}", {"facts": more})
    last = [{"fact": fact, "about": of, "says": "Ines slept"} for fact, of in latest]
    step(run, writer, f"{text} four", {"facts": last})
    shown = written(run, writer, plan, room)
    assert latest[-1][0] in shown, shown
    assert len(re.findall(r"^\d+\.", shown, re.MULTILINE)) < 2 * len(others), "there is no room for all"


def test_of_whom_all_is_about_no_more_than_a_part_comes_first(writer: Writer) -> None:
    writer.told = {
        "facts": [
            {"fact": f"Ines has key {number}.", "about": ["Ines", "key"], "says": "in her coat"} for number in range(50)
        ]
        + [{"fact": "Tom fell in the sea.", "about": ["Tom"], "says": "in her coat"}],
        "changes": [],
    }
    run = begun(writer)
    assert "Tom fell in the sea." in written(run, writer, "Tom fell in the sea; Ines takes a key.", 60)


ASKS = [f"Will {name} come back?" for name in ("Ada", "Bo", "Cy", "Di", "Ed", "Flo")]


def asking(writer: Writer, asks: list[str]) -> Any:
    """A story whose opening asks these, and many facts of which all plans are."""
    writer.texts[0] = f"{OPENING} {' '.join(asks)}"
    writer.told["facts"] = [{"fact": ask, "about": [ask.split()[1]], "says": ask, "open": True} for ask in asks]
    run = begun(writer)
    for number in range(3):
        facts = [
            {"fact": f"Ines has the lamp of room {number}{room}.", "about": ["Ines"], "says": "slept"}
            for room in range(8)
        ]
        step(run, writer, OTHER.replace("Rain", f"Snow{number}"), {"facts": facts})
    return run


def test_where_few_questions_are_open_all_of_them_are_shown(writer: Writer) -> None:
    shown = written(asking(writer, ASKS[:4]), writer, "Ines lights the lamp of a room.", 60)
    assert [ask for ask in ASKS[:4] if ask not in shown] == []
    assert "not listed here" not in shown


def test_where_many_are_open_those_of_the_plan_come_first_and_how_many_are_left_out_is_said(writer: Writer) -> None:
    shown = written(asking(writer, ASKS), writer, "Ines lights a lamp, so that Flo can come back.", 30)
    there = [ask for ask in ASKS if ask in shown]
    assert ASKS[-1] in there
    assert 0 < len(there) < len(ASKS)
    assert f"\nQuestions and promises still open, not listed here: {len(ASKS) - len(there)}.\n" in shown


def test_how_many_are_left_out_is_not_said_where_none_is_listed(writer: Writer) -> None:
    long = f"Will Ada {'or her brother of the far shore ' * 6}come back?"
    shown = written(asking(writer, [long]), writer, "Ines lights the lamp of a room.", 20)
    assert "Ines has the lamp" in shown
    assert long not in shown
    assert "not listed here" not in shown


def test_where_threads_are_not_followed_nothing_is_said_of_those_left_out(writer: Writer) -> None:
    run = asking(writer, ASKS)
    writer.texts.append(OTHER.replace("Rain", "Hail"))
    writer.told = {"facts": [], "changes": []}
    few = ONE.model_copy(update={"fact_tokens": 60, "use_threads": False})
    run.invoke(Command(resume="Ines lights a lamp."), THREAD, context=few)
    assert "not listed here" not in asked_to_write(writer)


WHERE_IT_IS = "Where is the will?"


@pytest.mark.parametrize("knows", [[], ["reader"], ["the reader", "Mara"]])
def test_of_a_question_those_who_know_its_answer_are_named_and_nobody_where_none_does(
    writer: Writer, knows: list[str]
) -> None:
    question = {"fact": WHERE_IT_IS, "about": ["will"], "says": "Who had sent it?", "open": True, "knows": knows}
    writer.told = {"facts": [question], "changes": []}
    run = begun(writer)
    mara = " (known to Mara)" if "Mara" in knows else ""
    assert f". {WHERE_IT_IS} [1]{mara}\n" in written(run, writer, "Ines seeks the will.", 170)
    with open_memory(run.get_state(THREAD).values["story_id"], EN) as memory:
        path = Lineage.from_json(run.get_state(THREAD).values["lineage"])
        (state,) = memory.facts.threads(path)
        assert state.known_by == tuple(name for name in knows if name == "Mara"), "no face says that a reader knows"
        assert fold(memory.read(path)).facts[state.fact.id].known_by == state.known_by


@pytest.mark.parametrize("knows", [[], ["reader"]])
def test_who_learns_the_answer_to_a_question_is_said(writer: Writer, knows: list[str]) -> None:
    question = {"fact": WHERE_IT_IS, "about": ["will"], "says": "Who had sent it?", "open": True, "knows": knows}
    writer.told = {"facts": [question], "changes": []}
    run = begun(writer)
    learned = {"fact": 1, "how": "learned", "who": ["Ines"], "says": "Ines slept"}
    step(run, writer, OTHER, {"changes": [learned]}, "Ines seeks the will.")
    assert f". {WHERE_IT_IS} [1; 2] (known to Ines)\n" in "".join(
        message.text + "\n" for asked in writer.asked[-2:] for message in asked
    )


def of_tom(number: int, *told: tuple[str, str]) -> list[dict[str, Any]]:
    """Facts of Tom, and others that share words with many plans."""
    others = [f"The mole of room {number}{room} waves at the cutter." for room in range(6)]
    return [
        *({"fact": fact, "about": ["Tom"], "says": says} for fact, says in told),
        *({"fact": other, "about": ["mole"], "says": "on roof number"} for other in others),
    ]


COMMANDS, BOUND = "Tom commands the cutter.", "Tom is bound for the assize."


@pytest.mark.parametrize(
    ("plan", "tokens"), [("The cutter is seen, which somebody commands.", 40), ("Tom waves at the mole.", 60)]
)
def test_of_one_person_the_newest_fact_stands_where_the_plan_names_them_and_before_an_older(
    writer: Writer, plan: str, tokens: int
) -> None:
    writer.told = {"facts": of_tom(0, (COMMANDS, "kept the brass key")), "changes": []}
    run = begun(writer)
    step(run, writer, OTHER.replace("Rain", "Snow"), {"facts": of_tom(1, (BOUND, "on roof number"))})
    for number, weather in enumerate(("Mist", "Frost"), start=2):
        step(run, writer, OTHER.replace("Rain", weather), {"facts": of_tom(number)})
    shown = written(run, writer, plan, tokens)
    assert BOUND in shown, shown
    assert COMMANDS not in shown.split(BOUND)[0]


def test_what_the_premise_says_of_people_stands_behind_what_was_told_since(writer: Writer) -> None:
    ages = [f"Ines is {years} and a clerk who keeps the lamp." for years in (24, 25, 26, 27)]
    writer.told = {
        "facts": [
            *({"fact": age, "about": ["Ines", "lamp"], "says": TOPIC["topic"]} for age in ages),
            {"fact": "Ines carries the letter.", "about": ["Ines", "letter"], "says": "kept the brass key"},
        ],
        "changes": [],
    }
    run = begun(writer)
    step(run, writer, OTHER.replace("Rain", "Snow"), {})
    shown = written(run, writer, "Ines lights the lamp, and is a clerk.", 45)
    assert "Ines carries the letter." in shown, shown
    assert sum(age in shown for age in ages) < len(ages), "there is no room for all"
