"""The states of branches whose checkpoints are lost: made again of the head, and of what the memory holds.

The memory has every passage with its summary and its facts, and says on which path each was written. What it does not
have is how a step was left: its plans, and the short-term memory; of these, the head has those of one branch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..graph.cycle import point_of
from ..memory import Lineage
from ..nodes.read_manuscript import prompt_to_read
from ..schemas.state import FORMAT, SETTLED, ChosenPlan
from .book_end import last_passage
from .retracing import Retraced, begins_with, parting, shared
from .salvage import threads_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ..schemas.entries import Entry
    from ..schemas.lineage import Slot
    from .record import Branch
    from .story import Story

State = dict[str, Any]
_TOLD = 10
"""Summaries that a short-term memory is made of, where none is left."""


@dataclass(frozen=True)
class Rebuilt:
    """What became of a branch.

    Attributes:
        branch: its name.
        count: how many passages it has now.
        had: how many it is known to have had.
        is_made: whether its state was put into its thread; else it stands as it did, and is shorter than the card says.
        is_whole: whether the state is one that was kept, with its plans and its short-term memory.
    """

    branch: str
    count: int
    had: int
    is_made: bool = True
    is_whole: bool = False


async def rebuild(
    story: Story, head: Mapping[str, Any] | None, entries: Sequence[Entry], *, is_damaged: bool
) -> tuple[list[Rebuilt], int]:
    """Put states into the threads of branches that have none, or an earlier one than the memory knows.

    Only where something says that checkpoints are lost: what a person took back is in the memory too.

    Args:
        story: the open story.
        head: the state that is kept beside the memory.
        entries: the passages of the memory.
        is_damaged: whether its file of checkpoints was broken, or another story's.

    Returns:
        What was made, and how many passages of the memory stand on no path that is known.
    """
    threads = await threads_of(story)
    head = head if head and head.get("story_id") == story.record.story_id else None
    known = [branch.name for branch in story.record.branches]
    here = path_of(threads.get(story.record.branch))
    is_behind = any(not path_of(threads.get(name)) for name in known) or here.length < story.record.paragraphs
    if not (is_damaged or is_behind) or not (entries or head):
        return [], 0
    states = [state for state in (*threads.values(), head) if state and path_of(state)]
    there = {entry.slot for entry in entries}
    retraced = Retraced(entries, [path_of(state) for state in states])
    paths = _Paths(story, {name: path_of(threads.get(name)) for name in known}, retraced, states).all()
    made = []
    for name in known:
        path = paths.get(name, Lineage())
        had = max(path.length, story.record.paragraphs if name == story.record.branch else 0)
        if not path or path == path_of(threads.get(name)):
            if path.length < had:
                made.append(Rebuilt(name, path.length, had, is_made=False))
            continue
        kept = next((state for state in states if path_of(state) == path), None)
        if kept is None:
            path = _as_far_as(path, there)
            if not path:
                continue  # The card no longer names it then, and that it is lost is said.
        state = dict(kept) if kept else _made(story, path, states, entries)
        await story.change(state, name, point_of(state))  # type: ignore[arg-type]
        made.append(Rebuilt(name, path.length, had, is_whole=kept is not None))
    return made, len(retraced.unplaced)


def _as_far_as(path: Lineage, there: Collection[Slot]) -> Lineage:
    """A path up to the last of its passages that the memory has; none, if it has none."""
    slots = path.slots()
    return path.cut(next((place for place in range(len(slots), 0, -1) if slots[place - 1] in there), 0))


def path_of(state: Mapping[str, Any] | None) -> Lineage:
    """The path of a state; an empty one, where it has none that can be read."""
    try:
        return Lineage.from_json((state or {}).get("lineage"))
    except (ValueError, TypeError):
        return Lineage()


class _Paths:
    """Which path belongs to which branch: where each left its parent, the card says."""

    def __init__(
        self, story: Story, left: Mapping[str, Lineage], retraced: Retraced, states: Sequence[Mapping[str, Any]]
    ) -> None:
        self._branches = story.record.branches
        self._current, self._length = story.record.branch, story.record.paragraphs
        self._left = left
        self._ends = retraced.ends
        self._opening = opening_of(story, states)
        self._found: dict[str, Lineage] = {}

    def all(self) -> dict[str, Lineage]:
        """The path of every branch that has one."""
        for branch in self._branches:
            left = self._left.get(branch.name, Lineage())
            self._found[branch.name] = left if branch.is_save and left else self._of(branch, left)
        for branch in reversed(self._branches):
            if not self._found.get(branch.parent, True) and self._found[branch.name]:
                self._found[branch.parent] = self._found[branch.name].cut(self._opening + branch.step)
        return self._found

    def _of(self, branch: Branch, left: Lineage) -> Lineage:
        parent = self._found.get(branch.parent, Lineage())
        place = min(self._opening + branch.step, parent.length)
        others = [path for name, path in self._left.items() if path and name != branch.name]
        free = [path for path in self._ends if path not in self._found.values() and path not in others]
        fits = [path for path in free if path.length >= left.length == parting(path, left)]
        if not branch.parent and len(free) == 1 and self._is_a_branchs(free[0]):
            fits = []
        if parent:
            fits = [path for path in fits if parting(path, parent) >= place]
            exact = [path for path in fits if parting(path, parent) == place]
            fits = [] if branch.is_save else exact or ([] if not left else fits)
        if not fits:
            return left or parent.cut(place)
        return max(fits, key=lambda path: self._likeness(branch, path))

    def _is_a_branchs(self, path: Lineage) -> bool:
        """Whether a path goes its own way from where a branch left that has none: then it is that branch's."""
        begins = path.length - path[-1].length
        lost = [branch for branch in self._branches if branch.parent and not self._left.get(branch.name)]
        return any(begins == self._opening + branch.step for branch in lost)

    def _likeness(self, branch: Branch, path: Lineage) -> tuple[bool, int, int]:
        """Whether it is as long as the card says; how many of its passages are where it began; its length."""
        is_so_long = branch.name == self._current and path.length == self._length and bool(branch.parent)
        own = sum(segment.length for segment in path if segment.branch == path[0].branch)
        return is_so_long, own, path.length


