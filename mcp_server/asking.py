"""The choice of a plan as a question that a client puts to the person (elicitation)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from mcp.server.mcpserver import AcceptedElicitation, Elicit
from pydantic import BaseModel, Field, JsonValue, create_model

from .words import say

if TYPE_CHECKING:
    from .shown import StoryNow

__all__ = ["Choice", "Elicit", "answer_of", "question_of"]

OWN, OTHERS, STOP = "own", "others", "stop"
_SHOWN: Final = 200
"""Characters of a plan that stand in a list of choices."""


class Choice(BaseModel):
    """What a person chose."""

    choice: str
    words: str = ""


def question_of(now: StoryNow, language: str) -> Elicit[Choice]:
    """The question of a pause; the same, as long as it is the same pause."""
    ways = [(str(plan.number), f"{plan.number}. {_short(plan.text)}") for plan in now.plans]
    ways += [(way, say(f"choose_{way}", language)) for way in (OWN, OTHERS, STOP)]
    form: dict[str, Any] = {"oneOf": [{"const": value, "title": title} for value, title in ways]}
    fields: dict[str, Any] = {
        "choice": (Annotated[str, Field(title=say("ask_choice", language), json_schema_extra=form)], ...),
        "words": (Annotated[str, Field(title=say("ask_words", language))], ""),
    }
    schema = create_model("Choice", __base__=Choice, **fields)
    plans = "\n\n".join(f"{plan.number}. {plan.text}" for plan in now.plans)
    return Elicit(say("ask_plan", language, title=now.title, passage=now.passage, plans=plans), schema)


def answer_of(chosen: object) -> JsonValue:
    """The answer to a pause in what came of the question; ``None``: nobody gave one."""
    if not isinstance(chosen, AcceptedElicitation) or not isinstance(chosen.data, Choice):
        return None
    words = chosen.data.words.strip()
    match chosen.data.choice:
        case "stop":
            return {"stop": True}
        case "others":
            return {"decisions": [{"type": "reject", "message": words}]}
        case "own":
            return words
        case number:
            return {"plan": number}


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN].rstrip()}…"
