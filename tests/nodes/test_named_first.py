"""Which facts a new passage may change, of those that are found: those about what it names come first."""

from __future__ import annotations

from recurrentgpt.nodes.standing import named_first
from recurrentgpt.schemas.facts import Fact, FactState


def about(text: str, *subjects: str) -> FactState:
    return FactState(Fact(f"main:0:{text}", text, subjects=subjects), since=0)


FIRST_PERSON = [about(f"Mara did {what}.", "Mara") for what in ("this", "that", "more", "less", "much", "little")]
KEY = about("Tom Ives is the secretary and has the iron key.", "Tom Ives", "iron key")
TEXT = "Mr. Ives took the Iron  Key off his chain and gave it to Mara."


def test_a_thing_that_the_passage_names_comes_before_what_is_about_everybody() -> None:
    assert named_first([*FIRST_PERSON, KEY], [TEXT])[1] == KEY


def test_what_names_nothing_stays_as_it_was_found() -> None:
    found = [*FIRST_PERSON, KEY]
    assert named_first(found, ["It rains."]) == found
    assert named_first([], [TEXT]) == []


def test_so_it_is_in_chinese() -> None:
    others = [about(f"沈默言{number}", "沈默言") for number in range(5)]
    slip = about("半张磅单藏在表里。", "磅单", "怀表")
    assert named_first([*others, slip], ["贺守成把磅单凑到炉门上，沈默言看着。"])[1] == slip
