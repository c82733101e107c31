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
        ("Han gick. Var är hon?", "sv", ["Han gick.", "Var är hon?"]),
        ("彼は帰った。彼女は残った！", "ja", ["彼は帰った。", "彼女は残った！"]),
        ("เขากลับบ้าน เธออยู่ที่นั่น", "th", ["เขากลับบ้าน", "เธออยู่ที่นั่น"]),
        ("គាត់ទៅ។ នាងនៅ។", "km", ["គាត់ទៅ។", "នាងនៅ។"]),
        ("वह घर गया। वह रुकी!", "hi", ["वह घर गया।", "वह रुकी!"]),
        ("ذهب إلى البيت. بقيت هناك؟", "ar", ["ذهب إلى البيت.", "بقيت هناك؟"]),
        ("The ninth: *H. Brun, 60*; she went. He left.", "en", ["The ninth: *H. Brun, 60*; she went.", "He left."]),
        ("It was signed—J. R. Hale. He left.", "en", ["It was signed—J. R. Hale.", "He left."]),
        ("It was plan *B. She went.", "en", ["It was plan *B.", "She went."]),
        ("署名是*H. Brun*，没有别的。他走了。", "zh", ["署名是*H. Brun*，没有别的。", "他走了。"]),
        ("署名是H. Brun，没有别的。他走了。", "zh", ["署名是H. Brun，没有别的。", "他走了。"]),
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
