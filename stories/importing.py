"""Taking up a manuscript: it is kept in the story's folder until all of it is remembered, so it can be resumed."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ..graph.import_graph import import_graph
from ..schemas.state import FORMAT, SETTLED
from .checkpoints import storage_errors
from .events import read_stream
from .manuscript import ToRead
from .record import remove_file, write_text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from langchain_core.runnables import RunnableConfig
    from langgraph.graph.state import CompiledStateGraph

    from ..schemas.context import Context
    from ..schemas.state import Chapter
    from .events import Event
    from .record import StoryRecord
    from .story import Story

MANUSCRIPT = "manuscript.json"
_THREAD = ":import"  # no branch can be called so


def keep_manuscript(folder: Path, manuscript: ToRead) -> None:
    """Put a manuscript into a new story's folder.

    Raises:
        StorageError: it cannot be written.
    """
    write_text(folder / MANUSCRIPT, json.dumps(asdict(manuscript), ensure_ascii=False))


def unread(folder: Path) -> int:
    """How many paragraphs a manuscript has that is not read to its end yet; 0 if there is none."""
    return len(_kept(folder).paragraphs) if (folder / MANUSCRIPT).exists() else 0


async def read_on(story: Story, context: Context) -> AsyncIterator[Event]:
    """Read the manuscript of a story to its end, or from where that was stopped, and set the story behind it.

    Args:
        story: the open story.
        context: the settings.

    Yields:
        What happens, as in a run of the story.
    """
    folder = story.folder
    graph, thread = reading_graph(story)
    with storage_errors(folder):
        begun = await graph.aget_state(thread)
        given = None if begun.values else _at_first(story.record, _kept(folder).chapters)
        if begun.tasks or given is not None:
            modes: Any = ["messages", "custom", "updates"]
            stream = graph.astream(given, thread, context=context, stream_mode=modes, durability="sync")
            async for mode, data in stream:
                for event in read_stream(mode, data):
                    yield event
        values = (await graph.aget_state(thread)).values
        await story.change(values)
    story.update_record(title=values["title"])
    await story.note_length()
    # For good, before its thread goes: what came back after a power cut would be read once more.
    remove_file(folder / MANUSCRIPT)
    with storage_errors(folder):
        await story.checkpoints.delete([_THREAD])


def kept_manuscript(folder: Path) -> Any:  # noqa: ANN401 (JSON)
    """The manuscript in a story's folder as it is kept there, for a copy of the story; ``None``: there is none."""
    if not unread(folder):
        return None
    return json.loads((folder / MANUSCRIPT).read_text(encoding="utf-8"))


def check_manuscript(kept: object) -> None:
    """See that a manuscript can be read that was kept in a story's folder.

    Raises:
        ValueError: it is none.
    """
    found = _manuscript(kept)
    last = len(found.paragraphs) - 1
    is_whole = last >= 0 and all(isinstance(text, str) and text.strip() for text in found.paragraphs)
    if not is_whole or any(not 0 <= chapter["seq"] <= last for chapter in found.chapters):
        msg = "a manuscript has paragraphs, and chapters that begin at one of them"
        raise ValueError(msg)


def put_manuscript(folder: Path, kept: object) -> None:
    """Put a manuscript into a story's folder as it was kept in another.

    Raises:
        StorageError: it cannot be written.
    """
    write_text(folder / MANUSCRIPT, json.dumps(kept, ensure_ascii=False))


def reading_graph(story: Story) -> tuple[CompiledStateGraph[Any, Context, Any, Any], RunnableConfig]:
    """The graph that reads the manuscript of a story, and the thread on which it does."""
    folder = story.folder
    graph = import_graph(
        lambda: _kept(folder).paragraphs, unread(folder), story.library.resources, story.library.prompts.values()
    )
    return graph.compile(checkpointer=story.checkpoints.saver), story.checkpoints.thread(_THREAD)


def _at_first(record: StoryRecord, chapters: list[Chapter]) -> dict[str, Any]:
    """The state of a story of which nothing is read yet."""
    return {
        **record.begun_from.model_dump(),
        "title": record.name,
        "story_id": record.story_id,
        "format": FORMAT,
        "step": 0,
        "lineage": [],
        "short_term_memory": "",
        "plans": [],
        "retrieved": [],
        "chapters": chapters,
        **SETTLED,
    }


def _kept(folder: Path) -> ToRead:
    """The manuscript in a story's folder; before chapters were read, it was a list of paragraphs."""
    return _manuscript(json.loads((folder / MANUSCRIPT).read_text(encoding="utf-8")))


def _manuscript(kept: Any) -> ToRead:  # noqa: ANN401 (JSON)
    return ToRead("", kept, []) if isinstance(kept, list) else ToRead(**kept)
