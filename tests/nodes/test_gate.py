"""What a gate does with text that was cut off, or comes with more than the story."""

from __future__ import annotations

import pytest

from recurrentgpt.memory.sentences import pieces
from recurrentgpt.nodes.story_text import up_to_last_sentence
from recurrentgpt.schemas.languages import language_named
from tongues import EN, ZH

MANY = " ".join(f"Sentence  {number} is short." for number in range(90))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("She ran. He fell. They", "She ran. He fell."),
        ("She ran.", "She ran."),
        ("She ran", ""),
        ("", ""),
        ("She said: \u201cRun!\u201d Then she", "She said: \u201cRun!\u201d"),
        ("She ran.\n\n  He\tfell.\n\nThen\n", "She ran.\n\n  He\tfell."),
        (f"{MANY} And then", MANY),
    ],
)
def test_a_cut_text_loses_its_unfinished_sentence(text: str, kept: str) -> None:
    assert up_to_last_sentence(text, EN) == kept


def test_a_cut_chinese_text_loses_its_unfinished_sentence() -> None:
    assert up_to_last_sentence("她跑了。他跌倒了！然后他们", ZH) == "她跑了。他跌倒了！"


@pytest.mark.parametrize(
    ("tag", "text", "kept"),
    [
        ("sv", "Hon sprang. Han föll! Sedan", "Hon sprang. Han föll!"),
        ("ja", "彼女は走った。彼は", "彼女は走った。"),
        ("th", "เขากลับบ้าน เธออยู่ที่นั่น แล้วเขา", "เขากลับบ้าน เธออยู่ที่นั่น"),
        ("hi", "वह घर गया। वह", "वह घर गया।"),
        ("de", "Sie rief: „Lauf!“ Dann", "Sie rief: „Lauf!“"),
    ],
)
def test_a_cut_text_of_any_language_loses_its_unfinished_sentence(tag: str, text: str, kept: str) -> None:
    assert up_to_last_sentence(text, language_named(tag)) == kept


@pytest.mark.parametrize("text", [MANY, " a\n\n b.  c ", "她跑了。 他\n跌倒了", "เขาไป เธออยู่ "])
def test_pieces_are_the_text_to_the_letter(text: str) -> None:
    assert "".join(pieces(text, EN)) == text
