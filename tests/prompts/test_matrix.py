"""Every situation in every language and mode, as its prompts are: golden files to read, and rules over all of them.

``pytest tests/prompts/test_matrix.py --write-goldens`` writes the files anew, for a reviewer to see what has changed.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from situations import SITUATIONS, Telling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from langchain_core.messages import BaseMessage

    from plain_model import Asked

GOLDEN = Path(__file__).parent / "golden"
WHOLE = ("opening", "first step")
LONGEST = {"en": 500, "zh": 160}
"""Characters of a block that is shown whole in every file; the situations above show all of each."""
_SHOWN = 60
MATRIX = pytest.mark.parametrize(
    ("language", "mode", "situation"),
    [(tag, mode, name) for tag in ("en", "zh") for mode in ("author", "interactive_fiction") for name in SITUATIONS],
)


def told(make_model: Callable[..., object], language: str, mode: str, situation: str) -> Telling:
    telling = Telling(make_model, language, mode)
    SITUATIONS[situation](telling)
    return telling


def as_text(asked: list[Asked], longest: int) -> Iterator[str]:
    """What was asked, call after call; what a call repeats of the one before is said, not shown."""
    before: tuple[BaseMessage, ...] = ()
    for call in asked:
        form = f" → {', '.join(call.form['properties'])}" if call.form else ""
        yield f"# {call.gate}{form}"
        shared = 0
        for mine, other in zip(call.messages, before, strict=False):
            if (mine.type, mine.text) != (other.type, other.text):
                break
            shared += 1
        if shared:
            yield f"(the same {shared} as before)"
        for message in call.messages[shared:]:
            yield f"## {message.type}"
            yield from (shortened(block, longest) for block in message.text.split("\n\n"))
        before = call.messages


def shortened(block: str, longest: int) -> str:
    """A block of a prompt; of a long one that other files show whole, where it begins."""
    return block if len(block) <= longest else f"{block[:_SHOWN]} … ({len(block)} characters)"


@MATRIX
def test_a_prompt_is_as_it_was_read(
    fake_models: Callable[..., object],
    request: pytest.FixtureRequest,
    language: str,
    mode: str,
    situation: str,
) -> None:
    longest = 10**6 if situation in WHOLE else LONGEST[language]
    found = "\n\n".join(as_text(told(fake_models, language, mode, situation).asked, longest)) + "\n"
    path = GOLDEN / language / mode / f"{re.sub('[^a-z]+', '_', situation)}.md"
    if request.config.getoption("--write-goldens"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")
