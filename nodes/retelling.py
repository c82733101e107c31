"""A story that was played, told once more as a book: what was done and what came of it as one, in another person.

It is no gate: no step is under way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from langchain_core.messages import HumanMessage

from ..models.window import count_tokens
from ..prompts import PromptSpec
from .generate_paragraph import generate_paragraph
from .messages import in_which_language
from .story_text import sentence_count
from .turn import Surroundings, Turn

if TYPE_CHECKING:
    from ..schemas.context import Context
    from ..schemas.entries import Entry
    from ..schemas.modes import Person
    from ..schemas.state import StoryState
    from .resources import Resources

RETELL = PromptSpec("retell", required=("person", "passage"), optional=("act", "before"))
_BEFORE = 1200
"""Characters of what was told last that the next passage is told after."""


class Retelling:
    """Tells the passages of one story once more."""

    def __init__(self, state: StoryState, context: Context, resources: Resources, person: Person, name: str) -> None:
        """A teller for the story that a state is of, with the settings of a run.

        Args:
            state: the story.
            context: which model, how many tries.
            resources: where the model comes from.
            person: the person that it is told in.
            name: what the player is called, in the third.
        """
        around = Surroundings.beside_a_step(resources)
        self._turn = Turn(generate_paragraph.name, context, state, around)
        self._person = self._turn.phrase(f"retell_{person}", **({"name": name} if person == "third" else {}))

    async def tell(self, entry: Entry, before: str) -> str:
        """A passage, and what the player did before it, as the next passage of the book.

        Args:
            entry: it.
            before: what the book so far ends with; empty at its beginning.

        Raises:
            ModelUnavailableError: the model cannot be had or did not answer.
            GateError: it gave no usable answer in its tries.
        """
        sentences = sentence_count(entry.text, self._turn.language)
        return await self._turn.write([HumanMessage(self._asked(entry, before))], sentences)

    def tokens(self, entry: Entry) -> tuple[int, int]:
        """About how many tokens are sent for a passage, and answered."""
        told = count_tokens(entry.text)
        return count_tokens(self._asked(entry, entry.text)), told + count_tokens(entry.plan)

    def _asked(self, entry: Entry, before: str) -> str:
        prompt = self._turn.prompt(RETELL)
        filled = prompt.fill(person=self._person, before=before[-_BEFORE:], act=entry.plan, passage=entry.text)
        return in_which_language(filled, self._turn, RETELL)
