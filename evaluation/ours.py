"""Ours under test: the project's own graph, whole, and with a part left out where the context says so."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, cast

from langgraph.checkpoint.memory import InMemorySaver

from ..graph import recurrent
from ..graph.cycle import BEFORE_THE_PAUSE
from ..nodes import generate_paragraph, open_story, retrieve_long_term
from ..nodes.calls import run_here
from ..nodes.generate_paragraph import prompt_of
from ..schemas.lineage import Lineage
from ..schemas.state import ChosenPlan
from .asking import quiet_turn, run_gate
from .novel import Page, Threads, VisibleContext
from .systems import WITHOUT_OUTLINE

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
        self._written = 0
        self._is_bare = system == WITHOUT_OUTLINE
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
        planted = {"opening": opening, "paragraph": opening[-1], **({"outline": ""} if self._is_bare else {})}
        self._graph.update_state(self._thread, planted, as_node=open_story.name)
        self._run(None, before=[BEFORE_THE_PAUSE])
        self.title = self._state()["title"]
        return opening

    def write_next(self) -> Page:
        """One cycle of the graph; in the middle of the book the change is told at the end of its paragraph."""
        self._written += 1
        if self._written == self._assignment.changes_after:
            self._run(None, after=[generate_paragraph.name])
            changed = {"paragraph": self._assignment.changed(self._state()["paragraph"], self._written)}
            self._graph.update_state(self._thread, changed, as_node=generate_paragraph.name)
        self._run(None, before=[BEFORE_THE_PAUSE])
        state = self._state()
        return Page(
            text=state["paragraph"],
            plan=state["plan"]["text"],
            short_term_memory=state["short_term_memory"],
            recalled=[passage["seq"] for passage in state["retrieved"] if passage["shown"] != "left out"],
            proposed=[plan["text"] for plan in state["plans"]],
        )

    def sight(self, plan: str) -> VisibleContext:
        """What the gate of recall gives for a plan that comes without cues, as a person's does."""
        chosen = ChosenPlan(text=plan, recall=[], chosen_by="human", number=None, reason="")
        state = cast("StoryState", {**self._state(), "plan": chosen})
        context, resources = self._assignment.context, self._assignment.resources
        found = run_gate(retrieve_long_term, state, context, resources)
        turn = quiet_turn(generate_paragraph.name, context, resources, state)
        prompt = run_here(prompt_of(cast("StoryState", {**state, **found}), turn))
        with resources.memories.open(self._story_id, self._assignment.language) as memory:
            stored = memory.read(Lineage.from_json(state["lineage"]))
        return VisibleContext(
            short_term_memory=state["short_term_memory"],
            recalled="\n\n".join(passage["text"] or passage["sentence"] for passage in found["retrieved"]),
            text=state["paragraph"],
            stored="\n\n".join(entry.text for entry in stored) if context.retrieve_k else "",
            prompt=prompt.replace(plan, ""),
        )

    def threads(self) -> Threads | None:
        """What its facts say of open questions."""
        if not (self._assignment.context.use_facts and self._assignment.context.use_threads):
            return None
        with self._assignment.resources.memories.open(self._story_id, self._assignment.language) as memory:
            every = memory.facts.threads(Lineage.from_json(self._state()["lineage"]))
        return Threads(opened=len(every), settled=sum(not thread.holds for thread in every))

    def close(self) -> None:
        """Let go of the story's memory."""
        self._assignment.resources.memories.close(self._story_id)

    def _run(self, given: Any, after: Sequence[str] = (), before: Sequence[str] = ()) -> None:  # noqa: ANN401 (input)
        self._graph.invoke(
            given, self._thread, context=self._assignment.context, interrupt_after=after, interrupt_before=before
        )

    def _state(self) -> StoryState:
        return cast("StoryState", self._graph.get_state(self._thread).values)
