"""Whether code finds the other side of a planted clash far back in a book, so that a model is shown it at all.

The first side's passages, then so many of another novel, then the rest: is the first side among what stands beside the
second? A passage's own text stands for its summary; none of the planted ones has facts.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, cast

from ..memory import Entry, Lineage
from ..nodes.continuity import ROOM, Batch, ClashReader
from ..nodes.resources import Resources, default_resources
from ..schemas.context import Context
from ..schemas.languages import language_named
from ..schemas.lineage import Segment
from .change_fillers import fillers
from .continuity import planted

if TYPE_CHECKING:
    from ..schemas.state import StoryState
    from .continuity import Pair, Planted

_STORY = "reach"


def reach(language: str, between: int) -> tuple[int, int]:
    """In how many of how many planted pairs the earlier side stands beside the later, so many passages on."""
    ours = default_resources()
    with TemporaryDirectory() as folder:
        settings = ours.settings.model_copy(update={"home": Path(folder), "qdrant_url": ""})
        resources = Resources(settings)
        try:
            return asyncio.run(_reached(language, between, resources))
        finally:
            resources.close()


async def _reached(language: str, between: int, resources: Resources) -> tuple[int, int]:
    stories = planted(language)
    spoken = language_named(language)
    single = spoken.search.by_characters
    with resources.memories.open(_STORY, spoken) as memory:
        memory.restore(fillers(language)[:between])
        for story in stories:
            memory.restore(
                [Entry(story.id, place, text, text, by_characters=single) for place, text in enumerate(story.passages)]
            )
    pairs = [(story, pair) for story in stories for pair in story.clashes if pair.places[0] != pair.places[1]]
    found = [await _is_beside(language, story, pair, between, resources) for story, pair in pairs]
    return sum(found), len(found)


async def _is_beside(language: str, story: Planted, pair: Pair, between: int, resources: Resources) -> bool:
    first, second = pair.places
    filler = fillers(language)[0].branch
    last = len(story.passages) - 1
    path = Lineage((Segment(story.id, 0, first), Segment(filler, 0, between - 1), Segment(story.id, first + 1, last)))
    with resources.memories.open(_STORY, language_named(language)) as memory:
        entries = dict(enumerate(memory.read(path)))
    state = cast("StoryState", {"language": language, "story_id": _STORY, "lineage": path.to_json()})
    reader = ClashReader(state, Context(), resources)
    checked = second + between
    batch = await reader.beside(entries, Batch((checked,)), range(checked), ROOM)
    return first in batch.beside
