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

_BEFORE, _AFTER = 2000, 800
"""Characters of the text around the words that their writer sees."""


@dataclass(frozen=True)
class Words:
    """The words that are to be rewritten, and how.

    Attributes:
        before: the text that stands before them.
        selection: the words.
        after: the text that stands after them.
        how: one of :data:`SIZES`.
        said: what a person says of it besides; may be empty.
        others: the versions that there are already: it is to be another.
    """

    before: str
    selection: str
    after: str
    how: str
    said: str = ""
    others: Sequence[str] = ()


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
    is_said = words.how == "otherwise" and words.said
    request = " ".join(filter(None, ("" if is_said else str(turn.phrase(f"rewrite_{words.how}")), words.said)))
    told = str(turn.phrase("rewrite_others", texts="\n\n".join(words.others))) if words.others else ""
    task = turn.prompt(REWRITE).fill(
        before=words.before[-_BEFORE:],
        selection=words.selection,
        after=words.after[:_AFTER],
        request=request,
        others=told,
    )

    def problem_of(text: str) -> str:
        is_same = text.split() in (words.selection.split(), *(other.split() for other in words.others))
        return str(turn.phrase("problem_same_paragraph")) if is_same else ""

    length = max(1, round(SIZES[words.how] * sentence_count(words.selection, turn.language)))
    return await turn.write([SystemMessage(system_text(state, turn)), HumanMessage(task)], length, problem_of)
