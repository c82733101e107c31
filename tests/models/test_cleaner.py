"""The one cleaner: what is left of an answer, whole or in pieces."""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dirty_answers import EVERY, LOOK_ALIKES, OPENING, SEA, THOUGHTS, WITH_A_STORY, story_in
from recurrentgpt.models.cleaner import Cleaner, clean, clean_values

PIECES = (1, 1, 1, 2, 3, 5, 8, 13, 40)


@pytest.mark.parametrize("name", WITH_A_STORY)
def test_the_story_is_what_is_left(name: str) -> None:
    assert clean(WITH_A_STORY[name], OPENING) == story_in(name)


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_what_only_looks_so_stays_to_the_letter(name: str) -> None:
    assert clean(LOOK_ALIKES[name], OPENING) == LOOK_ALIKES[name]


def test_a_thought_that_never_ends_is_no_answer() -> None:
    assert not clean(f"<think>{SEA}")


def test_an_answer_of_remarks_alone_is_left_for_whoever_reads_it() -> None:
    assert clean("Shall I go on with the story?") == "Shall I go on with the story?"


def test_what_was_taken_off_is_told() -> None:
    cleaner = Cleaner(OPENING)
    cleaner.feed(WITH_A_STORY["all of them"])
    cleaner.close()
    assert cleaner.taken_off == [
        "Sure! Here's the next paragraph:",
        "Would you like me to continue?",
        "(Word count: 212)",
    ]


def fed(text: str, sizes: list[int], *, waits: bool = False) -> tuple[str, Cleaner]:
    """What a text gave a piece at a time; of the last size all the rest."""
    cleaner, place, given = Cleaner(OPENING, waits=waits), 0, []
    for size in sizes:
        given.append(cleaner.feed(text[place : place + size]))
        place += size
    return "".join([*given, cleaner.feed(text[place:]), cleaner.close()]), cleaner


def check(text: str, sizes: list[int]) -> None:
    whole = clean(text, OPENING)
    streamed, cleaner = fed(text, sizes)
    assert cleaner.text == whole
    assert streamed == whole or cleaner.is_late


def check_some(number: int, seed: int) -> None:
    chance = Random(seed)  # noqa: S311
    texts = list(EVERY.values())
    for turn in range(number):
        check(texts[turn % len(texts)], [chance.choice(PIECES) for _ in range(chance.randrange(60))])


def test_in_pieces_it_is_the_same() -> None:
    assert len(EVERY) >= 60
    for text in EVERY.values():
        check(text, [1] * len(text))
    check_some(400, seed=1)


@pytest.mark.long
def test_in_pieces_it_is_the_same_ten_thousand_times() -> None:
    check_some(10_000, seed=2)


SIGNS = st.sampled_from(
    [
        *(
            "<think>",
            "</think>",
            "<|",
            "|>",
            "<|im_end|>",
            "<|channel|>final<|message|>",
            "<",
            ">",
            "&",
            "&quot;",
            "###",
            "`",
        ),
        *(
            "```\n",
            "---\n",
            "\n",
            "\n\n",
            " ",
            "a",
            "B. ",
            "Sure!",
            "Here is the story:",
            "(Word count: 3)",
            "Would you like ",
        ),
        *(
            "me to continue?",
            "\ud83d",
            "\ude00",
            "\u200d",
            "\u200c",
            "\x1b",
            "\x1b[3",
            "1m",
            "\r",
            "م",
            "👩",
            "**",
            "# ",
        ),
    ]
)


@hypothesis_settings(deadline=None, max_examples=200)
@given(st.lists(SIGNS, max_size=25).map("".join), st.lists(st.integers(1, 9), max_size=40))
def test_whatever_the_text_in_pieces_it_is_the_same(text: str, sizes: list[int]) -> None:
    check(text, sizes)


@pytest.mark.parametrize("name", THOUGHTS)
def test_a_model_that_thinks_first_is_waited_for(name: str) -> None:
    streamed, cleaner = fed(THOUGHTS[name], [3] * 80, waits=True)
    assert streamed == cleaner.text == SEA
    assert not cleaner.is_late


def test_a_story_is_streamed_as_it_comes() -> None:
    cleaner = Cleaner(OPENING)
    given = "".join(cleaner.feed(sign) for sign in SEA)
    assert len(given) > len(SEA) - 40, "before its end"


def test_in_a_form_every_text_is_cleaned_and_its_own_signs_stay() -> None:
    kept = json.dumps({"memory": ["&quot;No&quot;\x00", "a\u200bb"], "count": 3})
    text = clean(f"<think>{{}}</think>{kept}<|im_end|>", is_prose=False)
    assert clean_values(json.loads(text)) == {"memory": ['"No"', "ab"], "count": 3}
