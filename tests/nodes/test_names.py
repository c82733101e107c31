"""The names in a text: which are told by capitals, which by the book's facts, and what stands for them."""

from __future__ import annotations

import pytest

from recurrentgpt.nodes.names import left_out, names_in
from recurrentgpt.schemas.languages import language_named
from tongues import EN, ZH

LETTERS = ("X", "Y", "Z")


@pytest.mark.parametrize(
    ("text", "known", "names"),
    [
        ("At dawn Mara rowed to Skerry with Tom's lamp.", (), ["Mara", "Skerry", "Tom"]),
        ("Mara rowed. Rain fell.", (), []),  # nothing but the beginning of a sentence has a capital
        ("Mara rowed. Rain fell.", ("Mara",), ["Mara"]),
        ("He said I was late, and I'm sorry for it.", (), []),
        ("On Monday, in May, we met Mrs. Orme and Mr Dobbs.", (), ["Orme", "Dobbs"]),
        ("They saw the old keeper, and the Keeper saw them.", (), []),  # it is written small as well
        ("Then the key broke.", ("The key", "the old Keeper"), []),
        ("Dr. Hirsch had a list for Lena Faber.", (), ["Hirsch", "Lena", "Faber"]),
    ],
)
def test_what_is_a_name(text: str, known: tuple[str, ...], names: list[str]) -> None:
    assert names_in([text], known, EN) == names


def test_another_passage_says_that_a_word_is_none() -> None:
    text = "They came before the Council and left."
    assert names_in([text], (), EN) == ["Council"]
    assert names_in([text], (), EN, ["A council was held."]) == []


def test_where_every_noun_has_a_capital_the_facts_say_what_is_a_name() -> None:
    text = "Dann ging die Frau mit dem Hund zum Haus, und Mara sah den Mond über dem Wald."
    german = language_named("de")
    assert names_in([text], (), german) == []
    assert names_in([text], ("Mara", "Tomas"), german) == ["Mara"]


def test_in_a_script_without_capitals_too() -> None:
    assert names_in(["玛拉看着灯，老金没有说话。"], ("老金", "玛拉", "船长", "灯"), ZH) == ["老金", "玛拉"]


def test_each_name_has_a_letter_everywhere_and_the_rest_stays_to_the_letter() -> None:
    texts = ["Mr. Orme met Anna Berg;\n\n“Orme!” cried Berg’s sister.", "Anna's oar, and Berg-Orme. Bergen."]
    without, stands = left_out(texts, ["Orme", "Anna", "Berg"], LETTERS)
    assert without == ["Mr. X met Y;\n\n“X!” cried Y’s sister.", "Z's oar, and X. Bergen."]
    assert stands == {"Orme": "X", "Berg": "Y", "Anna": "Z"}
    assert left_out(["玛拉看着老金。"], ["玛拉", "老金"], "甲乙") == (["甲看着乙。"], {"玛拉": "甲", "老金": "乙"})


def test_letters_are_used_again_where_there_are_too_few_and_none_is_needed_where_no_name_is() -> None:
    assert left_out(["A B C D"], [], LETTERS) == (["A B C D"], {})
    assert left_out(["Ann. Bea. Cia. Dee."], ["Ann", "Bea", "Cia", "Dee"], LETTERS)[0] == ["X. Y. Z. X."]
