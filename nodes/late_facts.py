"""The facts of a passage that was written without any: asked for as a step asks, with what held before it.

The conversation shows what the passages just before say in short, then the passage, and whether a person changed it. Of
one that was changed the summary is asked for with them, beside the old one. It is no gate: no step is under way, and
nothing of the state changes.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from ..models.window import count_tokens
from ..schemas.errors import GateError
from .append_summary import PROMPT, SUMMARY, Summary, append_summary
from .asking import AnswerSpec
from .fact_answers import MOST_FACTS, FactsAlone
from .messages import messages_after_paragraph
from .noting import NOTE_FACTS, Request, note_alone
from .reach import FOUND
from .turn import Surroundings, Turn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..memory import Entry, Lineage
    from ..schemas.catalogue import Part
    from ..schemas.context import Context
    from ..schemas.facts import Fact, Knowledge
    from ..schemas.leaning import Edited
    from ..schemas.state import CallUsage, StoryState
    from .resources import Resources
    from .usage import Account

_BEFORE = 5
"""Passages whose summaries a passage is read with."""
_TOKENS_SHOWN, _TOKENS_TOLD, _TOKENS_SUMMED_UP = 30, 60, 80
"""About how many tokens a fact has, as it is shown and as it is answered, and a summary."""


class LateFacts(NamedTuple):
    """What a passage makes true and changes; ``None`` where the model gave nothing that it proves, and why.

    ``summary`` is what one that was changed says in short as it now is; empty where that was not asked for.
    ``succeeds`` says of its new facts, by their ids, the place of which of its earlier ones they took.
    """

    knowledge: Knowledge | None
    left_out: int
    problem: Part | str = ""
    summary: str = ""
    succeeds: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class FactsAndSummary(FactsAlone, Summary):
    """What a passage makes true, and its summary, both anew."""


_SPEC = AnswerSpec({"": {"required": list(FactsAndSummary.model_fields)}, "summary": {"maxLength": SUMMARY}})


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
        self,
        path: Lineage,
        place: int,
        entries: Sequence[Entry],
        before: Knowledge | None = None,
        edited: Edited | None = None,
    ) -> LateFacts:
        """The facts of the passage at a place, proved by its words.

        Args:
            path: the path, of which only what comes before the place is looked at.
            place: where, from 0.
            entries: all that stands on the path.
            before: what the passage made true and changed when it had other words: what it still says stays.
            edited: what a person changed of it: then its summary is made anew too, unless a person wrote that.

        Raises:
            ModelUnavailableError: the model cannot be had or did not answer.
        """
        state = self._reading(path, place, entries, edited, is_there=before is not None)
        try:
            noted = await note_alone(state, self._turn.on(state), before, self._beside(edited))
        except GateError as error:
            return LateFacts(None, 0, error.values["problem"])
        (knowledge,) = noted.knowledge
        summary = noted.answer.summary if isinstance(noted.answer, FactsAndSummary) else ""
        if noted.left_out and not (knowledge and (knowledge.facts or knowledge.changes)):
            return LateFacts(None, noted.left_out, self._turn.phrase("problem_unproved").said, summary)
        return LateFacts(knowledge, noted.left_out, "", summary, noted.succeeds)

    def tokens(
        self, path: Lineage, place: int, entries: Sequence[Entry], edited: Edited | None = None
    ) -> tuple[int, int]:
        """About how many tokens a passage's facts take, of the prompt and of the answer."""
        state, beside = self._reading(path, place, entries, edited), self._beside(edited)
        asked = self._turn.prompt(NOTE_FACTS).fill(record=self._turn.phrase("facts_before"))
        sent = messages_after_paragraph(state, self._turn, f"{beside.task}\n\n{asked}" if beside else asked)
        shown = min(FOUND, place * MOST_FACTS // 2) * _TOKENS_SHOWN
        told = MOST_FACTS // 2 * _TOKENS_TOLD + (_TOKENS_SUMMED_UP if beside else 0)
        return shown + sum(count_tokens(message.text) for message in sent), told

    def until(self, fact: Fact, place: int) -> str:
        """A fact, and in which passage, by its place, it is over."""
        how = "look_settled_at" if fact.kind == "thread" else "look_over_at"
        aside = self._turn.phrase(how, number=self._turn.memory.number(place))
        return str(self._turn.phrase("line_aside", line=fact.text, aside=aside))

    def _beside(self, edited: Edited | None) -> Request[FactsAlone] | None:
        """The question for the summary of a passage that was changed, beside what it was."""
        if not sums_up(edited):
            return None
        was = edited.was.summary if edited and edited.was else ""
        task = self._turn.phrase("anew_summary", summary=was) if was else self._turn.prompt(PROMPT).fill()
        return Request(str(task), FactsAndSummary, FactsAndSummary, _SPEC)

    def _reading(
        self,
        path: Lineage,
        place: int,
        entries: Sequence[Entry],
        edited: Edited | None = None,
        *,
        is_there: bool = False,
    ) -> StoryState:
        """The state of a reader who has come to a passage; it may stand on the path already."""
        first, number = max(0, place - _BEFORE), self._turn.memory.number
        told = [
            str(self._turn.phrase("line_told", numbers=number(at), line=entries[at].summary))
            for at in range(first, place)
        ]
        how = "anew_late" if edited is None else "anew_put_in" if edited.was is None else "anew_changed"
        before = self._turn.phrase("anew_before", told="\n".join(told)) if told else ""
        shown = (before, self._turn.phrase(how, number=number(place)))
        text = entries[place].text
        return {
            **self._state,
            "lineage": path.cut(place + is_there).to_json(),
            "prompt": "\n\n".join(str(part) for part in shown if part),
            "opening": [text],
            "paragraph": text,
            "reading": True,
            "standing": [],
        }


def sums_up(edited: Edited | None) -> bool:
    """Whether the summary of a passage is made anew with its facts: where it was changed, and no person wrote it."""
    return edited is not None and edited.now is not None and not edited.now.is_put_right
