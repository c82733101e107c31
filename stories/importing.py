"""Taking up a manuscript: it is kept in the story's folder until all of it is remembered, so it can be resumed."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from ..graph.import_graph import import_graph
from ..memory import Lineage
from ..schemas.errors import StoryStateError
from ..schemas.state import FORMAT, SETTLED
from .checkpoints import storage_errors
from .events import read_stream
from .manuscript import ToRead
from .record import remove_file, write_text
from .steps import put_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
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
    """How many paragraphs there are once a manuscript is read that is not read to its end yet; 0 if there is none."""
    if not (folder / MANUSCRIPT).exists():
        return 0
    found = _kept(folder)
    return found.after + len(found.paragraphs)


async def read_on(story: Story, context: Context) -> AsyncIterator[Event]:
    """Read the manuscript of a story to its end, or from where that was stopped, and set the story behind it.

    Args:
        story: the open story.
        context: the settings.

    Yields:
        What happens, as in a run of the story.
    """
    story.check_may_act()
    folder = story.folder
    graph, thread = reading_graph(story)
    with storage_errors(folder):
        begun = await graph.aget_state(thread)
        found = _kept(folder)
        given = None if begun.values else await _at_its_beginning(story, found)
        if begun.tasks or given is not None:
            modes: Any = ["messages", "custom", "updates"]
            stream = graph.astream(given, thread, context=context, stream_mode=modes, durability="sync")
            async for mode, data in stream:
                for event in read_stream(mode, data):
                    yield event
        values = (await graph.aget_state(thread)).values
        await story.change(values, found.branch)
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


def check_manuscript(kept: object, lengths: Mapping[str, int]) -> None:
    """See that a manuscript can be read that was kept in a story's folder.

    Args:
        kept: what was kept.
        lengths: how many passages each branch of the story has.

    Raises:
        ValueError: it is none, or does not follow the last passage of a branch.
    """
    found = _manuscript(kept)
    if found.after and (type(found.after) is not int or lengths.get(found.branch) != found.after):
        msg = "a manuscript follows the last passage of a branch"
        raise ValueError(msg)
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
        lambda: _whole(_kept(folder)), unread(folder), story.library.resources, story.library.prompts.values()
    )
    return graph.compile(checkpointer=story.checkpoints.saver), story.checkpoints.thread(_THREAD)


async def append(story: Story, manuscript: ToRead) -> None:
    """Keep a manuscript in the story's folder that is to follow its last passage; :func:`read_on` reads it.

    Args:
        story: the open story, on the branch that it is to go to.
        manuscript: what is to follow.

    Raises:
        StoryStateError: a step is under way, or another manuscript is still being read.
        StorageError: it cannot be written.
    """
    state = await story.state_between_steps()
    if unread(story.folder):
        raise StoryStateError("still_reading")
    length = Lineage.from_json(state["lineage"]).length
    keep_manuscript(story.folder, replace(manuscript, after=length, branch=story.record.branch))


def check_not_read_into(story: Story) -> None:
    """See that no manuscript is still to follow the current branch: it would not know what is changed now.

    Raises:
        StoryStateError: one is.
    """
    if _is_to_follow(story):
        raise StoryStateError("still_reading")


async def let_go(story: Story) -> bool:
    """Let go of a manuscript that is still to follow the branch that a story stands on; gives whether there was one."""
    if not _is_to_follow(story):
        return False
    with storage_errors(story.folder):
        await story.checkpoints.delete([_THREAD])
    remove_file(story.folder / MANUSCRIPT)
    return True


def is_to_follow(folder: Path, branch: str) -> bool:
    """Whether a manuscript is still to follow the last passage of a branch."""
    if not unread(folder):
        return False
    found = _kept(folder)
    return bool(found.after) and found.branch == branch


def _is_to_follow(story: Story) -> bool:
    return is_to_follow(story.folder, story.record.branch)


def _whole(found: ToRead) -> list[str]:
    """The passages by their places in the story; of those that it has already, nothing is asked."""
    return [*[""] * found.after, *found.paragraphs]


async def _at_its_beginning(story: Story, found: ToRead) -> dict[str, Any]:
    """The state in which a manuscript is begun to be read: of a new story, or of one that it follows."""
    if not found.after:
        return _at_first(story.record, found.chapters)
    state = await story.state(found.branch)
    shifts = state.get("shifts", [])
    for place in range(found.after, found.after + len(found.paragraphs)):
        shifts = put_in(shifts, place)
    begins = [{**chapter, "seq": chapter["seq"] + found.after} for chapter in found.chapters]
    kept = {name: value for name, value in state.items() if name not in {"remaining_steps", "ended_at"}}
    return {**kept, **SETTLED, "plans": [], "chapters": [*state.get("chapters", []), *begins], "shifts": shifts}


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
