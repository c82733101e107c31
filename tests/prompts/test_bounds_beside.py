"""What the forms beside a step take at most is said in words: a look after an edit, clashes, outline, style."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from recurrentgpt.nodes import continuity, leaning, outline_drawing, style_note
from recurrentgpt.prompts import every_phrase, load
from recurrentgpt.schemas.modes import AUTHOR, INTERACTIVE_FICTION
from tongues import EN, ZH

if TYPE_CHECKING:
    from recurrentgpt.schemas.languages import Language
    from recurrentgpt.schemas.modes import Mode

FORMS: dict[str, list[Any]] = {
    "find_leaning": [words["maxLength"] for words in leaning.SPEC.bounds.values() if "maxLength" in words],
    "find_clashes": [words["maxLength"] for words in continuity.SPEC.bounds.values() if "maxLength" in words],
    "style_note": [words["maxLength"] for words in style_note.SPEC.bounds.values() if "maxLength" in words],
    "draw_outline": [outline_drawing.LONGEST],
    "outline_to_come": [outline_drawing.LONGEST],
}


PROMPTS = {
    "find_leaning": leaning.FIND_LEANING,
    "find_clashes": continuity.FIND_CLASHES,
    "style_note": style_note.STYLE_NOTE,
    "draw_outline": outline_drawing.DRAW_OUTLINE,
}


PARTS = {"find_leaning": ("leaning_words",)}
"""What stands in a prompt only where it is needed."""


@pytest.mark.parametrize("mode", [AUTHOR, INTERACTIVE_FICTION], ids=lambda mode: mode.name)
@pytest.mark.parametrize("language", [EN, ZH], ids=lambda language: language.tag)
@pytest.mark.parametrize("name", FORMS)
def test_what_a_form_beside_a_step_takes_at_most_is_said_in_words(name: str, language: Language, mode: Mode) -> None:
    sent = [every_phrase().get(name) or PROMPTS[name], *map(every_phrase().__getitem__, PARTS.get(name, ()))]
    words = "\n".join(load(spec, language, mode).template for spec in sent)
    assert FORMS[name]
    assert not [most for most in FORMS[name] if not re.search(rf"(?<!\d){most}(?!\d)", words)]
