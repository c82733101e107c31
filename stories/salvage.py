"""What the stores of a damaged story still say: rows of a broken file, ids, states, the passages of states."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..graph.cycle import AT_THE_PAUSE, is_step_finished
from ..memory import Lineage
from ..memory.last_state import read_last_state
from ..schemas.entries import Entry
from ..schemas.errors import RecurrentGPTError
from ..schemas.facts import Knowledge
from ..schemas.places import CARD, CHECKPOINTS, LAST_STATE
from ..schemas.story_folders import says
from ..schemas.story_input import StoryInput, read_input
from .branches import finished_steps
from .packing import Packing, is_intact
from .record import Branch, StoryRecord, read_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from langchain_core.runnables import RunnableConfig

    from ..schemas.languages import Language
    from ..schemas.lineage import Slot
    from .story import Story

State = dict[str, Any]
_TABLES = ("checkpoints", "writes")
_PRIVATE = ":"
"""How a thread's name begins that is no branch's."""


def is_whole(path: Path) -> bool:
    """Whether an SQLite file with checkpoints can be read to its end."""
    try:
        with closing(sqlite3.connect(path)) as database:
            (said,) = database.execute("PRAGMA integrity_check(1)").fetchone()
            tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if said != "ok" or not tables.issuperset(_TABLES):
                return bool(said == "ok") and not tables
            return all(
                is_intact(kind, kept)
                for table, value in _VALUES.items()
                for kind, kept in database.execute(f"SELECT type, {value} FROM {table}")  # noqa: S608 (our own names)
            )
    except sqlite3.Error:
        return False


def save(path: Path, to: Path) -> tuple[int, bool]:
    """Copy what can be read of a broken SQLite file into a new one; gives how many checkpoints, and if any."""
    with closing(sqlite3.connect(to)) as target:
        target.executescript(_SCHEMA)
        for table in _TABLES:
            for row in _rows(path, table):
                named = dict(zip(_COLUMNS[table].split(", "), row, strict=True))
                if not is_intact(named["type"], named[_VALUES[table]]):
                    continue
                with suppress(sqlite3.Error):
                    target.execute(f"INSERT OR IGNORE INTO {table} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608 (our own names)
        target.commit()
        (count,) = target.execute("SELECT count(*) FROM checkpoints").fetchone()
    return int(count), bool(count)


def _rows(path: Path, table: str) -> list[tuple[Any, ...]]:
    """The rows that can be read, from both ends: a broken page ends a reading."""
    found: dict[int, tuple[Any, ...]] = {}
    for direction in ("ASC", "DESC"):
        with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as database:
            columns = _COLUMNS[table]
            for number, *row in database.execute(
                f"SELECT rowid, {columns} FROM {table} NOT INDEXED ORDER BY rowid {direction}"  # noqa: S608 (our own names)
            ):
                found[number] = tuple(row)
    return [found[number] for number in sorted(found)]


_COLUMNS = {
    "checkpoints": "thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata",
    "writes": "thread_id, checkpoint_ns, checkpoint_id, task_id, idx, channel, type, value, task_path",
}
_VALUES = {"checkpoints": "checkpoint", "writes": "value"}
"""The columns of what may be packed."""
_SCHEMA = """
CREATE TABLE checkpoints (
    thread_id TEXT NOT NULL, checkpoint_ns TEXT NOT NULL DEFAULT '', checkpoint_id TEXT NOT NULL,
    parent_checkpoint_id TEXT, type TEXT, checkpoint BLOB, metadata BLOB,
    PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id));
CREATE TABLE writes (
    thread_id TEXT NOT NULL, checkpoint_ns TEXT NOT NULL DEFAULT '', checkpoint_id TEXT NOT NULL,
    task_id TEXT NOT NULL, idx INTEGER NOT NULL, channel TEXT NOT NULL, type TEXT, value BLOB,
    task_path TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id, task_id, idx));
