"""The review: what a pause asks, and what an answer means.

The payload is LangChain's ``HITLRequest`` with this project's fields beside it, so that every client of the
ecosystem can show it. Reading an answer is one pure function.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .state import Plan, StoryState

ACTION = "select_plan"
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")
MAX_INSTRUCTION = 8000

RESPONSE_SCHEMA: Final[dict[str, Any]] = {
    "title": "Your answer",
    "description": "A number picks that plan, any other text is a plan of your own, true takes the first.",
    "anyOf": [
        {"type": "integer", "minimum": 1, "title": "Plan"},
        {"type": "string", "minLength": 1, "maxLength": MAX_INSTRUCTION, "title": "A plan of your own"},
        {"type": "boolean", "const": True, "title": "The first plan"},
        {
            "type": "object",
            "title": "Plan, own plan, or stop",
            "properties": {
                "plan": {"type": "integer", "minimum": 1},
                "instruction": {"type": "string", "minLength": 1, "maxLength": MAX_INSTRUCTION},
                "stop": {"type": "boolean"},
            },
        },
    ],
}
"""What clients are told an answer looks like. LangGraph publishes it; reading is ours."""


@dataclass(frozen=True)
class PickPlan:
    """Take proposed plan ``number`` (from 1)."""

    number: int


@dataclass(frozen=True)
class OwnPlan:
    """Follow a plan the person wrote."""

    text: str


@dataclass(frozen=True)
class Stop:
    """End the run here."""


@dataclass(frozen=True)
class AskAgain:
    """The answer means nothing that can be done: ask again and say why.

    Attributes:
        phrase: the name of the sentence that says what was wrong.
        values: what that sentence names.
    """

    phrase: str
    values: dict[str, object]


Answer = PickPlan | OwnPlan | Stop | AskAgain


def request(state: StoryState, description: str) -> dict[str, Any]:
    """What ``select_plan`` asks: a ``HITLRequest`` with the story's own fields beside it.

    Args:
        state: the story where it pauses.
        description: the question as Markdown, in the story's language.
    """
    plans = state["plans"]
    return {
        "action_requests": [
            {
                "name": ACTION,
                "args": {"plan": 1, "instruction": plans[0]["text"]},
                "description": description,
            }
        ],
        "review_configs": [{"action_name": ACTION, "allowed_decisions": ["approve", "edit", "reject", "respond"]}],
        "story_id": state["story_id"],
        "step": state["step"],
        "paragraph": state["paragraph"],
        "plans": plans,
        "short_term_memory": state["short_term_memory"],
        "rationale": state["rationale"],
        "retrieved": [passage["summary"] for passage in state.get("retrieved", [])],
    }


def read_answer(given: object, plans: list[Plan]) -> Answer:  # noqa: PLR0911 (a table, row by row)
    """What a person's answer means.

    Args:
        given: whatever the client sent: a number, a text, ``true``, or an object.
        plans: the plans that were proposed.
    """
    match given:
        case True:
            return PickPlan(1)
        case int() as number if not isinstance(number, bool):
            return _pick(number, len(plans))
        case str() as text:
            return _read_text(text, len(plans))
        case {"stop": True}:
            return Stop()
        case {"instruction": str() as text} if text.strip():
            return _read_text(text, len(plans))
        case {"plan": int() | str() as plan} if not isinstance(plan, bool):
            return read_answer(plan, plans)
    return AskAgain("review_unknown", {"stop": '{"stop": true}'})


def _read_text(text: str, count: int) -> Answer:
    words = text.strip()
    if not words:
        return AskAgain("review_empty", {})
    if _NUMBER.fullmatch(words):
        return _pick(int(words), count)
    if len(words) > MAX_INSTRUCTION:
        return AskAgain("review_long", {"count": len(words), "maximum": MAX_INSTRUCTION})
    return OwnPlan(words)


def _pick(number: int, count: int) -> Answer:
    if 1 <= number <= count:
        return PickPlan(number)
    return AskAgain("review_number", {"number": number, "count": count})
