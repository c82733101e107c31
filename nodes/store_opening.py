"""Write the opening's paragraphs to the long-term memory, once they are checkpointed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..memory import Lineage, open_memory
from .effects import work

if TYPE_CHECKING:
    from ..schemas.state import StoryState
    from .effects import Steps
    from .gate import Gate, Update


def store_opening(state: StoryState, gate: Gate) -> Steps[Update]:
    """Store what ``open_story`` left in the state; on a story that has begun there is nothing left."""
    if not state.get("opening"):
        return {"opening": []}

    def store() -> Lineage:
        lineage = Lineage.from_json(state["lineage"])
        with open_memory(state["story_id"], gate.language) as memory:
            for entry in state["opening"]:
                lineage = memory.append(lineage, entry["text"], entry["summary"])
        return lineage

    lineage = yield from work(store)
    return {"lineage": lineage.to_json(), "opening": []}