"""


def ids_in(folder: Path) -> dict[str, str]:
    """Which story each store of a folder says it is of; one that says none, or cannot be read, is left out."""
    found: dict[str, str] = {}
    with suppress(RecurrentGPTError):
        found[CARD] = read_record(folder).story_id
    head = read_last_state(folder)
    if head and isinstance(head.get("story_id"), str):
        found[LAST_STATE] = head["story_id"]
    for state in latest_states(folder).values():
        if isinstance(state.get("story_id"), str):
            found[CHECKPOINTS] = state["story_id"]
    return found


def latest_states(folder: Path) -> dict[str, State]:
    """The latest state of each thread of a file, in the order in which they were begun; none of encrypted ones."""
    found: dict[str, State] = {}
    serde = Packing()
    with suppress(sqlite3.Error), closing(sqlite3.connect(folder / CHECKPOINTS)) as database:
        for thread, kind, kept in database.execute(
            "SELECT thread_id, type, checkpoint FROM checkpoints c WHERE rowid = "
            "(SELECT max(rowid) FROM checkpoints WHERE thread_id = c.thread_id) ORDER BY "
            "(SELECT min(rowid) FROM checkpoints WHERE thread_id = c.thread_id)"
        ):
            with suppress(ValueError, TypeError, NotImplementedError, KeyError, sqlite3.DatabaseError):
                found[thread] = dict(serde.loads_typed((kind, kept))["channel_values"])
    return found


def record_from(folder: Path) -> StoryRecord | None:
    """A card made of what the checkpoints or the head say; ``None``: they say nothing."""
    threads = {name: state for name, state in latest_states(folder).items() if not name.startswith(_PRIVATE)}
    states = [state for state in threads.values() if state.get("lineage")]
    head = read_last_state(folder)
    state = states[0] if states else head
    if not state:
        return None
    try:
        given = read_input({name: state.get(name) for name in StoryInput.model_fields})
        branches = branches_of(threads, []) or [Branch(name="main")]
        return StoryRecord(
            story_id=says(folder) if not states else str(state["story_id"]),
            title=str(state.get("title", "")),
            paragraphs=len(slots_of(state)),
            begun_from=given,
            branches=tuple(branches),
            branch=branches[0].name,
            written=datetime.now(UTC),
        )
    except (RecurrentGPTError, ValueError, KeyError, TypeError):
        return None


def branches_of(threads: Mapping[str, State], known: Sequence[Branch]) -> list[Branch]:
    """The branches that threads are: those that are known, and the others each below the one it shares most with."""
    found = list(known)
    for name, state in threads.items():
        if name.startswith(_PRIVATE) or any(branch.name == name for branch in found) or not state.get("lineage"):
            continue
        own = slots_of(state)
        shared = {branch.name: _shared(own, slots_of(threads.get(branch.name, {}))) for branch in found}
        parent = max(shared, key=lambda one: shared[one], default="")
        opening = len(own) - int(state.get("step", 0))
        step = max(0, shared.get(parent, 0) - opening)
        found.append(Branch(name=name, parent=parent, step=min(step, int(state.get("step", 0)))))
    return found


def _shared(one: Sequence[Slot], other: Sequence[Slot]) -> int:
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def slots_of(state: Mapping[str, Any]) -> list[Slot]:
    """The slots of a state's path; none, where it has no path that can be read."""
    try:
        return Lineage.from_json(state.get("lineage")).slots()
    except (ValueError, TypeError):
        return []


async def threads_of(story: Story) -> dict[str, State]:
    """The latest state of each thread of an open story that is a branch's."""
    if story.library.settings.database_url is not None:
        return {branch.name: dict(await story.state(branch.name)) for branch in story.record.branches}
    names: dict[str, None] = {}
    async for kept in story.checkpoints.saver.alist(None):
        names[kept.config["configurable"]["thread_id"]] = None
    return {name: dict(await story.state(name)) for name in reversed(names) if not name.startswith(_PRIVATE)}


async def kept_states(story: Story) -> list[State]:
    """The states of a story in which the last paragraph is the one at the end of the path, the newest of each first."""
    found: list[State] = []
    for branch in story.record.branches:
        latest = await story.snapshot(branch.name)
        if latest.next == (AT_THE_PAUSE,) and latest.values:
            found.append(latest.values)
        thread = story.checkpoints.thread(branch.name)
        found.extend([dict(values) async for values in finished_steps(story, thread)])
    return found


async def bring_forward(story: Story) -> list[tuple[str, int]]:
    """Let what was written last of each branch be its newest: a clock that was set back had hidden it.

    Returns:
        The branches, and how many paragraphs each has now.
    """
    saver: Any = story.checkpoints.saver
    moved: list[tuple[str, int]] = []
    for branch in story.record.branches:
        rows = await saver.conn.execute_fetchall(
            "SELECT checkpoint_id FROM checkpoints WHERE thread_id = ? AND checkpoint_ns = '' ORDER BY rowid DESC",
            (branch.name,),
        )
        names = [row[0] for row in rows]
        if not names or names[0] == max(names):
            continue
        thread = story.checkpoints.thread(branch.name)
        for name in names[: names.index(max(names))]:
            config: RunnableConfig = {
                "configurable": {**thread["configurable"], "checkpoint_ns": "", "checkpoint_id": name}
            }
            values = (await story.graph.aget_state(config)).values
            if is_step_finished(values):
                await story.graph.aupdate_state(config, {"title": values.get("title", "")}, as_node=AT_THE_PAUSE)
                moved.append((branch.name, len(slots_of(values))))
                break
    return moved


def entries_of(
    states: Iterable[Mapping[str, Any]], wanted: Iterable[Slot], language: Language, there: Sequence[Entry]
) -> list[Entry]:
    """The passages of some slots, as states tell them.

    Args:
        states: those that a story has, whichever come first counting more.
        wanted: the slots.
        language: the story's.
        there: passages that the memory has.
    """
    missing = set(wanted)
    single = there[0].by_characters if there else language.search.by_characters
    found: dict[Slot, Entry] = {}
    for state in states:
        path = Lineage.from_json(state["lineage"]) if slots_of(state) else Lineage()
        opening = [str(text) for text in state.get("opening", [])]
        texts = opening if state.get("step") == 0 and opening else [str(state.get("paragraph", ""))]
        for place, text in enumerate(texts, start=path.length - len(texts)):
            if place < 0 or not text.strip():
                continue
            slot = path.at(place)
            is_last = place == path.length - 1
            if slot not in missing or (slot in found and found[slot].summary):
                continue
            known = state.get("knowledge") if is_last and len(texts) == 1 else None
            plan = state.get("plan") or {}
            found[slot] = Entry(
                *slot,
                text=text,
                summary=str(state.get("summary", "")) if is_last else "",
                plan=str(plan.get("text", "")) if state.get("step") else "",
                knowledge=Knowledge.from_json(known) if known else None,
                path=path.cut(place).digest,
                by_characters=single,
            )
    return list(found.values())
