"""Checkpoints that nothing can reach any more go: of each step but the last, the newest state at its pause is enough.

A branch, another try and time travel begin at such a state; undo of edits, and a step under way, need all of the last
step, which stays whole. When a story is closed this is done by itself where it pays. A database of many stories is left
to its own means.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..graph.cycle import is_between_steps, is_step_finished
from ..schemas.errors import SettingsError
from ..schemas.places import CHECKPOINTS
from .checkpoints import storage_errors

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.serde.base import SerializerProtocol

    from .story import Story

_PRIVATE = ":"
_PAYS_FROM = 500
"""Checkpoints since the last time from which on it is done by itself: those of a hundred steps or so."""
_MOST = 2_000
"""Checkpoints that are looked at where nobody asked for it: who closes a story waits for them."""
_AT_ONCE = 64
"""Checkpoints that are read at once."""
_PLACE = "thread_id = ? AND checkpoint_ns = '' AND checkpoint_id = ?"
"""Where a checkpoint is, by all that begins the tables' key: without the middle, every row of the thread is read."""
_SHARE = 4
"""The file is written anew where one part in so many of it is empty."""


@dataclass(frozen=True)
class Compacted:
    """What went: checkpoints before and after, bytes of the file before and after."""

    before: int
    after: int
    bytes_before: int
    bytes_after: int


async def compact(story: Story) -> Compacted:
    """Let go of what nothing can reach, in one transaction, and of the room that it took.

    What an earlier version kept as it was is packed.

    Raises:
        SettingsError: the checkpoints are in a database.
        StorageError: they cannot be read or written.
    """
    if story.library.settings.database_url is not None:
        raise SettingsError("compact_elsewhere")
    with storage_errors(story.folder):
        size = await asyncio.to_thread(_size, story)
        before, after = await _let_go(story, most=None)
        await _pack(story)
        await _give_back(story, share=None)
    left = await asyncio.to_thread((story.folder / CHECKPOINTS).stat)
    return Compacted(before, after, size, left.st_size)


async def compact_where_it_pays(story: Story) -> None:
    """Do it as a story is closed, if there are many checkpoints more than when it was last done.

    The last ones alone are looked at. Where something else holds the file just then, it waits for the next time.
    """
    if story.library.settings.database_url is not None:
        return
    saver: Any = story.checkpoints.saver
    with suppress(sqlite3.OperationalError):
        ((count,),) = await saver.conn.execute_fetchall("SELECT count(*) FROM checkpoints")
        ((known,),) = await saver.conn.execute_fetchall("PRAGMA user_version")
        if count - (known if known <= count else 0) >= _PAYS_FROM:
            await _let_go(story, most=_MOST)
            await _give_back(story, share=_SHARE)


def _size(story: Story) -> int:
    return sum(path.stat().st_size for path in story.folder.glob(f"{CHECKPOINTS}*"))


async def _let_go(story: Story, most: int | None) -> tuple[int, int]:
    """Remove what nothing can reach; gives how many checkpoints there were, and how many are left.

    Args:
        story: the open story.
        most: how many are looked at, the newest first; ``None``: all.
    """
    saver: Any = story.checkpoints.saver
    rows = await saver.conn.execute_fetchall(
        "SELECT thread_id, checkpoint_id, parent_checkpoint_id FROM checkpoints WHERE checkpoint_ns = '' "
        "ORDER BY rowid DESC"
    )
    by_thread: dict[str, list[tuple[str, str | None]]] = {}
    for thread, name, parent in rows:
        by_thread.setdefault(thread, []).append((name, parent))
    gone, left = 0, most
    for thread, found in by_thread.items():
        if thread.startswith(_PRIVATE):
            continue
        names = [name for name, _ in found]
        looked_at = names[:left]
        kept = await _kept(story, thread, looked_at)
        gone += await _remove(saver, thread, found, kept.union(names[len(looked_at) :]))
        left = None if left is None else left - len(looked_at)
    await saver.conn.execute(f"PRAGMA user_version = {len(rows) - gone}")
    await saver.conn.commit()
    return len(rows), len(rows) - gone


