"""Some words of a passage written in another way, as a person asks: shorter, longer, shown, in another tense or person.

It is no gate: no step is under way, and nothing of the book is changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from langchain_core.messages import HumanMessage, SystemMessage

from ..prompts import PromptSpec
from .generate_paragraph import generate_paragraph
from .messages import system_text
from .story_text import sentence_count
from .turn import Surroundings, Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..schemas.context import Context
    from ..schemas.state import StoryState
    from .resources import Resources

REWRITE = PromptSpec("rewrite", required=("selection", "request"), optional=("before", "after", "others"))
GO_ON = PromptSpec("go_on", required=("before",), optional=("after", "request", "others"))

SIZES: Final = {
    "shorter": 0.5,
    "longer": 2.0,
    "show": 1.5,
    "past": 1.0,
    "present": 1.0,
    "first_person": 1.0,
    "third_person": 1.0,
    "otherwise": 1.0,
}
"""What can be asked for, and about how long that makes a text."""
AGAIN: Final = "again"
"""A whole passage is written anew by its plan."""
ON: Final = "on"
"""No words are rewritten: the text goes on where they would stand."""
_SENTENCES_ON = 5
"""Sentences that a text goes on for."""

_BEFORE, _AFTER = 2000, 800
"""Characters of the text around the words that their writer sees."""


@dataclass(frozen=True)
class Words:
    """The words that are to be rewritten, and how.

    Attributes:
        before: the text that stands before them.
        selection: the words.
        after: the text that stands after them.
        how: one of :data:`SIZES`, or :data:`AGAIN`, or :data:`ON`: then there are no words.
        said: what a person says of it besides; may be empty.
        others: the versions that there are already: it is to be another.
        plan: the plan that the passage followed, where it is written anew by it; may be empty.
    """

    before: str
    selection: str
    after: str
    how: str
    said: str = ""
    others: Sequence[str] = ()
    plan: str = ""


async def rewrite(state: StoryState, context: Context, resources: Resources, words: Words) -> str:
    """The words in another way, as the story's model writes them.

    Args:
        state: the story.
        context: the settings of the run: which model, how many tries.
        resources: where the model comes from.
        words: what is to be rewritten, and how.

    Raises:
        ModelUnavailableError: the model cannot be had or did not answer.
        GateError: it gave no usable answer in its tries.
    """
    around = Surroundings.beside_a_step(resources)
    turn = Turn(generate_paragraph.name, context, state, around)
    told = str(turn.phrase("rewrite_others", texts="\n\n".join(words.others))) if words.others else ""
    around_it = {"before": words.before[-_BEFORE:], "after": words.after[:_AFTER], "others": told}
    if words.how == ON:
        task = turn.prompt(GO_ON).fill(**around_it, request=words.said)
    else:
        task = turn.prompt(REWRITE).fill(**around_it, selection=words.selection, request=_request(turn, words))

    def problem_of(text: str) -> str:
        is_same = text.split() in (words.selection.split(), *(other.split() for other in words.others))
        return str(turn.phrase("problem_same_paragraph")) if is_same else ""

    written = sentence_count(words.selection, turn.language)
    length = _SENTENCES_ON if words.how == ON else max(1, round(SIZES.get(words.how, 1.0) * written))
    return await turn.write([SystemMessage(system_text(state, turn)), HumanMessage(task)], length, problem_of)


def _request(turn: Turn, words: Words) -> str:
    """How the words are to be written anew, as their writer is told."""
    if words.how == AGAIN:
        asked = str(turn.phrase("rewrite_again", plan=words.plan) if words.plan else turn.phrase("rewrite_again_free"))
    else:
        is_said = words.how == "otherwise" and words.said
        asked = "" if is_said else str(turn.phrase(f"rewrite_{words.how}"))
    return " ".join(filter(None, (asked, words.said)))
