"""The phrases that a book overuses, named to the writer."""

from __future__ import annotations

from recurrentgpt.nodes.worn import worn_phrases
from tongues import EN, ZH


def _book(phrase: str, times: int) -> list[str]:
    return [f"Number{n} opens{n} here{n}, {phrase} end{n}." for n in range(times)]


def test_a_phrase_of_four_paragraphs_is_worn_and_one_of_three_is_not() -> None:
    assert worn_phrases(_book("a breath she held", 4), [], EN) == ["a breath she held"]
    assert worn_phrases(_book("a breath she held", 3), [], EN) == []


def test_small_words_and_names_are_not_worn() -> None:
    assert worn_phrases(_book("and it was the", 6), [], EN) == []
    assert worn_phrases(_book("old Marasby the carter", 6), ["Marasby"], EN) == []


def test_words_with_a_capital_inside_a_sentence_are_names() -> None:
    said = _book("beside old Marasby's cart", 6)
    assert worn_phrases(said, [], EN) == []
    assert worn_phrases([text.replace("Marasby", "marasby") for text in said], [], EN) == ["beside old marasby's cart"]


def test_i_is_no_name_and_what_is_written_small_elsewhere_is_none() -> None:
    assert worn_phrases(_book("where I'd breathed out", 4), [], EN) == ["where i'd breathed out"]
    shouted = [*_book("of the Storm again", 4), "A storm."]
    assert worn_phrases(shouted, [], EN) == ["of the storm again"]


def test_numbers_are_not_worn() -> None:
    assert worn_phrases(_book("after 20 years abroad", 6), [], EN) == []
    assert worn_phrases([f"{name}看表，九点十七分。" for name in "甲乙丙丁戊"], [], ZH) == []
    assert any("一动" in worn for worn in worn_phrases([f"{name}站着，一动不动。" for name in "甲乙丙丁戊"], [], ZH))


def test_how_paragraphs_begin_is_counted() -> None:
    assert worn_phrases([f"The morning was w{n}." for n in range(5)], [], EN) == ["the morning was"]


def test_only_the_latest_paragraphs_count() -> None:
    old = _book("a breath she held", 9)
    assert worn_phrases([*old, *(f"x{n} y{n}" for n in range(50))], [], EN) == []


def test_chinese_is_counted_in_characters_and_names_are_left_out() -> None:
    heads = "甲乙丙丁"
    assert worn_phrases([f"{head}{head}，屏住呼吸{head}" for head in heads], [], ZH) == ["屏住呼吸"]
    assert worn_phrases([f"{head}{head}，欧阳明月{head}" for head in heads], ["欧阳明月"], ZH) == []
