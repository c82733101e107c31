"""What the embedded model is held to: sentences of English words, whatever the form."""

from __future__ import annotations

import re
from typing import Any

import pytest

from recurrentgpt.models.embedded import PROSE, in_sentences


def pattern(**bounds: int) -> re.Pattern[str]:
    schema = {"type": "object", "properties": {"said": {"type": "array", "items": {"type": "string", **bounds}}}}
    held: dict[str, Any] = in_sentences(schema)
    return re.compile(held["properties"]["said"]["items"]["pattern"])


@pytest.mark.parametrize(
    "text", ["Mara's lamp goes out, and she waits.", "Who is there?", "The keeper reads it; then she runs!"]
)
def test_a_sentence_is_let_through(text: str) -> None:
    assert pattern(minLength=10, maxLength=100).search(text)


@pytest.mark.parametrize(
    "text",
    [
        "the keeper waits.",
        "The keeper waits",
        "The LY. THE LY.THE LY.",
        "Santos-Las-Zamoreses-El-Mara-El-Erobo.",
        "The keeper's eyes were 12345 and 6.",
        "The keeper waits for thelighthousekeepersmessage.",
        "Die Wärterin wartet.",
        "灯塔看守人在等。",
        "Stop.",
        " ".join(["Wait", *["and wait"] * 40]) + ".",
    ],
)
def test_what_is_no_sentence_of_the_size_is_not(text: str) -> None:
    assert not pattern(minLength=10, maxLength=100).search(text)


def test_a_very_short_text_is_a_title() -> None:
    title = pattern(maxLength=40)
    assert title.search("The Keeper's Lamp")
    assert not title.search("The Keeper's Lamp.")
    assert not title.search("Lamp")


def test_a_text_without_a_bound_is_left_as_it_is() -> None:
    schema = {"type": "object", "properties": {"number": {"type": "integer", "maximum": 3}, "any": {"type": "string"}}}
    assert in_sentences(schema) == schema


def test_its_prose_is_held_to_latin_letters() -> None:
    letters = "".join(re.findall(r"\[(?!\^)([^\]]*)\]", PROSE))
    assert not re.search(r"[^\x00-\x7f\u2019\u201c\u201d]", letters.encode().decode("unicode_escape"))
