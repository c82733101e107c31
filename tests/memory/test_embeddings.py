"""Where sentences end."""

from __future__ import annotations

import pytest

from recurrentgpt.memory.sentences import sentences
from recurrentgpt.schemas.languages import language_named
from tongues import EN


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Ada left. Ben stayed.", "en", ["Ada left.", "Ben stayed."]),
        ("Mr. Ash left! Did he?", "en", ["Mr. Ash left!", "Did he?"]),
        ("林在屋里。王走了！", "zh", ["林在屋里。", "王走了！"]),
        ("No full stop", "en", ["No full stop"]),
        ("", "en", [""]),
        ("  ", "en", ["  "]),
    ],
)
def test_a_text_is_cut_at_its_sentences(text: str, language: str, expected: list[str]) -> None:
    assert sentences(text, language_named(language)) == expected


def test_a_long_text_has_sixty_four_sentences_and_loses_nothing() -> None:
    parts = [f"Ada counted {number} waves." for number in range(200)]
    found = sentences(" ".join(parts), EN)
    assert len(found) == 64
    assert " ".join(found) == " ".join(parts)
