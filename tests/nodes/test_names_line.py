"""Which names are one's, as a prompt says it: once, of those that the plan and the facts in it name."""

from __future__ import annotations

from typing import cast

import pytest

from recurrentgpt.nodes import Turn
from recurrentgpt.nodes.standing import names_line
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.state import StandingFact, StoryState

GROUPS = [["Mara", "the keeper"], ["Strider", "Aragorn"], ["大步佬", "阿拉贡"], ["剑", "纳西尔"]]


def standing(text: str, *subjects: str) -> StandingFact:
    return StandingFact(
        fact={"id": "main:0:0", "text": text, "subjects": list(subjects)}, since=0, known_by=[], touched=0
    )


@pytest.mark.parametrize(
    ("tag", "fact", "plan", "line"),
    [
        ("en", standing("It rains."), "She leaves.", ""),
        ("en", standing("It rains."), "Strider leaves.", "Names of one person or thing: Strider, Aragorn."),
        (
            "en",
            standing("He has the lamp.", "The Keeper"),
            "Aragorn leaves.",
            "Names of one person or thing: Strider, Aragorn; Mara, the keeper.",
        ),
        ("zh", standing("阿拉贡有剑。"), "下雨了。", "同指一人或一物：大步佬、阿拉贡；剑、纳西尔。"),
    ],
)
def test_the_names_of_the_plan_come_first_in_the_storys_language(
    tag: str, fact: StandingFact, plan: str, line: str
) -> None:
    turn = Turn("generate_paragraph", Context(model="fake"), cast("StoryState", {"story_id": "s", "language": tag}))
    assert names_line(turn, GROUPS, [fact], plan) == line


def test_a_prompt_tells_of_few() -> None:
    turn = Turn("generate_paragraph", Context(model="fake"), cast("StoryState", {"story_id": "s"}))
    many = [[f"A{number}", f"B{number}"] for number in range(20)]
    line = names_line(turn, many, [standing(" ".join(f"A{number}" for number in range(20)))], "B9 leaves.")
    assert line.startswith("Names of one person or thing: A9, B9; A0, B0; ")
    assert line.count(";") == 7
