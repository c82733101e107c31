"""Telling a situation to the real memory, through the gates' own code, and the prompt that its plan then gives.

A step is the graph's: ``retrieve_long_term``, ``generate_paragraph`` (the model writes the passage of the situation),
``append_summary`` (it answers what was recorded). The plan of such a step is the passage's summary. The short-term
memory is the summaries of the last ten passages: about what a step of the product has of them, without a model.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from ..memory import Lineage
from ..memory.embeddings import RecentEmbeddings
from ..nodes import append_summary, generate_paragraph, retrieve_long_term
from ..nodes.resources import Resources, default_resources
from ..schemas.context import Context
from ..schemas.languages import language_named
from ..schemas.modes import AUTHOR
from ..schemas.state import ChosenPlan
from ..stories.branches import edited_path
from .asking import quiet_turn, run_gate
from .change_recorded import Place, RecordedModel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from langchain_core.messages import BaseMessage

    from ..memory import Entry
    from ..nodes import Turn
    from .change_data import Branch, Situation, Told

_MODEL = "recorded"
_SUMMARIES = 10
_SENTENCES = 8
"""Sentences a passage of the situations has, about."""
_VECTORS = 100_000
"""Vectors that are remembered: the same passages are told again and again."""

State = dict[str, Any]


@dataclass
class Teller:
    """Tells passages to a story's memory.

    Attributes:
        resources: where the memory is.
        model: what answers.
        language: the story's.
        context: the settings of its steps.
        story: the story's id. All situations are branches of one story, which part before the first passage.
    """

    resources: Resources
    model: RecordedModel
    language: str
    context: Context
    story: str = "change"

    def begin(self, situation: Situation) -> State:
        """The state of a story before its first passage."""
        return {
            "story_id": self.story,
            "language": self.language,
            "mode": AUTHOR.name,
            "title": "",
            "outline": "",
            "topic": situation.premise["topic"],
            "style_sheet": situation.premise["style_sheet"],
            "paragraph": "",
            "lineage": [],
            "step": 0,
            "summaries": [],
            "left_out": [],
            "short_term_memory": "",
        }

    def tell(self, state: State, told: Told, place: Place) -> State:
        """The state after one more passage.

        Args:
            state: before it.
            told: the passage.
            place: whose recorded answer is given.

        Raises:
            OpenQuestionError: there is none, and one is wanted.
        """
        self.model.place, self.model.prose, self.model.summary = place, told.text, told.summary
        state = self._written(state, told.summary, [told.summary])
        state = state | run_gate(append_summary, state, self.context, self.resources)
        state["left_out"] = [*state["left_out"], state["knowledge"]["left_out"]]
        return with_summaries(state, [told.summary])

    def tell_all(self, situation: Situation, branch: Branch) -> State:
        """The state after the passages of a branch; what it shares with another is told once."""
        state = self.begin(situation)
        for number, told in enumerate(branch.passages):
            state = self.tell(state, told, Place(situation.id, branch.answered_as(number), number))
        return state

    def last(self, state: State, situation: Situation, branch: Branch) -> State:
        """The state after the passage before the plan."""
        return self.tell(state, situation.last, Place(situation.id, branch.name, len(branch.passages)))

    def edit(self, state: State, place: int, told: Told) -> State:
        """The state after a person rewrote an earlier passage."""
        path = Lineage.from_json(state["lineage"])
        with self.resources.memories.open(self.story, language_named(self.language)) as memory:
            changed = edited_path(memory, path, place, told.text, told.summary)
        return {**state, "lineage": changed.to_json()}

    def entries(self, state: State) -> list[Entry]:
        """The passages of a state's path, in order."""
        with self.resources.memories.open(self.story, language_named(self.language)) as memory:
            return memory.read(Lineage.from_json(state["lineage"]))

    def prompt(self, state: State, situation: Situation, *, use_facts: bool) -> tuple[State, list[BaseMessage]]:
        """What the plan of a situation makes of a state, and the conversation that the writer is shown for it.

        The passage before the plan is kept as ``last``.
        """
        context = self.context.model_copy(update={"use_facts": use_facts})
        self.model.prose = "\n".join(f"{number}: {situation.plan}" for number in range(_SENTENCES))
        made = self._written(state, situation.plan, situation.cues, context)
        return made | {"last": state["paragraph"]}, self.model.asked

    def turn(self, state: State) -> Turn:
        """A turn on a state, for its words and its memory."""
        return quiet_turn(generate_paragraph.name, self.context, self.resources, state)

    def _written(self, state: State, plan: str, cues: Sequence[str], context: Context | None = None) -> State:
        """The state after a plan was recalled for and its passage written."""
        chosen = ChosenPlan(text=plan, recall=list(cues), chosen_by="model", number=1, reason="")
        state = {**state, "plan": chosen}
        for gate in (retrieve_long_term, generate_paragraph):
            state = state | run_gate(gate, state, context or self.context, self.resources)
        return state


def with_summaries(state: State, summaries: Sequence[str]) -> State:
    """A state whose short-term memory has taken in some passages."""
    kept = [*state["summaries"], *summaries][-_SUMMARIES:]
    return {**state, "summaries": kept, "short_term_memory": "\n".join(kept)}


@contextmanager
def teller(language: str, model: RecordedModel) -> Iterator[Teller]:
    """A teller with memories of its own, for the length of a ``with`` block."""
    ours = default_resources()
    name = ours.memories.embedder.name
    vectors = RecentEmbeddings(ours.memories.embedder.embeddings, _VECTORS)
    with TemporaryDirectory() as folder:
        settings = ours.settings.model_copy(update={"home": Path(folder), "qdrant_url": ""})
        resources = Resources(settings, {_MODEL: lambda: model}, {name: lambda: vectors})
        try:
            context = Context(model=_MODEL, paragraph_sentences=_SENTENCES, repetition_limit=1)
            yield Teller(resources, model, language, context)
        finally:
            resources.close()
