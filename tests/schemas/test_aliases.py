"""Names of one: joined, separated, found in texts of any script, and proposed by facts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from recurrentgpt.schemas.aliases import groups_in, joined, names_of, other_names, proposed, separated, still_apart
from recurrentgpt.schemas.facts import Fact, FactState

KING = ["Strider", "Aragorn"]
SAME = FactState(Fact("main:2:0", "Strider is Aragorn.", subjects=("Strider", "Aragorn"), same=True), since=2)


def test_groups_that_share_a_name_become_one_and_names_stay_as_first_written() -> None:
    groups = joined([], KING)
    groups = joined(groups, ["the  captain", "Voss"])
    assert groups == [KING, ["the captain", "Voss"]]
    assert joined(groups, ["STRIDER", "Elessar"]) == [["the captain", "Voss"], [*KING, "Elessar"]]
    assert joined(groups, ["voss", "aragorn"]) == [["Strider", "Aragorn", "the captain", "Voss"]]
    assert groups == [KING, ["the captain", "Voss"]], "the old ones are left as they are"


def test_a_name_is_taken_out_and_one_alone_is_no_group() -> None:
    groups = [[*KING, "Elessar"], ["the captain", "Voss"]]
    assert separated(groups, "elessar ") == [KING, ["the captain", "Voss"]]
    assert separated(groups, "The Captain") == [[*KING, "Elessar"]]
    assert separated(groups, "Mara") == groups


@pytest.mark.parametrize(
    ("name", "text", "there"),
    [
        ("Al", "“al!” she cried", True),
        ("Al", "Albert also calls", False),
        ("the Captain", "Here is The\ncaptain's coat", True),
        ("O’Neil", "O'Neil left", True),
        ("Dr.", "dr.Voss", True),
        ("José", "Jose\u0301 left", True),
        ("Aragorn", "他叫Aragorn。Strider走了", True),
        ("大步佬", "那是大步佬的剑", True),
        ("大步佬", "Aragorn大步佬Strider", True),
        ("大步佬", "那是大步", False),
        ("สมชาย", "คุณสมชายมา", True),
        ("", "nothing", False),
    ],
)
def test_a_name_is_a_word_of_its_own_where_words_are_divided(name: str, text: str, there: object) -> None:
    assert bool(groups_in([[name, "Nobody At All"]], text)) is there


def test_of_each_text_the_names_that_it_does_not_use() -> None:
    groups = [[*KING, "Elessar"], ["the captain", "Voss"]]
    assert other_names(groups, "Strider sat down.", "It rained.") == ["Aragorn", "Elessar"]
    assert other_names(groups, "Strider sat down.", "Aragorn rose.") == ["Aragorn", "Elessar", "Strider"]
    assert other_names(groups, "It rained on the captaincy.") == []
    assert names_of(groups, "aragorn") == ["aragorn", "Strider", "Elessar"]
    assert names_of(groups, "Mara") == ["Mara"]


def test_a_fact_proposes_what_is_not_joined_yet() -> None:
    again = replace(SAME, fact=replace(SAME.fact, id="main:3:0", subjects=("aragorn", "strider")))
    assert proposed([SAME, again], []) == [SAME]
    assert proposed([SAME], [["aragorn", "STRIDER"]]) == []
    assert proposed([SAME], [["Aragorn", "Elessar"], ["Strider", "Frodo"]]) == [SAME], "each is of another group"


def test_what_a_person_dismissed_is_not_proposed_again_in_whatever_words() -> None:
    again = replace(SAME, fact=replace(SAME.fact, id="main:9:0", subjects=("ARAGORN", "strider")))
    assert proposed([SAME, again], [], [KING]) == []
    assert proposed([SAME], [], [["Aragorn", "Elessar"], ["Strider", "Frodo"]]) == [SAME], "that was of other pairs"
    assert still_apart([KING, ["Mara", "Ada"]], [["aragorn", "strider", "Elessar"]]) == [["Mara", "Ada"]]


@pytest.mark.parametrize(
    "state",
    [
        replace(SAME, fact=replace(SAME.fact, same=False)),
        replace(SAME, until=3),
        replace(SAME, known_by=("Frodo",)),
        replace(SAME, known_by=("reader",)),
        replace(SAME, fact=replace(SAME.fact, subjects=("Strider", "strider"))),
        replace(SAME, fact=replace(SAME.fact, frame="claimed")),
        replace(SAME, fact=replace(SAME.fact, kind="thread")),
    ],
)
def test_what_is_secret_over_or_only_said_proposes_nothing(state: FactState) -> None:
    assert proposed([state], []) == []
