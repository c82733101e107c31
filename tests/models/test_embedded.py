"""What the embedded model is held to: sentences of English words, whatever the form."""

from __future__ import annotations

import re
from typing import Any

import pytest

from recurrentgpt.models.embedded import PROSE, in_sentences
from recurrentgpt.models.plain_forms import PlainForm, plain_form


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


PLANS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "maxLength": 40},
        "plans": {"type": "array", "items": {"type": "string", "maxLength": 70}, "minItems": 2, "maxItems": 2},
        "known": {"type": "array", "items": {"type": "string", "maxLength": 80}, "minItems": 1, "maxItems": 3},
        "best": {"type": "integer", "minimum": 1, "maximum": 2},
    },
}
PLANS_IN_LINES = "The Keeper's Lamp\nMara waits for her.\nMara rows out, and sees it.\nIt is hers.\n\n2\n"


def lines() -> PlainForm:
    form = plain_form(PLANS)
    assert form is not None
    return form


def as_pattern(grammar: str) -> re.Pattern[str]:
    """What llama.cpp's grammar lets through, where no rule of it needs itself."""
    rules = dict(line.split(" ::= ", 1) for line in grammar.strip().splitlines())

    def told(part: re.Match[str]) -> str:
        text, name = part["text"], part["name"]
        if text is not None:
            return re.escape(text.encode().decode("unicode_escape"))
        return f"(?:{pattern_of(rules[name])})" if name else "" if part[0] == " " else part[0]

    def pattern_of(rule: str) -> str:
        return re.sub(r'"(?P<text>[^"]*)"|\[[^]]*\]|\{[\d,]+\}|(?P<name>[a-z][a-z0-9-]*)|.', told, rule)

    return re.compile(pattern_of(rules["root"]))


def test_a_form_is_answered_in_lines() -> None:
    assert lines().read(PLANS_IN_LINES) == {
        "title": "The Keeper's Lamp",
        "plans": ["Mara waits for her.", "Mara rows out, and sees it."],
        "known": ["It is hers."],
        "best": 2,
    }


@pytest.mark.parametrize("short", ["", "The Keeper\n", PLANS_IN_LINES[:-2], PLANS_IN_LINES.replace("\n2", "\nMara")])
def test_an_answer_that_lacks_a_line_is_none(short: str) -> None:
    assert lines().read(short) is None


def test_a_sentence_without_an_end_is_cut_where_a_clause_of_it_ends() -> None:
    plain = lines().read
    long = "Mara rows out to the reef, and then she sees it, but thereisnobodywith her at all."
    found = plain(PLANS_IN_LINES.replace("Mara waits for her.", long))
    assert found is not None
    assert found["plans"][0] == "Mara rows out to the reef, and then she sees it."
    found = plain(PLANS_IN_LINES.replace("It is hers.", f"{'Mara waits and ' * 6}rows."))
    assert found is not None
    assert found["known"] == [f"{'Mara waits and ' * 5}Mara."]


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ("The Keeper's Lamp", "Keeper"),
        ("The Keeper's Lamp", "The Keeper's Lamp."),
        ("Mara waits for her.", "mara waits for her."),
        ("Mara waits for her.", "Mara waits for 12345."),
        ("Mara waits for her.", "Mara."),
        ("Mara waits for her.", "Die Wärterin wartet lange."),
        ("Mara waits for her.", '{"plan": "Mara waits."}'),
        ("Mara waits for her.", f"Mara waits{' and waits' * 20}."),
        ("\n2", "\n3"),
    ],
)
def test_its_grammar_lets_a_form_through_and_nothing_else(line: str, other: str) -> None:
    lets_through = as_pattern(lines().grammar).fullmatch
    assert lets_through(PLANS_IN_LINES)
    assert not lets_through(PLANS_IN_LINES.replace(line, other))


def test_a_title_that_is_too_long_ends_with_a_name() -> None:
    found = lines().read(
        PLANS_IN_LINES.replace("The Keeper's Lamp", "The Lighthouse Keeper from the Northernmost Shore")
    )
    assert found is not None
    assert found["title"] == "The Lighthouse Keeper"


def most_repeated(rule: str) -> int:
    """How often llama.cpp counts what a rule repeats most: in a group, times as often as that is repeated."""
    counts = re.compile(r"\{(?:\d+,)?(\d+)\}")
    while group := re.search(r"\(([^()]*)\)(?:\{(?:\d+,)?(\d+)\})?", rule):
        inner = max((int(count) for count in counts.findall(group[1])), default=1) * int(group[2] or 1)
        rule = f"{rule[: group.start()]}x{{{inner}}}{rule[group.end() :]}"
    return max((int(count) for count in counts.findall(rule)), default=1)


def text_of(most: int) -> dict[str, Any]:
    return {"type": "string", "minLength": 20, "maxLength": most}


@pytest.mark.parametrize(
    ("plans", "sentences", "memory", "words"), [(9, 20, 100, 4000), (1, 1, 1, 40_000), (3, 5, 20, 200)]
)
def test_no_size_of_a_form_is_more_than_a_grammar_may_repeat(
    plans: int, sentences: int, memory: int, words: int
) -> None:
    known = {"type": "array", "items": text_of(120), "minItems": 1, "maxItems": 3}
    plan = {"type": "object", "properties": {"text": text_of(160 * sentences), "known": known}}
    kept = {"type": "array", "items": text_of(200), "minItems": 1, "maxItems": memory}
    proposed = {"type": "array", "items": plan, "minItems": plans, "maxItems": plans}
    form = plain_form({"type": "object", "properties": {"why": text_of(words), "kept": kept, "plans": proposed}})
    assert form is not None
    assert max(most_repeated(line) for line in form.grammar.splitlines()) < 2000


@pytest.mark.parametrize(
    "field",
    [
        {"type": "string"},
        {"type": "boolean"},
        {"type": "array", "items": {"type": "string", "maxLength": 40}},
        {"type": "array", "items": {"type": "object", "properties": {}}, "minItems": 0, "maxItems": 2},
    ],
)
def test_a_form_with_anything_else_in_it_has_no_lines(field: dict[str, Any]) -> None:
    assert plain_form({"type": "object", "properties": {**PLANS["properties"], "more": field}}) is None
