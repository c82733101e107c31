"""Checkpoints that nothing can reach any more go: of each step but the last, the newest state at its pause is enough.

A branch, another try and time travel begin at such a state; undo of edits, and a step under way, need all of the last
step, which stays whole. A database of many stories is left to its own means.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..graph.cycle import is_between_steps
from ..schemas.errors import SettingsError
from ..schemas.places import CHECKPOINTS
from .checkpoints import storage_errors

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

    from .story import Story

_PRIVATE = ":"


@dataclass(frozen=True)
class Compacted:
    """What went: checkpoints before and after, bytes of the file before and after."""

    before: int
    after: int
    bytes_before: int
    bytes_after: int


async def compact(story: Story) -> Compacted:
    """Let go of what nothing can reach, in one transaction, and of the room that it took.

    Raises:
        SettingsError: the checkpoints are in a database.
        StorageError: they cannot be read or written.
    """
    if story.library.settings.database_url is not None:
        raise SettingsError("compact_elsewhere")
    saver: Any = story.checkpoints.saver
    path = story.folder / CHECKPOINTS
    with storage_errors(story.folder):
        size = await asyncio.to_thread(_size, story)
        rows = await saver.conn.execute_fetchall(
            "SELECT thread_id, checkpoint_id, parent_checkpoint_id FROM checkpoints WHERE checkpoint_ns = '' "
            "ORDER BY rowid DESC"
        )
        by_thread: dict[str, list[tuple[str, str | None]]] = {}
        for thread, name, parent in rows:
            by_thread.setdefault(thread, []).append((name, parent))
        gone = 0
        for thread, found in by_thread.items():
            if thread.startswith(_PRIVATE):
                continue
            kept = await _kept(story, thread, [name for name, _ in found])
            gone += await _let_go(saver, thread, found, kept)
        await saver.conn.commit()
        await saver.conn.execute("VACUUM")
        await saver.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    after = await asyncio.to_thread(path.stat)
    return Compacted(len(rows), len(rows) - gone, size, after.st_size)


def _size(story: Story) -> int:
    return sum(path.stat().st_size for path in story.folder.glob(f"{CHECKPOINTS}*"))


async def _kept(story: Story, thread: str, names: list[str]) -> set[str]:
    """The checkpoints of a thread that something can reach.

    Args:
        story: the open story.
        thread: the thread.
        names: its checkpoints, those written last first.
    """
    last = (await story.snapshot(thread)).values.get("step", -1)
    kept: set[str] = set()
    steps: set[int] = set()
    for name in names:
        config: RunnableConfig = {"configurable": {"thread_id": thread, "checkpoint_ns": "", "checkpoint_id": name}}
        snapshot = await story.graph.aget_state(config)
        step = snapshot.values.get("step", -1)
        if step >= last:
            kept.add(name)  # Undo walks along these.
        elif step not in steps and is_between_steps(snapshot):
            steps.add(step)
            kept.add(name)
    return kept


async def _let_go(saver: Any, thread: str, found: list[tuple[str, str | None]], kept: set[str]) -> int:  # noqa: ANN401
    """Remove the others of a thread, and let those that stay follow on one another."""
    parents = dict(found)
    for name in kept:
        parent = parents[name]
        while parent is not None and parent not in kept:
            parent = parents.get(parent)
        if parent != parents[name]:
            await saver.conn.execute(
                "UPDATE checkpoints SET parent_checkpoint_id = ? WHERE thread_id = ? AND checkpoint_id = ?",
                (parent, thread, name),
            )
    gone = [(thread, name) for name, _ in found if name not in kept]
    for table in ("checkpoints", "writes"):
        await saver.conn.executemany(f"DELETE FROM {table} WHERE thread_id = ? AND checkpoint_id = ?", gone)  # noqa: S608 (our own names)
    return len(gone)
