"""Which facts a new passage may change, of those that are found: what is not shown can never be ended."""

from __future__ import annotations

import json
from typing import Any

import pytest

from folders import DATA
from recurrentgpt.nodes.reach import FOUND, likeliest_first
from recurrentgpt.schemas.facts import Fact, FactState


def about(text: str, *subjects: str) -> FactState:
    return FactState(Fact(f"main:0:{text}", text, subjects=subjects), since=0)


FIRST_PERSON = [about(f"Mara did {what}.", "Mara") for what in map(str, range(30))]
KEY = about("Tom Ives is the secretary and has the iron key.", "Tom Ives", "iron key")
TEXT = "Mr. Ives took the Iron  Key off his chain and gave it to Mara."
TOLD = json.loads((DATA / "in_reach.json").read_text(encoding="utf-8"))
"""Passages that a capable writer told, with what was found for each, and what of it the passage makes untrue."""


@pytest.mark.parametrize("case", TOLD, ids=lambda case: str(case["last"] + 2))
def test_what_a_passage_makes_untrue_is_among_what_is_shown(case: dict[str, Any]) -> None:
    found = [
        FactState(Fact.from_json({"id": str(number), **kept}), since=kept["since"])
        for number, kept in enumerate(case["found"])
    ]
    ranked = likeliest_first(found, case["passage"], case["plan"], case["last"])
    assert set(case["shows"]) <= {state.fact.text for state in ranked[:FOUND]}


def test_a_thing_that_the_passage_names_comes_before_what_is_about_everybody() -> None:
    assert KEY in likeliest_first([*FIRST_PERSON, KEY], TEXT)[:FOUND]


def test_what_names_nothing_stays_as_it_was_found() -> None:
    found = [*FIRST_PERSON, KEY]
    assert likeliest_first(found, "It rains.") == found
    assert likeliest_first([], TEXT) == []


def test_what_the_passage_before_made_so_comes_before_what_is_old() -> None:
    new = FactState(Fact("main:7:0", "The boat is at the wharf.", subjects=("boat",)), since=7)
    assert new in likeliest_first([*FIRST_PERSON[:15], new], "Nobody spoke.", last=7)[:FOUND]


def test_so_it_is_in_chinese() -> None:
    others = [about(f"沈默言{number}", "沈默言") for number in range(20)]
    slip = about("半张磅单藏在表里。", "磅单", "怀表")
    assert slip in likeliest_first([*others, slip], "贺守成把磅单凑到炉门上，沈默言看着。")[:FOUND]