async def _kept(story: Story, thread: str, names: list[str]) -> set[str]:
    """Those checkpoints of a thread that something can reach.

    Args:
        story: the open story.
        thread: the thread.
        names: its checkpoints, those written last first.
    """
    last = (await story.snapshot(thread)).values.get("step", -1)
    found = [one async for one in _read(story, thread, names)]
    rows_of = Counter(step for _, step, _ in found)
    kept: set[str] = set()
    settled: set[int] = set()
    for name, step, is_finished in found:
        if step >= last or rows_of[step] == 1:
            kept.add(name)  # Undo walks along the last step's; one alone is what an earlier time left.
        elif step not in settled and is_finished and await _is_at_its_pause(story, thread, name):
            settled.add(step)
            kept.add(name)
    return kept


async def _is_at_its_pause(story: Story, thread: str, name: str) -> bool:
    place: RunnableConfig = {"configurable": {"thread_id": thread, "checkpoint_ns": "", "checkpoint_id": name}}
    return is_between_steps(await story.graph.aget_state(place))


async def _read(story: Story, thread: str, names: list[str]) -> AsyncIterator[tuple[str, int, bool]]:
    """Of checkpoints of a thread: the name, the step, and whether all is made that a step makes."""
    saver: Any = story.checkpoints.saver
    for start in range(0, len(names), _AT_ONCE):
        wanted = names[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(wanted))
        rows = await saver.conn.execute_fetchall(
            "SELECT checkpoint_id, type, checkpoint FROM checkpoints "  # noqa: S608 (marks alone)
            f"WHERE thread_id = ? AND checkpoint_ns = '' AND checkpoint_id IN ({marks})",
            (thread, *wanted),
        )
        found = await asyncio.to_thread(_told, saver.serde, rows)
        for name in wanted:
            yield name, *found[name]


def _told(serde: SerializerProtocol, rows: Iterable[tuple[str, str, bytes]]) -> dict[str, tuple[int, bool]]:
    values = ((name, serde.loads_typed((kind, kept))["channel_values"]) for name, kind, kept in rows)
    return {name: (state.get("step", -1), is_step_finished(state)) for name, state in values}


async def _remove(saver: Any, thread: str, found: list[tuple[str, str | None]], kept: set[str]) -> int:  # noqa: ANN401
    """Remove the others of a thread, and let those that stay follow on one another."""
    parents = dict(found)
    for name in kept:
        parent = parents[name]
        while parent is not None and parent not in kept:
            parent = parents.get(parent)
        if parent != parents[name]:
            await saver.conn.execute(
                f"UPDATE checkpoints SET parent_checkpoint_id = ? WHERE {_PLACE}",  # noqa: S608 (our own names)
                (parent, thread, name),
            )
    gone = [(thread, name) for name, _ in found if name not in kept]
    for table in ("checkpoints", "writes"):
        await saver.conn.executemany(f"DELETE FROM {table} WHERE {_PLACE}", gone)  # noqa: S608 (our own names)
    return len(gone)


async def _pack(story: Story) -> None:
    """Pack what is not packed."""
    saver: Any = story.checkpoints.saver
    rows = await saver.conn.execute_fetchall(
        "SELECT rowid FROM checkpoints WHERE type = 'msgpack' OR type LIKE 'msgpack+%'"
    )
    for (row,) in rows:
        ((kind, kept),) = await saver.conn.execute_fetchall(
            "SELECT type, checkpoint FROM checkpoints WHERE rowid = ?", (row,)
        )
        packed, data = await asyncio.to_thread(_packed, saver.serde, kind, kept)
        if packed != kind:
            await saver.conn.execute(
                "UPDATE checkpoints SET type = ?, checkpoint = ? WHERE rowid = ?", (packed, data, row)
            )
    await saver.conn.commit()


def _packed(serde: SerializerProtocol, kind: str, kept: bytes) -> tuple[str, bytes]:
    return serde.dumps_typed(serde.loads_typed((kind, kept)))


async def _give_back(story: Story, share: int | None) -> None:
    """Write the file anew without what is empty in it; with a ``share``, where it is one part in so many at least."""
    saver: Any = story.checkpoints.saver
    if share is not None:
        ((empty,),) = await saver.conn.execute_fetchall("PRAGMA freelist_count")
        ((pages,),) = await saver.conn.execute_fetchall("PRAGMA page_count")
        if empty * share < pages:
            return
    await saver.conn.execute("VACUUM")
    await saver.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
