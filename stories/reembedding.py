"""Moving a library to another embedding model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..memory.reembed import made_with_another
from ..memory.reembed import reembed as move
from .backups import keep_copy

if TYPE_CHECKING:
    from collections.abc import Callable

    from .library import Library


def reembed(library: Library, progress: Callable[[int], None]) -> int:
    """Give every story's memory the vectors of the library's embedding model; gives how many stories were moved.

    A copy of each is kept before.

    Args:
        library: whose stories.
        progress: told how many paragraphs are encoded so far.

    Raises:
        MemoryUnavailableError: a memory cannot be read or written, or is open in another process.
    """
    languages = {record.story_id: record.language for record in library.records()}
    memories = library.resources.memories
    if not memories.server:
        for story_id in languages:
            if made_with_another(memories, story_id):
                memories.close(story_id)
                keep_copy(library, library.folder_of(story_id), "reembed")
    return move(library.resources.memories, languages, progress)
