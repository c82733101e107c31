"""An outline drawn for a book that has none, as one that was imported: what was told as parts, and what may come.

It is no gate: no step is under way.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from langchain_core.messages import HumanMessage
from pydantic import Field

from ..models.window import count_tokens
from ..prompts import PromptSpec
from .answers import Answer, Lines
from .asking import AnswerSpec
from .messages import in_which_language
from .propose_plans import propose_plans
from .turn import Surroundings, Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..schemas.context import Context
    from ..schemas.state import StoryState
    from .resources import Resources

DRAW_OUTLINE = PromptSpec(
    "draw_outline", required=("told", "most", "to_come"), optional=("topic", "chapters", "chapter_count")
)
MOST = 12
"""Parts that are asked for of what was told, where the book's chapters do not say how many."""
_TO_COME = 6
LONGEST = 300
"""Characters of a part."""
_TOLD = 60
"""Tokens of a part, about."""
_NUMBER = re.compile(r"^\s*\d{1,3}[.)、．]\s*")


class DrawnOutline(Answer):
    """The parts of a book: those that were told, and those that may come."""

    done: Lines
    to_come: Lines = Field(default_factory=list)


class OutlineDrawer:
    """Draws the outline of one story."""

    def __init__(  # noqa: PLR0913 (what an outline is drawn from)
        self,
        state: StoryState,
        context: Context,
        resources: Resources,
        told: Sequence[str],
        chapters: Sequence[str],
        *,
        goes_on: bool,
    ) -> None:
        """A drawer for the story that a state is of.

        Args:
            state: the story.
            context: the settings: which model, how many tries.
            resources: where the model comes from.
            told: what the book told so far, in few texts, in order.
            chapters: the titles of its chapters, in order; none where they do not say how many parts there are.
            goes_on: whether parts to come are asked for.
        """
        self._turn = Turn(propose_plans.name, context, state, Surroundings.beside_a_step(resources), helps=True)
        self._told, self._chapters, self._goes_on = told, chapters, goes_on
        self._topic = state.get("topic") or ""

    def tokens(self) -> tuple[int, int]:
        """About how many tokens are sent, and answered."""
        parts = (len(self._chapters) or MOST // 2) + (_TO_COME if self._goes_on else 0)
        return count_tokens(self._asked()), _TOLD * parts

    async def draw(self) -> DrawnOutline:
        """The parts.

        Raises:
            ModelUnavailableError: the model cannot be had or did not answer.
            GateError: it gave no usable answer in its tries.
        """
        most = len(self._chapters) or MOST
        spec = AnswerSpec(
            {
                "": {"required": ["done", "to_come"] if self._goes_on else ["done"]},
                "done": {"minItems": len(self._chapters) or 1, "maxItems": most},
                "done.items": {"maxLength": LONGEST},
                "to_come": {"maxItems": _TO_COME},
                "to_come.items": {"maxLength": LONGEST},
            }
        ).without(frozenset() if self._goes_on else frozenset({"to_come"}))
        answer = await self._turn.ask([HumanMessage(self._asked())], DrawnOutline, spec, self._problem)
        to_come = answer.to_come[:_TO_COME] if self._goes_on else []
        return DrawnOutline(done=[*map(_line, answer.done)], to_come=[*map(_line, to_come)])

    def _problem(self, answer: DrawnOutline) -> str:
        wanted = len(self._chapters)
        if wanted and len(answer.done) != wanted:
            return self._turn.phrase("problem_outline_chapters", count=len(answer.done), wanted=wanted)
        if not answer.done or len(answer.done) > (wanted or MOST):
            return self._turn.phrase("problem_outline_parts", count=len(answer.done), maximum=MOST)
        return ""

    def _asked(self) -> str:
        titles = "\n".join(f"{number}. {title}" for number, title in enumerate(self._chapters, 1))
        asked = self._turn.prompt(DRAW_OUTLINE).fill(
            topic=self._topic,
            told="\n".join(self._told),
            chapters=titles,
            chapter_count=self._turn.phrase("outline_by_chapters", count=len(self._chapters)) if titles else "",
            most=len(self._chapters) or MOST,
            to_come=self._turn.phrase("outline_to_come" if self._goes_on else "outline_no_more"),
        )
        return in_which_language(asked, self._turn, DRAW_OUTLINE)


def _line(part: str) -> str:
    """A part on a line of its own, without a number of its own."""
    return " ".join(_NUMBER.sub("", part).split())