def opening_of(story: Story, states: Sequence[Mapping[str, Any]]) -> int:
    """How many passages stood before the first step."""
    for state in states:
        put_in = sum(int(by) for _, by in state.get("shifts", []))
        count = path_of(state).length - int(state.get("step", 0)) - put_in
        if count > 0:
            return count
    return story.record.context.opening_paragraphs


def _made(story: Story, path: Lineage, states: Sequence[Mapping[str, Any]], entries: Sequence[Entry]) -> State:
    """The state at the end of a path: its plans are still to be made."""
    there = {entry.slot: entry for entry in entries}
    passages = [there[slot] for slot in path.slots() if slot in there]
    last = passages[-1]
    near = max(states, key=lambda state: shared(path_of(state), path), default=None)
    is_before = near is not None and begins_with(path, path_of(near))
    base: State = dict(near or {**story.record.begun_from.model_dump(), "format": FORMAT, "usage": {}})
    since = path_of(near).length if near is not None and is_before else max(0, len(passages) - _TOLD)
    told = [" ".join((entry.summary or entry.text).split()) for entry in passages[since:]]
    memory = str(base.get("short_term_memory", "")) if is_before else ""
    step = max(0, path.length - opening_of(story, states))
    if is_before and near is not None:
        step = int(near["step"]) + path.length - path_of(near).length
    state: State = {
        **base,
        **SETTLED,
        "story_id": story.record.story_id,
        "title": base.get("title") or story.record.title,
        "lineage": path.to_json(),
        "step": step,
        "ended_at": step,  # No plans are there: they are made when it goes on.
        **last_passage(last),
        "short_term_memory": "\n".join(line for line in (memory, *told) if line),
        "previous_memory": "",
        "rationale": "",
        "plans": [],
        "refused": [],
        "retrieved": [],
        "standing": [],
        "choices": [],
        "plan": ChosenPlan(text=last.plan, recall=[], chosen_by="human", number=None, reason=""),
        "chapters": [one for one in base.get("chapters", []) if one["seq"] < path.length],
        "shifts": base.get("shifts", []) if is_before else [],
        "opening": [entry.text for entry in passages[-2:]],
        "reading": True,
        "clashes": [],
        "look": {},
        "looked": {},
    }
    context, resources = story.record.context, story.library.resources
    state["prompt"] = prompt_to_read(state, context, resources, "read_end")  # type: ignore[arg-type]
    return state
