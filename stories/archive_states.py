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
    from collections.abc import Container

    from langchain_core.runnables import RunnableConfig
    from langgraph.graph.state import CompiledStateGraph
    from langgraph.types import StateSnapshot

    from ..schemas.state import StoryState
    from .story import Story

MADE_BY_A_RUN = "made_by_a_run"
"""In a checkpoint's metadata: a run made its state, though it was put in; so undo takes it for no edit."""


async def states_of(story: Story, branch: str) -> list[KeptState]:
    """Where a branch stood, oldest first; the last is where it stands."""
    return list((await way_of(story, branch)).values())


async def way_of(story: Story, branch: str) -> dict[str, KeptState]:
    """The same, by their checkpoints' names."""
    with storage_errors(story.folder):
        snapshot = await story.graph.aget_state(story.checkpoints.thread(branch))
        found = {_name(snapshot): _kept(snapshot)} if _has_begun(snapshot) else {}
        while snapshot.parent_config is not None:
            snapshot = await story.graph.aget_state(snapshot.parent_config)
            if snapshot.values and is_between_steps(snapshot):
                found[_name(snapshot)] = _kept(snapshot)
    return dict(reversed(found.items()))


async def way_to(story: Story, branch: str, checkpoint: str, known: Container[str]) -> tuple[str, dict[str, KeptState]]:
    """Where a branch stood on the way to a checkpoint that is not on its own way now, oldest first.

    Args:
        story: the open story.
        branch: the branch.
        checkpoint: the checkpoint's name.
        known: the names of checkpoints that it is walked back to.

    Returns:
        The name of the known one that it comes from, and the states by their checkpoints' names; no name and none,
        where it is gone or comes from no known one.
    """
    found: dict[str, KeptState] = {}
    at: RunnableConfig | None = named(story, branch, checkpoint)
    with storage_errors(story.folder):
        while at is not None:
            snapshot = await story.graph.aget_state(at)
            if _name(snapshot) in known:
                return _name(snapshot), dict(reversed(found.items()))
            if snapshot.values and is_between_steps(snapshot):
                found[_name(snapshot)] = _kept(snapshot)
            at = snapshot.parent_config
    return "", {}


def named(story: Story, branch: str, checkpoint: str) -> RunnableConfig:
    """A checkpoint of a branch, as LangGraph is told which."""
    thread = story.checkpoints.thread(branch)
    return {"configurable": {**thread["configurable"], "checkpoint_ns": "", "checkpoint_id": checkpoint}}


def _name(snapshot: StateSnapshot) -> str:
    return str(snapshot.config["configurable"].get("checkpoint_id", ""))


async def reading_of(story: Story) -> Reading | None:
    """The manuscript that a story is still reading, and how far it is; ``None``: it reads none."""
    manuscript = kept_manuscript(story.folder)
    if manuscript is None:
        return None
    graph, thread = reading_graph(story)
    with storage_errors(story.folder):
        snapshot = await graph.aget_state(thread)
    return Reading(manuscript=manuscript, at=_kept(snapshot) if snapshot.values else None)


async def put_state(story: Story, branch: str, kept: KeptState, behind: str = "") -> str:
    """Put a state into the thread of a branch, so that the gates come next that came next there.

    Args:
        story: the open story.
        branch: the branch.
        kept: the state.
        behind: the name of the checkpoint that it comes from; empty: where the branch stands.

    Returns:
        The name of its checkpoint.

    Raises:
        StorageError: a gate came next that this library does not have, or the checkpoints cannot be written.
    """
    thread = named(story, branch, behind) if behind else story.checkpoints.thread(branch)
    with storage_errors(story.folder):
        made = await _put(story.graph, thread, kept, _left_by(kept, story))
    return str(made["configurable"]["checkpoint_id"])


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
) -> RunnableConfig:
    marked: RunnableConfig = {**thread, "metadata": {MADE_BY_A_RUN: True}} if kept.by == "run" else thread
    values = {name: value for name, value in kept.state.items() if name in graph.channels}
    first, *others = as_nodes
    updates = [StateUpdate(values, first), *(StateUpdate({}, name) for name in others)]
    return await graph.abulk_update_state(marked, [updates])


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
