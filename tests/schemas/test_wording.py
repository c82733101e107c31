"""How words of a story are joined to others: each sentence with its stop, lines as their language joins sentences."""

from __future__ import annotations

import pytest

from recurrentgpt.schemas.languages import language_named
from recurrentgpt.schemas.wording import in_a_line, with_stop


@pytest.mark.parametrize(
    ("language", "text", "told"),
    [
        ("en", "Mara is the keeper", "Mara is the keeper."),
        ("en", "Who lit the lamp?", "Who lit the lamp?"),
        ("en", "He said “Go.”", "He said “Go.”"),
        ("zh", "韩启是新到任的税吏", "韩启是新到任的税吏。"),
        ("zh", "客人是谁？", "客人是谁？"),
        ("zh", "他说：“走吧。”", "他说：“走吧。”"),
    ],
)
def test_a_sentence_has_its_stop_before_another_follows(language: str, text: str, told: str) -> None:
    assert with_stop(text, language_named(language)) == told


def test_lines_are_joined_as_their_language_joins_sentences() -> None:
    assert in_a_line("She rows.\n\n  It  rains.", language_named("en")) == "She rows. It rains."
    assert in_a_line("门忽然开了。\n\n“好，五天。”她说。", language_named("zh")) == "门忽然开了。“好，五天。”她说。"
