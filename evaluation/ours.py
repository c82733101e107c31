"""Ours under test: the project's own graph, whole, and with a part left out where the context says so."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, cast

from langgraph.checkpoint.memory import InMemorySaver

from ..graph import recurrent
from ..graph.cycle import BEFORE_THE_PAUSE
from ..nodes import open_story, retrieve_long_term
from ..schemas.lineage import Lineage
from ..schemas.state import ChosenPlan
from .asking import run_gate
from .experiment import LANGUAGE
from .novel import Page, VisibleContext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.runnables import RunnableConfig

    from ..schemas.state import StoryState
    from .writers import Assignment


class Ours:
    """The graph, run a step at a time. The record of the evaluation stands for its checkpoints.

    Attributes:
        title: the novel's, once it is begun.
    """

    def __init__(self, assignment: Assignment, system: str) -> None:
        """A story of its own for this novel and variant.

        Args:
            assignment: what is to be written.
            system: the variant's name.
        """
        self.title = ""
        self._assignment = assignment
        name = f"{assignment.topic.id}-{system}"
        self._story_id = f"eval-{hashlib.sha256(name.encode()).hexdigest()[:12]}"
        self._graph = recurrent(resources=assignment.resources).compile(
            checkpointer=InMemorySaver(), name="RecurrentGPT"
        )
        self._thread: RunnableConfig = {"configurable": {"thread_id": self._story_id}}

    def begin(self) -> list[str]:
        """Open the story, plant the fact, and let the graph make its first memories and plans."""
        self._run({**self._assignment.begun_from(), "story_id": self._story_id}, after=[open_story.name])
        opening = self._assignment.planted(self._state()["opening"])
        planted = {"opening": opening, "paragraph": opening[-1]}
        self._graph.update_state(self._thread, planted, as_node=open_story.name)
        self._run(None, before=[BEFORE_THE_PAUSE])
        self.title = self._state()["title"]
        return opening

    def write_next(self) -> Page:
        """One cycle of the graph."""
        self._run(None, before=[BEFORE_THE_PAUSE])
        state = self._state()
        return Page(
            text=state["paragraph"],
            plan=state["plan"]["text"],
            short_term_memory=state["short_term_memory"],
            recalled=[passage["seq"] for passage in state["retrieved"] if passage["shown"] != "left out"],
        )

    def sight(self, plan: str) -> VisibleContext:
        """What the gate of recall gives for a plan that comes without cues, as a person's does."""
        chosen = ChosenPlan(text=plan, recall=[], chosen_by="human", number=None, reason="")
        state = cast("StoryState", {**self._state(), "plan": chosen})
        found = run_gate(retrieve_long_term, state, self._assignment.context, self._assignment.resources)
        with self._assignment.resources.memories.open(self._story_id, LANGUAGE) as memory:
            stored = memory.read(Lineage.from_json(state["lineage"]))
        return VisibleContext(
            short_term_memory=state["short_term_memory"],
            recalled="\n\n".join(passage["text"] or passage["sentence"] for passage in found["retrieved"]),
            text=state["paragraph"],
            stored="\n\n".join(entry.text for entry in stored) if self._assignment.context.retrieve_k else "",
        )

    def close(self) -> None:
        """Let go of the story's memory."""
        self._assignment.resources.memories.close(self._story_id)

    def _run(self, given: Any, after: Sequence[str] = (), before: Sequence[str] = ()) -> None:  # noqa: ANN401 (input)
        self._graph.invoke(
            given, self._thread, context=self._assignment.context, interrupt_after=after, interrupt_before=before
        )

    def _state(self) -> StoryState:
        return cast("StoryState", self._graph.get_state(self._thread).values)
