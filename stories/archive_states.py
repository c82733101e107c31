"""The states of a story's threads in a file of all of it: read from the checkpoints, and put into new ones.

Kept is where a branch stood after each step and each change of a person, as far as it came from there: so one can go
back to any passage, and take back what was changed last. Of a step under way it is the state that its next gates begin
from: what a gate had done whose neighbour was not done yet, it does again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from langgraph.types import StateUpdate

from ..graph.cycle import CYCLE, is_between_steps, is_step_finished, point_of
from ..nodes import generate_paragraph, open_story, propose_plans, retrieve_long_term, select_plan, store_opening
from ..nodes.read_manuscript import READING, remember_batch
from ..schemas.errors import StorageError
from ..schemas.state import WRITTEN_BY_HAND
from .archive_format import KeptState, Reading
from .checkpoints import storage_errors
from .importing import kept_manuscript, put_manuscript, reading_graph

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.graph.state import CompiledStateGraph
    from langgraph.types import StateSnapshot

    from ..schemas.state import StoryState
    from .story import Story

MADE_BY_A_RUN = "made_by_a_run"
"""In a checkpoint's metadata: a run made its state, though it was put in; so undo takes it for no edit."""


async def states_of(story: Story, branch: str) -> list[KeptState]:
    """Where a branch stood, oldest first; the last is where it stands."""
    with storage_errors(story.folder):
        snapshot = await story.graph.aget_state(story.checkpoints.thread(branch))
        found = [_kept(snapshot)] if _has_begun(snapshot) else []
        while snapshot.parent_config is not None:
            snapshot = await story.graph.aget_state(snapshot.parent_config)
            if snapshot.values and is_between_steps(snapshot):
                found.append(_kept(snapshot))
    return found[::-1]


async def reading_of(story: Story) -> Reading | None:
    """The manuscript that a story is still reading, and how far it is; ``None``: it reads none."""
    manuscript = kept_manuscript(story.folder)
    if manuscript is None:
        return None
    graph, thread = reading_graph(story)
    with storage_errors(story.folder):
        snapshot = await graph.aget_state(thread)
    return Reading(manuscript=manuscript, at=_kept(snapshot) if snapshot.values else None)


async def put_state(story: Story, branch: str, kept: KeptState) -> None:
    """Put a state into the thread of a branch, so that the gates come next that came next there.

    Raises:
        StorageError: a gate came next that this library does not have, or the checkpoints cannot be written.
    """
    thread = story.checkpoints.thread(branch)
    with storage_errors(story.folder):
        await _put(story.graph, thread, kept, _left_by(kept, story))


async def put_reading(story: Story, reading: Reading) -> None:
    """Let a story go on reading a manuscript.

    Raises:
        StorageError: the checkpoints or the folder cannot be written.
    """
    put_manuscript(story.folder, reading.manuscript)
    if reading.at is None:
        return
    graph, thread = reading_graph(story)
    as_nodes = [READING] if reading.at.next == [remember_batch.name] else [remember_batch.name]
    with storage_errors(story.folder):
        await _put(graph, thread, reading.at, as_nodes)


def _has_begun(snapshot: StateSnapshot) -> bool:
    """Whether there is something to keep; what a story is begun from stands in its card."""
    return bool(snapshot.values) and open_story.name not in snapshot.next


def _kept(snapshot: StateSnapshot) -> KeptState:
    metadata: Any = snapshot.metadata or {}
    is_put_in = metadata.get("source") == "update" and not metadata.get(MADE_BY_A_RUN)
    # A gate that is done while its neighbour is not is none of the next ones: both are done again.
    waiting = [task.name for task in snapshot.tasks]
    state = dict(snapshot.values)
    if state.get("repetition") == {}:  # so it was once kept of a person's own words
        state["repetition"] = WRITTEN_BY_HAND
    return KeptState.model_validate({"state": state, "next": waiting, "by": "person" if is_put_in else "run"})


async def _put(
    graph: CompiledStateGraph[Any, Any, Any, Any], thread: RunnableConfig, kept: KeptState, as_nodes: list[str]
) -> None:
    marked: RunnableConfig = {**thread, "metadata": {MADE_BY_A_RUN: True}} if kept.by == "run" else thread
    values = {name: value for name, value in kept.state.items() if name in graph.channels}
    first, *others = as_nodes
    updates = [StateUpdate(values, first), *(StateUpdate({}, name) for name in others)]
    await graph.abulk_update_state(marked, [updates])


def _left_by(kept: KeptState, story: Story) -> list[str]:
    """The gates as whose work a state is put in.

    Raises:
        StorageError: a gate comes next that the library does not have.
    """
    state, following = cast("StoryState", kept.state), kept.next
    for name in following:
        if name not in story.library.gates:
            raise StorageError("archive_gate_unknown", gate=name[:60])
    if following in ([], [select_plan.name]):
        return [point_of(state) if is_step_finished(state) else propose_plans.name]
    before = {
        store_opening.name: open_story.name,
        retrieve_long_term.name: select_plan.name,
        generate_paragraph.name: retrieve_long_term.name,
    }
    if following[0] in before:
        return [before[following[0]]]
    if following != [propose_plans.name]:
        return [select_plan.name if state.get("edited") else generate_paragraph.name]
    if state.get("after_review") == "plans" and not state.get("edited"):
        return [select_plan.name]
    if not state.get("plans") and not state.get("step"):
        return [store_opening.name]
    cycle = story.library.cycle or CYCLE
    return [gate.name for gate in cycle.remembering]
