"""The facts of a passage that was written without any: asked for as a step asks, with what held before it.

The conversation is that of a manuscript which is read: what the passages just before say in short, then the passage. It
is no gate: no step is under way, and nothing of the state changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..models.window import count_tokens
from ..schemas.errors import GateError
from .append_summary import append_summary
from .fact_answers import MOST_FACTS
from .messages import messages_after_paragraph
from .noting import NOTE_FACTS, note_alone
from .reach import FOUND
from .read_manuscript import PROMPT
from .turn import Surroundings, Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..memory import Entry, Lineage
    from ..schemas.catalogue import Part
    from ..schemas.context import Context
    from ..schemas.facts import Knowledge
    from ..schemas.state import CallUsage, StoryState
    from .resources import Resources
    from .usage import Account

_BEFORE = 5
"""Passages whose summaries a passage is read with."""
_TOKENS_SHOWN, _TOKENS_TOLD = 30, 60
"""About how many tokens a fact has, as it is shown and as it is answered."""


class LateFacts(NamedTuple):
    """What a passage makes true and changes; ``None`` where the model gave nothing that it proves, and why."""

    knowledge: Knowledge | None
    left_out: int
    problem: Part | str = ""


class FactMaker:
    """Makes facts of passages of one path, with one model."""

    def __init__(
        self, state: StoryState, context: Context, resources: Resources, account: Account | None = None
    ) -> None:
        """A maker for the story that a state is of, with the settings of a run; what it costs is counted."""
        around = Surroundings.beside_a_step(resources)
        self._state = state
        self._turn = Turn(append_summary.name, context, state, around, account, helps=True)

    @property
    def usage(self) -> CallUsage:
        """What was paid so far."""
        return self._turn.account.close()

    async def make(
        self, path: Lineage, place: int, entries: Sequence[Entry], before: Knowledge | None = None
    ) -> LateFacts:
        """The facts of the passage at a place, proved by its words.

        Args:
            path: the path, of which only what comes before the place is looked at.
            place: where, from 0.
            entries: all that stands on the path.
            before: what the passage made true and changed when it had other words: what it still says stays.

        Raises:
            ModelUnavailableError: the model cannot be had or did not answer.
        """
        state = self._reading(path, place, entries, is_there=before is not None)
        try:
            noted = await note_alone(state, self._turn.on(state), before)
        except GateError as error:
            return LateFacts(None, 0, error.values["problem"])
        (knowledge,) = noted.knowledge
        if noted.left_out and not (knowledge and (knowledge.facts or knowledge.changes)):
            return LateFacts(None, noted.left_out, self._turn.phrase("problem_unproved").said)
        return LateFacts(knowledge, noted.left_out)

    def tokens(self, path: Lineage, place: int, entries: Sequence[Entry]) -> tuple[int, int]:
        """About how many tokens a passage's facts take, of the prompt and of the answer."""
        state = self._reading(path, place, entries)
        asked = self._turn.prompt(NOTE_FACTS).fill(record=self._turn.phrase("facts_before"))
        sent = messages_after_paragraph(state, self._turn, asked)
        shown = min(FOUND, place * MOST_FACTS // 2) * _TOKENS_SHOWN
        return shown + sum(count_tokens(message.text) for message in sent), MOST_FACTS // 2 * _TOKENS_TOLD

    def _reading(self, path: Lineage, place: int, entries: Sequence[Entry], *, is_there: bool = False) -> StoryState:
        """The state of a reader who has come to a passage; it may stand on the path already."""
        first, number = max(0, place - _BEFORE), self._turn.memory.number
        told = [
            str(self._turn.phrase("line_told", numbers=number(at), line=entries[at].summary))
            for at in range(first, place)
        ]
        text = entries[place].text
        return {
            **self._state,
            "lineage": path.cut(place + is_there).to_json(),
            "prompt": self._as_read("\n".join(told)),
            "opening": [text],
            "paragraph": text,
            "reading": True,
            "standing": [],
        }

    def _as_read(self, told: str) -> str:
        """What was read before the passage; a prompt of one's own may name the memory alone."""
        template = self._turn.prompt(PROMPT)
        return template.fill(**{"synopsis" if template.names("synopsis") else "short_term_memory": told})
